"""No two operations of the API have the same name."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import ModelType, Schema
from datamodel.schema.rules.findings import error
from datamodel.schema.source import Location

__all__ = ["check_root_fields"]


def check_root_fields(schema: Schema) -> Iterator[Problem]:
    """Report clashes of queries, mutations and subscriptions. Works on a normalized schema."""
    seen: dict[tuple[str, str], str] = {}
    for root, name, owner, at in _root_fields(schema):
        if (root, name) in seen:
            message = f"{root} field '{name}' of {owner} is already that of {seen[root, name]}."
            hint = "Rename a type, or choose another name with 'queryField' or '@model(queries: …)'."
            yield error(Code.NAME_CLASH, message, hint, at)
        seen.setdefault((root, name), owner)


def _root_fields(schema: Schema) -> Iterator[tuple[str, str, str, Location | None]]:
    for custom in schema.custom_operations:
        if custom.parent is not None:
            yield custom.parent, custom.name, "your own", custom.location
    for model in schema.models:
        for root, name in _operations(model):
            yield root, name, f"model '{model.name}'", model.location
        for index in model.indexes:
            if index.query_field:
                yield (
                    "Query",
                    index.query_field,
                    f"an index of '{model.name}'",
                    index.location or model.location,
                )


def _operations(model: ModelType) -> Iterator[tuple[str, str]]:
    operations = model.operations
    for root, names in (
        ("Query", (operations.get, operations.list, operations.sync)),
        ("Mutation", (operations.create, operations.update, operations.delete)),
        ("Subscription", (*operations.on_create, *operations.on_update, *operations.on_delete)),
    ):
        for name in names:
            if name:
                yield root, name
