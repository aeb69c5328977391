"""Sets of stored records, told by their surrogate keys: what a delete works on instead of single records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from datamodel.modelgen.plain import OddNames
from datamodel.schema.ir import Link

if TYPE_CHECKING:
    from datamodel.modelgen.record import Record

__all__ = ["BATCH", "RecordSet", "among", "batches", "numbers", "source"]

BATCH = 5000
"""How many records one statement writes: one of more would take long to plan, to sort and to cancel."""


@dataclass(frozen=True, slots=True)
class RecordSet:
    """Records of one model to which a delete does the same for the same reason."""

    model: type[Record]
    pks: Sequence[int]
    link: Link | None = None
    """The link by which they were reached; None for the records that somebody deletes."""
    cleared: Mapping[str, Any] | None = None
    """New values by field, for records that stay; None for those that go."""
    odd: OddNames | None = None
    """What is known of the names of the records and their parents; None where nobody looked."""

    @property
    def has_plain_keys(self) -> bool:
        return self.odd is not None and self.model.model_type.name not in self.odd.keys

    @property
    def has_plain_labels(self) -> bool:
        return self.odd is not None and self.model.model_type.name not in self.odd.labels

    @property
    def has_plain_parents(self) -> bool:
        return self.odd is not None and self.link is not None and self.link.parent not in self.odd.keys


def batches(pks: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the keys in pieces that one statement can write."""
    for start in range(0, len(pks), BATCH):
        yield pks[start : start + BATCH]


def numbers(pks: Sequence[int]) -> str:
    """Return the keys as the one parameter that ``source`` and ``among`` take."""
    text = ",".join(map(str, pks))
    return f"[{text}]" if connection.vendor == "sqlite" else f"{{{text}}}"


def source(alias: str) -> str:
    """Return SQL to select from: the keys as ``pk`` in their order ``n``, out of one parameter."""
    if connection.vendor == "sqlite":
        return f"(SELECT value AS pk, key AS n FROM json_each(%s)) AS {alias}"  # noqa: S608 (likewise)
    return f"unnest(%s::bigint[]) WITH ORDINALITY AS {alias}(pk, n)"


def among(expression: str) -> str:
    """Return the condition that the expression is one of the keys, out of one parameter."""
    if connection.vendor == "sqlite":
        return f"{expression} IN (SELECT value FROM json_each(%s))"  # noqa: S608 (no value in it)
    return f"{expression} = ANY(%s::bigint[])"
