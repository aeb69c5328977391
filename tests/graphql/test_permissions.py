"""Public keys against rules on models and fields, on every path to a record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from datamodel import access, records, registry
from datamodel.registry import DataModel
from tests.conftest import call_asgi

Activate = Callable[..., DataModel]
Ask = Callable[..., dict[str, Any]]

SHOP = """
type Shop @model @auth(rules: [{ allow: public }]) {
  id: ID!
  name: String
  code: String @auth(rules: [{ allow: owner }]) @index(name: "byCode", queryField: "shopsByCode", sortKeyFields: ["name"])
  area: String @index(name: "byArea", queryField: "shopsByArea", sortKeyFields: ["code"])
  place: Place
  staff: [Person] @hasMany(references: ["shopId"])
  till: Till @hasOne(references: ["shopId"])
  hidden: [Offer] @hasMany(references: ["hiddenId"]) @auth(rules: [{ allow: private }])
  offers: [Offer] @hasMany(references: ["shopId"])
}
type Place { city: String street: String @auth(rules: [{ allow: owner }]) }
type Person @model @auth(rules: [{ allow: owner }]) {
  id: ID!
  shopId: ID
  shop: Shop @belongsTo(references: ["shopId"])
}
type Till @model {
  id: ID!
  shopId: ID
  shop: Shop @belongsTo(references: ["shopId"])
}
type Offer @model @auth(rules: [{ allow: public, operations: [get, create, update] }]) {
  id: ID!
  text: String
  price: Int @auth(rules: [{ allow: public, operations: [get, create] }])
  margin: Int @auth(rules: [{ allow: groups, groups: ["A"] }])
  shopId: ID
  shop: Shop @belongsTo(references: ["shopId"])
  hiddenId: ID
  hiddenShop: Shop @belongsTo(references: ["hiddenId"])
}
type Letter @model @auth(rules: [{ allow: public, operations: [create] }, { allow: owner }]) {
  id: ID!
  text: String
  note: String @auth(rules: [{ allow: owner }])
}
"""

UNAUTHORIZED = "Unauthorized"


@pytest.fixture
def ask(activate_schema: Activate) -> Ask:
    """Run a document with a public key, on a shop with everything."""
    datamodel = activate_schema(SHOP, datastore=False)
    place = {"city": "Lisbon", "street": "Rua Augusta"}
    shop = {"id": "s", "name": "Corner", "code": "1234", "area": "north", "place": place}
    records.create(datamodel, "Shop", shop)
    records.create(datamodel, "Person", {"id": "p", "shopId": "s"})
    records.create(datamodel, "Till", {"id": "t", "shopId": "s"})
    offer = {"id": "o", "text": "Fresh", "price": 3, "margin": 1, "shopId": "s", "hiddenId": "s"}
    records.create(datamodel, "Offer", offer)
    key = access.create_key("public", scope="public")[1]

    def run(query: str, /, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        status, _, answer = call_asgi(body, {"content-type": "application/json", "x-api-key": key})
        assert status == 200
        return json.loads(answer)

    return run


def errors(answer: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    return [(error["errorType"], error["path"]) for error in answer.get("errors", [])]


def only(answer: dict[str, Any], path: str) -> bool:
    """Return whether the one error is Unauthorized, there."""
    return errors(answer) == [(UNAUTHORIZED, [int(p) if p.isdecimal() else p for p in path.split(".")])]


class TestReading:
    def test_a_field_that_may_not_be_read_is_null_with_an_error(self, ask: Ask) -> None:
        answer = ask('{ getShop(id: "s") { name code again: code } }')
        assert answer["data"] == {"getShop": {"name": "Corner", "code": None, "again": None}}
        assert errors(answer) == [
            (UNAUTHORIZED, ["getShop", "code"]),
            (UNAUTHORIZED, ["getShop", "again"]),
        ]
        assert answer["errors"][0]["message"] == "Not Authorized to access code on type Shop"

    @pytest.mark.parametrize(
        ("query", "path"),
        [
            ("{ listShops { items { code } } }", "listShops.items.0.code"),
            ("{ listShops { items { ...F } } } fragment F on Shop { code }", "listShops.items.0.code"),
            ("{ listShops { items { ... on Shop { x: code } } } }", "listShops.items.0.x"),
            ('{ getShop(id: "s") { place { city street } } }', "getShop.place.street"),
            ('{ getOffer(id: "o") { shop { code } } }', "getOffer.shop.code"),
            ('{ getOffer(id: "o") { text margin } }', "getOffer.margin"),
            # a model without a rule, one with rules of other kinds, a relation with rules of its own
            ('{ getShop(id: "s") { till { id } } }', "getShop.till"),
            ('{ getShop(id: "s") { staff { items { id } } } }', "getShop.staff"),
            ('{ getShop(id: "s") { hidden { items { id } } } }', "getShop.hidden"),
            ('{ getTill(id: "t") { id } }', "getTill"),
            ("{ listTills { items { id } } }", "listTills"),
            ("{ listPeople { nextToken } }", "listPeople"),
            ("{ listLetters { items { id } } }", "listLetters"),
            # to get one is not to list all
            ("{ listOffers { items { id } } }", "listOffers"),
            ('{ getShop(id: "s") { offers { items { id } } } }', "getShop.offers"),
        ],
    )
    def test_what_the_rules_keep_is_kept_on_every_path(self, ask: Ask, query: str, path: str) -> None:
        assert only(ask(query), path)

    def test_a_field_the_rules_open_is_read(self, ask: Ask) -> None:
        assert ask('{ getOffer(id: "o") { price shop { name } } }') == {
            "data": {"getOffer": {"price": 3, "shop": {"name": "Corner"}}}
        }

    @pytest.mark.parametrize(
        "arguments",
        [
            'filter: {code: {eq: "1234"}}',
            "filter: {code: {attributeExists: true}}",
            'filter: {and: [{name: {eq: "x"}}, {or: [{code: {beginsWith: "1"}}]}]}',
            'filter: {not: {code: {eq: "x"}}}',
        ],
    )
    def test_filters_name_readable_fields_only(self, ask: Ask, arguments: str) -> None:
        answer = ask(f"{{ listShops({arguments}) {{ items {{ id }} }} }}")
        assert only(answer, "listShops")
        assert answer["errors"][0]["message"] == "Unauthorized on [code]"
        assert answer["data"] == {"listShops": None}

    def test_filters_by_variable_too(self, ask: Ask) -> None:
        query = "query ($f: ModelShopFilterInput) { listShops(filter: $f) { items { id } } }"
        assert only(ask(query, f={"code": {"eq": "1234"}}), "listShops")
        assert ask(query, f={"code": None, "name": {"eq": "Corner"}})["data"]["listShops"]["items"] == [
            {"id": "s"}
        ]

    @pytest.mark.parametrize(
        "query",
        ['{ shopsByCode(code: "1234") { items { id } } }', '{ shopsByArea(area: "north") { items { id } } }'],
    )
    def test_no_query_finds_or_sorts_by_a_field_that_is_kept(self, ask: Ask, query: str) -> None:
        answer = ask(query)
        assert errors(answer)[0][0] == UNAUTHORIZED
        assert answer["errors"][0]["message"] == "Unauthorized on [code]"


class TestWriting:
    @pytest.mark.parametrize(
        "mutation",
        [
            'createShop(input: {name: "x", code: "y"})',
            'createShop(input: {name: "x", code: null})',
            'updateShop(input: {id: "s", code: "y"})',
            'updateShop(input: {id: "s", name: "x", code: null})',
            'updateShop(input: {id: "s", name: "x"}, condition: {code: {eq: "1234"}})',
            'createShop(input: {name: "x", place: {city: "Porto", street: "Rua"}})',
            'updateOffer(input: {id: "o", price: 4})',
            'updateOffer(input: {id: "o", text: null})',
            "createOffer(input: {margin: 4})",
            "createTill(input: {})",
            'deleteTill(input: {id: "t"})',
            # deleting takes the right to delete every field
            'deleteShop(input: {id: "s"})',
            'deleteOffer(input: {id: "o"})',
        ],
    )
    def test_a_write_that_names_more_than_it_may_fails_whole(self, ask: Ask, mutation: str) -> None:
        before = snapshot()
        answer = ask(f"mutation {{ m: {mutation} {{ id }} }}")
        assert only(answer, "m")
        assert snapshot() == before

    def test_what_may_be_written_is_written(self, ask: Ask) -> None:
        assert ask(
            'mutation { createShop(input: {name: "New", place: {city: "Porto"}}) { name place { city } } }'
        ) == {"data": {"createShop": {"name": "New", "place": {"city": "Porto"}}}}
        assert ask('mutation { updateOffer(input: {id: "o", text: "Old"}) { text } }') == {
            "data": {"updateOffer": {"text": "Old"}}
        }
        assert ask('mutation { createOffer(input: {text: "a", price: 1}) { price } }') == {
            "data": {"createOffer": {"price": 1}}
        }

    def test_an_answer_that_would_tell_too_much_takes_the_write_back(self, ask: Ask) -> None:
        before = snapshot()
        answer = ask('mutation { updateShop(input: {id: "s", name: "x"}) { name code } }')
        assert only(answer, "updateShop.code")
        assert answer["data"] == {"updateShop": None}
        assert snapshot() == before

    def test_who_may_only_create_sees_what_was_created(self, ask: Ask) -> None:
        answer = ask('mutation { createLetter(input: {id: "l", text: "hi"}) { id text createdAt } }')
        created = answer["data"]["createLetter"]
        assert (created["id"], created["text"]) == ("l", "hi")
        assert created["createdAt"]
        assert only(ask('mutation { createLetter(input: {text: "hi"}) { note } }'), "createLetter.note")
        assert only(ask('{ getLetter(id: "l") { id } }'), "getLetter")

    def test_an_id_that_exists_tells_of_the_record_what_may_be_read(self, ask: Ask) -> None:
        answer = ask('mutation { createShop(input: {id: "s", name: "x"}) { id name code } }')
        assert answer["errors"][0]["data"] == {"id": "s", "name": "Corner", "code": None}
        created = ask('mutation { createLetter(input: {id: "l", text: "mine"}) { id } }')
        assert "errors" not in created
        again = ask('mutation { createLetter(input: {id: "l", text: "x"}) { id text } }')
        assert again["errors"][0]["data"] is None

    def test_a_field_that_may_be_written_only_is_not_told_by_a_refusal(
        self, activate_schema: Activate
    ) -> None:
        ask = public(
            activate_schema,
            """
            type Door @model @auth(rules: [{ allow: public }]) {
              id: ID!
              pin: String @auth(rules: [{ allow: public, operations: [create, update, delete] }])
            }
            """,
        )
        assert "errors" not in ask('mutation { createDoor(input: {id: "d", pin: "1234"}) { pin } }')
        assert "errors" not in ask(
            'mutation { updateDoor(input: {id: "d", pin: "9876", _version: 1}) { pin } }'
        )
        again = ask('mutation { createDoor(input: {id: "d", pin: "0"}) { id pin } }')
        stale = ask('mutation { updateDoor(input: {id: "d", pin: "0", _version: 99}) { id pin } }')
        unmet = ask(
            'mutation { updateDoor(input: {id: "d", pin: "0"}, condition: {createdAt: {eq: "x"}}) { id pin } }'
        )
        for answer in (again, stale, unmet):
            assert "9876" not in json.dumps(answer)
            assert answer["errors"]


def public(activate_schema: Activate, text: str, **options: Any) -> Ask:
    """Activate a schema and return what runs documents with a public key."""
    activate_schema(text, **options)
    key = access.create_key("public", scope="public")[1]

    def run(query: str) -> dict[str, Any]:
        headers = {"content-type": "application/json", "x-api-key": key}
        answer: dict[str, Any] = json.loads(call_asgi(json.dumps({"query": query}).encode(), headers)[2])
        return answer

    return run


def snapshot() -> dict[str, list[Any]]:
    """Every record as it is stored."""
    models = registry.current().models
    return {name: list(model.all_objects.order_by("pk").values()) for name, model in models.items()}


def test_a_blocked_delete_names_no_records_of_a_closed_model(activate_schema: Activate) -> None:
    datamodel = activate_schema(
        """
        type Team @model @auth(rules: [{ allow: public }]) { id: ID! members: [Member] @hasMany(references: ["teamId"]) }
        type Member @model { id: ID! name: String teamId: ID team: Team @belongsTo(references: ["teamId"]) }
        """,
        on_delete={"Team.members": "restrict"},
    )
    records.create(datamodel, "Team", {"id": "t"})
    records.create(datamodel, "Member", {"name": "Nadia", "teamId": "t"})
    raw = access.create_key("public", scope="public")[1]
    body = json.dumps({"query": 'mutation { deleteTeam(input: {id: "t"}) { id } }'}).encode()
    _, _, text = call_asgi(body, {"content-type": "application/json", "x-api-key": raw})
    (error,) = json.loads(text)["errors"]
    assert (error["errorType"], error["errorInfo"]) == ("RelatedRecordsExist", None)
    assert error["message"] == "Not deleted: other records refer to it."


def test_who_has_a_place_is_not_told_to_callers_who_may_not_get_it(activate_schema: Activate) -> None:
    datamodel = activate_schema(
        """
        type Customer @model { id: ID! cart: Cart @hasOne(references: ["customerId"]) }
        type Cart @model @auth(rules: [{ allow: public, operations: [create] }]) { id: ID! title: String
          customerId: ID customer: Customer @belongsTo(references: ["customerId"]) }
        """
    )
    records.create(datamodel, "Customer", {"id": "c"})
    records.create(datamodel, "Cart", {"id": "first", "title": "Tomato", "customerId": "c"})
    raw = access.create_key("public", scope="public")[1]
    body = json.dumps({"query": 'mutation { createCart(input: {customerId: "c"}) { id } }'}).encode()
    _, _, text = call_asgi(body, {"content-type": "application/json", "x-api-key": raw})
    (error,) = json.loads(text)["errors"]
    assert (error["errorType"], "takenBy" in error["errorInfo"]) == ("RelatedRecordTaken", False)
    assert error["message"] == "Field 'customerId' refers to Customer 'c', which has another Cart already."


def test_version_1_adds_the_rules_of_a_field_to_an_open_model(activate_schema: Activate) -> None:
    activate_schema(
        'type A @model @key(fields: ["id"]) { id: ID! name: String pay: Int @auth(rules: [{ allow: owner }]) }'
    )
    raw = access.create_key("public", scope="public")[1]

    def run(query: str) -> dict[str, Any]:
        headers = {"content-type": "application/json", "x-api-key": raw}
        return json.loads(call_asgi(json.dumps({"query": query}).encode(), headers)[2])

    assert run('mutation { createA(input: {id: "a", name: "x"}) { name } }')["data"]["createA"] == {
        "name": "x"
    }
    assert errors(run('{ getA(id: "a") { name pay } }')) == [(UNAUTHORIZED, ["getA", "pay"])]
    assert errors(run('mutation { updateA(input: {id: "a", pay: 1}) { id } }')) == [
        (UNAUTHORIZED, ["updateA"])
    ]
    assert run('mutation { deleteA(input: {id: "a"}) { id } }') == {"data": {"deleteA": {"id": "a"}}}
