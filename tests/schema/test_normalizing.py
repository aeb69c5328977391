from __future__ import annotations

import pytest

from datamodel.schema.ir import FieldOrigin
from tests.schema.checks import fields_of, load, load_gen2

# ids, timestamps, owners


def test_a_model_without_a_key_gets_an_id():
    model = load("type A @model { a: ID }").model("A")
    assert (model.primary_key, model.is_key_explicit) == (("id",), False)
    assert model.field("id").origin is FieldOrigin.IMPLICIT_ID
    assert str(model.field("id").type) == "ID!"


def test_a_declared_id_stays_as_it_is():
    assert fields_of(load("type A @model(timestamps: null) { id: String }"), "A") == ["id: String"]


def test_a_model_with_a_key_of_its_own_gets_no_id():
    assert load("type A @model { a: ID! @primaryKey }").model("A").find_field("id") is None


def test_timestamps_come_after_what_is_declared_and_are_read_only():
    schema = load("type A @model { id: ID! }")
    assert fields_of(schema, "A") == ["id: ID!", "createdAt: AWSDateTime!", "updatedAt: AWSDateTime!"]
    created = schema.model("A").field("createdAt")
    assert (created.origin, created.is_read_only) == (FieldOrigin.TIMESTAMP, True)


@pytest.mark.parametrize(
    ("arguments", "names", "filled"),
    [
        (
            '(timestamps: { createdAt: "made", updatedAt: "changed" })',
            ["made", "changed"],
            ("made", "changed"),
        ),
        ('(timestamps: { createdAt: "made" })', ["made", "updatedAt"], ("made", "updatedAt")),
        ("(timestamps: { createdAt: null })", ["updatedAt"], (None, "updatedAt")),
        ("(timestamps: null)", [], (None, None)),
    ],
)
def test_timestamps_can_be_renamed_and_switched_off(arguments, names, filled):
    model = load(f"type A @model{arguments} {{ id: ID! }}").model("A")
    assert [item.name for item in model.fields if item.origin is FieldOrigin.TIMESTAMP] == names
    assert (model.created_at, model.updated_at) == filled


def test_a_declared_timestamp_is_the_users_own():
    model = load("type A @model { id: ID! createdAt: AWSDateTime updatedAt: AWSTimestamp }").model("A")
    assert model.field("createdAt").origin is FieldOrigin.DECLARED
    assert (model.created_at, model.updated_at) == ("createdAt", None)


def test_an_owner_that_is_not_declared_is_added():
    schema = load("""
    type A @model(timestamps: null) @auth(rules: [{ allow: owner }]) { id: ID! }
    type B @model(timestamps: null) @auth(rules: [{ allow: owner, ownerField: "author" }]) { id: ID! author: String! }
    """)
    assert fields_of(schema, "A") == ["id: ID!", "owner: String"]
    assert fields_of(schema, "B") == ["id: ID!", "author: String!"]
    assert (schema.model("A").field("owner").origin, schema.model("A").field("owner").is_read_only) == (
        FieldOrigin.OWNER,
        True,
    )


def test_defaults_are_written_as_they_are_stored():
    model = load("""
    type A @model {
      a: Int @default(value: " 7 pieces")
      b: Float @default(value: "1e3")
      c: Boolean @default(value: "TRUE")
      d: String @default(value: " as is ")
    }
    """).model("A")
    assert [model.field(name).default for name in "abcd"] == ["7", "1000.0", "true", " as is "]


# operations


def operations(text, model="A", **options):
    return load(text, **options).model(model).operations


def test_the_operations_of_a_model_have_their_usual_names():
    found = operations("type category @model { id: ID! }", "category", datastore=False)
    assert (found.get, found.list, found.sync) == ("getCategory", "listCategories", None)
    assert (found.create, found.update, found.delete) == (
        "createCategory",
        "updateCategory",
        "deleteCategory",
    )
    assert (found.on_create, found.on_update) == (("onCreateCategory",), ("onUpdateCategory",))


