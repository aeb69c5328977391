from __future__ import annotations

from dataclasses import replace

import pytest

from datamodel.schema import parse_schema
from datamodel.schema.ir import EnumValue
from datamodel.schema.rules.generated_types import check_generated_types
from datamodel.schema.rules.names import check_names
from datamodel.schema.rules.root_fields import check_root_fields
from datamodel.schema.rules.unique_names import check_unique_names
from tests.schema.checks import assert_problems, printed, problems_of, source


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "type __A @model { id: ID! }",
            "1:6 E025 Name '__A' begins with '__', which GraphQL keeps for itself.",
        ),
        (
            "type A @model { __b: ID }",
            "1:17 E025 Field name of 'A' '__b' begins with '__', which GraphQL keeps for itself.",
        ),
        ("type Query @model { id: ID! }", "1:6 E024 'Query' is a reserved type name."),
        ("type String @model { id: ID! }", "1:6 E024 'String' is the name of a scalar."),
        ("enum Subscription { A }", "1:6 E024 'Subscription' is a reserved type name."),
        (
            "type A @model { _version: Int }",
            "1:17 E024 Field 'A._version' has a name that is kept for DataStore.",
        ),
    ],
)
def test_a_name_that_cannot_be_used_is_reported(text, expected):
    assert_problems(text, [expected], check_names)


def test_a_name_has_no_more_than_255_characters():
    assert problems_of(f"type {'A' * 255} @model {{ {'b' * 255}: ID }}") == []
    found = problems_of(f"type {'A' * 256} @model {{ {'b' * 256}: ID }}")
    assert [problem.code for problem in found] == ["schema.E025", "schema.E025"]
    assert "256 characters; 255 are allowed" in found[0].message


def test_python_and_sql_words_are_good_names():
    words = "save objects pk Id ID check clean Meta _meta a__b a_ class None import select group index get"
    fields = " ".join(f"{word}: String" for word in words.split())
    assert problems_of(f"type Order @model {{ {fields} }} type select @model {{ id: ID! }}") == []


def test_a_name_from_elsewhere_must_be_a_graphql_name():
    schema = parse_schema([source("enum A { X }")]).schema
    enum = replace(schema.enums[0], values=(EnumValue("light blue"),))
    (problem,) = check_names(replace(schema, enums=(enum,)))
    assert problem.message == "Value of enum 'A' 'light blue' is not a GraphQL name."
    (problem,) = check_names(replace(schema, enums=(replace(enum, values=(EnumValue("true"),)),)))
    assert problem.message == "Enum value 'A.true' has a name that means something else."
    (problem,) = check_names(replace(schema, enums=(replace(enum, values=()),)))
    assert problem.message == "Enum 'A' has no values."


def test_a_type_defined_by_two_routes_is_reported():
    schema = parse_schema([source("type A @model { id: ID! }\nenum B { X }")]).schema
    twice = replace(schema, enums=(replace(schema.enums[0], name="A"),))
    assert printed(check_unique_names(twice)) == ["2:6 E020 Type 'A' is defined more than once."]


def test_a_field_defined_by_two_routes_is_reported():
    schema = parse_schema([source("type A @model { id: ID! b: ID }")]).schema
    model = schema.models[0]
    again = replace(schema, models=(replace(model, fields=(*model.fields, model.fields[1])),))
    assert printed(check_unique_names(again)) == ["1:25 E021 Field 'A.b' is defined more than once."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "type User @model { id: ID! } type Users @model { id: ID! }",
            [
                "1:35 E026 Query field 'listUsers' of model 'Users' is already that of model 'User'.",
                "1:35 E026 Query field 'syncUsers' of model 'Users' is already that of model 'User'.",
            ],
        ),
        (
            "type A @model { id: ID! } type Query { getA: A }",
            [
                "1:6 E026 Query field 'getA' of model 'A' is already that of your own.",
                "1:40 W008 Queries of your own are in the API without a resolver: 'getA'.",
            ],
        ),
        (
            'type A @model { a: ID @index(name: "one", queryField: "q") b: ID @index(name: "two", queryField: "q") }',
            ["1:66 E026 Query field 'q' of an index of 'A' is already that of an index of 'A'."],
        ),
    ],
)
def test_two_operations_of_one_name_are_reported(text, expected):
    assert_problems(text, expected)


def test_a_query_may_be_renamed_to_avoid_a_clash():
    text = """
    type User @model(queries: { list: "allUsers" }) { id: ID! }
    type Users @model { id: ID! }
    """
    assert problems_of(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "type A @model { id: ID! } type ModelAConnection { a: Int }",
            "1:32 E024 'ModelAConnection' is the connection of model 'A': its 'items' must be [A].",
        ),
        (
            "type A @model { id: ID! } type ModelAConnection { items: [A] nextToken: Int }",
            "1:32 E024 'ModelAConnection' is the connection of model 'A': its 'nextToken' must be String.",
        ),
        (
            "type A @model { id: ID! } type ModelAConnection { items: [A] nextToken: String total: Int! }",
            "1:32 E024 'ModelAConnection' is the connection of model 'A': "
            "nothing fills its 'total', which may not be null.",
        ),
        (
            "type A @model { id: ID! } input ModelAConnection { a: Int }",
            "1:33 E024 'ModelAConnection' is the name of a type generated for model 'A'.",
        ),
        (
            "type A @model { id: ID! } type ModelAConnection { items: [A] nextToken: String total: Int }",
            "1:32 W007 'ModelAConnection' is the connection of model 'A'.",
        ),
        (
            "type A @model { id: ID! } input CreateAInput { a: Int }",
            "1:33 E024 'CreateAInput' is the name of a type generated for model 'A'.",
        ),
        (
            "type A @model { id: ID! } enum ModelSortDirection { ASC }",
            "1:32 E024 'ModelSortDirection' is the name of a type generated for the API itself.",
        ),
        (
            "type Post @model { id: ID! } enum PostFilter { X }",
            "1:35 E026 Type 'ModelPostFilterInput', generated for enum 'PostFilter', is already that of model 'Post'.",
        ),
    ],
)
def test_a_type_called_like_a_generated_one_is_reported(text, expected):
    assert_problems(text, [expected])


def test_an_input_of_ones_own_is_fine_where_the_model_has_no_such_mutation():
    text = "type A @model(mutations: null) { id: ID! } input CreateAInput { a: Int }"
    assert problems_of(text) == []


def test_an_input_of_ones_own_for_an_embedded_type_is_fine():
    text = "type A @model { home: Address } type Address { street: String } input AddressInput { street: String }"
    assert problems_of(text) == []


def test_the_rules_on_generated_names_take_a_complete_schema():
    schema = parse_schema([source("type A @model { id: ID! }")]).schema
    assert list(check_root_fields(schema)) == []
    assert list(check_generated_types(schema)) == []
