"""The part of JavaScript's own library that schema files use: ``map``, ``Object.keys`` and the like."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from datamodel.schema.dialects.typescript.values import (
    MAX_ITEMS,
    MAX_TEXT,
    UNDEFINED,
    Builder,
    BuilderFunction,
    Entry,
    ListValue,
    Located,
    Method,
    Namespace,
    Native,
    ObjectValue,
    Unknown,
    Value,
    is_truthy,
    join_texts,
    to_text,
)
from datamodel.schema.source import Location

if TYPE_CHECKING:
    from datamodel.schema.dialects.typescript.evaluator import Evaluator

MAX_JSON_PARTS = 200
PACKAGE = "package"
"""The namespace that stands for an imported package."""

GLOBALS: dict[str, Value] = {
    "undefined": UNDEFINED,
    "a": Namespace("a"),
    "defineData": BuilderFunction("", "defineData"),
    "Object": Namespace("Object"),
    "JSON": Namespace("JSON"),
    "Array": Namespace("Array"),
    "String": Native("String"),
    "require": Native("require"),
}
"""Names that need no declaration. ``a`` is one, so that a pasted snippet is a schema."""

NESTED_NAMESPACES = {"a": ("handler", "ai"), PACKAGE: ("a",)}


def find_property(target: Value, name: str, location: Location) -> Located | None:
    """Return ``target.name``; None where that cannot be known."""
    value: Value
    match target:
        case Namespace():
            return _namespace_member(target, name, location)
        case Builder():
            value = Method(target, name, location)
        case BuilderFunction() | Method():
            owner = f"a.{target.name}" if isinstance(target, BuilderFunction) else f".{target.name}"
            value = Unknown(f"'{owner}' lacks its parentheses.", f"Write '{owner}()'.", location)
        case ObjectValue() if name in target.entries:
            value = target.entries[name].value
        case ObjectValue():
            value = target.unknown or UNDEFINED
        case ListValue() if name == "length":
            value = target.unknown or len(target.items)
        case ListValue() if name in LIST_METHODS:
            value = target.unknown or Native(name, target)
        case str() if name == "length":
            value = len(target)
        case str() if name in TEXT_METHODS:
            value = Native(name, target)
        case _:
            return None
    return Located(value, location)


def _namespace_member(target: Namespace, name: str, location: Location) -> Located | None:
    if name in NESTED_NAMESPACES.get(target.name, ()):
        return Located(Namespace(name if target.name == PACKAGE else f"{target.name}.{name}"), location)
    if target.name in ("Object", "JSON", "Array"):
        full_name = f"{target.name}.{name}"
        return Located(Native(full_name), location) if full_name in FUNCTIONS else None
    if target.name == PACKAGE:
        return Located(BuilderFunction("", name), location) if name == "defineData" else None
    return Located(BuilderFunction(target.name, name), location)


def call_native(
    evaluator: Evaluator, native: Native, arguments: Sequence[Located], location: Location
) -> Value:
    """Return the result of ``native``; Unknown where its arguments make no sense here."""
    for argument in arguments:
        if isinstance(argument.value, Unknown):
            return argument.value
    evaluator.spend(_size(native.target) // 8)
    try:
        match native.target:
            case ListValue() as items:
                result = LIST_METHODS[native.name](_Invocation(evaluator, arguments, location), items)
            case str() as text:
                result = TEXT_METHODS[native.name](text, *[a.value for a in arguments])
            case _:
                result = FUNCTIONS[native.name](*arguments)
    except (TypeError, ValueError, AttributeError, IndexError, RecursionError):
        # arguments of the wrong number or kind
        result = None
    if isinstance(result, str | list) and len(result) > (MAX_TEXT if isinstance(result, str) else MAX_ITEMS):
        result = None
    if isinstance(result, list):
        evaluator.spend(len(result))
        return ListValue([i if isinstance(i, Located) else Located(i, location) for i in result])
    if result is None:
        reason = f"What '{native.name}' gives here cannot be worked out without running the code."
        return Unknown(reason, "Write the value itself.", location)
    value: Value = result
    return value


def _size(target: ListValue | str | None) -> int:
    return len(target.items) if isinstance(target, ListValue) else len(target or "") // 100


class _Invocation:
    """The arguments of a list method, and how to call a function among them."""

    def __init__(self, evaluator: Evaluator, arguments: Sequence[Located], location: Location) -> None:
        self.evaluator = evaluator
        self.arguments = arguments
        self.location = location

    def value(self, position: int, default: Value = UNDEFINED) -> Value:
        return self.arguments[position].value if position < len(self.arguments) else default

    def number(self, position: int, default: int | None) -> int | None:
        value = self.value(position)
        return value if isinstance(value, int) else default

    def each(self, items: ListValue, *before: Value) -> list[Located]:
        """Call the function with every item and its position."""
        callback = self.arguments[0].value
        results: list[Located] = []
        for position, item in enumerate(items):
            given = [*(Located(v, item.location) for v in before), item, Located(position, item.location)]
            results.append(Located(self.evaluator.call(callback, given, self.location), item.location))
        return results


def _map(call: _Invocation, items: ListValue) -> Any:
    return call.each(items)


def _filter(call: _Invocation, items: ListValue) -> Any:
    answers = call.each(items)
    unknown = next((a.value for a in answers if isinstance(a.value, Unknown)), None)
    if unknown is not None:
        return unknown
    return [item for item, answer in zip(items, answers, strict=True) if is_truthy(answer.value)]


def _flat(call: _Invocation, items: ListValue) -> Any:
    return _flatten(items.items)


def _flatten(items: Sequence[Located]) -> list[Located]:
    flat: list[Located] = []
    for item in items:
        flat.extend(item.value.items if isinstance(item.value, ListValue) else [item])
        if len(flat) > MAX_ITEMS:
            raise ValueError("too long")
    return flat


def _flat_map(call: _Invocation, items: ListValue) -> Any:
    return _flatten(call.each(items))


def _for_each(call: _Invocation, items: ListValue) -> Any:
    call.each(items)
    return UNDEFINED


def _reduce(call: _Invocation, items: ListValue) -> Any:
    remaining = list(items)
    total = call.arguments[1].value if len(call.arguments) > 1 else remaining.pop(0).value
    for item in remaining:
        given = [Located(total, item.location), item]
        total = call.evaluator.call(call.arguments[0].value, given, call.location)
    return total


def _concat(call: _Invocation, items: ListValue) -> Any:
    return [*items, *_flatten(call.arguments)]


def _push(call: _Invocation, items: ListValue) -> Any:
    if len(items.items) + len(call.arguments) > MAX_ITEMS:
        raise ValueError("too long")
    items.items.extend(call.arguments)
    return len(items.items)


LIST_METHODS: dict[str, Callable[[_Invocation, ListValue], Any]] = {
    "map": _map,
    "filter": _filter,
    "flat": _flat,
    "flatMap": _flat_map,
    "forEach": _for_each,
    "reduce": _reduce,
    "concat": _concat,
    "push": _push,
    "slice": lambda call, items: items.items[slice(call.number(0, 0), call.number(1, None))],
    "join": lambda call, items: join_texts((i.value for i in items), to_text(call.value(0, ","))),
    "includes": lambda call, items: any(i.value == call.value(0) for i in items),
}

TEXT_METHODS: dict[str, Callable[..., Any]] = {
    "toUpperCase": str.upper,
    "toLowerCase": str.lower,
    "trim": str.strip,
    "charAt": lambda text, at=0: text[at : at + 1],
    "slice": lambda text, start=0, end=None: text[start:end],
    "concat": lambda text, *rest: join_texts((text, *rest), ""),
    "startsWith": lambda text, start: text.startswith(start),
    "endsWith": lambda text, end: text.endswith(end),
    "includes": lambda text, part: part in text,
    "split": lambda text, by: text.split(by) if by else list(text),
    "replace": lambda text, old, new: text.replace(old, new, 1),
    "toString": lambda text: text,
}


def _keys(target: Located) -> Any:
    return [Located(name, entry.key_location) for name, entry in _members(target).entries.items()]


def _values(target: Located) -> Any:
    return [Located(entry.value, entry.location) for entry in _members(target).entries.values()]


def _entries(target: Located) -> Any:
    return [
        Located(
            ListValue([Located(name, entry.key_location), Located(entry.value, entry.location)]),
            entry.location,
        )
        for name, entry in _members(target).entries.items()
    ]


def _members(target: Located) -> ObjectValue:
    if not isinstance(target.value, ObjectValue) or target.value.unknown is not None:
        raise TypeError
    return target.value


def _from_entries(target: Located) -> Any:
    if not isinstance(target.value, ListValue):
        raise TypeError
    result = ObjectValue(unknown=target.value.unknown)
    for pair in target.value:
        if not isinstance(pair.value, ListValue):
            raise TypeError
        key, value = pair.value.items
        if isinstance(key.value, Unknown):
            result.unknown = key.value
        else:
            result.entries[to_text(key.value)] = Entry(value.value, key.location, value.location)
    return result


def _assign(target: Located, *sources: Located) -> Any:
    if not isinstance(target.value, ObjectValue):
        raise TypeError
    for source in sources:
        if isinstance(source.value, ObjectValue):
            target.value.entries.update(source.value.entries)
            target.value.unknown = target.value.unknown or source.value.unknown
    return target.value


def _stringify(target: Located, *_: Located) -> Any:
    return json.dumps(_to_json(target.value, [0]), separators=(",", ":"), ensure_ascii=False)


def _to_json(value: Value, size: list[int]) -> Any:
    """Return ``value`` as Python data; ``size`` counts its parts, which may be shared many times over."""
    size[0] += 1
    if size[0] > MAX_JSON_PARTS:
        raise ValueError("too large")
    match value:
        case ObjectValue() if value.unknown is None:
            return {name: _to_json(entry.value, size) for name, entry in value.entries.items()}
        case ListValue() if value.unknown is None:
            return [_to_json(item.value, size) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise TypeError


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Object.keys": _keys,
    "Object.values": _values,
    "Object.entries": _entries,
    "Object.fromEntries": _from_entries,
    "Object.assign": _assign,
    "Object.freeze": lambda target: target.value,
    "Array.from": lambda target: target.value.items,
    "Array.isArray": lambda target: isinstance(target.value, ListValue),
    "JSON.stringify": _stringify,
    "String": lambda target: to_text(target.value),
    "require": lambda target: Namespace(PACKAGE) if "aws-amplify" in target.value else None,
}
