"""The inputs that filters are made of: operators of each scalar kind, key conditions, composite keys."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel.graphql import naming
from datamodel.graphql.shape import ApiShape, EnumShape, operator_kind
from datamodel.schema.ir import FieldKind, FieldType, ModelType

COMPARISONS = ("ne", "eq", "le", "lt", "ge", "gt")
KEY_COMPARISONS = ("eq", "le", "lt", "ge", "gt")
TEXT_OPERATORS = ("contains", "notContains", "beginsWith")
TEXT_KINDS = frozenset({"String", "ID"})
KINDS = ("String", "ID", "Int", "Float", "Boolean")
ATTRIBUTE_TYPES = (
    "binary",
    "binarySet",
    "bool",
    "list",
    "map",
    "number",
    "numberSet",
    "string",
    "stringSet",
    "_null",
)


def comparison_operators(kind: str) -> tuple[str, ...]:
    if kind == "Boolean":
        return ("ne", "eq")
    return COMPARISONS + TEXT_OPERATORS if kind in TEXT_KINDS else COMPARISONS


def put_operator_inputs(shape: ApiShape) -> None:
    """Add the filter inputs of the scalar kinds, `ModelSizeInput` and `ModelAttributeTypes`."""
    for kind in KINDS:
        fields = dict.fromkeys(comparison_operators(kind), kind)
        if kind != "Boolean":
            fields["between"] = f"[{kind}]"
        fields |= {"attributeExists": "Boolean", "attributeType": "ModelAttributeTypes"}
        if kind in TEXT_KINDS:
            fields["size"] = "ModelSizeInput"
        shape.put_input(naming.operator_input(kind), fields)
    shape.put_input("ModelSizeInput", dict.fromkeys(COMPARISONS, "Int") | {"between": "[Int]"})
    shape.enums["ModelAttributeTypes"] = EnumShape(dict.fromkeys(ATTRIBUTE_TYPES))


def put_subscription_operator_inputs(shape: ApiShape) -> None:
    """Add the subscription filter inputs of the scalar kinds."""
    for kind in KINDS:
        fields = dict.fromkeys(comparison_operators(kind), kind)
        if kind != "Boolean":
            fields |= {"between": f"[{kind}]", "in": f"[{kind}]", "notIn": f"[{kind}]"}
        shape.put_input(naming.subscription_operator_input(kind), fields)


def put_sort_direction(shape: ApiShape) -> None:
    shape.enums["ModelSortDirection"] = EnumShape({"ASC": None, "DESC": None})


def uses_list_operators(shape: ApiShape, field_type: FieldType) -> bool:
    """Return whether an enum field takes list operators; since version 2 a required list does not."""
    return field_type.is_list and (shape.is_v1 or not field_type.is_required)


def filter_type(shape: ApiShape, field_type: FieldType) -> str:
    """Return the filter input of a scalar or enum field."""
    if field_type.kind is not FieldKind.ENUM:
        return naming.operator_input(operator_kind(field_type.name))
    if uses_list_operators(shape, field_type):
        return naming.enum_list_input(field_type.name)
    return naming.operator_input(field_type.name)


def subscription_filter_type(field_type: FieldType) -> str:
    """Return the subscription filter input of a field; enums are text there."""
    return naming.subscription_operator_input(operator_kind(field_type.name))


def put_enum_inputs(shape: ApiShape, model: ModelType) -> None:
    """Add the filter inputs of the enums that the model's fields use."""
    for field in model.fields:
        if field.type.kind is not FieldKind.ENUM:
            continue
        enum = field.type.name
        if uses_list_operators(shape, field.type):
            operators = {"eq": f"[{enum}]", "ne": f"[{enum}]", "contains": enum, "notContains": enum}
            shape.put_input(naming.enum_list_input(enum), operators)
        else:
            shape.put_input(naming.operator_input(enum), {"eq": enum, "ne": enum})


def put_key_condition(shape: ApiShape, kind: str) -> str:
    """Add the key condition input of a scalar kind; return its name."""
    name = naming.key_condition_input(kind)
    fields = dict.fromkeys(KEY_COMPARISONS, kind) | {"between": f"[{kind}]"}
    if kind in TEXT_KINDS:
        fields["beginsWith"] = kind
    shape.put_input(name, fields)
    return name


def sort_key_argument(
    shape: ApiShape, model: ModelType, sort_fields: Sequence[str], key: str
) -> dict[str, str]:
    """Return the sort key argument of a query by ``key``; empty where the key has no sort fields."""
    if not sort_fields:
        return {}
    types = [shape.key_type(model, name) for name in sort_fields]
    if len(sort_fields) == 1:
        return {sort_fields[0]: put_key_condition(shape, operator_kind(types[0]))}
    key_input = naming.composite_key_input(model.name, key)
    condition = naming.composite_key_condition_input(model.name, key)
    # Officially only the last field's AWS scalar becomes its base kind; an enum stays what it is.
    is_enum = model.field(sort_fields[-1]).type.kind is FieldKind.ENUM
    types[-1] = types[-1] if is_enum else operator_kind(types[-1])
    shape.put_input(key_input, dict(zip(sort_fields, types, strict=True)))
    operators = dict.fromkeys(KEY_COMPARISONS, key_input)
    shape.put_input(condition, operators | {"between": f"[{key_input}]", "beginsWith": key_input})
    return {naming.camel_case(sort_fields): condition}
