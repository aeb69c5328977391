"""What the rules of a schema grant to public keys, in every dialect."""

from __future__ import annotations

import pytest

from datamodel.schema import Dialect, SchemaOptions, Source, load_schema, tell_dialect
from datamodel.schema.grants import EVERYTHING, NOTHING, OPERATIONS, READS, hidden_embedded, public_grants

PUBLIC = "{ allow: public }"
OWNER = "{ allow: owner }"


def grants(text, *, dialect=Dialect.V2, model="Post", **options):
    sources = tell_dialect([Source("schema.graphql", text)], dialect, "the test")
    schema = load_schema(sources, SchemaOptions(**options)).schema
    return public_grants(schema, schema.model(model))


def post(rules="", field="", **options):
    """The grants of a Post with rules on the model and on the field 'secret'."""
    on_model = f"@auth(rules: [{rules}])" if rules else ""
    on_field = f"@auth(rules: [{field}])" if field else ""
    return grants(
        f"type Post @model {on_model} {{ id: ID! title: String secret: String {on_field} }}", **options
    )


def gen2(rules, field="", schema_rules=""):
    code = (
        "import { a } from '@aws-amplify/backend';\n"
        f"export const schema = a.schema({{ Post: a.model({{ title: a.string(), secret: a.string(){field} }}){rules} }}){schema_rules};"
    )
    schema = load_schema([Source("resource.ts", code)]).schema
    return public_grants(schema, schema.model("Post"))


class TestModels:
    def test_version_1_leaves_a_model_without_rules_open(self):
        assert post(dialect=Dialect.V1) == EVERYTHING

    def test_version_2_closes_it(self):
        assert post().operations == NOTHING.operations

    def test_unless_the_whole_schema_is_open(self):
        rule = "input AMPLIFY { globalAuthRule: AuthRule = { allow: public } } "
        assert grants(rule + "type Post @model { id: ID! }") == EVERYTHING
        assert post(is_open=True) == EVERYTHING

    @pytest.mark.parametrize("dialect", [Dialect.V1, Dialect.V2])
    @pytest.mark.parametrize(
        "rules",
        [OWNER, "{ allow: private }", '{ allow: groups, groups: ["A"] }', "{ allow: public, provider: iam }"],
    )
    def test_rules_of_other_kinds_close_a_model(self, rules, dialect):
        assert not post(rules, dialect=dialect, is_open=True).operations

    def test_a_public_rule_reaches_as_far_as_it_says(self):
        assert post("{ allow: public, operations: [read] }").operations == READS
        assert post("{ allow: public, operations: [get, create] }").operations == {"get", "create"}
        assert post(f"{OWNER}, {PUBLIC}") == EVERYTHING

    def test_version_1_names_queries_and_mutations(self):
        found = post("{ allow: public, queries: [get], mutations: null }", dialect=Dialect.V1)
        assert not found.operations & {"create", "update", "delete"}

    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            (".authorization((allow) => [allow.publicApiKey()])", OPERATIONS),
            (".authorization((allow) => [allow.publicApiKey().to(['read'])])", READS),
            (".authorization((allow) => [allow.owner()])", set()),
            (".authorization((allow) => [allow.guest()])", set()),
        ],
    )
    def test_gen_2_goes_by_its_builders(self, rules, expected):
        assert gen2(rules).operations == expected

    def test_in_gen_2_the_rules_of_a_model_replace_those_of_the_schema(self):
        everyone = ".authorization((allow) => [allow.publicApiKey()])"
        assert gen2("", schema_rules=everyone) == EVERYTHING
        assert not gen2(".authorization((allow) => [allow.owner()])", schema_rules=everyone).operations

    def test_a_generated_join_model_has_the_rules_of_both_sides(self):
        text = """
            type Post @model @auth(rules: [{ allow: owner }]) { id: ID! tags: [Tag] @manyToMany(relationName: "PostTag") }
            type Tag @model @auth(rules: [{ allow: public, operations: [read] }]) { id: ID! posts: [Post] @manyToMany(relationName: "PostTag") }
        """
        assert grants(text, model="PostTag").operations == READS


class TestFields:
    def test_a_field_with_other_rules_is_hidden_and_closed(self):
        found = post(PUBLIC, OWNER)
        assert found.hidden == found.uncreatable == found.unchangeable == found.unclearable == {"secret"}

    def test_deleting_a_record_needs_the_right_to_delete_each_field(self):
        assert post(PUBLIC, OWNER).operations == OPERATIONS - {"delete"}
        assert post(PUBLIC, PUBLIC).operations == OPERATIONS

    def test_the_rules_of_a_field_replace_those_of_the_model(self):
        found = post(OWNER, "{ allow: public, operations: [read, update] }")
        assert found.operations == READS | {"update"}
        assert found.hidden == {"id", "title"}
        assert found.unchangeable == {"id", "title"}
        assert found.unclearable >= {"secret"}

    def test_a_rule_on_a_field_alone_closes_the_rest_even_of_an_open_schema(self):
        found = post("", PUBLIC, is_open=True)
        assert found.hidden == {"id", "title"}
        assert "delete" not in found.operations

    def test_without_the_right_to_delete_no_field_can_be_cleared(self):
        assert post("{ allow: public, operations: [create, read, update] }").unclearable >= {
            "title",
            "secret",
        }

    def test_version_1_puts_the_rules_of_a_field_on_top_of_the_models(self):
        found = post("", OWNER, dialect=Dialect.V1)
        assert found.operations == OPERATIONS
        assert found.hidden == found.uncreatable == found.unchangeable == found.unclearable == {"secret"}
        assert post(OWNER, PUBLIC, dialect=Dialect.V1).operations == set()

    def test_version_1_leaves_operations_open_that_no_rule_of_the_field_names(self):
        found = post("", "{ allow: owner, operations: [update] }", dialect=Dialect.V1)
        assert (found.hidden, found.uncreatable, found.unchangeable) == (set(), set(), {"secret"})

    def test_a_generated_key_follows_the_field_it_was_made_for(self):
        text = f"""
            type Post @model @auth(rules: [{PUBLIC}]) {{ id: ID! author: Author @hasOne @auth(rules: [{OWNER}]) }}
            type Author @model {{ id: ID! }}
        """
        assert grants(text).hidden == {"author", "postAuthorId"}

    def test_generated_fields_are_open_where_any_field_is(self):
        assert not post(OWNER, PUBLIC).hidden & {"createdAt", "updatedAt"}

    def test_gen_2_has_rules_on_fields_too(self):
        everyone = ".authorization((allow) => [allow.publicApiKey()])"
        assert gen2(everyone, ".authorization((allow) => [allow.owner()])").hidden == {"secret"}

    def test_fields_of_embedded_types_are_hidden_by_type(self):
        text = f"""
            type Post @model {{ id: ID! place: Place }}
            type Place {{ city: String street: String @auth(rules: [{OWNER}]) lat: Float @auth(rules: [{PUBLIC}]) }}
        """
        assert hidden_embedded(load_schema([Source("s.graphql", text)]).schema) == {"Place": {"street"}}


@pytest.mark.parametrize(
    ("operations", "one", "many"),
    [
        ("get", True, False),
        ("list", True, True),
        ("sync", True, True),
        ("read", True, True),
        ("create", False, False),
    ],
)
def test_a_relationship_may_lead_where_reading_is_granted(operations, one, many):
    found = post(f"{{ allow: public, operations: [{operations}] }}")
    assert (found.may_follow(is_many=False), found.may_follow(is_many=True)) == (one, many)
