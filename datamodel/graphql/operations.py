"""The root fields of each model: get, list, sync, index queries, create, update, delete, subscriptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datamodel.graphql import naming
from datamodel.graphql.inputs import (
    create_fields,
    expected_version,
    key_arguments,
    put_condition,
    put_embedded_inputs,
    put_filter,
    put_reduced_filter,
    put_subscription_filter,
    update_fields,
    version_field,
)
from datamodel.graphql.operators import put_enum_inputs, sort_key_argument
from datamodel.graphql.shape import (
    ApiShape,
    FieldShape,
    ObjectShape,
    Operation,
    OperationKind,
    effective_rules,
)
from datamodel.schema.ir import AuthRule, ModelType


def put_connection(shape: ApiShape, name: str, model: ModelType, *, is_timed: bool) -> None:
    """Add a connection type; ``is_timed`` gives it DataStore's `startedAt`."""
    fields = {"items": FieldShape(f"[{model.name}]!"), "nextToken": FieldShape("String")}
    if is_timed and shape.has_datastore:
        fields["startedAt"] = FieldShape("AWSTimestamp")
    shape.objects.setdefault(name, ObjectShape(fields, is_connection=True))


def page_arguments(filter_name: str) -> dict[str, str]:
    return {"filter": filter_name, "limit": "Int", "nextToken": "String"}


def put_model_operations(shape: ApiShape, model: ModelType) -> None:
    """Add everything that `@model` gives rise to."""
    put_queries(shape, model)
    put_embedded_inputs(shape, model.fields)
    put_mutations(shape, model)
    put_subscriptions(shape, model)
    put_index_queries(shape, model)


def put_queries(shape: ApiShape, model: ModelType) -> None:
    """Add get, list and sync."""
    operations = model.operations
    stem = naming.made_by_model(model.name, shape.generation)
    if operations.get:
        operation = Operation(OperationKind.GET, operations.get, model.name)
        shape.query[operations.get] = FieldShape(model.name, key_arguments(shape, model), operation=operation)
    if operations.list or operations.sync:
        put_connection(shape, naming.connection_type(stem), model, is_timed=True)
        put_filter(shape, model)
    put_list(shape, model, stem)
    if operations.sync and shape.has_datastore:
        operation = Operation(OperationKind.SYNC, operations.sync, model.name)
        arguments = page_arguments(naming.filter_input(stem)) | {"lastSync": "AWSTimestamp"}
        shape.query[operations.sync] = FieldShape(
            naming.connection_type(stem), arguments, operation=operation
        )


def put_list(shape: ApiShape, model: ModelType, stem: str) -> None:
    """Add list; a custom key gives it key arguments. Composite key inputs exist even without it."""
    key: dict[str, str] = {}
    if model.is_key_explicit:
        partition, *sort_fields = model.primary_key
        sort_argument = sort_key_argument(shape, model, sort_fields, naming.PRIMARY_KEY)
        key = {partition: shape.key_type(model, partition)} | sort_argument
    if not model.operations.list:
        return
    arguments = key | page_arguments(naming.filter_input(stem))
    if key:
        arguments["sortDirection"] = "ModelSortDirection"
    operation = Operation(OperationKind.LIST, model.operations.list, model.name)
    shape.query[operation.name] = FieldShape(naming.connection_type(stem), arguments, operation=operation)


def put_mutations(shape: ApiShape, model: ModelType) -> None:
    """Add create, update and delete with their inputs."""
    operations = model.operations
    version = version_field(shape)
    wanted = {
        OperationKind.CREATE: (
            operations.create,
            naming.create_input(model.name),
            create_fields(shape, model),
        ),
        OperationKind.UPDATE: (
            operations.update,
            naming.update_input(model.name),
            update_fields(shape, model),
        ),
        OperationKind.DELETE: (
            operations.delete,
            naming.delete_input(model.name),
            key_arguments(shape, model) | version | expected_version(model),
        ),
    }
    for kind, (name, input_name, fields) in wanted.items():
        if not name:
            continue
        shape.put_input(input_name, fields)
        arguments = {"input": f"{input_name}!", "condition": put_condition(shape, model)}
        shape.mutation[name] = FieldShape(model.name, arguments, operation=Operation(kind, name, model.name))


