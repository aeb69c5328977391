"""AppSync's realtime protocol, frame by frame."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.test import override_settings

from datamodel import access, records
from datamodel.models import ApiKey
from datamodel.registry import DataModel
from tests.graphql.realtime.driver import HEADER, Client, encode_header, in_thread, run

SCHEMA = """
type Post @model { id: ID! title: String! rating: Int tags: [String] comments: [Comment] @hasMany }
type Comment @model { id: ID! content: String! post: Post @belongsTo }
"""

ON_CREATE = "subscription { onCreatePost { id title rating } }"


@pytest.fixture
def datamodel(activate_schema: Any, api_key: str) -> DataModel:
    return activate_schema(SCHEMA, datastore=True)


async def write(datamodel: DataModel, model: str = "Post", **values: Any) -> None:
    await in_thread(lambda: records.create(datamodel, model, values))


def test_it_acknowledges_and_keeps_alive(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            assert client.subprotocol == "graphql-ws"
            client.send(type="connection_init")
            assert await client.frame() == {
                "type": "connection_ack",
                "payload": {"connectionTimeoutMs": 300_000},
            }
            assert await client.frame() == {"type": "ka"}

    run(scenario)


@pytest.mark.parametrize(
    "place",
    [
        {"subprotocols": ("graphql-ws", encode_header(HEADER))},
        {
            "subprotocols": ("graphql-ws",),
            "query": "header=" + encode_header(HEADER).removeprefix("header-") + "%3D&payload=e30=",
        },
        {"subprotocols": ("graphql-ws",), "headers": {"x-api-key": HEADER["x-api-key"]}},
    ],
    ids=["subprotocol", "query string", "header"],
)
def test_it_finds_the_key_where_clients_put_it(datamodel: DataModel, place: dict[str, Any]) -> None:
    async def scenario() -> None:
        async with Client(**place) as client:
            await client.init()

    run(scenario)


@pytest.mark.parametrize(
    "offer",
    [
        ("graphql-ws",),
        ("graphql-ws", "header-%%%"),
        ("graphql-ws", encode_header({"host": "h", "x-api-key": "da2-wrong"})),
    ],
    ids=["none", "unreadable", "unknown"],
)
def test_it_refuses_a_connection_without_a_good_key(datamodel: DataModel, offer: tuple[str, ...]) -> None:
    async def scenario() -> None:
        async with Client(subprotocols=offer) as client:
            client.send(type="connection_init")
            frame = await client.frame()
            assert frame["type"] == "connection_error"
            assert frame["payload"]["errors"][0]["errorType"] == "UnauthorizedException"
            assert frame["payload"]["errors"][0]["errorCode"] == 401
            assert await client.closed() == 4401

    run(scenario)


def test_it_refuses_another_subprotocol(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client(subprotocols=("graphql-transport-ws",)) as client:
            assert client.subprotocol is None
            assert await client.closed() == 4406

    run(scenario)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://[", "null"])
def test_it_refuses_a_page_of_another_origin(datamodel: DataModel, origin: str) -> None:
    async def scenario() -> None:
        async with Client(headers={"origin": origin}) as client:
            assert client.code == 403
        async with Client(headers={"origin": "http://localhost:8000"}) as client:
            await client.init()

    run(scenario)


def test_it_welcomes_pages_of_an_allowed_origin(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client(headers={"origin": "https://app.example"}) as client:
            await client.init()

    with override_settings(CORS_ALLOWED_ORIGINS=["https://app.example"]):
        run(scenario)


def test_it_closes_a_socket_that_starts_before_it_says_hello(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            client.start("1", ON_CREATE)
            assert await client.closed() == 4401

    run(scenario)


def test_it_closes_a_socket_that_says_nothing(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            assert await client.closed() == 4408

    with override_settings(WS_INIT_TIMEOUT_S=0.05):
        run(scenario)


@pytest.mark.parametrize("text", ["nonsense", "[]", "1", "[" * 5000])
def test_it_closes_a_socket_that_sends_no_object(datamodel: DataModel, text: str) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.send_text(text)
            assert await client.closed() == 4400

    run(scenario)


def test_it_closes_a_socket_that_sends_too_much(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.send_text(json.dumps({"type": "x" * 70_000}))
            assert await client.closed() == 1009

    run(scenario)


def test_it_sends_an_id_back_as_it_came_in_text_that_can_be_sent(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.start("\ud800", ON_CREATE)
            client.send(type="stop", id="\ud800")
            for kind in ("start_ack", "complete"):
                message = await client.next_message()
                message["text"].encode()
                assert json.loads(message["text"]) == {"id": "\ud800", "type": kind}

    run(scenario)


def test_it_answers_an_unknown_message_with_an_error(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.send(type="hello")
            frame = await client.frame()
            assert frame["type"] == "error"
            assert frame["payload"]["errors"][0]["errorType"] == "UnsupportedOperation"

    run(scenario)


def test_it_delivers_what_is_created(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("a", ON_CREATE)
            await write(datamodel, id="1", title="One", rating=3)
            frame = await client.frame()
            assert frame == {
                "id": "a",
                "type": "data",
                "payload": {"data": {"onCreatePost": {"id": "1", "title": "One", "rating": 3}}},
            }

    run(scenario)


def test_it_delivers_updates_and_deletes_with_their_versions(datamodel: DataModel) -> None:
    fields = "{ id title _version _deleted _lastChangedAt }"

    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("u", f"subscription {{ onUpdatePost {fields} }}")
            await client.listen("d", f"subscription {{ onDeletePost {fields} }}")
            await write(datamodel, id="1", title="One")
            await in_thread(lambda: records.update(datamodel, "Post", {"id": "1"}, {"title": "Two"}))
            await in_thread(lambda: records.delete(datamodel, "Post", {"id": "1"}))
            updated = (await client.event("u"))["onUpdatePost"]
            assert (updated["title"], updated["_version"], updated["_deleted"]) == ("Two", 2, None)
            assert updated["_lastChangedAt"] > 10**12
            deleted = (await client.event("d"))["onDeletePost"]
            assert (deleted["title"], deleted["_version"], deleted["_deleted"]) == ("Two", 3, True)

    run(scenario)


def test_it_delivers_what_a_cascade_deletes(datamodel: DataModel) -> None:
    async def scenario() -> None:
        await write(datamodel, id="1", title="One")
        await write(datamodel, "Comment", id="c", content="c", postCommentsId="1")
        async with Client() as client:
            await client.init()
            await client.listen("c", "subscription { onDeleteComment { id _deleted post { id _deleted } } }")
            await in_thread(lambda: records.delete(datamodel, "Post", {"id": "1"}))
            event = (await client.event("c"))["onDeleteComment"]
            assert event == {"id": "c", "_deleted": True, "post": {"id": "1", "_deleted": True}}

    run(scenario)


def test_it_delivers_related_records(datamodel: DataModel) -> None:
    async def scenario() -> None:
        await write(datamodel, id="1", title="One")
        async with Client() as client:
            await client.init()
            await client.listen("c", "subscription { onCreateComment { id post { id title } } }")
            await write(datamodel, "Comment", id="c", content="c", postCommentsId="1")
            event = (await client.event("c"))["onCreateComment"]
            assert event == {"id": "c", "post": {"id": "1", "title": "One"}}

    run(scenario)


def test_it_delivers_only_what_the_filter_lets_through(datamodel: DataModel) -> None:
    query = "subscription($f: ModelSubscriptionPostFilterInput) { onCreatePost(filter: $f) { id } }"

    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("f", query, f={"and": [{"rating": {"gt": 3}}]})
            await write(datamodel, id="low", title="t", rating=3)
            await write(datamodel, id="none", title="t")
            await write(datamodel, id="high", title="t", rating=4)
            assert await client.event("f") == {"onCreatePost": {"id": "high"}}

    run(scenario)


def test_it_stops_a_subscription(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("a", ON_CREATE)
            await client.listen("b", "subscription { onCreatePost { id } }")
            client.send(id="a", type="stop")
            assert await client.frame() == {"id": "a", "type": "complete"}
            await write(datamodel, id="1", title="One")
            assert await client.event("b") == {"onCreatePost": {"id": "1"}}

    run(scenario)


def test_equal_subscriptions_are_answered_together(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as one, Client() as other:
            for client in (await one.init(), await other.init()):
                await client.listen("same id", ON_CREATE)
            await write(datamodel, id="1", title="One")
            assert await one.event() == await other.event()

    run(scenario)


@pytest.mark.parametrize(
    ("query", "error_type"),
    [
        ("subscription { onCreatePost { nothing } }", "ValidationError"),
        ("subscription { onCreatePost { id", "InvalidSyntaxError"),
        ("query { listPosts { items { id } } }", "BadRequestException"),
        ("subscription($f: ModelSubscriptionPostFilterInput!) { onCreatePost(filter: $f) { id } }", None),
        ("", None),
    ],
)
def test_a_start_that_is_wrong_is_answered_with_an_error(
    datamodel: DataModel, query: str, error_type: str | None
) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.start("x", query)
            frame = await client.frame()
            assert (frame["type"], frame["id"]) == ("error", "x")
            entry = frame["payload"]["errors"][0]
            assert entry["message"]
            assert error_type in {None, entry["errorType"]}
            await client.listen("y", ON_CREATE)

    run(scenario)


def test_each_start_is_judged_by_its_own_key(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.start("x", ON_CREATE, "da2-unknown")
            frame = await client.frame()
            assert frame["payload"]["errors"][0]["errorType"] == "UnauthorizedException"
            await client.listen("y", ON_CREATE)

    run(scenario)


def test_a_public_key_may_not_listen_to_a_closed_model(activate_schema: Any, api_key: str) -> None:
    activate_schema("type Post @model @auth(rules: [{ allow: owner }]) { id: ID! title: String! }")
    access.create_key("public", scope="public", raw="da2-public-key-000000000000000000")

    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            client.start("x", "subscription { onCreatePost { id } }", "da2-public-key-000000000000000000")
            frame = await client.frame()
            assert frame["payload"]["errors"][0]["errorType"] == "Unauthorized"

    run(scenario)


def test_a_socket_has_a_limited_number_of_subscriptions(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("1", ON_CREATE)
            client.start("2", ON_CREATE)
            frame = await client.frame()
            assert (frame["type"], frame["id"]) == ("error", "2")
            assert frame["payload"]["errors"][0]["errorType"] == "LimitExceeded"

    with override_settings(WS_MAX_SUBSCRIPTIONS=1):
        run(scenario)


def test_a_process_has_a_limited_number_of_sockets(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as one:
            await one.init()
            async with Client() as other:
                assert await other.closed() == 1013

    with override_settings(WS_MAX_CONNECTIONS=1):
        run(scenario)


def test_a_client_that_does_not_read_is_closed_and_harms_nobody(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with Client() as slow, Client() as quick:
            await slow.init()
            await quick.init()
            await slow.listen("s", ON_CREATE)
            await quick.listen("q", ON_CREATE)
            slow.is_reading.clear()
            for number in range(8):
                await write(datamodel, id=str(number), title="t")
                assert (await quick.event())["onCreatePost"]["id"] == str(number)
            slow.is_reading.set()
            assert await slow.closed() == 1013

    with override_settings(WS_MAX_QUEUE=5):
        run(scenario)


def test_a_revoked_key_closes_its_sockets(datamodel: DataModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datamodel.graphql.realtime.hub.RECHECK_S", 0.05)

    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("a", ON_CREATE)
            await in_thread(lambda: ApiKey.objects.all().delete())
            assert (await client.frame())["type"] == "connection_error"
            assert await client.closed() == 4401

    run(scenario)


def test_a_new_schema_ends_the_sockets(datamodel: DataModel, activate_schema: Any) -> None:
    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("a", ON_CREATE)
            await in_thread(lambda: activate_schema(SCHEMA + "type More @model { id: ID! }", datastore=True))
            assert await client.closed() == 1012

    run(scenario)


def test_a_stopping_server_says_that_it_goes_away(datamodel: DataModel) -> None:
    from datamodel.graphql.endpoint import application as api

    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("a", ON_CREATE)
            await api.realtime.stop()
            assert await client.closed() == 1001

    run(scenario)


def test_events_come_in_the_order_of_the_versions(datamodel: DataModel) -> None:
    async def scenario() -> None:
        await write(datamodel, id="1", title="t0")
        async with Client() as client:
            await client.init()
            await client.listen("a", "subscription { onUpdatePost { title _version } }")

            def update(number: int) -> None:
                records.update(datamodel, "Post", {"id": "1"}, {"title": f"t{number}"})

            await asyncio.gather(*(in_thread(lambda n=n: update(n)) for n in range(1, 21)))
            events = [(await client.event())["onUpdatePost"]["_version"] for _ in range(20)]
            assert events == list(range(2, 22))

    run(scenario)


def test_a_delete_is_told_with_the_parent_that_went_with_it(activate_schema: Any, api_key: str) -> None:
    text = """
    type Post @model { id: ID! comments: [Comment] @hasMany }
    type Comment @model { id: ID! post: Post! @belongsTo }
    """
    datamodel = activate_schema(text, datastore=True)

    async def scenario() -> None:
        async with Client() as client:
            await client.init()
            await client.listen("1", "subscription { onDeleteComment { id _deleted post { id } } }")
            await write(datamodel, id="p")
            await write(datamodel, "Comment", id="c", postCommentsId="p")
            await in_thread(lambda: records.delete(datamodel, "Post", {"id": "p"}))
            told = {"onDeleteComment": {"id": "c", "_deleted": True, "post": {"id": "p"}}}
            assert await client.event() == told

    run(scenario)
