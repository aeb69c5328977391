"""What a schema change does to records, as operations beside Django's; they leave the state alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Exists, OuterRef, Q, QuerySet

from datamodel.migrator.conversion import Conversion, storage_of, value_from_column_text, value_to_column_text
from datamodel.migrator.diff import existing
from datamodel.migrator.errors import MigrationRefused
from datamodel.modelgen.values import iso_timestamp

__all__ = ["CheckReferences", "ConvertValues", "FillValues", "new_id", "time_of_change"]

BATCH = 500
LIVE = Q(joinery_deleted=False)


class RecordOperation(Operation):
    """Changes records, not tables."""

    reversible = False
    model_name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Tables stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        self.run(from_state, app_label)

    def run(self, state: ProjectState, app_label: str) -> None:
        raise NotImplementedError


def batches(records: QuerySet[models.Model]) -> Iterator[list[models.Model]]:
    """Yield the records in batches, in the order of their surrogate keys; they may change meanwhile."""
    last = 0
    while batch := list(records.filter(joinery_pk__gt=last).order_by("joinery_pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


class ConvertValues(RecordOperation):
    """Turn the values of a field into another type, in a text column where the storage changes.

    A value that does not fit becomes ``default``.
    """

    def __init__(
        self,
        model_name: str,
        name: str,
        conversion: Conversion | None = None,
        default: Any = None,
    ) -> None:
        self.model_name = model_name
        self.name = name
        self.conversion = conversion
        self.default = default

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [], {"model_name": self.model_name, "name": self.name}

    def run(self, state: ProjectState, app_label: str) -> None:
        manager = state.apps.get_model(app_label, self.model_name)._base_manager
        for batch in batches(manager.exclude(**{self.name: None})):
            changed = [record for record in batch if self._convert(record)]
            manager.bulk_update(changed, [self.name], batch_size=BATCH)

    def _convert(self, record: models.Model) -> bool:
        """Set the record's new value; return whether it differs."""
        conversion = existing(self.conversion)
        before = getattr(record, self.name)
        value: Any = before
        if conversion.moves_storage:
            value = value_from_column_text(storage_of(conversion.source), before)
        try:
            value = conversion.convert(value)
        except ValueError:
            value = None
        value = self.default if value is None else value
        if conversion.moves_storage and value is not None:
            value = value_to_column_text(storage_of(conversion.target), value)
        setattr(record, self.name, value)
        return bool(value != before)


class FillValues(RecordOperation):
    """Give each record that lacks a value one of its own."""

    def __init__(self, model_name: str, name: str, make: Callable[[models.Model], Any] | None = None) -> None:
        self.model_name = model_name
        self.name = name
        self.make = make

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__qualname__, [], {"model_name": self.model_name, "name": self.name}

    def run(self, state: ProjectState, app_label: str) -> None:
        make = existing(self.make)
        manager = state.apps.get_model(app_label, self.model_name)._base_manager
        for batch in batches(manager.filter(**{self.name: None})):
            for record in batch:
                setattr(record, self.name, make(record))
            manager.bulk_update(batch, [self.name], batch_size=BATCH)


def new_id(record: models.Model) -> str:
    """Return a new ``id``."""
    return str(uuid.uuid4())


def time_of_change(record: models.Model) -> str:
    """Return when the record was last written, as a timestamp."""
    return iso_timestamp(record.joinery_changed_at)  # type: ignore[attr-defined]


class CheckReferences(RecordOperation):
    """Make sure that references name records before they are enforced.

    References of live records that name none are cleared where that was agreed to (``may_clear``),
    else the change is refused. Tombstones lose theirs, or go where the reference is required.
    """

    def __init__(
        self,
        model_name: str,
        fields: tuple[str, ...],
        parent_name: str,
        parent_fields: tuple[str, ...],
        clearable: tuple[str, ...] = (),
        may_clear: bool = False,
        label: str = "",
    ) -> None:
        self.model_name = model_name
        self.fields = fields
        self.parent_name = parent_name
        self.parent_fields = parent_fields
        self.clearable = clearable
        self.may_clear = may_clear
        self.label = label

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        kwargs = {
            "model_name": self.model_name,
            "fields": self.fields,
            "parent_name": self.parent_name,
            "parent_fields": self.parent_fields,
        }
        return type(self).__qualname__, [], kwargs

    def run(self, state: ProjectState, app_label: str) -> None:
        children = state.apps.get_model(app_label, self.model_name)._base_manager.all()
        parents = state.apps.get_model(app_label, self.parent_name)._base_manager.all()
        children = children.filter(**{f"{name}__isnull": False for name in self.fields})
        match = {own: OuterRef(name) for own, name in zip(self.parent_fields, self.fields, strict=True)}
        live = children.filter(LIVE & ~Exists(parents.filter(LIVE, **match)))
        self._settle_live(live)
        tombstones = children.filter(~LIVE & ~Exists(parents.filter(**match)))
        if self.clearable:
            tombstones.update(**dict.fromkeys(self.clearable))
        else:
            tombstones.delete()

    def _settle_live(self, dangling: QuerySet[models.Model]) -> None:
        if self.may_clear and self.clearable:
            dangling.update(**dict.fromkeys(self.clearable))
        elif rows := dangling.order_by(*self.fields).values_list(*self.fields).distinct()[:5]:
            found = "; ".join(", ".join(str(part) for part in row) for row in rows)
            raise MigrationRefused(
                f"References of {self.label} name records that do not exist: {found}. "
                "Correct them, or choose the policy keep for this relationship."
            )
