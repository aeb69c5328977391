"""Compiled reads: one statement answers with finished JSON, and nothing is executed field by field."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from datamodel import access, records
from datamodel.graphql.reading import Reader
from datamodel.registry import DataModel
from tests.conftest import call_asgi

from .conftest import Statements
from .schemas import ITEM, TEAM

Gql = Callable[..., dict[str, Any]]
Activate = Callable[..., DataModel]

KINDS = """
enum Kind { LOW HIGH }
enum Spin { UP DOWN }
type Spot { x: Float! label: String deep: Deep spins: [Spin!] }
type Deep { n: Int ok: Boolean at: AWSTimestamp names: [String] spin: Spin spots: [Spot] }
type Thing @model {
  id: ID!
  text: String
  number: Int
  big: AWSTimestamp
  real: Float
  flag: Boolean
  day: AWSDate
  data: AWSJSON
  kind: Kind
  kinds: [Kind]
  names: [String!]
  reals: [Float]
  spot: Spot
  spots: [Spot!]
}
"""
FIELDS = (
    "id text number big real flag day data kind kinds names reals __typename"
    " spot { x label deep { n ok at names spin } spins __typename } spots { x deep { spots { x spins } } }"
)
FULL: dict[str, Any] = {
    "id": "full",
    "text": 'quote " back \\ line\nbreak tab\t \u2028 \x01 \x7f é 😀 </script>',
    "number": -2147483648,
    "big": 9007199254740991,
    "real": 0.1 + 0.2,
    "flag": False,
    "day": "2026-11-20",
    "data": '{"a": [1, null, "\\u00e9"]}',
    "kind": "HIGH",
    "kinds": ["LOW", None],
    "names": ['a"b', "é"],
    "reals": [1.25e-7, -0.5, None, 3],
    "spot": {
        "x": 5e-324,
        "label": 'é"',
        "deep": {"n": 7, "ok": True, "at": 2**40, "names": [None, "x"], "spin": "UP"},
        "spins": ["UP", "DOWN"],
    },
    "spots": [{"x": 1.0, "deep": {"spots": [{"x": 2.5, "spins": None}, None]}}, {"x": 2.0, "deep": None}],
}


@pytest.fixture
def only_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a record is read without the compiler."""

    def refuse(*_args: Any) -> None:
        raise AssertionError("read without the compiler")

    monkeypatch.setattr(Reader, "fetch", refuse)


@pytest.fixture
def things(activate_schema: Activate) -> DataModel:
    return activate_schema(KINDS)


def test_every_kind_of_value_comes_back_as_it_was_sent(
    things: DataModel, gql: Gql, only_compiled: None
) -> None:
    create = f"mutation($i: CreateThingInput!) {{ createThing(input: $i) {{ {FIELDS} }} }}"
    expected = {**FULL, "__typename": "Thing"}
    expected["spot"] = {**FULL["spot"], "__typename": "Spot"}
    assert gql(create, i=FULL) == {"data": {"createThing": expected}}
    assert gql(f'{{ getThing(id: "full") {{ {FIELDS} }} }}') == {"data": {"getThing": expected}}
    assert gql(f"{{ listThings {{ items {{ {FIELDS} }} }} }}")["data"]["listThings"]["items"] == [expected]


def test_values_that_are_missing_are_null(things: DataModel, gql: Gql, only_compiled: None) -> None:
    records.create(things, "Thing", {"id": "empty"})
    found = gql(f'{{ getThing(id: "empty") {{ {FIELDS} }} }}')["data"]["getThing"]
    assert found.pop("id") == "empty"
    assert found.pop("__typename") == "Thing"
    assert set(found.values()) == {None}


def test_the_answer_keeps_the_order_of_the_document(things: DataModel, gql: Gql, api_key: str) -> None:
    records.create(things, "Thing", FULL)
    query = '{ z: __typename getThing(id: "full") { spot { b: label a: x } number zz: id ...F kind } } fragment F on Thing { flag id }'
    body = json.dumps({"query": query}).encode()
    _, _, answer = call_asgi(body, {"content-type": "application/json", "x-api-key": api_key})
    data = json.loads(answer)["data"]
    assert list(data) == ["z", "getThing"]
    assert list(data["getThing"]) == ["spot", "number", "zz", "flag", "id", "kind"]
    assert list(data["getThing"]["spot"]) == ["b", "a"]


