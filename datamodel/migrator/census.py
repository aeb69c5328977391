"""Counts of the user's records that a change touches: one aggregate query per table, and a few exact ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.db.migrations.state import StateApps
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from datamodel.migrator.conversion import Conversion
from datamodel.migrator.diff import FieldChange, LinkChange, ModelChange, SchemaDiff, existing, uses_type
from datamodel.modelgen import APP_LABEL, NameMap, coerce
from datamodel.schema.ir import FieldType, Schema

__all__ = ["Census", "Misfits", "TableCount"]

LIVE = Q(joinery_deleted=False)
EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class TableCount:
    """How many records a table holds; ``filled`` by the old field name, live records with a value."""

    live: int = 0
    stored: int = 0
    """Tombstones included: the table's rows."""
    filled: dict[str, int] = field(default_factory=dict)
    stored_filled: dict[str, int] = field(default_factory=dict)

    def missing(self, name: str) -> int:
        return self.live - self.filled[name]

    def stored_missing(self, name: str) -> int:
        return self.stored - self.stored_filled[name]


@dataclass(frozen=True, slots=True)
class Misfits:
    """Values that do not survive a conversion."""

    filled: int = 0
    misfits: int = 0
    stored_misfits: int = 0
    examples: tuple[str, ...] = ()


