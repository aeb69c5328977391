"""What the schema commands share: reading FILE, the options of a plan, and printing problems and plans."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import indent
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import connection

from datamodel.migrator import Plan, PlanOptions, Question, UploadRefused, parse_selector, read_path
from datamodel.models import SchemaVersion
from datamodel.schema import (
    FLAG_TEXTS,
    Dialect,
    Flag,
    OnDelete,
    Problem,
    SchemaError,
    SchemaOptions,
    Source,
    excerpt,
    find_flag,
    tell_dialect,
)

__all__ = [
    "add_file_argument",
    "add_flag_argument",
    "add_plan_arguments",
    "how_to_answer",
    "plan_lines",
    "plan_options",
    "problem_text",
    "read_schema_files",
    "require_tables",
    "schema_refused",
]

FILE_HELP = (
    "A .graphql, .ts or .js file, a folder of them, or a .zip; several files are one schema. "
    "FILE#NAME chooses a schema of a file that holds several."
)
INDENT = "    "
DIALECT_HELP = (
    "Read FILE strictly as transformer version 1 or 2, or as Gen 2. "
    "Otherwise the project's settings, a folder 'v1' or 'v2', or the text decide."
)


def add_file_argument(parser: CommandParser, *, is_optional: bool = False) -> None:
    """Add FILE, and the option that says how it is written."""
    parser.add_argument("files", nargs="*" if is_optional else "+", metavar="FILE", help=FILE_HELP)
    parser.add_argument("--dialect", choices=[str(dialect) for dialect in Dialect], help=DIALECT_HELP)


def read_schema_files(
    files: Sequence[str], dialect: str | None = None
) -> tuple[tuple[Source, ...], str | None]:
    """Return the sources of all files and the schema chosen with ``#``; raise CommandError."""
    sources: list[Source] = []
    select: str | None = None
    try:
        for file in files:
            path, chosen = parse_selector(file)
            sources += read_path(Path(path))
            select = chosen or select
    except UploadRefused as refused:
        raise CommandError(refused.message) from refused
    if dialect:
        return tell_dialect(sources, Dialect(dialect), "the option '--dialect'"), select
    return tuple(sources), select


def require_tables() -> None:
    """Raise CommandError where the database was never set up."""
    if SchemaVersion._meta.db_table not in connection.introspection.table_names():
        raise CommandError(
            "The database is empty. Run 'manage.py migrate' first, or start with 'manage.py serve'."
        )


def problem_line(problem: Problem, sources: Sequence[Source]) -> str:
    """Return ``FILE:LINE:COL: CODE message``; a problem of the whole schema stands at its beginning."""
    if problem.location is None and sources:
        return f"{sources[0].name}:1:1: {problem}"
    return str(problem)


def problem_text(problem: Problem, sources: Sequence[Source]) -> str:
    """Return the line of a problem and, indented below it, the line of the schema with a caret."""
    line = problem_line(problem, sources)
    if problem.location is None:
        return line
    return f"{line}\n{indent(excerpt(problem.location, context=0), INDENT)}"


def schema_refused(error: SchemaError, sources: Sequence[Source]) -> CommandError:
    """Return the error that lists every problem."""
    lines = [problem_text(problem, sources) for problem in error.problems]
    return CommandError("\n".join(["The schema has errors:", *lines]))


def add_plan_arguments(parser: CommandParser) -> None:
    """Add the answers and choices that planning and applying take."""
    add_file_argument(parser)
    parser.add_argument(
        "--rename",
        action="append",
        default=[],
        type=_field_pair,
        metavar="Model.old=new",
        help="A renamed field.",
    )
    parser.add_argument(
        "--rename-model", action="append", default=[], type=_pair, metavar="Old=New", help="A renamed model."
    )
    parser.add_argument(
        "--default",
        action="append",
        default=[],
        type=_default,
        metavar="Model.field=JSON",
        help="The value of records that have none, as JSON.",
    )
    parser.add_argument(
        "--on-delete",
        action="append",
        default=[],
        type=_policy,
        metavar="Model.field=POLICY",
        help="What a delete does: cascade, clear, restrict or keep. It stays for later uploads; "
        "default takes it back.",
    )
    parser.add_argument(
        "--integrity", choices=("managed", "appsync"), help="appsync keeps dangling references, as AWS does."
    )
    parser.add_argument("--datastore", choices=("on", "off"), help="The DataStore fields of the API.")
    add_flag_argument(parser)
    parser.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="Sandbox: models without a rule are open to public API keys.",
    )


