from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datamodel.schema import Source, decode_schema, encode_schema, load_schema, parse_schema
from datamodel.schema.ir import Dialect, Schema
from tests.schema.checks import load, source

EVERYTHING = """
input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }
"A post."
type Post @model(queries: { get: "onePost" }, subscriptions: { level: off }) @auth(rules: [{ allow: owner }]) {
  id: ID! @primaryKey(sortKeyFields: ["at"])
  at: AWSDateTime!
  title: String! @default(value: "untitled")
  links: [AWSURL!]!
  kind: Kind @index(name: "byKind", sortKeyFields: ["at"], queryField: null)
  home: Address
  comments: [Comment] @hasMany(limit: 5)
  tags: [Tag] @manyToMany(relationName: "PostTags")
}
type Comment @model { post: Post @belongsTo }
type Tag @model { posts: [Post] @manyToMany(relationName: "PostTags") }
"A kind." enum Kind { "The first." A B }
type Address { street: String }
type Query { hello(name: String): String }
interface Named { name: String }
"""


def round_trip(schema):
    return decode_schema(json.loads(json.dumps(encode_schema(schema))))


@pytest.mark.parametrize(
    "text",
    [
        EVERYTHING,
        'type A @model @key(fields: ["a"]) @versioned { a: ID! bs: [B] @connection(name: "AB", keyField: "k") }'
        ' type B @model { a: A @connection(name: "AB", keyField: "k") }',
        "type A @model(timestamps: null, mutations: null) { id: ID! }",
    ],
)
def test_a_complete_schema_survives_storing(text):
    schema = load(text)
    assert round_trip(schema) == schema


def test_a_raw_schema_survives_storing():
    schema = parse_schema([source(EVERYTHING)]).schema
    assert round_trip(schema) == schema


def test_locations_are_dropped():
    schema = round_trip(load(EVERYTHING))
    assert schema.model("Post").location is None
    assert "post.graphql" not in json.dumps(encode_schema(load(EVERYTHING)))


def test_what_is_default_is_not_written():
    assert encode_schema(Schema(Dialect.V2)) == {"dialect": "v2"}


def test_data_with_more_than_is_known_can_still_be_read():
    assert decode_schema({"dialect": "v1", "colour": "red"}) == Schema(Dialect.V1)


NAMES = st.from_regex(r"\A[A-Z][a-z0-9]{0,4}\Z").filter(
    lambda name: name not in ("Query", "String", "Int", "Float", "ID")
)
SCALARS = st.sampled_from(["ID", "String", "Int", "AWSDate", "AWSJSON"])
SHAPES = st.sampled_from(["{}", "{}!", "[{}]", "[{}!]", "[{}]!", "[{}!]!"])
RELATIONS = st.sampled_from(["c{0}: [{1}] @hasMany", "c{0}: {1} @hasOne", "c{0}: {1}! @hasOne", "c{0}: {1}"])


@st.composite
def schemas(draw):
    """Texts of schemas with a few models, fields and relationships."""
    models = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.lower))
    definitions = []
    for model in models:
        fields = [
            f"f{number}: {shape.format(scalar)}"
            for number, (shape, scalar) in enumerate(
                draw(st.lists(st.tuples(SHAPES, SCALARS), min_size=1, max_size=4))
            )
        ]
        fields += [
            relation.format(number, target)
            for number, (relation, target) in enumerate(
                draw(st.lists(st.tuples(RELATIONS, st.sampled_from(models)), max_size=3))
            )
        ]
        definitions.append(f"type {model}Rec @model {{ {' '.join(fields)} }}".replace("@model", "@model", 1))
    text = "\n".join(definitions)
    for model in models:
        for shape in (f"[{model}] @", f": {model} @", f": {model}! @"):
            text = text.replace(shape, shape.replace(model, f"{model}Rec"))
        text = text.replace(f": {model} c", f": {model}Rec c").replace(f": {model} }}", f": {model}Rec }}")
    return text


@settings(max_examples=40, deadline=None)
@given(schemas())
def test_any_schema_survives_storing(text):
    schema = load_schema([Source("a.graphql", text)]).schema
    assert round_trip(schema) == schema


@settings(max_examples=40, deadline=None)
@given(schemas())
def test_every_relation_reads_a_link_whose_fields_exist(text):
    schema = load_schema([Source("a.graphql", text)]).schema
    for model in schema.models:
        for item in model.relation_fields:
            link = schema.link(item.relation.link)
            assert all(schema.model(link.child).field(name).is_stored for name in link.reference_fields)
            assert all(schema.model(link.parent).field(name).is_stored for name in link.identifier_fields)
            assert item.name in (*link.child_fields, *link.parent_fields)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from('type A@model{}()[]!:"# \n,id:ID!'), max_size=60))
def test_no_text_makes_the_reader_raise(text):
    result = parse_schema([Source("a.graphql", text)])
    assert result.schema is not None or result.problems
