"""Schemas built by hand, and their tables in the test database."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save

from datamodel.modelgen import build_models, build_names
from datamodel.modelgen.record import Record
from datamodel.modelgen.removal import deleting
from datamodel.schema.ir import Schema

MODEL_SIGNALS = (pre_save, post_save, pre_delete, post_delete, deleting)


@pytest.fixture(autouse=True)
def _nobody_listens() -> Iterator[None]:
    """Silence the receivers: these tests are about models and tables alone."""
    heard = [(signal, signal.receivers) for signal in MODEL_SIGNALS]
    for signal, _ in heard:
        signal.receivers = []
        signal.sender_receivers_cache.clear()
    yield
    for signal, receivers in heard:
        signal.receivers = receivers
        signal.sender_receivers_cache.clear()


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
