"""The intermediate representation: what every dialect is read into, and all that comes after works from.

A reader fills in what the text says (``ModelField.declared_relation``, indexes, keys, auth rules).
``normalize`` then makes the implicit explicit: ids, timestamps, foreign keys, join models, and the
``Link`` of every relationship. Everything is frozen; a changed schema is a new ``Schema``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

from datamodel.schema.dialect import Dialect
from datamodel.schema.source import Location

__all__ = [
    "SCALARS",
    "AuthRule",
    "CustomOperation",
    "CustomType",
    "Dialect",
    "EnumType",
    "EnumValue",
    "FieldKind",
    "FieldOrigin",
    "FieldType",
    "Link",
    "ModelField",
    "ModelIndex",
    "ModelOperations",
    "ModelType",
    "OnDelete",
    "Relation",
    "RelationDeclaration",
    "RelationKind",
    "RelationStyle",
    "Schema",
    "Side",
]

SCALARS = frozenset(
    {
        "ID",
        "String",
        "Int",
        "Float",
        "Boolean",
        "AWSDate",
        "AWSTime",
        "AWSDateTime",
        "AWSTimestamp",
        "AWSEmail",
        "AWSJSON",
        "AWSURL",
        "AWSPhone",
        "AWSIPAddress",
    }
)
"""The scalars of AppSync."""


class FieldKind(StrEnum):
    """What a field's type name refers to."""

    SCALAR = "scalar"
    ENUM = "enum"
    CUSTOM = "custom"
    MODEL = "model"
    ABSTRACT = "abstract"
    """An interface, union or input, kept as a ``CustomOperation``; never in a model."""
    UNKNOWN = "unknown"
    """Nothing of that name exists; only before validating."""


class FieldOrigin(StrEnum):
    """Why a field exists."""

    DECLARED = "declared"
    IMPLICIT_ID = "implicit_id"
    TIMESTAMP = "timestamp"
    FOREIGN_KEY = "foreign_key"
    OWNER = "owner"
    VERSION = "version"
    """The number that ``@versioned`` counts; it is not stored, the record's own version is shown."""


class RelationKind(StrEnum):
    """A relationship as the field's owner sees it."""

    HAS_ONE = "hasOne"
    HAS_MANY = "hasMany"
    BELONGS_TO = "belongsTo"
    MANY_TO_MANY = "manyToMany"
    CONNECTION = "connection"
    """``@connection`` before normalizing; never after."""


class RelationStyle(StrEnum):
    """How a relationship was spelled; the API shape and the introspection depend on it."""

    FIELDS = "fields"
    REFERENCES = "references"
    IMPLICIT = "implicit"
    NAME = "name"


class Side(StrEnum):
    """An end of a link: the parent is referred to, the child holds the reference fields."""

    PARENT = "parent"
    CHILD = "child"


class OnDelete(StrEnum):
    """What happens to children when their parent is deleted."""

    CASCADE = "cascade"
    CLEAR = "clear"
    RESTRICT = "restrict"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type as written: ``[Int!]!`` is ``FieldType("Int", SCALAR, True, True, True)``."""

    name: str
    kind: FieldKind
    is_list: bool = False
    is_required: bool = False
    """The outer ``!``: of the list where there is one, else of the value."""
    is_item_required: bool = False
    location: Location | None = field(default=None, compare=False)
    """Where the type's name stands."""

    def __str__(self) -> str:
        inner = f"[{self.name}{'!' if self.is_item_required else ''}]" if self.is_list else self.name
        return f"{inner}{'!' if self.is_required else ''}"


@dataclass(frozen=True, slots=True)
class AuthRule:
    """One ``@auth`` rule. ``operations`` is None where the rule names none (all are meant)."""

    allow: str
    provider: str | None = None
    operations: tuple[str, ...] | None = None
    owner_field: str | None = None
    identity_claim: str | None = None
    groups: tuple[str, ...] | None = None
    groups_field: str | None = None
    group_claim: str | None = None
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RelationDeclaration:
    """A relation directive or builder as written, before it is resolved."""

    kind: RelationKind
    name: str | None = None
    """``@connection(name:)``."""
    key_name: str | None = None
    """``@connection(keyName:)``, ``@hasMany(indexName:)``."""
    fields: tuple[str, ...] | None = None
    references: tuple[str, ...] | None = None
    key_field: str | None = None
    sort_field: str | None = None
    relation_name: str | None = None
    """``@manyToMany(relationName:)``."""
    limit: int | None = None
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation field, resolved. ``link`` names the ``Link`` in ``Schema.links`` that it reads."""

    kind: RelationKind
    link: str
    side: Side
    """Which end of the link the model that holds this field is."""
    style: RelationStyle
    is_many: bool
    """True where the API answers a connection."""
    sort_fields: tuple[str, ...] = ()
    """Fields of the far model that make up the field's sort key argument."""
    index_name: str | None = None
    """The index of the far model that is read; names a composite sort key's input type."""
    limit: int | None = None
    """Default page size; None means 100."""
    far_model: str | None = None
    """For many-to-many: the model on the other side of the join model."""
    declaration: RelationDeclaration | None = None


