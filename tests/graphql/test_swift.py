"""Writes by the express lane: the same records, log and answers as by a thread; what is refused, a thread refuses."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.db.models.signals import post_save, pre_save

from datamodel import records
from datamodel.graphql.endpoint import application
from datamodel.graphql.express import Lost, Unanswered, sqlite_writes
from datamodel.graphql.express.lane import Express
from datamodel.graphql.express.sqlite_writes import SQLiteWrites
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.turns import turn
from tests.conftest import API_KEY, call_asgi

from .schemas import ITEM, READING, TEAM

Gql = Callable[..., dict[str, Any]]
Activate = Callable[..., DataModel]

CREATE = "mutation($i: CreateMemberInput!) { createMember(input: $i) { id name age teamId team { mantra } } }"
UPDATE = (
    "mutation($i: UpdateMemberInput!, $c: ModelMemberConditionInput) {"
    " updateMember(input: $i, condition: $c) { id name age teamId team { mantra } } }"
)

only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's connections")
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's one writer")


@pytest.fixture
def teams(activate_schema: Activate) -> DataModel:
    datamodel = activate_schema(TEAM)
    for number in range(2):
        records.create(datamodel, "Team", {"id": f"t{number}", "mantra": f"Go {number}"})
    return datamodel


@pytest.fixture
def known(teams: DataModel, gql: Gql, threads: list[str]) -> DataModel:
    """The teams, with a member `m`, and both mutations known."""
    gql(CREATE, i={"id": "m", "name": "Ann", "age": 30, "teamId": "t0"})
    gql(UPDATE, i={"id": "m", "age": 31})
    threads.clear()
    return teams


def latest() -> dict[str, Any]:
    """Return the latest entry of the change log, but for what is its own in each."""
    change = Change.objects.order_by("-id").values().first()
    assert change is not None
    return {name: value for name, value in change.items() if name not in {"id", "group", "transaction"}}


def test_a_known_write_needs_no_thread(known: DataModel, gql: Gql, threads: list[str]) -> None:
    created = gql(CREATE, i={"id": "n", "name": "Bob", "teamId": "t1"})
    assert created == {
        "data": {
            "createMember": {
                "id": "n",
                "name": "Bob",
                "age": None,
                "teamId": "t1",
                "team": {"mantra": "Go 1"},
            }
        }
    }
    assert latest()["action"] == "create"
    updated = gql(UPDATE, i={"id": "n", "teamId": "t0", "age": None})
    assert updated["data"]["updateMember"]["team"] == {"mantra": "Go 0"}
    assert (latest()["action"], latest()["record_version"]) == ("update", 2)
    assert (latest()["before"]["teamId"], latest()["after"]["teamId"]) == ("t1", "t0")
    assert threads == []


def test_ids_and_times_are_filled_in(known: DataModel, gql: Gql, threads: list[str]) -> None:
    query = "mutation($n: String!) { createMember(input: {name: $n, age: 7}) { id age createdAt updatedAt } }"
    first, second = (gql(query, n="Cy")["data"]["createMember"] for _ in range(2))
    assert threads == [query]
    assert len(second["id"]) == 36
    assert first["id"] != second["id"]
    assert second["createdAt"] == second["updatedAt"] >= first["createdAt"]
    assert second["age"] == 7
    pks = [m.pk for m in known.model("Member").objects.order_by("pk")]
    assert pks == sorted(set(pks))
    assert records.create(known, "Member", {"name": "Di"}).pk > max(pks)


REFUSED: list[tuple[str, dict[str, Any]]] = [
    (CREATE, {"i": {"id": "m", "name": "Twice"}}),
    (CREATE, {"i": {"id": "x", "name": "Lost", "teamId": "nowhere"}}),
    (CREATE, {"i": {"id": "", "name": "Nobody"}}),
    (CREATE, {"i": {"id": "x"}}),
    (CREATE, {"i": {"id": "x", "name": "A\x00B"}}),
    (CREATE, {"i": {"id": "x", "name": "Old", "age": 2**31}}),
    (UPDATE, {"i": {"id": "gone", "name": "Nobody"}}),
    (UPDATE, {"i": {"id": "m", "name": None}}),
    (UPDATE, {"i": {"id": "m", "teamId": "nowhere"}}),
    (UPDATE, {"i": {"id": "m", "name": "Cond"}, "c": {"age": {"eq": 99}}}),
]


@pytest.mark.parametrize(("query", "variables"), REFUSED)
def test_what_is_refused_a_thread_refuses(
    known: DataModel, gql: Gql, query: str, variables: dict[str, Any]
) -> None:
    count, members = Change.objects.count(), known.model("Member").objects.count()
    # A text that is not known is answered in a thread from the beginning.
    assert gql(query, **variables) == gql(f"{query} ", **variables)
    assert "errors" in gql(query, **variables)
    assert (Change.objects.count(), known.model("Member").objects.count()) == (count, members)


def test_a_condition_is_judged_in_a_thread(known: DataModel, gql: Gql, threads: list[str]) -> None:
    answer = gql(UPDATE, i={"id": "m", "name": "Eve"}, c={"age": {"eq": 31}})
    assert answer["data"]["updateMember"]["name"] == "Eve"
    assert threads == [UPDATE]


def test_a_parent_with_one_child_is_judged_in_a_thread(
    known: DataModel, gql: Gql, threads: list[str]
) -> None:
    create = "mutation($i: CreateBadgeInput!) { createBadge(input: $i) { id teamId } }"
    assert "errors" not in gql(create, i={"text": "of nobody"})
    threads.clear()
    assert "errors" not in gql(create, i={"text": "of nobody either"})
    assert threads == []
    assert "errors" not in gql(create, i={"teamId": "t0"})
    assert gql(create, i={"teamId": "t0"})["errors"][0]["errorType"] == "RelatedRecordTaken"
    assert len(threads) == 2


def test_half_a_reference_is_refused(activate_schema: Activate, gql: Gql) -> None:
    activate_schema(
        """
        type Site @model { country: ID! @primaryKey(sortKeyFields: ["city"]) city: ID!
          visits: [Visit] @hasMany(references: ["country", "city"]) }
        type Visit @model { id: ID! country: ID city: ID site: Site @belongsTo(references: ["country", "city"]) }
        """
    )
    gql('mutation { createSite(input: {country: "fr", city: "paris"}) { city } }')
    create = "mutation($i: CreateVisitInput!) { createVisit(input: $i) { id site { city } } }"
    for _ in range(2):
        assert gql(create, i={"country": "fr", "city": "paris"})["data"]["createVisit"]["site"] == {
            "city": "paris"
        }
        assert gql(create, i={"country": "fr"})["errors"][0]["errorType"] == "BadRequestException"
        assert (
            gql(create, i={"country": "fr", "city": "x"})["errors"][0]["errorType"] == "RelatedRecordNotFound"
        )


def test_a_model_that_others_listen_to_is_saved_by_django(
    known: DataModel, gql: Gql, threads: list[str]
) -> None:
    model, heard = known.model("Member"), list[str]()

    def hear(instance: Any, **kwargs: Any) -> None:
        heard.append(instance.name)

    for signal in (pre_save, post_save):
        signal.connect(hear, sender=model)
        try:
            gql(CREATE, i={"name": "Fay"})
        finally:
            signal.disconnect(hear, sender=model)
    assert heard == ["Fay", "Fay"]
    assert threads == [CREATE, CREATE]
    gql(CREATE, i={"name": "Gus"})
    assert len(threads) == 2


def test_an_answer_that_needs_an_error_takes_the_write_back(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(ITEM)
    update = "mutation($i: UpdateItemInput!) { updateItem(input: $i) { id title kind } }"
    records.create(datamodel, "Item", {"id": "i", "title": "one", "kind": "LOW"})
    for title in ("two", "three"):
        assert "errors" not in gql(update, i={"id": "i", "title": title})
    datamodel.model("Item").objects.filter(id="i").update(kind="NEITHER")
    count = Change.objects.count()
    answers = [gql(text, i={"id": "i", "title": "four"}) for text in (update, f"{update} ")]
    assert answers[0] == answers[1]
    assert "errors" in answers[0]
    assert Change.objects.count() == count
    assert datamodel.model("Item").objects.get().title == "three"


def test_another_schema_is_noticed(known: DataModel, gql: Gql, activate_schema: Activate) -> None:
    activate_schema(TEAM.replace("age: Int", "age: Int nick: String"))
    for _ in range(2):
        assert "errors" not in gql(CREATE, i={"name": "Hal", "nick": "H"})
    assert latest()["after"]["nick"] == "H"
    assert latest()["version"] == Change.objects.order_by("id").values_list("version", flat=True)[0] + 1


# DataStore


DATASTORE_UPDATE = "mutation($i: UpdateTeamInput!) { updateTeam(input: $i) { id mantra _version _deleted } }"
DATASTORE_CREATE = (
    "mutation($i: CreateTeamInput!) { createTeam(input: $i) { id mantra _version _lastChangedAt } }"
)


def test_versions_are_held_to_with_datastore(activate_schema: Activate, gql: Gql, threads: list[str]) -> None:
    activate_schema(TEAM, datastore=True)
    for name in ("a", "b"):
        assert gql(DATASTORE_CREATE, i={"id": name, "mantra": "1"})["data"]["createTeam"]["_version"] == 1
    gql(DATASTORE_UPDATE, i={"id": "a", "mantra": "2", "_version": 1})
    threads.clear()
    for version in (2, 3):
        answer = gql(DATASTORE_UPDATE, i={"id": "a", "mantra": f"{version + 1}", "_version": version})
        assert answer["data"]["updateTeam"] == {
            "id": "a",
            "mantra": f"{version + 1}",
            "_version": version + 1,
            "_deleted": None,
        }
    assert threads == []
    # One that is behind is merged in a thread: the server's value stays.
    assert (
        gql(DATASTORE_UPDATE, i={"id": "a", "mantra": "old", "_version": 2})["data"]["updateTeam"]["mantra"]
        == "4"
    )
    assert threads == [DATASTORE_UPDATE]


def test_a_deleted_record_comes_back_in_a_thread(
    activate_schema: Activate, gql: Gql, threads: list[str]
) -> None:
    activate_schema(TEAM, datastore=True)
    gql(DATASTORE_CREATE, i={"id": "a", "mantra": "1"})
    gql(DATASTORE_UPDATE, i={"id": "a", "mantra": "2"})
    gql('mutation { deleteTeam(input: {id: "a"}) { id } }')
    assert gql(DATASTORE_UPDATE, i={"id": "a", "mantra": "3"})["data"]["updateTeam"] is None
    threads.clear()
    assert gql(DATASTORE_CREATE, i={"id": "a", "mantra": "4"})["data"]["createTeam"]["_version"] == 4
    assert threads == [DATASTORE_CREATE]


# The same, whichever way


SELECTED = "id title rating price isOpen day tags scores kind kinds size { width height } createdAt updatedAt"
VALUES: dict[str, list[Any]] = {
    "title": [None, "", "x", "Zoë \U0001f600 \"'\\ %s", "a\nb\t"],
    "rating": [None, 0, -5, 2**31 - 1],
    "price": [None, 0.0, -0.0, 1.5, 1e300, 3],
    "isOpen": [None, True, False],
    "day": [None, "2026-11-20", "2026-11-20+02:00"],
    "tags": [None, [], ["a", "%s ?"], ["é"]],
    "scores": [None, [1, 2], []],
    "kind": [None, "LOW", "HIGH"],
    "kinds": [None, ["LOW", "HIGH"]],
    "size": [None, {"width": 1, "height": None}, {"width": 2}, {}],
}


def some_values(chance: Random) -> dict[str, Any]:
    names = chance.sample(sorted(VALUES), chance.randrange(len(VALUES) + 1))
    return {name: chance.choice(VALUES[name]) for name in names}


def unlike(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row or an entry without what no two writes share."""
    own = {"id", "joinery_pk", "joinery_changed_at", "group", "transaction", "key", "record_pk", "at"}
    kept = {name: value for name, value in row.items() if name not in own}
    if row.get("label") == row.get("key"):
        kept["label"] = "the key"
    for name in ("before", "after"):
        if kept.get(name):
            kept[name] = {
                key: value for key, value in kept[name].items() if key not in {"id", "createdAt", "updatedAt"}
            }
    return {name: value for name, value in kept.items() if name not in {"createdAt", "updatedAt"}}


