"""Schemas by chance: ``schemas(dialect)`` draws an IR as a reader gives it, ``print_sdl`` writes it down."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from graphql.language.print_string import print_string
from hypothesis import strategies as st

from datamodel.schema.ir import (
    SCALARS,
    AuthRule,
    CustomType,
    Dialect,
    EnumType,
    EnumValue,
    FieldKind,
    FieldType,
    ModelField,
    ModelIndex,
    ModelType,
    RelationDeclaration,
    RelationKind,
    Schema,
)

__all__ = ["print_sdl", "schemas"]

MODELS = ("Post", "Author", "Line_Item", "APIKey", "Order", "Data2", "Category")
ENUMS = ("Kind", "Color_", "LEVEL")
CUSTOM_TYPES = ("Address", "Meta", "Size")
FIELDS = (
    "title", "body", "type", "save", "pk", "a__b", "end_", "order", "class", "URLName", "Select", "_hidden", "input",
    "description", "on", "true_", "x" * 70, "x" * 69 + "y", "objects",
)  # fmt: skip
KEY_TYPES = ("ID", "String", "Int", "AWSDate", "AWSDateTime", "AWSTimestamp")
DEFAULTS = {
    "String": 'a "quoted"\n\\ text',
    "Int": "7",
    "Boolean": "true",
    "AWSDate": "2026-01-31",
    "ID": "é🙂",
}
DESCRIPTIONS = st.none() | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)
RULES = st.sampled_from(
    [
        AuthRule("public"),
        AuthRule("public", provider="apiKey", operations=("read",)),
        AuthRule("owner"),
        AuthRule("owner", owner_field="writer", identity_claim="sub", operations=("create", "delete")),
        AuthRule("groups", groups=("Admin", "Staff"), group_claim="roles"),
        AuthRule("groups", groups_field="teams"),
        AuthRule("private", provider="iam"),
    ]
)


def model_arguments(name: str) -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    return st.sampled_from(
        [
            (),
            (("timestamps", None),),
            (("timestamps", {"createdAt": "madeAt"}),),
            (("subscriptions", None), ("mutations", {"create": None, "update": f"change{name}"})),
        ]
    )


def scalar(name: str, **shape: bool) -> FieldType:
    return FieldType(name, FieldKind.SCALAR, **shape)


def single(name: str) -> FieldType:
    return FieldType(name, FieldKind.MODEL)


def many(name: str) -> FieldType:
    return FieldType(name, FieldKind.MODEL, is_list=True)


@st.composite
def schemas(draw: st.DrawFn, dialect: Dialect) -> Schema:
    """A schema without errors in the dialect ``v1`` or ``v2``, as it is before normalizing."""
    enums = [draw(enum_types(name)) for name in draw(names(ENUMS))]
    custom_types: list[CustomType] = []
    for name in draw(names(CUSTOM_TYPES)):
        fields = draw(plain_fields(dialect, enums, custom_types, has_defaults=False, at_least=1))
        custom_types.append(CustomType(name, tuple(fields), draw(DESCRIPTIONS)))
    models = {name: draw(bare_models(name, dialect, enums, custom_types)) for name in draw(names(MODELS, 1))}
    relate = relate_v1 if dialect is Dialect.V1 else relate_v2
    for number in range(draw(st.integers(0, 4))):
        parent, child = draw(st.sampled_from(sorted(models))), draw(st.sampled_from(sorted(models)))
        relate(draw, models, parent, child, number)
    ordered = tuple(replace(model, indexes=in_order(model, dialect)) for model in models.values())
    return Schema(dialect, ordered, tuple(enums), tuple(custom_types))


def names(pool: tuple[str, ...], at_least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(pool), min_size=at_least, max_size=len(pool), unique=True)


@st.composite
def enum_types(draw: st.DrawFn, name: str) -> EnumType:
    values = draw(st.lists(st.sampled_from(["A", "b", "null_", "ON_9"]), min_size=1, unique=True))
    described = tuple(EnumValue(value, draw(DESCRIPTIONS)) for value in values)
    return EnumType(name, described, draw(DESCRIPTIONS))


@st.composite
def plain_fields(
    draw: st.DrawFn,
    dialect: Dialect,
    enums: list[EnumType],
    custom_types: list[CustomType],
    *,
    has_defaults: bool,
    at_least: int = 0,
) -> list[ModelField]:
    """Fields of scalars, enums and embedded types in every shape."""
    kinds = [(name, FieldKind.SCALAR) for name in sorted(SCALARS)]
    kinds += [(each.name, FieldKind.ENUM) for each in enums]
    kinds += [(each.name, FieldKind.CUSTOM) for each in custom_types]
    fields = []
    for name in draw(names(FIELDS, at_least)):
        type_name, kind = draw(st.sampled_from(kinds))
        is_list = draw(st.booleans())
        item = is_list and draw(st.booleans())
        given = FieldType(type_name, kind, is_list, draw(st.booleans()), item)
        default = None
        if has_defaults and dialect is Dialect.V2 and not is_list and type_name in DEFAULTS:
            default = draw(st.none() | st.just(DEFAULTS[type_name]))
        fields.append(ModelField(name, given, draw(DESCRIPTIONS), default))
    return fields


@st.composite
def bare_models(
    draw: st.DrawFn, name: str, dialect: Dialect, enums: list[EnumType], custom_types: list[CustomType]
) -> ModelType:
    """A model with a key and indexes, without relationships."""
    fields = draw(plain_fields(dialect, enums, custom_types, has_defaults=True))
    key = [
        ModelField(f"key{n}", scalar(draw(st.sampled_from(KEY_TYPES)), is_required=True)) for n in range(3)
    ]
    key = key[: draw(st.integers(0, 3))]
    if draw(st.booleans()) or not (key or fields):
        fields.insert(0, ModelField("id", scalar("ID", is_required=True)))
    indexed = [ModelField(f"part{n}", scalar(draw(st.sampled_from(KEY_TYPES)))) for n in range(3)]
    indexes = draw(st.lists(st.permutations([f.name for f in indexed]).map(tuple), max_size=3, unique=True))
    sizes = [draw(st.integers(1, 3)) for _ in indexes]
    model = ModelType(
        name=name,
        fields=tuple(draw(st.permutations([*fields, *key, *indexed]))),
        description=draw(DESCRIPTIONS),
        primary_key=tuple(field.name for field in key) or ("id",),
        is_key_explicit=bool(key),
        model_arguments=draw(model_arguments(name)),
        auth=draw(st.none() | st.lists(RULES, min_size=1, max_size=3).map(tuple)),
    )
    given = [
        draw(named_indexes(name, n, parts[:size], dialect))
        for n, (parts, size) in enumerate(zip(indexes, sizes, strict=True))
    ]
    return replace(model, indexes=tuple(given))


@st.composite
def named_indexes(
    draw: st.DrawFn, model: str, number: int, fields: tuple[str, ...], dialect: Dialect
) -> ModelIndex:
    query = draw(st.none() | st.just(f"query{model}{number}"))
    index = ModelIndex(f"index_{number}", fields, query)
    # without a name, version 2 takes the query's; two of the same fields would be one
    if dialect is Dialect.V2 and number == 0 and draw(st.booleans()):
        return replace(index, query_field=None, is_query_default=True)
    return index


def in_order(model: ModelType, dialect: Dialect) -> tuple[ModelIndex, ...]:
    """The indexes as a reader meets them: version 2 has them on their partition fields."""
    if dialect is Dialect.V1:
        return model.indexes
    place = {field.name: number for number, field in enumerate(model.fields)}
    return tuple(sorted(model.indexes, key=lambda index: place[index.fields[0]]))


def add(
    models: dict[str, ModelType], name: str, *fields: ModelField, index: ModelIndex | None = None
) -> None:
    model = models[name]
    indexes = (*model.indexes, index) if index else model.indexes
    models[name] = replace(model, fields=(*model.fields, *fields), indexes=indexes)


def key_fields(model: ModelType) -> list[ModelField]:
    """The key's fields; an undeclared id is an ID."""
    found = [model.find_field(name) for name in model.primary_key]
    return [field or ModelField("id", scalar("ID", is_required=True)) for field in found]


