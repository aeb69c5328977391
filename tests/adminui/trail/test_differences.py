"""What a change did to a record, field by field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from adminui.trail.differences import tell_differences
from adminui.trail.references import References
from datamodel import records

pytestmark = pytest.mark.django_db(transaction=True)

SCHEMA = """
type Order @model {
  id: ID!
  title: String
  notes: String
  paid: Boolean
  state: State
  count: Int
  due: AWSTimestamp
  extra: AWSJSON
  words: [String]
  lines: [Line]
  address: Address
  customerID: ID @index(name: "byCustomer")
  customer: Customer @belongsTo(fields: ["customerID"])
}
type Customer @model { id: ID! name: String! orders: [Order] @hasMany(indexName: "byCustomer", fields: ["id"]) }
type Line { article: String amount: Int }
type Address { street: String place: Place }
type Place { city: String country: String }
enum State { OPEN CLOSED }
"""


@dataclass
class Entry:
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    model: str = "Order"
    key: str = "o"
    label: str = "o"


@pytest.fixture
def shop(activate_schema):
    return activate_schema(SCHEMA)


def tell(shop, before, after, **about):
    entry = Entry(before, after, **about)
    return tell_differences(shop, entry, References(shop, [entry]))


def parts(shop, before, after, **about):
    return [part for change in tell(shop, before, after, **about) for part in change.parts]


def kinds(part):
    return part.before.kind, part.after.kind


def test_fields_come_in_the_order_of_the_schema_and_unchanged_ones_not_at_all(shop):
    told = tell(shop, {"count": 1, "title": "a", "paid": True}, {"count": 2, "title": "b", "paid": True})
    assert [change.name for change in told] == ["title", "count"]


def test_null_empty_text_false_and_values_look_different(shop):
    assert kinds(parts(shop, {"title": None}, {"title": ""})[0]) == ("none", "empty")
    assert kinds(parts(shop, {"paid": None}, {"paid": False})[0]) == ("none", "no")
    assert kinds(parts(shop, {"paid": False}, {"paid": True})[0]) == ("no", "yes")
    assert kinds(parts(shop, {"state": "OPEN"}, {"state": None})[0]) == ("enum", "none")
    assert kinds(parts(shop, {"words": []}, {"words": None})[0]) == ("emptied", "none")


def test_one_is_not_true(shop):
    assert len(parts(shop, {"extra": 1}, {"extra": True})) == 1


def test_a_timestamp_is_said_in_words_too(shop):
    part = parts(shop, {"due": 0}, {"due": 86400})[0]
    assert (part.after.text, part.after.note) == ("86400", "02 Jan 1970, 00:00:00 UTC")


def test_long_texts_are_compared_line_by_line(shop):
    part = parts(shop, {"notes": "one\ntwo"}, {"notes": "one\nthree"})[0]
    assert [line.mark for line in part.lines] == ["same", "gone", "new"]


def test_json_is_compared_member_by_member(shop):
    part = parts(shop, {"extra": '{"a":1,"b":[1,2]}'}, {"extra": '{"a":2,"b":[1,2]}'})[0]
    changed = ["".join(p.text for p in line.pieces) for line in part.lines if line.mark != "same"]
    assert changed == ['  "a": 1,', '  "a": 2,']


def test_what_is_no_json_is_a_text(shop):
    deep = "[" * 100_000
    part = parts(shop, {"extra": "{not json"}, {"extra": deep})[0]
    assert part.lines


def test_lists_tell_what_was_taken_out_and_added(shop):
    part = parts(shop, {"words": ["a", "b"]}, {"words": ["b", "c"]})[0]
    assert [(item.mark, item.value.text) for item in part.items] == [
        ("gone", "a"),
        ("same", "b"),
        ("new", "c"),
    ]


def test_many_unchanged_items_are_a_number_and_many_changed_ones_are_cut(shop):
    words = [f"w{n}" for n in range(100)]
    part = parts(shop, {"words": words}, {"words": [*words, "new"]})[0]
    assert [(item.mark, item.skipped) for item in part.items] == [("same", 100), ("new", 0)]
    cut = parts(shop, {"words": ["x"]}, {"words": words})[0]
    assert (cut.items[-1].mark, cut.items[-1].skipped) == ("more", 101 - 60)


def test_embedded_types_are_told_by_path(shop):
    before = {"address": {"street": "Rua 1", "place": {"city": "Porto", "country": "PT"}}}
    after = {"address": {"street": "Rua 1", "place": {"city": "Braga", "country": "PT"}}}
    (part,) = parts(shop, before, after)
    assert (part.name, part.before.text, part.after.text) == ("address.place.city", "Porto", "Braga")


def test_lists_of_embedded_types_tell_each_item_in_short(shop):
    before = {"lines": [{"article": "glue", "amount": 1}]}
    after = {"lines": [{"article": "glue", "amount": 2}]}
    (part,) = parts(shop, before, after)
    assert [item.value.text for item in part.items] == ["glue, 1", "glue, 2"]


def test_references_are_shown_as_records_even_deleted_ones(shop):
    for key in ("here", "gone"):
        records.create(shop, "Customer", {"id": key, "name": f"{key} customer"})
    records.delete(shop, "Customer", {"id": "gone"})
    (change,) = tell(shop, {"customerID": "gone"}, {"customerID": "here"})
    (part,) = change.parts
    assert (change.name, change.fields) == ("customer", ("customerID",))
    assert (part.before.chip.label, part.before.chip.note) == ("gone customer", "deleted")
    assert (part.after.chip.label, part.after.chip.url) == ("here customer", "/data/Customer/here/")


def test_a_reference_that_the_log_does_not_know_is_its_key(shop):
    part = parts(shop, {"customerID": "nowhere"}, {"customerID": None})[0]
    assert (part.before.chip.label, part.before.chip.is_missing, part.after.kind) == ("nowhere", True, "none")


def test_a_new_record_tells_what_it_has_and_not_what_goes_without_saying(shop):
    after = {"id": "o", "title": "T", "notes": None, "createdAt": "x", "updatedAt": "x"}
    (part,) = parts(shop, None, after)
    assert (part.name, part.before, part.after.text) == ("title", None, "T")


def test_the_time_of_the_last_change_goes_without_saying(shop):
    assert tell(shop, {"updatedAt": "a"}, {"updatedAt": "b"}) == ()
    assert [change.name for change in tell(shop, {"createdAt": "a"}, {"createdAt": "b"})] == ["createdAt"]


def test_values_of_earlier_schemas_are_shown_as_they_are(shop):
    before = {
        "count": "many",
        "gone": {"a": [1, {"b": None}]},
        "customerID": 7,
        "state": "LOST",
        "due": "never",
    }
    names = [change.name for change in tell(shop, before, {})]
    assert names == ["state", "count", "due", "gone", "customer"]


def test_a_model_that_is_gone_is_told_by_its_values(shop):
    (part,) = parts(shop, {"a": 1}, {"a": 2}, model="Former")
    assert (part.before.text, part.after.text) == ("1", "2")


def test_queries_do_not_grow_with_the_changes(shop, django_assert_max_num_queries):
    for number in range(30):
        records.create(shop, "Customer", {"id": f"c{number}", "name": f"C{number}"})
    for number in range(15):
        records.delete(shop, "Customer", {"id": f"c{number}"})
    entries = [Entry({"customerID": f"c{n}"}, {"customerID": f"c{n + 1}"}) for n in range(29)]
    with django_assert_max_num_queries(2):
        references = References(shop, entries)
        told = [tell_differences(shop, entry, references) for entry in entries]
    assert [change[0].parts[0].before.chip.label for change in told[13:17]] == ["C13", "C14", "C15", "C16"]
