from __future__ import annotations

import pytest

from datamodel.schema import Dialect, SchemaLimits, Source, detect_dialect, parse_schema
from datamodel.schema.ir import AuthRule, FieldKind, RelationKind
from tests.schema.checks import load, printed, problems_of, source, warnings_of


def read(text):
    result = parse_schema([source(text)])
    assert not [problem for problem in result.problems if problem.is_error]
    return result.schema


# dialects


@pytest.mark.parametrize(
    ("name", "text", "dialect"),
    [
        ("a.graphql", 'type A @model @key(fields: ["a"]) { a: ID! }', Dialect.V1),
        ("a.graphql", "type A @model { a: A @connection }", Dialect.V1),
        ("a.graphql", "type A @model @versioned { a: ID }", Dialect.V1),
        ("a.graphql", "type A @model { a: ID! @primaryKey }", Dialect.V2),
        ("a.graphql", "type A @model { a: ID! }", Dialect.V2),
        ("a.graphql", "type A @model { a: ID! } # @connection", Dialect.V2),
        ("a.graphql", '"@key" type A @model { a: ID! }', Dialect.V2),
        ("a.graphql", '"""one "@key" more""" type A @model { a: ID! }', Dialect.V2),
        ("resource.ts", "const schema = a.schema({})", Dialect.GEN2),
        ("pasted", "const schema = a.schema({})", Dialect.GEN2),
        ("pasted", "type A @model { a: ID! }", Dialect.V2),
    ],
)
def test_the_dialect_shows_in_the_text(name, text, dialect):
    assert detect_dialect([Source(name, text)]) is dialect


def test_most_directives_decide_the_dialect():
    text = """
    type A @model @key(fields: ["a"]) { a: ID! b: [B] @connection }
    type B @model { id: ID! c: ID @index(name: "byC") }
    """
    assert detect_dialect([source(text)]) is Dialect.V1
    assert printed(problems_of(text)) == [
        "3:31 E014 Directive '@index' belongs to version 2 of the transformer, the rest of the schema to version 1."
    ]


# types and fields


def test_types_are_read_as_written():
    schema = read("type A @model { a: ID b: ID! c: [ID] d: [ID!] e: [ID]! f: [ID!]! }")
    assert [str(item.type) for item in schema.model("A").fields] == [
        "ID",
        "ID!",
        "[ID]",
        "[ID!]",
        "[ID]!",
        "[ID!]!",
    ]


def test_a_field_knows_what_its_type_is():
    schema = read("""
    type A @model { a: AWSDate b: B c: C d: D }
    enum B { X }
    type C { x: Int }
    type D @model { id: ID! }
    """)
    kinds = [item.type.kind for item in schema.model("A").fields]
    assert kinds == [FieldKind.SCALAR, FieldKind.ENUM, FieldKind.CUSTOM, FieldKind.MODEL]


def test_descriptions_are_kept():
    schema = read("""
    "A thing." type A @model { "Its key." id: ID! }
    "A kind." enum B { "The first." X }
    "Embedded." type C { x: Int }
    """)
    assert schema.model("A").description == "A thing."
    assert schema.model("A").field("id").description == "Its key."
    assert (schema.enum("B").description, schema.enum("B").values[0].description) == ("A kind.", "The first.")
    assert schema.custom_type("C").description == "Embedded."


def test_a_location_is_the_name_even_below_a_description():
    schema = read('"""\nA thing.\n"""\ntype A @model { id: ID! }')
    assert str(schema.model("A").location) == "post.graphql:4:6"


def test_several_files_are_one_schema():
    result = parse_schema(
        [Source("a.graphql", "type A @model { b: B }"), Source("b.graphql", "enum B { X }")]
    )
    assert result.schema.model("A").field("b").type.kind is FieldKind.ENUM


def test_an_empty_file_among_others_is_no_problem():
    result = parse_schema(
        [Source("a.graphql", "# nothing\n"), Source("b.graphql", "type A @model { id: ID! }")]
    )
    assert result.problems == ()


