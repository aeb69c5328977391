from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datamodel.modelgen import decode_key, encode_key
from datamodel.modelgen.keys import RESERVED_SEGMENTS
from tests.modelgen.schemas import field, model

POST = model("Post")
LINE = model("Line", field("order", "ID!"), field("number", "Int!"), key=("order", "number"))

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def test_plain_keys_stay_readable():
    assert encode_key(["0b5e-1"]) == "0b5e-1"
    assert encode_key(["ann@example.com"]) == "ann@example.com"
    assert encode_key(["o1", 7]) == "o1,7"


@pytest.mark.parametrize(
    "text", [*sorted(RESERVED_SEGMENTS), "", "~", ",", "a/b", "a,b", "a b", "é", "%2F", "?#"]
)
def test_awkward_keys_come_back(text):
    encoded = encode_key([text])
    assert encoded
    assert encoded not in RESERVED_SEGMENTS
    assert quote(encoded, safe="~,@") == encoded
    assert decode_key(POST, encoded) == {"id": text}


@given(texts)
def test_any_text_comes_back(text):
    assert decode_key(POST, encode_key([text])) == {"id": text}


@given(texts, st.integers(-(2**31), 2**31 - 1))
def test_any_pair_comes_back(order, number):
    assert decode_key(LINE, encode_key([order, number])) == {"order": order, "number": number}


@given(st.tuples(texts, texts), st.tuples(texts, texts))
def test_different_keys_are_encoded_differently(first, second):
    assert (encode_key(first) == encode_key(second)) == (first == second)


@pytest.mark.parametrize(
    "text", ["a", "a,b", "a,1,2", "", ",1", "a b,1", "a~2,1", "a~ff,1", "~FF,1", "a,1e5", "a, 1"]
)
def test_what_is_no_key_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        decode_key(LINE, text)
