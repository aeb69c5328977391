"""The model introspection that typed clients read: `model_introspection` of `amplify_outputs.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import (
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    ListTypeNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    TypeNode,
    parse,
)

from datamodel.graphql.connections import added_keys, find_connection
from datamodel.graphql.shape import effective_rules
from datamodel.schema.ir import (
    SCALARS,
    AuthRule,
    Dialect,
    FieldKind,
    FieldOrigin,
    FieldType,
    Link,
    ModelField,
    ModelIndex,
    ModelType,
    RelationKind,
    RelationStyle,
    Schema,
    Side,
)
from datamodel.schema.naming import default_query_name
from datamodel.schema.plural import pluralize

__all__ = ["introspect"]

ROOTS = {"Query": "queries", "Mutation": "mutations", "Subscription": "subscriptions"}

PROVIDERS = {"owner": "userPools", "groups": "userPools"}
"""The provider of a rule that names none, where the introspection spells it out."""

ALL_OPERATIONS = ("create", "update", "delete", "read")


def introspect(schema: Schema) -> dict[str, Any]:
    """Return what Amplify's generator says about a schema, as JSON-like data."""
    content: dict[str, Any] = {
        "version": 1,
        "models": {model.name: describe_model(schema, model) for model in schema.models},
        "enums": {enum.name: {"name": enum.name, "values": list(enum.names)} for enum in schema.enums},
        "nonModels": {
            custom.name: {
                "name": custom.name,
                "fields": {field.name: describe_field(schema, None, field) for field in custom.fields},
            }
            for custom in schema.custom_types
        },
    }
    return content | describe_own_definitions(schema)


def describe_model(schema: Schema, model: ModelType) -> dict[str, Any]:
    partition, *sort_fields = model.primary_key
    return {
        "name": model.name,
        "fields": {field.name: describe_field(schema, model, field) for field in shown_fields(schema, model)},
        "syncable": True,
        "pluralName": pluralize(model.name),
        "attributes": describe_attributes(schema, model),
        "primaryKeyInfo": {
            "isCustomPrimaryKey": model.is_key_explicit and model.primary_key != ("id",),
            "primaryKeyFieldName": partition,
            "sortKeyFieldNames": sort_fields,
        },
    }


def shown_fields(schema: Schema, model: ModelType) -> list[ModelField]:
    """Return the fields that are listed: not the owner that a rule implies, nor models without a relationship.

    Of version 1's generated keys only those of a bare list are, and not the keys that a relation field holds.
    """
    shown = [f for f in model.fields if f.origin is not FieldOrigin.OWNER and not is_added_version(f)]
    shown = [f for f in shown if f.is_stored or f.relation or f.type.kind is not FieldKind.MODEL]
    shown += nameless_timestamps(model)
    if schema.dialect is not Dialect.V1:
        return shown
    connections = {f.name: find_connection(schema, model, f) for f in model.relation_fields}
    held = {each.target for each in connections.values() if each and each.target != model.primary_key[0]}
    left_out = {name for name, each in connections.items() if each is None}
    added = added_keys(schema, model)
    generated = {f.name for f in shown if not f.is_in_type and f.name not in added}
    return [f for f in shown if f.name not in held | left_out | generated]


def is_added_version(field: ModelField) -> bool:
    """Return whether ``@versioned`` adds the field: the generator does not know of it."""
    return field.origin is FieldOrigin.VERSION and field.is_read_only


def nameless_timestamps(model: ModelType) -> list[ModelField]:
    """Return the timestamps that the schema names null, one of them only: the generator lists them all the same."""
    configured = dict(model.model_arguments).get("timestamps")
    if not isinstance(configured, Mapping):
        return []
    type_ = FieldType("AWSDateTime", FieldKind.SCALAR)
    return [
        ModelField(name, type_, origin=FieldOrigin.TIMESTAMP)
        for name in ("createdAt", "updatedAt")
        if name in configured and not configured[name] and model.find_field(name) is None
    ]


def describe_field(schema: Schema, model: ModelType | None, field: ModelField) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "isArray": field.type.is_list,
        "type": "ID" if is_join_key(model, field) else describe_type(schema, field),
        "isRequired": is_shown_required(schema, model, field),
        "attributes": [],
    }
    if field.type.is_list:
        described["isArrayNullable"] = not field.type.is_required
    if field.origin is FieldOrigin.TIMESTAMP:
        described["isReadOnly"] = True
    if model is not None and field.relation is not None:
        described["association"] = describe_association(schema, model, field)
    return described


def is_join_key(model: ModelType | None, field: ModelField) -> bool:
    """Return whether the field is the partition key of a generated join model's index: shown as ID, always."""
    return (
        model is not None and model.is_join and any(index.fields[0] == field.name for index in model.indexes)
    )


def is_key_of_list(schema: Schema, model: ModelType | None, field: ModelField) -> bool:
    """Return whether a list on the parent generated this key."""
    if model is None or field.origin is not FieldOrigin.FOREIGN_KEY:
        return False
    return any(
        link.parent_fields for link in schema.links_from(model.name) if field.name in link.reference_fields
    )


