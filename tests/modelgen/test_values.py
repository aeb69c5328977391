from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datamodel.modelgen.scalars import PARSERS
from datamodel.modelgen.values import ValueProblem, coerce, default_value, iso_timestamp, parse_scalar
from datamodel.schema.ir import SCALARS, FieldKind
from tests.modelgen.schemas import custom_type, enum, enum_field, field, field_type, schema

ACCEPTED = {
    "ID": ["x", "", "é"],
    "String": ["", "a\nb", "😀", "​"],
    "Int": [0, -(2**31), 2**31 - 1],
    "Float": [0.5, -1e308, 3],
    "Boolean": [True, False],
    "AWSDate": ["2026-11-20", "0001-01-01", "9999-12-31", "2024-02-29", "1970-01-01Z", "1970-01-01+05:30"],
    "AWSTime": [
        "12:30",
        "12:30:24",
        "12:30:24.500",
        "12:30:24.123456789Z",
        "12:30:24-07:00",
        "00:00:00+00:00:30",
    ],
    "AWSDateTime": [
        "2026-11-20T08:00:00.000Z",
        "2026-11-20T08:00:00+14:00",
        "2026-11-20T08:00:00.123456789Z",
    ],
    "AWSTimestamp": [0, -1, 2**53 - 1, 1_800_000_000_000],
    "AWSEmail": ["a@b.c", "first.last+tag@sub.example.com", "o'neil@localhost", "ü@bücher.example"],
    "AWSJSON": ["{}", "null", '"text"', '{"a": [1, 2.5, {"b": null}]}', " 1 "],
    "AWSURL": [
        "https://example.com",
        "http://a/b/c?d=//e#f",
        "mailto:a@b.c",
        "https://[::1]:80/",
        "file:///etc",
    ],
    "AWSPhone": ["+1 555 010 0199", "555-010-0199", "(555) 010-0199", "5550100", "+4930123456"],
    "AWSIPAddress": ["192.0.2.1", "192.0.2.0/24", "2001:db8::1", "::/0", "1a2b:3c4b::1234:4567/128"],
}

REFUSED = {
    "ID": [1.5, True, None, [], "\x00", "\ud800"],
    "String": [1, True, b"x", "a\x00b", "\ud83d", "x" * (400 * 1024 + 1)],
    "Int": [2**31, -(2**31) - 1, 1.5, True, "1", float("nan"), 10**5000],
    "Float": [float("nan"), float("inf"), 10**400, True, "1.5"],
    "Boolean": [0, 1, "true", None],
    "AWSDate": [
        *[
            "2026-13-01",
            "2026-02-29",
            "26-01-01",
            "2026-1-1",
            "20261120",
            "0000-01-01",
            "",
            "2026-11-20T",
            20261120,
        ],
        *[
            "2026-11-20+25:00",
            "2026-11-20+05:61",
            "0001-01-01+14:00",
            "9999-12-31-23:00",
            "\u0662026-11-20",
            "2026-11-20\n",
        ],
    ],
    "AWSTime": [
        "24:00",
        "12:60",
        "12",
        "12:30:60",
        "12:30:24.",
        "12:30:24.1234567890",
        "12:30 Z",
        "noon",
        1230,
    ],
    "AWSDateTime": [
        *[
            "2026-11-20",
            "2026-11-20T08:00:00",
            "2026-11-20T08:00Z",
            "2026-11-20 08:00:00Z",
            "2026-11-20t08:00:00z",
        ],
        *["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-01:00", "2026-11-20T08:00:00.1234567890Z"],
        *["2026-11-20T08:00:00+0100", "2026-02-30T08:00:00Z", "2026-11-20T08:00:00Z ", "now"],
    ],
    "AWSTimestamp": [2**53, 1.5, "0", True],
    "AWSEmail": [
        "",
        "a",
        "a@",
        "@b",
        "a b@c",
        "a@b c",
        "a@@b",
        "a@b..c",
        ".a@b",
        "a..b@c",
        "<a@b>",
        "a@b\n",
        "x" * 400,
    ],
    "AWSJSON": [
        *[
            "",
            "{",
            "{'a': 1}",
            '{"a": 1, "a": 2}',
            "NaN",
            "[Infinity]",
            "-Infinity",
            "1e999",
            '"\\u0000"',
            '{"\\u0000": 1}',
        ],
        *['"\\ud800"', "9" * 5000, {"a": 1}, 1, None, "[" * 100_000, "\x00"],
    ],
    "AWSURL": [
        "",
        "example.com",
        "/path",
        "http://",
        "https:// x",
        "http://a//b",
        "a b:c",
        "http://<script>",
        "1a:b",
        "x:",
    ],
    "AWSPhone": [
        "",
        "+",
        "phone",
        "123",
        "1" * 16,
        "+1 (555",
        "1--",
        "\u0665\u0665\u0665\u0660\u0661\u0660\u0660",
        "+1 555 010 0199 x",
        "555/0100",
    ],
    "AWSIPAddress": [
        "",
        "1.2.3",
        "256.1.1.1",
        "01.2.3.4",
        "1.2.3.4/33",
        "::/129",
        "1.2.3.4/255.0.0.0",
        "fe80::1%eth0",
        "[::1]",
        1,
    ],
}


