"""Does an event meet a subscription's arguments? The same meaning as `filters`, evaluated on values.

A comparison with a missing value is false; `ne`, `notContains` and `notIn` are true for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from datamodel.graphql.errors import BadRequest, LimitExceeded
from datamodel.limits import get_limit

__all__ = ["check_arguments", "matches"]

Values = Mapping[str, Any]


def matches(arguments: Mapping[str, Any], values: Values) -> bool:
    """Return whether a record's ``values`` meet a subscription's arguments: its `filter`, and owners by name."""
    for name, given in arguments.items():
        if given is None:
            continue
        if name == "filter":
            if meets(given, values) is False:
                return False
        elif not is_owner(values.get(name), given):
            return False
    return True


def is_owner(value: Any, owner: Any) -> bool:
    return owner in value if isinstance(value, list) else bool(value == owner)


def meets(given: Mapping[str, Any], values: Values) -> bool | None:
    """Return whether the values meet a filter object, None where it asks for nothing.

    What asks for nothing does not count, neither in an `and` nor in an `or`.
    """
    parts = [part_meets(name, value, values) for name, value in given.items() if value is not None]
    answers = [part for part in parts if part is not None]
    return all(answers) if answers else None


def part_meets(name: str, value: Any, values: Values) -> bool | None:
    if name not in {"and", "or"}:
        return (
            None
            if not value
            else all(OPERATORS[op](values.get(name), operand) for op, operand in value.items())
        )
    inner = [meets(item, values) for item in value if item is not None]
    answers = [answer for answer in inner if answer is not None]
    if not answers:
        return None
    return all(answers) if name == "and" else any(answers)


def equals(value: Any, operand: Any) -> bool:
    return kind(value) == kind(operand) and bool(value == operand)


def kind(value: Any) -> str:
    """Tell true from 1, which Python does not."""
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else type(value).__name__


def compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Return an operator that is false for a missing value and for values of different kinds."""

    def operator(value: Any, operand: Any) -> bool:
        if value is None or operand is None or isinstance(value, list) or kind(value) != kind(operand):
            return False
        return test(value, operand)

    return operator


def contains(value: Any, operand: Any) -> bool:
    if value is None or operand is None:
        return False
    if isinstance(value, list):
        return any(equals(item, operand) for item in value)
    return isinstance(value, str) and isinstance(operand, str) and operand in value


def is_between(value: Any, operand: Any) -> bool:
    low, high = operand
    return at_least(value, low) and at_most(value, high)


def is_in(value: Any, operand: Any) -> bool:
    return operand is not None and any(equals(value, item) for item in operand)


at_least = compare(lambda value, operand: value >= operand)
at_most = compare(lambda value, operand: value <= operand)

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": equals,
    "ne": lambda value, operand: not equals(value, operand),
    "lt": compare(lambda value, operand: value < operand),
    "le": at_most,
    "gt": compare(lambda value, operand: value > operand),
    "ge": at_least,
    "contains": contains,
    "notContains": lambda value, operand: not contains(value, operand),
    "beginsWith": compare(lambda value, operand: isinstance(value, str) and value.startswith(operand)),
    "between": is_between,
    "in": is_in,
    "notIn": lambda value, operand: not is_in(value, operand),
}


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Raise BadRequest or LimitExceeded where a filter cannot be evaluated, or is too large."""
    given = arguments.get("filter")
    if given is not None:
        terms = check_filter(given, 1)
        if terms > get_limit("FILTER_MAX_TERMS"):
            raise LimitExceeded(f"A filter has at most {get_limit('FILTER_MAX_TERMS')} terms.")


def check_filter(given: Mapping[str, Any], depth: int) -> int:
    """Return how many terms a filter has; raise where one is not right."""
    deepest = get_limit("FILTER_MAX_DEPTH")
    if depth > deepest:
        raise LimitExceeded(f"A filter nests at most {deepest} levels deep.")
    terms = 0
    for name, value in given.items():
        if value is None:
            continue
        if name in {"and", "or"}:
            terms += sum(check_filter(item, depth + 1) for item in value if item is not None)
            continue
        for operator, operand in value.items():
            check_operand(name, operator, operand)
            terms += 1
    return terms


def check_operand(name: str, operator: str, operand: Any) -> None:
    if operator not in OPERATORS:
        raise BadRequest(f"'{name}' has no operator '{operator}' in a subscription's filter.")
    if operator == "between" and (not isinstance(operand, list) or len(operand) != 2):
        raise BadRequest(f"'between' for '{name}' takes exactly two values.")
    longest = get_limit("FILTER_MAX_ITEMS")
    if isinstance(operand, list) and len(operand) > longest:
        raise LimitExceeded(f"A list in a filter has at most {longest} items.")
