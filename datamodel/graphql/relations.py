"""The object types of models and embedded types, and what their relation fields add to the API."""

from __future__ import annotations

from datamodel.graphql import naming
from datamodel.graphql.custom import own_arguments
from datamodel.graphql.inputs import put_filter, put_reduced_filter
from datamodel.graphql.operations import put_connection
from datamodel.graphql.operators import filter_type, sort_key_argument, subscription_filter_type
from datamodel.graphql.shape import ApiShape, FieldShape, ObjectShape, owner_fields
from datamodel.schema.ir import (
    FieldKind,
    FieldType,
    Link,
    ModelField,
    ModelType,
    Relation,
    RelationKind,
    RelationStyle,
    Side,
)
from datamodel.schema.naming import upper_first

METADATA = {
    "_version": FieldShape("Int!"),
    "_deleted": FieldShape("Boolean"),
    "_lastChangedAt": FieldShape("AWSTimestamp!"),
}
"""What DataStore adds to every model."""


def put_object_types(shape: ApiShape) -> None:
    """Add the object type of every model and embedded type, and the types their relations need."""
    connections = {naming.connection_type(upper_first(model.name)) for model in shape.schema.models}
    for custom in shape.schema.custom_types:
        fields = {
            f.name: FieldShape(str(f.type), own_arguments(f.arguments), f.description) for f in custom.fields
        }
        is_connection = custom.name in connections  # one's own in place of the generated one
        interfaces = shape.implemented(custom.interfaces, fields)
        shape.objects[custom.name] = ObjectShape(
            fields, custom.description, is_connection=is_connection, interfaces=interfaces
        )
    for model in shape.schema.models:
        fields = {f.name: object_field(shape, f) for f in model.fields if f.is_in_type}
        if shape.has_datastore:
            fields |= METADATA
        interfaces = shape.implemented(model.interfaces, fields)
        shape.objects[model.name] = ObjectShape(fields, model.description, model.name, interfaces=interfaces)
        for field in model.fields:
            if not shape.is_v1:
                put_implicit_keys(shape, model, field)
            put_far_types(shape, field)
    if not shape.is_v1:
        put_owner_filters(shape)


def object_field(shape: ApiShape, field: ModelField) -> FieldShape:
    """Return a field of a model's object type; a to-many field becomes a connection."""
    relation = field.relation
    if relation is None or not relation.is_many:
        return FieldShape(str(field.type), own_arguments(field.arguments), field.description)
    far = shape.schema.model(connected_model(shape, relation))
    key = relation.index_name or naming.PRIMARY_KEY
    arguments = sort_key_argument(shape, far, relation.sort_fields, key) | {
        "filter": naming.filter_input(far.name),
        "sortDirection": "ModelSortDirection",
        "limit": "Int",
        "nextToken": "String",
    }
    return FieldShape(naming.connection_type(far.name), arguments, field.description)


def connected_model(shape: ApiShape, relation: Relation) -> str:
    """Return the model whose records a to-many field answers with; the join model of a many-to-many."""
    return shape.schema.link(relation.link).child


def put_far_types(shape: ApiShape, field: ModelField) -> None:
    """Add the connection and filter of a to-many field's model where nothing else made them."""
    if field.relation is None or not field.relation.is_many:
        return
    far = shape.schema.model(connected_model(shape, field.relation))
    put_connection(shape, naming.connection_type(far.name), far, is_timed=shape.is_v1)
    if shape.is_v1:
        put_filter(shape, far)
    else:
        put_reduced_filter(shape, far, by_index=False)


def put_implicit_keys(shape: ApiShape, model: ModelType, field: ModelField) -> None:
    """Add the foreign keys that an implicit relation generates to the filters of both models.

    Officially the subscription filter is extended on the model that declares the relation, even where
    the key is stored on the other one.
    """
    relation = field.relation
    if relation is None or relation.style is not RelationStyle.IMPLICIT or model.is_join:
        return
    link = shape.schema.link(relation.link)
    if not generates_keys(link, relation):
        return
    child = shape.schema.model(link.child)
    for name in link.reference_fields:
        key_type = child.field(name).type
        stem = naming.upper_first(child.name)
        shape.extend_input(naming.filter_input(stem), {name: filter_type(shape, key_type)})
        shape.extend_input(naming.condition_input(stem), {name: filter_type(shape, key_type)})
        put_misplaced_filter(shape, model, name, key_type)


def put_misplaced_filter(shape: ApiShape, model: ModelType, name: str, key_type: FieldType) -> None:
    """Add a generated key to a subscription filter. An enum's operators are named there, but never made."""
    operators = subscription_filter_type(key_type)
    if key_type.kind is FieldKind.ENUM:
        operators = naming.subscription_operator_input(key_type.name)
    shape.extend_input(naming.subscription_filter_input(model.name), {name: operators})


def generates_keys(link: Link, relation: Relation) -> bool:
    """Return whether the relation made its keys itself, and does not read those of the other side."""
    if relation.kind is RelationKind.MANY_TO_MANY:
        return False
    return relation.side is Side.PARENT or not link.parent_fields


def put_owner_filters(shape: ApiShape) -> None:
    """Add owner fields to filters and conditions as text, whatever they are declared as."""
    for model in shape.schema.models:
        stem = naming.upper_first(model.name)
        owners = {
            name: "ModelStringInput" for name in owner_fields(shape.schema, model) if model.find_field(name)
        }
        shape.extend_input(naming.filter_input(stem), owners)
        shape.extend_input(naming.condition_input(stem), owners)
