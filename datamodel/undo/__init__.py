"""Undo: deletions, changes and creations taken back, all of a group as one step or one entry alone."""

from __future__ import annotations

from datamodel.changes.history import Difference, differences
from datamodel.undo.outcome import Obstacle, Undone, UndoRefused
from datamodel.undo.undoing import (
    UnknownChange,
    check_change,
    check_group,
    earlier_state,
    revert_record,
    undo_change,
    undo_group,
)

__all__ = [
    "Difference",
    "Obstacle",
    "UndoRefused",
    "Undone",
    "UnknownChange",
    "check_change",
    "check_group",
    "differences",
    "earlier_state",
    "revert_record",
    "undo_change",
    "undo_group",
]