@pytest.mark.parametrize(
    ("stored", "selected", "found", "message"),
    [
        ({"kind": "GONE"}, "kind", None, "Enum 'Kind' cannot represent value: 'GONE'"),
        ({"spot": '{"label": "no x"}'}, "spot { x label }", None, "Cannot return null for non-nullable type"),
        ({"spot": '{"x": 1, "spins": ["LEFT"]}'}, "spot { spins }", {"spins": None}, "Enum 'Spin' cannot"),
    ],
)
def test_a_value_that_cannot_be_answered_nulls_one_field_only(
    things: DataModel, gql: Gql, stored: dict[str, Any], selected: str, found: Any, message: str
) -> None:
    records.create(things, "Thing", {"id": "odd", "text": "fine"})
    model = things.model("Thing")
    (name, value), *_ = stored.items()
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{model._meta.db_table}" SET "{name}" = %s', [value])
    for query in ('getThing(id: "odd") { %s }', "listThings { items { %s } }"):
        answer = gql("{ " + query % f"text {selected}" + " }")
        data = next(iter(answer["data"].values()))
        record = data["items"][0] if "items" in data else data
        assert record == {"text": "fine", selected.split()[0]: found}
        assert answer["errors"][0]["message"].startswith(message)


def test_a_wide_selection_is_still_one_statement(
    activate_schema: Activate, gql: Gql, only_compiled: None, statements: Statements
) -> None:
    names = [f"field{n}" for n in range(200)]
    fields = "\n".join(f"{name}: String" for name in names)
    datamodel = activate_schema(f"type Wide @model {{ id: ID! {fields} flags: [String] }}")
    values = {name: name.upper() for name in names}
    records.create(datamodel, "Wide", {"id": "w", **values})
    statements.clear()
    assert gql(f'{{ getWide(id: "w") {{ {" ".join(names)} flags }} }}')["data"]["getWide"] == {
        **values,
        "flags": None,
    }
    assert len(statements.reading("data_wide")) == 1


NODE = """
type Node @model {
  id: ID!
  parentId: ID
  parent: Node @belongsTo(references: ["parentId"])
  children: [Node] @hasMany(references: ["parentId"])
}
"""


@pytest.fixture
def chain(activate_schema: Activate) -> DataModel:
    """Sixteen nodes, each the only child of the one before."""
    datamodel = activate_schema(NODE)
    for number in range(16):
        records.create(
            datamodel, "Node", {"id": f"n{number}", "parentId": f"n{number - 1}" if number else None}
        )
    return datamodel


@pytest.mark.parametrize("levels", [3, 7, 13])
def test_deep_parents_are_answered(chain: DataModel, gql: Gql, only_compiled: None, levels: int) -> None:
    selected, expected = "id", {"id": f"n{15 - levels}"}
    for number in range(levels - 1, -1, -1):
        selected = f"id parent {{ {selected} }}"
        expected = {"id": f"n{15 - number}", "parent": expected}
    assert gql(f'{{ getNode(id: "n15") {{ {selected} }} }}') == {"data": {"getNode": expected}}


@pytest.mark.parametrize("levels", [2, 6])
def test_deep_lists_are_answered(chain: DataModel, gql: Gql, only_compiled: None, levels: int) -> None:
    selected, expected = "parent { id }", {"parent": {"id": f"n{levels - 1}"}}
    for number in range(levels - 1, -1, -1):
        selected = f"a: id children(limit: 2) {{ items {{ {selected} }} nextToken }} z: id"
        nested = {"items": [expected], "nextToken": None}
        expected = {"a": f"n{number}", "children": nested, "z": f"n{number}"}
    assert gql(f'{{ getNode(id: "n0") {{ {selected} }} }}') == {"data": {"getNode": expected}}


