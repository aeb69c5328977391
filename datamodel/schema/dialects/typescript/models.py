"""``a.model({...})`` and the methods called on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from datamodel.schema.dialects.typescript.authorization import (
    Rule,
    as_auth,
    check_rule_fields,
    last_rules,
)
from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.fields import FieldPlace, read_field
from datamodel.schema.dialects.typescript.findings import (
    did_you_mean,
)
from datamodel.schema.dialects.typescript.reading import Reading
from datamodel.schema.dialects.typescript.values import (
    Builder,
    BuilderFunction,
    Call,
    Located,
    Unknown,
    describe,
)
from datamodel.schema.ir import FieldKind, ModelField, ModelIndex, ModelType
from datamodel.schema.naming import gen2_query_name
from datamodel.schema.source import Location

MODEL_METHODS = ("identifier", "secondaryIndexes", "disableOperations", "authorization")
INDEX_METHODS = ("sortKeys", "queryField", "name", "projection")
OPERATIONS = {
    "get": "queries",
    "list": "queries",
    "create": "mutations",
    "update": "mutations",
    "delete": "mutations",
    "onCreate": "subscriptions",
    "onUpdate": "subscriptions",
    "onDelete": "subscriptions",
}
OPERATION_GROUPS = ("queries", "mutations", "subscriptions")


@dataclass(frozen=True, slots=True)
class PrimaryKey:
    """The key of a model: its fields, whether and where it is spelled out."""

    fields: tuple[str, ...] = ("id",)
    is_explicit: bool = False
    location: Location | None = None


def read_model(
    reading: Reading, name: str, builder: Builder, location: Location, schema_rules: Sequence[Rule] | None
) -> ModelType | None:
    """Return the model that ``builder`` declares; ``schema_rules`` hold where it has none of its own."""
    argument = reading.argument(builder, 0, "an object with the model's fields")
    if argument is None:
        return None
    calls = reading.check_methods(builder, MODEL_METHODS)
    fields, field_rules = _read_fields(reading, name, argument)
    own_rules = last_rules(reading, calls)
    rules = schema_rules if own_rules is None else own_rules
    check_rule_fields(reading, name, fields, [*(rules or ()), *field_rules])
    key = _read_identifier(reading, name, fields, _last(calls, "identifier"))
    return ModelType(
        name,
        tuple(_as_key_field(field, key) for field in fields),
        primary_key=key.fields,
        is_key_explicit=key.is_explicit,
        indexes=_read_indexes(reading, name, fields, _last(calls, "secondaryIndexes")),
        model_arguments=_read_disabled(reading, _last(calls, "disableOperations")),
        auth=as_auth(rules),
        location=location,
        key_location=key.location,
    )


def _last(calls: Sequence[Call], name: str) -> Call | None:
    """The last call of a method: each call replaces what the one before set."""
    return next((call for call in reversed(calls) if call.name == name), None)


def _read_fields(
    reading: Reading, model: str, argument: Located
) -> tuple[tuple[ModelField, ...], list[Rule]]:
    fields: list[ModelField] = []
    rules: list[Rule] = []
    for name, entry in reading.members(argument, "an object with the model's fields").items():
        found = read_field(reading, FieldPlace(model, name, entry.key_location), entry)
        fields.append(found.field)
        rules.extend(found.rules)
    return tuple(fields), rules


# -- identifier


def _read_identifier(
    reading: Reading, model: str, fields: Sequence[ModelField], call: Call | None
) -> PrimaryKey:
    by_name = {field.name: field for field in fields}
    if call is None:
        # a declared id is made the key by name, which lets list queries take it as an argument
        declared = by_name.get("id")
        return PrimaryKey() if declared is None else PrimaryKey(("id",), True, declared.location)
    argument = reading.argument(call, 0, "a list of field names")
    items = [] if argument is None else reading.texts(argument, "a list of field names")
    if not items:
        if argument is not None:
            message = f"The identifier of '{model}' names no field."
            hint = "Name at least one, or leave '.identifier()' out."
            reading.findings.error(Code.BAD_IDENTIFIER, message, hint, argument.location)
        return PrimaryKey()
    names = tuple(str(item.value) for item in items)
    if names == ("id",) and "id" not in by_name:
        return PrimaryKey()
    for position, item in enumerate(items):
        field = by_name.get(str(item.value))
        if field is not None:
            _check_key_field(reading, model, field, item, is_first=position == 0)
    return PrimaryKey(names, True, call.location)


def _check_key_field(
    reading: Reading, model: str, field: ModelField, item: Located, *, is_first: bool
) -> None:
    is_required = field.type.is_required or (field.type.is_item_required and field.type.is_list)
    if field.type.kind is FieldKind.ENUM:
        problem, hint = "it is an enum.", "Use a scalar field."
    elif not is_required and not (is_first and field.type.name == "ID"):
        problem, hint = "it may be null.", "Add '.required()' to the field."
    elif is_first and field.type.is_list:
        reading.findings.warning(
            Code.IDENTIFIER_LIST,
            f"'{model}.{field.name}' is in the identifier, so it holds a single value and not a list.",
            "Leave '.array()' out.",
            item.location,
        )
        return
    else:
        return
    message = f"'{field.name}' cannot be in the identifier of '{model}': {problem}"
    reading.findings.error(Code.BAD_IDENTIFIER, message, hint, item.location)


def _as_key_field(field: ModelField, key: PrimaryKey) -> ModelField:
    """The key's first field is a required single value without a default, whatever was written.

    Others have been reported where they may be null.
    """
    if not key.is_explicit or field.name not in key.fields or field.type.kind is not FieldKind.SCALAR:
        return field
    if field.name != key.fields[0]:
        return replace(field, type=replace(field.type, is_required=True))
    single = replace(field.type, is_list=False, is_item_required=False, is_required=True)
    return replace(field, type=single, default=None)


# -- secondary indexes


def _read_indexes(
    reading: Reading, model: str, fields: Sequence[ModelField], call: Call | None
) -> tuple[ModelIndex, ...]:
    if call is None:
        return ()
    positions = {field.name: position for position, field in enumerate(fields)}
    answers = reading.answers(call, BuilderFunction("", "index"), "(index) => [index('field')]")
    indexes = [_read_index(reading, model, answer) for answer in answers]
    # in the order of their fields, as the official builder writes them
    return tuple(
        sorted(
            (index for index in indexes if index is not None),
            key=lambda index: positions.get(index.fields[0], len(positions)),
        )
    )


def _read_index(reading: Reading, model: str, answer: Located) -> ModelIndex | None:
    builder = answer.value
    if not isinstance(builder, Builder) or builder.name != "index":
        if isinstance(builder, Unknown):
            reading.report_unknown(builder)
        else:
            message = f"An index is expected here, not {describe(builder)}."
            reading.findings.error(Code.BAD_ARGUMENT, message, "Write 'index('field')'.", answer.location)
        return None
    argument = reading.argument(builder, 0, "the name of a field")
    partition = None if argument is None else reading.text(argument, "the name of a field")
    if partition is None:
        return None
    settings = _index_settings(reading, builder)
    keys = (partition, *settings.sort_keys)
    query = settings.query_field if settings.has_query_field else gen2_query_name(model, keys)
    return ModelIndex(
        settings.name,
        keys,
        query_field=query,
        is_name_explicit=bool(settings.name),
        location=builder.location,
    )


@dataclass(frozen=True, slots=True)
class _IndexSettings:
    name: str = ""
    sort_keys: tuple[str, ...] = ()
    query_field: str | None = None
    has_query_field: bool = False


def _index_settings(reading: Reading, builder: Builder) -> _IndexSettings:
    settings = _IndexSettings()
    for call in reading.check_methods(builder, INDEX_METHODS):
        argument = reading.argument(call, 0, "an argument")
        if argument is None or call.name == "projection":
            continue
        if call.name == "sortKeys":
            keys = reading.texts(argument, "a list of field names")
            settings = replace(settings, sort_keys=tuple(str(key.value) for key in keys))
        elif call.name == "name":
            settings = replace(settings, name=reading.text(argument, "the name of the index") or "")
        elif argument.value is None:
            settings = replace(settings, query_field=None, has_query_field=True)
        else:
            query = reading.text(argument, "the name of the query, or null")
            # an empty name counts as none given
            settings = replace(settings, query_field=query, has_query_field=bool(query))
    return settings


# -- disabled operations


def _read_disabled(reading: Reading, call: Call | None) -> tuple[tuple[str, Any], ...]:
    """Return the arguments of the ``@model`` that the official builder writes."""
    argument = None if call is None else reading.argument(call, 0, "a list of operations")
    if argument is None:
        return ()
    names: list[str] = []
    for item in reading.texts(argument, "a list of operations"):
        name = str(item.value)
        if name in OPERATIONS or name in OPERATION_GROUPS:
            names.append(name)
        else:
            known = (*OPERATION_GROUPS, *OPERATIONS)
            hint = did_you_mean(name, known) or f"The operations are {', '.join(known)}."
            message = f"There is no operation '{name}' to disable."
            reading.findings.error(Code.UNKNOWN_OPERATION, message, hint, item.location)
    return _model_arguments(names)


def _model_arguments(names: Sequence[str]) -> tuple[tuple[str, Any], ...]:
    arguments: dict[str, dict[str, None] | None] = {name: None for name in names if name in OPERATION_GROUPS}
    for name in names:
        if name in OPERATIONS:
            group = arguments.setdefault(OPERATIONS[name], {})
            if group is not None:
                group[name] = None
    return tuple(arguments.items())
