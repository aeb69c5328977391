"""The endpoint over HTTP: statuses, headers, limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from datamodel import records, registry
from datamodel.access import Actor, Caller
from datamodel.graphql import endpoint, request
from datamodel.registry import DataModel, SchemaChanged
from tests.conftest import call_asgi

from .schemas import TEAM

Activate = Callable[..., DataModel]

GRAPHQL_JSON = "application/graphql-response+json"
QUERY = b'{"query": "{ listTeams { items { id } } }"}'


@pytest.fixture
def post(activate_schema: Activate, api_key: str) -> Callable[..., tuple[int, dict[str, str], Any]]:
    """POST a body with headers; a header of None is left out."""
    activate_schema(TEAM)

    def send(body: Any = QUERY, method: str = "POST", path: str = "/graphql", **headers: str | None) -> Any:
        given = {"content-type": "application/json", "x-api-key": api_key}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kept = {name: value for name, value in given.items() if value is not None}
        status, answer_headers, answer = call_asgi(raw, kept, method, path)
        return status, answer_headers, json.loads(answer) if answer else None

    return send


Post = Callable[..., tuple[int, dict[str, str], Any]]


def test_an_answer_is_json(post: Post) -> None:
    status, headers, answer = post()
    assert (status, answer) == (200, {"data": {"listTeams": {"items": []}}})
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["x-amzn-requestid"]


@pytest.mark.parametrize("query", ["{", "{ nope }", "query($l: Int!) { listTeams(limit: $l) { nextToken } }"])
@pytest.mark.parametrize(
    ("accept", "status"), [("application/json", 200), ("*/*", 200), (None, 200), (GRAPHQL_JSON, 400)]
)
def test_a_request_that_was_not_run(post: Post, query: str, accept: str | None, status: int) -> None:
    found, headers, answer = post({"query": query}, accept=accept)
    assert found == status
    assert "data" not in answer
    assert headers["content-type"].startswith(GRAPHQL_JSON if accept == GRAPHQL_JSON else "application/json")


def test_field_errors_are_200_for_everybody(post: Post) -> None:
    status, _, answer = post({"query": "{ listTeams(limit: 0) { nextToken } }"}, accept=GRAPHQL_JSON)
    assert status == 200
    assert answer["data"] == {"listTeams": None}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"{}",
        b'{"query": 1}',
        b'{"query": "{ a }", "variables": []}',
        b'{"query": "{ a }", "variables": "x"}',
        b'{"query": "{ a }", "operationName": 1}',
        b'{"query": "{ a }", "extensions": 1}',
        b'{"query": "{ a }", "variables": {"x": NaN}}',
        b'{"query": "{ a }", "variables": {"x": ' + b"[" * 100 + b"]" * 100 + b"}}",
        b"[" * 100_000,
        b'{"query": "{ a }", "variables": {"x": [' + b"1," * 30_000 + b"1]}}",
        b'{"query": "{ a }", "variables": {"x": ' + b"9" * 5_000 + b"}}",
        b'[{"query": "{ a }"}]',
    ],
)
def test_a_body_that_is_no_request(post: Post, body: bytes) -> None:
    status, headers, answer = post(body)
    assert status == 400
    assert headers["x-amzn-errortype"] == "MalformedHttpRequestException"
    assert answer["errors"][0]["errorType"] == "MalformedHttpRequestException"


@pytest.mark.parametrize("key", [None, "", "wrong", "da2-" + "x" * 5000])
def test_no_valid_key(post: Post, key: str | None) -> None:
    status, headers, answer = post(x_api_key=key)
    assert status == 401
    assert headers["x-amzn-errortype"] == "UnauthorizedException"
    assert answer["errors"][0]["errorType"] == "UnauthorizedException"


def test_two_credentials_are_one_too_many(post: Post) -> None:
    assert post(authorization="token")[0] == 401


def test_a_key_in_the_authorization_header_is_none(post: Post, api_key: str) -> None:
    assert post(x_api_key=None, authorization=api_key)[0] == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD"])
def test_only_post(post: Post, method: str) -> None:
    status, headers, _ = post(method=method)
    assert status == 405
    assert "POST" in headers["allow"]


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/graphql",
        "application/json; charset=utf-16",
    ],
)
def test_only_json(post: Post, content_type: str | None) -> None:
    assert post(content_type=content_type)[0] == 415


def test_the_clients_content_type_is_fine(post: Post) -> None:
    assert post(content_type="application/json; charset=UTF-8")[0] == 200


def test_an_encoded_body_is_refused(post: Post) -> None:
    assert post(content_encoding="gzip")[0] == 415


def test_nothing_acceptable(post: Post) -> None:
    assert post(accept="text/html")[0] == 406


def test_a_body_too_long(post: Post) -> None:
    body = b'{"query": "{ a }", "variables": {"x": "' + b"y" * 1024 * 1024 + b'"}}'
    assert post(body)[0] == 413
    assert post(QUERY, content_length=str(10**7))[0] == 413


def test_unknown_paths(post: Post) -> None:
    assert post(path="/graphql/realtime")[0] == 404


@pytest.mark.parametrize("error", [OperationalError("gone"), SchemaChanged(2)])
def test_the_database_is_away(post: Post, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(registry, "current", fail)
    status, headers, answer = post()
    assert status == 503
    assert headers["retry-after"] == "1"
    assert "gone" not in json.dumps(answer)


def test_a_resolver_that_loses_the_database_answers_503(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(records, "create", fail)
    assert post({"query": 'mutation { createTeam(input: {mantra: "x"}) { id } }'})[0] == 503


def failing_at(call: int, work: Callable[..., Any], error: Exception) -> Callable[..., Any]:
    """Return ``work`` as it is when it fails once, at the given call."""
    calls = iter(range(1, 100))

    def run(*args: Any, **kwargs: Any) -> Any:
        if next(calls) == call:
            raise error
        return work(*args, **kwargs)

    return run


def mantras() -> list[str]:
    return [team.get_value("mantra") for team in registry.current().model("Team").objects.order_by("pk")]


def test_a_request_begins_anew_when_the_schema_changes_before_it_writes(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "create", failing_at(1, records.create, SchemaChanged(2)))
    status, _, answer = post({"query": 'mutation { createTeam(input: {mantra: "x"}) { mantra } }'})
    assert (status, answer) == (200, {"data": {"createTeam": {"mantra": "x"}}})
    assert mantras() == ["x"]


@pytest.mark.parametrize("error", [OperationalError("gone"), SchemaChanged(2)])
def test_what_was_written_is_answered_where_a_later_field_fails(
    post: Post, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(records, "create", failing_at(2, records.create, error))
    fields = " ".join(f'{name}: createTeam(input: {{mantra: "{name}"}}) {{ mantra }}' for name in "abc")
    status, _, answer = post({"query": f"mutation {{ {fields} }}"})
    assert status == 200
    assert answer["data"] == {"a": {"mantra": "a"}, "b": None, "c": {"mantra": "c"}}
    assert [(e["path"], e["errorType"]) for e in answer["errors"]] == [(["b"], "ServiceUnavailableException")]
    assert "gone" not in json.dumps(answer)
    assert mantras() == ["a", "c"]


def test_a_full_server_refuses_at_once(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint.application, "waiting", 10_000)
    status, headers, _ = post()
    assert (status, headers["retry-after"]) == (503, "1")


def test_nothing_gives_500(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(request, "build_api", fail)
    status, _, answer = post()
    assert status == 200
    assert answer["errors"][0]["message"] == "Internal error"
    assert "secret" not in json.dumps(answer)


# Limits


def nested(levels: int) -> str:
    inner = "id"
    for _ in range(levels):
        inner = f"team {{ members(limit: 1) {{ items {{ {inner} }} }} }}"
    return f"{{ listMembers(limit: 1) {{ items {{ {inner} }} }} }}"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("{ " + "listTeams { nextToken } " * 51 + "}", id="repeated field"),
        pytest.param(
            "{ " + " ".join(f"a{n}: listTeams {{ nextToken }}" for n in range(51)) + " }", id="aliases"
        ),
        pytest.param(
            "{ ...f " * 1
            + "} fragment f on Query { "
            + " ".join(f"...g{n}" for n in range(60))
            + " } "
            + " ".join(f"fragment g{n} on Query {{ listTeams {{ nextToken }} }}" for n in range(60)),
            id="root fields",
        ),
        pytest.param("{ listTeams { nextToken " + "@include(if: true) " * 51 + "} }", id="directives"),
        pytest.param(
            " ".join(f"query q{n} {{ listTeams {{ nextToken }} }}" for n in range(21)), id="operations"
        ),
        pytest.param(nested(5), id="depth"),
        pytest.param("{ listTeams { items { members { items { tasks { items { id } } } } } } }", id="cost"),
        pytest.param("#" + "x" * 100_001 + "\n{ listTeams { nextToken } }", id="characters"),
        pytest.param("{ listTeams { " + "nextToken " * 5_001 + "} }", id="tokens"),
        pytest.param("#\n" * 101 + "{ listTeams { nextToken } }", id="comments"),
    ],
)
def test_a_document_over_a_limit(post: Post, query: str) -> None:
    status, _, answer = post({"query": query})
    assert status == 200
    assert "data" not in answer
    assert answer["errors"][0]["errorType"] == "LimitExceeded"


def test_the_answer_is_cut_off_where_it_holds_too_many_records(post: Post, settings: Any) -> None:
    for number in range(3):
        records.create(registry.current(), "Team", {"mantra": str(number)})
    settings.GRAPHQL_MAX_RESULT_NODES = 2
    assert post()[2]["errors"][0]["errorType"] == "LimitExceeded"
    settings.GRAPHQL_MAX_RESULT_NODES = 100
    settings.GRAPHQL_MAX_RESULT_BYTES = 20
    assert post()[2]["errors"][0]["errorType"] == "LimitExceeded"


def test_an_invalid_document_names_a_few_errors_only(post: Post) -> None:
    answer = post({"query": "{ " + " ".join(f"x{n}" for n in range(40)) + " }"})[2]
    assert 5 <= len(answer["errors"]) <= 6


def test_introspection_is_answered(post: Post) -> None:
    from graphql import get_introspection_query

    answer = post({"query": get_introspection_query()})[2]
    assert "errors" not in answer
    assert answer["data"]["__schema"]["queryType"]["name"] == "Query"


def test_the_operation_is_chosen_by_name(post: Post) -> None:
    query = "query a { listTeams { nextToken } } query b { listMembers { nextToken } }"
    assert post({"query": query, "operationName": "b"})[2]["data"].keys() == {"listMembers"}
    assert "data" not in post({"query": query})[2]


# CORS


def test_a_page_of_another_origin_gets_nothing(post: Post) -> None:
    headers = post(origin="https://evil.example")[1]
    assert "access-control-allow-origin" not in headers


def test_an_allowed_origin_may_read_the_error_type(post: Post, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    status, headers, _ = post(origin="https://app.example", x_api_key="wrong")
    assert status == 401
    assert headers["access-control-allow-origin"] == "https://app.example"
    assert "x-amzn-errortype" in headers["access-control-expose-headers"]
    assert headers["vary"] == "Origin"


def test_a_browser_may_ask_first(post: Post, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.example"]
    asked = {"access_control_request_method": "POST", "access_control_request_headers": "x-api-key, x-custom"}
    status, headers, _ = post(b"", "OPTIONS", origin="https://app.example", **asked)
    assert status == 204
    assert {"x-api-key", "x-amz-user-agent", "x-custom"} <= set(
        headers["access-control-allow-headers"].split(", ")
    )
    assert (
        "access-control-allow-methods" not in post(b"", "OPTIONS", origin="https://evil.example", **asked)[1]
    )


# What is told of the API itself

SCHEMA_QUERY = {"query": "query { __schema { queryType { name } } ...F } fragment F on Query { __typename }"}
TOLD = {"data": {"__schema": {"queryType": {"name": "Query"}}, "__typename": "Query"}}


@pytest.mark.parametrize("setting", [None, "authenticated", "all"])
def test_a_key_may_ask_what_the_api_consists_of(post: Post, settings: Any, setting: str | None) -> None:
    settings.GRAPHQL_INTROSPECTION = setting
    assert post(SCHEMA_QUERY)[2] == TOLD


@pytest.mark.parametrize("setting", ["off", "nonsense"])
def test_introspection_can_be_switched_off(post: Post, settings: Any, setting: str) -> None:
    settings.GRAPHQL_INTROSPECTION = setting
    status, _, answer = post(SCHEMA_QUERY)
    assert (status, "data" in answer) == (200, False)
    assert {error["errorType"] for error in answer["errors"]} == {"ValidationError"}
    assert (
        post({"query": "{ __typename listTeams { items { __typename } } }"})[2]["data"]["__typename"]
        == "Query"
    )


@pytest.mark.parametrize(("setting", "status"), [("authenticated", 401), ("all", 200), ("off", 401)])
def test_nobody_without_a_key_may_ask_unless_everybody_may(
    post: Post, settings: Any, setting: str, status: int
) -> None:
    settings.GRAPHQL_INTROSPECTION = setting
    assert post(SCHEMA_QUERY, x_api_key=None)[0] == status
    assert post(SCHEMA_QUERY, x_api_key="da2-wrong")[0] == 401


@pytest.mark.parametrize(
    "query",
    [
        "{ __typename listTeams { nextToken } }",
        "{ ... on Query { listTeams { nextToken } } }",
        "query { ...F } fragment F on Query { listTeams { nextToken } }",
        'mutation { __typename deleteTeam(input: {id: "a"}) { id } }',
        "query A { __typename } query B { __typename }",
    ],
)
def test_without_a_key_nothing_else_is_answered(post: Post, settings: Any, query: str) -> None:
    settings.GRAPHQL_INTROSPECTION = "all"
    assert post({"query": query}, x_api_key=None)[0] == 401


def test_names_are_suggested_while_debugging_and_to_people_of_the_site(post: Post, settings: Any) -> None:
    wrong = {"query": "{ listTeam { nextToken } }"}
    assert "mean" not in json.dumps(post(wrong)[2])
    settings.DEBUG = True
    message = post(wrong)[2]["errors"][0]["message"]
    assert message.startswith(
        "Validation error of type FieldUndefined: Field 'listTeam' in type 'Query' is undefined."
    )
    assert "Did you mean 'listTeams'" in message
    settings.DEBUG = False
    person = Caller(Actor("user", "admin"), "full")
    told = request.answer(registry.current(), person, request.Request("{ listTeam { nextToken } }"))
    assert "'listTeams'" in told.content["errors"][0]["message"]


def test_half_a_surrogate_pair_in_the_operation_name_is_no_failure_of_ours(post: Post) -> None:
    status, _, answer = post(b'{"query": "{ __typename }", "operationName": "\\ud800"}')
    assert status == 200
    assert [entry["message"] for entry in answer["errors"]] == ["Unknown operation named '?'."]
