"""What SQL makes of a record is what Python makes of it: key, label and values, on the database in use."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datamodel.modelgen import label_value
from datamodel.modelgen.in_sql import forms_of, teach
from datamodel.modelgen.values import is_json
from tests.modelgen.schemas import custom_type, enum, enum_field, field, model, schema

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
# Letters are dull: what is escaped, cut and joined is told by its edges.
SPACED = st.lists(
    st.sampled_from(["a", "B9", "é🙂", "·", "\n", "\r\n", " ", "  ", "\t", "\x1c", "\x85", "\u2028", "\u3000", "~", "%", "'", '"', "\\", "/", "x" * 117, "{}"])
).map("".join)  # fmt: skip
WORDS = st.one_of(TEXTS, SPACED, st.sampled_from(["new", "import", ".", "..", "export.csv", "-", "_"]))
KEYS = WORDS.filter(bool)
INTS = st.integers(-(2**31), 2**31 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
EDGES = st.sampled_from(
    [
        0.0,
        -0.0,
        1.0,
        1e15,
        1e16,
        1e22,
        1.7976931348623155e308,
        6.143480438125686e16,
        123456.5,
        1234565.0,
        999999.5,
        0.0001,
        1e-5,
        5e-324,
        0.1 + 0.2,
    ]
)
NUMBERS = FLOATS | EDGES | INTS.map(float)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
ZONED = st.sampled_from(
    ["2026-11-20T10:30+01:00", "2026-11-20T10:30:15.123456789-08:00:30", "2026-11-20T10:30Z"]
)

EVERYTHING = schema(
    model(
        "Thing",
        field("title"),
        field("body"),
        field("size", "Int"),
        field("score", "Float"),
        field("done", "Boolean"),
        field("stamp", "AWSTimestamp"),
        field("extra", "AWSJSON"),
        field("tags", "[String]"),
        field("scores", "[Float]"),
        field("place", "Place"),
        field("x" * 70),
        enum_field("mood", "Mood"),
        *(field(f"more{number}", "Int") for number in range(130)),
    ),
    enums=(enum("Mood", "GOOD"),),
    custom_types=(custom_type("Place", field("street"), field("number", "Float")),),
)
THINGS = st.fixed_dictionaries(
    {
        "id": KEYS,
        "title": st.none() | WORDS,
        "body": st.none() | WORDS,
        "size": st.none() | INTS,
        "score": st.none() | NUMBERS,
        "done": st.none() | st.booleans(),
        "stamp": st.none() | st.integers(-(2**53), 2**53),
        "extra": st.none() | st.just('{"b": [1.50, null], "a": 1e2}'),
        "tags": st.none() | st.lists(st.none() | WORDS, max_size=3),
        "scores": st.none() | st.lists(NUMBERS, max_size=3),
        "place": st.none() | st.fixed_dictionaries({"street": WORDS, "number": st.none() | NUMBERS}),
        "x" * 70: st.none() | WORDS,
        "mood": st.none() | st.just("GOOD"),
    }
)
# A label made of one value, by the type of the value.
VALUES = {
    "[String]": st.lists(st.none() | WORDS, max_size=4),
    "Int": INTS,
    "Float": NUMBERS,
    "AWSDateTime": MOMENTS | ZONED,
    "AWSDate": st.dates().map(str),
    "AWSTime": st.times().map(str),
    "AWSIPAddress": st.ip_addresses().map(str),
}
KEY_TYPES = {"ID": KEYS, "Int": INTS, "Float": NUMBERS, "AWSTimestamp": st.integers(-(2**53), 2**53), "AWSDate": st.dates().map(str)}  # fmt: skip

many = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(autouse=True)
def _connected(transactional_db):
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        teach(connection.connection)


def assert_same(thing, rows, *, key=("id",)):
    """Store the rows and compare what both languages make of them; rows of one key count once."""
    thing.all_objects.all()._raw_delete(connection.alias)
    by_key = {tuple(row[name] for name in key): row for row in rows}
    for row in by_key.values():
        record = thing()
        for name, value in row.items():
            record.set_value(name, value)
        record.save()
    compare(thing)


def compare(thing):
    """Compare what is stored in both languages."""
    forms = forms_of(thing)
    table = connection.ops.quote_name(thing._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {forms.url_key()}, {forms.label()}, {forms.values()} FROM {table} AS t ORDER BY joinery_pk",
            [],
        )
        spelled = cursor.fetchall()
    records = list(thing.all_objects.order_by("joinery_pk"))
    assert len(spelled) == len(records)
    for record, (url_key, label, values) in zip(records, spelled, strict=True):
        assert url_key == record.url_key
        assert label == record.label
        read = json.loads(values) if isinstance(values, str) else values
        logged = {n: value if is_json(value) else str(value) for n, value in record.values().items()}
        assert repr(sorted(read.items())) == repr(sorted(stored_form(logged).items()))


def stored_form(values):
    """JSON as the database gives it back: PostgreSQL knows no difference between 1e22 and its digits."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return values
        cursor.execute("SELECT %s::jsonb", [json.dumps(values)])
        return json.loads(found) if isinstance(found := cursor.fetchone()[0], str) else found


