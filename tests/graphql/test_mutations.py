"""Writing through the API: what is stored, what is answered, what is refused and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel import access, records
from datamodel.models import Change
from datamodel.registry import DataModel

from .schemas import ITEM, READING, TEAM

Gql = Callable[..., dict[str, Any]]
Activate = Callable[..., DataModel]

CONDITION_FAILED = "DynamoDB:ConditionalCheckFailedException"


@pytest.fixture
def teams(activate_schema: Activate) -> DataModel:
    return activate_schema(TEAM)


def error_type(answer: dict[str, Any]) -> str | None:
    (error,) = answer["errors"]
    return error["errorType"]


def test_create_fills_in_what_the_server_fills_in(teams: DataModel, gql: Gql) -> None:
    team = gql(
        'mutation { createTeam(input: {mantra: "Go"}) { id mantra createdAt updatedAt members { items { id } } } }'
    )
    team = team["data"]["createTeam"]
    assert len(team["id"]) == 36
    assert team["createdAt"] == team["updatedAt"]
    assert team["createdAt"].endswith("Z")
    assert team["members"] == {"items": []}


def test_values_come_back_exactly_as_sent(activate_schema: Activate, gql: Gql) -> None:
    activate_schema(
        "type T @model { id: ID! day: AWSDate at: AWSDateTime data: AWSJSON datas: [AWSJSON] n: AWSTimestamp f: Float }"
    )
    values = {
        "day": "2026-11-20+02:00",
        "at": "2026-11-20T08:00:00+02:00",
        "data": '{ "b": 1,  "a": [true] }',
        "datas": ["1", "null"],
        "n": 1763625600,
        "f": 0.1,
    }
    create = "mutation($i: CreateTInput!) { createT(input: $i) { day at data datas n f } }"
    assert gql(create, i=values)["data"]["createT"] == values


def test_embedded_values_are_stored_whole(activate_schema: Activate, gql: Gql) -> None:
    activate_schema(ITEM)
    create = "mutation($i: CreateItemInput!) { createItem(input: $i) { size { w: width height __typename } kinds tags } }"
    answer = gql(create, i={"size": {"width": 3}, "kinds": ["LOW", None], "tags": "one"})
    assert answer["data"]["createItem"] == {
        "size": {"w": 3, "height": None, "__typename": "Size"},
        "kinds": ["LOW", None],
        "tags": ["one"],
    }


def test_update_keeps_what_is_absent_and_clears_what_is_null(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(ITEM)
    records.create(datamodel, "Item", {"id": "i", "title": "t", "rating": 1})
    update = "mutation($i: UpdateItemInput!) { updateItem(input: $i) { title rating } }"
    assert gql(update, i={"id": "i", "rating": None})["data"]["updateItem"] == {"title": "t", "rating": None}


def test_a_custom_key_identifies_the_record(activate_schema: Activate, gql: Gql) -> None:
    activate_schema(READING)
    key = {"device": "a", "day": "2026-01-01", "seq": 1}
    gql("mutation($i: CreateReadingInput!) { createReading(input: $i) { seq } }", i=key | {"value": 1.5})
    update = "mutation($i: UpdateReadingInput!) { updateReading(input: $i) { value device } }"
    assert gql(update, i=key | {"value": 2.5})["data"]["updateReading"] == {"value": 2.5, "device": "a"}
    delete = "mutation($i: DeleteReadingInput!) { deleteReading(input: $i) { value } }"
    assert gql(delete, i=key)["data"]["deleteReading"] == {"value": 2.5}


@pytest.mark.parametrize(
    "mutation",
    [
        'createTeam(input: {id: "t", mantra: "again"}) { id }',
        'updateTeam(input: {id: "nobody", mantra: "x"}) { id }',
        'updateTeam(input: {id: "t", mantra: "x"}, condition: {mantra: {eq: "Stop"}}) { id }',
        'deleteTeam(input: {id: "t"}, condition: {mantra: {eq: "Stop"}}) { id }',
    ],
)
def test_a_failed_condition_has_dynamodbs_name(teams: DataModel, gql: Gql, mutation: str) -> None:
    records.create(teams, "Team", {"id": "t", "mantra": "Go"})
    answer = gql(f"mutation {{ answer: {mutation} }}")
    assert answer["data"] == {"answer": None}
    assert error_type(answer) == CONDITION_FAILED
    assert answer["errors"][0]["path"] == ["answer"]
    assert records.find(teams, "Team", {"id": "t"}).get_value("mantra") == "Go"


def test_a_reference_to_nothing_is_refused(teams: DataModel, gql: Gql) -> None:
    answer = gql('mutation { createMember(input: {name: "m", teamId: "nobody"}) { id } }')
    assert error_type(answer) == "RelatedRecordNotFound"
    assert "nobody" in answer["errors"][0]["message"]
    assert answer["errors"][0]["errorInfo"]["model"] == "Team"


CART = """
type Customer @model { id: ID! name: String cart: Cart @hasOne(references: ["customerId"]) }
type Cart @model { id: ID! title: String customerId: ID
  customer: Customer @belongsTo(references: ["customerId"]) }
