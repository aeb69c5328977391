"""Filters, search and order of a list page, read from the query string and written back to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import QueryDict

from adminui.joints import Joint, find_joint
from adminui.options import Column, ColumnKind, ModelOptions, options_for
from adminui.related import Chip, chip_of, find_by_url_key, search_records, searched
from datamodel.modelgen import Record
from datamodel.modelgen.values import parse_scalar
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldKind, ModelField

__all__ = ["Filter", "ListQuery", "Operator", "Subject", "looked_for", "subjects"]

TEXTS = frozenset({"ID", "String", "AWSEmail", "AWSURL", "AWSPhone", "AWSIPAddress", "AWSJSON"})
ORDERED_TEXTS = frozenset({"AWSDate", "AWSTime", "AWSDateTime"})
SHOWN_VALUES = 6
MOST_CHOICES = 200
RESERVED = frozenset({"q", "_sort", "_page", "_filter", "_op", "_value", "_list"})


@dataclass(frozen=True, slots=True)
class Operator:
    """A way to compare, its suffix in the address, and the words in the pill."""

    suffix: str
    words: str
    lookup: str = ""
    is_negated: bool = False
    takes_value: bool = True


IS = Operator("exact", "is", "exact")
IS_NOT = Operator("ne", "is not", "exact", is_negated=True)
IN = Operator("in", "is one of", "in")
CONTAINS = Operator("contains", "contains", "icontains")
LACKS = Operator("lacks", "does not contain", "icontains", is_negated=True)
BEGINS = Operator("startswith", "begins with", "istartswith")
ABOVE = Operator("gt", "is more than", "gt")
FROM = Operator("gte", "is at least", "gte")
BELOW = Operator("lt", "is less than", "lt")
TO = Operator("lte", "is at most", "lte")
SINCE = Operator("gte", "is from", "gte")
UNTIL = Operator("lte", "is until", "lte")
EMPTY = Operator("isnull", "has no value", "isnull", takes_value=False)
PRESENT = Operator("notnull", "has a value", "isnull", is_negated=True, takes_value=False)
NONE = Operator("isnull", "has none", takes_value=False)
ANY = Operator("notnull", "has any", takes_value=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be filtered by: a stored field or a relationship."""

    name: str
    field: ModelField | None
    joint: Joint | None
    operators: tuple[Operator, ...]
    values: tuple[str, ...] = ()
    """What the value may be, where it is one of few."""

    @property
    def title(self) -> str:
        return self.joint.title if self.joint else self.name

    @property
    def input_type(self) -> str:
        """The kind of input that a value is typed into."""
        name = self.field.type.name if self.field else ""
        return "date" if name == "AWSDate" else "text"

    def operator(self, suffix: str) -> Operator | None:
        return next((o for o in self.operators if o.suffix == suffix), None)


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that is on: what, how, against what, and how to take it off."""

    parameter: str
    subject: Subject
    operator: Operator
    value: str
    shown: str
    condition: Q
    problem: str = ""
    without: str = ""

    @property
    def title(self) -> str:
        return self.subject.title


def subjects(options: ModelOptions) -> tuple[Subject, ...]:
    """Return everything the records of a model can be filtered by: relationships, then fields."""
    joined = tuple(Subject(j.slug, None, j, (IS, ANY, NONE)) for j in options.joints)
    return joined + tuple(_of_field(options, field) for field in options.model.stored_fields)


def _of_field(options: ModelOptions, field: ModelField) -> Subject:
    name, kind = field.type.name, field.type.kind
    null = () if field.type.is_required else (PRESENT, EMPTY)
    if field.type.is_list or kind is FieldKind.CUSTOM:
        return Subject(field.name, field, None, null or (PRESENT,))
    if kind is FieldKind.ENUM:
        values = next((e.names for e in _enums(options, name)), ())
        return Subject(field.name, field, None, (IS, IS_NOT, IN, *null), values)
    if name == "Boolean":
        return Subject(field.name, field, None, (IS, *null), ("true", "false"))
    if name in TEXTS:
        return Subject(field.name, field, None, (CONTAINS, IS, IS_NOT, BEGINS, LACKS, IN, *null))
    if name in ORDERED_TEXTS:
        return Subject(field.name, field, None, (SINCE, UNTIL, IS, BEGINS, *null))
    return Subject(field.name, field, None, (IS, FROM, TO, ABOVE, BELOW, IS_NOT, IN, *null))


def _enums(options: ModelOptions, name: str) -> Iterator[Any]:
    return (enum for enum in options.enums if enum.name == name)


class ListQuery:
    """The query string of a list page, understood."""

    def __init__(self, datamodel: DataModel, model: str, data: QueryDict) -> None:
        self.datamodel = datamodel
        self.model = model
        self.data = data
        self.options = options_for(datamodel, model)
        self.subjects = subjects(self.options)
        self.text = looked_for(data.get("q", ""))
        self.unknown: list[str] = []
        self.filters = tuple(self._read_filters())

    def _read_filters(self) -> Iterator[Filter]:
        for parameter in self.data:
            if parameter in RESERVED and self._subject(parameter) is None:
                continue
            found = self._understand(parameter)
            if found is None:
                if not parameter.startswith("_"):
                    self.unknown.append(parameter)
                continue
            for value in self.data.getlist(parameter):
                yield self._filter(parameter, *found, value)

    @property
    def adding(self) -> Subject | None:
        """What the filter being added is about, once it was chosen."""
        return self._subject(self.data.get("_filter", ""))

    @property
    def adding_takes_value(self) -> bool:
        return self.adding is not None and any(operator.takes_value for operator in self.adding.operators)

    @property
    def adding_input(self) -> str:
        return self.adding.input_type if self.adding else "text"

    @property
    def adding_choices(self) -> list[Chip]:
        """What the value can be chosen from."""
        if self.adding is None:
            return []
        if self.adding.joint is not None:
            far = self.adding.joint.far.name
            return [chip_of(one) for one in search_records(self.datamodel, far, "", MOST_CHOICES)]
        return [Chip(value, value) for value in self.adding.values]

    def added_address(self) -> str:
        """Return the query string with the filter that the small form describes; nothing where it is not done."""
        operator = self.adding.operator(self.data.get("_op", "")) if self.adding else None
        if self.adding is None or operator is None:
            return ""
        suffix = "" if operator is IS and self._subject(self.adding.name) else f"__{operator.suffix}"
        data = self._without_form()
        data.appendlist(
            self.adding.name + suffix, self.data.get("_value", "") if operator.takes_value else "true"
        )
        return "?" + data.urlencode()

    def _without_form(self) -> QueryDict:
        data = self.data.copy()
        for name in ("_filter", "_op", "_value", "_page"):
            data.pop(name, None)
        return data

    @property
    def plain_address(self) -> str:
        return "?" + self._without_form().urlencode()

    @property
    def querystring(self) -> str:
        """The query string, to come back to this list."""
        data = self.data.copy()
        for name in ("_filter", "_op", "_value", "_list"):
            data.pop(name, None)
        return data.urlencode()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a search or another filter leaves as it is."""
        dropped = ("q", "_page", "_filter", "_op", "_value", "_list")
        return [
            (name, value) for name in self.data if name not in dropped for value in self.data.getlist(name)
        ]

    def _subject(self, name: str) -> Subject | None:
        if name in RESERVED:
            return None
        return next((s for s in self.subjects if s.name == name), None)

    def _understand(self, parameter: str) -> tuple[Subject, Operator] | None:
        """Return what ``title__contains`` means; a field whose own name has ``__`` in it comes first."""
        if (subject := self._subject(parameter)) is not None:
            return subject, subject.operator("exact") or subject.operators[0]
        name, separator, suffix = parameter.rpartition("__")
        subject = next((s for s in self.subjects if s.name == name), None) if separator else None
        operator = subject.operator(suffix) if subject else None
        return (subject, operator) if subject and operator else None

    def _filter(self, parameter: str, subject: Subject, operator: Operator, value: str) -> Filter:
        problem, shown = "", value
        if operator in (EMPTY, PRESENT, NONE, ANY) and value.lower() in ("false", "0", "no"):
            operator = {EMPTY: PRESENT, PRESENT: EMPTY, NONE: ANY, ANY: NONE}[operator]
        try:
            if subject.joint is not None:
                condition, shown = self._joint_condition(subject.joint, operator, value)
            else:
                condition, shown = self._field_condition(subject, operator, value)
        except ValueError as error:
            condition, problem = Q(), str(error)
        without = self.address_without(parameter, value)
        return Filter(parameter, subject, operator, value, shown, condition, problem, without)

    def _field_condition(self, subject: Subject, operator: Operator, value: str) -> tuple[Q, str]:
        record_class = self.datamodel.model(self.model)
        attribute = record_class.names.attribute(subject.name)
        if operator.lookup == "isnull":
            return Q(**{f"{attribute}__isnull": not operator.is_negated}), ""
        if operator.lookup == "in":
            values = [part.strip() for part in value.split(",") if part.strip()]
            stored: Any = [self._parse(subject, operator, part) for part in values]
            shown = ", ".join(values[:SHOWN_VALUES]) + ("…" if len(values) > SHOWN_VALUES else "")
        else:
            stored, shown = self._parse(subject, operator, value), value
        condition = Q(**{f"{attribute}__{operator.lookup}": stored})
        if not operator.is_negated:
            return condition, shown
        return ~condition | Q(**{f"{attribute}__isnull": True}), shown

    def _parse(self, subject: Subject, operator: Operator, value: str) -> Any:
        """Return the value as stored; raise ValueError where it can't be one."""
        if "\0" in value:
            raise ValueError("A filter can't hold the character NUL.")
        if subject.values:
            if value not in subject.values:
                raise ValueError(f"'{value}' is not one of {', '.join(subject.values)}.")
            is_boolean = subject.field is not None and subject.field.type.name == "Boolean"
            return value == "true" if is_boolean else value
        name = subject.field.type.name if subject.field else ""
        if name in ("Int", "AWSTimestamp"):
            return parse_scalar(name, _whole(value))
        if name == "Float":
            return parse_scalar(name, _number(value))
        return value

    def _joint_condition(self, joint: Joint, operator: Operator, value: str) -> tuple[Q, str]:
        if operator is not IS:
            return self._presence(joint, is_wanted=operator is ANY), ""
        far = find_by_url_key(self.datamodel, joint.far.name, value)
        if far is None:
            raise ValueError(f"There is no {joint.far.name} with the key '{value}'.")
        return self._joined_to(joint, far), far.label

    def _joined_to(self, joint: Joint, far: Record) -> Q:
        """The condition that a record is joined to ``far``."""
        link, near_class = joint.link, self.datamodel.model(self.model)
        if joint.is_reference:
            return _pairs(near_class, link.reference_fields, far, link.identifier_fields)
        if joint.far_link is not None:
            join_class = self.datamodel.model(link.child)
            of_far = _pairs(
                join_class, joint.far_link.reference_fields, far, joint.far_link.identifier_fields
            )
            return Q(Exists(join_class.objects.filter(of_far, self._outer(joint))))
        return _pairs(near_class, link.identifier_fields, far, link.reference_fields)

    def _outer(self, joint: Joint) -> Q:
        """The condition of a subquery that its records refer to the listed record."""
        child_class, near_class = self.datamodel.model(joint.link.child), self.datamodel.model(self.model)
        pairs = zip(joint.link.reference_fields, joint.link.identifier_fields, strict=True)
        return Q(
            **{child_class.names.attribute(a): OuterRef(near_class.names.attribute(b)) for a, b in pairs}
        )

    def _presence(self, joint: Joint, *, is_wanted: bool) -> Q:
        if joint.is_reference:
            near_class = self.datamodel.model(self.model)
            condition = Q()
            for name in joint.link.reference_fields:
                condition &= Q(**{f"{near_class.names.attribute(name)}__isnull": False})
        else:
            condition = Q(Exists(self.datamodel.model(joint.link.child).objects.filter(self._outer(joint))))
        return condition if is_wanted else ~condition

    def records(self) -> QuerySet[Record]:
        """Return the records that pass, in order."""
        found = self.datamodel.model(self.model).objects.all()
        for one in self.filters:
            found = found.filter(one.condition)
        if self.text:
            found = found.filter(searched(self.datamodel, self.model, self.text))
        return self._ordered(found)

    @property
    def sort(self) -> str:
        return self.data.get("_sort") or self.options.default_sort

    def _ordered(self, found: QuerySet[Record]) -> QuerySet[Record]:
        """Order by the columns named in ``_sort``; those without a value come last, ties by age."""
        order: list[Any] = []
        for part in self.sort.split(","):
            name = part.removeprefix("-")
            path = self._sort_path(name)
            if path is not None:
                expression = F(path)
                is_down = part.startswith("-")
                order.append(expression.desc(nulls_last=True) if is_down else expression.asc(nulls_last=True))
        return found.order_by(*order, "-pk" if not order or self.sort.startswith("-") else "pk")

    def _sort_path(self, name: str) -> str | None:
        """Return what a column is ordered by: its own value, or the label of the record it refers to."""
        record_class = self.datamodel.model(self.model)
        field = self.options.model.find_field(name)
        if field is not None and field.is_stored:
            return record_class.names.attribute(name)
        joint = find_joint(self.datamodel, self.model, name)
        if joint is None or not joint.is_reference or joint.field is None:
            return None
        label = options_for(self.datamodel, joint.far.name).label
        if label is None:
            return record_class.names.attribute(joint.link.reference_fields[0])
        far_class = self.datamodel.model(joint.far.name)
        return f"{record_class.names.attribute(name)}__{far_class.names.attribute(label.name)}"

    def can_sort(self, column: Column) -> bool:
        return column.kind is not ColumnKind.VALUES and self._sort_path(column.name) is not None

    @property
    def is_narrowed(self) -> bool:
        """True where a search or a filter leaves records out."""
        return bool(self.text or self.filters)

    def address(self, **changes: str) -> str:
        """Return the query string with some parameters set, or taken away where they are empty."""
        data = self.data.copy()
        data.pop("_page", None)
        for name, value in changes.items():
            if value:
                data[name] = value
            else:
                data.pop(name, None)
        return "?" + data.urlencode()

    def address_without(self, parameter: str, value: str) -> str:
        """Return the query string without one filter."""
        data = self.data.copy()
        data.pop("_page", None)
        data.setlist(parameter, [v for v in data.getlist(parameter) if v != value])
        return "?" + data.urlencode()


def _pairs(near_class: type[Record], near: tuple[str, ...], far: Record, there: tuple[str, ...]) -> Q:
    values = [far.get_value(name) for name in there]
    if None in values:
        return Q(pk__in=[])
    return Q(**{near_class.names.attribute(n): v for n, v in zip(near, values, strict=True)})


def _whole(value: str) -> int:
    try:
        return int(value.strip()[:30])
    except ValueError:
        raise ValueError(f"'{value}' is not a whole number.") from None


def _number(value: str) -> float:
    try:
        return float(value.strip()[:60])
    except ValueError:
        raise ValueError(f"'{value}' is not a number.") from None


def looked_for(text: str) -> str:
    """Return what to look for, without spaces around it and without NUL, which no stored text holds."""
    return text.replace("\0", "").strip()
