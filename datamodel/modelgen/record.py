"""Record: what all generated models have in common."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from operator import attrgetter
from typing import Any, ClassVar, Self, cast

from django.db import connections, models, router, transaction
from django.db.models import Q
from django.db.models.signals import post_delete, pre_delete

from datamodel.modelgen import statements
from datamodel.modelgen.clock import now_ms
from datamodel.modelgen.filled import created_field, id_field, updated_field
from datamodel.modelgen.keys import MAX_KEY_LENGTH, encode_key
from datamodel.modelgen.labels import MAX_PARTS, join_labels, label_text, value_text
from datamodel.modelgen.names import ModelNames
from datamodel.modelgen.removal import Row, remove_with_receivers
from datamodel.modelgen.values import ValueProblem, iso_timestamp
from datamodel.schema.ir import Link, ModelField, ModelType, Schema

__all__ = ["LiveRecords", "Record", "RecordQuerySet", "delete_together"]

MAX_INDEX_BYTES = 2600
"""What PostgreSQL takes into one entry of an index, with some room for its header."""


class RecordQuerySet(models.QuerySet):  # type: ignore[type-arg]  # no subscript at run time
    """Deletes so that no policy is bypassed."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Delete the records as ``Record.delete`` does each, all together and in one transaction."""
        with transaction.atomic(using=self.db):
            pks = self.order_by("joinery_pk").values_list("joinery_pk", flat=True)
            count = delete_together(self.model, list(pks))
        self._result_cache = None
        return count, {self.model._meta.label: count} if count else {}

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def live(self) -> Self:
        """Leave out tombstones."""
        return self.filter(joinery_deleted=False)


def delete_together(model: type[Record], pks: Sequence[int]) -> int:
    """Delete the records of these surrogate keys, inside a transaction; return how many there were."""
    if not (pre_delete.has_listeners(model) or post_delete.has_listeners(model)):
        return len(remove_with_receivers(model, pks)[0])
    # Django's signals take one record at a time.
    found = model.all_objects.in_bulk(pks)
    told = {"sender": model, "using": router.db_for_write(model), "origin": model}
    for record in found.values():
        pre_delete.send(instance=record, **told)
    rows, now = remove_with_receivers(model, pks)
    by_pk = {row.pk: row for row in rows}
    for pk, record in found.items():
        record._take_over(by_pk.get(pk), now)
        post_delete.send(instance=record, **told)
    return len(rows)


AllRecords = models.Manager.from_queryset(RecordQuerySet, "AllRecords")


class LiveRecords(AllRecords):  # type: ignore[type-arg]
    """The records that are not deleted."""

    def get_queryset(self) -> RecordQuerySet:
        return cast(RecordQuerySet, super().get_queryset()).live()


