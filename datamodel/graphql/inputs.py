"""The inputs of a model: what create, update and delete take, filters, conditions, subscription filters."""

from __future__ import annotations

from collections.abc import Iterable

from datamodel.graphql import naming
from datamodel.graphql.operators import filter_type, put_enum_inputs, subscription_filter_type
from datamodel.graphql.shape import (
    ApiShape,
    group_fields,
    is_declared,
    is_filterable,
    owner_fields,
)
from datamodel.schema.ir import FieldKind, FieldOrigin, FieldType, ModelField, ModelType

ID_TYPE = FieldType("ID", FieldKind.SCALAR, is_required=True)
TIMESTAMP_TYPES = frozenset({"String", "AWSDateTime"})


def input_type(field_type: FieldType, *, is_required: bool) -> str:
    """Return a field's type as an input takes it, required or not as told."""
    name = field_type.name
    if field_type.kind is FieldKind.CUSTOM:
        name = naming.embedded_input(name)
    return str(FieldType(name, field_type.kind, field_type.is_list, is_required, field_type.is_item_required))


def put_embedded_inputs(shape: ApiShape, fields: Iterable[ModelField]) -> None:
    """Add the inputs of the embedded types that ``fields`` use, and of those inside them.

    An input of that name that the schema defines itself stays; version 1 makes those inside it all the same.
    """
    for field in fields:
        if field.type.kind is not FieldKind.CUSTOM or field.type.name in shape.embedded:
            continue
        shape.embedded.add(field.type.name)
        name = naming.embedded_input(field.type.name)
        if name in shape.inputs and not shape.is_v1:
            continue
        inner = [
            f for f in shape.schema.custom_type(field.type.name).fields if f.type.kind is not FieldKind.MODEL
        ]
        shape.put_input(name, {f.name: input_type(f.type, is_required=f.type.is_required) for f in inner})
        put_embedded_inputs(shape, inner)


def written_fields(model: ModelType) -> list[ModelField]:
    """Return the fields that inputs carry: all but relations, automatic timestamps, implicit owner and id."""
    hidden = {FieldOrigin.TIMESTAMP, FieldOrigin.OWNER, FieldOrigin.IMPLICIT_ID, FieldOrigin.VERSION}
    return [
        f
        for f in model.fields
        if f.type.kind is not FieldKind.MODEL and (f.origin not in hidden or is_declared(model, f))
    ]


def version_field(shape: ApiShape) -> dict[str, str]:
    return {"_version": "Int"} if shape.has_datastore else {}


def expected_version(model: ModelType) -> dict[str, str]:
    """Return the field by which clients of a ``@versioned`` model say which version they change."""
    return {model.version_input: "Int!"} if model.is_versioned else {}


def has_undeclared_id(model: ModelType) -> bool:
    """Return whether the id is only there because the schema says nothing of a key."""
    return not model.is_key_explicit and not any(
        f.name == "id" and is_declared(model, f) for f in model.fields
    )


def create_fields(shape: ApiShape, model: ModelType) -> dict[str, str]:
    """Return the fields of the create input."""
    timestamps = {model.created_at, model.updated_at}
    if not shape.is_v1:
        timestamps |= {"createdAt", "updatedAt"}

    def is_optional(field: ModelField) -> bool:
        if field.name == "id":
            return shape.is_v1 or field.type.name in {"ID", "String"}
        return field.name in timestamps and field.type.name in TIMESTAMP_TYPES

    fields = {
        f.name: input_type(f.type, is_required=f.type.is_required and not is_optional(f))
        for f in written_fields(model)
        if f.origin is not FieldOrigin.VERSION
    }
    if has_undeclared_id(model):
        fields["id"] = "ID"
    return fields | version_field(shape)


def update_fields(shape: ApiShape, model: ModelType) -> dict[str, str]:
    """Return the fields of the update input: the key required, all else optional."""
    key = set(model.primary_key) if model.is_key_explicit else {"id"}
    fields = {
        f.name: f"{f.type.name}!" if f.name in key else input_type(f.type, is_required=False)
        for f in written_fields(model)
    }
    if has_undeclared_id(model):
        fields["id"] = "ID!"
    return fields | version_field(shape) | expected_version(model)


