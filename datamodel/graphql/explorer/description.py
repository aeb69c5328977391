"""The API as compact JSON: types, fields, arguments and values, for completion and documentation in a browser."""

from __future__ import annotations

import gzip
import hashlib
import json
import weakref
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLDirective,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    is_introspection_type,
)
from graphql.language import print_ast
from graphql.pyutils import Undefined
from graphql.utilities import ast_from_value

from datamodel.graphql.schema import Api, build_api
from datamodel.registry import DataModel

__all__ = ["Description", "describe"]


@dataclass(frozen=True, eq=False)
class Description:
    """The JSON that describes an API; ``key`` changes with it."""

    text: bytes

    @cached_property
    def key(self) -> str:
        return hashlib.sha256(self.text).hexdigest()[:16]

    @cached_property
    def compressed(self) -> bytes:
        """The text in gzip: what a browser fetches once per version."""
        return gzip.compress(self.text, 6, mtime=0)


_descriptions: weakref.WeakKeyDictionary[Api, Description] = weakref.WeakKeyDictionary()


def describe(datamodel: DataModel) -> Description:
    """Return the description of a data model's API, made on first use."""
    api = build_api(datamodel)
    found = _descriptions.get(api)
    if found is None:
        text = json.dumps(describe_schema(api.graphql_schema), ensure_ascii=False, separators=(",", ":"))
        found = _descriptions.setdefault(api, Description(text.encode("utf-8", "replace")))
    return found


def describe_schema(schema: GraphQLSchema) -> dict[str, Any]:
    """Return a schema as plain data; what is empty is left out."""
    roots = {
        "query": schema.query_type,
        "mutation": schema.mutation_type,
        "subscription": schema.subscription_type,
    }
    return {
        "roots": {word: root.name for word, root in roots.items() if root is not None},
        "types": {
            name: describe_type(schema, each)
            for name, each in sorted(schema.type_map.items())
            if not is_introspection_type(each) or schema.query_type is not None
        },
        "directives": {each.name: describe_directive(each) for each in schema.directives},
    }


def describe_type(schema: GraphQLSchema, each: GraphQLNamedType) -> dict[str, Any]:
    match each:
        case GraphQLInterfaceType():
            members = schema.get_possible_types(each)
            rest = {
                "kind": "interface",
                "fields": describe_fields(each),
                "possible": [m.name for m in members],
            }
        case GraphQLObjectType():
            interfaces = [interface.name for interface in each.interfaces]
            rest = {"kind": "type", "fields": describe_fields(each), "interfaces": interfaces}
        case GraphQLInputObjectType():
            inputs = {name: describe_input(field) for name, field in each.fields.items()}
            rest = {"kind": "input", "fields": inputs}
        case GraphQLUnionType():
            rest = {"kind": "union", "possible": [member.name for member in each.types]}
        case GraphQLEnumType():
            values = {name: compact(about=value.description) for name, value in each.values.items()}
            rest = {"kind": "enum", "values": values}
        case _:
            rest = {"kind": "scalar"}
    return compact(about=each.description, **rest)


def describe_fields(each: GraphQLObjectType | GraphQLInterfaceType) -> dict[str, Any]:
    return {name: describe_field(field) for name, field in each.fields.items()}


def describe_field(field: GraphQLField) -> dict[str, Any]:
    return compact(type=str(field.type), args=describe_arguments(field.args), about=field.description)


def describe_arguments(arguments: Mapping[str, GraphQLArgument]) -> dict[str, Any]:
    return {name: describe_input(argument) for name, argument in arguments.items()}


def describe_input(given: GraphQLArgument | GraphQLInputField) -> dict[str, Any]:
    default = None
    if given.default_value is not Undefined:
        node = ast_from_value(given.default_value, given.type)
        default = print_ast(node) if node is not None else None
    return compact(type=str(given.type), default=default, about=given.description)


def describe_directive(each: GraphQLDirective) -> dict[str, Any]:
    places = [place.name for place in each.locations]
    return compact(places=places, args=describe_arguments(each.args), about=each.description)


def compact(**content: Any) -> dict[str, Any]:
    """Return the content that says something."""
    return {name: value for name, value in content.items() if value not in (None, "", [], {})}