def test_an_extension_adds_to_its_type():
    schema = read("""
    type A @model { id: ID! }
    extend type A { title: String }
    enum B { X }
    extend enum B { Y }
    extend type Query { hello: String }
    """)
    assert [item.name for item in schema.model("A").fields] == ["id", "title"]
    assert schema.enum("B").names == ("X", "Y")
    assert [(each.parent, each.sdl) for each in schema.custom_operations] == [("Query", "hello: String")]


def test_an_extension_can_make_a_model():
    assert read("type A { id: ID! } extend type A @model").find_model("A")


def test_other_definitions_are_kept_without_aws_directives():
    schema = read("""
    type A @model { id: ID! }
    type Query { "Say hello." hello(name: String = "you"): String @function(name: "hello") @deprecated }
    type Subscription { onPing: Boolean @aws_subscribe(mutations: ["ping"]) }
    interface Named @aws_api_key { name: String }
    union Either = A | A
    input Extra { a: Int = 1 }
    """)
    assert [(each.parent, each.name, each.sdl) for each in schema.custom_operations] == [
        ("Query", "hello", '"Say hello."\nhello(name: String = "you"): String @deprecated'),
        ("Subscription", "onPing", "onPing: Boolean"),
        (None, "Named", "interface Named {\n  name: String\n}"),
        (None, "Either", "union Either = A | A"),
        (None, "Extra", "input Extra {\n  a: Int = 1\n}"),
    ]


def test_interfaces_and_arguments_of_a_model_are_kept():
    schema = read("""
    interface Named { name: String }
    type A implements Named @model { name(upper: Boolean = false): String }
    """)
    assert schema.model("A").interfaces == ("Named",)
    assert schema.model("A").field("name").arguments == "(upper: Boolean = false)"


def test_scalars_of_appsync_may_be_declared():
    assert problems_of("scalar AWSDate type A @model { a: AWSDate }") == []


def test_a_schema_block_with_the_usual_names_is_accepted():
    [problem] = problems_of("schema { query: Query } type Query { a: Int } type A @model { id: ID! }")
    assert not problem.is_error


# directives


def test_a_relation_is_read_as_declared():
    schema = read("""
    type Post @model {
      id: ID!
      comments: [Comment] @hasMany(indexName: "byPost", fields: "id", limit: 20)
      tags: [Tag] @manyToMany(relationName: "PostTags")
    }
    """)
    comments = schema.model("Post").field("comments").declared_relation
    assert (comments.kind, comments.key_name, comments.fields, comments.limit) == (
        RelationKind.HAS_MANY,
        "byPost",
        ("id",),
        20,
    )
    assert schema.model("Post").field("tags").declared_relation.relation_name == "PostTags"


def test_a_connection_is_read_as_declared():
    schema = read("""
    type Post @model {
      a: [Post] @connection(name: "N", keyField: "k", sortField: "s")
      b: [Post] @connection(keyName: "byPost", fields: ["id"])
    }
    """)
    a, b = (item.declared_relation for item in schema.model("Post").fields)
    assert (a.kind, a.name, a.key_field, a.sort_field) == (RelationKind.CONNECTION, "N", "k", "s")
    assert (b.key_name, b.fields) == ("byPost", ("id",))


def test_keys_of_version_1_are_read():
    model = read("""
    type A @model @key(fields: ["a", "b"]) @key(name: "byC", fields: ["c"], queryField: "q") {
      a: ID! b: ID! c: ID
    }
    """).model("A")
    assert (model.primary_key, model.is_key_explicit) == (("a", "b"), True)
    assert [(index.name, index.fields, index.query_field) for index in model.indexes] == [
        ("byC", ("c",), "q")
    ]


