"""Custom operations: ``a.query()``, ``a.mutation()``, ``a.subscription()``, ``a.generation()``.

Their handlers are code of the user's that is not run here; what remains is their place in the API.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.fields import (
    SCALAR_TYPES,
    FieldPlace,
    read_custom_type,
    read_enum,
    read_field,
    ref_type,
)
from datamodel.schema.dialects.typescript.findings import (
    did_you_mean,
)
from datamodel.schema.dialects.typescript.reading import Reading
from datamodel.schema.dialects.typescript.values import Builder, Call, Entry, ListValue, Located
from datamodel.schema.ir import CustomOperation, CustomType, FieldKind, FieldType, ModelField
from datamodel.schema.naming import upper_first
from datamodel.schema.source import Location

PARENTS = {
    "query": "Query",
    "mutation": "Mutation",
    "subscription": "Subscription",
    "generation": "Query",
}
OPERATION_METHODS = ("arguments", "returns", "handler", "authorization", "for")
CONVERSATION = "conversation"
MEANINGS = {
    "query": "Custom queries are part of the API, but Joinery does not run their handlers",
    "mutation": "Custom mutations are part of the API, but Joinery does not run their handlers",
    "subscription": "Custom subscriptions are part of the API, but nothing triggers them",
    "generation": "Generation routes are part of the API, but Joinery calls no AI model for them",
    CONVERSATION: "Conversation routes are left out of the API, as Joinery calls no AI model",
}


def read_operation(reading: Reading, name: str, builder: Builder, location: Location) -> None:
    """Add the root field that ``builder`` declares, and the types made up for it, to the schema."""
    if builder.name == CONVERSATION:
        return
    calls = reading.check_methods(builder, OPERATION_METHODS)
    arguments = _read_arguments(reading, name, _last(calls, "arguments"))
    returned = _return_type(reading, name, builder, calls)
    if returned is not None:
        sdl = f"{name}{arguments}: {returned}"
        reading.custom_operations.append(
            CustomOperation(name, sdl, parent=PARENTS[builder.name], location=location)
        )


def warn_about_handlers(reading: Reading, operations: Mapping[str, Builder]) -> None:
    """Say once for each kind of custom operation what it means here."""
    for kind, meaning in MEANINGS.items():
        found = [(name, builder) for name, builder in operations.items() if builder.name == kind]
        if found:
            names = ", ".join(f"'{name}'" for name, _ in found)
            reading.findings.warning(
                Code.HANDLERS_NOT_RUN, f"{meaning}: {names}.", location=found[0][1].location
            )


def _last(calls: Sequence[Call], name: str) -> Call | None:
    return next((call for call in reversed(calls) if call.name == name), None)


# -- what an operation returns


def _return_type(reading: Reading, name: str, builder: Builder, calls: Sequence[Call]) -> FieldType | None:
    returns = _last(calls, "returns")
    if builder.name == "subscription" and returns is None:
        return _source_type(reading, name, builder, _last(calls, "for"))
    if returns is None:
        if _is_async(calls):
            return _event_response(reading, builder.location)
        message = f"The {builder.name} '{name}' has no return type."
        reading.findings.error(Code.BAD_CUSTOM_OPERATION, message, "Add '.returns(…)'.", builder.location)
        return None
    argument = reading.argument(returns, 0, "a type")
    return None if argument is None else _written_type(reading, name, argument)


def _written_type(reading: Reading, name: str, argument: Located, *, is_new: bool = True) -> FieldType | None:
    """The type in ``.returns()``; ``is_new`` says that an inline type is to be added to the schema."""
    builder = reading.builder(argument.value, argument.location, "a type such as 'a.ref('Post')'")
    if builder is None:
        return None
    if builder.name == "ref":
        return _ref_type(reading, name, builder)
    inline_name = f"{upper_first(name)}ReturnType"
    if builder.name == "enum":
        if is_new and reading.take_name(inline_name, builder.location, f"What '{name}' returns"):
            reading.enums.append(read_enum(reading, inline_name, builder, builder.location))
        return FieldType(inline_name, FieldKind.ENUM)
    if builder.name == "customType":
        if is_new and reading.take_name(inline_name, builder.location, f"What '{name}' returns"):
            read_custom_type(reading, inline_name, builder, builder.location)
        return FieldType(inline_name, FieldKind.CUSTOM)
    place = FieldPlace(name, "returns", argument.location, is_model=False)
    return read_field(reading, place, Entry(builder, argument.location, argument.location)).field.type


def _ref_type(reading: Reading, name: str, builder: Builder) -> FieldType | None:
    argument = reading.argument(builder, 0, "the name of a type")
    target = None if argument is None else reading.text(argument, "the name of a type")
    if argument is None or target is None:
        return None
    kind = reading.kind(target)
    if kind is not FieldKind.UNKNOWN:
        return ref_type(builder, target, kind, argument.location)
    if target in reading.declared:
        message = f"'{name}' refers to '{target}', which is no type but an operation."
        reading.findings.error(Code.BAD_CUSTOM_OPERATION, message, "", argument.location)
    else:
        message = f"'{name}' refers to '{target}', which the schema does not define."
        hint = did_you_mean(target, reading.declared)
        reading.findings.error(Code.BAD_CUSTOM_OPERATION, message, hint, argument.location)
    return None


def _source_type(reading: Reading, name: str, builder: Builder, call: Call | None) -> FieldType | None:
    """A subscription returns what the mutations it listens to return."""
    argument = None if call is None else reading.argument(call, 0, "a mutation or a model")
    if argument is None:
        message = f"The subscription '{name}' has no source."
        hint = "Add '.for(a.ref('mutation'))'."
        reading.findings.error(Code.BAD_CUSTOM_OPERATION, message, hint, builder.location)
        return None
    if isinstance(argument.value, ListValue) and argument.value.items:
        argument = argument.value.items[0]
    source = reading.builder(argument.value, argument.location, "a reference such as 'a.ref('like')'")
    if source is None:
        return None
    target = source.arguments[0].value if source.arguments else None
    mutation = reading.declared.get(target) if isinstance(target, str) else None
    if isinstance(target, str) and mutation is not None and mutation.name == "mutation":
        returns = _last(mutation.calls, "returns")
        if returns is None or not returns.arguments:
            return None  # said of the mutation itself
        return _written_type(reading, target, returns.arguments[0], is_new=False)
    return _ref_type(reading, name, source)


def _is_async(calls: Sequence[Call]) -> bool:
    """Return whether the last handler is ``a.handler.function(...).async()``, which answers at once."""
    handler = _last(calls, "handler")
    value = handler.arguments[0].value if handler is not None and handler.arguments else None
    if isinstance(value, ListValue):
        value = value.items[-1].value if value.items else None
    return isinstance(value, Builder) and any(call.name == "async" for call in value.calls)


def _event_response(reading: Reading, location: Location) -> FieldType:
    name = "EventInvocationResponse"
    if name not in reading.taken:
        reading.take_name(name, location, "The answer of an asynchronous handler")
        success = ModelField("success", FieldType("Boolean", FieldKind.SCALAR, is_required=True))
        reading.custom_types.append(CustomType(name, (success,), location=location))
    return FieldType(name, FieldKind.CUSTOM)


# -- arguments


def _read_arguments(reading: Reading, name: str, call: Call | None) -> str:
    """Return the argument list of the SDL, parentheses included; empty where there are none."""
    argument = None if call is None else reading.argument(call, 0, "an object with the arguments")
    if argument is None:
        return ""
    parts: list[str] = []
    for key, entry in reading.members(argument, "an object with the arguments").items():
        written = _input_type(reading, name, key, entry)
        if written is not None:
            parts.append(f"{key}: {written}")
    return f"({', '.join(parts)})" if parts else ""


def _input_type(reading: Reading, owner: str, key: str, entry: Entry) -> FieldType | None:
    """The type of an argument or of a field of an input, whose custom types become inputs as well."""
    reading.evaluator.spend(1)
    builder = reading.builder(entry.value, entry.location, "an argument such as 'a.string()'")
    if builder is None:
        return None
    inline_name = f"{upper_first(owner)}{upper_first(key)}"
    if builder.name in SCALAR_TYPES:
        return read_field(reading, FieldPlace(owner, key, entry.key_location), entry).field.type
    if builder.name == "enum":
        if inline_name not in reading.taken:
            reading.take_name(inline_name, builder.location, f"The enum of '{owner}.{key}'")
            reading.enums.append(read_enum(reading, inline_name, builder, builder.location))
        return FieldType(inline_name, FieldKind.ENUM)
    if builder.name == "customType":
        _add_input(reading, f"{inline_name}Input", inline_name, builder)
        return FieldType(f"{inline_name}Input", FieldKind.ABSTRACT)
    written = _ref_type(reading, f"{owner}.{key}", builder) if builder.name == "ref" else None
    if written is None or written.kind is FieldKind.ENUM:
        return written
    if written.kind is FieldKind.CUSTOM:
        return _as_input(reading, written)
    message = f"The argument '{key}' of '{owner}' cannot be of type '{written.name}'."
    hint = "Use scalars, enums or custom types."
    reading.findings.error(Code.BAD_CUSTOM_OPERATION, message, hint, builder.location)
    return None


def _as_input(reading: Reading, written: FieldType) -> FieldType:
    name = f"{written.name}Input"
    _add_input(reading, name, written.name, reading.declared[written.name])
    return FieldType(name, FieldKind.ABSTRACT, written.is_list, written.is_required, written.is_item_required)


def _add_input(reading: Reading, name: str, type_name: str, builder: Builder) -> None:
    """Add the input that mirrors a custom type, once."""
    if name in reading.taken:
        return
    reading.take_name(name, builder.location, f"The input of '{type_name}'")
    position = len(reading.custom_operations)
    lines: list[str] = []
    if builder.arguments:
        for key, entry in reading.members(builder.arguments[0], "an object with fields").items():
            written = _input_type(reading, type_name, key, entry)
            if written is not None:
                lines.append(f"  {key}: {written}\n")
    sdl = f"input {name} {{\n{''.join(lines)}}}"
    reading.custom_operations.insert(position, CustomOperation(name, sdl, location=builder.location))
