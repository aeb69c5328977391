"""Reading records and what they are joined to: fixed numbers of queries, whatever the number of rows."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When, Window
from django.db.models.functions import Cast, RowNumber
from django.db.models.lookups import IContains
from django.urls import reverse

from adminui.joints import Joint
from adminui.options import options_for
from datamodel import records
from datamodel.modelgen import Record, decode_key, load_parent_labels
from datamodel.registry import DataModel
from datamodel.schema.ir import Link

__all__ = [
    "Chip",
    "Chips",
    "chip_of",
    "chips_by_identifier",
    "chips_by_row",
    "chips_of",
    "chips_with_notes",
    "counts_by_row",
    "far_queryset",
    "find_by_url_key",
    "missing_chip",
    "ones_by_row",
    "search_records",
    "searched",
]

CHIPS_PER_CELL = 2
SHORT_WORD = 3
"""A word of so few characters is in a good part of all generated ids: it must be all of one."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A related record as shown: label, address, key; ``is_missing`` where no record answers the reference."""

    key: str
    label: str
    url: str = ""
    note: str = ""
    is_missing: bool = False
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Chips:
    """The first related records of a row, and how many there are."""

    first: tuple[Chip, ...] = ()
    count: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def chip_of(record: Record, note: str = "") -> Chip:
    """Return the chip that stands for ``record``."""
    key = record.url_key
    return Chip(key, record.label, reverse("record", args=[record.model_type.name, key]), note)


def chips_of(found: Iterable[Record]) -> list[Chip]:
    """Return the chips that stand for some records."""
    found = list(found)
    load_parent_labels(found)
    return [chip_of(record) for record in found]


def find_by_url_key(datamodel: DataModel, model: str, text: str) -> Record | None:
    """Return the live record whose address ends in ``text``, None where there is none."""
    try:
        key = decode_key(datamodel.model(model).model_type, text)
    except (ValueError, KeyError):
        return None
    record = records.find(datamodel, model, key)
    load_parent_labels([record] if record else [])
    return record


def _values(record: Record, fields: Sequence[str]) -> tuple[Any, ...]:
    return tuple(record.get_value(field) for field in fields)


def _attributes(record_class: type[Record], fields: Sequence[str]) -> list[str]:
    return [record_class.names.attribute(field) for field in fields]


def _matching(record_class: type[Record], fields: Sequence[str], wanted: Iterable[tuple[Any, ...]]) -> Q:
    """The condition that ``fields`` together hold one of the wanted combinations."""
    attributes = _attributes(record_class, fields)
    complete = [values for values in dict.fromkeys(wanted) if None not in values]
    if len(attributes) == 1:
        return Q(**{f"{attributes[0]}__in": [values[0] for values in complete]})
    condition = Q(pk__in=[])
    for values in complete:
        condition |= Q(**dict(zip(attributes, values, strict=True)))
    return condition


def far_queryset(datamodel: DataModel, joint: Joint, record: Record) -> QuerySet[Record]:
    """Return the live records that ``record`` is joined to."""
    far_class, link = datamodel.model(joint.far.name), joint.link
    if joint.far_link is not None:
        join_class = datamodel.model(link.child)
        near = _matching(join_class, link.reference_fields, [_values(record, link.identifier_fields)])
        return far_class.objects.filter(
            Exists(join_class.objects.filter(near, _far_of(datamodel, joint.far_link)))
        )
    if joint.is_reference:
        wanted = _values(record, link.reference_fields)
        return far_class.objects.filter(_matching(far_class, link.identifier_fields, [wanted]))
    wanted = _values(record, link.identifier_fields)
    return far_class.objects.filter(_matching(far_class, link.reference_fields, [wanted]))


