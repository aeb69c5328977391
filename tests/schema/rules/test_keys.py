from __future__ import annotations

import pytest

from datamodel.schema.rules.indexes import check_indexes
from datamodel.schema.rules.primary_keys import check_primary_keys
from tests.schema.checks import assert_problems, problems_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'type A @model { a: ID! @primaryKey(sortKeyFields: ["day"]) }',
            "1:24 E030 The primary key of 'A' names 'day', which is no field of it.",
        ),
        (
            'type A @model { a: ID! @primaryKey(sortKeyFields: ["a"]) }',
            "1:24 E033 The primary key of 'A' names 'a' twice.",
        ),
        (
            "type A @model { a: [ID!]! @primaryKey }",
            "1:27 E031 Field 'A.a' cannot be part of the primary key: it is a list.",
        ),
        (
            "type A @model { a: Boolean! @primaryKey }",
            "1:29 E031 Field 'A.a' cannot be part of the primary key: it is a Boolean.",
        ),
        (
            "type A @model { a: B! @primaryKey } type B { x: Int }",
            "1:23 E031 Field 'A.a' cannot be part of the primary key: it holds an object.",
        ),
        (
            "type A @model { a: ID @primaryKey }",
            "1:23 E032 Field 'A.a' is part of the primary key and may be null.",
        ),
        ("type A @model @key(fields: []) { a: ID! }", "1:15 E030 The primary key of 'A' names no field."),
        ("type A @model { id: [ID] }", "1:17 E031 Field 'A.id' cannot identify records: it is a list."),
    ],
)
def test_a_primary_key_that_identifies_nothing_is_reported(text, expected):
    assert_problems(text, [expected], check_primary_keys)


def test_a_key_may_be_an_enum_or_a_number():
    text = 'type A @model { a: E! @primaryKey(sortKeyFields: ["b"]) b: Int! } enum E { X }'
    assert problems_of(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "type A @model { a: ID! @primaryKey b: ID! @primaryKey }",
        'type A @model @key(fields: ["a"]) @key(fields: ["b"]) { a: ID! b: ID! }',
    ],
)
def test_a_second_primary_key_is_reported(text):
    assert [problem.message for problem in problems_of(text)] == ["Type 'A' has more than one primary key."]


def test_a_primary_key_has_no_query():
    text = 'type A @model @key(fields: ["a"], queryField: "q") { a: ID! }'
    assert_problems(text, ["1:15 E034 The primary key of 'A' cannot have a 'queryField'."])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'type A @model { a: ID @index(name: "byA", sortKeyFields: ["nope"]) }',
            "1:23 E030 Index 'byA' of 'A' names 'nope', which is no field of it.",
        ),
        (
            'type A @model { a: ID @index(name: "byA", sortKeyFields: ["a"]) }',
            "1:23 E033 Index 'byA' of 'A' names 'a' twice.",
        ),
        (
            "type A @model { a: [ID] @index }",
            "1:25 E031 Field 'A.a' cannot be part of an index: it is a list.",
        ),
        (
            "type A @model { a: Boolean @index }",
            "1:28 E031 Field 'A.a' cannot be part of an index: it is a Boolean.",
        ),
        (
            "type A @model { a: A @hasOne @index }",
            "1:30 E031 Field 'A.a' cannot be part of an index: it is a relationship.",
        ),
        (
            'type A @model { a: ID @index(name: "same") b: ID @index(name: "same") }',
            "1:50 E034 Model 'A' has two indexes called 'same'.",
        ),
        ('type A @model { a: ID @index(name: "ab") }', "1:23 E034 'ab' is not a name for an index of 'A'."),
        (
            'type A @model { a: ID @index(name: "by a") }',
            "1:23 E034 'by a' is not a name for an index of 'A'.",
        ),
        (
            'type A @model { a: ID @index(name: "by-a", sortKeyFields: ["b", "c"]) b: ID c: ID }',
            "1:23 E034 Index 'by-a' of 'A' gives its name to a type.",
        ),
        (
            'type A @model { a: ID @index(name: "byA", queryField: "by a") }',
            "1:23 E034 'by a' is not a name for a query.",
        ),
        (
            'type A @model { a: ID! @primaryKey @index(name: "again") }',
            "1:36 E035 An index of 'A' begins with 'a', which is already the whole primary key.",
        ),
    ],
)
def test_an_index_that_cannot_be_made_is_reported(text, expected):
    assert_problems(text, [expected], check_indexes)


def test_an_index_may_begin_with_the_first_of_several_key_fields():
    text = """
    type A @model { a: ID! @primaryKey(sortKeyFields: ["b"]) @index(name: "byC", sortKeyFields: ["c"]) b: ID! c: ID }
    """
    assert problems_of(text) == []


def test_version_1_lets_any_index_name_pass():
    assert problems_of('type A @model @key(name: "a b", fields: ["a"]) { a: ID }') == []


def test_version_1_lets_an_index_on_a_list_pass_with_a_warning():
    assert_problems(
        'type A @model @key(name: "byA", fields: ["a"]) { a: [ID] }',
        ["1:15 W003 Field 'A.a' cannot be part of an index: it is a list."],
    )
