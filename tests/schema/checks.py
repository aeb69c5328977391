"""What the schema tests share: short ways to load a text and to look at what came of it."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

from datamodel.schema import (
    Dialect,
    Problem,
    Schema,
    SchemaError,
    SchemaOptions,
    Source,
    load_schema,
    normalize,
    parse_schema,
    validate_schema,
)


def source(text, name="post.graphql"):
    return Source(name, dedent(text))


def load(text, **options) -> Schema:
    """The complete schema of a text without errors."""
    return load_schema([source(text)], SchemaOptions(**options)).schema


def warnings_of(text) -> list[Problem]:
    return list(load_schema([source(text)]).warnings)


def problems_of(*texts) -> list[Problem]:
    """Every problem of texts that cannot be used."""
    try:
        loaded = load_schema([source(text) for text in texts])
    except SchemaError as error:
        return error.problems
    return list(loaded.warnings)


def printed(problems) -> list[str]:
    """``1:20 E022 message``, without the file and the hint."""
    return [
        f"{problem.location.line}:{problem.location.column} {problem.code.removeprefix('schema.')} {problem.message}"
        for problem in problems
    ]


def assert_problems(text, expected, rule=None) -> None:
    """Assert what a text is told, or what one rule says of it."""
    found = problems_of(text) if rule is None else rule(parse_schema([source(text)]).schema)
    assert printed(found) == expected


def load_gen2(text, **options) -> Schema:
    """A schema written by references, read as Gen 2 would be."""
    raw = replace(parse_schema([source(text)]).schema, dialect=Dialect.GEN2)
    public = [replace(model, auth=model.auth or ()) for model in raw.models]
    raw = replace(raw, models=tuple(public))
    assert not [problem for problem in validate_schema(raw) if problem.is_error]
    return normalize(raw, SchemaOptions(**options))


def shape(item) -> str:
    return f"{item.name}: {item.type}"


def fields_of(schema, model) -> list[str]:
    return [shape(item) for item in schema.model(model).fields]


def ends(link) -> str:
    """``Comment(postID) -> Post(id)``."""
    references, identifiers = ", ".join(link.reference_fields), ", ".join(link.identifier_fields)
    return f"{link.child}({references}) -> {link.parent}({identifiers})"


def links_of(schema) -> dict[str, str]:
    return {link.name: ends(link) for link in schema.links}
