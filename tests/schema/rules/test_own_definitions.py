"""Own root fields, interfaces, unions and inputs: one wrong name would silence the whole API."""

from __future__ import annotations

import pytest

from tests.schema.checks import load, printed, problems_of

MODEL = "type A @model { id: ID! }\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("type Query { x: Nope }", "2:14 E022 Field 'Query.x' refers to unknown type 'Nope'."),
        ("type Query { x(k: [Nope!]!): Int }", "2:14 E022 Argument 'k' of 'Query.x' refers to unknown type 'Nope'."),
        ("type Query { x(k: A): Int }", "2:14 E023 Argument 'k' of 'Query.x' is 'A', which is no input type."),
        ("input K { a: Int } type Query { x: K }", "2:33 E023 Field 'Query.x' is 'K', which is no answer type."),
        ("type Query { x(__a: Int): Int }", "2:14 E025 Argument '__a' of 'Query.x' begins with '__', which GraphQL keeps for itself."),
        ("type Subscription { x: Nope }", "2:21 E022 Field 'Subscription.x' refers to unknown type 'Nope'."),
        ("interface N { id: Nope }", "2:11 E022 Field 'N.id' refers to unknown type 'Nope'."),
        ("input K { a: Nope }", "2:7 E022 Field 'K.a' refers to unknown type 'Nope'."),
        ("input K { a: A }", "2:7 E023 Field 'K.a' is 'A', which is no input type."),
        ("input K { j: J! } input J { k: K! n: Int }", "2:7 E023 Input 'K' needs others inside, and so on without end."),
        ("input K", "2:7 E003 Input 'K' has no fields."),
        ("interface N", "2:11 E003 Interface 'N' has no fields."),
        ("union U", "2:7 E003 Union 'U' has no types."),
        ("union U = A | A", "2:7 E020 Union 'U' names 'A' twice."),
        ("union U = A | Nope", "2:7 E022 Union 'U' names 'Nope', which is no type with fields."),
        ("type T { x(k: Nope): Int }", "2:10 E022 Argument 'k' of 'T.x' refers to unknown type 'Nope'."),
        ("type T { k: K } input K { a: Int }", "2:13 E023 Field 'T.k' is 'K', which is no answer type."),
    ],
)  # fmt: skip
def test_a_definition_that_would_silence_the_api_is_reported(text, expected):
    errors = [problem for problem in problems_of(MODEL + text) if problem.is_error]
    assert expected in printed(errors)


def test_a_type_that_was_meant_is_suggested():
    (problem,) = (p for p in problems_of("type Post @model { id: ID! } type Query { x: Pots }") if p.is_error)
    assert problem.hint == "Did you mean 'Post'?"


@pytest.mark.parametrize(
    "text",
    [
        "type Query { x(filter: ModelAFilterInput, box: BoxInput): ModelAConnection } type Box { n: Int }",
        "type Mutation { x(input: CreateAInput!, at: AWSDateTime): A } ",
        "enum E { X } type Query { x(e: [E!]): E }",
        "interface N { id: ID! } union U = A | T type T implements N { id: ID! u: U } type Query { x(k: K): U y: N }"
        " input K { k: K ks: [K!]! e: Int = 1 }",
        "type T { x(k: K): Int } input K { a: Int }",
    ],
)
def test_definitions_may_name_what_exists_and_what_is_generated(text):
    assert load(MODEL + text)
