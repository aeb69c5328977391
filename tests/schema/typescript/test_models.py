"""Identifiers, secondary indexes, disabled operations, combined schemas."""

from __future__ import annotations

import pytest


def test_a_model_without_an_identifier_has_the_key_id(read):
    model = read("Post: a.model({ title: a.string() })").model("Post")
    assert (model.primary_key, model.is_key_explicit) == (("id",), False)


def test_a_declared_id_spells_the_key_out_and_is_required(read):
    model = read("Post: a.model({ id: a.id(), title: a.string() })").model("Post")
    assert (model.primary_key, model.is_key_explicit) == (("id",), True)
    assert str(model.field("id").type) == "ID!"


def test_an_identifier_names_partition_and_sort_fields(read):
    body = "Order: a.model({ at: a.datetime().required(), who: a.id(), n: a.id() }).identifier(['who', 'at'])"
    model = read(body).model("Order")
    assert (model.primary_key, model.is_key_explicit) == (("who", "at"), True)
    assert str(model.field("who").type) == "ID!"
    assert str(model.field("n").type) == "ID"
    assert str(model.key_location) == "schema.ts:2:73"


@pytest.mark.parametrize(
    ("fields", "identifier", "expected"),
    [
        ("slug: a.string()", "['slug']", "2:49: schema.E213 'slug' cannot be in the identifier of 'Post': it may be null."),
        ("k: a.enum(['A'])", "['k']", "schema.E213 'k' cannot be in the identifier of 'Post': it is an enum."),
        ("k: a.id(), n: a.id()", "['k', 'n']", "schema.E213 'n' cannot be in the identifier of 'Post': it may be null."),
        ("k: a.id().array()", "['k']", "schema.W253 'Post.k' is in the identifier, so it holds a single value"),
        ("slug: a.string()", "[]", "The identifier of 'Post' names no field."),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_a_key_is_an_error(problems, fields, identifier, expected):
    (found,) = problems(f"Post: a.model({{ {fields} }}).identifier({identifier})")
    assert expected in found


def test_an_identifier_on_the_implied_id_is_the_default(read):
    model = read("Post: a.model({ title: a.string() }).identifier(['id'])").model("Post")
    assert (model.primary_key, model.is_key_explicit) == (("id",), False)


def test_an_index_has_the_query_names_of_gen_2(read):
    body = """Event: a.model({ user: a.id(), kind: a.string(), at: a.datetime() }).secondaryIndexes((index) => [
      index('kind'),
      index('user').sortKeys(['kind', 'at']),
      index('user').sortKeys(['at']).queryField('eventsOf').name('byUser'),
      index('at').queryField(null),
    ])"""
    indexes = read(body).model("Event").indexes
    # in the order of the fields
    assert [(i.fields, i.query_field, i.name, i.is_name_explicit) for i in indexes] == [
        (("user", "kind", "at"), "listEventByUserAndKindAndAt", "", False),
        (("user", "at"), "eventsOf", "byUser", True),
        (("kind",), "listEventByKind", "", False),
        (("at",), None, "", False),
    ]
    assert str(indexes[2].location) == "schema.ts:3:7"


def test_an_index_on_an_unknown_field_comes_last(read):
    body = "Post: a.model({ slug: a.string() }).secondaryIndexes((i) => [i('slag'), i('slug')])"
    assert [index.fields for index in read(body).model("Post").indexes] == [("slug",), ("slag",)]


def test_a_misspelt_index_method_is_an_error(problems):
    body = "Post: a.model({ slug: a.string() }).secondaryIndexes((i) => [i('slug').sortKey(['x'])])"
    assert problems(body) == [
        "schema.ts:2:72: schema.E206 'index()' has no method '.sortKey()'. Did you mean '.sortKeys()'?"
    ]


@pytest.mark.parametrize(
    ("disabled", "expected"),
    [
        ("['queries']", (("queries", None),)),
        ("['subscriptions', 'mutations']", (("subscriptions", None), ("mutations", None))),
        ("['list', 'get', 'delete']", (("queries", {"list": None, "get": None}), ("mutations", {"delete": None}))),
        ("['create', 'mutations']", (("mutations", None),)),
        ("['onUpdate']", (("subscriptions", {"onUpdate": None}),)),
    ],
)  # fmt: skip
def test_disabled_operations_become_arguments_of_the_model(read, disabled, expected):
    model = read(f"Post: a.model({{ t: a.string() }}).disableOperations({disabled})").model("Post")
    assert model.model_arguments == expected


def test_an_unknown_operation_cannot_be_disabled(problems):
    (found,) = problems("Post: a.model({ t: a.string() }).disableOperations(['lists'])")
    assert found == (
        "schema.ts:2:53: schema.E214 There is no operation 'lists' to disable. Did you mean 'list'?"
    )


def test_combined_schemas_are_read_together_each_with_its_own_rules(read):
    schema = read(
        schema="""
        const one = a.schema({ Post: a.model({ tag: a.ref('Tag') }) }).authorization((allow) => allow.owner());
        const two = a.schema({ Tag: a.enum(['X']), Note: a.model({ text: a.string() }) })
          .authorization((allow) => [allow.publicApiKey()]);
        export const schema = a.combine([one, two]);
        """
    )
    assert [(m.name, m.auth[0].allow) for m in schema.models] == [("Post", "owner"), ("Note", "public")]


def test_combined_schemas_cannot_define_a_name_twice(problem):
    found = problem(
        schema="""
        const one = a.schema({ Post: a.model({ t: a.string() }) }).authorization((allow) => allow.guest());
        const two = a.schema({ Post: a.model({ t: a.string() }) }).authorization((allow) => allow.guest());
        const schema = a.combine([one, two]);
        """
    )
    assert (found.code, found.location.line) == ("schema.E210", 3)
