"""Object types to models and embedded types."""

from __future__ import annotations

from typing import Any

from graphql import language as ast

from datamodel.schema.codes import Code
from datamodel.schema.dialects.graphql_sdl.auth import read_auth
from datamodel.schema.dialects.graphql_sdl.document import Document
from datamodel.schema.dialects.graphql_sdl.nodes import (
    arguments,
    base_name,
    describe,
    find_directives,
    locate,
)
from datamodel.schema.ir import (
    CustomType,
    EnumType,
    EnumValue,
    FieldType,
    ModelField,
    ModelIndex,
    ModelType,
    RelationDeclaration,
    RelationKind,
)

__all__ = ["read_custom_type", "read_enum", "read_model"]

RELATIONS = {
    "connection": RelationKind.CONNECTION,
    "hasOne": RelationKind.HAS_ONE,
    "hasMany": RelationKind.HAS_MANY,
    "belongsTo": RelationKind.BELONGS_TO,
    "manyToMany": RelationKind.MANY_TO_MANY,
}


def read_model(node: ast.ObjectTypeDefinitionNode, document: Document) -> ModelType:
    """Return the model that a type with ``@model`` describes."""
    key, key_place = _primary_key(node, document)
    use = next(find_directives(node, "model"))
    versioned = next(find_directives(node, "versioned"), None)
    given = arguments(versioned) if versioned else {}
    return ModelType(
        name=node.name.value,
        fields=_fields(node, document),
        description=describe(node),
        primary_key=("id",) if key is None else key,
        is_key_explicit=key is not None,
        indexes=(*_keys(node), *_field_indexes(node)),
        model_arguments=tuple(arguments(use).items()),
        auth=read_auth(node, document),
        is_versioned=versioned is not None,
        version_field=given.get("versionField") or "version",
        version_input=given.get("versionInput") or "expectedVersion",
        interfaces=tuple(interface.name.value for interface in node.interfaces),
        location=locate(node),
        key_location=locate(key_place) if key_place else None,
    )


def read_custom_type(node: ast.ObjectTypeDefinitionNode, document: Document) -> CustomType:
    """Return an object type that is no model."""
    return CustomType(
        name=node.name.value,
        fields=_fields(node, document),
        description=describe(node),
        interfaces=tuple(interface.name.value for interface in node.interfaces),
        location=locate(node),
    )


def read_enum(node: ast.EnumTypeDefinitionNode, document: Document) -> EnumType:
    """Return an enum; a value written twice is reported and kept once."""
    values: dict[str, EnumValue] = {}
    for value in node.values:
        name = value.name.value
        if name in values:
            message = f"Enum value '{node.name.value}.{name}' is defined more than once."
            document.report(Code.DUPLICATE_FIELD, message, "Remove one.", value)
        values.setdefault(name, EnumValue(name, describe(value)))
    return EnumType(node.name.value, tuple(values.values()), describe(node), locate(node))


def _fields(node: ast.ObjectTypeDefinitionNode, document: Document) -> tuple[ModelField, ...]:
    fields: dict[str, ModelField] = {}
    for item in node.fields:
        name = item.name.value
        if name in fields:
            message = f"Field '{node.name.value}.{name}' is defined more than once."
            hint = f"It is already defined at {fields[name].location}: rename or remove one of them."
            document.report(Code.DUPLICATE_FIELD, message, hint, item)
            continue
        fields[name] = _field(item, document)
    return tuple(fields.values())


def _field(node: ast.FieldDefinitionNode, document: Document) -> ModelField:
    defaults = [arguments(use).get("value") for use in find_directives(node, "default")]
    default = defaults[0] if defaults and isinstance(defaults[0], str) else None
    return ModelField(
        name=node.name.value,
        type=_type(node.type, document),
        description=describe(node),
        default=default,
        declared_relation=_relation(node, document),
        auth=read_auth(node, document),
        arguments=f"({', '.join(map(ast.print_ast, node.arguments))})" if node.arguments else "",
        location=locate(node),
    )


