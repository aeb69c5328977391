"""Documents made to hurt are refused before anything reaches a table; what people ask is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from graphql import parse

from bench.bombs.documents import BOMBS, PLAIN, Bomb
from datamodel.graphql.errors import LimitExceeded
from datamodel.graphql.schema import build_api
from datamodel.graphql.structure import check_cost, check_structure
from datamodel.registry import DataModel
from tests.conftest import call_asgi


def fault(bomb: Bomb, key: str) -> str:
    """Return what is wrong with the answer to a bomb, nothing where it is refused as it should be."""
    headers = {"content-type": "application/json", "x-api-key": key, "content-length": str(len(bomb.body))}
    status, _, text = call_asgi(bomb.body, headers)
    answer = json.loads(text)
    types = {error["errorType"] for error in answer.get("errors", ())}
    refused = "data" not in answer or set(answer["data"].values()) == {None}
    if status < 500 and refused and types and types <= set(bomb.answers):
        return ""
    return f"{bomb.name}: {status} {text[:200]!r}"


def test_every_bomb_is_refused_without_a_statement(
    example: DataModel, api_key: str, statements: list[str]
) -> None:
    assert len(BOMBS) >= 40
    assert len({bomb.name for bomb in BOMBS}) == len(BOMBS)
    faults = [fault(bomb, api_key) for bomb in BOMBS]
    assert [text for text in faults if text] == []
    assert [sql for sql in statements if '"data_' in sql] == []


@pytest.mark.parametrize("name", PLAIN)
def test_what_people_ask_is_answered(example: DataModel, api_key: str, name: str) -> None:
    status, _, text = call_asgi(PLAIN[name], {"content-type": "application/json", "x-api-key": api_key})
    assert (status, "errors" in json.loads(text)) == (200, False)


USUAL = """
query Page($n: Int = 20) {
  posts: listPosts(limit: $n) { items { ...Card comments(limit: 5) { items { ...Line replies { items { ...Line } } } } } }
  drafts: listPosts(limit: $n, filter: {status: {eq: DRAFT}}) { items { ...Card } }
  listTags { items { id label } }
}
fragment Card on Post { id title author { ...Person } tags { items { tag { id label } } } }
fragment Line on Comment { id content post { author { ...Person } } }
fragment Person on User { id username profile { displayName } }
"""


def test_a_usual_document_is_within_every_limit(example: DataModel, gql: Callable[..., Any]) -> None:
    assert "errors" not in gql(USUAL)


def test_the_standard_introspection_query_is_within_every_limit(
    example: DataModel, gql: Callable[..., Any]
) -> None:
    from graphql import get_introspection_query

    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    assert "errors" not in gql(query)


def query(text: str) -> str:
    return f"{{ listPosts {{ items {{ {text} }} }} }}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (query("id " * 51), "A document has at most 50 fields 'id' side by side."),
        (query("... { id } " * 51), "A document has at most 50 fields 'id' side by side."),
        (query("a b c d e f g h i " * 49), "A document repeats fields side by side: at most"),
        ("{ " + "a: __schema { description } " * 6 + "}", "A document has at most 5 introspections."),
        (
            "{ ...F } fragment F on Query { __typename } " + "query Q { __typename }" * 20,
            "at most 20 operations",
        ),
        ("query ($v: Int @a" + " @a" * 50 + ") { id }", "A document has at most 50 directives."),
    ],
)
def test_the_message_says_which_limit_it_was(text: str, message: str) -> None:
    with pytest.raises(LimitExceeded, match=message.replace("'", ".")):
        check_structure(parse(text))


def test_fragments_that_nobody_uses_are_measured_too() -> None:
    with pytest.raises(LimitExceeded, match="side by side"):
        check_structure(parse("{ __typename } fragment F on Post { " + "id " * 51 + "}"))


@pytest.mark.parametrize(
    "text", ["{ ...A } fragment A on Query { ...A }", "{ ...A }", "{ __typename __typename }"]
)
def test_what_validation_refuses_is_left_to_it(text: str) -> None:
    check_structure(parse(text))


COSTLY = "query ($n: Int = 30) { listPosts(limit: $n) { items { comments(limit: $n) { items { id } } } } }"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [({}, 30 * (1 + 30)), ({"n": 2}, 2 * (1 + 2)), ({"n": None}, 100 * (1 + 100)), ({"n": -5}, 1 * (1 + 1))],
)
def test_the_cost_is_the_product_of_the_limits(
    data_model: Callable[..., DataModel], variables: dict[str, Any], expected: int
) -> None:
    model = data_model(
        'type Post @model { id: ID! comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }'
        'type Comment @model { id: ID! postID: ID @index(name: "byPost") }'
    )
    assert cost(model, COSTLY, variables) == expected


def test_a_relation_costs_what_its_own_limit_says(data_model: Callable[..., DataModel]) -> None:
    model = data_model(
        'type Post @model { id: ID! comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"], limit: 700) }'
        'type Comment @model { id: ID! postID: ID @index(name: "byPost") }'
    )
    assert cost(model, '{ getPost(id: "a") { comments { items { id } } } }') == 1 + 700
    with pytest.raises(LimitExceeded, match="The answer might hold more than 500000 records"):
        cost(model, "{ listPosts(limit: 1000) { items { comments { items { id } } } } }")


def cost(model: DataModel, text: str, variables: dict[str, Any] | None = None) -> int:
    document = parse(text)
    api = build_api(model).graphql_schema
    return check_cost(api, model.schema, document, document.definitions[0], variables or {})
