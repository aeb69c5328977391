"""A dialect told from outside the text: strict, and never outvoted."""

from __future__ import annotations

import pytest

from datamodel.schema import Dialect, SchemaError, Source, load_schema, parse_schema, tell_dialect
from datamodel.schema.source import Location

PLAIN = "type Note @model { id: ID! text: String }"
FIRST = 'type Note @model @key(name: "byText", fields: ["text"]) { id: ID! text: String }'
SECOND = "type Note @model { id: ID! text: String @index }"
NAMELESS = "type A @model { bs: [B] @manyToMany } type B @model { as: [A] @manyToMany }"


def dialect_of(text, dialect=None, name="note.graphql"):
    return load_schema([Source(name, text)], dialect=dialect).schema.dialect


def problems_of(text, dialect):
    with pytest.raises(SchemaError) as caught:
        dialect_of(text, dialect)
    return caught.value.problems


@pytest.mark.parametrize("dialect", [Dialect.V1, Dialect.V2])
def test_a_text_that_leaves_it_open_is_what_it_is_told(dialect):
    assert dialect_of(PLAIN, dialect) is dialect


def test_a_text_that_leaves_it_open_is_version_2_where_nothing_is_told():
    assert dialect_of(PLAIN) is Dialect.V2


def test_the_text_decides_where_nothing_is_told():
    assert dialect_of(FIRST) is Dialect.V1


def test_a_told_version_2_refuses_directives_of_version_1():
    [problem] = problems_of(FIRST, Dialect.V2)
    assert problem.code == "schema.E014"
    assert problem.message == (
        "Directive '@key' belongs to version 1 of the transformer, and the choice of dialect says version 2."
    )
    assert "'@primaryKey' or '@index'" in problem.hint
    assert "'--dialect v1'" in problem.hint


def test_a_told_version_1_refuses_directives_of_version_2():
    [problem] = problems_of(SECOND, Dialect.V1)
    assert problem.code == "schema.E014"
    assert str(problem.location) == "note.graphql:1:41"


def test_a_relation_without_a_name_is_refused_where_version_2_is_told():
    assert load_schema([Source("ab.graphql", NAMELESS)]).warnings[0].code == "schema.W004"
    errors = [problem for problem in problems_of(NAMELESS, Dialect.V2) if problem.is_error]
    assert [problem.code for problem in errors] == ["schema.E013"] * 2


def test_what_a_source_was_told_counts():
    sources = tell_dialect([Source("note.graphql", PLAIN)], Dialect.V1, "the folder 'v1'")
    assert load_schema(sources).schema.dialect is Dialect.V1


def test_a_choice_wins_over_what_a_source_was_told():
    sources = tell_dialect([Source("note.graphql", SECOND)], Dialect.V1, "the folder 'v1'")
    assert load_schema(sources, dialect=Dialect.V2).schema.dialect is Dialect.V2


def test_the_error_names_what_tells_the_dialect():
    sources = tell_dialect([Source("note.graphql", FIRST)], Dialect.V2, "'amplify/cli.json'")
    [problem] = parse_schema(sources).problems
    assert "and 'amplify/cli.json' says version 2" in problem.message


def test_files_of_different_versions_are_no_schema():
    first = tell_dialect([Source("a.graphql", PLAIN)], Dialect.V1, "the folder 'v1'")
    second = tell_dialect([Source("b.graphql", "enum E { ON }")], Dialect.V2, "the folder 'v2'")
    result = parse_schema([*first, *second])
    assert result.schema is None
    [problem] = result.problems
    assert problem.location == Location(second[0], 1, 1)
    assert "the folder 'v1' says v1 and the folder 'v2' says v2" in problem.message
    assert parse_schema([*first, *second], dialect=Dialect.V2).schema is not None


@pytest.mark.parametrize("dialect", [Dialect.V1, Dialect.V2])
def test_code_of_gen_2_is_read_as_such_whatever_is_told(dialect):
    code = "a.schema({ Note: a.model({ text: a.string() }).authorization(x => x.owner()) })"
    assert dialect_of(code, dialect, "resource.ts") is Dialect.GEN2


def test_gen_2_can_be_told():
    problems = problems_of(PLAIN, Dialect.GEN2)
    assert {problem.code[:9] for problem in problems} == {"schema.E2"}
    assert all(problem.location for problem in problems)
