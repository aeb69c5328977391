"""Short ways to write a schema as IR."""

from __future__ import annotations

from datamodel.schema.ir import (
    SCALARS,
    CustomType,
    Dialect,
    EnumType,
    EnumValue,
    FieldKind,
    FieldOrigin,
    FieldType,
    Link,
    ModelField,
    ModelIndex,
    ModelType,
    OnDelete,
    Schema,
)


def field_type(text: str, *, kind: FieldKind | None = None) -> FieldType:
    """Read ``[Int!]!``; a name that is no scalar is a custom type, or ``kind``."""
    is_required, text = text.endswith("!"), text.removesuffix("!")
    is_list = text.startswith("[")
    inner = text.strip("[]")
    name = inner.removesuffix("!")
    kind = kind or (FieldKind.SCALAR if name in SCALARS else FieldKind.CUSTOM)
    return FieldType(name, kind, is_list, is_required, is_list and inner.endswith("!"))


def field(name: str, type: str = "String", *, kind: FieldKind | None = None, default: str | None = None):
    return ModelField(name, field_type(type, kind=kind), default=default)


def enum_field(name: str, type: str, *, default: str | None = None) -> ModelField:
    return field(name, type, kind=FieldKind.ENUM, default=default)


def relation(name: str, model: str, *, is_list: bool = False) -> ModelField:
    return ModelField(name, FieldType(model, FieldKind.MODEL, is_list))


def timestamps() -> tuple[ModelField, ...]:
    return tuple(
        ModelField(name, field_type("AWSDateTime!"), origin=FieldOrigin.TIMESTAMP, is_read_only=True)
        for name in ("createdAt", "updatedAt")
    )


def model(
    name: str,
    *fields: ModelField,
    key: tuple[str, ...] = ("id",),
    indexes: tuple[ModelIndex, ...] = (),
) -> ModelType:
    """A model with ``id`` and timestamps."""
    own = fields if any(f.name in key for f in fields) else (field("id", "ID!"), *fields)
    return ModelType(name, (*own, *timestamps()), primary_key=key, indexes=indexes)


def schema(*models: ModelType, links: tuple[Link, ...] = (), datastore: bool = False, **parts) -> Schema:
    return Schema(Dialect.V2, models, links=links, datastore=datastore, **parts)


def enum(name: str, *values: str) -> EnumType:
    return EnumType(name, tuple(EnumValue(value) for value in values))


def custom_type(name: str, *fields: ModelField) -> CustomType:
    return CustomType(name, fields)


def blog(on_delete: OnDelete = OnDelete.CASCADE, *, datastore: bool = False) -> Schema:
    """Post and Comment, linked by Comment.postID."""
    return schema(
        model("Post", field("title", "String!"), relation("comments", "Comment", is_list=True)),
        model("Comment", field("content"), field("postID", "ID"), relation("post", "Post")),
        links=(
            Link(
                "Comment.post",
                child="Comment",
                reference_fields=("postID",),
                parent="Post",
                identifier_fields=("id",),
                child_fields=("post",),
                parent_fields=("comments",),
                on_delete=on_delete,
            ),
        ),
        datastore=datastore,
    )


def orders(*, is_required: bool = False) -> Schema:
    """Order and Line, linked by two fields."""
    bang = "!" if is_required else ""
    return schema(
        model("Order", field("shop", "String!"), field("number", "Int!"), key=("shop", "number")),
        model(
            "Line",
            field("orderShop", f"String{bang}"),
            field("orderNumber", f"Int{bang}"),
            relation("order", "Order"),
        ),
        links=(
            Link(
                "Line.order",
                child="Line",
                reference_fields=("orderShop", "orderNumber"),
                parent="Order",
                identifier_fields=("shop", "number"),
                child_fields=("order",),
                is_required=is_required,
            ),
        ),
    )
