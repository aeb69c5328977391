"""graphql-transport-ws on `/graphql`: every message and every close code of the protocol."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import override_settings

from datamodel import records
from datamodel.registry import DataModel
from tests.conftest import API_KEY
from tests.graphql.realtime.driver import Client, in_thread, run

SCHEMA = "type Post @model { id: ID! title: String! }"
ON_CREATE = "subscription { onCreatePost { id title } }"


@pytest.fixture
def datamodel(activate_schema: Any, api_key: str) -> DataModel:
    return activate_schema(SCHEMA)


def client(**options: Any) -> Client:
    given = {"subprotocols": ("graphql-transport-ws",), "headers": {"x-api-key": API_KEY}} | options
    return Client("/graphql", **given)


async def write(datamodel: DataModel, **values: Any) -> None:
    await in_thread(lambda: records.create(datamodel, "Post", values))


def subscribe(one: Client, operation_id: str, query: str, **variables: Any) -> None:
    one.send(id=operation_id, type="subscribe", payload={"query": query, "variables": variables})


@pytest.mark.parametrize(
    ("headers", "payload"),
    [
        ({"x-api-key": API_KEY}, None),
        ({}, {"x-api-key": API_KEY}),
        ({}, {"X-Api-Key": API_KEY}),
        ({}, {"headers": {"x-api-key": API_KEY}}),
    ],
)
def test_it_acknowledges_a_good_key(
    datamodel: DataModel, headers: dict[str, str], payload: dict[str, Any] | None
) -> None:
    async def scenario() -> None:
        async with client(headers=headers) as one:
            assert one.subprotocol == "graphql-transport-ws"
            one.send(type="connection_init", **({} if payload is None else {"payload": payload}))
            assert await one.frame() == {"type": "connection_ack"}

    run(scenario)


def test_it_delivers_events_until_the_client_completes(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with client() as one:
            await one.init()
            subscribe(one, "a", ON_CREATE)
            subscribe(one, "q", "{ __typename }")
            # The answer to the query says that the subscription before it was started.
            assert await one.frame() == {
                "id": "q",
                "type": "next",
                "payload": {"data": {"__typename": "Query"}},
            }
            assert await one.frame() == {"id": "q", "type": "complete"}
            await write(datamodel, id="1", title="One")
            payload = {"data": {"onCreatePost": {"id": "1", "title": "One"}}}
            assert await one.frame() == {"id": "a", "type": "next", "payload": payload}
            one.send(id="a", type="complete")
            subscribe(one, "a", ON_CREATE)
            one.send(type="ping")
            assert await one.frame() == {"type": "pong"}

    run(scenario)


def test_it_answers_queries_and_mutations(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with client() as one:
            await one.init()
            subscribe(one, "m", 'mutation { createPost(input: {id: "1", title: "One"}) { title } }')
            payload = {"data": {"createPost": {"title": "One"}}}
            assert await one.frame() == {"id": "m", "type": "next", "payload": payload}
            assert await one.frame() == {"id": "m", "type": "complete"}
            subscribe(one, "q", "query($id: ID!) { getPost(id: $id) { title } }", id="1")
            assert (await one.frame())["payload"] == {"data": {"getPost": {"title": "One"}}}

    run(scenario)


def test_it_answers_a_ping_with_its_payload(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with client() as one:
            one.send(type="ping", payload={"at": 1})
            assert await one.frame() == {"type": "pong", "payload": {"at": 1}}
            one.send(type="pong")
            await one.init()

    run(scenario)


@pytest.mark.parametrize("operation_id", ["\ud800", "é😀", "\0", ""])
def test_it_sends_an_id_back_as_it_came_in_text_that_can_be_sent(
    datamodel: DataModel, operation_id: str
) -> None:
    async def scenario() -> None:
        async with client() as one:
            await one.init()
            for query in ("{", "{ __typename }"):
                subscribe(one, operation_id, query)
            for kind in ("error", "next", "complete"):
                message = await one.next_message()
                message["text"].encode()
                frame = json.loads(message["text"])
                assert (frame["type"], frame["id"]) == (kind, operation_id)

    run(scenario)


@pytest.mark.parametrize("operation_id", ["\ud800", "😀" * 60])
def test_the_reason_of_a_close_fits_its_frame(datamodel: DataModel, operation_id: str) -> None:
    async def scenario() -> None:
        async with client() as one:
            await one.init()
            for _ in range(2):
                subscribe(one, operation_id, ON_CREATE)
            message = await one.next_message()
            assert message["code"] == 4409
            assert len(message["reason"].encode()) <= 123

    run(scenario)


@pytest.mark.parametrize(
    ("query", "error_type"),
    [
        ("subscription { onCreatePost { nothing } }", "ValidationError"),
        ("{", "InvalidSyntaxError"),
        ("subscription { a: onCreatePost { id } b: onUpdatePost { id } }", "ValidationError"),
    ],
)
def test_an_operation_that_is_wrong_is_answered_with_an_error(
    datamodel: DataModel, query: str, error_type: str
) -> None:
    async def scenario() -> None:
        async with client() as one:
            await one.init()
            subscribe(one, "x", query)
            frame = await one.frame()
            assert (frame["type"], frame["id"]) == ("error", "x")
            assert frame["payload"][0]["errorType"] == error_type

    run(scenario)


def closes_with(code: int, *messages: dict[str, Any] | str, init: bool = True, **options: Any) -> None:
    """Send the messages and expect the close code."""

    async def scenario() -> None:
        async with client(**options) as one:
            if init:
                await one.init()
            for message in messages:
                one.send_text(message) if isinstance(message, str) else one.send(**message)
            assert await one.closed() == code

    run(scenario)


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        "[]",
        {"type": "hello"},
        {"id": "1"},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ __typename }"}},
        {"type": "subscribe", "id": "1"},
        {"type": "complete"},
        '{"type": "ping", "payload": {"a": NaN}}',
    ],
)
def test_4400_for_a_message_that_is_not_of_the_protocol(datamodel: DataModel, message: Any) -> None:
    closes_with(4400, message)


def test_4401_for_an_operation_before_the_acknowledgement(datamodel: DataModel) -> None:
    closes_with(4401, {"type": "subscribe", "id": "1", "payload": {"query": ON_CREATE}}, init=False)


@pytest.mark.parametrize("headers", [{}, {"x-api-key": "da2-unknown"}])
def test_4403_for_a_key_that_is_not_good(datamodel: DataModel, headers: dict[str, str]) -> None:
    closes_with(4403, {"type": "connection_init"}, init=False, headers=headers)


@pytest.mark.parametrize("offer", [(), ("graphql-ws",), ("other",)])
def test_4406_for_another_subprotocol(datamodel: DataModel, offer: tuple[str, ...]) -> None:
    closes_with(4406, init=False, subprotocols=offer)


def test_4408_for_a_client_that_does_not_begin(datamodel: DataModel) -> None:
    with override_settings(WS_INIT_TIMEOUT_S=0.05):
        closes_with(4408, init=False)


def test_4409_for_an_id_that_is_in_use(datamodel: DataModel) -> None:
    start = {"type": "subscribe", "id": "1", "payload": {"query": ON_CREATE}}
    closes_with(4409, start, start)


def test_4429_for_a_second_init(datamodel: DataModel) -> None:
    closes_with(4429, {"type": "connection_init"})


def test_1009_for_a_message_that_is_too_big(datamodel: DataModel) -> None:
    closes_with(1009, {"type": "ping", "payload": {"x": "x" * 70_000}})


def test_1009_for_an_event_that_is_too_big(datamodel: DataModel) -> None:
    async def scenario() -> None:
        async with client() as one:
            await one.init()
            subscribe(one, "a", ON_CREATE)
            one.send(type="ping")
            assert (await one.frame())["type"] == "pong"
            await write(datamodel, id="1", title="x" * 250_000)
            assert await one.closed() == 1009

    run(scenario)
