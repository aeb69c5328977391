"""The controls of a record form: nothing typed is lost, nothing stored is changed unasked."""

from __future__ import annotations

import json

import pytest
from django.http import QueryDict

from adminui.forms import RecordForm
from adminui.forms.controls import Invalid, Spec
from adminui.forms.nested import show_control, take_control
from adminui.forms.posted import Posted
from datamodel.registry import DataModel
from datamodel.schema import Source, load_schema

SCHEMA = """
enum Mood { HAPPY SAD }
type Place { street: String  city: String!  opened: AWSDateTime  rooms: [Room]  within: Place }
type Room { name: String!  size: Int }
type Thing @model {
  id: ID!
  name: String!
  note: String
  count: Int
  weight: Float
  is_ready: Boolean
  day: AWSDate
  hour: AWSTime
  moment: AWSDateTime
  stamp: AWSTimestamp
  mail: AWSEmail
  data: AWSJSON
  page: AWSURL
  phone: AWSPhone
  address: AWSIPAddress
  mood: Mood
  tags: [String]
  moods: [Mood!]
  place: Place
  places: [Place!]
}
"""


@pytest.fixture(scope="module")
def model() -> DataModel:
    return DataModel.build(load_schema([Source("schema.graphql", SCHEMA)]).schema)


def spec(model: DataModel, name: str) -> Spec:
    return Spec.of(model.schema, model.schema.model("Thing").field(name), f"f.{name}")


def posted(*pairs: tuple[str, str]) -> Posted:
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return Posted(data)


def read(model: DataModel, name: str, *pairs: tuple[str, str]):
    return take_control(spec(model, name), posted(*pairs)).read()


@pytest.mark.parametrize(
    ("name", "typed", "stored"),
    [
        ("name", " two  words ", " two  words "),
        ("count", "-7", -7),
        ("weight", "2.5", 2.5),
        ("is_ready", "false", False),
        ("day", "2026-11-20", "2026-11-20"),
        ("hour", "08:30:00", "08:30:00"),
        ("stamp", "1700000000", 1700000000),
        ("mail", "nadia@example.com", "nadia@example.com"),
        ("data", '{"a": 1}', '{"a": 1}'),
        ("page", "https://example.com/", "https://example.com/"),
        ("address", "192.0.2.1", "192.0.2.1"),
        ("mood", "SAD", "SAD"),
    ],
)
def test_what_is_typed_becomes_the_stored_value(model, name, typed, stored):
    assert read(model, name, (f"f.{name}", typed)) == stored


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("count", "12abc"),
        ("count", "99999999999"),
        ("weight", "heavy"),
        ("weight", "NaN"),
        ("day", "2026-13-01"),
        ("hour", "25:00"),
        ("moment", "yesterday"),
        ("mail", "nobody"),
        ("data", "{"),
        ("page", "not a url"),
        ("address", "1.2.3"),
        ("mood", "ANGRY"),
        ("is_ready", "perhaps"),
    ],
)
def test_what_is_no_value_is_refused_with_a_sentence_and_kept(model, name, typed):
    control = take_control(spec(model, name), posted((f"f.{name}", typed)))
    with pytest.raises(Invalid):
        control.read()
    assert control.errors
    assert control.text == typed


def test_an_invalid_date_is_shown_as_text_so_that_the_browser_keeps_it(model):
    control = take_control(spec(model, "day"), posted(("f.day", "soon")))
    assert control.input_type == "text"
    assert take_control(spec(model, "day"), posted(("f.day", "2026-11-20"))).input_type == "date"


def test_an_empty_box_is_no_value_and_empty_text_only_when_asked_for(model):
    assert read(model, "note", ("f.note", "")) is None
    assert read(model, "note", ("f.note", ""), ("f.note.empty", "1")) == ""
    assert show_control(spec(model, "note"), "").is_empty_text
    assert not show_control(spec(model, "note"), None).is_empty_text


def test_a_required_text_is_not_empty_by_mistake(model):
    with pytest.raises(Invalid):
        read(model, "name", ("f.name", ""))
    assert read(model, "name", ("f.name", ""), ("f.name.empty", "1")) == ""


@pytest.mark.parametrize(
    ("stored", "sent"),
    [
        ("2026-11-20T08:00:00.000Z", [("f.moment", "2026-11-20T08:00"), ("f.moment.zone", "Z")]),
        (
            "2026-11-20T08:00:00.500+05:30",
            [("f.moment", "2026-11-20T08:00:00.5"), ("f.moment.zone", "+05:30")],
        ),
        ("2026-11-20T08:00Z", [("f.moment", "2026-11-20T08:00"), ("f.moment.zone", "Z")]),
        ("2026-11-20T08:00:00.123456789Z", [("f.moment", "2026-11-20T08:00:00.123456789Z")]),
    ],
)
def test_a_moment_that_was_not_changed_stays_byte_for_byte(model, stored, sent):
    shown = show_control(spec(model, "moment"), stored)
    assert read(model, "moment", *sent, ("f.moment.was", shown.was_json)) == stored


def test_a_moment_that_was_changed_gets_its_seconds_and_zone(model):
    sent = [
        ("f.moment", "2026-11-21T09:30"),
        ("f.moment.zone", "+01:00"),
        ("f.moment.was", '"2026-11-20T08:00Z"'),
    ]
    assert read(model, "moment", *sent) == "2026-11-21T09:30:00+01:00"


