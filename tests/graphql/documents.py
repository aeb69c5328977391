"""Records and documents by chance, for any schema: what a client might ask, and something to find."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)

from datamodel.registry import DataModel
from datamodel.schema.ir import FieldKind, FieldType, Schema

WORDS = ("a", "b", "ab", "é", 'q"\\', "100%_", "", "A", "a\nb", "🙂")
NUMBERS = (0, 1, 2, -3, 2**31 - 1, 7)
REALS = (0.0, 1.0, -2.5, 0.1, 1e-7, 123456789.125)
DAYS = ("2026-01-01", "2026-01-02", "2025-12-31")
SCALARS: dict[str, tuple[Any, ...]] = {
    "ID": WORDS[:6],
    "String": WORDS,
    "Int": NUMBERS,
    "Float": REALS,
    "Boolean": (True, False),
    "AWSDate": DAYS,
    "AWSTime": ("08:00:00", "08:00:00.5Z"),
    "AWSDateTime": tuple(f"{day}T00:00:00.000Z" for day in DAYS),
    "AWSTimestamp": (0, 1, 2**40, -5),
    "AWSEmail": ("a@example.com", "b@example.com"),
    "AWSJSON": ('{"a": "é"}', "[]", '"text"'),
    "AWSURL": ("https://example.com/", "https://example.com/?q=%25"),
    "AWSPhone": ("+1 555 010 0199",),
    "AWSIPAddress": ("192.0.2.1", "2001:db8::1"),
}
MOST_RECORDS = 7


def fill(datamodel: DataModel, random: Random) -> None:
    """Put records into every table, references that lead nowhere and tombstones among them."""
    for name, model in datamodel.models.items():
        keys = set()
        made = []
        for _ in range(random.randrange(MOST_RECORDS + 1)):
            record = model(joinery_changed_at=random.randrange(10), joinery_version=random.randrange(1, 4))
            record.joinery_deleted = datamodel.schema.has_datastore and random.random() < 0.15
            for each in datamodel.schema.model(name).stored_fields:
                is_needed = each.type.is_required or each.name in model.model_type.primary_key
                if is_needed or random.random() < 0.75:
                    value = stored_value(datamodel.schema, each.type, random)
                    setattr(record, model.names.attribute(each.name), value)
            if record.key not in keys:
                keys.add(record.key)
                made.append(record)
        model.all_objects.bulk_create(made)


def stored_value(schema: Schema, type_: FieldType, random: Random, depth: int = 0) -> Any:
    """Return a value of a type as it is stored."""
    if type_.is_list:
        item = FieldType(type_.name, type_.kind, is_required=type_.is_item_required)
        return [
            None
            if not type_.is_item_required and random.random() < 0.2
            else stored_value(schema, item, random, depth + 1)
            for _ in range(random.randrange(3))
        ]
    match type_.kind:
        case FieldKind.ENUM:
            return random.choice(schema.enum(type_.name).names)
        case FieldKind.CUSTOM:
            return {
                each.name: stored_value(schema, each.type, random, depth + 1)
                for each in schema.custom_type(type_.name).fields
                # Now and then a required part is missing: it was stored before the type had it.
                if each.is_stored and random.random() < (0.97 if each.type.is_required else 0.7)
            }
    return random.choice(SCALARS[type_.name])


@dataclass
class Operation:
    """A document with its variables; ``tokens`` tells, by path of a connection, the variable of its token."""

    text: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    tokens: dict[tuple[str, ...], str] = field(default_factory=dict)


class DocumentMaker:
    """Makes one query by chance."""

    def __init__(self, api: GraphQLSchema, random: Random) -> None:
        self.api = api
        self.random = random
        self.names = (f"v{number}" for number in itertools.count())
        self.declared: list[str] = []
        self.fragments: list[str] = []
        self.operation = Operation()

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def make(self) -> Operation:
        query = self.api.query_type
        assert query is not None
        roots = [self.random.choice(sorted(query.fields)) for _ in range(self.random.choice((1, 1, 1, 2)))]
        fields = []
        for number, name in enumerate(roots):
            key = name if roots.count(name) == 1 and self.chance(0.7) else f"r{number}"
            fields.append(self.field(query.fields[name], name, key, (key,), 3))
        body = f"{{ {' '.join(fields)}{' __typename' if self.chance(0.1) else ''} }}"
        declared = f"({', '.join(self.declared)})" if self.declared else ""
        self.operation.text = " ".join([f"query q{declared} {body}", *self.fragments])
        return self.operation

    # Selections

    def field(self, definition: GraphQLField, name: str, key: str, path: tuple[str, ...], depth: int) -> str:
        """Return a field with its arguments, directives and selections."""
        type_ = get_named_type(definition.type)
        alias = "" if key == name else f"{key}: "
        selected = "" if is_leaf_type(type_) else f" {{ {self.selections(type_, path, depth)} }}"
        return f"{alias}{name}{self.arguments(definition, path, type_)}{self.directive()}{selected}"

    def selections(self, type_: GraphQLNamedType, path: tuple[str, ...], depth: int) -> str:
        assert isinstance(type_, GraphQLObjectType)
        fields = [name for name in type_.fields if self.is_possible(type_, name, depth)]
        is_connection = {"items", "nextToken"} <= type_.fields.keys()
        wanted = self.random.sample(fields, min(len(fields), self.random.randrange(1, 6)))
        if is_connection and self.chance(0.9):
            wanted = ["items", *(["nextToken"] if self.chance(0.7) else [])]
        parts = [self.selection(type_, name, number, path, depth) for number, name in enumerate(wanted)]
        if self.chance(0.15) or not parts:
            parts.append("__typename" if self.chance(0.5) else "t: __typename")
        self.random.shuffle(parts)
        return " ".join(parts)

    def is_possible(self, type_: GraphQLObjectType, name: str, depth: int) -> bool:
        return depth > 0 or is_leaf_type(get_named_type(type_.fields[name].type))

    def selection(
        self, type_: GraphQLObjectType, name: str, number: int, path: tuple[str, ...], depth: int
    ) -> str:
        """Return a field, perhaps within a fragment."""
        definition = type_.fields[name]
        key = f"k{number}" if self.chance(0.2) and name != "nextToken" else name
        # A connection and its items are one step.
        below = depth if name == "items" else depth - 1
        text = self.field(definition, name, key, (*path, key), below)
        match self.random.randrange(12):
            case 0:
                return f"... on {type_.name} {{ {text} }}"
            case 1:
                return f"...{self.directive()} {{ {text} }}"
            case 2:
                fragment = f"f{len(self.fragments)}"
                self.fragments.append(f"fragment {fragment} on {type_.name} {{ {text} }}")
                return f"...{fragment}{self.directive()}"
        return text

    def directive(self) -> str:
        if not self.chance(0.08):
            return ""
        name = self.random.choice(("skip", "include"))
        value = self.chance(0.7) == (name == "include")
        if self.chance(0.5):
            return f" @{name}(if: {json.dumps(value)})"
        return f" @{name}(if: {self.variable('Boolean!', value)})"

    # Arguments

    def arguments(self, definition: GraphQLField, path: tuple[str, ...], type_: GraphQLNamedType) -> str:
        parts = []
        for name, argument in definition.args.items():
            if name == "limit":
                if not self.chance(0.2):
                    parts.append(f"limit: {self.input(argument.type, self.random.choice((1, 2, 3, 50)))}")
            elif name == "nextToken":
                if self.chance(0.6):
                    variable = self.variable("String", None)
                    self.operation.tokens[path] = variable[1:]
                    parts.append(f"nextToken: {variable}")
            elif isinstance(argument.type, GraphQLNonNull) or self.chance(0.45):
                parts.append(f"{name}: {self.input(argument.type, self.value(argument.type, 0))}")
        self.random.shuffle(parts)
        return f"({', '.join(parts)})" if parts else ""

    def variable(self, type_: str, value: Any) -> str:
        name = next(self.names)
        default = ""
        if value is not None and self.chance(0.1):
            default = " = null" if not type_.endswith("!") else ""
        self.declared.append(f"${name}: {type_}{default}")
        self.operation.variables[name] = value
        return f"${name}"

    def value(self, type_: GraphQLInputType, depth: int) -> Any:
        """Return a value of an input type as JSON has it."""
        if isinstance(type_, GraphQLNonNull):
            return self.value(type_.of_type, depth)
        if self.chance(0.06):
            return None
        if isinstance(type_, GraphQLList):
            return [self.value(type_.of_type, depth + 1) for _ in range(self.random.choice((1, 2, 2, 2, 3)))]
        if isinstance(type_, GraphQLInputObjectType):
            return self.object(type_, depth)
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(sorted(type_.values))
        return self.random.choice(SCALARS.get(type_.name, ("a",)))

    def object(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        names = [name for name in type_.fields if depth < 3 or not self.nests(type_.fields[name])]
        chosen = self.random.sample(names, min(len(names), self.random.choice((0, 1, 1, 1, 2))))
        return {name: self.value(type_.fields[name].type, depth + 1) for name in chosen}

    def nests(self, definition: GraphQLInputField) -> bool:
        return "FilterInput" in str(definition.type)

    def input(self, type_: GraphQLInputType, value: Any) -> str:
        """Write a value into the document: as it is, as a variable, or with variables inside."""
        if value is None and isinstance(type_, GraphQLNonNull):
            value = self.value(type_.of_type, 3)
        if self.chance(0.4):
            return self.variable(str(type_), value)
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        if value is None:
            return "null"
        if isinstance(type_, GraphQLList) and isinstance(value, list):
            return f"[{', '.join(self.input(type_.of_type, item) for item in value)}]"
        if isinstance(type_, GraphQLInputObjectType) and isinstance(value, dict):
            parts = (f"{name}: {self.input(type_.fields[name].type, item)}" for name, item in value.items())
            return f"{{ {', '.join(parts)} }}"
        return value if isinstance(type_, GraphQLEnumType) else json.dumps(value)