def key_arguments(shape: ApiShape, model: ModelType) -> dict[str, str]:
    """Return the key fields, required: the arguments of get, the fields of the delete input."""
    if shape.is_v1 or model.is_key_explicit:
        return {name: f"{shape.key_type(model, name)}!" for name in model.primary_key}
    return {"id": "ID!"}


def logic_fields(shape: ApiShape, name: str, *, has_not: bool = True) -> dict[str, str]:
    """Return `and`, `or`, `not`, and `_deleted` where the API has it."""
    fields = {"and": f"[{name}]", "or": f"[{name}]"}
    if has_not:
        fields["not"] = name
    if shape.has_datastore and not shape.is_v1:
        fields["_deleted"] = "ModelBooleanInput"
    return fields


def simple_fields(shape: ApiShape, model: ModelType) -> dict[str, FieldType]:
    """Return the fields filters start from: declared scalars and enums; since version 2 also id and timestamps."""
    fields = {f.name: f.type for f in model.fields if is_declared(model, f) and is_filterable(f.type)}
    if shape.is_v1:
        return fields
    # Officially a model without an id field still gets one in its filters.
    if not any(f.name == "id" and is_declared(model, f) for f in model.fields):
        fields["id"] = ID_TYPE
    return fields | {f.name: f.type for f in model.fields if f.origin is FieldOrigin.TIMESTAMP}


def put_filter(shape: ApiShape, model: ModelType) -> str:
    """Add the model's filter input; return its name."""
    put_enum_inputs(shape, model)
    name = naming.filter_input(naming.made_by_model(model.name, shape.generation))
    fields = {n: filter_type(shape, t) for n, t in simple_fields(shape, model).items()}
    shape.put_input(name, fields | logic_fields(shape, name))
    return name


def put_reduced_filter(shape: ApiShape, model: ModelType, *, by_index: bool) -> str:
    """Add the filter that an index query or a relation makes where the model itself made none."""
    name = naming.filter_input(model.name)
    fields = {}
    for field in model.fields:
        if not (is_declared(model, field) and is_filterable(field.type)):
            continue
        is_enum_list = field.type.kind is FieldKind.ENUM and field.type.is_list and by_index
        plain = naming.operator_input(field.type.name) if field.type.kind is FieldKind.ENUM else None
        fields[field.name] = (
            naming.enum_list_input(field.type.name)
            if is_enum_list
            else plain or filter_type(shape, field.type)
        )
    logic = logic_fields(shape, name)
    if by_index:
        logic.pop("_deleted", None)
    shape.put_input(name, fields | logic)
    return name


def hidden_conditions(shape: ApiShape, model: ModelType) -> set[str]:
    """Return the fields that a condition may not name."""
    if shape.is_v1:
        rules = set(owner_fields(shape.schema, model)) | set(group_fields(shape.schema, model))
        return {"id", *model.primary_key} | rules
    if naming.upper_first(model.name) != model.name:
        return set()
    if model.is_key_explicit:
        return {"id", *model.primary_key}
    return {"id"} if model.indexes else set()


def put_condition(shape: ApiShape, model: ModelType) -> str:
    """Add the condition input of the model's mutations; return its name."""
    put_enum_inputs(shape, model)
    name = naming.condition_input(naming.made_by_model(model.name, shape.generation))
    hidden = hidden_conditions(shape, model)
    fields = {
        n: filter_type(shape, t)
        for n, t in simple_fields(shape, model).items()
        if n not in hidden and not (n == "id" and t.name == "ID")
    }
    shape.put_input(name, fields | logic_fields(shape, name))
    return name


def put_subscription_filter(shape: ApiShape, model: ModelType) -> str:
    """Add the filter input of the model's subscriptions; return its name."""
    name = naming.subscription_filter_input(model.name)
    owners = owner_fields(shape.schema, model)
    hidden = {*owners, *group_fields(shape.schema, model)}
    fields = {
        n: subscription_filter_type(t) for n, t in simple_fields(shape, model).items() if n not in hidden
    }
    logic = logic_fields(shape, name, has_not=False)
    shape.put_input(name, fields | logic | dict.fromkeys(owners, "ModelStringInput"))
    return name
