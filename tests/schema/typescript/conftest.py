"""What the tests of the TypeScript reader share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datamodel.schema.dialects.typescript import read_typescript
from datamodel.schema.errors import Problem
from datamodel.schema.ir import Schema
from datamodel.schema.source import Source

ALLOW = ".authorization((allow) => allow.publicApiKey())"


@pytest.fixture
def read() -> Callable[..., Schema]:
    """Read a schema without errors: ``read("Post: a.model({...})")``, or whole files by name."""

    def read(body: str = "", *, select: str | None = None, **files: str) -> Schema:
        result = read_typescript(_sources(body, files), select)
        assert result.schema is not None, [str(problem) for problem in result.problems]
        return result.schema

    return read


@pytest.fixture
def problems() -> Callable[..., list[str]]:
    """The problems of a schema as they are printed."""

    def problems(body: str = "", *, select: str | None = None, **files: str) -> list[str]:
        return [str(problem) for problem in read_typescript(_sources(body, files), select).problems]

    return problems


@pytest.fixture
def problem() -> Callable[..., Problem]:
    """The only problem of a schema."""

    def problem(body: str = "", *, select: str | None = None, **files: str) -> Problem:
        (found,) = read_typescript(_sources(body, files), select).problems
        return found

    return problem


def _sources(body: str, files: dict[str, str]) -> list[Source]:
    """The body of one schema as 'schema.ts', or the files, whose names have '__' for '/'."""
    if body:
        return [Source("schema.ts", f"const schema = a.schema({{\n{body}\n}}){ALLOW};")]
    return [Source(name.replace("__", "/") + ".ts", text) for name, text in files.items()]
