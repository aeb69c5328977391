"""Fixtures of the API's tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.backends.utils import CursorWrapper

from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.endpoint import Endpoint
from datamodel.graphql.express.postgresql import PostgreSQLSource
from datamodel.graphql.express.sqlite import SQLiteSource
from datamodel.registry import DataModel
from datamodel.schema import SchemaOptions, Source, load_schema


@pytest.fixture
def data_model() -> Callable[..., DataModel]:
    """Build a data model of a schema without a database: ``data_model(text, datastore=False)``."""

    def build(text: str, name: str = "schema.graphql", *, datastore: bool = False) -> DataModel:
        loaded = load_schema([Source(name, text)], SchemaOptions(datastore=datastore))
        return DataModel.build(loaded.schema)

    return build


class Statements(list[str]):
    """The SQL statements that ran, on whatever connection."""

    def reading(self, table: str) -> list[str]:
        """Return the statements that read from a table."""
        return [sql for sql in self if f'FROM "{table}"' in sql]


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """Every statement that runs while the test does, the endpoint's threads included."""
    seen = Statements()
    execute = CursorWrapper.execute

    def noting(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
        # A statement is tried once when it is made; that reads nothing.
        if not str(sql).startswith("EXPLAIN"):
            seen.append(str(sql))
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", noting)
    for source in (SQLiteSource, PostgreSQLSource):
        monkeypatch.setattr(source, "fetch", noting_fetch(seen, source.fetch))
    return seen


def noting_fetch(seen: Statements, fetch: Any) -> Any:
    async def noting(self: Any, statement: Statement, params: Any) -> Any:
        seen.append(statement.text)
        return await fetch(self, statement, params)

    return noting


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was answered in a thread."""
    seen: list[str] = []
    answer_asked = Endpoint.answer_asked

    def noting(self: Endpoint, caller: Any, content_type: str, asked: Any, **given: Any) -> Any:
        seen.append(asked.query)
        return answer_asked(self, caller, content_type, asked, **given)

    monkeypatch.setattr(Endpoint, "answer_asked", noting)
    return seen
