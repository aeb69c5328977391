"""Graphene classes made from an `ApiShape`: record types through graphene-django, all else through graphene."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import graphene
from graphene_django import DjangoObjectType
from graphene_django.registry import Registry
from graphql import (
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    TypeNode,
    Undefined,
    parse_type,
    parse_value,
    value_from_ast_untyped,
)

from datamodel.graphql.errors import Unauthorized
from datamodel.graphql.scalars import SCALAR_TYPES, build_operator_scalar
from datamodel.graphql.shape import ApiShape, EnumShape, FieldShape, ObjectShape, Operation
from datamodel.modelgen import Record

__all__ = ["TypeBuilder"]

Resolver = Callable[..., Any]


# graphene is not typed.
class RecordType(DjangoObjectType):  # type: ignore[misc]
    """The object type of a model. Its values are the nodes that `reading` prepared, not model instances."""

    class Meta:
        abstract = True

    @classmethod
    def is_type_of(cls, root: Any, info: Any) -> bool:
        return isinstance(root, Mapping)


class EnumValues:
    """An enum's values, shaped as graphene looks at a Python enum.

    A real one refuses names that GraphQL allows (`mro`), and turns values into members on the way in.
    """

    def __init__(self) -> None:
        self.__members__: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        return value


def resolve_selected(root: Any, info: Any, /, **_arguments: Any) -> Any:
    """Answer a field of a record or connection: `reading` has put its value under the response key."""
    value = root[info.path.key]
    if isinstance(value, Exception):
        raise value
    return value


def resolve_embedded(root: Any, info: Any, /, **_arguments: Any) -> Any:
    """Answer a field of an embedded value."""
    name, type_name = info.field_name, info.parent_type.name
    if name in info.context.permissions.embedded(type_name):
        raise Unauthorized(name, type_name)
    return root.get(name)


class TypeBuilder:
    """Builds every graphene class of one API; ``resolve_root`` answers its root fields."""

    def __init__(
        self, shape: ApiShape, models: Mapping[str, type[Record]], resolve_root: Callable[..., Any]
    ) -> None:
        self.shape = shape
        self.models = models
        self.resolve_root = resolve_root
        self.registry = Registry()
        self.types: dict[str, Any] = dict(SCALAR_TYPES)
        self.references: dict[str, Any] = {}

    def build(self) -> graphene.Schema:
        """Make all classes, then their fields, which may refer to any class."""
        self.make_classes()
        self.fill_fields()
        roots = {
            "query": self.build_root("Query", self.shape.query),
            "mutation": self.build_root("Mutation", self.shape.mutation),
            "subscription": self.build_root("Subscription", self.shape.subscription),
        }
        made = [cls for name, cls in self.types.items() if name not in SCALAR_TYPES]
        return graphene.Schema(**roots, types=made, auto_camelcase=False)

    def make_classes(self) -> None:
        for name, enum in self.shape.enums.items():
            self.types[name] = build_enum(name, enum)
        for name in self.shape.undefined_inputs:
            self.types[name] = build_operator_scalar(name)
        for name in self.shape.inputs:
            self.types[name] = build_input(name)
        for name, interface in self.shape.interfaces.items():
            self.types[name] = build_class(graphene.Interface, name, interface.description)
        for name, shape in self.shape.objects.items():
            self.types[name] = self.build_object(name, shape)
        for name, members in self.shape.unions.items():
            types = [self.types[member] for member in members]
            self.types[name] = build_class(graphene.Union, name, None, types=types)

    def fill_fields(self) -> None:
        for name, fields in self.shape.inputs.items():
            self.types[name]._meta.fields.update(
                {field: graphene.InputField(**self.input_type(text)) for field, text in fields.items()}
            )
        for name, shape in (self.shape.interfaces | self.shape.objects).items():
            resolver = resolve_selected if shape.is_prepared else resolve_embedded
            self.types[name]._meta.fields.update(
                {field: self.build_field(definition, resolver) for field, definition in shape.fields.items()}
            )

    def build_object(self, name: str, shape: ObjectShape) -> Any:
        interfaces = [self.types[interface] for interface in shape.interfaces]
        if shape.model is None:
            return build_class(graphene.ObjectType, name, shape.description, interfaces=interfaces)
        return build_class(
            RecordType,
            name,
            shape.description,
            model=self.models[shape.model],
            registry=self.registry,
            fields=(),
            convert_choices_to_enum=False,
            interfaces=interfaces,
        )

    def build_field(self, shape: FieldShape, resolver: Resolver) -> graphene.Field:
        arguments = {
            name: graphene.Argument(**self.input_type(text)) for name, text in shape.arguments.items()
        }
        return graphene.Field(
            self.reference(shape.type), args=arguments, description=shape.description, resolver=resolver
        )

    def build_root(self, name: str, fields: Mapping[str, FieldShape]) -> Any:
        if not fields:
            return None
        root = build_class(graphene.ObjectType, name, None)
        root._meta.fields.update(
            {
                field: self.build_field(
                    shape, functools.partial(answer_root, self.resolve_root, shape.operation)
                )
                for field, shape in fields.items()
            }
        )
        return root

    def input_type(self, text: str) -> dict[str, Any]:
        """Return the type and the default value of an argument or an input's field."""
        type_, _, default = text.partition(" = ")
        value = value_from_ast_untyped(parse_value(default, no_location=True)) if default else Undefined
        return {"type_": self.reference(type_), "default_value": value}

    def reference(self, text: str) -> Any:
        """Return the graphene type that SDL text such as ``[Post!]!`` names."""
        if text not in self.references:
            self.references[text] = self.wrap(parse_type(text, no_location=True))
        return self.references[text]

    def wrap(self, node: TypeNode) -> Any:
        match node:
            case NonNullTypeNode():
                return graphene.NonNull(self.wrap(node.type))
            case ListTypeNode():
                return graphene.List(self.wrap(node.type))
            case NamedTypeNode():
                return self.types[node.name.value]
        raise AssertionError(node)


def answer_root(
    resolve_root: Callable[..., Any], operation: Operation | None, root: Any, info: Any, /, **arguments: Any
) -> Any:
    """Answer a root field; the user's own argument names may be anything, ``info`` included."""
    return resolve_root(operation, info, arguments)


def build_class(base: Any, name: str, description: str | None, **options: Any) -> Any:
    """Make a graphene class with no fields yet: any field name is fine in the dictionary added later."""
    meta = type("Meta", (), {"name": name, "description": description, **options})
    return type("ApiType", (base,), {"Meta": meta})


def build_enum(name: str, shape: EnumShape) -> Any:
    """Make an enum whose values are their own names."""
    values = EnumValues()

    def describe(value: str | None) -> str | None:
        return shape.description if value is None else shape.values.get(value)

    # The class is always called ApiEnum: graphene puts it under that name into its module.
    meta = type("Meta", (), {"name": name, "enum": values, "description": staticmethod(describe)})
    enum = type("ApiEnum", (graphene.Enum,), {"Meta": meta})
    values.__members__.update({value: value for value in shape.values})
    return enum


def build_input(name: str) -> Any:
    """Make an input type whose values arrive as plain dictionaries with the API's field names."""
    return build_class(graphene.InputObjectType, name, None, container=dict)