def add_flag_argument(parser: CommandParser) -> None:
    """Add the flags of an Amplify project."""
    meanings = "; ".join(f"{flag}: {text}" for flag, text in FLAG_TEXTS.items())
    parser.add_argument(
        "--flag",
        action="append",
        default=[],
        type=_flag,
        metavar="NAME=VALUE",
        help="A flag of the Amplify project, true or false, where its 'amplify/cli.json' does not come "
        f"along with the schema. {meanings}.",
    )


def plan_options(options: dict[str, Any]) -> PlanOptions:
    """Return the answers given on the command line."""
    datastore = {"on": True, "off": False}.get(options["datastore"])
    policies: dict[str, OnDelete | None] = dict(options["on_delete"])
    return PlanOptions(
        renames=dict(options["rename"]),
        model_renames=dict(options["rename_model"]),
        defaults=dict(options["default"]),
        schema=SchemaOptions(
            datastore=datastore,
            on_delete={name: policy for name, policy in policies.items() if policy is not None},
            flags=dict(options["flag"]),
        ),
        integrity=options["integrity"],
        is_open=options["open"],
        default_policies=tuple(name for name, policy in policies.items() if policy is None),
    )


def plan_lines(plan: Plan) -> Iterator[str]:
    """Yield the plan as people read it."""
    for problem in plan.warnings:
        yield f"warning: {problem_line(problem, plan.sources)}"
    if plan.is_empty:
        yield f"Nothing to do: version {plan.base_version} is this schema."
        yield from _choice_lines(plan)
        return
    base = f"version {plan.base_version}" if plan.base_version else "an empty database"
    yield f"Plan for {base}:"
    for step in plan.steps:
        yield f"  {step.risk:<11}  {step.text}"
        if step.detail:
            yield f"{'':15}{step.detail}"
        if step.blocker:
            yield f"{'':15}Not possible yet: {step.blocker}"
    for question in plan.questions:
        yield f"  question     {question.text} {how_to_answer(question)}"
    yield from _choice_lines(plan)
    for note in plan.notes:
        yield f"note: {problem_line(note, plan.sources)}"


def _choice_lines(plan: Plan) -> Iterator[str]:
    """What stays chosen is told with every plan, for it is not in the text of the schema."""
    for choice in plan.choices:
        yield f"  {'choice':<11}  {choice.text}"


def how_to_answer(question: Question) -> str:
    """Say which option answers the question."""
    match question.kind:
        case "rename_field":
            answer = f"--rename {question.model}.{question.field}={question.candidates[0]}"
        case "rename_model":
            answer = f"--rename-model {question.model}={question.candidates[0]}"
        case _:
            answer = f"--default {question.model}.{question.field}=JSON"
    return f"Answer with {answer}."


def _pair(text: str) -> tuple[str, str]:
    left, separator, right = text.partition("=")
    if not separator or not left or not right:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form OLD=NEW.")
    return left, right


def _flag(text: str) -> tuple[str, bool]:
    name, value = _pair(text)
    flag, is_on = find_flag(name), {"true": True, "false": False}.get(value.lower())
    if flag is None:
        raise argparse.ArgumentTypeError(f"'{name}' is no flag. Choose from {', '.join(Flag)}.")
    if is_on is None:
        raise argparse.ArgumentTypeError(f"'{value}' is neither true nor false.")
    return flag.value, is_on


def _field_pair(text: str) -> tuple[tuple[str, str], str]:
    left, right = _pair(text)
    model, separator, name = left.partition(".")
    if not separator or not model or not name:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form Model.field=VALUE.")
    return (model, name), right


def _default(text: str) -> tuple[tuple[str, str], Any]:
    key, value = _field_pair(text)
    try:
        return key, json.loads(value)
    except ValueError:
        message = f"'{value}' is not JSON. A text needs double quotes: '{'.'.join(key)}=\"text\"'."
        raise argparse.ArgumentTypeError(message) from None


def _policy(text: str) -> tuple[str, OnDelete | None]:
    """Return the relationship's name and its policy; None is the default."""
    key, value = _field_pair(text)
    try:
        return ".".join(key), None if value == "default" else OnDelete(value)
    except ValueError:
        message = f"'{value}' is no policy. Choose cascade, clear, restrict, keep or default."
        raise argparse.ArgumentTypeError(message) from None
