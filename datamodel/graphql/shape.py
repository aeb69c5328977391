"""The API as plain data: which types, fields, arguments and inputs exist. `types.py` makes graphene classes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from datamodel.schema.ir import (
    SCALARS,
    AuthRule,
    Dialect,
    FieldKind,
    FieldOrigin,
    FieldType,
    ModelField,
    ModelType,
    Schema,
)

__all__ = [
    "ACCESS",
    "ApiShape",
    "EnumShape",
    "FieldShape",
    "ObjectShape",
    "Operation",
    "OperationKind",
    "effective_rules",
]

OPERATOR_KINDS = {
    "ID": "ID",
    "String": "String",
    "Int": "Int",
    "Float": "Float",
    "Boolean": "Boolean",
    "AWSTimestamp": "Int",
    "AWSDate": "String",
    "AWSTime": "String",
    "AWSDateTime": "String",
    "AWSEmail": "String",
    "AWSJSON": "String",
    "AWSURL": "String",
    "AWSPhone": "String",
    "AWSIPAddress": "String",
}
"""Which family of operators a scalar takes."""


class OperationKind(StrEnum):
    """What a root field does."""

    GET = "get"
    LIST = "list"
    INDEX = "index"
    SYNC = "sync"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LISTEN = "listen"
    CUSTOM = "custom"


ACCESS = {
    OperationKind.GET: "get",
    OperationKind.LIST: "list",
    OperationKind.INDEX: "list",
    OperationKind.SYNC: "sync",
    OperationKind.CREATE: "create",
    OperationKind.UPDATE: "update",
    OperationKind.DELETE: "delete",
    OperationKind.LISTEN: "listen",
}
"""What each kind of root field needs the caller to be allowed."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A root field: what it does, to which model, by which index."""

    kind: OperationKind
    name: str
    model: str = ""
    index: str | None = None


@dataclass(frozen=True, slots=True)
class FieldShape:
    """A field: its type as SDL text, its arguments by name; an argument's text may end in ``= default``."""

    type: str
    arguments: dict[str, str] = field(default_factory=dict)
    description: str | None = None
    operation: Operation | None = None


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An object type; ``model`` names the model whose records it describes, None for any other."""

    fields: dict[str, FieldShape]
    description: str | None = None
    model: str | None = None
    is_connection: bool = False
    interfaces: tuple[str, ...] = ()

    @property
    def is_prepared(self) -> bool:
        """Return whether `reading` makes its values: those of records and connections."""
        return self.model is not None or self.is_connection


@dataclass(frozen=True, slots=True)
class EnumShape:
    """An enum: its values with their descriptions."""

    values: dict[str, str | None]
    description: str | None = None


class ApiShape:
    """Everything that the API of one schema consists of; filled by `operations`, `inputs` and `relations`."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.generation = schema.api_generation
        self.has_datastore = schema.has_datastore
        self.objects: dict[str, ObjectShape] = {}
        self.interfaces: dict[str, ObjectShape] = {}
        self.unions: dict[str, tuple[str, ...]] = {}
        self.inputs: dict[str, dict[str, str]] = {}
        self.enums: dict[str, EnumShape] = {}
        self.embedded: set[str] = set()
        """The embedded types whose inputs are made."""
        self.query: dict[str, FieldShape] = {}
        self.mutation: dict[str, FieldShape] = {}
        self.subscription: dict[str, FieldShape] = {}

    @property
    def is_v1(self) -> bool:
        return self.generation is Dialect.V1

    @property
    def undefined_inputs(self) -> set[str]:
        """The operators of enums that the official API names without defining them."""
        defined = self.inputs.keys() | self.enums.keys() | SCALARS
        named = {
            text.partition(" ")[0].strip("[]!") for fields in self.inputs.values() for text in fields.values()
        }
        return {name for name in named - defined if name.startswith("Model")}

    def put_input(self, name: str, fields: dict[str, str]) -> None:
        """Add an input type; the first maker of a name wins, as officially."""
        self.inputs.setdefault(name, fields)

    def extend_input(self, name: str, fields: dict[str, str]) -> None:
        """Add fields to an input type if it exists, leaving those it has."""
        if name in self.inputs:
            for field_name, type_name in fields.items():
                self.inputs[name].setdefault(field_name, type_name)

    def implemented(self, names: Sequence[str], fields: Mapping[str, FieldShape]) -> tuple[str, ...]:
        """Return those of the interfaces that a type with these fields really has."""

        def has(field_name: str, wanted: FieldShape) -> bool:
            found = fields.get(field_name)
            return found is not None and (found.type, found.arguments) == (wanted.type, wanted.arguments)

        return tuple(
            name
            for name in names
            if name in self.interfaces and all(has(*item) for item in self.interfaces[name].fields.items())
        )

    def key_type(self, model: ModelType, name: str) -> str:
        """Return the base type of a key field; an undeclared id is an ID."""
        found = model.find_field(name)
        return found.type.name if found else "ID"


def is_declared(model: ModelType, model_field: ModelField) -> bool:
    """Return whether the schema spells the field out; every key of a join model counts."""
    if model_field.origin is FieldOrigin.VERSION:
        return not model_field.is_read_only
    return model_field.origin is FieldOrigin.DECLARED or (
        model.is_join and model_field.origin in {FieldOrigin.FOREIGN_KEY, FieldOrigin.IMPLICIT_ID}
    )


def is_filterable(field_type: FieldType) -> bool:
    return field_type.kind in {FieldKind.SCALAR, FieldKind.ENUM}


def operator_kind(type_name: str) -> str:
    """Return the operators' family of a scalar; enums and unknown names compare as text."""
    return OPERATOR_KINDS.get(type_name, "String")


def effective_rules(schema: Schema, model: ModelType) -> tuple[AuthRule, ...]:
    """Return the model's auth rules, or the whole schema's where it has none of its own."""
    if model.auth is not None:
        return model.auth
    return (schema.global_auth,) if schema.global_auth is not None else ()


def owner_fields(schema: Schema, model: ModelType) -> tuple[str, ...]:
    """Return the fields that the model's owner rules name, each once."""
    rules = effective_rules(schema, model)
    return tuple(dict.fromkeys(rule.owner_field or "owner" for rule in rules if rule.allow == "owner"))


def group_fields(schema: Schema, model: ModelType) -> tuple[str, ...]:
    """Return the fields that hold the groups of the model's dynamic group rules."""
    return tuple(rule.groups_field for rule in effective_rules(schema, model) if rule.groups_field)