def _far_of(datamodel: DataModel, far_link: Link) -> Q:
    """The condition of a subquery over join records that the outer far record is theirs."""
    join_class, far_class = datamodel.model(far_link.child), datamodel.model(far_link.parent)
    pairs = zip(
        _attributes(join_class, far_link.reference_fields),
        _attributes(far_class, far_link.identifier_fields),
        strict=True,
    )
    return Q(**{near: OuterRef(far) for near, far in pairs})


def ones_by_row(datamodel: DataModel, joint: Joint, rows: Sequence[Record]) -> dict[Any, Chip]:
    """Return the one related record of each row, by the row's pk: one query for all rows."""
    link = joint.link
    here, there = (
        (link.reference_fields, link.identifier_fields)
        if joint.is_reference
        else (link.identifier_fields, link.reference_fields)
    )
    wanted = {row.pk: _values(row, here) for row in rows}
    present = [values for values in wanted.values() if None not in values]
    if not present:
        return {}
    far_class = datamodel.model(joint.far.name)
    far = list(far_class.objects.filter(_matching(far_class, there, present)))
    found = {_values(record, there): chip for record, chip in zip(far, chips_of(far), strict=True)}
    return {
        pk: found.get(values) or missing_chip(values)
        for pk, values in wanted.items()
        if None not in values and (values in found or joint.is_reference)
    }


def missing_chip(values: tuple[Any, ...]) -> Chip:
    """A reference that names no record."""
    return Chip("", ", ".join(str(value) for value in values), is_missing=True)


def counts_by_row(datamodel: DataModel, joint: Joint, rows: Sequence[Record]) -> dict[Any, int]:
    """Return how many children each row has, by the row's pk: one query for all rows."""
    child_class, link = datamodel.model(joint.link.child), joint.link
    attributes = _attributes(child_class, link.reference_fields)
    wanted = {row.pk: _values(row, link.identifier_fields) for row in rows}
    if not wanted:
        return {}
    counted = (
        child_class.objects.filter(_matching(child_class, link.reference_fields, wanted.values()))
        .order_by()
        .values(*attributes)
        .annotate(joinery_count=Count("pk"))
    )
    counts = {tuple(row[a] for a in attributes): row["joinery_count"] for row in counted}
    return {pk: counts.get(values, 0) for pk, values in wanted.items()}


def chips_by_row(
    datamodel: DataModel, joint: Joint, rows: Sequence[Record], limit: int = CHIPS_PER_CELL
) -> dict[Any, Chips]:
    """Return the first many-to-many records of each row, by the row's pk: two queries for all rows."""
    if joint.far_link is None or not rows:
        return {}
    join_class, near, far = datamodel.model(joint.link.child), joint.link, joint.far_link
    wanted = {row.pk: _values(row, near.identifier_fields) for row in rows}
    partition = [F(a) for a in _attributes(join_class, near.reference_fields)]
    joins = (
        join_class.objects.filter(_matching(join_class, near.reference_fields, wanted.values()))
        .annotate(
            joinery_row=Window(RowNumber(), partition_by=partition, order_by="pk"),
            joinery_total=Window(Count("pk"), partition_by=partition),
        )
        .filter(joinery_row__lte=limit)
        .order_by("pk")
    )
    found: dict[tuple[Any, ...], list[tuple[tuple[Any, ...], int]]] = defaultdict(list)
    for join in joins:
        values = _values(join, far.reference_fields)
        found[_values(join, near.reference_fields)].append((values, getattr(join, "joinery_total", 0)))
    chips = chips_by_identifier(datamodel, far, {values for pairs in found.values() for values, _ in pairs})
    return {pk: _cell(found.get(values, []), chips) for pk, values in wanted.items()}


def chips_by_identifier(
    datamodel: DataModel, far: Link, wanted: set[tuple[Any, ...]]
) -> Mapping[tuple[Any, ...], Chip]:
    """Return the live parents of a link by what its references hold: one query."""
    if not wanted:
        return {}
    far_class = datamodel.model(far.parent)
    found = list(far_class.objects.filter(_matching(far_class, far.identifier_fields, wanted)))
    pairs = zip(found, chips_of(found), strict=True)
    return {_values(record, far.identifier_fields): chip for record, chip in pairs}


