"""Filters on the database: the semantics of DynamoDB, the same on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel import records
from datamodel.registry import DataModel

from .schemas import ITEM, READING

ITEMS: tuple[dict[str, Any], ...] = (
    {
        "id": "full",
        "title": "Hot dog",
        "rating": 5,
        "price": 1.5,
        "isOpen": True,
        "day": "2026-11-20",
        "tags": ["a", "b"],
        "scores": [1, 2, 3],
        "kind": "LOW",
        "kinds": ["LOW", "HIGH"],
        "size": {"width": 1},
    },
    {"id": "lower", "title": "hot", "rating": -1, "price": 0.0, "isOpen": False, "tags": [], "kind": "HIGH"},
    {"id": "odd", "title": "50% _é\u4e2d", "rating": 7, "scores": [2], "kinds": ["HIGH"]},
    {"id": "empty"},
)

CASES = (
    ({"title": {"eq": "hot"}}, "lower"),
    ({"title": {"ne": "hot"}}, "full odd empty"),
    ({"title": {"eq": None}}, "empty"),
    ({"title": {"ne": None}}, "full lower odd"),
    ({"title": {"contains": "ot"}}, "full lower"),
    ({"title": {"contains": "OT"}}, ""),
    ({"title": {"contains": "%"}}, "odd"),
    ({"title": {"contains": ""}}, "full lower odd"),
    ({"title": {"notContains": "ot"}}, "odd empty"),
    ({"title": {"beginsWith": "Hot"}}, "full"),
    ({"title": {"beginsWith": "hot"}}, "lower"),
    ({"title": {"beginsWith": "50% _é"}}, "odd"),
    ({"title": {"between": ["H", "I"]}}, "full"),
    ({"title": {"lt": "a"}}, "full odd"),
    ({"title": {"ge": "hot"}}, "lower"),
    ({"title": {"size": {"eq": 7}}}, "full odd"),
    ({"title": {"size": {"lt": 7}}}, "lower"),
    ({"title": {"size": {"between": [1, 3]}}}, "lower"),
    ({"title": {"attributeExists": True}}, "full lower odd"),
    ({"title": {"attributeExists": False}}, "empty"),
    ({"title": {"attributeType": "string"}}, "full lower odd"),
    ({"title": {"attributeType": "_null"}}, "empty"),
    ({"title": {"attributeType": "number"}}, ""),
    ({"rating": {"gt": 0}}, "full odd"),
    ({"rating": {"le": 5}}, "full lower"),
    ({"rating": {"between": [-1, 5]}}, "full lower"),
    ({"rating": {"gt": 0, "lt": 6}}, "full"),
    ({"rating": {"attributeType": "number"}}, "full lower odd"),
    ({"price": {"eq": 1.5}}, "full"),
    ({"price": {"ge": 0}}, "full lower"),
    ({"isOpen": {"eq": True}}, "full"),
    ({"isOpen": {"ne": True}}, "lower odd empty"),
    ({"isOpen": {"eq": False}}, "lower"),
    ({"day": {"beginsWith": "2026-11"}}, "full"),
    ({"tags": {"contains": "a"}}, "full"),
    ({"tags": {"contains": "A"}}, ""),
    ({"tags": {"notContains": "a"}}, "lower odd empty"),
    ({"tags": {"size": {"eq": 0}}}, "lower"),
    ({"tags": {"size": {"ge": 0}}}, "full lower"),
    ({"tags": {"attributeType": "list"}}, "full lower"),
    ({"tags": {"eq": "a"}}, ""),
    ({"tags": {"beginsWith": "a"}}, ""),
    ({"kind": {"eq": "LOW"}}, "full"),
    ({"kind": {"ne": "LOW"}}, "lower odd empty"),
    ({"kinds": {"contains": "HIGH"}}, "full odd"),
    ({"kinds": {"eq": ["HIGH"]}}, "odd"),
    ({"kinds": {"ne": ["HIGH"]}}, "full lower empty"),
    ({"id": {"between": ["e", "g"]}}, "full empty"),
    ({}, "full lower odd empty"),
    ({"title": None}, "full lower odd empty"),
    ({"and": [{"rating": {"gt": 0}}, {"title": {"contains": "dog"}}]}, "full"),
    ({"and": {"rating": {"gt": 6}}}, "odd"),
    ({"or": [{"rating": {"lt": 0}}, {"rating": {"gt": 6}}]}, "lower odd"),
    ({"not": {"rating": {"gt": 0}}}, "lower empty"),
    ({"not": {"title": {"contains": "ot"}}}, "odd empty"),
    ({"not": {"tags": {"contains": "a"}}}, "lower odd empty"),
    ({"not": {"not": {"title": {"beginsWith": "h"}}}}, "lower"),
    ({"not": {"or": [{"rating": {"gt": 6}}, {"title": {"eq": "hot"}}]}}, "full empty"),
    ({"rating": {"gt": 0}, "or": [{"title": {"contains": "dog"}}, {"title": {"eq": "hot"}}]}, "full"),
)

LIST = "query($f: ModelItemFilterInput) { listItems(filter: $f) { items { id } nextToken } }"


@pytest.fixture
def items(activate_schema: Callable[..., DataModel]) -> DataModel:
    datamodel = activate_schema(ITEM)
    for item in ITEMS:
        records.create(datamodel, "Item", item)
    return datamodel


def test_every_operator_means_what_it_means_on_dynamodb(items: DataModel, gql: Callable[..., Any]) -> None:
    wrong = {}
    for given, expected in CASES:
        answer = gql(LIST, f=given)
        found = " ".join(
            item["id"] for item in answer.get("data", {}).get("listItems", {}).get("items", ["?"])
        )
        if found != expected:
            wrong[str(given)] = (found, expected, answer.get("errors"))
    assert not wrong


def test_filters_apply_before_the_limit(items: DataModel, gql: Callable[..., Any]) -> None:
    answer = gql('{ listItems(limit: 1, filter: {title: {contains: "50"}}) { items { id } nextToken } }')
    assert answer["data"]["listItems"] == {"items": [{"id": "odd"}], "nextToken": None}


def test_a_condition_uses_the_same_operators(items: DataModel, gql: Callable[..., Any]) -> None:
    update = 'mutation($c: ModelItemConditionInput) { updateItem(input: {id: "full", rating: 6}, condition: $c) { id } }'
    assert "errors" in gql(update, c={"tags": {"notContains": "a"}})
    assert "errors" not in gql(update, c={"tags": {"contains": "a"}, "title": {"beginsWith": "Hot"}})


def test_a_condition_on_create_sees_no_record(items: DataModel, gql: Callable[..., Any]) -> None:
    create = (
        'mutation($c: ModelItemConditionInput) { createItem(input: {title: "x"}, condition: $c) { title } }'
    )
    assert "errors" in gql(create, c={"title": {"contains": "x"}})
    assert "errors" in gql(create, c={"tags": {"size": {"ge": 0}}})
    assert "errors" not in gql(create, c={"title": {"attributeExists": False}, "tags": {"notContains": "a"}})


@pytest.mark.parametrize(
    ("given", "error_type"),
    [
        ({"title": {"between": ["a"]}}, "BadRequestException"),
        ({"title": {"eq": "a\0b"}}, "BadRequestException"),
        ({"or": [{"title": {"eq": str(n)}} for n in range(101)]}, "LimitExceeded"),
    ],
)
def test_a_bad_filter_is_refused(
    items: DataModel, gql: Callable[..., Any], given: dict[str, Any], error_type: str
) -> None:
    answer = gql(LIST, f=given)
    assert answer["data"] == {"listItems": None}
    assert answer["errors"][0]["errorType"] == error_type


def test_a_filter_nested_too_deeply_is_refused(items: DataModel, gql: Callable[..., Any]) -> None:
    given: dict[str, Any] = {"title": {"eq": "x"}}
    for _ in range(10):
        given = {"not": given}
    assert gql(LIST, f=given)["errors"][0]["errorType"] == "LimitExceeded"


def test_the_leftover_id_of_a_custom_key_is_always_missing(
    activate_schema: Callable[..., DataModel], gql: Callable[..., Any]
) -> None:
    datamodel = activate_schema(READING)
    records.create(datamodel, "Reading", {"device": "d", "day": "2026-01-01", "seq": 1})
    query = "query($f: ModelReadingFilterInput) { listReadings(filter: $f) { items { seq } } }"
    assert gql(query, f={"id": {"ne": "x"}})["data"]["listReadings"]["items"] == [{"seq": 1}]
    assert gql(query, f={"id": {"attributeExists": True}})["data"]["listReadings"]["items"] == []
