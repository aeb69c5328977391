"""Filters and conditions as the database's conditions, with the semantics of DynamoDB.

Every condition made here is either true or false, never null, so that ``not`` means what it says:
a comparison with a missing value is false, `ne` and `notContains` are true for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Left, Length, StrIndex
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual

from datamodel.graphql.errors import BadRequest, LimitExceeded
from datamodel.graphql.expressions import ListEquals, ListHolds, ListLength
from datamodel.graphql.shape import operator_kind
from datamodel.graphql.slots import Slot, check_text, known
from datamodel.limits import get_limit
from datamodel.modelgen import Record
from datamodel.schema.ir import FieldKind, FieldOrigin, ModelField

__all__ = ["NOTHING", "Attribute", "build_filter", "find_attribute", "key_condition", "starts_with"]

NOTHING = Q(Value(False))
"""The condition that no record meets."""

LOOKUPS = {"eq": "exact", "lt": "lt", "le": "lte", "gt": "gt", "ge": "gte"}
SIZES: dict[str, Any] = {
    "eq": Exact,
    "lt": LessThan,
    "le": LessThanOrEqual,
    "gt": GreaterThan,
    "ge": GreaterThanOrEqual,
}


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a filter's field name stands for. ``name`` is None where the model has no such attribute."""

    label: str
    name: str | None
    kind: str = "String"
    is_list: bool = False

    @property
    def is_present(self) -> Q:
        return Q(**{f"{self.name}__isnull": False}) if self.name else NOTHING


def find_attribute(record: type[Record], field_name: str) -> Attribute:
    """Return the stored attribute behind a field name of the API."""
    if field_name == "_deleted" and record.schema.has_datastore:
        return Attribute(field_name, "joinery_deleted", "Boolean")
    field = record.model_type.find_field(field_name)
    if field is not None and field.origin is FieldOrigin.VERSION:
        return Attribute(field_name, "joinery_version", "Int")
    if field is None or not field.is_stored or field.type.kind is FieldKind.CUSTOM:
        return Attribute(field_name, None)
    return Attribute(field_name, record.names.attribute(field_name), kind_of(field), field.type.is_list)


def kind_of(field: ModelField) -> str:
    return operator_kind(field.type.name) if field.type.kind is FieldKind.SCALAR else "String"


class Budget:
    """Counts a filter's terms, so that no filter grows without bound."""

    def __init__(self) -> None:
        self.terms = 0
        self.limit = get_limit("FILTER_MAX_TERMS")

    def spend(self) -> None:
        self.terms += 1
        if self.terms > self.limit:
            raise LimitExceeded(f"A filter has at most {self.limit} terms.")


def build_filter(record: type[Record], given: Mapping[str, Any] | None) -> Q:
    """Return the condition that a filter or condition input stands for; an empty one holds for every record."""
    return combine(record, given or {}, Budget(), depth=1)


def combine(record: type[Record], given: Mapping[str, Any], budget: Budget, depth: int) -> Q:
    """Return the conjunction of a filter object's fields and its `and`, `or` and `not`."""
    deepest = get_limit("FILTER_MAX_DEPTH")
    if depth > deepest:
        raise LimitExceeded(f"A filter nests at most {deepest} levels deep.")
    parts = []
    for name, value in given.items():
        if value is None:
            continue
        match name:
            case "and" | "or":
                inner = [combine(record, item, budget, depth + 1) for item in value if item is not None]
                parts.append(reduce(and_ if name == "and" else or_, inner, Q()))
            case "not":
                inner_part = combine(record, value, budget, depth + 1)
                parts.append(~inner_part if inner_part else Q())
            case _:
                parts.append(field_condition(find_attribute(record, name), value, budget))
    return reduce(and_, parts, Q())


