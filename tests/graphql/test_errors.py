"""One shape for every error, and Amplify's words where clients look for them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from datamodel import access, records
from datamodel.graphql import queries
from datamodel.registry import DataModel
from tests.conftest import call_asgi

from .schemas import TEAM

Gql = Callable[..., dict[str, Any]]
Activate = Callable[..., DataModel]

SHAPE = {"message", "errorType", "errorInfo", "data", "path", "locations"}


@pytest.fixture
def teams(activate_schema: Activate) -> DataModel:
    datamodel = activate_schema(
        TEAM
        + "type Query { hello: String } type Mutation { ping: Boolean } type Subscription { onPing: Boolean }"
    )
    records.create(datamodel, "Team", {"id": "t", "mantra": "Go"})
    return datamodel


ERRORS = [
    (
        "{ listTeams { items { nope } } }",
        "ValidationError",
        "Validation error of type FieldUndefined: Field 'nope' in type 'Team' is undefined",
    ),
    (
        "{ listTeams(foo: 1) { nextToken } }",
        "ValidationError",
        "Validation error of type UnknownArgument: Unknown field argument foo",
    ),
    (
        "{ getTeam { id } }",
        "ValidationError",
        "Validation error of type MissingFieldArgument: Missing field argument id",
    ),
    ("{ getTeam(id: 1.5) { id } }", "ValidationError", None),
    (
        "{ listTeams { items } }",
        "ValidationError",
        "Validation error of type SubSelectionRequired: Sub selection required for type [Team]! of field items",
    ),
    (
        "query($f: Nope) { listTeams(filter: $f) { nextToken } }",
        "ValidationError",
        "Validation error of type UnknownType: Unknown type Nope",
    ),
    ("{ listTeams { items { id }", "InvalidSyntaxError", None),
    (
        "query($id: ID!) { getTeam(id: $id) { id } }",
        None,
        "Variable 'id' has coerced Null value for NonNull type 'ID!'",
    ),
    ("mutation { createTeam(input: {}) { id } }", "ValidationError", None),
    (
        "{ hello }",
        "CustomOperationNotSupported",
        "'hello' is an operation of the schema's own. Joinery does not run its resolver.",
    ),
    ("mutation { ping }", "CustomOperationNotSupported", None),
    ("subscription { onCreateTeam { id } }", "BadRequestException", None),
    ("{ listTeams(limit: 0) { nextToken } }", "BadRequestException", "'limit' is between 1 and 1000, not 0."),
    (
        'mutation { updateTeam(input: {id: "x", mantra: "y"}) { id } }',
        "DynamoDB:ConditionalCheckFailedException",
        None,
    ),
]


@pytest.mark.parametrize(("query", "error_type", "message"), ERRORS)
def test_every_error_has_the_same_shape(
    teams: DataModel, gql: Gql, query: str, error_type: str | None, message: str | None
) -> None:
    answer = gql(query)
    entry = answer["errors"][0]
    assert entry.keys() == SHAPE
    assert entry["errorType"] == error_type
    assert message in {None, entry["message"]}
    for location in entry["locations"] or ():
        assert location.keys() == {"line", "column", "sourceName"}


def test_a_document_that_was_not_run_has_no_data(teams: DataModel, gql: Gql) -> None:
    assert "data" not in gql("{ nope }")
    assert "data" not in gql("query($id: ID!) { getTeam(id: $id) { id } }")


def test_missing_fields_of_variables_are_told_the_way_datastore_reads(teams: DataModel, gql: Gql) -> None:
    create = "mutation($input: CreateTeamInput!) { createTeam(input: $input) { id } }"
    for value in ({}, {"mantra": None}):
        message = gql(create, input=value)["errors"][0]["message"]
        assert message == "Variable 'input' has coerced Null value for NonNull type 'String!'"


def test_a_variable_of_the_wrong_type_is_named(teams: DataModel, gql: Gql) -> None:
    answer = gql("query($l: Int) { listTeams(limit: $l) { nextToken } }", l="ten")
    assert answer["errors"][0]["message"].startswith(
        "Variable 'l' has an invalid value: Int cannot represent"
    )


def test_suggestions_are_not_given(teams: DataModel, gql: Gql) -> None:
    assert "mean" not in json.dumps(gql("{ listTeam { items { id } } }"))


def test_an_unexpected_exception_tells_nothing(
    teams: DataModel, gql: Gql, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: Any) -> None:
        raise RuntimeError("secret table name")

    monkeypatch.setattr(queries, "build_filter", fail)
    answer = gql("{ listTeams { items { id } } }")
    entry = answer["errors"][0]
    assert (entry["message"], entry["errorType"]) == ("Internal error", "InternalFailure")
    assert "secret" not in json.dumps(answer)
    assert entry["errorInfo"]["errorId"] in caplog.text
    assert "secret table name" in caplog.text


# Access


def public(query: str, key: str) -> dict[str, Any]:
    body = json.dumps({"query": query}).encode()
    status, _, answer = call_asgi(body, {"content-type": "application/json", "x-api-key": key})
    assert status == 200
    return json.loads(answer)


@pytest.fixture
def public_key(activate_schema: Activate) -> str:
    datamodel = activate_schema(
        """
        type Open @model @auth(rules: [{ allow: public, operations: [read] }]) {
          id: ID!
          name: String
          closed: [Closed] @hasMany(references: ["openId"])
        }
        type Closed @model @auth(rules: [{ allow: owner }]) {
          id: ID!
          openId: ID
          open: Open @belongsTo(references: ["openId"])
        }
        """
    )
    records.create(datamodel, "Open", {"id": "o", "name": "seen"})
    records.create(datamodel, "Closed", {"id": "c", "openId": "o"})
    return access.create_key("public", scope="public")[1]


def test_a_public_key_reads_what_the_rules_allow(public_key: str) -> None:
    assert public('{ getOpen(id: "o") { name } }', public_key) == {"data": {"getOpen": {"name": "seen"}}}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            'mutation { createOpen(input: {name: "x"}) { id } }',
            "Not Authorized to access createOpen on type Mutation",
        ),
        ("{ listCloseds { items { id } } }", "Not Authorized to access listCloseds on type Query"),
        ('{ getOpen(id: "o") { closed { items { id } } } }', "Not Authorized to access closed on type Open"),
    ],
)
def test_a_public_key_is_refused_the_rest(public_key: str, query: str, message: str) -> None:
    answer = public(query, public_key)
    assert answer["errors"][0]["errorType"] == "Unauthorized"
    assert answer["errors"][0]["message"] == message


@pytest.mark.parametrize("text", ["enum Color { RED }", "type A @model(queries: null) { id: ID! }"])
def test_a_schema_without_queries_is_answered_in_words(activate_schema, gql, text: str) -> None:
    activate_schema(text, datastore=False)
    (error,) = gql("{ __typename }")["errors"]
    assert error["errorType"] == "ValidationError"
    assert error["message"].startswith("There is nothing to ask for")


def test_before_the_first_schema_the_api_says_so(clean_tables: None, gql) -> None:
    (error,) = gql("{ __typename }")["errors"]
    assert error["message"].startswith("There is nothing to ask for")
