"""From the builder calls of ``a.schema({...})`` to the IR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from datamodel.schema.dialects.typescript.authorization import Rule, last_rules
from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.fields import (
    FIELD_BUILDERS,
    TYPE_BUILDERS,
    read_custom_type,
    read_enum,
    report_unknown_builder,
)
from datamodel.schema.dialects.typescript.models import read_model
from datamodel.schema.dialects.typescript.operations import read_operation, warn_about_handlers
from datamodel.schema.dialects.typescript.reading import Reading
from datamodel.schema.dialects.typescript.values import Builder, Entry
from datamodel.schema.ir import Dialect, ModelType, Schema
from datamodel.schema.source import Location


@dataclass(slots=True, eq=False)
class SchemaPart:
    """One ``a.schema({...})``: its types and its rules."""

    types: dict[str, tuple[Builder, Location]] = field(default_factory=dict)
    rules: tuple[Rule, ...] | None = None


def build_schema(reading: Reading, builder: Builder) -> Schema:
    """Return the schema that ``a.schema()`` or ``a.combine()`` declares, with what could be read of it."""
    parts = [_read_part(reading, schema) for schema in _schemas(reading, builder)]
    models = [model for part in parts for model in _read_types(reading, part)]
    operations = {
        name: found
        for part in parts
        for name, (found, _) in part.types.items()
        if found.name not in ("model", "enum", "customType")
    }
    warn_about_handlers(reading, operations)
    return Schema(
        Dialect.GEN2,
        models=tuple(models),
        enums=tuple(reading.enums),
        custom_types=tuple(reading.custom_types),
        custom_operations=tuple(reading.custom_operations),
    )


def _schemas(reading: Reading, builder: Builder) -> list[Builder]:
    if builder.name == "schema":
        return [builder]
    argument = reading.argument(builder, 0, "a list of schemas")
    found: list[Builder] = []
    for item in [] if argument is None else reading.items(argument, "a list of schemas"):
        schema = reading.builder(item.value, item.location, "a schema")
        if schema is not None and schema.name == "schema":
            found.append(schema)
        elif schema is not None:
            message = f"A schema is expected here, not '{schema}'."
            reading.findings.error(Code.NOT_A_BUILDER, message, "", item.location)
    return found


def _read_part(reading: Reading, builder: Builder) -> SchemaPart:
    """Note the names of the types, which fields may refer to before they are declared."""
    part = SchemaPart()
    calls = reading.check_methods(builder, ("authorization",))
    part.rules = last_rules(reading, calls)
    argument = reading.argument(builder, 0, "an object with the models")
    if argument is None:
        return part
    for name, entry in reading.members(argument, "an object with the models").items():
        found = _read_type(reading, name, entry)
        if found is None:
            continue
        if name in reading.declared:
            message = f"Two of the combined schemas define '{name}'."
            reading.findings.error(Code.DUPLICATE_TYPE, message, "Rename one of them.", entry.key_location)
            continue
        reading.declared[name] = found
        reading.taken[name] = entry.key_location
        part.types[name] = (found, entry.key_location)
    return part


def _read_type(reading: Reading, name: str, entry: Entry) -> Builder | None:
    builder = reading.builder(entry.value, entry.location, "a model such as 'a.model({...})'")
    if builder is None or builder.name in TYPE_BUILDERS:
        return builder
    if builder.name in FIELD_BUILDERS:
        message = f"'{builder}' is a field; '{name}' has to be a model, an enum or a custom type."
        hint = f"Write '{name}: a.model({{ … }})'."
        reading.findings.error(Code.NOT_A_BUILDER, message, hint, builder.location)
    else:
        report_unknown_builder(reading, builder, TYPE_BUILDERS)
    return None


def _read_types(reading: Reading, part: SchemaPart) -> Sequence[ModelType]:
    models: list[ModelType] = []
    for name, (builder, location) in part.types.items():
        match builder.name:
            case "model":
                model = read_model(reading, name, builder, location, part.rules)
                if model is not None:
                    models.append(model)
            case "enum":
                reading.check_methods(builder, ())
                reading.enums.append(read_enum(reading, name, builder, location))
            case "customType":
                reading.check_methods(builder, ())
                read_custom_type(reading, name, builder, location)
            case _:
                read_operation(reading, name, builder, location)
    return models
