"""Which dialect a text is in, and the reader for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePath

from datamodel.schema.codes import Code
from datamodel.schema.dialect import Dialect, ToldDialect
from datamodel.schema.dialects.graphql_sdl import read_sdl
from datamodel.schema.dialects.limits import SchemaLimits
from datamodel.schema.dialects.result import ParseResult
from datamodel.schema.errors import Problem
from datamodel.schema.source import Location, Source

__all__ = ["detect_dialect", "is_ambiguous", "parse_schema"]

SCRIPTS = frozenset({".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".tsx", ".jsx"})
BUILDER = re.compile(r"\ba\s*\.\s*(?:schema|model|combine)\s*\(")
SKIPPED = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*+"""|"(?:[^"\\\n]|\\.)*+"|\#[^\n]*', re.DOTALL)
DIRECTIVE = re.compile(r"@\s*(\w+)")
VERSION_1 = frozenset({"key", "connection", "versioned"})
VERSION_2 = frozenset(
    {"primaryKey", "index", "hasOne", "hasMany", "belongsTo", "manyToMany", "default", "validate"}
)


def detect_dialect(sources: Sequence[Source]) -> Dialect:
    """Return the dialect of an upload by what is in it: file names, builder calls, then directives."""
    if any(_is_script(source) for source in sources):
        return Dialect.GEN2
    found = list(_directives(sources))
    first = sum(name in VERSION_1 for name in found)
    return Dialect.V1 if first > sum(name in VERSION_2 for name in found) else Dialect.V2


def is_ambiguous(sources: Sequence[Source]) -> bool:
    """Say whether either GraphQL dialect could be meant: no directive of one of them only."""
    if any(_is_script(source) for source in sources):
        return False
    return not any(name in VERSION_1 or name in VERSION_2 for name in _directives(sources))


def _is_script(source: Source) -> bool:
    suffix = PurePath(source.name).suffix.lower()
    if suffix in SCRIPTS:
        return True
    return suffix not in (".graphql", ".gql") and BUILDER.search(source.text) is not None


def _directives(sources: Sequence[Source]) -> Iterator[str]:
    """The names of the directives, comments and texts left out."""
    for source in sources:
        yield from DIRECTIVE.findall(SKIPPED.sub(" ", source.text))


def parse_schema(
    sources: Sequence[Source],
    *,
    select: str | None = None,
    limits: SchemaLimits | None = None,
    dialect: Dialect | None = None,
) -> ParseResult:
    """Read sources of one upload into a raw schema. Never raises: whatever is wrong is a problem.

    ``dialect``, or else what the sources were told, is strict: directives of the other one are refused.
    Code of Gen 2 is read as such whatever is told.
    """
    limits = limits or SchemaLimits()
    problems = limits.check_sources(sources)
    if problems:
        return ParseResult(None, tuple(problems))
    try:
        result = _read(sources, select, ToldDialect(dialect, "the choice of dialect") if dialect else None)
    except RecursionError:
        where = Location(sources[0], 1, 1)
        problem = Problem(Code.TOO_LARGE, "The schema is nested too deeply.", "", where)
        return ParseResult(None, (problem,))
    if result.schema is None:
        return result
    problems = limits.check_schema(result.schema)
    return ParseResult(None if problems else result.schema, (*result.problems, *problems))


def _read(sources: Sequence[Source], select: str | None, told: ToldDialect | None) -> ParseResult:
    found = told or next((source.told for source in sources if source.told), None)
    if detect_dialect(sources) is Dialect.GEN2 or (found and found.dialect is Dialect.GEN2):
        from datamodel.schema.dialects import typescript  # tree-sitter is loaded only for TypeScript

        return typescript.read_typescript(sources, select)
    if told is None and (clash := _find_clash(sources)):
        return ParseResult(None, (clash,))
    return read_sdl(sources, found.dialect, found.by) if found else read_sdl(sources)


def _find_clash(sources: Sequence[Source]) -> Problem | None:
    """Return the problem of files that come from projects of different versions."""
    told = [(source, source.told) for source in sources if source.told]
    for source, other in told[1:]:
        first = told[0][1]
        if other.dialect is not first.dialect:
            message = f"The files belong together, but {first.by} says {first.dialect} and {other.by} says {other.dialect}."
            hint = "Give the files of one project, or choose the dialect: '--dialect v1' or '--dialect v2'."
            return Problem(Code.MIXED_DIALECTS, message, hint, Location(source, 1, 1))
    return None
