"""Ready-made statements for single records.

Django compiles a query anew each time it is made. For the few that every write needs the text is kept with
the record class: a write then costs little more than its statements. What is found, stored and converted is
what Django's own queries find, store and convert.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from datamodel.modelgen.record import Record

__all__ = [
    "Ask",
    "Ready",
    "changing",
    "fetch",
    "finding",
    "found",
    "insert",
    "inserting",
    "is_there",
    "kept",
    "presence",
    "update",
]

T = TypeVar("T")
R = TypeVar("R", bound="Record")

Field: TypeAlias = "models.Field[Any, Any]"

KEPT = "_joinery_kept"
"""A record class keeps its statements itself: they go where it goes."""


@dataclass(frozen=True, eq=False)
class Ready:
    """A statement's text, with ``%s`` for each parameter, and as the drivers themselves take it."""

    text: str

    @cached_property
    def sqlite(self) -> str:
        """The statement as the `sqlite3` module takes it."""
        return "?".join(part.replace("%%", "%") for part in self.text.split("%s"))

    @cached_property
    def postgresql(self) -> str:
        """The statement as PostgreSQL itself takes it. It tells the parameters' types by where they stand."""
        first, *rest = self.text.split("%s")
        placed = (f"${number}{part}" for number, part in enumerate(rest, 1))
        return (first + "".join(placed)).replace("%%", "%")


class Ask(NamedTuple):
    """A statement with its parameters, prepared for the database."""

    ready: Ready
    params: Sequence[Any]


def kept(model: type[Record], what: Hashable, make: Callable[[], T]) -> T:
    """Return what was made before for a record class, or make it: ``what`` names it."""
    made: dict[Hashable, Any] | None = model.__dict__.get(KEPT)
    if made is None:
        made = {}
        setattr(model, KEPT, made)
    if what not in made:
        made[what] = make()
    known: T = made[what]
    return known


# Statements to be run by whoever has a cursor


def inserting(
    record: Record, connection: BaseDatabaseWrapper, fields: Sequence[Field], returned: Sequence[Field] = ()
) -> Ask:
    """Return the INSERT of a record; it answers with the fields that the database has filled in."""
    model = type(record)

    def compose() -> Ready:
        columns, values = listed(connection, fields), ", ".join(["%s"] * len(fields))
        back = f" RETURNING {listed(connection, returned)}" if returned else ""
        # S608: the names are quoted.
        return Ready(f"INSERT INTO {table(connection, model)} ({columns}) VALUES ({values}){back}")  # noqa: S608

    what = ("insert", connection.alias, bool(returned), *(field.attname for field in fields))
    params = [to_save(field, field.pre_save(record, True), connection) for field in fields]
    return Ask(kept(model, what, compose), params)


def changing(
    model: type[Record], connection: BaseDatabaseWrapper, pk: Any, values: Sequence[tuple[Field, Any]]
) -> Ask:
    """Return the UPDATE of some values of the record of a surrogate key."""

    def compose() -> Ready:
        changes = ", ".join(f"{listed(connection, [field])} = %s" for field, _ in values)
        return Ready(f"UPDATE {table(connection, model)} SET {changes} WHERE joinery_pk = %s")  # noqa: S608

    ready = kept(model, ("update", connection.alias, *(field.attname for field, _ in values)), compose)
    return Ask(ready, [*(to_save(field, value, connection) for field, value in values), pk])


def presence(
    model: type[Record],
    connection: BaseDatabaseWrapper,
    attributes: Sequence[str],
    values: Sequence[Any],
    lock: str,
) -> Ask:
    """Return the query whether a living record has these values, which locks it: ``FOR KEY SHARE``, on PostgreSQL."""

    def compose() -> Ready:
        return Ready(f"SELECT 1 {among(connection, model, attributes, is_live=True, lock=lock)}")

    ready = kept(model, ("is there", connection.alias, lock, *attributes), compose)
    return Ask(ready, prepare(connection, model, attributes, values))


def finding(
    model: type[Record],
    connection: BaseDatabaseWrapper,
    attributes: Sequence[str],
    values: Sequence[Any],
    *,
    is_live: bool,
    lock: str,
) -> Ask:
    """Return the query for the record that has these values; locked where ``lock`` says how. `found` reads its row."""

    def compose() -> Ready:
        end = among(connection, model, attributes, is_live=is_live, lock=lock)
        return Ready(f"SELECT {listed(connection, model._meta.concrete_fields)} {end}")

    ready = kept(model, ("fetch", connection.alias, is_live, lock, *attributes), compose)
    return Ask(ready, prepare(connection, model, attributes, values))


