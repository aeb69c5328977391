"""JavaScript's numbers and operators, as far as constants use them."""

from __future__ import annotations

import math

from datamodel.schema.dialects.typescript.values import (
    MAX_TEXT,
    UNDEFINED,
    BuilderFunction,
    Function,
    Method,
    Native,
    Undefined,
    Value,
    is_truthy,
    to_text,
)


def number(text: str) -> int | float | None:
    """Return the number that a literal means; None for a BigInt or what is no number."""
    text = text.replace("_", "").lower()
    try:
        if text[:2] in ("0x", "0o", "0b"):
            return int(text, 0)
        value = float(text)
    except (ValueError, OverflowError):
        return None
    return tidy(value)


def tidy(value: float) -> int | float:
    """Return ``value`` as an int where JavaScript would print it as one."""
    is_whole = math.isfinite(value) and value == int(value) and abs(value) < 1e21
    return int(value) if is_whole else value


def apply_binary(operator: str, left: Value, right: Value) -> Value:
    """Return ``left operator right``; None where that is not worked out here."""
    match operator:
        case "===" | "==":
            return _equals(left, right)
        case "!==" | "!=":
            return not _equals(left, right)
        case "+" if isinstance(left, str) or isinstance(right, str):
            text = to_text(left) + to_text(right)
            return text if len(text) <= MAX_TEXT else None
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        return None
    return _arithmetic(operator, left, right)


def _arithmetic(operator: str, left: float, right: float) -> Value:
    match operator:
        case "+":
            return tidy(float(left) + float(right))
        case "-":
            return tidy(float(left) - float(right))
        case "*":
            return tidy(float(left) * float(right))
        case "/" if right:
            return tidy(float(left) / float(right))
        case "%" if right:
            return tidy(math.fmod(left, right))
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case ">=":
            return left >= right
        case _:
            return None


def _equals(left: Value, right: Value) -> bool:
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return left is right or (
        isinstance(left, str | int | float) and isinstance(right, str | int | float) and left == right
    )


def apply_unary(operator: str, value: Value) -> Value:
    """Return ``operator value``; None where that is not worked out here."""
    match operator:
        case "!":
            return not is_truthy(value)
        case "void":
            return UNDEFINED
        case "typeof":
            return _type_name(value)
        case "-" if isinstance(value, int | float):
            return -value
        case "+" if isinstance(value, int | float):
            return +value
        case _:
            return None


def _type_name(value: Value) -> str:
    match value:
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case Undefined():
            return "undefined"
        case Function() | Native() | BuilderFunction() | Method():
            return "function"
        case _:
            return "object"