def test_line_ends_survive_the_browser(model):
    assert read(model, "note", ("f.note", "one\r\ntwo")) == "one\ntwo"
    shown = show_control(spec(model, "note"), "one\r\ntwo")
    assert read(model, "note", ("f.note", "one\r\ntwo"), ("f.note.was", shown.was_json)) == "one\r\ntwo"


def test_rows_can_be_added_moved_and_removed(model):
    rows = [("f.tags.row", "0"), ("f.tags.0", "a"), ("f.tags.row", "4"), ("f.tags.4", "b")]
    added = take_control(spec(model, "tags"), posted(*rows, ("_do", "add:f.tags")))
    assert [row.name for row in added.rows] == ["f.tags.0", "f.tags.4", "f.tags.5"]
    assert added.rows[-1].takes_focus
    moved = take_control(spec(model, "tags"), posted(*rows, ("_do", "up:f.tags:4")))
    assert moved.read() == ["b", "a"]
    removed = take_control(spec(model, "tags"), posted(*rows, ("_do", "remove:f.tags:0")))
    assert removed.read() == ["b"]


def test_a_spare_row_is_not_stored(model):
    assert read(
        model, "tags", ("f.tags.row", "0"), ("f.tags.0", "a"), ("f.tags.row", "1"), ("f.tags.1", "")
    ) == ["a"]


def test_a_list_without_rows_is_no_value_and_empty_only_when_asked_for(model):
    assert read(model, "tags") is None
    assert read(model, "tags", ("f.tags.empty", "1")) == []


def test_a_stored_null_in_a_list_stays(model):
    shown = show_control(spec(model, "tags"), ["a", None])
    assert shown.rows[1].has_null
    rows = [
        ("f.tags.row", "0"),
        ("f.tags.0", "b"),
        ("f.tags.row", "1"),
        ("f.tags.1", ""),
        ("f.tags.1.null", "1"),
    ]
    assert read(model, "tags", *rows) == ["b", None]


def test_an_embedded_type_is_absent_until_it_is_added(model):
    assert read(model, "place") is None
    added = take_control(spec(model, "place"), posted(("_do", "add:f.place")))
    assert added.is_present
    assert added.children[0].takes_focus
    opened = next(child for child in added.children if child.label == "opened")
    assert (opened.is_split, opened.zone) == (True, "Z")


def test_an_added_row_of_an_embedded_type_begins_at_its_first_input(model):
    added = take_control(spec(model, "places"), posted(("_do", "add:f.places")))
    assert added.rows[0].children[0].takes_focus


def test_embedded_types_nest_to_any_depth(model):
    stored = {
        "city": "Porto",
        "opened": "2026-11-20T08:00:00.000Z",
        "rooms": [{"name": "hall", "size": 3}],
        "within": {"city": "Portugal", "within": {"city": "Europe"}},
    }
    control = show_control(spec(model, "place"), stored)
    assert control.read() == stored
    labels = [child.label for child in control.children[-1].children[-1].children]
    assert labels == ["street", "city", "opened", "rooms", "within"]


def test_an_error_deep_inside_is_told_beside_its_control(model):
    control = take_control(
        spec(model, "place"),
        posted(
            ("f.place.is", "1"),
            ("f.place.city", "Porto"),
            ("f.place.rooms.row", "0"),
            ("f.place.rooms.0.is", "1"),
            ("f.place.rooms.0.name", "hall"),
            ("f.place.rooms.0.size", "big"),
        ),
    )
    with pytest.raises(Invalid):
        control.read()
    [(inner, sentence)] = control.all_errors()
    assert inner.name == "f.place.rooms.0.size"
    assert "big" in sentence


@pytest.mark.parametrize("value", ["text", 7, ["a"], {"a": 1}])
def test_a_stored_value_of_another_shape_is_shown_as_json(model, value):
    for name in ("tags", "place", "count", "mood", "moment", "note"):
        assert show_control(spec(model, name), value).spec.label == name


def test_a_value_of_another_shape_can_be_edited_as_json(model):
    shown = show_control(spec(model, "place"), ["odd"])
    assert shown.is_json
    assert read(model, "place", ("f.place.json", "1"), ("f.place", '{"city": "Porto"}')) == {"city": "Porto"}


def test_every_stored_field_has_a_control(model):
    form = RecordForm.for_new(model, "Thing", QueryDict())
    stored = {field.name for field in model.schema.model("Thing").stored_fields}
    assert {control.label for control in form.controls} == stored - {"createdAt", "updatedAt"}


def test_the_address_fills_in_a_new_form(model):
    form = RecordForm.for_new(model, "Thing", QueryDict("name=Vice&count=3"))
    assert form.control("name").text == "Vice"
    assert form.control("count").text == "3"


def test_what_belongs_to_no_control_is_told_apart(model):
    data = QueryDict("f.name=Vice&f.gone=kept+words")
    form = RecordForm.from_post(model, "Thing", None, data)
    assert form.leftovers() == {"gone": "kept words"}


def test_the_id_may_be_chosen_but_need_not(model):
    form = RecordForm.from_post(model, "Thing", None, QueryDict("f.name=Vice&f.id="))
    assert "id" not in form.values() or form.values()["id"] is None
    assert not form.summary
    assert json.loads(form.base_json) == {}
