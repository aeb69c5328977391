"""The API of a data model: `build_api` puts the parts together, once per data model."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass

import graphene
from graphql import GraphQLSchema, print_schema

from datamodel.graphql import naming
from datamodel.graphql.custom import put_custom_definitions
from datamodel.graphql.operations import put_index_types, put_model_operations
from datamodel.graphql.operators import (
    put_operator_inputs,
    put_sort_direction,
    put_subscription_operator_inputs,
)
from datamodel.graphql.relations import put_object_types
from datamodel.graphql.resolvers import resolve_root
from datamodel.graphql.shape import ApiShape, EnumShape, OperationKind
from datamodel.graphql.types import TypeBuilder
from datamodel.registry import DataModel
from datamodel.schema.ir import Schema

__all__ = ["Api", "build_api", "describe_api"]


@dataclass(frozen=True, eq=False)
class Api:
    """The API of one data model. It holds no reference to the data model, which may go when it is replaced."""

    schema: graphene.Schema
    shape: ApiShape

    @property
    def graphql_schema(self) -> GraphQLSchema:
        schema: GraphQLSchema = self.schema.graphql_schema
        return schema

    def print_sdl(self) -> str:
        """Return the API as SDL."""
        return print_schema(self.graphql_schema)


_apis: weakref.WeakKeyDictionary[DataModel, Api] = weakref.WeakKeyDictionary()
_building = threading.Lock()


def build_api(datamodel: DataModel) -> Api:
    """Return the API of ``datamodel``, built on first use."""
    api = _apis.get(datamodel)
    if api is None:
        with _building:
            api = _apis.get(datamodel)
            if api is None:
                api = make_api(datamodel)
                _apis[datamodel] = api
    return api


def make_api(datamodel: DataModel) -> Api:
    shape = describe_api(datamodel.schema)
    return Api(TypeBuilder(shape, datamodel.models, resolve_root).build(), shape)


def describe_api(schema: Schema) -> ApiShape:
    """Return everything the API of a normalised schema consists of.

    The order matters where several parts make a type of the same name: the first one wins.
    """
    shape = ApiShape(schema)
    put_custom_definitions(shape)
    for enum in schema.enums:
        values = {value.name: value.description for value in enum.values}
        shape.enums[enum.name] = EnumShape(values, enum.description)
    for model in schema.models:
        put_model_operations(shape, model)
    for model in schema.models:
        put_index_types(shape, model)
    put_object_types(shape)
    put_fixed_types(shape)
    return shape


def put_fixed_types(shape: ApiShape) -> None:
    """Add the types that do not depend on the models; version 1 has only those it uses."""
    if not shape.is_v1:
        put_operator_inputs(shape)
        put_subscription_operator_inputs(shape)
        put_sort_direction(shape)
        return
    models = [model.name for model in shape.schema.models]
    if any({naming.filter_input(m), naming.condition_input(m)} & shape.inputs.keys() for m in models):
        put_operator_inputs(shape)
    # A list sorts nothing by default, yet it brings the enum along; `sync` does not.
    is_sorted = any(
        field.operation is not None and field.operation.kind in {OperationKind.LIST, OperationKind.INDEX}
        for field in shape.query.values()
    )
    if is_sorted or any(
        field.relation and field.relation.is_many for model in shape.schema.models for field in model.fields
    ):
        put_sort_direction(shape)