class Record(models.Model):
    """A record of a generated model. Fields are reached by their API names, whatever Python calls them."""

    model_type: ClassVar[ModelType]
    names: ClassVar[ModelNames]
    schema: ClassVar[Schema]
    schema_version: ClassVar[int] = 0
    """Number of the schema version that the class was built for."""
    key_attributes: ClassVar[tuple[str, ...]]
    label_attribute: ClassVar[str | None]
    joinery_label_links: ClassVar[tuple[Link, ...]] = ()
    """Where no text names the record: the links whose parents do (see ``load_parent_labels``)."""
    joinery_label_value: ClassVar[ModelField | None] = None
    """Where no text names the record: the field that helps."""
    joinery_parent_labels: tuple[str, ...] = ()
    """The labels of the parents along ``joinery_label_links``, once somebody has read them."""
    indexed_fields: ClassVar[tuple[tuple[str, ...], ...]]
    """API names of the fields of each index: the key, the indexes, the references."""
    reference_attributes: ClassVar[frozenset[str]] = frozenset()
    """Attributes that hold references; relations read before are stale once one is set."""

    joinery_pk = models.BigAutoField(primary_key=True)
    joinery_version = models.IntegerField(default=1)
    joinery_deleted = models.BooleanField(default=False)
    joinery_changed_at = models.BigIntegerField(default=0)

    objects = LiveRecords()
    all_objects = AllRecords()

    class Meta:
        abstract = True
        base_manager_name = "all_objects"
        default_manager_name = "objects"

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Write the record; fills in id, timestamps and version."""
        touched = self.prepare()
        if update_fields is not None:
            update_fields = {*update_fields, *touched}
        # Receivers lock parents and log the change: one transaction with the write itself.
        database = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        with nullcontext() if connections[database].in_atomic_block else transaction.atomic(using=database):
            super().save(*args, update_fields=update_fields, **kwargs)
        self.__dict__.pop("_joinery_given", None)

    def _do_insert(
        self, manager: Any, using: str, fields: Sequence[Any], returning_fields: Sequence[Any], raw: bool
    ) -> list[tuple[Any, ...]]:
        """Insert by a statement that is ready made."""
        return [statements.insert(self, using, fields, returning_fields)]

    def _do_update(self, *given: Any) -> Any:
        """Update by a statement that is ready made; Django's own where the database works a value out."""
        _, using, pk, values, *_ = given
        if not values or any(hasattr(value, "resolve_expression") for _, _, value in values):
            return super()._do_update(*given)
        return statements.update(type(self), using, pk, [(field, value) for field, _, value in values])

    def prepare(self) -> set[str]:
        """Fill in id, timestamps and version, and return their attributes; raise ValueProblem for an oversize.

        For whoever writes many records with one statement; ``save`` does it by itself.
        """
        touched = self._stamp()
        self.check_index_sizes()
        return touched

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Delete the record; it stays as a tombstone where DataStore is on. Receivers apply the policies."""
        database = using or router.db_for_write(type(self), instance=self)
        with transaction.atomic(using=database):
            pre_delete.send(sender=type(self), instance=self, using=database, origin=self)
            rows, now = remove_with_receivers(type(self), [self.pk])
            self._take_over(rows[0] if rows else None, now)
            post_delete.send(sender=type(self), instance=self, using=database, origin=self)
        return 1, {self._meta.label: 1}

    delete.alters_data = True  # type: ignore[attr-defined]

    def get_value(self, field: str) -> Any:
        """Return the value of a field by its API name; raise KeyError where there is none."""
        return getattr(self, self.names.attribute(field))

    def set_value(self, field: str, value: Any) -> None:
        """Set a field by its API name. A timestamp that is set is not overwritten by ``save``."""
        attribute = self.names.attribute(field)
        setattr(self, attribute, value)
        self.__dict__.setdefault("_joinery_given", set()).add(field)
        if attribute in self.reference_attributes:
            self._state.fields_cache.clear()

    def values(self) -> dict[str, Any]:
        """Return the stored fields by API name."""
        names, read = statements.kept(type(self), "values", self._reader)
        return dict(zip(names, read(self), strict=True))

    @classmethod
    def _reader(cls) -> tuple[tuple[str, ...], Callable[[Record], tuple[Any, ...]]]:
        """Return the names of the stored fields, and what reads all of them at once."""
        names = tuple(field.name for field in cls.model_type.stored_fields)
        # The version comes last, so that there are always two at least: one alone would come as no tuple.
        read = attrgetter(*map(cls.names.attribute, names), "joinery_version")
        return names, lambda record: read(record)[:-1]

    @property
    def key(self) -> tuple[Any, ...]:
        return tuple(getattr(self, attribute) for attribute in self.key_attributes)

    @property
    def key_dict(self) -> dict[str, Any]:
        return dict(zip(self.model_type.primary_key, self.key, strict=True))

    @property
    def url_key(self) -> str:
        return encode_key(self.key)

    @property
    def label(self) -> str:
        """What people call the record: its best text, else its parents and a value of its own, else its key."""
        if self.label_attribute:
            text = label_text(getattr(self, self.label_attribute) or "")
        else:
            text = join_labels(self._label_parts())
        return text or ", ".join(str(part) for part in self.key)

    def _label_parts(self) -> tuple[str, ...]:
        parents, field = self.joinery_parent_labels, self.joinery_label_value
        if field is None or len(parents) == MAX_PARTS:
            return parents
        own = value_text(field, self.get_value(field.name))
        return (*parents, own) if own else parents

    @classmethod
    def key_filter(cls, key: Mapping[str, Any] | Sequence[Any]) -> Q:
        """Return the condition that finds the record; raise KeyError where a key field is missing."""
        fields = cls.model_type.primary_key
        parts = [key[name] for name in fields] if isinstance(key, Mapping) else list(key)
        if len(parts) != len(fields):
            raise KeyError(fields[min(len(parts), len(fields) - 1)])
        return Q(**dict(zip(cls.key_attributes, parts, strict=True)))

    def _take_over(self, row: Row | None, now: int) -> None:
        """Become what the delete made of the row; nothing where it was gone."""
        if row is not None:
            self.joinery_deleted |= self.schema.has_datastore
            self.joinery_version = row.version + 1
            self.joinery_changed_at = max(row.changed_at, now)

    def _stamp(self) -> set[str]:
        """Fill in what the server fills in; return the attributes."""
        now = max(now_ms(), self.joinery_changed_at)
        self.joinery_changed_at = now
        touched = {"joinery_version", "joinery_changed_at"}
        if self._state.adding:
            self._fill_id()
        else:
            self.joinery_version += 1
        for name in (created_field(self.model_type), updated_field(self.model_type)):
            if name is not None and self._wants_timestamp(name):
                attribute = self.names.attribute(name)
                setattr(self, attribute, iso_timestamp(now))
                touched.add(attribute)
        return touched

    def _fill_id(self) -> None:
        name = id_field(self.model_type)
        if name is not None and self.get_value(name) is None:
            setattr(self, self.names.attribute(name), str(uuid.uuid4()))

    def _wants_timestamp(self, name: str) -> bool:
        """A created timestamp is filled once, an updated one with every write that does not set it."""
        if self._state.adding:
            return self.get_value(name) is None
        return name == self.model_type.updated_at and name not in self.__dict__.get("_joinery_given", ())

    def check_index_sizes(self) -> None:
        """Refuse what an index cannot hold, on both databases alike; raise ValueProblem."""
        values = self.values()
        for names in self.indexed_fields:
            texts = [value for name in names if isinstance(value := values[name], str)]
            # No character takes more than four bytes.
            is_short = 4 * sum(map(len, texts)) <= MAX_INDEX_BYTES
            size = 0 if is_short else sum(len(text.encode()) for text in texts)
            if size > MAX_INDEX_BYTES:
                raise ValueProblem((names[-1],), f"{size} bytes are too long for a field that is indexed.")
        if len(self.url_key) > MAX_KEY_LENGTH:
            raise ValueProblem((self.model_type.primary_key[0],), "The key is too long.")
