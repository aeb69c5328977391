"""What is answered over HTTP, case by case, for clients of either content type; and every limit."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from datamodel import access, records
from datamodel.graphql import request
from datamodel.models import ApiKey
from datamodel.registry import DataModel
from tests.conftest import API_KEY, call_asgi

JSON = "application/json"
GRAPHQL = "application/graphql-response+json"
LIST = "{ listNotes { items { id } } }"
SCHEMA = """
type Note @model @auth(rules: [{ allow: public }]) { id: ID! text: String tags: [String] data: AWSJSON parts: [Part] @hasMany(references: ["noteId"]) }
type Part @model { id: ID! noteId: ID note: Note @belongsTo(references: ["noteId"]) }
"""


@dataclass(frozen=True)
class Case:
    """A request and its status, for clients of `application/json` and of `application/graphql-response+json`."""

    name: str
    body: Any
    status: int
    modern: int
    error: str | None = None
    headers: dict[str, str | None] = field(default_factory=dict)
    method: str = "POST"
    query_string: bytes = b""


def query(text: str, **variables: Any) -> dict[str, Any]:
    return {"query": text, "variables": variables or None}


NESTED = {"a": "deep"}
for _ in range(70):
    NESTED = {"a": NESTED}  # type: ignore[dict-item]

CASES = (
    Case("data", query(LIST), 200, 200),
    Case("data with field errors", query("{ listNotes(limit: 0) { nextToken } }"), 200, 200, "BadRequestException"),
    Case("a syntax error", query("{"), 200, 400, "InvalidSyntaxError"),
    Case("a validation error", query("{ nope }"), 200, 400, "ValidationError"),
    Case("a bad variable", query("query ($n: Int) { listNotes(limit: $n) { nextToken } }", n="x"), 200, 400),
    Case("no operation of that name", {"query": LIST, "operationName": "Other"}, 200, 400),
    Case("over a limit", query("{ " + "a: __typename " * 60 + "}"), 200, 400, "LimitExceeded"),
    Case("a subscription", query("subscription { onCreateNote { id } }"), 200, 400, "BadRequestException"),
    Case("not JSON", b"{", 400, 400, "MalformedHttpRequestException"),
    Case("no object", b'"x"', 400, 400, "MalformedHttpRequestException"),
    Case("a list", [query(LIST)], 400, 400, "MalformedHttpRequestException"),
    Case("nested too deep", {"query": LIST, "variables": NESTED}, 400, 400, "MalformedHttpRequestException"),
    Case("not UTF-8", b'{"query": "\xff"}', 400, 400, "MalformedHttpRequestException"),
    Case("a query that is no text", {"query": 1}, 400, 400, "MalformedHttpRequestException"),
    Case("no query", {"variables": {}}, 400, 400, "MalformedHttpRequestException"),
    Case("an operation name that is no text", query(LIST) | {"operationName": 1}, 400, 400, "MalformedHttpRequestException"),
    Case("variables that are no object", {"query": LIST, "variables": []}, 400, 400, "MalformedHttpRequestException"),
    Case("extensions that are no object", {"query": LIST, "extensions": []}, 400, 400, "MalformedHttpRequestException"),
    Case("no credential", query(LIST), 401, 401, "UnauthorizedException", {"x-api-key": None}),
    Case("an unknown key", query(LIST), 401, 401, "UnauthorizedException", {"x-api-key": "da2-unknown"}),
    Case("an expired key", query(LIST), 401, 401, "UnauthorizedException", {"x-api-key": "da2-expired"}),
    Case("a revoked key", query(LIST), 401, 401, "UnauthorizedException", {"x-api-key": "da2-revoked"}),
    Case("a token", query(LIST), 401, 401, "UnauthorizedException", {"x-api-key": None, "authorization": "ey.J.x"}),
    Case("a key and a token", query(LIST), 401, 401, "UnauthorizedException", {"authorization": "ey.J.x"}),
    Case("the rule says no", query("{ listParts { items { id } } }"), 200, 200, "Unauthorized", {"x-api-key": "da2-public"}),
    Case("a relation's rule says no", query('{ getNote(id: "n") { parts { nextToken } } }'), 200, 200, "Unauthorized", {"x-api-key": "da2-public"}),
    Case("GET", b"", 405, 405, "MethodNotAllowed", method="GET", query_string=b"query={__typename}"),
    Case("PUT", query(LIST), 405, 405, "MethodNotAllowed", method="PUT"),
    Case("a body too big", b'{"query": "' + b" " * 2**20 + b'"}', 413, 413, "RequestTooLarge"),
    Case("a body that says it is too big", b"{}", 413, 413, "RequestTooLarge", {"content-length": "2000000"}),
    Case("a form", b"query={__typename}", 415, 415, "UnsupportedMediaType", {"content-type": "application/x-www-form-urlencoded"}),
    Case("a form of parts", b"", 415, 415, "UnsupportedMediaType", {"content-type": "multipart/form-data; boundary=x"}),
    Case("plain text", query(LIST), 415, 415, "UnsupportedMediaType", {"content-type": "text/plain"}),
    Case("a bare document", LIST.encode(), 415, 415, "UnsupportedMediaType", {"content-type": "application/graphql"}),
    Case("no content type", query(LIST), 415, 415, "UnsupportedMediaType", {"content-type": None}),
    Case("another charset", query(LIST), 415, 415, "UnsupportedMediaType", {"content-type": "application/json; charset=utf-16"}),
    Case("a packed body", query(LIST), 415, 415, "UnsupportedMediaType", {"content-encoding": "gzip"}),
    Case("parameters in the address of a POST", query("{ __typename }"), 200, 200, query_string=b"query={nope}&variables=x"),
)  # fmt: skip


@pytest.fixture
def surface(activate_schema: Callable[..., DataModel], api_key: str) -> DataModel:
    datamodel = activate_schema(SCHEMA, datastore=False)
    records.create(datamodel, "Note", {"id": "n", "text": "hello"})
    access.create_key("public", scope="public", raw="da2-public")
    access.create_key("old", raw="da2-expired")
    access.create_key("gone", raw="da2-revoked")
    ApiKey.objects.filter(name="old").update(expires_at=timezone.now() - timedelta(seconds=1))
    access.revoke_key(ApiKey.objects.get(name="gone"))
    return datamodel


def send(case: Case, accept: str | None) -> tuple[int, dict[str, str], Any]:
    given = {"content-type": JSON, "x-api-key": API_KEY, "accept": accept} | case.headers
    body = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
    headers = {name: value for name, value in given.items() if value is not None}
    status, answer_headers, answer = call_asgi(body, headers, case.method, query_string=case.query_string)
    return status, answer_headers, json.loads(answer)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_answered(surface: DataModel, case: Case) -> None:
    for accept, expected in (
        (JSON, case.status),
        ("*/*", case.status),
        (None, case.status),
        (GRAPHQL, case.modern),
    ):
        status, headers, answer = send(case, accept)
        assert status == expected, accept
        check_answer(case, status, headers, answer)


def check_answer(case: Case, status: int, headers: dict[str, str], answer: dict[str, Any]) -> None:
    """Assert what every answer has to be, and what this one is."""
    assert headers["content-type"].endswith("json; charset=utf-8")
    assert headers["cache-control"] == "no-store"
    assert set(answer) <= {"data", "errors"}
    if case.modern != 200:
        assert "data" not in answer
    if status >= 400 and case.status >= 400:
        assert headers["x-amzn-errortype"] == case.error
    if status == 405:
        assert headers["allow"] == "POST, OPTIONS"
    if case.error is not None:
        assert answer["errors"][0]["errorType"] == case.error
    for error in answer.get("errors", ()):
        assert set(error) == {"message", "errorType", "errorInfo", "data", "path", "locations"}
    if case.error is None and case.modern == 200:
        assert "errors" not in answer


@pytest.mark.parametrize("accept", ["text/html", "application/xml, image/*", "application/json;q=0"])
def test_a_client_that_accepts_nothing_we_have(surface: DataModel, accept: str) -> None:
    status, headers, _ = send(Case("", query(LIST), 406, 406), accept)
    assert (status, headers["x-amzn-errortype"]) == (406, "NotAcceptable")


def test_who_is_signed_in_to_the_site_is_nobody_to_the_api(surface: DataModel, admin_client: Client) -> None:
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in admin_client.cookies.items())
    assert "sessionid" in cookie
    assert (
        send(Case("", query(LIST), 401, 401, headers={"x-api-key": None, "cookie": cookie}), JSON)[0] == 401
    )


@pytest.mark.parametrize(
    "origin",
    ["https://evil.test", "null", "https://app.test.evil.test", "http://app.test", "https://app.test:8443"],
)
def test_no_origin_but_the_allowed_ones_may_read(surface: DataModel, settings: Any, origin: str) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.test"]
    for method in ("POST", "OPTIONS"):
        headers = {"origin": origin, "content-type": JSON, "x-api-key": API_KEY}
        _, answered, _ = call_asgi(json.dumps(query(LIST)).encode(), headers, method)
        assert not [name for name in answered if name.startswith("access-control")]
        assert answered["vary"] == "Origin"


@pytest.mark.parametrize("body", [b"{", json.dumps(query(LIST)).encode()])
def test_an_allowed_origin_may_read_refusals_too(surface: DataModel, settings: Any, body: bytes) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://app.test"]
    _, headers, _ = call_asgi(
        body, {"origin": "https://app.test", "content-type": JSON, "x-api-key": API_KEY}
    )
    assert headers["access-control-allow-origin"] == "https://app.test"
    assert "x-amzn-errortype" in headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in headers


FRAGMENTS = "{ ...A ...B } fragment A on Query { __typename } fragment B on Query { __typename }"
TWO_LEVELS = "{ listNotes(limit: 3) { items { parts(limit: 3) { items { id } } } } }"
FILTER = "query ($f: ModelNoteFilterInput) { listNotes(filter: $f) { nextToken } }"
WRITE = "mutation ($i: CreateNoteInput!) { createNote(input: $i) { id } }"

LIMITS: tuple[tuple[str, int, dict[str, Any], int, str | None], ...] = (
    ("GRAPHQL_MAX_BODY_BYTES", 40, query(LIST), 413, "RequestTooLarge"),
    ("GRAPHQL_MAX_JSON_DEPTH", 2, query(LIST, a={"b": [1]}), 400, "MalformedHttpRequestException"),
    ("GRAPHQL_MAX_VARIABLES_NODES", 5, query(LIST, a=[1, 2, 3, 4]), 400, "MalformedHttpRequestException"),
    ("GRAPHQL_MAX_DOCUMENT_CHARS", len(LIST) - 1, query(LIST), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_TOKENS", 5, query(LIST), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_COMMENTS", 1, query("#\n#\n" + LIST), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_DEPTH", 2, query(LIST), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_ALIASES", 1, query("{ a: __typename b: __typename }"), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_ROOT_FIELDS", 1, query("{ __typename listNotes { nextToken } }"), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_DIRECTIVES", 1, query("{ __typename @skip(if: false) @include(if: true) }"), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_FRAGMENTS", 1, query(FRAGMENTS), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_OPERATIONS", 1, query("query A { __typename } query B { __typename }") | {"operationName": "A"}, 200, "LimitExceeded"),
    ("GRAPHQL_MAX_FIELDS", 2, query(LIST), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_INTROSPECTIONS", 1, query("{ a: __schema { description } b: __schema { description } }"), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_COST", 11, query(TWO_LEVELS), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_RESULT_NODES", 0, query(LIST), 200, "LimitExceeded"),
    ("GRAPHQL_MAX_RESULT_BYTES", 20, query(LIST), 200, "LimitExceeded"),
    ("GRAPHQL_TIMEOUT_S", -1, query(LIST), 200, "LimitExceeded"),
    ("LIST_MAX_LIMIT", 5, query("{ listNotes(limit: 6) { nextToken } }"), 200, "BadRequestException"),
    ("FILTER_MAX_TERMS", 1, query(FILTER, f={"text": {"ne": "a", "contains": "b"}}), 200, "LimitExceeded"),
    ("FILTER_MAX_DEPTH", 1, query(FILTER, f={"not": {"text": {"eq": "a"}}}), 200, "LimitExceeded"),
    ("FILTER_MAX_ITEMS", 1, query(FILTER, f={"text": {"between": ["a", "b"]}}), 200, "LimitExceeded"),
    ("STRING_MAX_BYTES", 5, query(WRITE, i={"text": "sechs!"}), 200, "BadRequestException"),
    ("JSON_MAX_BYTES", 5, query(WRITE, i={"data": "[1,2,3]"}), 200, None),
    ("ARRAY_MAX_ITEMS", 1, query(WRITE, i={"tags": ["a", "b"]}), 200, "BadRequestException"),
)  # fmt: skip
"""Setting, its value, a request one past it, status, error type."""


@pytest.mark.parametrize(
    ("name", "value", "body", "status", "error"),
    LIMITS,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_limit_is_a_setting(
    surface: DataModel,
    settings: Any,
    name: str,
    value: int,
    body: dict[str, Any],
    status: int,
    error: str | None,
) -> None:
    case = Case(name, body, status, status)
    assert "errors" not in send(case, JSON)[2]
    # What was prepared under other limits is kept.
    request._prepared.clear()
    notes = surface.model("Note").objects.count()
    setattr(settings, name, value)
    found, _, answer = send(case, JSON)
    assert found == status
    assert answer["errors"][0]["errorType"] == error, answer
    assert not any((answer.get("data") or {}).values())
    assert surface.model("Note").objects.count() == notes


def test_an_invalid_document_names_no_more_errors_than_allowed(surface: DataModel, settings: Any) -> None:
    settings.GRAPHQL_MAX_ERRORS = 2
    _, _, answer = send(Case("", query("{ a b c d e }"), 200, 200), JSON)
    assert 2 <= len(answer["errors"]) <= 3


def test_the_page_size_is_a_setting(surface: DataModel, settings: Any) -> None:
    records.create(surface, "Note", {"text": "another"})
    settings.LIST_DEFAULT_LIMIT = 1
    _, _, answer = send(Case("", query(LIST), 200, 200), JSON)
    assert len(answer["data"]["listNotes"]["items"]) == 1


def test_equal_reads_reach_the_database_once(surface: DataModel, statements: Any) -> None:
    text = '{ a: getNote(id: "n") { id text } b: getNote(id: "n") { id text } }'
    _, _, answer = send(Case("", query(text), 200, 200), JSON)
    assert answer["data"]["a"] == answer["data"]["b"] == {"id": "n", "text": "hello"}
    assert len(statements.reading("data_note")) == 1
