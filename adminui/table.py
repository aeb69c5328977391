"""The table of a list page: one page of records, their cells, and what they are joined to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from adminui.filters import ListQuery
from adminui.joints import Joint
from adminui.options import Column, ColumnKind
from adminui.related import Chip, Chips, chips_by_row, counts_by_row, ones_by_row
from datamodel.modelgen import Record, load_parent_labels

__all__ = ["Cell", "Head", "Row", "Table", "load_table"]

PAGE_SIZE = 50
COUNT_LIMIT = 10_000
SHORT = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A value ready to be drawn."""

    column: Column
    value: Any = None
    text: str = ""
    """The value in short, for the kinds that have no look of their own."""
    whole: str = ""
    """All of it, where ``text`` is cut."""
    url: str = ""
    chip: Chip | None = None
    chips: Chips | None = None

    @property
    def template(self) -> str:
        return f"adminui/records/cells/{self.column.kind}.html"


@dataclass(frozen=True, slots=True)
class Row:
    """A record in the table."""

    key: str
    label: str
    url: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: its words, and the address that sorts by it."""

    column: Column
    sort_url: str = ""
    direction: str = ""
    """``ascending`` or ``descending`` where the table is sorted by this column."""


@dataclass(frozen=True, slots=True)
class Table:
    """A page of records."""

    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    page: int
    count: int
    is_count_capped: bool
    has_next: bool

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def next_page(self) -> str:
        return str(self.page + 1) if self.has_next else ""

    @property
    def previous_page(self) -> str:
        return str(self.page - 1) if self.page > 1 else ""


def load_table(query: ListQuery, page: int) -> Table:
    """Return a page of the records that pass: one query for them, one for the count, one or two per relationship."""
    found = query.records()
    start = (page - 1) * PAGE_SIZE
    records = list(found[start : start + PAGE_SIZE + 1])
    has_next, records = len(records) > PAGE_SIZE, records[:PAGE_SIZE]
    load_parent_labels(records)
    count, is_capped = _count(query, start, records, has_next=has_next)
    related = {
        column.name: _related(query, column.kind, column.joint, records)
        for column in query.options.columns
        if column.joint is not None
    }
    return Table(
        heads=tuple(_head(query, column) for column in query.options.columns),
        rows=tuple(_row(query, record, related) for record in records),
        page=page,
        count=count,
        is_count_capped=is_capped,
        has_next=has_next,
    )


def _count(query: ListQuery, start: int, records: Sequence[Record], *, has_next: bool) -> tuple[int, bool]:
    """Return how many records pass, counting no further than a limit; the last page counts itself."""
    if not has_next and (records or start == 0):
        return start + len(records), False
    counted = query.records().order_by()[: COUNT_LIMIT + 1].count()
    return min(counted, COUNT_LIMIT), counted > COUNT_LIMIT


def _related(query: ListQuery, kind: ColumnKind, joint: Joint, records: Sequence[Record]) -> dict[Any, Any]:
    match kind:
        case ColumnKind.ONE:
            return ones_by_row(query.datamodel, joint, records)
        case ColumnKind.CHIPS:
            return chips_by_row(query.datamodel, joint, records)
        case _:
            return counts_by_row(query.datamodel, joint, records)


def _head(query: ListQuery, column: Column) -> Head:
    if not query.can_sort(column):
        return Head(column)
    first = query.sort.split(",")[0]
    if first == column.name:
        return Head(column, query.address(_sort=f"-{column.name}"), "ascending")
    direction = "descending" if first == f"-{column.name}" else ""
    return Head(column, query.address(_sort=column.name), direction)


def _row(query: ListQuery, record: Record, related: dict[str, dict[Any, Any]]) -> Row:
    url = reverse("record", args=[query.model, record.url_key])
    cells = tuple(
        _cell(record, column, related.get(column.name, {}), url) for column in query.options.columns
    )
    return Row(record.url_key, record.label, url, cells)


def _cell(record: Record, column: Column, related: dict[Any, Any], url: str) -> Cell:
    match column.kind:
        case ColumnKind.LABEL:
            return Cell(column, text=record.label, url=url)
        case ColumnKind.ONE:
            return Cell(column, chip=related.get(record.pk))
        case ColumnKind.CHIPS:
            return Cell(column, chips=related.get(record.pk, Chips()), url=url)
        case ColumnKind.COUNT:
            return Cell(column, related.get(record.pk, 0), url=_all_url(record, column))
        case _:
            return _plain_cell(record.get_value(column.name), column)


def _all_url(record: Record, column: Column) -> str:
    joint = column.joint
    if joint is None:
        return ""
    return f"{reverse('record_list', args=[joint.far.name])}?{joint.far_slug}={record.url_key}"


def _plain_cell(value: Any, column: Column) -> Cell:
    whole = in_short(value)
    text = whole if len(whole) <= SHORT else whole[: SHORT - 1] + "…"
    return Cell(column, value, text, whole if text != whole else "")


def in_short(value: Any) -> str:
    """Return any stored value as one line of text; never fails."""
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return ", ".join(in_short(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(in_short(item) for item in value.values() if item is not None)
    return json.dumps(value, ensure_ascii=False, default=str)