def test_records_and_log_are_the_same_either_way(
    activate_schema: Activate, gql: Gql, threads: list[str]
) -> None:
    """Each write is made to one record by the express lane, to another in a thread."""
    datamodel, chance = activate_schema(ITEM), Random(5)  # noqa: S311 - no secrets
    create = f"mutation($i: CreateItemInput!) {{ createItem(input: $i) {{ {SELECTED} }} }}"
    update = f"mutation($i: UpdateItemInput!) {{ updateItem(input: $i) {{ {SELECTED} }} }}"
    model = datamodel.model("Item")
    swift = asked = 0
    for number in range(30):
        for query in (create, update, update):
            values, entries, rows, answers = some_values(chance), [], [], []
            asked += 1
            for key, text in ((f"a{number}", query), (f"b{number}", query + " " * asked)):
                threads.clear()
                (answer,) = gql(text, i={"id": key, **values})["data"].values()
                swift += not threads
                answers.append(
                    {name: v for name, v in answer.items() if name not in {"id", "createdAt", "updatedAt"}}
                )
                entry = latest()
                assert (entry["key"], entry["at"] > 0) == (key, True)
                entries.append(unlike(entry))
                row = model.objects.filter(id=key).values().get()
                assert (row["joinery_pk"], row["joinery_changed_at"]) == (entry["record_pk"], entry["at"])
                rows.append(unlike(row))
            assert answers[0] == answers[1]
            assert entries[0] == entries[1]
            assert rows[0] == rows[1]
    # All but the first of each; now and then a thread looks at the key again.
    assert swift > 80


