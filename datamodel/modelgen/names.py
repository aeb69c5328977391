"""The three names of everything: the API name as written, the Python attribute, the SQL identifier.

They are equal where Python, Django and both databases can hold the name, and mapped where not.
Names once given stay: the map is stored with the schema version and handed to the next one.
"""

from __future__ import annotations

import hashlib
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import models

from datamodel.schema.ir import ModelField, ModelType, Schema

__all__ = ["FieldNames", "ModelNames", "NameMap", "build_names", "hashed_name"]

MAX_BYTES = 63
"""The longest identifier PostgreSQL keeps."""

RESERVED_PREFIX = "joinery_"

# Set on concrete classes only, or taken by Python and the ORM as keyword arguments.
MORE_RESERVED_ATTRIBUTES = frozenset(
    {
        "all_objects",
        "cls",
        "create_defaults",
        "defaults",
        "does_not_exist",
        "doesnotexist",
        "meta",
        "multipleobjectsreturned",
        "notupdated",
        "objects",
        "pk",
        "self",
    }
)

SYSTEM_COLUMNS = frozenset({"cmax", "cmin", "ctid", "oid", "rowid", "tableoid", "xmax", "xmin", "_rowid_"})


@dataclass(frozen=True, slots=True)
class FieldNames:
    """A field's Python attribute and SQL column. Relation fields have no column: the empty text."""

    attribute: str
    column: str


@dataclass(frozen=True, slots=True)
class ModelNames:
    """A model's class and table, and its fields by API name."""

    class_name: str
    table: str
    fields: Mapping[str, FieldNames]

    def attribute(self, api_field: str) -> str:
        """Return the Python attribute of a field; raise KeyError where there is none."""
        return self.fields[api_field].attribute

    def column(self, api_field: str) -> str:
        """Return the SQL column of a stored field; raise KeyError where there is none."""
        return self.fields[api_field].column


@dataclass(frozen=True, slots=True)
class NameMap:
    """The names of a whole schema, by API model name."""

    models: Mapping[str, ModelNames]

    def to_json(self) -> dict[str, Any]:
        """Return a form that JSON can hold."""
        return {
            name: {
                "class": model.class_name,
                "table": model.table,
                "fields": {field: [names.attribute, names.column] for field, names in model.fields.items()},
            }
            for name, model in self.models.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> NameMap:
        """Read what ``to_json`` wrote."""
        return cls(
            {
                name: ModelNames(
                    model["class"],
                    model["table"],
                    {field: FieldNames(*pair) for field, pair in model["fields"].items()},
                )
                for name, model in data.items()
            }
        )

    def with_model_renamed(self, old: str, new: str) -> NameMap:
        """Return the map with the model's API name replaced; class and table stay."""
        return NameMap({(new if name == old else name): model for name, model in self.models.items()})

    def with_field_renamed(self, model: str, old: str, new: str) -> NameMap:
        """Return the map with the field's API name replaced; attribute and column stay."""
        names = self.models[model]
        fields = {(new if name == old else name): pair for name, pair in names.fields.items()}
        return NameMap({**self.models, model: replace(names, fields=fields)})


def hashed_name(prefix: str, *parts: str) -> str:
    """Return a short name for an index or constraint, the same for the same parts."""
    return f"{prefix}_{_digest(chr(0).join(parts), 16)}"


def build_names(schema: Schema, previous: NameMap | None = None) -> NameMap:
    """Name everything in ``schema``; what ``previous`` named keeps its names."""
    earlier = previous.models if previous else {}
    classes = _allocate(
        [model.name for model in schema.models],
        kept={name: names.class_name for name, names in earlier.items()},
        is_plain=_is_class_name,
        prefix="M_",
    )
    tables = _allocate(
        [model.name for model in schema.models],
        kept={name: names.table for name, names in earlier.items()},
        is_plain=lambda name: False,
        prefix="data_",
    )
    return NameMap(
        {
            model.name: ModelNames(
                classes[model.name], tables[model.name], _field_names(model, earlier.get(model.name))
            )
            for model in schema.models
        }
    )


def _field_names(model: ModelType, previous: ModelNames | None) -> dict[str, FieldNames]:
    earlier = previous.fields if previous else {}
    attributes = _allocate(
        [field.name for field in model.fields],
        kept={name: names.attribute for name, names in earlier.items()},
        is_plain=_is_attribute,
        prefix="f_",
    )
    columns = _allocate(
        [field.name for field in model.stored_fields],
        kept={name: names.column for name, names in earlier.items() if names.column},
        is_plain=_is_column,
        prefix="f_",
    )
    return {field.name: _pair(field, attributes, columns) for field in model.fields}


def _pair(field: ModelField, attributes: Mapping[str, str], columns: Mapping[str, str]) -> FieldNames:
    return FieldNames(attributes[field.name], columns.get(field.name, ""))


def _allocate(
    wanted: Iterable[str], *, kept: Mapping[str, str], is_plain: Callable[[str], bool], prefix: str
) -> dict[str, str]:
    """Give each wanted name an identifier, none equal to another in any case.

    Names that can be used as they are go first, so that nobody else's mapped name is in their way.
    Identifiers of names that are gone stay taken: the migration that drops them may still need them.
    """
    names = list(wanted)
    given = {name: kept[name] for name in names if name in kept}
    taken = {identifier.lower() for identifier in kept.values()}
    for name in names:
        if name not in given and is_plain(name) and name.lower() not in taken:
            given[name] = name
            taken.add(name.lower())
    for name in names:
        if name not in given:
            given[name] = _mapped(name, prefix, taken)
            taken.add(given[name].lower())
    return given


def _mapped(name: str, prefix: str, taken: set[str]) -> str:
    slug = re.sub(r"_+", "_", name.lower()).strip("_") or "x"
    plain = prefix + slug
    if len(plain) <= MAX_BYTES and plain.lower() not in taken:
        return plain
    digits = 8
    while True:
        suffix = "_" + _digest(name, digits)
        candidate = plain[: MAX_BYTES - len(suffix)].rstrip("_") + suffix
        if candidate.lower() not in taken:
            return candidate
        digits += 1


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:digits]


@cache
def _reserved_attributes() -> frozenset[str]:
    """Everything that a record class or instance has already, in lower case."""
    from datamodel.modelgen.record import Record  # the base class needs the names of this module

    taken = {
        *dir(models.Model),
        *dir(type(models.Model)),
        *dir(Record),
        *Record.__annotations__,
        *keyword.kwlist,
    }
    return frozenset(name.lower() for name in taken) | MORE_RESERVED_ATTRIBUTES


def _is_attribute(name: str) -> bool:
    return (
        _is_class_name(name)
        and name.lower() not in _reserved_attributes()
        and not name.lower().startswith(RESERVED_PREFIX)
    )


def _is_class_name(name: str) -> bool:
    """Django reads ``__`` and outer underscores in look-ups, and Python knows keywords."""
    return (
        len(name) <= MAX_BYTES
        and name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and not name.endswith("_")
        and "__" not in name
    )


def _is_column(name: str) -> bool:
    lower = name.lower()
    return len(name) <= MAX_BYTES and lower not in SYSTEM_COLUMNS and not lower.startswith(RESERVED_PREFIX)