"""
SECOND = 'mutation { createCart(input: {customerId: "c"}) { id } }'


def test_a_second_child_of_a_one_to_one_is_refused_and_the_first_named(
    activate_schema: Activate, gql: Gql
) -> None:
    shop = activate_schema(CART)
    records.create(shop, "Customer", {"id": "c"})
    records.create(shop, "Cart", {"id": "first", "title": "Tomato", "customerId": "c"})
    answer = gql(SECOND)
    (error,) = answer["errors"]
    assert (answer["data"], error["errorType"]) == ({"createCart": None}, "RelatedRecordTaken")
    assert error["errorInfo"] == {
        "field": "customerId",
        "value": "c",
        "model": "Customer",
        "takenBy": {"model": "Cart", "key": {"id": "first"}, "label": "Tomato"},
    }
    assert "'Tomato' (first)" in error["message"]


def test_half_a_reference_is_refused(activate_schema: Activate, gql: Gql) -> None:
    activate_schema("""
        type Order @model { shop: String! @primaryKey(sortKeyFields: ["number"]) number: Int! }
        type Line @model { id: ID! orderShop: String orderNumber: Int
          order: Order @hasOne(fields: ["orderShop", "orderNumber"]) }
        """)
    (error,) = gql('mutation { createLine(input: {orderShop: "S"}) { id } }')["errors"]
    assert error["errorType"] == "BadRequestException"
    assert list(error["errorInfo"]["fields"]) == ["orderNumber"]


def test_a_restricted_delete_names_what_holds_it(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(TEAM, on_delete={"Team.members": "restrict"})
    records.create(datamodel, "Team", {"id": "t", "mantra": "Go"})
    records.create(datamodel, "Member", {"name": "Ada", "teamId": "t"})
    answer = gql('mutation { deleteTeam(input: {id: "t"}) { id } }')
    assert error_type(answer) == "RelatedRecordsExist"
    assert answer["errors"][0]["errorInfo"]["blocked"][0]["model"] == "Member"


def test_delete_answers_the_record_as_it_was(teams: DataModel, gql: Gql) -> None:
    records.create(teams, "Team", {"id": "t", "mantra": "Go"})
    records.create(teams, "Member", {"id": "m", "name": "Ada", "teamId": "t"})
    records.create(teams, "Task", {"id": "k", "title": "Run", "memberId": "m"})
    answer = gql(
        'mutation { deleteTeam(input: {id: "t"}) { mantra members { items { name tasks { items { title } } } } } }'
    )
    assert answer["data"]["deleteTeam"] == {
        "mantra": "Go",
        "members": {"items": [{"name": "Ada", "tasks": {"items": [{"title": "Run"}]}}]},
    }


def test_deleting_what_is_gone_is_no_error(teams: DataModel, gql: Gql) -> None:
    assert gql('mutation { deleteTeam(input: {id: "gone"}) { id } }') == {"data": {"deleteTeam": None}}


def test_each_field_is_a_transaction_of_its_own(teams: DataModel, gql: Gql) -> None:
    answer = gql(
        """mutation {
          a: createTeam(input: {id: "a", mantra: "a"}) { id }
          b: createMember(input: {id: "b", name: "b", teamId: "nobody"}) { id }
          c: createMember(input: {id: "c", name: "c", teamId: "a"}) { team { id } }
        }"""
    )
    assert answer["data"] == {"a": {"id": "a"}, "b": None, "c": {"team": {"id": "a"}}}
    assert [error["path"] for error in answer["errors"]] == [["b"]]


def test_an_error_in_the_answer_undoes_the_write(activate_schema: Activate, gql: Gql) -> None:
    datamodel = activate_schema(
        """
        type Post @model { id: ID! comments: [Comment] @hasMany }
        type Comment @model { id: ID! text: String post: Post! @belongsTo }
        """,
        integrity="appsync",
    )
    create = 'mutation { createComment(input: {id: "c", postCommentsId: "gone"}) { id post { id } } }'
    answer = gql(create)
    assert answer["data"] == {"createComment": None}
    assert answer["errors"][0]["message"].startswith("Cannot return null")
    assert records.find(datamodel, "Comment", {"id": "c"}) is None
    assert not Change.objects.exists()


def test_a_bad_value_names_its_field(teams: DataModel, gql: Gql) -> None:
    answer = gql("mutation($i: CreateTeamInput!) { createTeam(input: $i) { id } }", i={"mantra": "a\0b"})
    assert answer["data"] == {"createTeam": None}
    assert answer["errors"][0]["errorInfo"]["fields"].keys() == {"mantra"}


def test_writes_are_logged_under_the_keys_name(teams: DataModel, gql: Gql) -> None:
    gql('mutation { createTeam(input: {id: "t", mantra: "Go"}) { id } }')
    change = Change.objects.get()
    assert (change.actor_kind, change.actor, change.action) == ("api_key", "tests", "create")
    assert access.current_actor().kind == "system"


# DataStore


@pytest.fixture
def synced(activate_schema: Activate) -> DataModel:
    datamodel = activate_schema(TEAM, datastore=True)
    records.create(datamodel, "Team", {"id": "t", "mantra": "Go"})
    return datamodel


def test_every_write_raises_the_version(synced: DataModel, gql: Gql) -> None:
    update = 'mutation { updateTeam(input: {id: "t", mantra: "No", _version: 1}) { _version _deleted } }'
    assert gql(update)["data"]["updateTeam"] == {"_version": 2, "_deleted": None}


def test_a_stale_version_is_a_conflict_that_carries_the_record(synced: DataModel, gql: Gql) -> None:
    answer = gql(
        'mutation { updateTeam(input: {id: "t", mantra: "No", _version: 7}) { name: mantra _version } }'
    )
    assert error_type(answer) == "ConflictUnhandled"
    assert answer["errors"][0]["message"] == "Conflict resolver rejects mutation."
    assert answer["errors"][0]["data"] == {"name": "Go", "_version": 1}


def test_no_version_means_do_not_check(synced: DataModel, gql: Gql) -> None:
    answer = gql('mutation { updateTeam(input: {id: "t", mantra: "No"}) { mantra } }')
    assert answer["data"]["updateTeam"] == {"mantra": "No"}


def test_delete_answers_the_tombstone(synced: DataModel, gql: Gql) -> None:
    delete = 'mutation { deleteTeam(input: {id: "t", _version: %d}) { mantra _version _deleted } }'
    tombstone = {"mantra": "Go", "_version": 2, "_deleted": True}
    assert gql(delete % 1)["data"]["deleteTeam"] == tombstone
    assert gql(delete % 1)["data"]["deleteTeam"] == tombstone
    assert gql('{ getTeam(id: "t") { id } }')["data"]["getTeam"] is None


@pytest.mark.parametrize("declared", ["", "version: Int"])
def test_a_versioned_model_is_changed_by_who_knows_its_version(
    activate_schema: Activate, gql: Gql, declared: str
) -> None:
    activate_schema(f"type Plan @model @versioned {{ id: ID! text: String {declared} }}", datastore=False)
    gql('mutation { createPlan(input: {id: "p"}) { version } }')
    update = 'mutation($v: Int!) { updatePlan(input: {id: "p", text: "x", expectedVersion: $v}) { version } }'
    assert gql(update, v=1)["data"]["updatePlan"] == {"version": 2}
    assert error_type(gql(update, v=1)) == CONDITION_FAILED
    assert gql("{ listPlans { items { version text } } }")["data"]["listPlans"]["items"] == [
        {"version": 2, "text": "x"}
    ]
    delete = 'mutation($v: Int!) { deletePlan(input: {id: "p", expectedVersion: $v}) { id } }'
    assert error_type(gql(delete, v=1)) == CONDITION_FAILED
    assert gql(delete, v=2)["data"]["deletePlan"] == {"id": "p"}


def test_the_names_of_a_version_are_chosen(activate_schema: Activate, gql: Gql) -> None:
    activate_schema(
        'type Plan @model @versioned(versionField: "rev", versionInput: "known") { id: ID! rev: Int text: String }'
    )
    gql('mutation { createPlan(input: {id: "p"}) { rev } }')
    update = 'mutation { updatePlan(input: {id: "p", text: "x", rev: 7, known: 1}) { rev } }'
    assert gql(update)["data"]["updatePlan"] == {"rev": 2}
    found = gql("{ listPlans(filter: {rev: {eq: 2}}) { items { text } } }")
    assert found["data"]["listPlans"]["items"] == [{"text": "x"}]


def test_an_input_of_the_schemas_own_stands_in_for_the_generated_one(
    activate_schema: Activate, gql: Gql
) -> None:
    activate_schema(
        """
        input AddressInput { street: String! floor: Int = 1 }
        type Address { street: String city: String }
        type Shop @model { id: ID! address: Address others: [Address] }
        """
    )
    create = """mutation { createShop(input: {id: "s", address: {street: "Quay"}, others: [{street: "Hill", floor: 2}]}) {
      address { street city } others { street } } }"""
    assert gql(create)["data"]["createShop"] == {
        "address": {"street": "Quay", "city": None},
        "others": [{"street": "Hill"}],
    }
    answer = gql('mutation { createShop(input: {address: {city: "Bergen"}}) { id } }')
    assert "data" not in answer
