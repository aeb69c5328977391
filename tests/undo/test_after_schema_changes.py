"""Undo of what was done under an earlier schema version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel import records, registry
from datamodel.changes.history import history
from datamodel.changes.lineage import lineage_of
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.schema import SchemaOptions, Source
from datamodel.undo import UndoRefused, revert_record, undo_change, undo_group
from tests.undo.conftest import create, everything, last_change, last_group

BOOK = """
enum Shelf { FRONT BACK }
type Author @model { id: ID! name: String! books: [Book] @hasMany(indexName: "byAuthor", fields: ["id"]) }
type Book @model { id: ID! title: String! blurb: String shelf: Shelf pages: Int
  authorID: ID @index(name: "byAuthor") author: Author @belongsTo(fields: ["authorID"]) }
"""

Apply = Callable[..., DataModel]


@pytest.fixture
def apply(clean_tables: None, datastore: bool) -> Apply:
    """Apply a schema with what ``PlanOptions`` takes."""

    def run(text: str, **options: Any) -> DataModel:
        schema = SchemaOptions(datastore=datastore)
        plan = make_plan([Source("schema.graphql", text)], PlanOptions(schema=schema, **options))
        apply_plan(plan, allow_destructive=True)
        return registry.current()

    return run


@pytest.fixture
def library(apply: Apply) -> DataModel:
    return apply(BOOK)


def fill(datamodel: DataModel) -> None:
    create(datamodel, "Author", id="a", name="Ada")
    create(datamodel, "Book", id="b", title="T", blurb="S", shelf="BACK", pages=7, authorID="a")


def refusal(datamodel: DataModel, group: Any) -> str:
    before, last = everything(datamodel), Change.objects.count()
    with pytest.raises(UndoRefused) as refused:
        undo_group(datamodel, group)
    assert (everything(datamodel), Change.objects.count()) == (before, last)
    (obstacle,) = refused.value.obstacles
    return obstacle.message


def test_renamed_fields_take_their_values_along(apply, library):
    fill(library)
    records.delete(library, "Author", {"id": "a"})
    group = last_group()
    renamed = apply(
        BOOK.replace("title", "heading").replace("authorID", "writerID"),
        renames={("Book", "title"): "heading", ("Book", "authorID"): "writerID"},
    )
    undone = undo_group(renamed, group)
    book = renamed.model("Book").objects.get()
    assert (book.get_value("heading"), book.get_value("writerID")) == ("T", "a")
    assert (undone.restored, undone.dropped) == (2, ())


def test_a_renamed_model_takes_its_records_along(apply, library):
    fill(library)
    records.delete(library, "Author", {"id": "a"})
    group = last_group()
    renamed = apply(
        BOOK.replace("Book", "Volume").replace("books", "volumes"),
        model_renames={"Book": "Volume"},
        renames={("Author", "books"): "volumes"},
    )
    assert undo_group(renamed, group).restored == 2
    volume = renamed.model("Volume").objects.get()
    assert volume.get_value("title") == "T"
    assert [change.model for change in history("Volume", "b", 9, lineage=lineage_of(renamed)).items] == [
        "Volume",
        "Book",
        "Book",
    ]
    assert undo_group(renamed, last_group()).removed == 2


def test_a_later_change_is_found_under_the_models_new_name(apply, library):
    fill(library)
    records.update(library, "Book", {"id": "b"}, {"title": "U"})
    group = last_group()
    renamed = apply(
        BOOK.replace("Book", "Volume").replace("books", "volumes").replace("title", "heading"),
        model_renames={"Book": "Volume"},
        renames={("Author", "books"): "volumes", ("Volume", "title"): "heading"},
    )
    records.update(renamed, "Volume", {"id": "b"}, {"heading": "V"})
    with pytest.raises(UndoRefused) as refused:
        undo_group(renamed, group)
    (obstacle,) = refused.value.obstacles
    assert (obstacle.model, obstacle.change) == ("Volume", last_change())
    undo_group(renamed, last_group())
    undo_group(renamed, group)
    assert renamed.model("Volume").objects.get().get_value("heading") == "T"


def test_values_of_dropped_fields_are_told(apply, library):
    fill(library)
    records.delete(library, "Book", {"id": "b"})
    changed = apply(BOOK.replace("blurb: String", "").replace("pages: Int", ""))
    undone = undo_group(changed, last_group())
    assert undone.dropped == ("Book.blurb", "Book.pages")
    assert changed.model("Book").objects.get().get_value("title") == "T"


def test_an_update_of_a_dropped_field_leaves_nothing_to_undo(apply, library):
    fill(library)
    records.update(library, "Book", {"id": "b"}, {"pages": 8})
    group = last_group()
    changed = apply(BOOK.replace("pages: Int", ""))
    records.update(changed, "Book", {"id": "b"}, {"title": "U"})
    assert "Nothing is left to undo" in refusal(changed, group)


def test_a_dropped_model_is_an_obstacle(apply, library):
    create(library, "Book", id="b", title="T")
    records.delete(library, "Book", {"id": "b"})
    changed = apply("type Author @model { id: ID! name: String! }")
    assert refusal(changed, last_group()) == "Book 'T': The schema has no model 'Book' any more."


def test_a_model_that_came_back_takes_its_records_again(apply, library):
    create(library, "Book", id="b", title="T")
    records.delete(library, "Book", {"id": "b"})
    group = last_group()
    apply("type Author @model { id: ID! name: String! }")
    again = apply(BOOK)
    assert undo_group(again, group).restored == 1


def test_an_enum_value_that_is_gone_is_an_obstacle(apply, library):
    create(library, "Book", id="b", title="T", shelf="BACK")
    records.delete(library, "Book", {"id": "b"})
    changed = apply(BOOK.replace("{ FRONT BACK }", "{ FRONT SIDE }"))
    assert "'shelf' does not take the value it had. 'BACK' is not one of FRONT, SIDE." in refusal(
        changed, last_group()
    )


def test_a_value_of_another_type_is_an_obstacle(apply, library):
    create(library, "Book", id="b", title="T", pages=7)
    records.delete(library, "Book", {"id": "b"})
    changed = apply(BOOK.replace("pages: Int", "pages: String"))
    assert "'pages' does not take the value it had. '7' is not text." in refusal(changed, last_group())


def test_a_field_that_is_required_now_is_an_obstacle(apply, library):
    create(library, "Book", id="b", title="T")
    records.delete(library, "Book", {"id": "b"})
    changed = apply(BOOK.replace("blurb: String", "blurb: String!"))
    assert "'blurb' is required now, and it had no value." in refusal(changed, last_group())


def test_a_new_field_is_filled_with_its_default(apply, library):
    create(library, "Book", id="b", title="T")
    records.delete(library, "Book", {"id": "b"})
    changed = apply(BOOK.replace("pages: Int", 'pages: Int place: String! @default(value: "here")'))
    undo_group(changed, last_group())
    assert changed.model("Book").objects.get().get_value("place") == "here"


def test_new_timestamps_are_filled_in(apply):
    bare = apply("type Note @model(timestamps: null) { id: ID! text: String }")
    create(bare, "Note", id="n", text="T")
    records.delete(bare, "Note", {"id": "n"})
    changed = apply("type Note @model { id: ID! text: String }")
    undo_group(changed, last_group())
    assert changed.model("Note").objects.get().get_value("createdAt").endswith("Z")


def test_a_creation_is_undone_where_nobody_filled_a_new_field(apply, library):
    create(library, "Book", id="b", title="T")
    create(library, "Book", id="c", title="T")
    first, second = Change.objects.order_by("id")
    changed = apply(BOOK.replace("pages: Int", "pages: Int weight: Int"))
    records.update(changed, "Book", {"id": "c"}, {"weight": 3})
    assert undo_group(changed, first.group).removed == 1
    assert "'weight' was changed since." in refusal(changed, second.group)


def test_another_kind_of_key_is_an_obstacle(apply, library):
    create(library, "Book", id="b", title="T")
    records.delete(library, "Book", {"id": "b"})
    key = "type Book @model { isbn: ID! @primaryKey title: String! }"
    changed = apply(key, defaults={})
    assert "'isbn' is required now" in refusal(changed, last_group())


def test_a_record_is_reverted_by_todays_names(apply, library):
    fill(library)
    change = last_change("Book")
    records.update(library, "Book", {"id": "b"}, {"title": "U", "pages": 8})
    renamed = apply(BOOK.replace("title", "heading"), renames={("Book", "title"): "heading"})
    book = revert_record(renamed, "Book", "b", change.id)
    assert (book.get_value("heading"), book.get_value("pages")) == ("T", 7)
    assert last_change().cause == f"revert {change.id}"


def test_one_entry_of_an_earlier_version_is_undone(apply, library):
    fill(library)
    records.delete(library, "Book", {"id": "b"})
    renamed = apply(BOOK.replace("title", "heading"), renames={("Book", "title"): "heading"})
    undo_change(renamed, Change.objects.last().id)
    assert renamed.model("Book").objects.get().get_value("heading") == "T"


def test_tombstones_from_before_do_not_keep_what_is_removed_for_good(apply, datastore):
    if not datastore:
        pytest.skip("Without DataStore there are no tombstones.")
    text = BOOK + 'type Loan @model { id: ID! bookID: ID! book: Book @hasOne(fields: ["bookID"]) }'
    library = apply(text)
    create(library, "Author", id="a", name="Ada")
    group = last_group()
    create(library, "Book", id="b", title="T", authorID="a")
    create(library, "Loan", id="l", bookID="b")
    records.delete(library, "Loan", {"id": "l"})
    records.delete(library, "Book", {"id": "b"})
    plan = make_plan([Source("s.graphql", text)], PlanOptions(schema=SchemaOptions(datastore=False)))
    apply_plan(plan)
    plain = registry.current()
    assert undo_group(plain, group).removed == 1
    assert all(not model.all_objects.exists() for model in plain.models.values())
