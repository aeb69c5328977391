"""Why a schema change did not happen."""
# ruff: noqa: N818  the names say what happened

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datamodel.migrator.steps import PlanStep

__all__ = [
    "ApplyBusy",
    "MigrationError",
    "MigrationRefused",
    "PlanOptionError",
    "StalePlan",
    "UploadRefused",
]


class MigrationError(Exception):
    """Base of all that stops a schema change; nothing was changed."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UploadRefused(MigrationError):
    """The files cannot be read as a schema."""


class PlanOptionError(MigrationError):
    """A rename, default or policy names something that does not exist or does not fit."""


class MigrationRefused(MigrationError):
    """The plan needs an answer or a consent that was not given. Carries the steps that do."""

    def __init__(self, message: str, steps: Sequence[PlanStep] = ()) -> None:
        super().__init__(message)
        self.steps = tuple(steps)


class StalePlan(MigrationError):
    """Another version became active, or the records changed, since the plan was made."""


class ApplyBusy(MigrationError):
    """Another schema change is under way."""