class Census:
    """Reads the tables of the active version. Answers are by the names of the new version."""

    def __init__(self, apps: StateApps, names: NameMap, diff: SchemaDiff) -> None:
        self.apps = apps
        self.names = names
        self.diff = diff
        self._counts: dict[str, TableCount] = {}

    def table(self, model: str) -> type[models.Model]:
        """Return the model of the active version that was called ``model`` or is renamed to it."""
        old = self.diff.renames.old_model(model)
        return self.apps.get_model(APP_LABEL, self.names.models[old].class_name)

    def attribute(self, model: str, name: str) -> str:
        """Return the attribute of the active version that holds the field."""
        names = self.names.models[self.diff.renames.old_model(model)]
        return names.fields[self.diff.renames.old_field(model, name)].attribute

    def count(self, model: str) -> TableCount:
        """Count the records of a table, and how many of them fill the fields that change."""
        if model not in self._counts:
            self._counts[model] = self._count(model)
        return self._counts[model]

    def _count(self, model: str) -> TableCount:
        names = list(self._counted_fields(model))
        attributes = [self.attribute(model, name) for name in names]
        live = {f"live_{i}": Count(attribute, filter=LIVE) for i, attribute in enumerate(attributes)}
        stored = {f"stored_{i}": Count(attribute) for i, attribute in enumerate(attributes)}
        counts = self._records(model).aggregate(
            all_live=Count("pk", filter=LIVE), all=Count("pk"), **live, **stored
        )
        return TableCount(
            live=counts["all_live"],
            stored=counts["all"],
            filled={name: counts[f"live_{i}"] for i, name in enumerate(names)},
            stored_filled={name: counts[f"stored_{i}"] for i, name in enumerate(names)},
        )

    def _counted_fields(self, model: str) -> Iterator[str]:
        """Dropped fields, and those that become required or change type."""
        change = self.diff.find_kept(model)
        if change is not None:
            yield from (each.name for each in change.fields if each.old is not None)

    def _records(self, model: str) -> QuerySet[models.Model]:
        return self.table(model)._base_manager.all()

    def misfits(self, change: FieldChange) -> Misfits:
        """Look at every value of a field that changes its type."""
        conversion = existing(change.conversion)
        attribute = self.attribute(change.model, change.name)
        rows = self._records(change.model).exclude(**{attribute: None})
        filled = misfits = stored = 0
        examples: list[str] = []
        for value, is_deleted in rows.values_list(attribute, "joinery_deleted").iterator(chunk_size=2000):
            filled += not is_deleted
            if not is_misfit(conversion, value):
                continue
            stored += 1
            misfits += not is_deleted
            if len(examples) < EXAMPLES and repr(value) not in examples:
                examples.append(repr(value))
        return Misfits(filled, misfits, stored, tuple(examples))

    def embedded_misfits(self, type_name: str) -> tuple[int, tuple[str, ...]]:
        """Count the live records whose embedded values of a changed custom type no longer fit."""
        before, after = self.diff.before, self.diff.after
        found: dict[str, int] = {}
        for change in self.diff.kept:
            for each in change.new.stored_fields:
                old = change.old.find_field(each.name)
                if old is None or old.type.name != each.type.name or not uses_type(before, old, type_name):
                    continue
                attribute = self.attribute(change.name, each.name)
                values = self._records(change.name).filter(LIVE).exclude(**{attribute: None})
                whole = replace(each.type, is_required=False)
                count = sum(not fits(after, whole, value) for value in _values(values, attribute))
                if count:
                    found[change.name] = found.get(change.name, 0) + count
        return sum(found.values()), tuple(found)

    def duplicates(self, change: ModelChange) -> tuple[str, ...]:
        """Return examples of values of the new primary key that several rows would share.

        A part of the key that is added, or that a row lacks, does not tell rows apart.
        """
        parts = [each for name in change.new.primary_key if (each := change.old.find_field(name)) is not None]
        attributes = [self.attribute(change.name, part.name) for part in parts]
        rows = self._records(change.name).order_by()
        if not any(self._changes_value(change.name, part.name) for part in parts):
            counted = rows.values_list(*attributes).annotate(joinery_rows=Count("pk"))
            groups = counted.filter(joinery_rows__gt=1) if parts else []
            shared = [group[:-1] for group in groups[:EXAMPLES]]
            if not parts and self.count(change.name).stored > 1:
                shared = [()]
        else:
            conversions = [self._conversion(change.name, part.name) for part in parts]
            keys = Counter(
                _converted_key(row, conversions) for row in rows.values_list(*attributes).iterator(2000)
            )
            shared = [key for key, count in keys.most_common(EXAMPLES) if count > 1]
        return tuple(", ".join(_shown(part) for part in key) for key in shared)

    def dangling(self, change: LinkChange) -> tuple[int, tuple[str, ...]]:
        """Count the live records whose reference names no record, with examples of the references."""
        records = self._dangling_records(change)
        if records is None:
            return 0, ()
        link = change.link
        attributes = [self.attribute(link.child, name) for name in link.reference_fields]
        examples = records.values_list(*attributes).order_by(*attributes).distinct()[:EXAMPLES]
        return records.count(), tuple(", ".join(str(part) for part in row) for row in examples)

    def referring(self, change: LinkChange) -> int:
        """Count the live records that have a reference, whether or not it names a record."""
        records = self._referring_records(change)
        return records.count() if records is not None else 0

    def doubled(self, change: LinkChange) -> tuple[int, tuple[str, ...]]:
        """Count the live records whose reference another has too, beyond the first, with examples."""
        records = self._referring_records(change)
        if records is None or self.is_converted(change):
            return 0, ()
        attributes = [self.attribute(change.link.child, name) for name in change.link.reference_fields]
        counted = records.order_by().values_list(*attributes).annotate(joinery_rows=Count("pk"))
        shared = counted.filter(joinery_rows__gt=1)
        total = shared.aggregate(rows=Sum("joinery_rows"), parents=Count("joinery_rows"))
        groups = shared.order_by(*attributes)[:EXAMPLES]
        examples = tuple(", ".join(str(part) for part in group[:-1]) for group in groups)
        return (total["rows"] or 0) - total["parents"], examples

    def lacks_parent(self, change: LinkChange, value: Any) -> bool:
        """Return whether no record has the value that every new reference would get."""
        link = change.link
        parent = self.diff.before.find_model(link.parent)
        (identifier,) = link.identifier_fields
        if (
            parent is None
            or parent.find_field(identifier) is None
            or self._changes_value(link.parent, identifier)
        ):
            return True
        match = {self.attribute(link.parent, identifier): value}
        return not self._records(link.parent).filter(LIVE, **match).exists()

    def _dangling_records(self, change: LinkChange) -> QuerySet[models.Model] | None:
        """Return those records, or None where the columns are only known after other steps."""
        link = change.link
        records, parent = self._referring_records(change), self.diff.before.find_model(link.parent)
        if records is None or parent is None:
            return records
        if any(parent.find_field(name) is None for name in link.identifier_fields) or self.is_converted(
            change
        ):
            return None
        references = [self.attribute(link.child, name) for name in link.reference_fields]
        identifiers = [self.attribute(link.parent, name) for name in link.identifier_fields]
        match = {i: OuterRef(r) for i, r in zip(identifiers, references, strict=True)}
        return records.filter(~Exists(self._records(link.parent).filter(LIVE, **match)))

    def _referring_records(self, change: LinkChange) -> QuerySet[models.Model] | None:
        """Return the live records whose reference is filled, or None where its columns are not there yet."""
        link = change.link
        child = self.diff.before.find_model(link.child)
        if child is None or any(child.find_field(name) is None for name in link.reference_fields):
            return None
        references = [self.attribute(link.child, name) for name in link.reference_fields]
        return self._records(link.child).filter(LIVE, **{f"{name}__isnull": False for name in references})

    def is_converted(self, change: LinkChange) -> bool:
        """Return whether the values on either end of the relationship change their type."""
        link = change.link
        ends = [(link.child, name) for name in link.reference_fields]
        ends += [(link.parent, name) for name in link.identifier_fields]
        return any(self._changes_value(model, name) for model, name in ends)

    def _changes_value(self, model: str, name: str) -> bool:
        return self._conversion(model, name) is not None

    def _conversion(self, model: str, name: str) -> Conversion | None:
        kept = self.diff.find_kept(model)
        change = kept.find(name) if kept else None
        return change.conversion if change else None


def is_misfit(conversion: Conversion, value: Any) -> bool:
    """Return whether the value, or an item of it, is lost."""
    try:
        conversion.convert(value)
    except ValueError:
        return True
    return conversion.loses_items(value)


def _converted_key(row: tuple[Any, ...], conversions: Sequence[Conversion | None]) -> tuple[Any, ...]:
    """Return the row's key after the change, as text; what does not fit is lacking."""
    parts = (
        value if conversion is None or is_misfit(conversion, value) else conversion.convert(value)
        for value, conversion in zip(row, conversions, strict=True)
    )
    return tuple(None if part is None else str(part) for part in parts)


def _shown(part: Any) -> str:
    return "no value" if part is None else str(part)


def fits(schema: Schema, field_type: FieldType, value: Any) -> bool:
    """Return whether a stored value is one of the type."""
    try:
        coerce(schema, field_type, value)
    except ValueError:
        return False
    return True


def _values(records: QuerySet[models.Model], attribute: str) -> Iterator[Any]:
    return records.values_list(attribute, flat=True).iterator(chunk_size=2000)


def quoted(examples: Sequence[str]) -> str:
    """Return examples as people read them: the first five, quoted."""
    return ", ".join(f"'{example}'" for example in examples)