@dataclass(frozen=True, slots=True)
class ModelField:
    """A field of a model or custom type."""

    name: str
    type: FieldType
    description: str | None = None
    default: str | None = None
    """The text of ``@default(value:)``; checked against the type by the rules."""
    origin: FieldOrigin = FieldOrigin.DECLARED
    is_in_type: bool = True
    """False for version 1's generated keys, which only the inputs show."""
    is_read_only: bool = False
    """True for timestamps and owners that the schema does not declare: no input takes them."""
    declared_relation: RelationDeclaration | None = None
    relation: Relation | None = None
    auth: tuple[AuthRule, ...] | None = None
    arguments: str = ""
    """SDL of the field's own arguments, kept as written: ``(size: Int)``."""
    location: Location | None = field(default=None, compare=False)

    @property
    def is_stored(self) -> bool:
        """True where the table has a column for it: scalars, enums, custom types, their lists."""
        return self.type.kind is not FieldKind.MODEL and self.origin is not FieldOrigin.VERSION


@dataclass(frozen=True, slots=True)
class ModelIndex:
    """A secondary index: ``@key(name:)``, ``@index``, ``.secondaryIndexes()``."""

    name: str
    """Empty before normalizing where the schema gives none."""
    fields: tuple[str, ...]
    """Partition field first, then the sort fields."""
    query_field: str | None = None
    is_name_explicit: bool = True
    is_query_default: bool = False
    """True where the schema says nothing of a query and the dialect has a default.

    After normalizing only in projects that have no default queries.
    """
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ModelOperations:
    """The root fields of a model. ``None`` means the field does not exist; filled in by normalizing."""

    get: str | None = None
    list: str | None = None
    sync: str | None = None
    create: str | None = None
    update: str | None = None
    delete: str | None = None
    on_create: tuple[str, ...] = ()
    on_update: tuple[str, ...] = ()
    on_delete: tuple[str, ...] = ()


class FilledFields(NamedTuple):
    """The fields of a model that the server fills in where the input leaves them out; None where there is none."""

    created: str | None
    updated: str | None
    id: str | None


