"""Conditions and orders of Django as SQL over a table's alias."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.sql import Query

from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.compiler.sql import Sql, joined
from datamodel.graphql.paging import Order
from datamodel.modelgen import Record

__all__ = ["column", "compiled", "field_of", "matching", "order_by", "where"]

NEVER = Sql("1=0")

Fields = Iterable[tuple[Field, Field]]


def column(connection: BaseDatabaseWrapper, alias: str, field: Field) -> str:
    """Return a column of the table that goes by ``alias``."""
    return f'"{alias}".{connection.ops.quote_name(str(field.column))}'


def where(connection: BaseDatabaseWrapper, model: type[Record], condition: Q, alias: str, *more: Sql) -> Sql:
    """Return the WHERE clause of a condition on ``model``, and of conditions that are SQL already."""
    terms = [*more, *compiled(connection, model, condition, alias)]
    return joined(" AND ", terms).within(" WHERE {}") if terms else Sql("")


def compiled(connection: BaseDatabaseWrapper, model: type[Record], condition: Q, alias: str) -> list[Sql]:
    """Return a condition as SQL; nothing for one that every record meets."""
    query = Query(model)
    table = query.get_initial_alias()
    node = query.build_where(condition).relabeled_clone({table: alias})
    try:
        text, params = query.get_compiler(connection=connection).compile(node)
    except FullResultSet:
        return []
    except EmptyResultSet:
        return [NEVER]
    return [Sql(text, tuple(params))] if text else []


def matching(connection: BaseDatabaseWrapper, fields: Fields, near: str, far: str) -> list[Sql]:
    """Return what makes a far record belong to the near one."""
    return [
        Sql(f"{column(connection, far, theirs)}={column(connection, near, ours)}") for ours, theirs in fields
    ]


def order_by(
    connection: BaseDatabaseWrapper, model: type[Record], orders: Iterable[Order], alias: str
) -> str:
    """Return the ORDER BY clause."""
    return " ORDER BY " + ", ".join(
        column(connection, alias, field_of(model, order.attribute)) + direction(order) for order in orders
    )


def field_of(model: type[Record], attribute: str) -> Field:
    """Return the field behind an attribute that has a column."""
    return cast(Field, model._meta.get_field(attribute))


def direction(order: Order) -> str:
    text = " DESC" if order.is_descending else ""
    if order.is_nullable:
        text += " NULLS LAST" if order.is_descending else " NULLS FIRST"
    return text
