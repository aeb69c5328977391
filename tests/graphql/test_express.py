"""The express lane: known queries are answered on the event loop, and whatever goes wrong there by a thread."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from datamodel import access, records
from datamodel.graphql.compiler.sql import Statement
from datamodel.graphql.endpoint import application
from datamodel.graphql.errors import LimitExceeded
from datamodel.graphql.express import Unanswered, sqlite
from datamodel.graphql.express.sqlite import SQLiteSource
from datamodel.models import ApiKey
from datamodel.registry import DataModel
from tests.conftest import API_KEY, call_asgi

from .schemas import TEAM

Gql = Callable[..., dict[str, Any]]
Activate = Callable[..., DataModel]

LIST = "query($l: Int) { listTeams(limit: $l) { items { id mantra } nextToken } }"


@pytest.fixture
def teams(activate_schema: Activate) -> DataModel:
    datamodel = activate_schema(TEAM)
    for number in range(3):
        records.create(datamodel, "Team", {"id": f"t{number}", "mantra": f"Go {number}"})
    return datamodel


def test_a_known_query_needs_no_thread(teams: DataModel, gql: Gql, threads: list[str]) -> None:
    first = gql(LIST, l=2)
    assert threads == [LIST]
    assert gql(LIST, l=2) == first
    assert gql(LIST, l=2)["data"]["listTeams"]["items"][1] == {"id": "t1", "mantra": "Go 1"}
    assert threads == [LIST]
    # Another limit is another statement.
    assert len(gql(LIST, l=1)["data"]["listTeams"]["items"]) == 1
    assert threads == [LIST, LIST]


def test_a_mutation_and_an_introspection_run_in_a_thread(
    teams: DataModel, gql: Gql, threads: list[str]
) -> None:
    for query in ("{ __schema { queryType { name } } }", 'mutation { deleteTeam(input: {id: "t0"}) { id } }'):
        for _ in range(2):
            assert "errors" not in gql(query)
    assert len(threads) == 4


def test_a_field_error_is_told_as_a_thread_would(teams: DataModel, gql: Gql) -> None:
    query = '{ a: listTeams(limit: 0) { nextToken } b: getTeam(id: "t1") { id } c: listTeams(nextToken: "x") { nextToken } }'
    answers = [gql(query) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["data"] == {"a": None, "b": {"id": "t1"}, "c": None}
    assert [error["path"] for error in answers[0]["errors"]] == [["a"], ["c"]]
    assert {error["errorType"] for error in answers[0]["errors"]} == {"BadRequestException"}
    assert answers[0]["errors"][0]["locations"] == [{"line": 1, "column": 3, "sourceName": None}]


def test_a_revoked_key_is_refused_at_once_here(teams: DataModel, gql: Gql, api_key: str) -> None:
    gql(LIST)
    gql(LIST)
    access.revoke_key(ApiKey.objects.get(hash=access.hash_key(api_key)))
    body = json.dumps({"query": LIST}).encode()
    headers = {"content-type": "application/json", "x-api-key": api_key, "content-length": str(len(body))}
    assert call_asgi(body, headers)[0] == 401


def test_a_new_schema_is_noticed_by_the_next_request(
    teams: DataModel, gql: Gql, activate_schema: Activate
) -> None:
    old, new = "{ listTeams { items { mantra } } }", "{ listTeams { items { id motto } } }"
    empty = '{ getTeam(id: "nobody") { mantra } }'
    for query in (old, empty):
        gql(query)
        assert "errors" not in gql(query)
    activate_schema(TEAM.replace("mantra: String!", "motto: String"))
    for query in (old, empty):
        assert gql(query)["errors"][0]["errorType"] == "ValidationError"
    assert gql(new)["data"]["listTeams"]["items"][0] == {"id": "t0", "motto": None}


def test_an_answer_that_is_too_long_is_refused(teams: DataModel, gql: Gql, settings: Any) -> None:
    gql(LIST)
    settings.GRAPHQL_MAX_RESULT_BYTES = 60
    for _ in range(2):
        (error,) = gql(LIST)["errors"]
        assert error["errorType"] == "LimitExceeded"


def test_many_requests_at_once(teams: DataModel, gql: Gql) -> None:
    expected = gql(LIST)
    body = json.dumps({"query": LIST}).encode()
    headers = [(b"content-type", b"application/json"), (b"x-api-key", API_KEY.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "query_string": b"",
    }

    async def ask() -> Any:
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await application(scope, receive, send)
        return json.loads(sent[1]["body"])

    async def ask_all() -> list[Any]:
        return await asyncio.gather(*(ask() for _ in range(40)))

    for _ in range(2):
        assert asyncio.run(ask_all()) == [expected] * 40


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL's connections can be cut")
def test_connections_that_were_cut_are_replaced(teams: DataModel, gql: Gql, threads: list[str]) -> None:
    expected = gql(LIST)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = CURRENT_DATABASE() AND pid <> PG_BACKEND_PID()"
        )
    assert [gql(LIST) for _ in range(3)] == [expected] * 3
    threads.clear()
    assert gql(LIST) == expected
    assert threads == []


# SQLite's own


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with some rows."""
    path = tmp_path / "some.sqlite3"
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE number (value)")
        made.executemany("INSERT INTO number VALUES (?)", [(str(n),) for n in range(300)])
    made.close()
    return path


