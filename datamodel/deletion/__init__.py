"""What a delete does to related records, and that references name records."""

from __future__ import annotations

from datamodel.deletion.effects import MOST, Bound, Effect, Example
from datamodel.deletion.policies import Deed, carry_out, foresee
from datamodel.deletion.preview import preview
from datamodel.deletion.references import check_references, parents_to_keep

__all__ = [
    "MOST",
    "Bound",
    "Deed",
    "Effect",
    "Example",
    "carry_out",
    "check_references",
    "foresee",
    "parents_to_keep",
    "preview",
]