def test_values_keys_and_labels_are_the_same_in_both_languages(make_tables):
    thing = make_tables(EVERYTHING)["Thing"]

    @many
    @given(st.lists(THINGS, min_size=1, max_size=20))
    def check(rows):
        assert_same(thing, rows)

    check()


@pytest.mark.parametrize("value", ["inf", "-inf", "nan"])
def test_numbers_that_are_none_become_text(make_tables, value):
    thing = make_tables(EVERYTHING)["Thing"]
    thing.objects.create(id="1", title="T")
    thing.all_objects.update(score=float(value))
    compare(thing)


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="only SQLite stores what does not fit a column")
def test_what_sql_by_hand_stored_is_the_same_in_both_languages(make_tables):
    thing = make_tables(EVERYTHING)["Thing"]
    thing.objects.create(id="1", title="T")
    table = connection.ops.quote_name(thing._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET body = x'ff00', size = 'much', score = 'more', done = 7, stamp = 1.5"
        )
    compare(thing)


@pytest.mark.parametrize("type_", VALUES)
def test_a_label_out_of_a_value_is_the_same_in_both_languages(make_tables, type_):
    only = schema(model("Thing", field("worth", type_)))
    assert label_value(only, only.model("Thing")).name == "worth"
    thing = make_tables(only)["Thing"]

    @many
    @given(st.lists(st.fixed_dictionaries({"id": KEYS, "worth": st.none() | VALUES[type_]}), min_size=1))
    def check(rows):
        assert_same(thing, rows)

    check()


@pytest.mark.parametrize("stored", ['"oak"', "5", '["oak", 5, null]', "[]"])
def test_a_label_out_of_what_is_no_list_of_texts(make_tables, stored):
    thing = make_tables(schema(model("Thing", field("tags", "[String]"))))["Thing"]
    thing.objects.create(id="1")
    table = connection.ops.quote_name(thing._meta.db_table)
    cast = "" if connection.vendor == "sqlite" else "::jsonb"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET tags = %s{cast}", [stored])
    compare(thing)


@pytest.mark.parametrize("type_", KEY_TYPES)
@pytest.mark.parametrize("is_composite", [False, True], ids=["alone", "with another"])
def test_keys_of_every_type_are_the_same_in_both_languages(make_tables, type_, is_composite):
    key = ("code", "part") if is_composite else ("code",)
    fields = [field(name, type_ + "!" if name == "code" else "String!") for name in key]
    thing = make_tables(schema(model("Thing", *fields, key=key)))["Thing"]
    row = st.fixed_dictionaries({name: KEY_TYPES[type_] if name == "code" else KEYS for name in key})

    @many
    @given(st.lists(row, min_size=1))
    def check(rows):
        assert_same(thing, rows, key=key)

    check()
