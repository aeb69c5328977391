from __future__ import annotations

from datamodel.schema import Location, Problem, Source, excerpt


def test_a_location_counts_lines_and_columns_from_one():
    text = Source("a.graphql", "type A {\n  b: C\n}")
    assert str(Location.at_offset(text, 0)) == "a.graphql:1:1"
    assert str(Location.at_offset(text, 11)) == "a.graphql:2:3"


def test_an_excerpt_puts_a_caret_under_the_character():
    text = Source("a.graphql", "type A {\n\tb: C\n}\n")
    assert excerpt(Location(text, 2, 5)) == "1 | type A {\n2 | \tb: C\n  | \t   ^\n3 | }"


def test_an_excerpt_of_a_very_long_line_is_clipped():
    text = Source("a.graphql", "x" * 500 + "!" + "y" * 500)
    line, caret = excerpt(Location(text, 1, 501)).split("\n")
    assert line == "1 | …" + "x" * 60 + "!" + "y" * 59 + "…"
    assert line.index("!") == caret.index("^")
    assert "…" not in excerpt(Location(Source("a.graphql", "x" * 120), 1, 120))


def test_an_excerpt_does_nothing_to_a_terminal():
    assert excerpt(Location(Source("a.graphql", "a\x1b[2Jb"), 1, 1)).startswith("1 | a\ufffd[2Jb")


def test_a_problem_prints_place_code_message_and_hint():
    problem = Problem("schema.E022", "It is wrong.", "Do it right.", Location(Source("a.graphql", "x"), 1, 1))
    assert str(problem) == "a.graphql:1:1: schema.E022 It is wrong. Do it right."
    assert str(Problem("schema.E060", "It is wrong.")) == "schema.E060 It is wrong."
