"""Schema text as numbered lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminui.highlight import list_source
from datamodel.schema.errors import Problem
from datamodel.schema.source import Location, Source


def test_text_is_escaped():
    listing = list_source(Source("a.graphql", "type <script> & @model"))
    assert listing.lines[0].html == (
        '<span class="t-keyword">type</span> &lt;script&gt; &amp; <span class="t-directive">@model</span>'
    )


def test_a_description_over_several_lines_is_marked_on_each():
    listing = list_source(Source("a.graphql", '"""\nAbout\n"""\ntype Post'))
    assert [line.html.count("t-string") for line in listing.lines] == [1, 1, 1, 0]


def test_a_problem_stands_at_its_line_with_a_caret_under_its_character():
    source = Source("a.graphql", "type A {\n\tb: Bee\n}")
    problem = Problem("schema.E012", "Unknown type 'Bee'.", location=Location(source, 2, 5))
    listing = list_source(source, problems=[problem])
    assert [line.is_wrong for line in listing.lines] == [False, True, False]
    assert list(listing.lines[1].carets()) == [("\t   ", problem)]


@given(st.text(alphabet="a\"'`/*#@\n\\ T{}", max_size=200))
def test_every_text_keeps_its_lines(text):
    listing = list_source(Source("a.graphql", text))
    assert [line.text for line in listing.lines] == text.split("\n")
    assert len(listing.lines) == text.count("\n") + 1


@pytest.mark.parametrize("part", ["/*", '"""', "`", "'\\", '"', "@", "#"])
def test_a_long_line_of_one_sign_is_listed_whole(part):
    # a pattern that goes back over the text would not end within any patience
    text = part * (60_000 // len(part))
    assert [line.text for line in list_source(Source("a.graphql", text)).lines] == [text]


def test_a_long_text_is_shown_around_its_problems():
    source = Source("a.graphql", "\n".join(f"# line {number}" for number in range(1, 101)))
    problems = [Problem("schema.E012", "Wrong.", location=Location(source, line, 1)) for line in (2, 50, 54)]
    runs = list_source(source, problems=problems).runs
    assert [(run[0].number, run[-1].number) for run in runs] == [(1, 5), (47, 57)]


def test_a_long_text_without_problems_is_shown_whole():
    source = Source("a.graphql", "\n" * 99)
    assert [len(run) for run in list_source(source).runs] == [100]
