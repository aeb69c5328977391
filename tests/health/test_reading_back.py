"""A value that cannot be read costs one field: not the record, not the list, not the page."""

from __future__ import annotations

import pytest
from django.db import connection

from datamodel import records
from tests.health.breaking import put

pytestmark = pytest.mark.django_db(transaction=True)

SCHEMA = """
enum Mood { GOOD BAD }
type Mark { mood: Mood, day: AWSDate, size: Int, text: String! }
type Thing @model { id: ID! name: String, size: Int, score: Float, flag: Boolean, when: AWSDate,
  at: AWSDateTime, stamp: AWSTimestamp, time: AWSTime, data: AWSJSON, mood: Mood, moods: [Mood], days: [AWSDate!],
  numbers: [Int], mark: Mark, marks: [Mark!] }
"""
EVERYTHING = (
    "id name size score flag when at stamp time data mood moods days numbers"
    " mark { mood day size text } marks { mood day size text }"
)
ANYWHERE = [
    ("when", "soon"),
    ("at", "2026-02-30T00:00:00Z"),
    ("time", "noon"),
    ("data", "{"),
    ("mood", "UGLY"),
    ("moods", '["UGLY"]'),
    ("moods", '"GOOD"'),
    ("moods", "{}"),
    ("days", "[null, 5]"),
    ("numbers", '["many", 1.5, 99999999999]'),
    ("mark", "[1]"),
    ("mark", '"text"'),
    ("mark", '{"mood": "UGLY", "size": "many"}'),
    ("marks", '[5, null, {"text": 5}]'),
    ("stamp", 2**60),
]
SQLITE = [
    ("size", "many"),
    ("size", 2**40),
    ("size", b"\xff"),
    ("score", "much"),
    ("score", float("inf")),
    ("flag", "maybe"),
    ("name", b"\xff\xfe"),
    ("stamp", "now"),
    ("when", b"2026-11-20"),
    ("days", '["\\ud800"]'),
    ("mark", '{"text": "\\ud800"}'),
]
POSTGRESQL = [("score", float("nan")), ("score", float("-inf"))]


@pytest.fixture(params=[*ANYWHERE, *SQLITE, *POSTGRESQL], ids=lambda pair: f"{pair[0]}={pair[1]!r}")
def unreadable(request, activate_schema):
    """A thing with one unreadable value between two good ones."""
    field, value = request.param
    vendor = connection.vendor
    if (request.param in SQLITE and vendor != "sqlite") or (
        request.param in POSTGRESQL and vendor == "sqlite"
    ):
        pytest.skip(f"{vendor} does not store it")
    datamodel = activate_schema(SCHEMA, datastore=False)
    for key in "abc":
        records.create(datamodel, "Thing", {"id": key, "name": f"thing {key}", "size": 5})
    put(records.find(datamodel, "Thing", {"id": "b"}), **{field: value})
    return datamodel, field


def test_the_api_answers_all_but_that_field(unreadable, gql):
    _, field = unreadable
    answer = gql(f"{{ listThings {{ items {{ {EVERYTHING} }} }} }}")
    items = answer["data"]["listThings"]["items"]
    assert [item["id"] for item in items] == ["a", "b", "c"]
    expected = {"name": "thing b", "size": 5}
    assert {n: v for n, v in items[1].items() if n in expected and n != field} == {
        n: v for n, v in expected.items() if n != field
    }
    for error in answer.get("errors", []):
        assert error["path"][:4] == ["listThings", "items", 1, field]


def test_the_site_shows_lists_and_record(unreadable, admin_client):
    for url in ("/", "/data/Thing/", "/data/Thing/b/", "/data/Thing/?q=thing", "/health/data/"):
        assert admin_client.get(url).status_code == 200, url


def test_the_record_can_be_changed_elsewhere(unreadable, gql):
    datamodel, field = unreadable
    other = "size" if field != "size" else "name"
    value = {"size": 7, "name": "new"}[other]
    answer = gql(
        "mutation ($input: UpdateThingInput!) { updateThing(input: $input) { id } }",
        input={"id": "b", other: value},
    )
    assert "errors" not in answer
    assert records.find(datamodel, "Thing", {"id": "b"}).get_value(other) == value


def test_the_record_can_be_deleted(unreadable, gql):
    datamodel, _ = unreadable
    answer = gql('mutation { deleteThing(input: {id: "b"}) { id } }')
    assert answer["data"]["deleteThing"] == {"id": "b"}
    assert records.find(datamodel, "Thing", {"id": "b"}) is None
