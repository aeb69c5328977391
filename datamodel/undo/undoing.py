"""Undo: a group, or one entry, of the change log taken back as one step, which can be undone itself."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from datamodel import records
from datamodel.changes import log
from datamodel.changes.groups import find_group
from datamodel.changes.lineage import lineage_of
from datamodel.modelgen import Record, decode_key
from datamodel.modelgen.errors import RecordNotFound, ValidationFailed
from datamodel.modelgen.filled import created_field, updated_field
from datamodel.models import Change
from datamodel.records.writing import check_version, is_duplicate
from datamodel.registry import DataModel
from datamodel.undo.effects import EntryScope, GroupScope, Scope
from datamodel.undo.outcome import Obstacle, Undone, UndoRefused
from datamodel.undo.translation import Translated, Translator
from datamodel.undo.work import Work

__all__ = [
    "UnknownChange",
    "check_change",
    "check_group",
    "earlier_state",
    "revert_record",
    "undo_change",
    "undo_group",
]

REVERT = "revert"
"""How the cause of a revert begins: ``revert <entry>``."""


class UnknownChange(LookupError):  # noqa: N818  says what is wrong
    """The change log has no such group or entry."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The change log has no {what}.")


def check_group(datamodel: DataModel, group: UUID) -> tuple[Obstacle, ...]:
    """Return why a group cannot be undone as things are; nothing where it can. Raise UnknownChange."""
    return check(datamodel, group_scope(group))


def check_change(datamodel: DataModel, change_id: int) -> tuple[Obstacle, ...]:
    """Return why one entry alone cannot be undone as things are; nothing where it can. Raise UnknownChange."""
    return check(datamodel, entry_scope(change_id))


def undo_group(datamodel: DataModel, group: UUID) -> Undone:
    """Take back everything that a group did, as one new group.

    What was deleted comes back with its key, values and timestamps; what was created goes; of what was
    changed the changed fields go back. Raise UndoRefused with everything that is in the way, UnknownChange,
    DatabaseBusy, SchemaChanged; then nothing has changed.
    """
    return undo(datamodel, lambda: group_scope(group))


def undo_change(datamodel: DataModel, change_id: int) -> Undone:
    """Take back one entry, of one record, alone. Raise as ``undo_group`` does."""
    return undo(datamodel, lambda: entry_scope(change_id))


def group_scope(group: UUID) -> GroupScope:
    found = find_group(group)
    if found is None:
        raise UnknownChange(f"group '{group}'")
    return GroupScope(group, found.leading)


def entry_scope(change_id: int) -> EntryScope:
    return EntryScope(get_change(change_id))


def get_change(change_id: int) -> Change:
    change = Change.objects.filter(id=change_id).first()
    if change is None:
        raise UnknownChange(f"entry '{change_id}'")
    return change


def check(datamodel: DataModel, scope: Scope) -> tuple[Obstacle, ...]:
    work = Work(datamodel, scope, is_writing=False)
    work.run()
    return tuple(work.obstacles)


def undo(datamodel: DataModel, make_scope: Callable[[], Scope]) -> Undone:
    """Undo in one transaction; once more where another one took a key meanwhile: then that is in the way."""

    def work() -> Undone:
        one = Work(datamodel, make_scope(), is_writing=True)
        one.run()
        if one.obstacles:
            raise UndoRefused(tuple(one.obstacles))
        return one.outcome(log.current_group())

    try:
        return records.transact(datamodel, work)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
    return records.transact(datamodel, work)


def revert_record(
    datamodel: DataModel,
    model: str,
    key: str,
    change_id: int,
    fields: Collection[str] | None = None,
    expected_version: int | None = None,
) -> Record:
    """Give a record (``key`` is its URL key) the values it had after a change, and return it.

    It is an edit like any other: fields that the server fills in stay, and so does what was added to the
    schema since. ``fields`` names the only ones to take. Raise UnknownChange where the entry is none of the
    record's, RecordNotFound, VersionConflict, ValidationFailed, RelatedRecordNotFound.
    """
    change = get_change(change_id)
    values = values_after(datamodel, model, key, change, fields)

    def work() -> Record:
        record = get_locked(datamodel, model, key)
        check_version(record, expected_version)
        changed = {name: value for name, value in values.items() if record.get_value(name) != value}
        if not changed:
            return record
        with log.because(f"{REVERT} {change.id}"):
            return records.update(datamodel, model, record.key_dict, changed)

    return records.transact(datamodel, work)


def earlier_state(datamodel: DataModel, model: str, key: str, change_id: int) -> Translated:
    """Return the values that ``revert_record`` would take over, and why it could not take the others.

    Raise UnknownChange where the entry left no values of this record.
    """
    record_class = datamodel.model(model)
    translated = translate_after(datamodel, model, key, get_change(change_id))
    open_to_people = writable(record_class)
    return Translated(
        {name: value for name, value in translated.values.items() if name in open_to_people},
        {name: text for name, text in translated.misfits.items() if name in open_to_people},
    )


def get_locked(datamodel: DataModel, model: str, key: str) -> Record:
    model_type = datamodel.model(model).model_type
    try:
        parts: dict[str, Any] = decode_key(model_type, key)
    except ValueError:
        raise RecordNotFound(model, {"key": key}) from None
    record = records.find(datamodel, model, parts, for_update=True)
    if record is None:
        raise RecordNotFound(model, parts)
    return record


def values_after(
    datamodel: DataModel, model: str, key: str, change: Change, fields: Collection[str] | None
) -> dict[str, Any]:
    """Return what an entry left in the fields that may be written."""
    record_class = datamodel.model(model)
    translated = translate_after(datamodel, model, key, change)
    wanted = writable(record_class) if fields is None else set(fields)
    problems = {name: [text] for name, text in misfits(record_class, translated, wanted).items()}
    if problems:
        raise ValidationFailed(problems)
    return {name: value for name, value in translated.values.items() if name in wanted}


def translate_after(datamodel: DataModel, model: str, key: str, change: Change) -> Translated:
    """Return what an entry left of the record, in today's words."""
    lineage = lineage_of(datamodel)
    if lineage.model_now(change.version, change.model) != model or change.key != key or change.after is None:
        raise UnknownChange(f"values of {model} '{key}' in entry '{change.id}'")
    translator = Translator(datamodel.model(model), lineage, change.version, change.model)
    return translator.translate(change.after)


def misfits(model: type[Record], translated: Translated, wanted: Collection[str]) -> dict[str, str]:
    """Return, by field, why it cannot be set to what it was."""
    unknown = set(wanted) - writable(model)
    problems = {name: f"'{name}' cannot be changed back." for name in unknown}
    return problems | {name: text for name, text in translated.misfits.items() if name in wanted}


def writable(model: type[Record]) -> set[str]:
    """Return the fields that a person writes."""
    model_type = model.model_type
    kept = {*model_type.primary_key, created_field(model_type), updated_field(model_type)}
    return {field.name for field in model_type.stored_fields if not field.is_read_only} - kept
