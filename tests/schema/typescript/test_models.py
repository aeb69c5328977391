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
        ("slug: a.string()", "['slug']", "2:49: schema.E214 'slug' cannot be in the identifier of 'Post': it may be null."),
        ("slug: a.string().required()", "['slug', 'dy']", "it is not a field of the model."),
        ("k: a.enum(['A'])", "['k']", "it is not a scalar but PostK. Use a scalar field."),
        ("slug: a.string()", "[]", "The identifier of 'Post' names no field."),
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_a_key_is_an_error(problems, fields, identifier, expected):
    (found,) = problems(f"Post: a.model({{ {fields} }}).identifier({identifier})")
    assert expected in found


def test_an_identifier_on_an_unknown_field_has_no_effect_but_a_warning(read, problems):
    body = "Post: a.model({ title: a.string() }).identifier(['titel'])"
    assert read(body).model("Post").primary_key == ("id",)
    assert problems(body) == [
        "schema.ts:2:50: schema.W253 The identifier of 'Post' names 'titel', which is not a field; the key is "
        "'id'. Did you mean 'title'?"
    ]


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


def test_an_index_on_an_unknown_field_is_left_out_with_a_warning(read, problems):
    body = "Post: a.model({ slug: a.string() }).secondaryIndexes((i) => [i('slag')])"
    assert read(body).model("Post").indexes == ()
    assert problems(body) == [
        "schema.ts:2:62: schema.W254 An index of 'Post' is on 'slag', which is not a field; the index is left "
        "out. Did you mean 'slug'?"
    ]


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
        "schema.ts:2:53: schema.E219 There is no operation 'lists' to disable. Did you mean 'list'?"
    )


def test_a_relation_that_pairs_with_two_fields_is_an_error(problems):
    found = problems(
        "Post: a.model({ comments: a.hasMany('Comment', 'postId'), first: a.hasOne('Comment', 'postId') }),\n"
        "Comment: a.model({ postId: a.id(), post: a.belongsTo('Post', 'postId') })"
    )
    assert found == [
        "schema.ts:3:36: schema.E221 'Comment.post' pairs with 'Post.comments' and 'Post.first', which name the "
        "same reference fields. Give each relationship reference fields of its own."
    ]


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
