"""Default values, auth rules, arguments of ``@model``."""

from __future__ import annotations

from dataclasses import replace

import pytest

from datamodel.schema import Dialect, parse_schema
from datamodel.schema.rules.auth_rules import check_auth_rules
from datamodel.schema.rules.default_values import check_default_values
from datamodel.schema.rules.model_arguments import check_model_arguments
from datamodel.schema.rules.texts import check_texts
from tests.schema.checks import assert_problems, printed, problems_of, source


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('a: Int @default(value: "abc")', "1:17 E050 Default 'abc' of 'A.a' is not a valid Int."),
        ('a: E @default(value: "Y")', "1:17 E050 Default 'Y' of 'A.a' is not a value of enum 'E'."),
        (
            'a: [Int] @default(value: "1")',
            "1:17 E050 'A.a' cannot have a default: only single scalar and enum fields can.",
        ),
        (
            'a: Box @default(value: "1")',
            "1:17 E050 'A.a' cannot have a default: only single scalar and enum fields can.",
        ),
    ],
)
def test_a_default_that_no_record_could_get_is_reported(field, expected):
    text = f"type A @model {{ {field} }} enum E {{ X }} type Box {{ x: Int }}"
    assert_problems(text, [expected], check_default_values)


def test_a_default_of_an_enum_is_one_of_its_values():
    assert problems_of('type A @model { a: E! @default(value: "X") } enum E { X }') == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{ allow: nobody }", "1:29 E051 An auth rule of 'A' allows 'nobody', which is unknown."),
        ("{ allow: groups }", "1:29 E051 An auth rule of 'A' allows groups and names none."),
        (
            "{ allow: public, provider: userPools }",
            "1:29 E051 An auth rule of 'A' allows 'public' with provider 'userPools'.",
        ),
        (
            "{ allow: owner, operations: [fly] }",
            "1:29 E051 An auth rule of 'A' names operation 'fly', which is unknown.",
        ),
    ],
)
def test_an_auth_rule_that_means_nothing_is_reported(rule, expected):
    assert_problems(f"type A @model @auth(rules: [{rule}]) {{ id: ID! }}", [expected], check_auth_rules)


def test_an_unknown_key_of_an_auth_rule_is_reported():
    assert_problems(
        "type A @model @auth(rules: [{ allow: public, ownerfield: 1 }]) { id: ID! }",
        ["1:46 E051 An auth rule has no 'ownerfield'."],
    )


def test_a_value_of_an_auth_rule_that_is_no_word_is_reported():
    assert_problems(
        "type A @model @auth(rules: [{ allow: public, operations: [true, read], groupsField: 3 }]) { id: ID! }",
        [
            "1:46 E051 'operations' of an auth rule must be a list of words.",
            "1:72 E051 'groupsField' of an auth rule must be a word.",
        ],
    )


def test_rules_of_fields_and_of_the_whole_schema_are_checked():
    text = """
    input AMPLIFY { globalAuthRule: AuthRule = { allow: everybody } }
    type A @model { id: ID! @auth(rules: [{ allow: nobody }]) }
    """
    assert_problems(
        text,
        [
            "2:17 E051 An auth rule of the whole schema allows 'everybody', which is unknown.",
            "3:39 E051 An auth rule of 'A.id' allows 'nobody', which is unknown.",
        ],
        check_auth_rules,
    )


def test_a_setting_without_a_rule_is_warned_of():
    text = "input AMPLIFY { other: AuthRule = { name: public } } type A @model { id: ID! }"
    assert_problems(text, ["1:7 W005 'input AMPLIFY' sets no rule."])


def test_a_gen_2_model_needs_rules():
    schema = replace(parse_schema([source("type A @model { id: ID! }")]).schema, dialect=Dialect.GEN2)
    assert printed(check_auth_rules(schema)) == ["1:6 E051 Model 'A' has no authorization rules."]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('queries: { fetch: "x" }', "'queries' of model 'A' has no 'fetch'."),
        ("mutations: { create: 3 }", "'mutations.create' of model 'A' is not a name: 3."),
        ('queries: { get: "a b" }', "'queries.get' of model 'A' is not a name: 'a b'."),
        ('subscriptions: { onCreate: ["a", 1] }', "'subscriptions.onCreate' of model 'A' is not a name: 1."),
        ("subscriptions: { level: wrong }", "Subscription level 'wrong' of model 'A' is unknown."),
        ('timestamps: { created: "x" }', "'timestamps' of model 'A' has no 'created'."),
    ],
)
def test_an_argument_of_a_model_that_means_nothing_is_reported(arguments, expected):
    text = f"type A @model({arguments}) {{ id: ID! }}"
    assert_problems(text, [f"1:6 E052 {expected}"], check_model_arguments)


@pytest.mark.parametrize("argument", ["ownerField", "groupsField"])
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("a b", "'a b' is not a GraphQL name."),
        ("__x", "'__x' begins with '__', which GraphQL keeps for itself."),
    ],
)
def test_an_auth_rule_cannot_make_a_field_that_the_api_cannot_have(argument, name, problem):
    allow = "owner" if argument == "ownerField" else "groups"
    assert_problems(
        f'type A @model @auth(rules: [{{ allow: {allow}, {argument}: "{name}" }}]) {{ id: ID! }}',
        [f"1:29 E025 '{argument}' of an auth rule of 'A': {problem}"],
        check_auth_rules,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a\\u0000" type A @model { id: ID! }', "1:16 E027 The description of 'A' holds"),
        ('type A @model { "\\u0000" id: ID! }', "1:26 E027 The description of 'A.id' holds"),
        ('type A @model { e: E } enum E { "\\u0000" X }', "1:29 E027 The description of 'E.X' holds"),
        (
            'type A @model @auth(rules: [{ allow: groups, groups: ["\\u0000"] }]) { id: ID! }',
            "1:29 E027 An auth rule of 'A' holds",
        ),
    ],
)
def test_a_text_that_postgresql_cannot_keep_is_reported(text, expected):
    assert_problems(text, [f"{expected} the character NUL (U+0000), which cannot be stored."], check_texts)
