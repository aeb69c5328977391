"""How many records each model has, cheaply: counted again only after something was written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.db.models import Count, IntegerField, QuerySet, Subquery, Value

from datamodel.modelgen import Record
from datamodel.models import Change, SchemaVersion
from datamodel.registry import DataModel
from datamodel.schema.ir import Link

__all__ = ["REFERENCES_COUNTED", "record_counts", "reference_counts"]

TABLES_PER_STATEMENT = 100
"""SQLite takes at most 500 parts in one UNION."""
REFERENCES_COUNTED = 1000
"""Where a relationship holds more records, this is all that is told."""
LINKS_PER_STATEMENT = 100
PATIENCE = 20
"""A count that took a second is kept for this many seconds, however much is written meanwhile."""


@dataclass(frozen=True, slots=True)
class _Counted:
    counts: Mapping[str, int]
    last_change: int
    fresh_until: float


_counted: WeakKeyDictionary[DataModel, _Counted] = WeakKeyDictionary()


def record_counts(datamodel: DataModel) -> Mapping[str, int]:
    """Return the number of live records by model name."""
    known = _counted.get(datamodel)
    last_change = _last_change()
    if known and (known.last_change == last_change or time.monotonic() < known.fresh_until):
        return known.counts
    started = time.monotonic()
    counts = dict(_count(datamodel))
    finished = time.monotonic()
    _counted[datamodel] = _Counted(counts, last_change, finished + PATIENCE * _cost(finished - started))
    return counts


def _cost(seconds: float) -> float:
    """Small counts are taken as free, so that a page shows what was just written."""
    return seconds if seconds > 0.1 else 0.0


def _last_change() -> int:
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


def _count(datamodel: DataModel) -> Iterator[tuple[str, int]]:
    names = list(datamodel.models)
    for start in range(0, len(names), TABLES_PER_STATEMENT):
        parts = [
            datamodel.models[name]
            .objects.order_by()
            .annotate(joinery_model=Value(name))
            .values("joinery_model")
            .annotate(joinery_count=Count("pk"))
            .values_list("joinery_model", "joinery_count")
            for name in names[start : start + TABLES_PER_STATEMENT]
        ]
        yield from parts[0].union(*parts[1:], all=True) if parts else ()


class RowCount(Subquery):
    """How many rows a query answers with."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS joinery_rows)"
    output_field = IntegerField()


def reference_counts(datamodel: DataModel, links: Sequence[Link]) -> Mapping[str, int]:
    """Return how many live records refer to a parent by each link; over ``REFERENCES_COUNTED``, one more."""
    counts: dict[str, int] = {}
    for start in range(0, len(links), LINKS_PER_STATEMENT):
        chunk = links[start : start + LINKS_PER_STATEMENT]
        parts = {f"joinery_{i}": RowCount(_referring(datamodel, link)) for i, link in enumerate(chunk)}
        row = SchemaVersion.objects.filter(is_active=True).values_list(*parts.values()).first()
        counts.update(zip((link.name for link in chunk), row or (), strict=False))
    return counts


def _referring(datamodel: DataModel, link: Link) -> QuerySet[Record, dict[str, int]]:
    child = datamodel.model(link.child)
    filled = {f"{child.names.attribute(name)}__isnull": False for name in link.reference_fields}
    return child.objects.filter(**filled).order_by().values("pk")[: REFERENCES_COUNTED + 1]