def _cell(pairs: list[tuple[tuple[Any, ...], int]], chips: Mapping[tuple[Any, ...], Chip]) -> Chips:
    first = tuple(chips.get(values) or missing_chip(values) for values, _ in pairs)
    return Chips(first, pairs[0][1] if pairs else 0)


def searched(datamodel: DataModel, model: str, text: str) -> Q:
    """Return the condition that a record of ``model`` contains every word of ``text`` somewhere."""
    record_class, options = datamodel.model(model), options_for(datamodel, model)
    texts = [record_class.names.attribute(f.name) for f in options.search if f.type.name != "ID"]
    texts += _label_paths(datamodel, model)
    ids = [record_class.names.attribute(f.name) for f in options.search if f.type.name == "ID"]
    condition = Q()
    for word in text.replace("\0", "").split():
        somewhere = Q(pk__in=[])
        for attribute in texts:
            somewhere |= Q(**{f"{attribute}__icontains": word})
        for attribute in ids:
            somewhere |= Q(**{f"{attribute}__{'icontains' if len(word) > SHORT_WORD else 'iexact'}": word})
        condition &= somewhere | _in_label_value(record_class, word)
    return condition


def _in_label_value(record_class: type[Record], word: str) -> Q:
    """The condition that the value which names a record without a text contains ``word``."""
    field = record_class.joinery_label_value
    if field is None:
        return Q()
    # SQLite keeps a list as JSON in ASCII; PostgreSQL shows its characters as they are.
    is_escaped = field.type.is_list and connection.vendor == "sqlite"
    words = json.dumps(word)[1:-1] if is_escaped else word
    return Q(IContains(Cast(record_class.names.attribute(field.name), TextField()), words))


def _label_paths(datamodel: DataModel, model: str) -> list[str]:
    """The labels of the records that ``model`` refers to, as lookups."""
    record_class = datamodel.model(model)
    paths = []
    for joint in options_for(datamodel, model).joints:
        label = options_for(datamodel, joint.far.name).label
        if joint.is_reference and joint.field is not None and label is not None:
            far_class = datamodel.model(joint.far.name)
            near = record_class.names.attribute(joint.field.name)
            paths.append(f"{near}__{far_class.names.attribute(label.name)}")
    return paths


def chips_with_notes(datamodel: DataModel, found: Sequence[Record], joint: Joint | None) -> list[Chip]:
    """Return chips to choose from; each says whom it belongs to now, where choosing would take it away."""
    chips = chips_of(found)
    if joint is None or not joint.is_reference or not found:
        return chips
    owners = ones_by_row(datamodel, joint, found)
    return [
        replace(chip, note=_note(owners.get(record.pk))) for record, chip in zip(found, chips, strict=True)
    ]


def _note(owner: Chip | None) -> str:
    return f"now with {owner.label}" if owner else ""


def search_records(datamodel: DataModel, model: str, text: str, limit: int) -> list[Record]:
    """Return up to ``limit`` records that contain ``text``.

    Those whose label begins with it come first, then those whose label contains it, then the rest.
    """
    record_class, options = datamodel.model(model), options_for(datamodel, model)
    found = (
        record_class.objects.filter(searched(datamodel, model, text)) if text else record_class.objects.all()
    )
    if options.label is None:
        return list(found.order_by("-pk")[:limit])
    label = record_class.names.attribute(options.label.name)
    by_label = F(label).asc(nulls_last=True)
    if not text:
        return list(found.order_by(by_label, "pk")[:limit])
    closeness = Case(
        When(**{f"{label}__istartswith": text}, then=Value(0)),
        When(**{f"{label}__icontains": text}, then=Value(1)),
        default=Value(2),
    )
    return list(found.order_by(closeness, by_label, "pk")[:limit])
