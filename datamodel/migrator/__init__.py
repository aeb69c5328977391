"""Schema changes: read an upload, plan it in terms of the records, apply it."""

from __future__ import annotations

from datamodel.limits import schema_limits
from datamodel.migrator.errors import (
    ApplyBusy,
    MigrationError,
    MigrationRefused,
    PlanOptionError,
    StalePlan,
    UploadRefused,
)
from datamodel.migrator.executor import apply_plan
from datamodel.migrator.options import PlanOptions
from datamodel.migrator.plan import Plan, make_plan
from datamodel.migrator.questioner import Question
from datamodel.migrator.steps import PlanStep, Risk
from datamodel.migrator.stored_plans import load_plan, save_plan
from datamodel.migrator.uploads import parse_selector, read_files, read_path

__all__ = [
    "ApplyBusy",
    "MigrationError",
    "MigrationRefused",
    "Plan",
    "PlanOptionError",
    "PlanOptions",
    "PlanStep",
    "Question",
    "Risk",
    "StalePlan",
    "UploadRefused",
    "apply_plan",
    "load_plan",
    "make_plan",
    "parse_selector",
    "read_files",
    "read_path",
    "save_plan",
    "schema_limits",
]
