"""What a delete does to related records, and that references name records."""

from __future__ import annotations

from datamodel.deletion.policies import Effect, Touched, enforce, preview
from datamodel.deletion.references import check_references

__all__ = ["Effect", "Touched", "check_references", "enforce", "preview"]
