"""What the tests of schema changes share: apply, plan, add records, look at tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from datamodel import registry
from datamodel.migrator import Plan, PlanOptions, apply_plan, make_plan
from datamodel.modelgen import Record
from datamodel.registry import DataModel
from datamodel.schema import SchemaOptions, Source

SCHEMA_OPTIONS = {"datastore", "on_delete"}


def plan_for(text: str, name: str = "schema.graphql", **options: Any) -> Plan:
    """Plan a schema: ``plan_for(text, renames={("Post", "a"): "b"}, on_delete={…})``."""
    chosen = SchemaOptions(**{key: options.pop(key) for key in SCHEMA_OPTIONS & set(options)})
    return make_plan([Source(name, text)], PlanOptions(schema=chosen, **options))


def texts(plan: Plan) -> list[str]:
    return [f"{step.risk}: {step.text}" for step in plan.steps]


def add(model: str, **values: Any) -> Record:
    """Store a record without the write path's checks."""
    record = registry.current().model(model)()
    for name, value in values.items():
        record.set_value(name, value)
    record.save()
    return record


def stored(model: str, *fields: str) -> list[tuple[Any, ...]]:
    """The values of live records, in the order they were added."""
    records = registry.current().model(model).objects.order_by("joinery_pk")
    return [tuple(record.get_value(field) for field in fields) for record in records]


def shape() -> dict[str, Any]:
    """The generated tables as the database describes them, whatever the order of columns."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t.startswith("data_")]
        return {table: table_shape(cursor, table) for table in tables}


def table_shape(cursor: Any, table: str) -> dict[str, Any]:
    columns = {
        column.name: (connection.introspection.get_field_type(column.type_code, column), column.null_ok)
        for column in connection.introspection.get_table_description(cursor, table)
    }
    constraints = connection.introspection.get_constraints(cursor, table)
    kept = ("columns", "primary_key", "unique", "foreign_key", "check", "index")
    return {
        "columns": columns,
        "constraints": sorted(
            repr({key: constraint[key] for key in kept})
            for constraint in constraints.values()
            if constraint["columns"]
        ),
        "references": references(cursor, table),
    }


def references(cursor: Any, table: str) -> list[tuple[Any, ...]]:
    """The foreign keys, composite ones column by column."""
    if connection.vendor == "sqlite":
        cursor.execute(f"PRAGMA foreign_key_list({connection.ops.quote_name(table)})")
        return sorted((row[2], row[3], row[4]) for row in cursor.fetchall())
    cursor.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        [connection.ops.quote_name(table)],
    )
    return sorted(cursor.fetchall())


@pytest.fixture
def change(clean_tables: None) -> Callable[..., DataModel]:
    """Plan and apply with consent."""

    def run(text: str, **options: Any) -> DataModel:
        return apply_plan(plan_for(text, **options), allow_destructive=True)

    return run