def test_keys_of_version_2_are_read():
    model = read("""
    type A @model {
      a: ID! @primaryKey(sortKeyFields: "b")
      b: ID!
      c: ID @index @index(name: "byC", sortKeyFields: ["b"], queryField: null)
    }
    """).model("A")
    assert (model.primary_key, str(model.key_location)) == (("a", "b"), "post.graphql:3:10")
    first, second = model.indexes
    assert (first.name, first.is_name_explicit, first.is_query_default) == ("", False, True)
    assert (second.fields, second.query_field, second.is_query_default) == (("c", "b"), None, False)


def test_auth_rules_are_read():
    model = read("""
    type A @model @auth(rules: [
      { allow: owner, ownerField: "author", operations: [create, read], identityClaim: "sub" }
      { allow: groups, groups: ["Admin"], groupClaim: "cognito:groups", provider: userPools }
      { allow: groups, groupsField: "team" }
    ]) { id: ID! @auth(rules: { allow: private }) }
    """).model("A")
    assert model.auth == (
        AuthRule("owner", None, ("create", "read"), "author", "sub"),
        AuthRule("groups", "userPools", groups=("Admin",), group_claim="cognito:groups"),
        AuthRule("groups", groups_field="team"),
    )
    assert model.field("id").auth == (AuthRule("private"),)


def test_the_old_spelling_of_operations_means_the_same():
    schema = read(
        "type A @model @auth(rules: [{ allow: owner, queries: [get], mutations: [update] }]) { id: ID! }"
    )
    assert schema.model("A").auth[0].operations == ("update", "read")


def test_the_global_auth_rule_is_a_setting_and_no_type():
    schema = read("""
    input AMPLIFY { globalAuthRule: AuthRule = { allow: public } }
    type A @model { id: ID! }
    """)
    assert schema.global_auth == AuthRule("public")
    assert schema.custom_operations == ()


def test_ignored_directives_are_warned_of_once_per_kind():
    text = """
    type A @model @searchable { id: ID! @ttl }
    type B @model @searchable { id: ID! }
    type Query { a: Int @function(name: "f-${env}") }
    directive @mine(x: Int) on OBJECT
    type C @mine(x: 1) { a: Int }
    """
    found = [problem for problem in warnings_of(text) if problem.code == "schema.W002"]
    assert [f"{problem.code} {problem.message}" for problem in found] == [
        "schema.W002 Directive '@searchable' is ignored.",
        "schema.W002 Directive '@ttl' is ignored.",
        "schema.W002 Directive '@function' is ignored.",
        "schema.W002 Directive '@mine' is ignored.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type A @modle { id: ID! }", "1:8 E010 Unknown directive '@modle'."),
        ("enum A @model { X }", "1:8 E011 Directive '@model' may not be used on an enum."),
        (
            "type A @model @primaryKey { id: ID! }",
            "1:15 E011 Directive '@primaryKey' may not be used on a type.",
        ),
        ("type A @model @model { id: ID! }", "1:15 E012 Directive '@model' is used twice here."),
        ('type A @model(table: "x") { id: ID! }', "1:15 E013 Directive '@model' has no argument 'table'."),
        (
            "type A @model(queries: 1) { id: ID! }",
            "1:15 E013 Argument 'queries' of '@model' must be an object.",
        ),
        (
            "type A @model { a: ID @index(name: byA) }",
            "1:30 E013 Argument 'name' of '@index' must be a text in quotes.",
        ),
        ("type A @model { a: ID @default }", "1:23 E013 Directive '@default' needs the argument 'value'."),
        (
            "type B @model { id: ID! } type A { a: ID @index }",
            "1:42 E015 Directive '@index' needs a model, and 'A' is none.",
        ),
    ],
)
def test_a_directive_used_wrongly_is_reported_where_it_stands(text, expected):
    assert expected in printed(problems_of(text))


def test_an_unknown_directive_gets_a_suggestion():
    assert problems_of("type A @modle { id: ID! }")[-1].hint == "Did you mean '@model'?"


