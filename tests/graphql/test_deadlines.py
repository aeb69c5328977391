"""A request, or one of its statements, that takes too long is ended, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper

from datamodel.graphql import deadlines
from datamodel.registry import DataModel

from .schemas import TEAM

Gql = Callable[..., dict[str, Any]]
# What asks for the schema too is answered in a thread; the express lane has its own tests.
LIST = '{ listTeams(filter: {mantra: {contains: "x"}}) { items { id } } __schema { queryType { name } } }'


@pytest.fixture
def teams(activate_schema: Callable[..., DataModel]) -> DataModel:
    datamodel = activate_schema(TEAM, datastore=False)
    team = datamodel.model("Team")
    team.objects.bulk_create(
        team(**{team.names.attribute(name): value for name, value in values.items()})
        for values in (
            {
                "id": f"t{n}",
                "mantra": "y" * 50,
                "createdAt": "2024-01-01T00:00:00.000Z",
                "updatedAt": "2024-01-01T00:00:00.000Z",
            }
            for n in range(200)
        )
    )
    return datamodel


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL ends statements by itself")
def test_sqlite_ends_a_statement(
    teams: DataModel, gql: Gql, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "errors" not in gql(LIST)
    settings.DB_STATEMENT_TIMEOUT_S = -1
    monkeypatch.setattr(deadlines, "STEPS", 10)
    answer = gql(LIST)
    assert answer["data"]["listTeams"] is None
    (error,) = answer["errors"]
    assert (error["errorType"], error["message"]) == (
        "LimitExceeded",
        "The database took too long. Ask for less.",
    )
    settings.DB_STATEMENT_TIMEOUT_S = 10
    assert "errors" not in gql(LIST)


class Canceled(Exception):  # noqa: N818  as the driver calls it
    """As PostgreSQL's driver says it."""

    sqlstate = "57014"


@pytest.fixture
def end() -> Iterator[Callable[[str], None]]:
    """End every statement that holds a text, as PostgreSQL does."""
    patching = pytest.MonkeyPatch()

    def begin(text: str) -> None:
        execute = CursorWrapper.execute

        def ending(self: CursorWrapper, sql: Any, params: Any = None) -> Any:
            if text in str(sql):
                raise OperationalError("canceling statement due to statement timeout") from Canceled()
            return execute(self, sql, params)

        patching.setattr(CursorWrapper, "execute", ending)

    yield begin
    patching.undo()


def test_a_statement_that_the_server_ended_is_a_limit(
    teams: DataModel, gql: Gql, end: Callable[[str], None]
) -> None:
    end('"data_team"')
    answer = gql("{ __schema { queryType { name } } listTeams { nextToken } }")
    assert answer["data"] == {"__schema": {"queryType": {"name": "Query"}}, "listTeams": None}
    assert [error["errorType"] for error in answer["errors"]] == ["LimitExceeded"]


def test_a_write_that_was_ended_leaves_nothing(
    teams: DataModel, gql: Gql, end: Callable[[str], None]
) -> None:
    end('INSERT INTO "datamodel_change"')
    answer = gql('mutation { createTeam(input: {id: "new", mantra: "m"}) { id } }')
    assert answer["data"] == {"createTeam": None}
    assert [error["errorType"] for error in answer["errors"]] == ["LimitExceeded"]
    assert teams.model("Team").objects.count() == 200


def test_a_request_past_its_time_is_ended(teams: DataModel, gql: Gql, settings: Any) -> None:
    settings.GRAPHQL_TIMEOUT_S = 0
    answer = gql('mutation { createTeam(input: {id: "new", mantra: "m"}) { id } }')
    assert answer["errors"][0]["errorType"] == "LimitExceeded"
    assert teams.model("Team").objects.count() == 200
