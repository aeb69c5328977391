"""Schemas built by hand, and their tables in the test database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection

from datamodel.modelgen import build_models, build_names
from datamodel.modelgen.record import Record
from datamodel.schema.ir import Schema

Tables = dict[str, type[Record]]


@pytest.fixture
def make_tables(transactional_db: None) -> Iterator[Callable[[Schema], Tables]]:
    """A function that builds the models of a schema and creates their tables, dropped afterwards."""
    created: list[type[Record]] = []

    def make(schema: Schema) -> Tables:
        models = dict(build_models(schema, build_names(schema)))
        with connection.schema_editor() as editor:
            for model in models.values():
                editor.create_model(model)
                created.append(model)
        return models

    yield make
    with connection.schema_editor() as editor:
        for model in reversed(created):
            editor.execute(
                f"DROP TABLE {editor.quote_name(model._meta.db_table)}"
                + (" CASCADE" if connection.vendor == "postgresql" else "")
            )