# texts that are wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type Post @model { title String }", "1:26 E001 Syntax error: Expected ':', found Name 'String'."),
        ("type Post @model {", "1:19 E001 Syntax error: Expected Name, found <EOF>."),
        ("type Post @model { }", "1:20 E001 Syntax error: Expected Name, found '}'."),
        ("type Pöst @model { id: ID! }", "1:7 E001 Syntax error: Unexpected character: U+00F6."),
        ("", "1:1 E003 The schema is empty."),
        ("# nothing here", "1:1 E003 The schema is empty."),
        ("{ a }", "1:1 E004 Only type definitions belong in a schema."),
        ("scalar Date", "1:8 E023 Scalar 'Date' is not one of AppSync's."),
        ("schema { query: Root } type Root { a: Int }", "1:17 E024 The query type must be called 'Query'."),
        ("extend type A { a: Int } type B { a: Int }", "1:13 E022 Type 'A' is extended and not defined."),
        ("enum A { X } extend type A { a: Int }", "1:26 E023 Type 'A' is extended as another kind of type."),
        ("type A @model { a: [[ID]] }", "1:20 E023 A list of lists ('[[ID]]') cannot be stored."),
        ("type A { a: ID } type A { a: ID }", "1:23 E020 Type 'A' is defined more than once."),
        ("type A { a: ID a: Int }", "1:16 E021 Field 'A.a' is defined more than once."),
        ("enum A { X X }", "1:12 E021 Enum value 'A.X' is defined more than once."),
        ("type A @model { id: ID! @auth(rules: []) }", "1:31 E051 '@auth' has no rules."),
    ],
)
def test_a_wrong_text_is_reported_where_it_is_wrong(text, expected):
    assert expected in printed(problems_of(text))


def test_problems_of_all_files_are_reported():
    found = parse_schema([Source("a.graphql", "type A {"), Source("b.graphql", "type B {")]).problems
    assert [str(problem.location) for problem in found] == ["a.graphql:1:9", "b.graphql:1:9"]


def test_lines_are_counted_over_windows_line_ends():
    found = problems_of("type A @model {\r\n  a: Nope\r\n}\r\n")
    assert printed(found) == ["2:6 E022 Field 'A.a' refers to unknown type 'Nope'."]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "type A { a: " + "[" * 200_000,
        "\x00",
        "\ud800",
        '"""',
        "type A @model(queries: " + "{a: " * 50_000,
    ],
    ids=["brackets", "type", "nul", "surrogate", "string", "objects"],
)
def test_no_text_raises(text):
    assert all(problem.location for problem in parse_schema([Source("a.graphql", text)]).problems)


def test_reading_stops_when_problems_pile_up():
    text = "type A @model { " + " ".join(f"f{number}: ID @x{number}" for number in range(290)) + " }"
    assert len(problems_of(text)) == 200


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"max_bytes": 20}, "The schema is larger than 20 bytes."),
        ({"max_types": 1}, "The schema has 2 types; the limit is 1."),
        ({"max_fields_per_type": 1}, "Type 'A' has 2 fields; the limit is 1."),
        ({"max_enum_values": 1}, "Enum 'B' has 2 values; the limit is 1."),
    ],
)
def test_a_schema_over_a_limit_is_refused(limits, message):
    text = "type A @model { a: ID b: ID } enum B { X Y }"
    result = parse_schema([source(text)], limits=SchemaLimits(**limits))
    assert result.schema is None
    assert [problem.message for problem in result.problems] == [message]


def test_a_schema_without_models_is_accepted_with_a_warning():
    assert load("type Plain { a: Int }").models == ()
    assert printed(warnings_of("type Plain { a: Int }")) == [
        "1:6 W001 The schema has no models: nothing is stored."
    ]


def test_a_long_comment_is_read_at_once():
    assert problems_of("#" * 100_000 + "\ntype A @model { id: ID! }") == []