def is_shown_required(schema: Schema, model: ModelType | None, field: ModelField) -> bool:
    """Return the `isRequired` of a field: of a list's items; never of what the server fills in."""
    if model is not None and field.name in model.primary_key:
        return True
    is_key_of_join = model is not None and model.is_join and field.is_stored
    if is_key_of_join or field.origin is FieldOrigin.TIMESTAMP or is_key_of_list(schema, model, field):
        return False
    return field.type.is_item_required if field.type.is_list else field.type.is_required


def describe_type(schema: Schema, field: ModelField) -> Any:
    """Return a scalar's name, or an object that says what kind of type it is."""
    match field.type.kind:
        case FieldKind.MODEL:
            relation = field.relation
            is_many = relation is not None and relation.is_many
            return {"model": schema.link(relation.link).child if relation and is_many else field.type.name}
        case FieldKind.ENUM:
            return {"enum": field.type.name}
        case FieldKind.CUSTOM:
            return {"nonModel": field.type.name}
        case _:
            return field.type.name


def describe_association(schema: Schema, model: ModelType, field: ModelField) -> dict[str, Any]:
    """Return how a relation field finds its records."""
    relation = field.relation
    assert relation is not None  # noqa: S101  describe_field asks only for relations
    link = schema.link(relation.link)
    if schema.dialect is Dialect.V1:
        return describe_first_generation(schema, model, field)
    if relation.is_many:
        return {
            "connectionType": "HAS_MANY",
            "associatedWith": list(link.child_fields[:1])
            if relation.kind is RelationKind.MANY_TO_MANY
            else many_fields(schema, link, relation.style),
        }
    if relation.kind is RelationKind.HAS_ONE:
        if relation.side is Side.PARENT:
            return {
                "connectionType": "HAS_ONE",
                "associatedWith": list(link.reference_fields),
                "targetNames": [],
            }
        return {
            "connectionType": "HAS_ONE",
            "associatedWith": list(link.identifier_fields),
            "targetNames": list(link.reference_fields),
        }
    return {"connectionType": "BELONGS_TO", "targetNames": list(link.reference_fields)}


def describe_first_generation(schema: Schema, model: ModelType, field: ModelField) -> dict[str, Any]:
    """Version 1's introspection leaves the names out; its clients read `schema.js` instead."""
    connection = find_connection(schema, model, field)
    kind = connection.kind if connection else "HAS_MANY"
    described: dict[str, Any] = {"connectionType": kind}
    if kind != "BELONGS_TO":
        described["associatedWith"] = []
    if kind != "HAS_MANY":
        described["targetNames"] = []
    return described


def many_fields(schema: Schema, link: Link, style: RelationStyle) -> list[str]:
    """Return what the far side of a to-many field is known by: its references, or its own relation field."""
    if style is not RelationStyle.FIELDS:
        return list(link.reference_fields)
    partition = link.reference_fields[0]
    for field in schema.model(link.child).fields:
        relation = field.relation
        if field.type.name != link.parent or relation is None or relation.kind is not RelationKind.BELONGS_TO:
            continue
        if relation.declaration and (relation.declaration.fields or ("",))[0] == partition:
            return [field.name]
    return [partition]


def describe_attributes(schema: Schema, model: ModelType) -> list[dict[str, Any]]:
    """Return the model's directives: the model's arguments, keys, auth rules."""
    attributes: list[dict[str, Any]] = [{"type": "model", "properties": dict(model.model_arguments)}]
    if model.is_versioned:
        names = {"versionField": model.version_field, "versionInput": model.version_input}
        defaults = {"versionField": "version", "versionInput": "expectedVersion"}
        given = {key: name for key, name in names.items() if name != defaults[key]}
        attributes.append({"type": "versioned", "properties": given})
    if model.is_key_explicit:
        attributes.append({"type": "key", "properties": {"fields": list(model.primary_key)}})
    for index in model.indexes:
        attributes.append({"type": "key", "properties": describe_index(schema, model, index)})
    attributes += implied_indexes(schema, model)
    for rules in auth_directives(schema, model):
        attributes.append({"type": "auth", "properties": {"rules": [describe_rule(rule) for rule in rules]}})
    return attributes


def auth_directives(schema: Schema, model: ModelType) -> list[tuple[AuthRule, ...]]:
    """Return the model's rules, directive by directive: a generated join model has those of either side."""
    if schema.dialect is Dialect.GEN2:
        found = [effective_rules(schema, model)]
    elif model.is_join:
        found = [schema.model(link.parent).auth or () for link in schema.links_from(model.name)]
    else:
        found = [model.auth or ()]
    return [rules for rules in dict.fromkeys(found) if rules]


def describe_index(schema: Schema, model: ModelType, index: ModelIndex) -> dict[str, Any]:
    """Return an index; its query where the schema names it, which Gen 2 always does."""
    properties: dict[str, Any] = {"name": index.name}
    is_default = index.query_field == default_query_name(model.name, index.fields)
    match schema.dialect:
        case Dialect.GEN2:
            properties["queryField"] = index.query_field
        case Dialect.V2 if not is_default and not index.is_query_default:
            properties["queryField"] = index.query_field
        case Dialect.V1 if index.query_field is not None:
            properties["queryField"] = index.query_field
    return properties | {"fields": list(index.fields)}