def test_composite_keys_are_the_same_either_way(
    activate_schema: Activate, gql: Gql, threads: list[str]
) -> None:
    activate_schema(READING)
    create = "mutation($i: CreateReadingInput!) { createReading(input: $i) { device day seq status value } }"
    update = "mutation($i: UpdateReadingInput!) { updateReading(input: $i) { device day seq status value } }"
    for seq in (1, 2):
        key = {"device": "a/b,c", "day": "2026-11-20", "seq": seq}
        made = gql(create, i={**key, "status": "OPEN", "value": 1})["data"]["createReading"]
        assert made == {**key, "status": "OPEN", "value": 1}
        changed = gql(update, i={**key, "status": "DONE"})["data"]["updateReading"]
        assert changed == {**key, "status": "DONE", "value": 1}
        assert latest()["key"] == f"a~2Fb~2Cc,2026-11-20,{seq}"
    assert threads == [create, update]


# Several at once


def ask_at_once(requests: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Send all of them before any is answered."""

    async def ask(query: str, variables: dict[str, Any]) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = [(b"content-type", b"application/json"), (b"x-api-key", API_KEY.encode())]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "headers": [*headers, (b"content-length", b"%d" % len(body))],
            "client": ("127.0.0.1", 1),
            "query_string": b"",
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await application(scope, receive, send)
        answer: dict[str, Any] = json.loads(sent[1]["body"])
        return answer

    async def ask_all() -> list[dict[str, Any]]:
        return await asyncio.gather(*(ask(query, variables) for query, variables in requests))

    return asyncio.run(ask_all())


def test_many_writes_at_once_are_each_its_own(known: DataModel, gql: Gql, threads: list[str]) -> None:
    ask_at_once([(CREATE, {"i": {"name": "Ida"}})])
    threads.clear()
    count = Change.objects.count()
    wanted = [{"id": f"w{n}", "name": str(n), "teamId": "t0" if n % 5 else "nowhere"} for n in range(60)]
    answers = ask_at_once([(CREATE, {"i": values}) for values in wanted])
    refused = [n for n, answer in enumerate(answers) if "errors" in answer]
    assert refused == list(range(0, 60, 5))
    assert len(threads) == 12
    assert Change.objects.count() - count == 48
    assert Change.objects.order_by("-id").values("group").distinct().count() >= 48
    groups = Change.objects.filter(key__startswith="w").values_list("group", flat=True)
    assert len(set(groups)) == 48


def test_updates_of_one_record_at_once_are_all_counted(known: DataModel, gql: Gql) -> None:
    ask_at_once([(UPDATE, {"i": {"id": "m", "age": 0}})])
    version = known.model("Member").objects.get(id="m").joinery_version
    answers = ask_at_once([(UPDATE, {"i": {"id": "m", "age": n}}) for n in range(40)])
    assert not any("errors" in answer for answer in answers)
    assert known.model("Member").objects.get(id="m").joinery_version == version + 40
    versions = list(Change.objects.filter(key="m").order_by("id").values_list("record_version", flat=True))
    assert versions == sorted(set(versions))


def test_who_does_not_learn_of_the_commit_says_so(
    known: DataModel, gql: Gql, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose(self: Express, ticket: Any) -> bytes:
        raise Lost("The connection is gone.")

    monkeypatch.setattr(Express, "answer", lose)
    body = json.dumps({"query": CREATE, "variables": {"i": {"name": "Jo"}}}).encode()
    headers = {"content-type": "application/json", "x-api-key": API_KEY, "content-length": str(len(body))}
    status, _, answer = call_asgi(body, headers)
    assert status == 503
    assert b"ServiceUnavailableException" in answer


# SQLite's own


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each write was made on the event loop."""
    seen: list[bool] = []
    write_at_once = SQLiteWrites.write_at_once

    def noting(self: SQLiteWrites) -> bool:
        seen.append(write_at_once(self))
        return seen[-1]

    monkeypatch.setattr(SQLiteWrites, "write_at_once", noting)
    return seen


@only_sqlite
def test_a_lone_write_is_made_on_the_event_loop(known: DataModel, gql: Gql, at_once: list[bool]) -> None:
    for name in ("Kay", "Lea"):
        gql(CREATE, i={"name": name})
    assert at_once[-1]


@only_sqlite
def test_while_another_writes_a_thread_waits(
    known: DataModel, gql: Gql, at_once: list[bool], threads: list[str]
) -> None:
    gql(CREATE, i={"name": "Max"})
    gql(CREATE, i={"name": "Ned"})

    async def write_meanwhile() -> dict[str, Any]:
        return await asyncio.to_thread(gql, CREATE, i={"name": "Ole"})

    async def hold_the_turn() -> dict[str, Any]:
        with turn():
            waiting = asyncio.ensure_future(write_meanwhile())
            await asyncio.sleep(0.05)
            assert not waiting.done()
        return await waiting

    assert asyncio.run(hold_the_turn())["data"]["createMember"]["name"] == "Ole"
    assert at_once[-1] is False
    assert threads == []


@only_sqlite
@pytest.mark.parametrize("failure", [Unanswered("The file is not there."), ValueError("unforeseen")])
def test_what_goes_wrong_once_keeps_no_later_write_waiting(
    known: DataModel, gql: Gql, threads: list[str], monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(_path: object) -> None:
        raise failure

    gql(CREATE, i={"name": "Wim"})
    with monkeypatch.context() as patch:
        patch.setattr(sqlite_writes, "identity", fail)
        assert gql(CREATE, i={"name": "Xia"})["data"]["createMember"]["name"] == "Xia"
    assert threads == [CREATE]
    assert gql(CREATE, i={"name": "Yan"})["data"]["createMember"]["name"] == "Yan"
    assert threads == [CREATE]


# PostgreSQL's own


@only_postgresql
def test_a_refused_write_leaves_its_connection_as_it_was(
    known: DataModel, gql: Gql, threads: list[str]
) -> None:
    gql(CREATE, i={"name": "Pia"})
    pids = writers()
    for _ in range(3):
        assert "errors" in gql(CREATE, i={"id": "m", "name": "Twice"})
    threads.clear()
    assert "errors" not in gql(CREATE, i={"name": "Quin"})
    assert threads == []
    assert writers() == pids


@only_postgresql
def test_connections_that_were_cut_are_replaced(known: DataModel, gql: Gql, threads: list[str]) -> None:
    gql(CREATE, i={"name": "Rob"})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = CURRENT_DATABASE() AND pid <> PG_BACKEND_PID()"
        )
    for name in ("Sue", "Tom", "Una"):
        assert gql(CREATE, i={"name": name})["data"]["createMember"]["name"] == name
    threads.clear()
    gql(CREATE, i={"name": "Vic"})
    assert threads == []
    names = known.model("Member").objects.order_by("pk").values_list("name", flat=True)
    assert list(names) == ["Ann", "Rob", "Sue", "Tom", "Una", "Vic"]


@only_postgresql
def test_what_another_holds_up_waits_in_a_thread(known: DataModel, gql: Gql, threads: list[str]) -> None:
    gql(UPDATE, i={"id": "m", "age": 1})
    threads.clear()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM data_member WHERE id = 'm' FOR UPDATE")

            async def update_meanwhile() -> dict[str, Any]:
                waiting = asyncio.ensure_future(asyncio.to_thread(gql, UPDATE, i={"id": "m", "age": 2}))
                await asyncio.sleep(0.3)
                cursor.execute("ROLLBACK")
                return await waiting

            answer = asyncio.run(update_meanwhile())
    finally:
        other.close()
    assert answer["data"]["updateMember"]["age"] == 2
    assert threads == [UPDATE]


def writers() -> list[int]:
    """Return the processes of the writing connections."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = CURRENT_DATABASE()"
            " AND query LIKE '%data_member%' AND pid <> PG_BACKEND_PID() AND state = 'idle' ORDER BY pid"
        )
        return [pid for (pid,) in cursor.fetchall()]
