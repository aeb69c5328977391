"""Coercing variables that are as they should be, quickly; graphql-core looks at all others, and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
)

__all__ = ["Coerce", "Unusual", "quick_coercion"]

SMALL = 2**31

Coerce: TypeAlias = Callable[[Any], Any]

PLAIN: dict[str, type] = {"ID": str, "String": str, "Int": int, "Boolean": bool, "Float": float}
"""Scalars whose values need no coercion where they are of this very type."""


class Unusual(Exception):  # noqa: N818  says what was found
    """A value that takes a closer look."""


def quick_coercion(type_: GraphQLInputType, known: dict[GraphQLInputType, Coerce]) -> Coerce:
    """Return what coerces the values of a type, or raises Unusual; ``known`` holds those of the same schema."""
    if isinstance(type_, GraphQLNonNull):
        return required(quick_coercion(type_.of_type, known))
    if type_ not in known:
        if isinstance(type_, GraphQLInputObjectType):
            # It may contain itself: its fields are looked at with its first value.
            known[type_] = ObjectCoercion(type_, known)
        elif isinstance(type_, GraphQLList):
            known[type_] = list_of(quick_coercion(type_.of_type, known))
        else:
            known[type_] = leaf(type_)
    return known[type_]


def required(coerce: Coerce) -> Coerce:
    def coerce_required(value: Any) -> Any:
        if value is None:
            raise Unusual
        return coerce(value)

    return coerce_required


def list_of(coerce: Coerce) -> Coerce:
    def coerce_list(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not list:
            raise Unusual
        return [coerce(item) for item in value]

    return coerce_list


def leaf(type_: GraphQLInputType) -> Coerce:
    """Return what coerces the values of a scalar or an enum."""
    if isinstance(type_, GraphQLEnumType):
        return member_of(frozenset(name for name, each in type_.values.items() if each.value == name))
    assert isinstance(type_, GraphQLScalarType)  # noqa: S101  nothing else is left
    plain = PLAIN.get(type_.name)
    if plain is int:
        return small_number
    return parsed(type_) if plain is None else instance_of(plain)


def member_of(names: frozenset[str]) -> Coerce:
    def coerce_member(value: Any) -> Any:
        if value is None or (type(value) is str and value in names):
            return value
        raise Unusual

    return coerce_member


def small_number(value: Any) -> Any:
    if value is None or (type(value) is int and -SMALL <= value < SMALL):
        return value
    raise Unusual


def instance_of(plain: type) -> Coerce:
    def coerce_plain(value: Any) -> Any:
        if value is None or type(value) is plain:
            return value
        raise Unusual

    return coerce_plain


def parsed(type_: GraphQLScalarType) -> Coerce:
    def coerce_scalar(value: Any) -> Any:
        try:
            return None if value is None else type_.parse_value(value)
        except GraphQLError as error:
            raise Unusual from error

    return coerce_scalar


class ObjectCoercion:
    """Coerces objects: by the API's field names, in the order of their type."""

    def __init__(self, type_: GraphQLInputObjectType, known: dict[GraphQLInputType, Coerce]) -> None:
        self.type = type_
        self.known = known
        self.fields: list[tuple[str, Coerce, bool]] | None = None
        """Each field's name, its coercion, and whether it must be there."""

    def __call__(self, value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not dict:
            raise Unusual
        fields = self.fields or self.look()
        found = {}
        for name, coerce, is_required in fields:
            if name in value:
                found[name] = coerce(value[name])
            elif is_required:
                raise Unusual
        if len(found) != len(value):
            raise Unusual
        return found

    def look(self) -> list[tuple[str, Coerce, bool]]:
        """Look at the fields; to leave out one that has a default value is unusual."""
        self.fields = [
            (
                name,
                quick_coercion(field.type, self.known),
                isinstance(field.type, GraphQLNonNull) or field.default_value is not Undefined,
            )
            for name, field in self.type.fields.items()
        ]
        return self.fields