def test_variables_of_another_shape_are_another_statement(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(ITEM)
    for number in range(4):
        records.create(datamodel, "Item", {"id": str(number), "rating": number, "title": "x" * number})
    query = "query($f: ModelItemFilterInput, $l: Int, $i: Boolean = false) { listItems(filter: $f, limit: $l) { items { id title @include(if: $i) } } }"

    def found(**variables: Any) -> str:
        items = gql(query, **variables)["data"]["listItems"]["items"]
        assert all(("title" in item) is variables.get("i", False) for item in items)
        return "".join(item["id"] for item in items)

    for _ in range(2):
        assert found() == "0123"
        assert found(f=None, l=None) == "0123"
        assert found(l=2) == "01"
        assert found(l=3, i=True) == "012"
        assert found(f={"rating": {"gt": 1}}) == "23"
        assert found(f={"rating": {"gt": 2}}) == "3"
        assert found(f={"rating": {"eq": None}}) == ""
        assert found(f={"rating": {"between": [1, 2]}}) == "12"
        assert found(f={"rating": {"attributeExists": False}}) == ""
        assert found(f={"rating": {"attributeExists": True}}) == "0123"
        assert found(f={"or": [{"rating": {"eq": 0}}, {"title": {"beginsWith": "xx"}}]}) == "023"
        assert found(f={"or": [{"rating": {"eq": 0}}]}) == "0"
        assert found(f={"title": {"beginsWith": ""}}) == "0123"
        assert found(f={"title": {"size": {"between": [1, 2]}}}) == "12"


def test_who_may_read_less_gets_a_plan_of_their_own(activate_schema: Activate) -> None:
    datamodel = activate_schema(
        """
        type Open @model @auth(rules: [{ allow: public }]) {
          id: ID!
          secrets: [Secret] @hasMany(references: ["openId"])
        }
        type Secret @model @auth(rules: [{ allow: owner }]) {
          id: ID!
          openId: ID
          open: Open @belongsTo(references: ["openId"])
        }
        """
    )
    records.create(datamodel, "Open", {"id": "o"})
    records.create(datamodel, "Secret", {"id": "s", "openId": "o"})
    body = json.dumps({"query": '{ getOpen(id: "o") { id secrets { items { id } } } }'}).encode()
    keys = [access.create_key(scope, scope=scope)[1] for scope in ("full", "public")]
    for _ in range(2):
        for key, count in zip(keys, (0, 1), strict=True):
            _, _, answer = call_asgi(body, {"content-type": "application/json", "x-api-key": key})
            found = json.loads(answer)
            assert len(found.get("errors", ())) == count
            assert (found["data"]["getOpen"]["secrets"] is None) == bool(count)


def test_tokens_of_lists_inside_a_page_continue_each_list(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(TEAM)
    for team in ("a", "b"):
        records.create(datamodel, "Team", {"id": team, "mantra": "Go"})
        for number in range(3):
            values = {"id": f"{team}{number}", "name": "x", "teamId": team}
            records.create(datamodel, "Member", values)
    teams = gql("{ listTeams { items { id members(limit: 2) { items { id } nextToken } } } }")["data"]
    query = "query($i: ID!, $t: String) { getTeam(id: $i) { members(limit: 2, nextToken: $t) { items { id } nextToken } } }"
    for team in teams["listTeams"]["items"]:
        token, name = team["members"]["nextToken"], team["id"]
        assert [member["id"] for member in team["members"]["items"]] == [f"{name}0", f"{name}1"]
        page = gql(query, i=name, t=token)["data"]["getTeam"]["members"]
        assert page == {"items": [{"id": f"{name}2"}], "nextToken": None}
        other = gql(query, i="b" if name == "a" else "a", t=token)
        assert other["errors"][0]["message"] == "Invalid pagination token given."


@pytest.mark.parametrize("count", range(6))
def test_a_page_ends_where_it_should(
    things: DataModel, gql: Gql, only_compiled: None, statements: Statements, count: int
) -> None:
    """In the order of creation SQLite hands a page over as one text, with the record after it."""
    texts = [f"{number}" + ",\x02},{\x02" for number in range(count)]
    for number, text in enumerate(texts):
        records.create(things, "Thing", {"id": str(number), "text": text})
    pages = "query($n: String) { listThings(limit: 2, nextToken: $n) { items { text } nextToken } }"
    found, token = [], None
    for _ in range(1 + count // 2):
        statements.clear()
        page = gql(pages, n=token)["data"]["listThings"]
        assert len(page["items"]) == min(2, count - len(found))
        found += [item["text"] for item in page["items"]]
        if (token := page["nextToken"]) is None:
            break
    assert found == texts
    assert any("MAX(k) FROM (SELECT" in sql for sql in statements) == (connection.vendor == "sqlite")


def test_another_order_has_a_row_for_every_record(
    activate_schema: Activate, gql: Gql, only_compiled: None
) -> None:
    datamodel = activate_schema(
        'type Log @model { id: ID! kind: String @index(queryField: "byKind", sortKeyFields: ["n"]) n: Int }'
    )
    for number in (3, 1, 2):
        records.create(datamodel, "Log", {"id": str(number), "kind": "k", "n": number})
    query = 'query($t: String) { byKind(kind: "k", limit: 2, nextToken: $t) { items { n } nextToken } }'
    first = gql(query)["data"]["byKind"]
    assert [item["n"] for item in first["items"]] == [1, 2]
    last = gql(query, t=first["nextToken"])["data"]["byKind"]
    assert ([item["n"] for item in last["items"]], last["nextToken"]) == ([3], None)
