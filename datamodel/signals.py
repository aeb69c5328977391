"""Receivers that keep relationships true and the change log complete, whoever saves or deletes a record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models import Model
from django.db.models.signals import post_save, pre_save
from django.dispatch import receiver

from datamodel import deletion
from datamodel.changes import bulk, log
from datamodel.modelgen import Record, in_sql, stored
from datamodel.modelgen.plain import OddNames
from datamodel.modelgen.removal import deleting
from datamodel.records.together import SavedTogether, saved_together

__all__: list[str] = []


@receiver(pre_save)
def check_references(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if isinstance(instance, Record):
        deletion.check_references(instance, stored.before_save(instance))


@receiver(post_save)
def log_save(
    sender: type[Model], instance: Model, update_fields: Collection[str] | None = None, **kwargs: Any
) -> None:
    if isinstance(instance, Record):
        log.append_saved(instance, update_fields)


@receiver(saved_together)
def log_saved_together(saved: list[SavedTogether], **kwargs: Any) -> None:
    log.append(saved)


@receiver(deleting)
def enforce_policies(
    sender: type[Record], pks: Sequence[int], now: int, odd: OddNames, **kwargs: Any
) -> None:
    deed = deletion.foresee(sender, pks, now, odd)
    bulk.append_sets(deed.sets, now)
    deletion.carry_out(deed)


@receiver(connection_created)
def teach_functions(
    sender: type[BaseDatabaseWrapper], connection: BaseDatabaseWrapper, **kwargs: Any
) -> None:
    if connection.vendor == "sqlite":
        in_sql.teach(connection.connection)
