"""Receivers that keep relationships true and the change log complete, whoever saves or deletes a record."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver

from datamodel import deletion
from datamodel.changes import log
from datamodel.modelgen import Record, stored

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


@receiver(pre_delete)
def enforce_policies(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if isinstance(instance, Record):
        stored.before_delete(instance)
        log.append(deletion.enforce(instance))


@receiver(post_delete)
def log_delete(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    if isinstance(instance, Record):
        log.append_deleted(instance)
