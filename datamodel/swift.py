"""Creates and updates in few steps, for whoever has a connection of their own: the API's express lane.

What `records.create` and `records.update` do between Django's queries, signals and savepoints is done here in
two or three batches of ready-made statements; the rules are theirs, by the same functions. Only what goes
through without question is done: for anything else, a refusal first of all, `NotSwift` sends the caller to
`records`, which begins anew. A write is a generator: it yields a batch, is sent the rows of each statement, and
returns the rows of the answer. Whoever runs it keeps all of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model
from django.db.models.signals import ModelSignal, post_save, pre_save

from datamodel import signals
from datamodel.access import Actor
from datamodel.changes import log
from datamodel.deletion import parents_to_keep
from datamodel.modelgen import Record, stored
from datamodel.modelgen.clock import not_before
from datamodel.modelgen.errors import RecordError
from datamodel.modelgen.statements import Ask, Ready, changing, finding, found, inserting, kept
from datamodel.modelgen.values import ValueProblem
from datamodel.models import new_group
from datamodel.records.inputs import read_changes, read_key, read_new
from datamodel.registry import LOCKED, DataModel, SchemaChanged, check_locked

__all__ = ["REFUSALS", "Batch", "NotSwift", "Rows", "Scene", "Steps", "creating", "is_watched", "updating"]

T = TypeVar("T")

Values: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Sequence[Sequence[Any]]


class NotSwift(Exception):  # noqa: N818  says what happened
    """A write that takes more than this; nothing of it was done."""


REFUSALS = (NotSwift, RecordError, ValueProblem, SchemaChanged)
"""What a write raises where `records` has to look at it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Statements that do not depend on each other's rows."""

    asks: Sequence[Ask]
    is_last: bool = False
    """True where nothing is judged any more: the transaction may be committed right after it."""


Steps: TypeAlias = Generator[Batch, Sequence[Rows], T]


@dataclass(frozen=True, slots=True)
class Scene:
    """What every write needs to know: where, for whom, and how it is answered."""

    connection: BaseDatabaseWrapper
    """Says how statements are spelled; nothing is run on it here."""
    datamodel: DataModel
    actor: Actor
    answer: Callable[[int], Ask]
    """The query for the answer, given the record's surrogate key."""
    is_sure: bool = True
    """False where the answer's rows are judged before all of it is committed."""


def is_watched(model: type[Record]) -> bool:
    """Return whether anybody but Joinery listens to the model's signals: such a model is saved by Django."""
    return is_heard(pre_save, model, signals.check_references) or is_heard(post_save, model, signals.log_save)


def is_heard(signal: ModelSignal, model: type[Model], ours: Callable[..., Any]) -> bool:
    everybody, own = id(None), id(model)
    return any(
        sender in {everybody, own} and receiver != id(ours) for (receiver, sender), *_ in signal.receivers
    )


def creating(scene: Scene, model: str, values: Values) -> Steps[Rows]:
    """Create a record as `records.create` does."""
    connection, datamodel = scene.connection, scene.datamodel
    record_class = datamodel.model(model)
    given = read_new(datamodel.schema, record_class.model_type, values)
    record = record_class(*in_order(record_class, given))
    asks = [LOCKED_NOW[connection.vendor], next_pk(record_class, connection)]
    locked, (numbers,), *parents = yield Batch([*asks, *references(record, None, connection)])
    check_all_there(parents)
    (record.joinery_pk,) = numbers
    with not_before(earliest(datamodel, locked)):
        record.prepare()
    insert = inserting(record, connection, record._meta.concrete_fields)
    return (yield from finish(scene, record, insert, log.saved_entry(record)))


