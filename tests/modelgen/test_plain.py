from __future__ import annotations

import pytest
from hypothesis import given

from datamodel.modelgen import build_models, build_names, encode_key
from datamodel.modelgen.labels import label_text
from datamodel.modelgen.plain import OddNames
from tests.modelgen.schemas import field, model, schema
from tests.modelgen.test_in_sql import WORDS


def built(*fields, key=("id",)):
    whole = schema(model("Thing", *fields, key=key))
    return build_models(whole, build_names(whole))["Thing"]


def odd(thing, *rows):
    names = OddNames()
    names.look_at(thing, rows)
    return "Thing" in names.keys, "Thing" in names.labels


TITLED = built(field("title"))


def test_plain_names_need_no_care():
    assert odd(TITLED, ("4f0c-1_a.b@c", "Oak, and more"), ("9", None), ("8", "")) == (False, False)


@pytest.mark.parametrize("key", ["new", "..", "a/b", "é", "", "a b", b"\xff", None])
def test_one_odd_key_is_noticed(key):
    assert odd(TITLED, ("1", "T"), (key, "T"), ("2", "T")) == (True, False)


@pytest.mark.parametrize("label", [" a", "a ", "a  b", "a\nb", "\u2003", "x" * 121, b"\xff", 5])
def test_one_odd_label_is_noticed(label):
    assert odd(TITLED, ("1", "T"), ("2", label), ("3", "T")) == (False, True)


def test_whole_numbers_are_plain_and_others_are_not():
    assert odd(built(field("number", "Int!"), key=("number",)), (5,), (-7,))[0] is False
    assert odd(built(field("size", "Float!"), key=("size",)), (5.0,))[0] is True


def test_reserved_words_are_plain_inside_a_longer_key():
    pair = built(field("shop", "String!"), field("number", "Int!"), key=("shop", "number"))
    assert odd(pair, ("new", 1))[0] is False


def test_a_label_out_of_something_else_is_odd():
    assert odd(built(field("size", "Int")), ("1",))[1] is True


@given(WORDS, WORDS)
def test_what_counts_as_plain_is_shown_as_it_is(key, label):
    odd_key, odd_label = odd(TITLED, (key, label))
    assert odd_key or encode_key((key,)) == key
    assert odd_label or label_text(label) == label