def field_condition(attribute: Attribute, operators: Mapping[str, Any], budget: Budget) -> Q:
    """Return the conjunction of the operators given for one field."""
    condition = Q()
    for operator, operand in operators.items():
        budget.spend()
        condition &= OPERATORS[operator](attribute, operator, check_operand(operand))
    return condition


def check_operand(operand: Any) -> Any:
    """Refuse text that no database can hold, and lists longer than allowed; return the operand."""
    if isinstance(operand, list):
        if len(operand) > get_limit("FILTER_MAX_ITEMS"):
            raise LimitExceeded(f"A list in a filter has at most {get_limit('FILTER_MAX_ITEMS')} items.")
        return [check_operand(item) for item in operand]
    return check_text(operand) if isinstance(operand, str) else operand


def compare(attribute: Attribute, operator: str, operand: Any) -> Q:
    """`eq`, `lt`, `le`, `gt`, `ge`: false for a missing value; `eq: null` is true for it."""
    if operand is None:
        return ~attribute.is_present if operator == "eq" else NOTHING
    if attribute.name is None or (attribute.is_list and not isinstance(operand, list)):
        return NOTHING
    if attribute.is_list:
        return attribute.is_present & Q(ListEquals(attribute.name, operand))
    return attribute.is_present & Q(**{f"{attribute.name}__{LOOKUPS[operator]}": operand})


def differs(attribute: Attribute, _operator: str, operand: Any) -> Q:
    """`ne`: true for a missing value, unless asked for null."""
    return ~compare(attribute, "eq", operand)


def contains(attribute: Attribute, _operator: str, operand: Any) -> Q:
    """`contains`: a substring of a text, a member of a list; case counts."""
    if operand is None or attribute.name is None:
        return NOTHING
    if attribute.is_list:
        return attribute.is_present & Q(ListHolds(attribute.name, operand))
    if attribute.kind not in {"String", "ID"}:
        return NOTHING
    return attribute.is_present & Q(GreaterThan(StrIndex(F(attribute.name), expression(operand)), 0))


def lacks(attribute: Attribute, operator: str, operand: Any) -> Q:
    """`notContains`: true for a missing value."""
    return ~contains(attribute, operator, operand)


def begins_with(attribute: Attribute, _operator: str, operand: Any) -> Q:
    if operand is None or attribute.name is None or attribute.is_list:
        return NOTHING
    return attribute.is_present & starts_with(attribute.name, operand)


def starts_with(name: str, prefix: str) -> Q:
    """Return the condition that a text begins with ``prefix``; the lower bound lets an index serve it."""
    text = expression(prefix)
    return Q(**{f"{name}__gte": prefix}) & Q(Exact(Left(F(name), Length(text)), text))


def expression(operand: Any) -> Any:
    """Return an operand as functions of the database take it."""
    return operand if isinstance(operand, Slot) else Value(operand)


def is_between(attribute: Attribute, _operator: str, operand: Any) -> Q:
    low, high = read_bounds(operand, attribute.label)
    return compare(attribute, "ge", low) & compare(attribute, "le", high)


def read_bounds(operand: Any, label: str) -> tuple[Any, Any]:
    """Return both ends of a `between`."""
    if not isinstance(operand, Sequence) or len(operand) != 2:
        raise BadRequest(f"'between' for '{label}' takes exactly two values.")
    return operand[0], operand[1]


def attribute_exists(attribute: Attribute, _operator: str, operand: Any) -> Q:
    if operand is None:
        return Q()
    return attribute.is_present if known(operand) else ~attribute.is_present


def has_type(attribute: Attribute, _operator: str, operand: Any) -> Q:
    """`attributeType`: decided by the field's declared type, and by whether there is a value."""
    operand = known(operand)
    if operand == "_null":
        return ~attribute.is_present
    if attribute.is_list:
        stored = "list"
    else:
        stored = {"Int": "number", "Float": "number", "Boolean": "bool"}.get(attribute.kind, "string")
    return attribute.is_present if operand == stored else NOTHING