def implied_indexes(schema: Schema, child: ModelType) -> list[dict[str, Any]]:
    """Return the indexes on ``child`` that lists of other models imply.

    A list implies one where it names none and the first field of ``child`` that looks back is no belongsTo.
    """
    if schema.dialect is not Dialect.V2:
        return []
    found = []
    for parent in schema.models:
        for field in parent.relation_fields:
            relation = field.relation
            if (
                relation is None
                or relation.kind is not RelationKind.HAS_MANY
                or field.type.name != child.name
            ):
                continue
            back = next((item.relation for item in child.fields if item.type.name == parent.name), None)
            if relation.index_name or (back and back.kind is RelationKind.BELONGS_TO):
                continue
            fields = many_fields(schema, schema.link(relation.link), relation.style)
            properties = {"name": f"gsi-{parent.name}.{field.name}", "fields": fields}
            found.append({"type": "key", "properties": properties})
    return found


def describe_rule(rule: AuthRule) -> dict[str, Any]:
    """Return an auth rule with its defaults written out."""
    described: dict[str, Any] = {
        "allow": rule.allow,
        "operations": list(rule.operations or ALL_OPERATIONS),
    }
    if provider := rule.provider or PROVIDERS.get(rule.allow):
        described["provider"] = provider
    if rule.allow == "owner":
        described["ownerField"] = rule.owner_field or "owner"
        described["identityClaim"] = rule.identity_claim or "cognito:username"
    if rule.allow == "groups":
        described["groupClaim"] = rule.group_claim or "cognito:groups"
        described |= {"groups": list(rule.groups)} if rule.groups else {"groupField": "groups"}
        if rule.groups_field:
            described["groupsField"] = rule.groups_field
    return described


def describe_own_definitions(schema: Schema) -> dict[str, Any]:
    """Return the schema's own root fields and inputs; empty where it has none."""
    content: dict[str, Any] = {}
    for definition in schema.custom_operations:
        if definition.parent is not None:
            node = parse(f"type Root {{ {definition.sdl} }}", no_location=True).definitions[0]
            if isinstance(node, ObjectTypeDefinitionNode) and is_told(schema, node.fields[0].type):
                group = content.setdefault(ROOTS[definition.parent], {})
                group[definition.name] = describe_root_field(schema, node.fields[0])
            continue
        for input_node in parse(definition.sdl, no_location=True).definitions:
            if isinstance(input_node, InputObjectTypeDefinitionNode):
                fields = {
                    f.name.value: describe_node(schema, f.name.value, f.type) for f in input_node.fields
                }
                group = content.setdefault("inputs", {})
                group[definition.name] = {"name": definition.name, "attributes": fields}
    return content


def is_told(schema: Schema, node: TypeNode) -> bool:
    """Return whether the generator lists a root field of that type: not of interfaces and unions."""
    return read_type(schema, node).kind is not FieldKind.ABSTRACT


def describe_root_field(schema: Schema, node: FieldDefinitionNode) -> dict[str, Any]:
    described = describe_node(schema, node.name.value, node.type)
    if node.arguments:
        described["arguments"] = {
            a.name.value: describe_node(schema, a.name.value, a.type) for a in node.arguments
        }
    return described


def describe_node(schema: Schema, name: str, node: TypeNode) -> dict[str, Any]:
    """Return a written type the way fields are described."""
    type_ = read_type(schema, node)
    field = ModelField(name, type_)
    described = {
        "name": name,
        "isArray": type_.is_list,
        "type": {"input": type_.name} if type_.kind is FieldKind.ABSTRACT else describe_type(schema, field),
        "isRequired": is_shown_required(schema, None, field),
    }
    if type_.is_list:
        described["isArrayNullable"] = not type_.is_required
    return described


def read_type(schema: Schema, node: TypeNode) -> FieldType:
    """Return a written type with what its name refers to."""
    is_required = isinstance(node, NonNullTypeNode)
    inner: Any = node.type if isinstance(node, NonNullTypeNode) else node
    is_list = isinstance(inner, ListTypeNode)
    item = inner.type if is_list else inner
    is_item_required = is_list and isinstance(item, NonNullTypeNode)
    named = item.type if isinstance(item, NonNullTypeNode) else item
    name = getattr(named, "name", None)
    text = name.value if name is not None else "String"
    return FieldType(text, kind_of_name(schema, text), is_list, is_required, is_item_required)


def kind_of_name(schema: Schema, name: str) -> FieldKind:
    if name in SCALARS:
        return FieldKind.SCALAR
    if schema.find_model(name) is not None:
        return FieldKind.MODEL
    if any(enum.name == name for enum in schema.enums):
        return FieldKind.ENUM
    if any(custom.name == name for custom in schema.custom_types):
        return FieldKind.CUSTOM
    return FieldKind.ABSTRACT
