"""What came of an undo, or why there was none."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from datamodel.modelgen.errors import RecordError
from datamodel.models import Change

__all__ = ["MAX_OBSTACLES", "Obstacle", "UndoRefused", "Undone"]

MAX_OBSTACLES = 100
"""After so many nobody reads on; the search for more ends there."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A record that cannot be as it was before, and why."""

    model: str
    key: str
    label: str
    message: str
    change: Change | None = None
    """The later change that stands in the way, if one does."""


class UndoRefused(RecordError):  # noqa: N818  says what happened
    """Something stands in the way of the undo; nothing was changed."""

    def __init__(self, obstacles: tuple[Obstacle, ...]) -> None:
        self.obstacles = obstacles
        more = f" And {len(obstacles) - 1} more." if len(obstacles) > 1 else ""
        super().__init__(f"Not undone. {obstacles[0].message}{more}")


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo did: how many records are back, changed back, and gone again."""

    group: UUID
    """The undo's own group in the change log, which can be undone as well."""
    restored: int
    reverted: int
    removed: int
    dropped: tuple[str, ...] = ()
    """Fields (``Post.subtitle``) whose old values had no place: the schema does not have them any more."""

    @property
    def count(self) -> int:
        return self.restored + self.reverted + self.removed