@dataclass(frozen=True)
class ModelType:
    """A model. ``fields`` keep their declared order; what normalizing adds comes after."""

    name: str
    fields: tuple[ModelField, ...]
    description: str | None = None
    primary_key: tuple[str, ...] = ("id",)
    """Names of the key fields, partition field first."""
    is_key_explicit: bool = False
    """True where the schema spells the key out, even as plain ``id``."""
    indexes: tuple[ModelIndex, ...] = ()
    operations: ModelOperations = ModelOperations()
    model_arguments: tuple[tuple[str, Any], ...] = ()
    """``@model(...)`` as written, JSON-like values; the introspection repeats them."""
    created_at: str | None = "createdAt"
    """The field filled in on create; None where timestamps are switched off."""
    updated_at: str | None = "updatedAt"
    auth: tuple[AuthRule, ...] | None = None
    is_join: bool = False
    """True for the join model that a many-to-many relationship generates."""
    is_versioned: bool = False
    """True where ``@versioned`` makes clients say which version they change."""
    version_field: str = "version"
    version_input: str = "expectedVersion"
    interfaces: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False)
    key_location: Location | None = field(default=None, compare=False)
    """Where the primary key is spelled out."""

    def field(self, name: str) -> ModelField:
        """Return the field called ``name``; raise KeyError where there is none."""
        return self._fields_by_name[name]

    def find_field(self, name: str) -> ModelField | None:
        return self._fields_by_name.get(name)

    @cached_property
    def _fields_by_name(self) -> dict[str, ModelField]:
        return {item.name: item for item in reversed(self.fields)}

    def find_index(self, name: str) -> ModelIndex | None:
        return next((i for i in self.indexes if i.name == name), None)

    @cached_property
    def stored_fields(self) -> tuple[ModelField, ...]:
        return tuple(f for f in self.fields if f.is_stored)

    @cached_property
    def filled_fields(self) -> FilledFields:
        """What the server fills in: moments that a field can hold, and an id that a uuid fits."""
        moments, ids = frozenset({"String", "AWSDateTime"}), frozenset({"String", "ID"})
        return FilledFields(
            self._if_of(self.created_at, moments),
            self._if_of(self.updated_at, moments),
            self._if_of("id", ids),
        )

    def _if_of(self, name: str | None, types: frozenset[str]) -> str | None:
        """Return the name where a field is called so that holds one value of such a type."""
        item = self.find_field(name) if name is not None else None
        return name if item is not None and not item.type.is_list and item.type.name in types else None

    @cached_property
    def relation_fields(self) -> tuple[ModelField, ...]:
        return tuple(f for f in self.fields if f.relation is not None)


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A member of an enum."""

    name: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum; values in the order written."""

    name: str
    values: tuple[EnumValue, ...]
    description: str | None = None
    location: Location | None = field(default=None, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(value.name for value in self.values)


@dataclass(frozen=True, slots=True)
class CustomType:
    """An embedded (non-model) type, stored inside the record."""

    name: str
    fields: tuple[ModelField, ...]
    description: str | None = None
    interfaces: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class CustomOperation:
    """A definition that is kept as written: the user's own root fields, interfaces, unions, inputs.

    ``sdl`` is its SDL without AWS directives. Root fields have ``parent`` ``Query``, ``Mutation`` or
    ``Subscription``; other definitions have None.
    """

    name: str
    sdl: str
    parent: str | None = None
    location: Location | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Link:
    """A relationship, however it was spelled.

    The child's ``reference_fields`` hold, in order, the values of the parent's ``identifier_fields``.
    """

    name: str
    """Stable name: ``Comment.post``, or ``Post.comments`` where the child has no field for it."""
    child: str
    reference_fields: tuple[str, ...]
    parent: str
    identifier_fields: tuple[str, ...]
    child_fields: tuple[str, ...] = ()
    """Relation fields on the child that read the parent (``post``)."""
    parent_fields: tuple[str, ...] = ()
    """Relation fields on the parent that read the children (``comments``)."""
    is_many: bool = True
    """True where a parent may have many children; False for one-to-one."""
    is_required: bool = False
    """True where the reference fields may not be null."""
    on_delete: OnDelete = OnDelete.CASCADE
    default_on_delete: OnDelete = OnDelete.CASCADE
    """The policy by `docs/relationships.md` before anybody changed it."""
    is_enforceable: bool = True
    """False where the identifier fields are not the parent's primary key; such a link is only read."""
    is_comparable: bool = True
    """False where the two ends hold different kinds of value (a text and a number): nothing ever matches."""
    is_join: bool = False
    """True where the child is a join model, generated or written out as two belongsTo."""

    @property
    def child_field(self) -> str | None:
        return self.child_fields[0] if self.child_fields else None

    @property
    def parent_field(self) -> str | None:
        return self.parent_fields[0] if self.parent_fields else None

    @property
    def is_enforced(self) -> bool:
        """True where references must name a record and deletes obey the policy."""
        return self.is_enforceable and self.on_delete is not OnDelete.KEEP

    @property
    def is_one_to_one(self) -> bool:
        """True where a parent may have one child only: it has a field that reads the one.

        Without such a field a single relation says what the child has, not how many may share it.
        """
        return not self.is_many and bool(self.parent_fields)

    @property
    def is_self(self) -> bool:
        return self.child == self.parent


@dataclass(frozen=True)
class Schema:
    """A whole schema."""

    dialect: Dialect
    models: tuple[ModelType, ...] = ()
    enums: tuple[EnumType, ...] = ()
    custom_types: tuple[CustomType, ...] = ()
    links: tuple[Link, ...] = ()
    custom_operations: tuple[CustomOperation, ...] = ()
    global_auth: AuthRule | None = None
    """``input AMPLIFY { globalAuthRule }``, or the auth rule of a whole ``a.schema``."""
    datastore: bool | None = None
    """DataStore metadata in the API; None means the dialect's default."""

    @property
    def api_generation(self) -> Dialect:
        """Which official transformer the API follows."""
        return self.dialect

    @property
    def has_datastore(self) -> bool:
        """The DataStore switch: on by default for the Gen 1 dialects, off for Gen 2."""
        return self.dialect is not Dialect.GEN2 if self.datastore is None else self.datastore

    def model(self, name: str) -> ModelType:
        """Return the model called ``name``; raise KeyError where there is none."""
        return self._models_by_name[name]

    def find_model(self, name: str) -> ModelType | None:
        return self._models_by_name.get(name)

    def enum(self, name: str) -> EnumType:
        return self._enums_by_name[name]

    def custom_type(self, name: str) -> CustomType:
        return self._custom_types_by_name[name]

    def link(self, name: str) -> Link:
        return self._links_by_name[name]

    def links_to(self, parent: str) -> Iterator[Link]:
        """The links whose children refer to ``parent``."""
        return (link for link in self.links if link.parent == parent)

    def links_from(self, child: str) -> Iterator[Link]:
        """The links by which ``child`` refers to its parents."""
        return iter(self._links_by_child.get(child, ()))

    @cached_property
    def _links_by_child(self) -> dict[str, list[Link]]:
        found: dict[str, list[Link]] = {}
        for link in self.links:
            found.setdefault(link.child, []).append(link)
        return found

    @cached_property
    def _models_by_name(self) -> dict[str, ModelType]:
        return {model.name: model for model in reversed(self.models)}

    @cached_property
    def _enums_by_name(self) -> dict[str, EnumType]:
        return {enum.name: enum for enum in reversed(self.enums)}

    @cached_property
    def _custom_types_by_name(self) -> dict[str, CustomType]:
        return {custom.name: custom for custom in reversed(self.custom_types)}

    @cached_property
    def _links_by_name(self) -> dict[str, Link]:
        return {link.name: link for link in reversed(self.links)}
