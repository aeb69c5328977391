"""What has no effect here is said once per kind."""

from __future__ import annotations

import pytest

from datamodel.schema import Source, load_schema
from tests.schema.checks import assert_problems, problems_of

MODEL = "type Note @model {{ id: ID! }} {}"


def test_own_operations_are_warned_of_once_per_root():
    text = "type Query { a: Int b: Int } type Mutation { c: Int } type Subscription { d: Int }"
    assert_problems(
        MODEL.format(text),
        [
            "1:43 W008 Queries of your own are in the API without a resolver: 'a', 'b'.",
            "1:75 W008 Mutations of your own are in the API without a resolver: 'c'.",
            "1:104 W008 Subscriptions of your own are in the API without a resolver: 'd'.",
        ],
    )


def test_many_own_operations_are_not_all_named():
    fields = " ".join(f"q{number}: Int" for number in range(8))
    [problem] = problems_of(MODEL.format(f"type Query {{ {fields} }}"))
    assert problem.message.endswith("'q4' and 3 more.")


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ('{ allow: owner }, { allow: private }, { allow: groups, groups: ["A"] }', "signed-in users"),
        ("{ allow: public, provider: iam }", "AWS credentials"),
        ("{ allow: custom }", "Lambda authorizer"),
    ],
)
def test_a_kind_of_rule_that_lets_nobody_in_is_said_once(rules, words):
    text = f"type A @model @auth(rules: [{rules}]) {{ id: ID! }} type B @model @auth(rules: [{rules}]) {{ id: ID! }}"
    [problem] = problems_of(text)
    assert (problem.code, problem.is_error) == ("schema.W009", False)
    assert words in problem.message


def test_rules_for_api_keys_need_no_warning():
    assert (
        problems_of(
            "type A @model @auth(rules: [{ allow: public }, { allow: public, provider: apiKey }]) { id: ID! }"
        )
        == []
    )


def test_access_for_functions_is_said_once():
    code = """a.schema({
      A: a.model({ b: a.string() }).authorization(allow => [allow.publicApiKey(), allow.resource(one)]),
    }).authorization(allow => [allow.resource(two)])"""
    [problem] = load_schema([Source("resource.ts", code)]).warnings
    assert (problem.code, problem.location.line) == ("schema.W255", 3)
