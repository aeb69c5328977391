"""Every kind of check, one per file."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.health.check import Check
from datamodel.health.checks.buried import BuriedReference
from datamodel.health.checks.dangling import DanglingReference
from datamodel.health.checks.duplicate_joins import DuplicateJoin
from datamodel.health.checks.enums import LostEnumValue
from datamodel.health.checks.half_set import HalfSetReference
from datamodel.health.checks.one_to_one import CrowdedParent
from datamodel.health.checks.required_fields import EmptyField
from datamodel.health.checks.required_references import EmptyReference
from datamodel.health.checks.unreadable import UnreadableValue
from datamodel.registry import DataModel

__all__ = ["CHECKS", "all_checks"]

CHECKS: tuple[type[Check], ...] = (
    DanglingReference,
    BuriedReference,
    HalfSetReference,
    CrowdedParent,
    EmptyReference,
    EmptyField,
    LostEnumValue,
    UnreadableValue,
    DuplicateJoin,
)
"""In the order of their codes."""


def all_checks(datamodel: DataModel) -> Iterator[Check]:
    """Yield every check that the data model gives rise to."""
    for kind in CHECKS:
        yield from kind.of(datamodel)
