"""Properties of the readers: what is written down is read back, and no text crashes them."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datamodel.schema import (
    Dialect,
    SchemaError,
    Source,
    decode_schema,
    encode_schema,
    load_schema,
    parse_schema,
)
from tests.strategies import print_sdl, schemas

GRAPHQL = Dialect.V1, Dialect.V2
slowly = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))

WORDS = (
    "type enum input interface union extend schema directive scalar Post Comment id title ID String Int [ ] { } ( ) "
    '! : , " """ # @model @key @connection @index @primaryKey @hasMany @hasOne @belongsTo @manyToMany @auth @default '
    "fields name rules allow owner public queries null true 1 -1 1e999 $x & | ... \ufeff \x00 é 🙂 \n"
)
CODE = (
    "a . schema model enum customType ref string id integer array required default hasMany belongsTo identifier "
    "secondaryIndexes authorization allow owner publicApiKey query handler ( ) [ ] { } => , : ; ' \" ` ${ } ... "
    "const export default import from as const let function return for of if x y Post 'Post' 'id' 1 1e999 null "
    "undefined true && || ?? ? + - ! = == < > /* */ // \n \ufeff \x00 é 🙂 .schema( a.model({ })"
)


@slowly
@given(st.sampled_from(GRAPHQL).flatmap(schemas))
def test_a_schema_that_is_written_down_is_read_back_equal(schema):
    text = print_sdl(schema)
    result = parse_schema([Source("schema.graphql", text)], dialect=schema.dialect)
    assert [str(problem) for problem in result.problems if problem.is_error] == []
    assert result.schema == schema


@slowly
@given(st.sampled_from(GRAPHQL).flatmap(schemas))
def test_a_complete_schema_survives_storing(schema):
    loaded = load_schema([Source("schema.graphql", print_sdl(schema))], dialect=schema.dialect).schema
    assert decode_schema(encode_schema(loaded)) == loaded


def problems_of(name, text):
    try:
        return load_schema([Source(name, text)]).warnings
    except SchemaError as error:
        return [*error.problems]


def read_anything(name, text):
    assert all(problem.location for problem in problems_of(name, text) if problem.is_error)


@slowly
@given(st.text() | st.lists(st.sampled_from(WORDS.split(" "))).map(" ".join))
def test_no_text_crashes_the_graphql_reader(text):
    read_anything("schema.graphql", text)


@slowly
@given(st.text() | st.lists(st.sampled_from(CODE.split(" "))).map(" ".join))
def test_no_text_crashes_the_typescript_reader(text):
    read_anything("resource.ts", text)


@pytest.mark.parametrize("name", ["schema.graphql", "resource.ts"])
@pytest.mark.parametrize("character", ["{", "(", "[", "`${", "!", "a.", "...", '"', "=>", "/*", "@"])
def test_no_long_run_of_a_character_crashes_a_reader(name, character):
    read_anything(name, character * 5000)