def cases(table):
    return [
        pytest.param(name, value, id=f"{name}-{i}") for name in table for i, value in enumerate(table[name])
    ]


def test_every_scalar_is_covered():
    assert set(PARSERS) == set(ACCEPTED) == set(REFUSED) == SCALARS


@pytest.mark.parametrize(("name", "value"), cases(ACCEPTED))
def test_it_keeps_what_was_sent(name, value):
    assert parse_scalar(name, value) == value


@pytest.mark.parametrize(("name", "value"), cases(REFUSED))
def test_it_refuses_with_a_sentence(name, value):
    with pytest.raises(ValueError, match=r"(?s)^[^\x00\ud800-\udfff]{10,300}\.$"):
        parse_scalar(name, value)


def test_it_says_how_a_date_is_written():
    with pytest.raises(ValueError, match=r"^'2026-13-01' is not a date: write YYYY-MM-DD\.$"):
        parse_scalar("AWSDate", "2026-13-01")


def test_a_whole_number_becomes_an_id():
    assert parse_scalar("ID", 42) == "42"


def test_zero_has_no_sign():
    assert str(parse_scalar("Float", -0.0)) == "0.0"


def test_a_whole_float_becomes_an_int():
    assert parse_scalar("Int", 3.0) == 3
    assert isinstance(parse_scalar("Int", 3.0), int)


@pytest.mark.parametrize("name", sorted(SCALARS))
@pytest.mark.parametrize(
    "text", ["a" * 100_000, "a." * 50_000, "1-" * 50_000, "a@" * 50_000, "http://" + "/" * 99_000]
)
def test_every_pattern_gets_through_a_long_text(name, text):
    # a pattern that goes back over the text would not end within any patience
    with suppress(ValueError):
        assert parse_scalar(name, text) == text


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("ab"), inner),
    )
)
def test_any_json_is_kept(data):
    text = json.dumps(data)
    assert parse_scalar("AWSJSON", text) == text


@given(st.datetimes())
def test_any_moment_is_kept(moment):
    text = moment.isoformat(timespec="milliseconds") + "Z"
    assert parse_scalar("AWSDateTime", text) == text


SHOP = schema(
    enums=(enum("Status", "OPEN", "CLOSED"),),
    custom_types=(
        custom_type(
            "Address",
            field("street"),
            field("city", "String!"),
            field("tags", "[Int!]"),
            field("inner", "Address"),
        ),
    ),
)


def problem(type_, value):
    with pytest.raises(ValueProblem) as caught:
        coerce(SHOP, type_, value)
    return caught.value.path, caught.value.message


def test_lists_are_coerced_item_by_item():
    assert coerce(SHOP, field_type("[ID]"), [1, "a", None]) == ["1", "a", None]
    assert coerce(SHOP, field_type("[ID]"), None) is None
    assert problem(field_type("[Int!]"), [1, None]) == ((1,), "A value is required.")
    assert problem(field_type("[Int]"), [1, "x"]) == ((1,), "'x' is not a whole number.")
    assert problem(field_type("[Int]"), 1) == ((), "'1' is not a list.")
    assert problem(field_type("[Int]"), [1] * 10_001)[1].startswith("The list is too long")


def test_null_is_refused_where_a_value_is_required():
    assert problem(field_type("Int!"), None) == ((), "A value is required.")


def test_enums_take_their_members_only():
    status = field_type("Status", kind=FieldKind.ENUM)
    assert coerce(SHOP, status, "OPEN") == "OPEN"
    assert problem(status, "open") == ((), "'open' is not one of OPEN, CLOSED.")
    assert problem(status, 1) == ((), "'1' is not one of OPEN, CLOSED.")


def test_embedded_values_are_coerced_with_their_path():
    address = field_type("Address")
    assert coerce(SHOP, address, {"city": "Oslo", "street": None}) == {"street": None, "city": "Oslo"}
    assert problem(address, {"street": "x"}) == (("city",), "A value is required.")
    assert problem(address, {"city": "a", "zip": 1}) == (("zip",), "Address has no field 'zip'.")
    assert problem(address, {"city": "a", "inner": {"city": "b", "tags": [1, "x"]}}) == (
        ("inner", "tags", 1),
        "'x' is not a whole number.",
    )
    assert problem(address, "Oslo") == ((), "'Oslo' is not an object of type Address.")


def test_embedded_values_may_not_be_nested_without_end():
    value = {"city": "a"}
    for _ in range(2000):
        value = {"city": "a", "inner": value}
    assert problem(field_type("Address"), value)[1] == "The value is nested too deeply."


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("Int", "5", 5),
        ("Int", "12px", 12),
        ("Float", "1.5e3x", 1500.0),
        ("Boolean", "TRUE", True),
        ("String", "a", "a"),
    ],
)
def test_defaults_are_read_by_type(type_, text, value):
    assert default_value(SHOP, field("f", type_, default=text)) == value


def test_an_enum_default_is_a_member():
    assert default_value(SHOP, enum_field("f", "Status", default="OPEN")) == "OPEN"
    assert default_value(SHOP, enum_field("f", "Status")) is None


def test_timestamps_are_written_in_milliseconds():
    assert iso_timestamp(0) == "1970-01-01T00:00:00.000Z"
    assert iso_timestamp(1_795_161_600_123) == "2026-11-20T08:00:00.123Z"
