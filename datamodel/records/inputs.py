"""Input becomes stored values: every value coerced and checked, all problems told at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from datamodel.modelgen import Record
from datamodel.modelgen.errors import ValidationFailed
from datamodel.modelgen.filled import is_filled_in
from datamodel.modelgen.values import ValueProblem, coerce, default_value
from datamodel.schema.ir import ModelType, Schema

__all__ = ["problem_text", "read_changes", "read_key", "read_new"]


class Problems:
    """The problems found so far, by field."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def add(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def raise_if_any(self) -> None:
        if self.errors:
            raise ValidationFailed(self.errors)


def read_new(schema: Schema, model_type: ModelType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored values of a new record, defaults applied; raise ValidationFailed."""
    problems = Problems()
    given = {**values, **dict(defaults(schema, model_type, values))}
    stored = dict(read(schema, model_type, given, problems))
    for field in model_type.stored_fields:
        if field.type.is_required and given.get(field.name) is None and not is_filled_in(model_type, field):
            problems.add(field.name, f"'{field.name}' is required.")
    for name in model_type.primary_key:
        if stored.get(name) == "":
            problems.add(name, f"'{name}' is part of the key and cannot be empty.")
    problems.raise_if_any()
    return {name: value for name, value in stored.items() if value is not None}


def read_changes(
    schema: Schema, model_type: ModelType, values: Mapping[str, Any], record: Record
) -> dict[str, Any]:
    """Return the stored values of the fields to change in ``record``; raise ValidationFailed."""
    problems = Problems()
    stored = dict(read(schema, model_type, values, problems))
    for name, value in values.items():
        field = model_type.find_field(name)
        if name in model_type.primary_key:
            if name in stored and stored[name] != record.get_value(name):
                problems.add(name, f"'{name}' is part of the key and cannot change.")
        elif value is None and field is not None and field.type.is_required:
            problems.add(name, f"'{name}' is required.")
    problems.raise_if_any()
    return stored


def read_key(schema: Schema, model_type: ModelType, key: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the stored values of a key, or None where no record can have such a key."""
    stored = {}
    for name in model_type.primary_key:
        if key.get(name) is None:
            return None
        try:
            stored[name] = coerce(schema, model_type.field(name).type, key[name])
        except ValueProblem:
            return None
    return stored


def read(
    schema: Schema, model_type: ModelType, values: Mapping[str, Any], problems: Problems
) -> Iterator[tuple[str, Any]]:
    """Yield the coerced values of the fields that take input; note what is wrong with the others."""
    for name, value in values.items():
        field = model_type.find_field(name)
        if field is None or not field.is_stored:
            problems.add(name, f"'{model_type.name}' has no field '{name}' to write.")
        elif field.is_read_only:
            problems.add(name, f"'{name}' is filled in by the server and cannot be written.")
        elif value is None:
            yield name, None
        else:
            try:
                yield name, coerce(schema, field.type, value)
            except ValueProblem as problem:
                problems.add(name, problem_text(problem))


def problem_text(problem: ValueProblem) -> str:
    """Return the sentence, with the place inside a list or an embedded type in front."""
    where = ".".join(str(part) for part in problem.path)
    return f"{where}: {problem.message}" if where else problem.message


def defaults(schema: Schema, model_type: ModelType, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the ``@default`` values of the fields that are missing or null."""
    for field in model_type.stored_fields:
        if field.default is not None and values.get(field.name) is None:
            yield field.name, default_value(schema, field)
