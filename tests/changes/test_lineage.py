"""What models and fields of earlier versions are called today."""

from __future__ import annotations

import pytest

from datamodel import records
from datamodel.changes.lineage import lineage_of
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import Change
from datamodel.schema import Source
from datamodel.undo import undo_change

NOTE = "type Note @model { id: ID! text: String rating: Int }"


@pytest.fixture
def change_schema(activate_schema):
    """Activate a schema with renames."""

    def change(text, **renames):
        plan = make_plan([Source("schema.graphql", text)], PlanOptions(**renames))
        return apply_plan(plan, allow_destructive=True)

    activate_schema(NOTE)
    return change


def test_names_that_nobody_changed_stand_for_themselves(change_schema):
    lineage = lineage_of(change_schema(NOTE.replace("rating: Int", "rating: Int more: String")))
    assert lineage.model_now(1, "Note") == "Note"
    assert lineage.field_now(1, "Note", "text") == "text"
    assert lineage.field_now(1, "Note", "more") is None


def test_a_renamed_field_and_a_renamed_model_are_followed_through_versions(change_schema):
    change_schema(NOTE.replace("text", "body"), renames={("Note", "text"): "body"})
    change_schema(NOTE.replace("text", "body").replace("Note", "Memo"), model_renames={"Note": "Memo"})
    last = NOTE.replace("text", "content").replace("Note", "Memo")
    lineage = lineage_of(change_schema(last, renames={("Memo", "body"): "content"}))
    assert [lineage.model_now(n, name) for n, name in ((1, "Note"), (2, "Note"), (3, "Memo"))] == ["Memo"] * 3
    assert lineage.field_now(1, "Note", "text") == "content"
    assert lineage.field_now(2, "Note", "body") == "content"
    assert lineage.field_now(3, "Memo", "body") == "content"
    assert lineage.names_of("Memo") == {"Note": range(1, 3), "Memo": range(3, 5)}


def test_model_and_field_are_renamed_at_once(change_schema):
    text = NOTE.replace("Note", "Memo").replace("text", "body")
    lineage = lineage_of(
        change_schema(text, renames={("Note", "text"): "body"}, model_renames={"Note": "Memo"})
    )
    assert lineage.field_now(1, "Note", "text") == "body"
    assert lineage.field_now(1, "Note", "rating") == "rating"


def test_two_fields_that_change_places_are_told_apart(change_schema):
    change_schema("type Note @model { id: ID! a: String b: String }", renames={("Note", "text"): "a"})
    lineage = lineage_of(
        change_schema(
            "type Note @model { id: ID! c: String d: String }",
            renames={("Note", "a"): "d", ("Note", "b"): "c"},
        )
    )
    assert (lineage.field_now(2, "Note", "a"), lineage.field_now(2, "Note", "b")) == ("d", "c")
    assert lineage.field_now(1, "Note", "text") == "d"


def test_what_is_gone_is_called_nothing(change_schema):
    lineage = lineage_of(change_schema("type Other @model { id: ID! name: String }"))
    assert lineage.model_now(1, "Note") is None
    assert lineage.field_now(1, "Note", "text") is None


def test_a_change_before_a_rename_is_undone_after_it(change_schema, activate_schema):
    model = activate_schema(NOTE)
    records.create(model, "Note", {"id": "n", "text": "one"})
    records.update(model, "Note", {"id": "n"}, {"text": "two"})
    change = Change.objects.order_by("-id").first()
    text = NOTE.replace("Note", "Memo").replace("text", "body")
    renamed = change_schema(text, renames={("Note", "text"): "body"}, model_renames={"Note": "Memo"})
    undone = undo_change(renamed, change.pk)
    assert (undone.reverted, undone.dropped) == (1, ())
    assert renamed.model("Memo").objects.get().get_value("body") == "one"
