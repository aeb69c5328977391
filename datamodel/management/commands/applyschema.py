"""`manage.py applyschema FILE`: plan, confirm, apply, activate."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from datamodel.access import Actor, acting_as
from datamodel.management.schema_files import (
    add_plan_arguments,
    how_to_answer,
    plan_lines,
    plan_options,
    read_schema_files,
    require_tables,
    schema_refused,
)
from datamodel.migrator import MigrationError, Plan, apply_plan, make_plan
from datamodel.schema import SchemaError

ACTOR = Actor("system", "command line")


class Command(BaseCommand):
    help = "Plan, confirm, apply and activate a schema."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="Apply without asking.")
        parser.add_argument(
            "--allow-destructive",
            action="store_true",
            help="Agree to the steps that lose what records hold, and to the loss of records that lack a required"
            " value which --default does not give.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        require_tables()
        sources, select = read_schema_files(options["files"], options["dialect"])
        try:
            answers = replace(plan_options(options), deletes_lacking=options["allow_destructive"])
            plan = make_plan(sources, answers, select=select)
            self.stdout.write("\n".join(plan_lines(plan)))
            if plan.is_empty:
                return
            refuse_open_ends(plan, options["allow_destructive"])
            if not options["yes"]:
                confirm()
            with acting_as(ACTOR):
                version = apply_plan(plan, allow_destructive=options["allow_destructive"]).version
        except SchemaError as error:
            raise schema_refused(error, sources) from error
        except MigrationError as error:
            raise CommandError(f"{error.message} Nothing was changed.") from error
        self.stdout.write(f"Version {version} is active.")


def refuse_open_ends(plan: Plan, allow_destructive: bool) -> None:
    """Raise CommandError for what stands in the way, with the option that clears it."""
    blockers = [step.blocker for step in plan.steps if step.blocker]
    asked = [question for question in plan.questions if question.is_blocking]
    reasons = [*blockers, *(f"{question.text} {how_to_answer(question)}" for question in asked)]
    if reasons:
        raise CommandError("\n".join(["Nothing was changed:", *reasons]))
    destructive = sum(step.is_destructive for step in plan.steps)
    if destructive and not allow_destructive:
        steps = "1 step loses" if destructive == 1 else f"{destructive} steps lose"
        raise CommandError(f"Nothing was changed: {steps} data. Agree to that with --allow-destructive.")


def confirm() -> None:
    """Ask whether to go on; raise CommandError where nobody can answer, or the answer is no."""
    if not sys.stdin.isatty():
        raise CommandError("Nothing was changed: nobody is there to confirm. Confirm with --yes.")
    if input("Apply this plan? [y/N] ").strip().lower() not in {"y", "yes"}:
        raise CommandError("Nothing was changed.")
