from __future__ import annotations

import pytest

from datamodel.schema.rules.embedded_types import check_embedded_types, check_endless_types
from datamodel.schema.rules.known_types import check_known_types
from tests.schema.checks import assert_problems, problems_of


def test_an_unknown_type_is_reported_where_it_is_named():
    assert_problems(
        "type Post @model {\n  author: [Auther!]! @hasMany\n}\ntype Author @model { id: ID! }",
        ["2:12 E022 Field 'Post.author' refers to unknown type 'Auther'."],
        check_known_types,
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Auther", "Did you mean 'Author'?"),
        ("Date", "Did you mean 'AWSDate'?"),
        ("DateTime", "Did you mean 'AWSDateTime'?"),
        ("Strng", "Did you mean 'String'?"),
        ("Nonsense", "Define 'Nonsense'."),
    ],
)
def test_an_unknown_type_gets_a_suggestion(name, hint):
    (problem,) = problems_of(f"type Post @model {{ a: {name} }} type Author @model {{ id: ID! }}")
    assert problem.hint == hint


@pytest.mark.parametrize("other", ["interface X { a: Int }", "input X { a: Int }", "union X = A"])
def test_a_model_cannot_hold_what_is_abstract(other):
    assert_problems(
        f"type A @model {{ x: X }} {other}",
        ["1:20 E023 Field 'A.x' cannot hold 'X', which is abstract."],
        check_known_types,
    )


def test_an_embedded_type_cannot_hold_a_model():
    assert_problems(
        "type A @model { b: B } type B { c: C } type C { a: [A] }",
        ["1:53 E023 Field 'C.a' holds 'A', which cannot be stored inside another record."],
        check_embedded_types,
    )


def test_a_type_of_custom_operations_may_hold_a_model():
    text = "type A @model { id: ID! } type Page { items: [A] } type Query { page: Page }"
    assert [problem for problem in problems_of(text) if problem.is_error] == []


def test_an_embedded_type_may_hold_itself():
    assert problems_of("type A @model { tree: Tree } type Tree { children: [Tree] }") == []


def test_an_embedded_type_that_never_ends_is_reported():
    text = "type A @model { t: T } type T { l: T! u: U! } type U { t: T! x: V! } type V { n: Int ts: [T!]! u: U }"
    assert_problems(
        text,
        [
            "1:36 E023 Field 'T.l' needs a 'T' inside, and so on without end.",
            "1:42 E023 Field 'T.u' needs a 'U' inside, and so on without end.",
            "1:59 E023 Field 'U.t' needs a 'T' inside, and so on without end.",
        ],
        check_endless_types,
    )


def test_an_embedded_type_may_hold_others_of_itself():
    assert problems_of("type A @model { t: T! } type T { next: T all: [T!]! }") == []
