"""The flags of an Amplify project: which names they change."""

from __future__ import annotations

import pytest

from datamodel.schema import Flag, SchemaOptions, Source, find_flag, load_schema
from datamodel.schema.ir import ModelType

BOOK = """
type Book @model { isbn: String! @primaryKey(sortKeyFields: ["edition"]) edition: Int!
  pages: [Page] @hasMany readers: [Reader] @manyToMany(relationName: "BookReader") }
type Page @model { id: ID! }
type Reader @model { id: ID! books: [Book] @manyToMany(relationName: "BookReader") }
"""
INDEXED = """
type Note @model(queries: { get: "note" }) { id: ID! day: AWSDate @index(name: "byDay")
  kind: String @index(name: "byKind", queryField: "notesOfKind") }
"""
LISTED = "type Category @model { id: ID! name: String }"


def load(text: str, *, told: tuple[tuple[str, bool], ...] = (), **flags: bool) -> dict[str, ModelType]:
    options = SchemaOptions(datastore=True, flags=flags)
    schema = load_schema([Source("schema.graphql", text, flags=told)], options).schema
    return {model.name: model for model in schema.models}


def test_generated_keys_are_called_like_the_key_they_hold() -> None:
    models = load(BOOK)
    assert models["Page"].find_field("bookPagesIsbn")
    assert models["BookReader"].find_field("bookIsbn")


def test_keys_of_older_projects_are_called_id() -> None:
    models = load(BOOK, respectPrimaryKeyAttributesOnConnectionField=False)
    key = models["Page"].field("bookPagesId")
    assert str(key.type) == "ID"
    assert models["Page"].find_field("bookPagesEdition")
    assert models["BookReader"].field("bookID").type.name == "String"
    assert [index.query_field for index in models["BookReader"].indexes] == [
        "bookReadersByBookIDAndBookedition",
        "bookReadersByReaderID",
    ]


@pytest.mark.parametrize(
    ("is_on", "queries"), [(True, ["notesByDay", "notesOfKind"]), (False, [None, "notesOfKind"])]
)
def test_an_index_has_a_query_of_its_own(is_on: bool, queries: list[str | None]) -> None:
    note = load(INDEXED, enableAutoIndexQueryNames=is_on)["Note"]
    assert [index.query_field for index in note.indexes] == queries


@pytest.mark.parametrize(("is_on", "listed"), [(True, "listNotes"), (False, None)])
def test_operations_that_the_model_does_not_name_may_stay(is_on: bool, listed: str | None) -> None:
    operations = load(INDEXED, shouldDeepMergeDirectiveConfigDefaults=is_on)["Note"].operations
    assert (operations.get, operations.list) == ("note", listed)


@pytest.mark.parametrize(
    ("dialect", "listed"), [('@key(fields: ["id"])', "listCategorys"), ("", "listCategories")]
)
def test_plurals_of_old_projects_of_version_1_only_add_an_s(dialect: str, listed: str) -> None:
    text = LISTED.replace("@model", f"@model {dialect}")
    operations = load(text, improvePluralization=False)["Category"].operations
    assert (operations.list, operations.sync) == (listed, "syncCategories")


def test_a_flag_that_is_given_wins_over_the_project() -> None:
    name = Flag.RESPECT_KEY_NAMES
    assert load(BOOK, told=((name, False),))["Page"].find_field("bookPagesId")
    assert load(BOOK, told=((name, False),), **{name: True})["Page"].find_field("bookPagesIsbn")


def test_flags_are_found_in_any_letter_case() -> None:
    assert find_flag("enableautoindexquerynames") is Flag.NAME_INDEX_QUERIES
    assert find_flag("nothing") is None
