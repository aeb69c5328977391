"""Secondary indexes: fields that can be sorted, names that can be used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import Dialect, ModelIndex, ModelType, Schema
from datamodel.schema.rules.findings import error, warning
from datamodel.schema.rules.primary_keys import unsuitable
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_indexes"]

INDEX_NAME = re.compile(r"[A-Za-z0-9_.\-]{3,255}\Z", re.ASCII)
PLAIN_NAME = re.compile(r"[A-Za-z0-9_]+\Z", re.ASCII)
QUERY_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z", re.ASCII)


def check_indexes(schema: Schema) -> Iterator[Problem]:
    """Report indexes that cannot be made or queried."""
    for model in schema.models:
        seen: set[str] = set()
        for index in model.indexes:
            if index.name and index.name in seen:
                message = f"Model '{model.name}' has two indexes called '{index.name}'."
                yield error(Code.INDEX_NAME, message, "Rename one.", index.location)
            seen.add(index.name)
            yield from _check_name(index, model, schema.dialect)
            yield from _check_fields(index, model, schema.dialect)
            yield from _check_partition(index, model, schema.dialect)


def _check_name(index: ModelIndex, model: ModelType, dialect: Dialect) -> Iterator[Problem]:
    if index.name and dialect is not Dialect.V1 and not INDEX_NAME.match(index.name):
        message = f"'{index.name[:80]}' is not a name for an index of '{model.name}'."
        hint = "Use 3 to 255 of letters, digits, '_', '-' and '.'."
        yield error(Code.INDEX_NAME, message, hint, index.location)
    elif index.name and len(index.fields) > 2 and not PLAIN_NAME.match(index.name):
        message = f"Index '{index.name[:80]}' of '{model.name}' gives its name to a type."
        yield error(Code.INDEX_NAME, message, "Use letters, digits and '_' only.", index.location)
    if index.query_field is not None and not QUERY_NAME.match(index.query_field):
        message = f"'{index.query_field[:80]}' is not a name for a query."
        hint = "Use letters, digits and '_', and begin with a letter or '_'."
        yield error(Code.INDEX_NAME, message, hint, index.location)


def _check_fields(index: ModelIndex, model: ModelType, dialect: Dialect) -> Iterator[Problem]:
    label = f"Index '{index.name}'" if index.name else "An index"
    if not index.fields:
        message = f"{label} of '{model.name}' names no field."
        yield error(Code.KEY_FIELD_UNKNOWN, message, "Name at least one.", index.location)
    for position, name in enumerate(index.fields):
        item = model.find_field(name)
        if name in index.fields[:position]:
            message = f"{label} of '{model.name}' names '{name}' twice."
            yield error(Code.KEY_REPEATED, message, "Name each field once.", index.location)
        elif item is None and name != "id":
            message = f"{label} of '{model.name}' names '{name}', which is no field of it."
            hint = did_you_mean(name, [field.name for field in model.fields])
            if dialect is Dialect.GEN2 and position == 0:
                yield warning(
                    Code.UNRESOLVED_FIELD, message, f"{hint} It is left out.".strip(), index.location
                )
            else:
                yield error(Code.KEY_FIELD_UNKNOWN, message, hint or f"Declare '{name}'.", index.location)
        elif item is not None and (reason := unsuitable(item.type)):
            message = f"Field '{model.name}.{name}' cannot be part of an index: it {reason}."
            if dialect is Dialect.V1 and item.type.is_list:
                yield warning(Code.UNRESOLVED_FIELD, message, "The index is left out.", index.location)
            else:
                hint = "Use a text, number, date or enum."
                yield error(Code.KEY_FIELD_UNSUITABLE, message, hint, index.location)


def _check_partition(index: ModelIndex, model: ModelType, dialect: Dialect) -> Iterator[Problem]:
    """An index on the key's own first field needs a key with a sort field."""
    if dialect is Dialect.V1 or not model.is_key_explicit or len(model.primary_key) != 1:
        return
    if index.fields[:1] == model.primary_key:
        name = index.fields[0]
        message = f"An index of '{model.name}' begins with '{name}', which is already the whole primary key."
        hint = "Remove the index, or give the primary key a sort field."
        yield error(Code.INDEX_NEEDS_SORT, message, hint, index.location)