@pytest.fixture
def source(file: Path) -> Iterator[SQLiteSource]:
    async def work(task: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(task)

    made = SQLiteSource(file, work)
    yield made
    made.close()


SLOW = Statement(
    "SELECT CAST(count(*) AS text) FROM number a, number b, number c WHERE a.value < b.value", ()
)
FIRST = Statement("SELECT value FROM number ORDER BY rowid LIMIT 1", ())


def test_a_long_statement_moves_to_a_thread(source: SQLiteSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "QUICK_S", 0.0)
    rows = asyncio.run(source.fetch(SLOW, ()))
    assert rows.texts(0, 1) == [b"13455000"]
    assert source.slow == {SLOW.text}
    assert len(source.spare) == 1


def test_a_statement_may_take_only_so_long(
    source: SQLiteSource, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "QUICK_S", 0.0)
    settings.DB_STATEMENT_TIMEOUT_S = 0
    with pytest.raises(LimitExceeded):
        asyncio.run(source.fetch(SLOW, ()))
    assert source.spare == []


def test_a_quick_statement_comes_back_to_the_event_loop(source: SQLiteSource) -> None:
    source.note_slow(FIRST)
    assert asyncio.run(source.fetch(FIRST, ())).texts(0, 1) == [b"0"]
    assert source.slow == set()


def test_another_file_in_its_place_is_noticed(source: SQLiteSource, file: Path, tmp_path: Path) -> None:
    assert asyncio.run(source.fetch(FIRST, ())).texts(0, 1) == [b"0"]
    other = tmp_path / "other.sqlite3"
    shutil.copy(file, other)
    with sqlite3.connect(other) as changed:
        changed.execute("UPDATE number SET value = 'new' WHERE rowid = 1")
    changed.close()
    other.replace(file)
    source.looked_at = 0.0
    assert asyncio.run(source.fetch(FIRST, ())).texts(0, 1) == [b"new"]


def test_it_reads_and_nothing_else(source: SQLiteSource) -> None:
    with pytest.raises(Unanswered):
        asyncio.run(source.fetch(Statement("DELETE FROM number", ()), ()))
    assert asyncio.run(source.fetch(FIRST, ())).texts(0, 1) == [b"0"]


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    source = SQLiteSource(tmp_path / "gone.sqlite3", asyncio.to_thread)
    with pytest.raises(Unanswered):
        asyncio.run(source.fetch(FIRST, ()))
    assert not (tmp_path / "gone.sqlite3").exists()
