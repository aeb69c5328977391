from __future__ import annotations

from datamodel.schema import Location, Problem, Source, excerpt


def test_a_location_counts_lines_and_columns_from_one():
    text = Source("a.graphql", "type A {\n  b: C\n}")
    assert str(Location.at_offset(text, 0)) == "a.graphql:1:1"
    assert str(Location.at_offset(text, 11)) == "a.graphql:2:3"


def test_an_excerpt_puts_a_caret_under_the_character():
    text = Source("a.graphql", "type A {\n\tb: C\n}\n")
    assert excerpt(Location(text, 2, 5)) == "1 | type A {\n2 | \tb: C\n  | \t   ^\n3 | }"


def test_a_problem_prints_place_code_message_and_hint():
    problem = Problem("schema.E022", "It is wrong.", "Do it right.", Location(Source("a.graphql", "x"), 1, 1))
    assert str(problem) == "a.graphql:1:1: schema.E022 It is wrong. Do it right."
    assert str(Problem("schema.E060", "It is wrong.")) == "schema.E060 It is wrong."
