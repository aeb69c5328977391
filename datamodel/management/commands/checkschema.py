"""`manage.py checkschema FILE...`: every problem of a schema, with its place."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from datamodel.management.schema_files import add_file_argument, problem_text, read_schema_files
from datamodel.migrator import schema_limits
from datamodel.schema import Problem, SchemaError, Severity, Source, load_schema


class Command(BaseCommand):
    help = "Parse and validate a schema. Exits with 1 if there is an error; touches no database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        add_file_argument(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        sources, select = read_schema_files(options["files"], options["dialect"])
        problems = find_problems(sources, select)
        for problem in problems:
            self.stdout.write(problem_text(problem, sources))
        count = Counter(problem.severity for problem in problems)
        parts = [f"{counted(count[kind], kind)}" for kind in Severity if count[kind] or kind != Severity.NOTE]
        self.stdout.write(f"{', '.join(parts)}.")
        if count[Severity.ERROR]:
            sys.exit(1)


def find_problems(sources: Sequence[Source], select: str | None) -> Sequence[Problem]:
    """Return errors, or warnings and notes, each ordered by position."""
    try:
        loaded = load_schema(sources, select=select, limits=schema_limits())
    except SchemaError as error:
        return error.problems
    return (*loaded.warnings, *loaded.notes)


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
