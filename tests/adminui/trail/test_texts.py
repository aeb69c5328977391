"""Comparing two versions of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminui.trail import texts
from adminui.trail.texts import GONE, NEW, SAME, compare_items, compare_texts, find_edits


def drawn(lines):
    """The comparison as plain text: marks in front, what differs inside a line in brackets."""
    signs = {SAME: " ", GONE: "-", NEW: "+"}
    return [
        f"{signs[line.mark]}({line.skipped})"
        if line.skipped
        else signs[line.mark]
        + "".join(p.text if p.mark == SAME or len(line.pieces) == 1 else f"[{p.text}]" for p in line.pieces)
        for line in lines
    ]


def test_an_edited_line_marks_the_words_that_differ():
    told = compare_texts("The joint holds without glue", "The joint holds with no glue")
    assert drawn(told) == ["-The joint holds [without ]glue", "+The joint holds [with no ]glue"]


def test_a_rewritten_line_is_gone_and_new():
    assert drawn(compare_texts("Pins resist the pull", "Oak, ash, elm")) == [
        "-Pins resist the pull",
        "+Oak, ash, elm",
    ]


def test_unchanged_lines_are_shown_beside_changes_only():
    before = "\n".join(f"line {n}" for n in range(20))
    after = before.replace("line 10", "line ten")
    assert drawn(compare_texts(before, after)) == [
        " (9)",
        " line 9",
        "-line [10]",
        "+line [ten]",
        " line 11",
        " (8)",
    ]


def test_a_final_line_break_is_a_difference():
    assert drawn(compare_texts("a", "a\n")) == [" a", "+"]


def test_line_ends_are_made_visible():
    gone, new = compare_texts("one\r\ntwo", "one\ntwo")[:2]
    assert ("".join(p.shown for p in gone.pieces), "".join(p.shown for p in new.pieces)) == ("one␍", "one")


def test_the_middle_of_a_long_paragraph_is_left_out():
    words = " ".join(f"word{n}" for n in range(400))
    gone, new = compare_texts(words, words.replace("word200 ", "other "))
    assert sum(len(piece.text) for piece in gone.pieces) < 200
    assert "[other ]" in drawn([new])[0]


def test_what_is_too_much_to_compare_is_gone_and_new(monkeypatch):
    monkeypatch.setattr(texts, "MAX_ITEMS", 3)
    before, after = "a\nb\nc\nd\ne", "v\nb\nx\ny\nz"
    assert drawn(compare_texts(before, after)) == [
        *("-a", "+v", " b"),
        *("-c", "+x", "-d", "+y", "-e", "+z"),
    ]


def test_no_more_of_a_text_is_shown_than_there_is_room_for():
    told = compare_texts("a", "\n".join(["x" * 1000] * 50))
    shown = sum(len(piece.text) for line in told for piece in line.pieces)
    assert shown < 2 * texts.MAX_SHOWN
    assert told[-1].skipped > 0


def test_items_keep_their_order():
    told = list(compare_items(["a", "b", "c"], ["b", "d", "c"], str))
    assert told == [(GONE, "a"), (SAME, "b"), (NEW, "d"), (SAME, "c")]


@given(st.lists(st.sampled_from("abc")), st.lists(st.sampled_from("abc")))
def test_edits_lead_from_one_sequence_to_the_other(before, after):
    old, new = [], []
    for kind, i1, i2, j1, j2 in find_edits(before, after):
        if kind == "equal":
            assert before[i1:i2] == after[j1:j2]
        old += before[i1:i2]
        new += after[j1:j2]
    assert (old, new) == (before, after)


@pytest.mark.parametrize("size", [10_000, 200_000])
def test_nothing_of_a_huge_text_takes_long_to_compare(size):
    before, after = "a " * size, "b a " * size
    told = compare_texts(before, after)
    assert sum(len(piece.text) for line in told for piece in line.pieces) <= 2 * texts.MAX_SHOWN + 2
