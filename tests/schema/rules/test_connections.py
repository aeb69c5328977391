from __future__ import annotations

from functools import partial

import pytest

from datamodel.schema.rules.connections import check_connections
from datamodel.schema.rules.relation_fields import check_relation_fields
from tests.schema.checks import assert_problems, problems_of

assert_connections = partial(assert_problems, rule=check_connections)


def test_half_a_connection_is_reported():
    assert_connections(
        'type A @model { bs: [B] @connection(name: "AB") } type B @model { a: A @connection(name: "Ab") }',
        [
            "1:25 E048 Connection 'AB' has one half, 'A.bs', and none on 'B'.",
            "1:72 E048 Connection 'Ab' has one half, 'B.a', and none on 'A'.",
        ],
    )


def test_a_near_name_is_suggested_for_the_other_half():
    found = problems_of(
        'type A @model { bs: [B] @connection(name: "AB") } type B @model { a: A @connection(name: "Ab") }'
    )
    assert found[0].hint == "Did you mean 'Ab'?"


def test_two_lists_are_many_to_many_and_need_a_model():
    found = problems_of(
        'type A @model { bs: [B] @connection(name: "AB") } type B @model { as: [A] @connection(name: "AB") }'
    )
    assert {problem.message for problem in found} == {
        "Connection 'AB' joins two lists; many-to-many needs a model of its own."
    }


@pytest.mark.parametrize("type_", ["Int", "[ID]"])
def test_a_key_field_is_an_id_or_a_text(type_):
    assert_connections(
        f'type A @model {{ key: {type_} b: B @connection(keyField: "key") }} type B @model {{ id: ID! }}',
        [f"1:{28 + len(type_)} E044 Key field 'A.key' of 'A.b' is {type_}."],
    )


def test_a_sort_field_must_exist_on_the_listed_model():
    assert_connections(
        """
        type A @model { bs: [B] @connection(name: "AB", sortField: "when") }
        type B @model { a: A @connection(name: "AB", sortField: "when") }
        """,
        [
            "2:25 E043 Sort field 'when' of connection 'AB' is no field of 'B'.",
            "3:22 E043 Sort field 'when' of connection 'AB' is no field of 'B'.",
        ],
    )


def test_a_sort_field_is_a_plain_value():
    found = problems_of("""
    type A @model { bs: [B] @connection(name: "AB", sortField: "l") }
    type B @model { l: [ID] a: A @connection(name: "AB") }
    """)
    assert [problem.message for problem in found] == ["Sort field 'B.l' is not a single plain value."]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (
            'b: B @connection(keyName: "byX", fields: ["x"])',
            "'A.b' is a single record and is not found by index 'byX'.",
        ),
        (
            'b: [B] @connection(keyName: "byZ", fields: ["x"])',
            "Model 'B' has no index 'byZ', which 'A.b' reads.",
        ),
        ('b: B @connection(fields: ["l"])', "'A.b' names 'l', which is not a single plain value."),
        ('b: B @connection(fields: ["x", "y"])', "'A.b' names 2 fields for the 3 key fields of 'B'."),
        ('b: B @connection(fields: ["n"])', "'A.b' matches 'n' (Int) with 'B.p' (ID)."),
    ],
)
def test_a_connection_by_the_wrong_fields_is_reported(field, expected):
    text = f"""
    type A @model {{ x: ID! y: String! n: Int l: [ID] {field} }}
    type B @model @key(fields: ["p", "q", "r"]) @key(name: "byX", fields: ["x"]) {{ p: ID! q: String! r: String! x: ID }}
    """
    found = [problem.message for problem in problems_of(text)]
    assert found == [expected]


@pytest.mark.parametrize("field", ['b: B @connection(fields: ["x"])', 'b: [B] @connection(keyName: "byZ")'])
def test_what_the_official_transformer_accepts_is_accepted(field):
    text = f"""
    type A @model {{ x: ID! {field} }}
    type B @model @key(fields: ["p", "q"]) {{ p: ID! q: String! }}
    """
    assert_problems(text, [], check_relation_fields)
