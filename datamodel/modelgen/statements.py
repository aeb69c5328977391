"""Ready-made statements for single records.

Django compiles a query anew each time it is made. For the few that every write needs the text is kept with
the record class: a write then costs little more than its statements. What is found, stored and converted is
what Django's own queries find, store and convert.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    from datamodel.modelgen.record import Record

__all__ = ["fetch", "insert", "is_there", "kept", "update"]

T = TypeVar("T")
R = TypeVar("R", bound="Record")

Field: TypeAlias = "models.Field[Any, Any]"

KEPT = "_joinery_kept"
"""A record class keeps its statements itself: they go where it goes."""


def kept(model: type[Record], what: Hashable, make: Callable[[], T]) -> T:
    """Return what was made before for a record class, or make it: ``what`` names it."""
    made: dict[Hashable, Any] | None = model.__dict__.get(KEPT)
    if made is None:
        made = {}
        setattr(model, KEPT, made)
    if what not in made:
        made[what] = make()
    found: T = made[what]
    return found


def insert(record: Record, using: str, fields: Sequence[Field], returned: Sequence[Field]) -> tuple[Any, ...]:
    """Insert a record; return the values of the fields that the database has filled in."""
    connection, model = connections[using], type(record)

    def compose() -> str:
        columns, back = listed(connection, fields), listed(connection, returned)
        values = ", ".join(["%s"] * len(fields))
        return f"INSERT INTO {table(connection, model)} ({columns}) VALUES ({values}) RETURNING {back}"  # noqa: S608 (names are quoted)

    sql = kept(model, ("insert", using, *(field.attname for field in fields)), compose)
    params = [field.get_db_prep_save(field.pre_save(record, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        values: tuple[Any, ...] = cursor.fetchone()
        return values


def update(model: type[Record], using: str, pk: Any, values: Sequence[tuple[Field, Any]]) -> bool:
    """Store some values of the record of a surrogate key; return whether it is there."""
    connection = connections[using]

    def compose() -> str:
        changes = ", ".join(f"{listed(connection, [field])} = %s" for field, _ in values)
        return f"UPDATE {table(connection, model)} SET {changes} WHERE joinery_pk = %s"  # noqa: S608 (likewise)

    sql = kept(model, ("update", using, *(field.attname for field, _ in values)), compose)
    params = [field.get_db_prep_save(value, connection) for field, value in values]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, pk])
        return bool(cursor.rowcount)


def is_there(model: type[Record], attributes: Sequence[str], values: Sequence[Any], lock: str) -> bool:
    """Return whether a living record has these values, and lock it: ``FOR KEY SHARE``, on PostgreSQL."""
    connection = connections[router.db_for_write(model)]

    def compose() -> str:
        return f"SELECT 1 {among(connection, model, attributes, is_live=True, lock=lock)}"

    sql = kept(model, ("is there", connection.alias, lock, *attributes), compose)
    with connection.cursor() as cursor:
        cursor.execute(sql, prepare(connection, model, attributes, values))
        return cursor.fetchone() is not None


def fetch(
    model: type[R], attributes: Sequence[str], values: Sequence[Any], *, is_live: bool, lock: str
) -> R | None:
    """Return the record that has these values, None where there is none; locked where ``lock`` says how."""
    connection = connections[router.db_for_write(model)]
    fields = model._meta.concrete_fields

    def compose() -> tuple[str, list[str], dict[int, Any]]:
        end = among(connection, model, attributes, is_live=is_live, lock=lock)
        compiler = model._base_manager.all().query.get_compiler(connection=connection)
        converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in fields])
        return f"SELECT {listed(connection, fields)} {end}", [field.attname for field in fields], converters

    what = ("fetch", connection.alias, is_live, lock, *attributes)
    sql, names, converters = kept(model, what, compose)
    with connection.cursor() as cursor:
        cursor.execute(sql, prepare(connection, model, attributes, values))
        row = cursor.fetchone()
    if row is None:
        return None
    found = list(row)
    for place, (makers, expression) in converters.items():
        for make in makers:
            found[place] = make(found[place], expression, connection)
    return model.from_db(connection.alias, names, found)


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
    return [field.get_db_prep_value(value, connection) for field, value in zip(fields, values, strict=True)]


def fields_of(model: type[Record], attributes: Sequence[str]) -> list[Field]:
    found = {field.attname: field for field in model._meta.concrete_fields}
    return [found[attribute] for attribute in attributes]


def listed(connection: BaseDatabaseWrapper, fields: Sequence[Field]) -> str:
    """Return the names of columns as SQL lists them."""
    return ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)


def table(connection: BaseDatabaseWrapper, model: type[Record]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