def has_size(attribute: Attribute, _operator: str, operand: Any) -> Q:
    """`size`: the length of a text or a list."""
    if attribute.name is None or operand is None:
        return NOTHING
    size = ListLength(F(attribute.name)) if attribute.is_list else Length(F(attribute.name))
    condition = Q()
    for operator, number in operand.items():
        match operator:
            case "between":
                low, high = read_bounds(number, attribute.label)
                part = Q(GreaterThanOrEqual(size, low)) & Q(LessThanOrEqual(size, high))
            case "ne":
                part = ~Q(Exact(size, number))
            case _:
                part = Q(SIZES[operator](size, number))
        condition &= part if number is not None else Q()
    return attribute.is_present & condition


Operator = Callable[[Attribute, str, Any], Q]

OPERATORS: dict[str, Operator] = {
    **dict.fromkeys(LOOKUPS, compare),
    "ne": differs,
    "contains": contains,
    "notContains": lacks,
    "beginsWith": begins_with,
    "between": is_between,
    "attributeExists": attribute_exists,
    "attributeType": has_type,
    "size": has_size,
}


def key_condition(attributes: Sequence[Attribute], argument: str, given: Mapping[str, Any]) -> Q:
    """Return the condition of a sort key argument; several attributes make a composite key."""
    operators = {name: value for name, value in given.items() if value is not None}
    if len(attributes) == 1:
        return field_condition(attributes[0], operators, Budget())
    if len(operators) > 1:
        raise BadRequest(
            f"Argument {argument} must specify at most one key condition operation.",
            error_type="InvalidArgumentsError",
        )
    condition = Q()
    for operator, operand in operators.items():
        condition &= composite_condition(attributes, argument, operator, operand)
    return condition


def composite_condition(attributes: Sequence[Attribute], argument: str, operator: str, operand: Any) -> Q:
    """Compare several attributes at once, the first being the most significant."""
    if operator == "between":
        low, high = read_bounds(operand, argument)
        if low is None or high is None:
            return NOTHING
        return compare_rows(attributes, "ge", read_row(attributes, argument, low)) & compare_rows(
            attributes, "le", read_row(attributes, argument, high)
        )
    row = read_row(attributes, argument, operand)
    if operator == "beginsWith" and row:
        *whole, last = zip(attributes, row, strict=False)
        condition = reduce(and_, (compare(a, "eq", v) for a, v in whole), Q())
        is_text = last[0].kind in {"String", "ID"}
        return condition & (
            begins_with(last[0], operator, last[1]) if is_text else compare(last[0], "eq", last[1])
        )
    return compare_rows(attributes, operator, row)


def read_row(attributes: Sequence[Attribute], argument: str, given: Mapping[str, Any]) -> list[Any]:
    """Return the values given for a composite key; a later one needs all the earlier ones."""
    row: list[Any] = []
    for position, attribute in enumerate(attributes):
        value = check_operand(given.get(attribute.label))
        if value is None:
            continue
        if len(row) < position:
            missing = attributes[len(row)].label
            raise BadRequest(
                f"When providing argument '{argument}.{attribute.label}' you must also provide "
                f"'{argument}.{missing}'.",
                error_type="InvalidArgumentsError",
            )
        row.append(value)
    return row


def compare_rows(attributes: Sequence[Attribute], operator: str, row: Sequence[Any]) -> Q:
    """Compare the attributes with the values given, the way tuples compare."""
    pairs = list(zip(attributes, row, strict=False))
    equal = reduce(and_, (compare(a, "eq", v) for a, v in pairs), Q())
    if operator == "eq" or not pairs:
        return equal
    strict = "lt" if operator in {"lt", "le"} else "gt"
    condition = equal if operator in {"le", "ge"} else NOTHING
    prefix = Q()
    for attribute, value in pairs:
        condition |= prefix & compare(attribute, strict, value)
        prefix &= compare(attribute, "eq", value)
    return condition