def found(model: type[R], connection: BaseDatabaseWrapper, row: Sequence[Any]) -> R:
    """Return the record of a row that `finding` has found."""
    fields = model._meta.concrete_fields

    def compose() -> tuple[list[str], dict[int, Any]]:
        compiler = model._base_manager.all().query.get_compiler(connection=connection)
        columns = [field.get_col(model._meta.db_table) for field in fields]
        return [field.attname for field in fields], compiler.get_converters(columns)

    names, converters = kept(model, ("read", connection.alias), compose)
    values = list(row)
    for place, (makers, expression) in converters.items():
        for make in makers:
            values[place] = make(values[place], expression, connection)
    return model.from_db(connection.alias, names, values)


# Statements run at once


def insert(record: Record, using: str, fields: Sequence[Field], returned: Sequence[Field]) -> tuple[Any, ...]:
    """Insert a record; return the values of the fields that the database has filled in."""
    connection = connections[using]
    with connection.cursor() as cursor:
        run(cursor, inserting(record, connection, fields, returned))
        values: tuple[Any, ...] = cursor.fetchone()
        return values


def update(model: type[Record], using: str, pk: Any, values: Sequence[tuple[Field, Any]]) -> bool:
    """Store some values of the record of a surrogate key; return whether it is there."""
    connection = connections[using]
    with connection.cursor() as cursor:
        run(cursor, changing(model, connection, pk, values))
        return bool(cursor.rowcount)


def is_there(model: type[Record], attributes: Sequence[str], values: Sequence[Any], lock: str) -> bool:
    """Return whether a living record has these values, and lock it: ``FOR KEY SHARE``, on PostgreSQL."""
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        run(cursor, presence(model, connection, attributes, values, lock))
        return cursor.fetchone() is not None


def fetch(
    model: type[R], attributes: Sequence[str], values: Sequence[Any], *, is_live: bool, lock: str
) -> R | None:
    """Return the record that has these values, None where there is none; locked where ``lock`` says how."""
    connection = connections[router.db_for_write(model)]
    with connection.cursor() as cursor:
        run(cursor, finding(model, connection, attributes, values, is_live=is_live, lock=lock))
        row = cursor.fetchone()
    return None if row is None else found(model, connection, row)


def run(cursor: Any, ask: Ask) -> None:
    cursor.execute(ask.ready.text, ask.params)


# Their parts


AS_IT_IS = (
    (models.TextField, str),
    (models.CharField, str),
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.FloatField, float),
)
"""Fields, and the type of the values that no database wants in another form."""


def to_save(field: Field, value: Any, connection: BaseDatabaseWrapper) -> Any:
    """Return a value as the database stores it."""
    kind: Any = type(field)
    if type(value) is plain_type(kind):
        return value
    return field.get_db_prep_save(value, connection)


@cache
def plain_type(kind: Any) -> type | None:
    """Return, for a class of fields, the type of the values that such fields store as they are; None where they change every value."""
    changes = any(
        getattr(kind, name) is not getattr(base, name)
        for base, _ in AS_IT_IS
        for name in ("get_prep_value", "get_db_prep_value", "get_db_prep_save")
        if issubclass(kind, base)
    )
    return None if changes else next((type_ for base, type_ in AS_IT_IS if issubclass(kind, base)), None)


def among(
    connection: BaseDatabaseWrapper,
    model: type[Record],
    attributes: Sequence[str],
    *,
    is_live: bool,
    lock: str,
) -> str:
    """Return the end of a query for the record whose attributes have given values."""
    fields = fields_of(model, attributes)
    conditions = [f"{listed(connection, [field])} = %s" for field in fields]
    conditions += ["NOT joinery_deleted"] * is_live
    suffix = f" {lock}" if lock and connection.vendor == "postgresql" else ""
    return f"FROM {table(connection, model)} WHERE {' AND '.join(conditions)}{suffix}"


def prepare(
    connection: BaseDatabaseWrapper, model: type[Record], attributes: Sequence[str], values: Sequence[Any]
) -> list[Any]:
    fields = kept(model, ("fields", *attributes), lambda: fields_of(model, attributes))
    return [to_save(field, value, connection) for field, value in zip(fields, values, strict=True)]


def fields_of(model: type[Record], attributes: Sequence[str]) -> list[Field]:
    known = {field.attname: field for field in model._meta.concrete_fields}
    return [known[attribute] for attribute in attributes]


def listed(connection: BaseDatabaseWrapper, fields: Sequence[Field]) -> str:
    """Return the names of columns as SQL lists them."""
    return ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)


def table(connection: BaseDatabaseWrapper, model: type[Record]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