def reference_fields(model: ModelType, number: int) -> tuple[ModelField, ...]:
    keys = enumerate(key_fields(model))
    return tuple(ModelField(f"ref{number}_{n}", scalar(field.type.name)) for n, field in keys)


def relation(field: str, kind: FieldType, relation_kind: RelationKind, **given: Any) -> ModelField:
    return ModelField(field, kind, declared_relation=RelationDeclaration(relation_kind, **given))


def relate_v2(draw: st.DrawFn, models: dict[str, ModelType], parent: str, child: str, number: int) -> None:
    """Add one relationship in a form of version 2."""
    one, other = f"one{number}", f"many{number}"
    has_many, belongs_to = RelationKind.HAS_MANY, RelationKind.BELONGS_TO
    references = reference_fields(models[parent], number)
    texts = tuple(field.name for field in references)
    forms = ["references", "has one", "implicit"]
    forms += ["index"] if len(references) == 1 else []
    forms += ["many to many"] if parent != child else []
    match draw(st.sampled_from(forms)):
        case "index":
            index = ModelIndex(f"by-{number}", texts, None, is_query_default=draw(st.booleans()))
            add(models, child, *references, index=index)
            limit = draw(st.none() | st.integers(1, 500))
            fields = models[parent].primary_key
            add(
                models,
                parent,
                relation(other, many(child), has_many, key_name=index.name, fields=fields, limit=limit),
            )
            if draw(st.booleans()):
                add(models, child, relation(one, single(parent), belongs_to, fields=texts))
        case "references":
            add(models, parent, relation(other, many(child), has_many, references=texts))
            add(models, child, *references, relation(one, single(parent), belongs_to, references=texts))
        case "has one":
            add(models, child, *references, relation(one, single(parent), RelationKind.HAS_ONE, fields=texts))
        case "implicit":
            add(models, parent, relation(other, many(child), has_many))
        case "many to many":
            given = {"relation_name": f"Join{number}"}
            add(models, parent, relation(other, many(child), RelationKind.MANY_TO_MANY, **given))
            add(models, child, relation(one, many(parent), RelationKind.MANY_TO_MANY, **given))


