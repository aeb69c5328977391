"""Writing the change log for sets of records: one statement per set, and no record comes to Python."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import Field

from datamodel import access
from datamodel.changes.log import current_cause, current_group
from datamodel.modelgen import Record
from datamodel.modelgen.in_sql import forms_of
from datamodel.modelgen.sets import RecordSet, batches, numbers, source
from datamodel.models import Change
from datamodel.schema.ir import Link

__all__ = ["append_sets"]


@dataclass(frozen=True, slots=True)
class Statement:
    """An INSERT for sets of one kind. Its parameters are named: columns of the log, or fields with a new value."""

    sql: str
    params: tuple[str, ...]


_statements: WeakKeyDictionary[type[Record], dict[tuple[object, ...], Statement]] = WeakKeyDictionary()


def append_sets(sets: Iterable[RecordSet], now: int) -> None:
    """Append one entry for every living record of the sets, in their order; nothing is written to the records yet.

    ``now`` is the moment at which they are going to be written, in milliseconds.
    """
    for one in sets:
        found = statement(one)
        values = constants(one, now)
        params = [values[name] for name in found.params]
        with connection.cursor() as cursor:
            for some in batches(one.pks):
                cursor.execute(found.sql, [*params, numbers(some)])


def statement(one: RecordSet) -> Statement:
    """Return the INSERT for a set; the last parameter, the keys of the records, is not among the named."""
    plain = (one.has_plain_keys, one.has_plain_labels, one.has_plain_parents)
    kind = (one.link and one.link.name, None if one.cleared is None else tuple(one.cleared), plain)
    known = _statements.setdefault(one.model, {})
    if kind not in known:
        known[kind] = build_statement(one)
    return known[kind]


def build_statement(one: RecordSet) -> Statement:
    table = connection.ops.quote_name(one.model._meta.db_table)
    computed = expressions(one)
    fields = [field for field in log_fields() if field.name in computed or not field.has_db_default()]
    names = ", ".join(connection.ops.quote_name(field.column or field.attname) for field in fields)
    values = ", ".join(computed[field.name][0] if field.name in computed else "%s" for field in fields)
    params = [name for field in fields for name in computed.get(field.name, ("", (field.name,)))[1]]
    # The keys come in order, and the rows with them: PostgreSQL has to be told, SQLite does as it is written.
    # S608: names are quoted, values are parameters.
    if connection.vendor == "sqlite":
        rows = f"{source('j')} CROSS JOIN {table} AS t ON t.joinery_pk = j.pk WHERE NOT t.joinery_deleted"
    else:
        rows = (
            f"(SELECT t.* FROM {source('j')} JOIN {table} AS t ON t.joinery_pk = j.pk "  # noqa: S608
            "WHERE NOT t.joinery_deleted ORDER BY j.n) AS t"
        )
    log = connection.ops.quote_name(Change._meta.db_table)
    return Statement(f"INSERT INTO {log} ({names}) SELECT {values} FROM {rows}", tuple(params))  # noqa: S608


def log_fields() -> list[Field[Any, Any]]:
    return [field for field in Change._meta.concrete_fields if not field.primary_key]


def expressions(one: RecordSet) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the columns that depend on the record: SQL and the names of its parameters."""
    forms = forms_of(one.model)
    greatest = "MAX" if connection.vendor == "sqlite" else "GREATEST"
    found: dict[str, tuple[str, tuple[str, ...]]] = {
        "key": (forms.url_key(is_plain=one.has_plain_keys), ()),
        "label": (forms.label(is_plain=one.has_plain_labels), ()),
        "before": (forms.values(), ()),
        "record_pk": ("t.joinery_pk", ()),
        "record_version": ("t.joinery_version + 1", ()),
        "at": (f"{greatest}(t.joinery_changed_at, %s)", ("at",)),
    }
    if one.link is not None:
        # An enforced reference is the parent's key.
        parent = forms.url_key(one.link.reference_fields, is_plain=one.has_plain_parents)
        found["cause"] = (f"%s || {parent}", ("cause",))
    if one.cleared is not None:
        in_order = [field.name for field in forms.model_type.stored_fields if field.name in one.cleared]
        found["after"] = (forms.values(one.cleared), tuple(f".{name}" for name in in_order))
    return found


def constants(one: RecordSet, now: int) -> dict[str, Any]:
    """Return the parameters by name: what is the same for the whole set, as the database takes it."""
    actor = access.current_actor()
    given = {
        "group": current_group(),
        "version": one.model.schema_version,
        "model": one.model.model_type.name,
        "action": "delete" if one.cleared is None else "update",
        "is_tombstone": one.cleared is None and one.model.schema.has_datastore,
        "actor_kind": actor.kind,
        "actor": actor.name,
        "cause": current_cause() if one.link is None else cause_words(one.link, one.cleared is None),
        "at": now,
    }
    values = {
        field.name: field.get_db_prep_save(
            given[field.name] if field.name in given else field.get_default(), connection
        )
        for field in log_fields()
        if not field.has_db_default()
    }
    cleared = one.cleared or {}
    return values | {f".{name}": json.dumps(value) for name, value in cleared.items()}


def cause_words(link: Link, is_deleted: bool) -> str:
    """Return what made it happen, up to the parent's key: ``cascade Post 42``."""
    return f"{'cascade' if is_deleted else 'clear'} {link.parent} "
