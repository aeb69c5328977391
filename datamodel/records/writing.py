"""Finding, creating, updating and deleting one record by its key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from datamodel.modelgen import Record, ValueProblem, stored
from datamodel.modelgen.errors import (
    RecordExists,
    RecordNotFound,
    ValidationFailed,
    VersionConflict,
)
from datamodel.modelgen.statements import fetch
from datamodel.records.conditions import check_condition, check_condition_of_nothing
from datamodel.records.inputs import read_changes, read_key, read_new
from datamodel.records.merging import Conflicts, is_behind, merge
from datamodel.records.transactions import transact
from datamodel.registry import DataModel

__all__ = ["create", "delete", "find", "update"]

Key = Mapping[str, Any]


def find(
    datamodel: DataModel, model: str, key: Key, *, for_update: bool = False, with_deleted: bool = False
) -> Record | None:
    """Return the record of that key, or None.

    ``for_update`` locks it until the transaction ends, against writes but not against new children.
    """
    record_class = datamodel.model(model)
    stored_key = read_key(datamodel.schema, record_class.model_type, key)
    if stored_key is None:
        return None
    lock = "FOR NO KEY UPDATE" if for_update else ""
    return fetch(
        record_class,
        record_class.key_attributes,
        list(stored_key.values()),
        is_live=not with_deleted,
        lock=lock,
    )


def create(
    datamodel: DataModel, model: str, values: Mapping[str, Any], *, condition: Q | None = None
) -> Record:
    """Store a new record and return it.

    Fill in what is missing: defaults, ``id``, timestamps. A deleted record of the same key comes back to
    life with the new values. Raise ValidationFailed, RelatedRecordNotFound, RecordExists, ConditionFailed.
    """
    record_class = datamodel.model(model)

    def work() -> Record:
        given = read_new(datamodel.schema, record_class.model_type, values)
        record = find_tombstone(datamodel, record_class, given) or record_class()
        check_condition_of_nothing(record_class, condition)
        for field in record_class.model_type.stored_fields:
            record.set_value(field.name, given.get(field.name))
        save(record)
        return record

    return transact(datamodel, work)


def find_tombstone(datamodel: DataModel, record_class: type[Record], key: Key) -> Record | None:
    """Return the deleted record of the same key, ready to be written again; raise RecordExists for a live one."""
    record = find(datamodel, record_class.model_type.name, key, for_update=True, with_deleted=True)
    if record is None:
        return None
    if not record.joinery_deleted:
        raise RecordExists(record.key_dict, record.model_type.name)
    record.joinery_deleted = False
    record.joinery_version += 1
    record._state.adding = True
    return record


def save(record: Record, fields: Iterable[str] | None = None) -> None:
    """Save all fields, or some: a value elsewhere that cannot be read is then not in the way.

    Raise RecordExists where another transaction was first with the key, ValidationFailed for an oversize.
    """
    attributes = None if fields is None else [record.names.attribute(name) for name in fields]
    try:
        record.save(update_fields=attributes)
    except ValueProblem as problem:
        raise ValidationFailed({str(problem.path[0]): [problem.message]}) from problem
    except IntegrityError as error:
        if is_duplicate(error):
            raise RecordExists(record.key_dict, record.model_type.name) from error
        raise


def is_duplicate(error: IntegrityError) -> bool:
    code = getattr(error.__cause__, "sqlstate", None)
    return code == "23505" or "UNIQUE constraint failed" in str(error)


def update(
    datamodel: DataModel,
    model: str,
    key: Key,
    values: Mapping[str, Any],
    *,
    condition: Q | None = None,
    expected_version: int | None = None,
    conflicts: Conflicts = Conflicts.REFUSE,
) -> Record:
    """Change the given fields of a record and return it; null clears a field.

    ``conflicts`` says what happens where the record is not of the expected version. A merge may leave it
    as it is, and a record that was deleted meanwhile stays deleted. Raise RecordNotFound, VersionConflict
    (with the stored record, deleted or not), ConditionFailed, ValidationFailed, RelatedRecordNotFound.
    """

    def work() -> Record:
        record = get_locked(datamodel, model, key, expected_version, conflicts)
        if record.joinery_deleted:
            return record
        is_merged = is_behind(record, expected_version, conflicts)
        check_condition(record, condition)
        stored.note(record)
        changes = read_changes(datamodel.schema, record.model_type, values, record)
        if is_merged and expected_version is not None:
            changes = merge(record, changes, expected_version)
        if changes or not is_merged:
            write(record, changes)
        return record

    return transact(datamodel, work)


def write(record: Record, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        record.set_value(name, value)
    save(record, changes)


def get_locked(
    datamodel: DataModel, model: str, key: Key, expected_version: int | None, conflicts: Conflicts
) -> Record:
    """Return the record, locked; a deleted one only to a caller whose write is merged."""
    record = find(datamodel, model, key, for_update=True, with_deleted=True)
    if record is None or (record.joinery_deleted and expected_version is None):
        raise RecordNotFound(model, dict(key))
    if record.joinery_deleted and conflicts is Conflicts.REFUSE:
        raise VersionConflict(record)
    return record


def check_version(record: Record, expected_version: int | None) -> None:
    if expected_version is not None and expected_version != record.joinery_version:
        raise VersionConflict(record)


def delete(
    datamodel: DataModel,
    model: str,
    key: Key,
    *,
    condition: Q | None = None,
    expected_version: int | None = None,
    conflicts: Conflicts = Conflicts.REFUSE,
) -> Record | None:
    """Delete a record as its relationships' policies say, and return it as it was last.

    Deleting what is gone answers None; with DataStore and an expected version, the tombstone. Merged with
    changes that the caller does not know, a delete wins.
    Raise VersionConflict, ConditionFailed, RestrictedDelete.
    """

    def work() -> Record | None:
        record = find(datamodel, model, key, for_update=True, with_deleted=True)
        if record is None:
            return None
        if record.joinery_deleted:
            return record if datamodel.schema.has_datastore and expected_version is not None else None
        is_behind(record, expected_version, conflicts)
        check_condition(record, condition)
        record.delete()
        return record

    return transact(datamodel, work)