def updating(
    scene: Scene, model: str, key: Values, values: Values, expected_version: int | None = None
) -> Steps[Rows]:
    """Update a record as `records.update` does, where it is of the expected version."""
    connection, datamodel = scene.connection, scene.datamodel
    record_class = datamodel.model(model)
    look = locking(record_class, connection, read_key(datamodel.schema, record_class.model_type, key))
    locked, rows = yield Batch([LOCKED_NOW[connection.vendor], look])
    not_earlier = earliest(datamodel, locked)
    check_all_there([rows])
    record = found(record_class, connection, rows[0])
    if expected_version not in {None, record.joinery_version}:
        refuse()
    stored.note(record)
    changes = read_changes(datamodel.schema, record.model_type, values, record)
    for name, value in changes.items():
        record.set_value(name, value)
    with not_before(not_earlier):
        attributes = record.prepare().union(map(record.names.attribute, changes))
    if parents := references(record, stored.before_save(record), connection):
        check_all_there((yield Batch(parents)))
    change = changing(record_class, connection, record.joinery_pk, assigned(record, attributes))
    return (yield from finish(scene, record, change, log.saved_entry(record, attributes)))


def finish(scene: Scene, record: Record, write: Ask, entry: log.Written) -> Steps[Rows]:
    """Write, log and read the answer."""
    append = log.appending(entry, scene.actor, new_group(), scene.connection.vendor)
    *_, rows = yield Batch([write, append, scene.answer(record.joinery_pk)], scene.is_sure)
    return rows


LOCKED_NOW = {vendor: Ask(ready, ()) for vendor, ready in LOCKED.items()}


def in_order(record_class: type[Record], given: Mapping[str, Any]) -> list[Any]:
    """Return the values of a new record in the order of its columns."""

    def look_up() -> list[tuple[str, Any]]:
        by_attribute = {
            record_class.names.attribute(f.name): f.name for f in record_class.model_type.stored_fields
        }
        fields = record_class._meta.concrete_fields
        # What is no field of the schema is as it is in every new record; its name can be no field's.
        return [(by_attribute.get(field.attname, "#"), field.get_default()) for field in fields]

    columns = kept(record_class, "in order", look_up)
    return [given.get(name, default) for name, default in columns]


def earliest(datamodel: DataModel, locked: Rows) -> int:
    """Return the earliest time that a change may bear."""
    return check_locked(datamodel, locked[0] if locked else None)


def refuse() -> NoReturn:
    raise NotSwift


def locking(
    model: type[Record], connection: BaseDatabaseWrapper, stored_key: Mapping[str, Any] | None
) -> Ask:
    """Return the query for the living record of a key, which it locks."""
    if stored_key is None:
        refuse()
    values = list(stored_key.values())
    return finding(model, connection, model.key_attributes, values, is_live=True, lock="FOR NO KEY UPDATE")


def references(record: Record, changed: set[str] | None, connection: BaseDatabaseWrapper) -> list[Ask]:
    """Return the queries for the parents that have to be there."""
    asks = parents_to_keep(record, changed, connection)
    return refuse() if asks is None else asks


def check_all_there(answers: Sequence[Rows]) -> None:
    if not all(answers):
        refuse()


def assigned(record: Record, attributes: set[str]) -> list[tuple[Field[Any, Any], Any]]:
    """Return the columns to be written with their values, in the order of the table."""
    return [
        (field, field.pre_save(record, False))
        for field in record._meta.concrete_fields
        if field.attname in attributes
    ]


def next_pk(model: type[Record], connection: BaseDatabaseWrapper) -> Ask:
    """Return the query for the surrogate key that the database would give next, and does not give again.

    Known beforehand, it can stand in the change log's statement. On SQLite nobody else writes meanwhile.
    """

    def compose() -> Ready:
        table = model._meta.db_table
        if connection.vendor == "sqlite":
            name = table.replace("'", "''")
            return Ready(f"SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = '{name}'), 0) + 1")  # noqa: S608
        quoted = connection.ops.quote_name(table).replace("'", "''")
        return Ready(f"SELECT nextval(pg_get_serial_sequence('{quoted}', 'joinery_pk'))")

    return Ask(kept(model, ("next pk", connection.alias), compose), ())