def relate_v1(draw: st.DrawFn, models: dict[str, ModelType], parent: str, child: str, number: int) -> None:
    """Add one relationship in a form of version 1."""
    one, other, kind = f"one{number}", f"many{number}", RelationKind.CONNECTION
    references = reference_fields(models[parent], number)
    texts = tuple(field.name for field in references)
    forms = ["fields", "bare single", "bare list"]
    forms += ["key", "name"] if len(references) == 1 else []
    match draw(st.sampled_from(forms)):
        case "fields":
            add(models, child, *references, relation(one, single(parent), kind, fields=texts))
        case "key":
            index = ModelIndex(f"by-{number}", texts)
            add(models, child, *references, index=index)
            fields = models[parent].primary_key
            add(models, parent, relation(other, many(child), kind, key_name=index.name, fields=fields))
        case "name":
            add(models, parent, relation(other, many(child), kind, name=f"C{number}"))
            add(models, child, relation(one, single(parent), kind, name=f"C{number}"))
        case "bare single":
            add(models, child, relation(one, single(parent), kind))
        case "bare list":
            add(models, parent, relation(other, many(child), kind))


# -- writing it down


def print_sdl(schema: Schema) -> str:
    """Return the schema as a text of its dialect."""
    parts = [_type(model, schema.dialect) for model in schema.models]
    parts += [f"{_described(each)}type {each.name} {_body(each.fields)}" for each in schema.custom_types]
    for enum in schema.enums:
        values = " ".join(f"{_described(value)}{value.name}" for value in enum.values)
        parts.append(f"{_described(enum)}enum {enum.name} {{ {values} }}")
    return "\n".join(parts)


def _type(model: ModelType, dialect: Dialect) -> str:
    uses = [f"@model{_arguments(dict(model.model_arguments))}"]
    on_fields: dict[str, list[str]] = {}
    if model.auth is not None:
        uses.append(f"@auth(rules: [{', '.join(map(_rule, model.auth))}])")
    if dialect is Dialect.V1:
        if model.is_key_explicit:
            uses.append(f"@key(fields: {json.dumps(model.primary_key)})")
        uses += [f"@key{_arguments(_index(index, 'fields'))}" for index in model.indexes]
    else:
        if model.is_key_explicit:
            sort = {"sortKeyFields": list(model.primary_key[1:])} if model.primary_key[1:] else {}
            on_fields.setdefault(model.primary_key[0], []).append(f"@primaryKey{_arguments(sort)}")
        for index in model.indexes:
            on_fields.setdefault(index.fields[0], []).append(
                f"@index{_arguments(_index(index, 'sortKeyFields'))}"
            )
    return f"{_described(model)}type {model.name} {' '.join(uses)} {_body(model.fields, on_fields)}"


def _index(index: ModelIndex, fields: str) -> dict[str, Any]:
    given: dict[str, Any] = {"name": index.name}
    listed = index.fields if fields == "fields" else index.fields[1:]
    if listed:
        given[fields] = list(listed)
    if not index.is_query_default and (index.query_field or fields != "fields"):
        given["queryField"] = index.query_field
    return given


def _body(fields: tuple[ModelField, ...], uses: dict[str, list[str]] | None = None) -> str:
    lines = [" ".join([_field(field), *(uses or {}).get(field.name, ())]) for field in fields]
    return "{\n  " + "\n  ".join(lines) + "\n}"


def _field(field: ModelField) -> str:
    uses = [f"{_described(field)}{field.name}: {field.type}"]
    if field.default is not None:
        uses.append(f"@default(value: {print_string(field.default)})")
    if declared := field.declared_relation:
        key = "keyName" if declared.kind is RelationKind.CONNECTION else "indexName"
        given = {
            "name": declared.name,
            key: declared.key_name,
            "fields": declared.fields,
            "references": declared.references,
            "relationName": declared.relation_name,
            "limit": declared.limit,
        }
        uses.append(f"@{declared.kind}{_arguments({k: v for k, v in given.items() if v is not None})}")
    return " ".join(uses)


def _rule(rule: AuthRule) -> str:
    given: dict[str, Any] = {
        "ownerField": rule.owner_field,
        "identityClaim": rule.identity_claim,
        "groups": rule.groups,
        "groupsField": rule.groups_field,
        "groupClaim": rule.group_claim,
    }
    words = [f"allow: {rule.allow}"]
    words += [f"provider: {rule.provider}"] if rule.provider else []
    words += [f"operations: [{', '.join(rule.operations)}]"] if rule.operations else []
    words += [f"{key}: {_value(value)}" for key, value in given.items() if value is not None]
    return f"{{ {', '.join(words)} }}"


def _arguments(given: dict[str, Any]) -> str:
    return f"({', '.join(f'{key}: {_value(value)}' for key, value in given.items())})" if given else ""


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key}: {_value(item)}' for key, item in value.items())} }}"
    return json.dumps(value, ensure_ascii=False)


def _described(item: Any) -> str:
    return "" if item.description is None else f"{print_string(item.description)} "
