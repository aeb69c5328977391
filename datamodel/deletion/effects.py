"""What a delete would do, told link by link: how many records, and some of them by name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from datamodel.deletion.walk import Walk
from datamodel.modelgen import Record, load_parent_labels
from datamodel.schema.ir import Link, OnDelete

__all__ = ["MOST", "Bound", "Effect", "Example", "summarize"]

MOST = 1000
"""How many records people are told the number of."""
EXAMPLES = 5
"""How many records an effect or a refusal names."""


class Bound(StrEnum):
    """What a count says: so many, more than so many, or at least so many."""

    EXACT = "exact"
    MORE = "more than"
    LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Example:
    """A record that an effect names: what it is called, and its key in addresses."""

    label: str
    url_key: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens along one link: to how many records, and to which, for example."""

    link: Link
    policy: OnDelete
    model: str
    count: int
    """How many records were found; no more than ``MOST`` of a preview, which may stop there."""
    bound: Bound
    shown: tuple[Example, ...]
    depth: int
    """1 for the children of what is deleted, 2 for theirs."""

    @property
    def examples(self) -> tuple[str, ...]:
        """What the shown records are called."""
        return tuple(example.label for example in self.shown)


def summarize(walk: Walk, *, only: OnDelete | None = None, most: int | None = MOST) -> Iterator[Effect]:
    """Return one effect per link: what blocks, then what goes, then what is cleared.

    More than ``most`` records are told as more than that.
    """
    for found in walk.by_link():
        if only not in (None, found.policy):
            continue
        count, bound = len(found.pks), Bound.EXACT if walk.is_known(found.link) else Bound.LEAST
        if most is not None and count > most:
            count, bound = most, Bound.MORE
        shown = examples(walk.models[found.link.child], found.pks[:EXAMPLES])
        yield Effect(found.link, found.policy, found.link.child, count, bound, shown, found.depth)


def examples(model: type[Record], pks: Sequence[int]) -> tuple[Example, ...]:
    """Return the records of these keys by name, in the order given."""
    found = list(model.objects.filter(pk__in=pks))
    load_parent_labels(found)
    by_pk = {record.pk: Example(record.label, record.url_key) for record in found}
    return tuple(by_pk[pk] for pk in pks if pk in by_pk)
