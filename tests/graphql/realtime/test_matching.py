"""A subscription's filter means on values what a list's filter means in the database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datamodel.graphql.errors import BadRequest, LimitExceeded
from datamodel.graphql.filters import build_filter
from datamodel.graphql.realtime.matching import check_arguments, matches
from datamodel.registry import DataModel

SCHEMA = """
type Thing @model { id: ID! text: String number: Int real: Float flag: Boolean texts: [String] }
"""

TEXTS = st.sampled_from(["", "a", "ab", "b", "B", "é", "10", "9"])
VALUES = {
    "text": TEXTS,
    "number": st.integers(-2, 3),
    "real": st.sampled_from([-1.5, 0.0, 0.5, 2.0]),
    "flag": st.booleans(),
    "texts": st.lists(TEXTS, max_size=3),
}


def terms() -> st.SearchStrategy[dict[str, Any]]:
    """One field with one operator, both of which a list's filter has as well."""

    def operators(name: str) -> st.SearchStrategy[dict[str, Any]]:
        operand = TEXTS if name == "texts" else VALUES[name]
        names = {
            "text": ["eq", "ne", "lt", "le", "gt", "ge", "contains", "notContains", "beginsWith"],
            "flag": ["eq", "ne"],
            "texts": ["contains", "notContains"],
        }.get(name, ["eq", "ne", "lt", "le", "gt", "ge"])
        single = st.fixed_dictionaries({}).flatmap(
            lambda _: st.tuples(st.sampled_from(names), operand).map(lambda pair: {pair[0]: pair[1]})
        )
        if name in {"flag", "texts"}:
            return single
        return single | st.lists(operand, min_size=2, max_size=2).map(lambda pair: {"between": pair})

    return st.sampled_from(sorted(VALUES)).flatmap(lambda name: operators(name).map(lambda op: {name: op}))


FILTERS = st.recursive(
    terms(),
    lambda inner: (
        st.fixed_dictionaries({}, optional={"and": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({}, optional={"or": st.lists(inner, max_size=3)})
        | st.tuples(inner, inner).map(lambda pair: {**pair[0], **pair[1]})
    ),
    max_leaves=6,
)

RECORDS = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})


@pytest.fixture
def datamodel(activate_schema: Any) -> DataModel:
    return activate_schema(SCHEMA)


def test_it_agrees_with_the_database(datamodel: DataModel) -> None:
    thing = datamodel.model("Thing")

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(RECORDS, FILTERS)
    def agrees(values: dict[str, Any], filter_: dict[str, Any]) -> None:
        thing.all_objects.all()._raw_delete("default")
        record = thing()
        for name, value in values.items():
            record.set_value(name, value)
        record.save()
        found = thing.objects.filter(build_filter(thing, filter_)).exists()
        assert matches({"filter": filter_}, record.values()) is found

    agrees()


@pytest.mark.parametrize(
    ("filter_", "is_met"),
    [
        ({"number": {"in": [1, 2]}}, True),
        ({"number": {"in": [2]}}, False),
        ({"number": {"notIn": [2]}}, True),
        ({"missing": {"in": [1]}}, False),
        ({"missing": {"notIn": [1]}}, True),
        ({"_deleted": {"ne": True}}, True),
        ({"flag": {"eq": 1}}, False),
    ],
)
def test_what_only_subscriptions_have(filter_: dict[str, Any], is_met: bool) -> None:
    values = {"number": 1, "flag": True, "_deleted": False}
    assert matches({"filter": filter_}, values) is is_met


def test_an_owner_argument_is_compared_exactly() -> None:
    assert matches({"owner": "alice"}, {"owner": "alice"})
    assert not matches({"owner": "alice"}, {"owner": "Alice"})
    assert not matches({"owner": "alice"}, {})
    assert matches({"editors": "alice"}, {"editors": ["bob", "alice"]})
    assert matches({"owner": None}, {"owner": "bob"})


@pytest.mark.parametrize(
    ("filter_", "error"),
    [
        ({"a": {"between": [1]}}, BadRequest),
        ({"a": {"size": {"eq": 1}}}, BadRequest),
        ({"a": {"in": list(range(501))}}, LimitExceeded),
        ({"and": [{"a": {"eq": 1}}] * 101}, LimitExceeded),
    ],
)
def test_a_filter_that_cannot_be_evaluated_is_refused(
    filter_: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        check_arguments({"filter": filter_})


def test_a_filter_that_nests_too_deeply_is_refused() -> None:
    deep: dict[str, Any] = {"a": {"eq": 1}}
    for _ in range(11):
        deep = {"and": [deep]}
    with pytest.raises(LimitExceeded):
        check_arguments({"filter": deep})