def _type(node: ast.TypeNode, document: Document) -> FieldType:
    """Read a type of the shapes ``X X! [X] [X!] [X]! [X!]!``; others are reported."""
    is_required = isinstance(node, ast.NonNullTypeNode)
    outer = node.type if isinstance(node, ast.NonNullTypeNode) else node
    is_list = isinstance(outer, ast.ListTypeNode)
    inner = outer.type if isinstance(outer, ast.ListTypeNode) else outer
    is_item_required = is_list and isinstance(inner, ast.NonNullTypeNode)
    named: ast.Node = inner.type if isinstance(inner, ast.NonNullTypeNode) else inner
    if not isinstance(named, ast.NamedTypeNode):
        message = f"A list of lists ('{ast.print_ast(node)}') cannot be stored."
        document.report(Code.UNSUITABLE_TYPE, message, "Put the inner list into a type of its own.", node)
    name = base_name(node)
    return FieldType(name, document.kind_of(name), is_list, is_required, is_item_required, locate(named))


def _relation(node: ast.FieldDefinitionNode, document: Document) -> RelationDeclaration | None:
    uses = [use for use in node.directives if use.name.value in RELATIONS]
    for extra in uses[1:]:
        if extra.name.value != uses[0].name.value:
            message = f"Field '{node.name.value}' has two relationship directives."
            document.report(Code.RELATION_SHAPE, message, f"Keep '@{uses[0].name.value}' or this one.", extra)
    if not uses:
        return None
    given = arguments(uses[0])

    def text(key: str) -> str | None:
        value = given.get(key)
        return value if isinstance(value, str) else None

    return RelationDeclaration(
        kind=RELATIONS[uses[0].name.value],
        name=text("name"),
        key_name=text("keyName") or text("indexName"),
        fields=_names(given.get("fields")),
        references=_names(given.get("references")),
        key_field=text("keyField"),
        sort_field=text("sortField"),
        relation_name=text("relationName"),
        limit=given["limit"] if isinstance(given.get("limit"), int) else None,
        location=locate(uses[0]),
    )


def _names(value: Any) -> tuple[str, ...] | None:
    """Return a list of names; anything that is none (reported elsewhere) is left out."""
    if not isinstance(value, str | list):
        return None
    items = [value] if isinstance(value, str) else value
    return tuple(item for item in items if isinstance(item, str))


def _primary_key(
    node: ast.ObjectTypeDefinitionNode, document: Document
) -> tuple[tuple[str, ...] | None, ast.Node | None]:
    """Return the fields of ``@primaryKey`` or of a ``@key`` without name, and where it stands."""
    found: list[tuple[tuple[str, ...], ast.Node]] = []
    for use in find_directives(node, "key"):
        given = arguments(use)
        if given.get("name") is None:
            found.append((_names(given.get("fields")) or (), use))
            if given.get("queryField") is not None:
                message = f"The primary key of '{node.name.value}' cannot have a 'queryField'."
                hint = "Give the key a 'name', or use 'get' and 'list'."
                document.report(Code.INDEX_NAME, message, hint, use)
    for item in node.fields:
        for use in find_directives(item, "primaryKey"):
            found.append(((item.name.value, *(_names(arguments(use).get("sortKeyFields")) or ())), use))
    for _, extra in found[1:]:
        message = f"Type '{node.name.value}' has more than one primary key."
        document.report(Code.KEY_REPEATED, message, f"The first is at {locate(found[0][1])}.", extra)
    return found[0] if found else (None, None)


def _keys(node: ast.ObjectTypeDefinitionNode) -> list[ModelIndex]:
    """The named ``@key`` directives: a query only where ``queryField`` says so."""
    indexes = []
    for use in find_directives(node, "key"):
        given = arguments(use)
        if isinstance(given.get("name"), str):
            query = given.get("queryField")
            indexes.append(
                ModelIndex(
                    name=given["name"],
                    fields=_names(given.get("fields")) or (),
                    query_field=query if isinstance(query, str) else None,
                    location=locate(use),
                )
            )
    return indexes


def _field_indexes(node: ast.ObjectTypeDefinitionNode) -> list[ModelIndex]:
    """The ``@index`` directives of a type's fields."""
    indexes = []
    for item in node.fields:
        for use in find_directives(item, "index"):
            given = arguments(use)
            name, query = given.get("name"), given.get("queryField")
            indexes.append(
                ModelIndex(
                    name=name if isinstance(name, str) else "",
                    fields=(item.name.value, *(_names(given.get("sortKeyFields")) or ())),
                    query_field=query if isinstance(query, str) else None,
                    is_name_explicit=isinstance(name, str),
                    is_query_default="queryField" not in given,
                    location=locate(use),
                )
            )
    return indexes