def test_datastore_adds_a_sync_query():
    text = "type Category @model { id: ID! }"
    assert operations(text, "Category").sync == "syncCategories"
    assert operations(text, "Category", datastore=False).sync is None


def test_a_map_of_operations_replaces_the_defaults_in_version_2():
    found = operations(
        'type A @model(queries: { get: "one" }, mutations: { create: "add", delete: null }) { id: ID! }'
    )
    assert (found.get, found.list, found.sync) == ("one", None, None)
    assert (found.create, found.update, found.delete) == ("add", None, None)
    assert (found.on_create, found.on_update, found.on_delete) == (("onCreateA",), (), ())


def test_a_map_of_operations_is_merged_with_the_defaults_in_gen_2():
    schema = load_gen2("type A @model(queries: { get: null }, subscriptions: { onCreate: null }) { id: ID! }")
    found = schema.model("A").operations
    assert (found.get, found.list) == (None, "listAS")
    assert (found.on_create, found.on_delete) == ((), ("onDeleteA",))


def test_version_1_syncs_even_without_queries():
    found = operations('type A @model(queries: null) @key(name: "byB", fields: ["b"]) { id: ID! b: ID }')
    assert (found.get, found.list, found.sync) == (None, None, "syncAS")


def test_version_2_does_not_sync_without_queries():
    assert operations("type A @model(queries: null) { id: ID! }").sync is None


def test_subscriptions_end_with_their_mutation():
    found = operations("type A @model(mutations: null) { id: ID! }")
    assert (found.on_create, found.on_update, found.on_delete) == ((), (), ())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("null", ()),
        ("{ level: off }", ()),
        ("{ level: public }", ("onCreateA",)),
        ('{ onCreate: ["a", "b"] }', ("a", "b")),
        ('{ onCreate: "a" }', ("a",)),
    ],
)
def test_subscriptions_can_be_renamed_and_switched_off(given, expected):
    assert operations(f"type A @model(subscriptions: {given}) {{ id: ID! }}").on_create == expected


def test_a_long_subscription_name_is_cut_in_version_2_only():
    name = "ThisModelHasAnExtraordinarilyLongNameForAModel"
    assert operations(f"type {name} @model {{ id: ID! }}", name).on_create != (f"onCreate{name}",)
    version_1 = f'type {name} @model @key(name: "byA", fields: ["a"]) {{ id: ID! a: ID }}'
    assert operations(version_1, name).on_create == (f"onCreate{name}",)


# indexes


def indexes(schema, model="A"):
    return [(index.name, index.query_field) for index in schema.model(model).indexes]


def test_an_index_of_version_2_is_named_and_queried_by_default():
    schema = load("""
    type A @model {
      a: ID @index
      b: ID @index(name: "byB", sortKeyFields: ["a"])
      c: ID @index(name: "byC", queryField: "aByC")
      d: ID @index(name: "byD", queryField: null)
    }
    """)
    assert indexes(schema) == [("aSByA", "aSByA"), ("byB", "aSByBAndA"), ("byC", "aByC"), ("byD", None)]


def test_an_index_of_version_1_is_queried_only_by_name():
    schema = load("""
    type A @model @key(name: "byB", fields: ["b"]) @key(name: "byC", fields: ["c"], queryField: "q") { b: ID c: ID }
    """)
    assert indexes(schema) == [("byB", None), ("byC", "q")]


def test_an_index_of_gen_2_is_queried_by_the_singular():
    schema = load_gen2('type A @model { a: ID @index(sortKeyFields: ["b"]) b: ID }')
    assert indexes(schema) == [("aSByAAndB", "listAByAAndB")]


def test_an_index_on_a_list_has_no_effect_in_version_1():
    assert indexes(load('type A @model @key(name: "byB", fields: ["b"]) { b: [ID] }')) == []