def owner_arguments(shape: ApiShape, model: ModelType) -> dict[str, str]:
    """Return the subscription arguments that name the caller as owner."""
    subscriptions = dict(model.model_arguments).get("subscriptions")
    if isinstance(subscriptions, Mapping) and subscriptions.get("level") == "public":
        return {}
    reading = {"read"} if shape.is_v1 else {"read", "listen"}
    rules = [
        rule
        for rule in effective_rules(shape.schema, model)
        if rule.operations is None or reading & set(rule.operations)
    ]
    owners = [rule.owner_field or "owner" for rule in rules if rule.allow == "owner"]
    if shape.is_v1:
        if is_open_to_users(rules):
            return {}
        return dict.fromkeys(owners, "String" if is_owner_optional(rules) else "String!")
    fields = {name: model.find_field(name) for name in owners}
    return {name: "String" for name, field in fields.items() if field is None or not field.type.is_list}


def is_open_to_users(rules: Sequence[AuthRule]) -> bool:
    """Return whether every signed-in user may listen to a model of version 1: nobody is named then."""
    providers = {"public": "apiKey", "private": "userPools"}
    return any(
        (rule.provider or providers.get(rule.allow)) == "userPools"
        for rule in rules
        if rule.allow in providers
    )


def is_owner_optional(rules: Sequence[AuthRule]) -> bool:
    """Return whether somebody else than one owner may listen too: in version 1 the argument is optional then."""
    owners = [rule for rule in rules if rule.allow == "owner"]
    others = [rule for rule in rules if rule.allow in {"public", "private"}]
    groups = [rule for rule in rules if rule.allow == "groups" and not rule.groups_field]
    return len(owners) > 1 or bool(others or groups)


def put_subscriptions(shape: ApiShape, model: ModelType) -> None:
    """Add the subscriptions whose mutation exists."""
    operations = model.operations
    by_mutation = (
        (operations.create, operations.on_create),
        (operations.update, operations.on_update),
        (operations.delete, operations.on_delete),
    )
    for mutation, names in by_mutation:
        for name in names if mutation else ():
            filters = {} if shape.is_v1 else {"filter": put_subscription_filter(shape, model)}
            arguments = filters | owner_arguments(shape, model)
            operation = Operation(OperationKind.LISTEN, name, model.name)
            shape.subscription[name] = FieldShape(model.name, arguments, operation=operation)


def put_index_queries(shape: ApiShape, model: ModelType) -> None:
    """Add the query of each index that has one; composite key inputs exist in any case."""
    for index in model.indexes:
        partition, *sort_fields = index.fields
        sort_argument = sort_key_argument(shape, model, sort_fields, index.name)
        if not index.query_field:
            continue
        partition_type = shape.key_type(model, partition) + ("" if shape.is_v1 else "!")
        arguments = {partition: partition_type} | sort_argument | {"sortDirection": "ModelSortDirection"}
        arguments |= page_arguments(naming.filter_input(model.name))
        operation = Operation(OperationKind.INDEX, index.query_field, model.name, index.name)
        shape.query[operation.name] = FieldShape(
            naming.connection_type(model.name), arguments, operation=operation
        )
        put_enum_inputs(shape, model)


def put_index_types(shape: ApiShape, model: ModelType) -> None:
    """Add the connection and filter that index queries answer with, where `@model` made none of that name."""
    if any(index.query_field for index in model.indexes):
        if shape.is_v1:
            put_filter(shape, model)
        else:
            put_reduced_filter(shape, model, by_index=True)
        put_connection(shape, naming.connection_type(model.name), model, is_timed=shape.is_v1)
