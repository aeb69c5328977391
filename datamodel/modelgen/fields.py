"""One Django field per Amplify type, each with its column on both databases."""

from __future__ import annotations

import re
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel.schema.ir import FieldKind, ModelField

__all__ = [
    "SCALAR_FIELDS",
    "AWSDateField",
    "AWSDateTimeField",
    "AWSEmailField",
    "AWSIPAddressField",
    "AWSJSONField",
    "AWSPhoneField",
    "AWSTimeField",
    "AWSTimestampField",
    "AWSURLField",
    "BooleanField",
    "EmbeddedField",
    "EnumField",
    "FloatField",
    "IDField",
    "IntField",
    "ListField",
    "StringField",
    "build_field",
]


HALF = re.compile(r"\\u[dD][89a-fA-F]")
"""The escape of a surrogate in JSON; most have their other half beside them."""


# Fields are generic for the type checker only.
class StringField(models.TextField):  # type: ignore[type-arg]
    """Text as it was sent. Both databases order it by code point."""

    scalar = "String"
    # A missing value is null, not the empty text, so that NOT NULL can tell.
    empty_strings_allowed = False

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters = dict(super().db_parameters(connection))
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class IDField(StringField):
    scalar = "ID"


class AWSDateField(StringField):
    scalar = "AWSDate"


class AWSTimeField(StringField):
    scalar = "AWSTime"


class AWSDateTimeField(StringField):
    scalar = "AWSDateTime"


class AWSEmailField(StringField):
    scalar = "AWSEmail"


class AWSURLField(StringField):
    scalar = "AWSURL"


class AWSPhoneField(StringField):
    scalar = "AWSPhone"


class AWSIPAddressField(StringField):
    scalar = "AWSIPAddress"


class AWSJSONField(StringField):
    scalar = "AWSJSON"


class IntField(models.IntegerField):  # type: ignore[type-arg]
    scalar = "Int"


class AWSTimestampField(models.BigIntegerField):  # type: ignore[type-arg]
    scalar = "AWSTimestamp"


class FloatField(models.FloatField):  # type: ignore[type-arg]
    scalar = "Float"


class BooleanField(models.BooleanField):  # type: ignore[type-arg]
    scalar = "Boolean"


class NamedTypeMixin:
    """A field that knows the name of its type, which the column does not depend on."""

    non_db_attrs = (*models.Field.non_db_attrs, "type_name")

    def __init__(self, *args: Any, type_name: str, **kwargs: Any) -> None:
        self.type_name = type_name
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, path, args, {**kwargs, "type_name": self.type_name}


class EnumField(NamedTypeMixin, StringField):
    """A member of an enum, as text."""


class SendableMixin:
    """JSON that can be read back whatever was stored: halves of characters, which SQLite takes, are replaced."""

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        read = super().from_db_value(value, expression, connection)  # type: ignore[misc]
        return replace_halves(read) if isinstance(value, str) and HALF.search(value) else read


def replace_halves(value: Any) -> Any:
    """Return the value with U+FFFD in the place of each lone surrogate."""
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [replace_halves(item) for item in value]
        case dict():
            return {replace_halves(key): replace_halves(item) for key, item in value.items()}
    return value


class ListField(NamedTypeMixin, SendableMixin, models.JSONField):
    """A list of any type, as JSON."""

    empty_strings_allowed = False


class EmbeddedField(NamedTypeMixin, SendableMixin, models.JSONField):
    """A value of a custom type, as JSON."""

    empty_strings_allowed = False


SCALAR_FIELDS: dict[str, type[models.Field[Any, Any]]] = {
    cls.scalar: cls
    for cls in (
        IDField,
        StringField,
        IntField,
        FloatField,
        BooleanField,
        AWSDateField,
        AWSTimeField,
        AWSDateTimeField,
        AWSTimestampField,
        AWSEmailField,
        AWSJSONField,
        AWSURLField,
        AWSPhoneField,
        AWSIPAddressField,
    )
}


def build_field(field: ModelField, *, attribute: str, column: str, is_key: bool) -> models.Field[Any, Any]:
    """Return the Django field that stores ``field``; key fields are never null."""
    options: dict[str, Any] = {"null": not (field.type.is_required or is_key)}
    if column != attribute:
        options["db_column"] = column
    if field.type.is_list:
        return ListField(type_name=field.type.name, **options)
    match field.type.kind:
        case FieldKind.SCALAR:
            return SCALAR_FIELDS[field.type.name](**options)
        case FieldKind.ENUM:
            return EnumField(type_name=field.type.name, **options)
        case FieldKind.CUSTOM:
            return EmbeddedField(type_name=field.type.name, **options)
        case _:
            raise ValueError(f"Field '{field.name}' of kind {field.type.kind} has no column.")
