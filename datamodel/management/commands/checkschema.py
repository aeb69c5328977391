"""`manage.py checkschema FILE...`: every problem of a schema, with its place."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from datamodel.management.schema_files import add_file_argument, problem_text, read_schema_files
from datamodel.migrator import schema_limits
from datamodel.schema import Problem, SchemaError, Source, load_schema


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
        errors = sum(problem.is_error for problem in problems)
        self.stdout.write(f"{counted(errors, 'error')}, {counted(len(problems) - errors, 'warning')}.")
        if errors:
            sys.exit(1)


def find_problems(sources: Sequence[Source], select: str | None) -> Sequence[Problem]:
    """Return errors and warnings, ordered by position."""
    try:
        return load_schema(sources, select=select, limits=schema_limits()).warnings
    except SchemaError as error:
        return error.problems


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
