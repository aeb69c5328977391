"""What a delete does to the records that refer to it: foreseen by ``preview``, done by ``enforce``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest

from datamodel.deletion.sets import Among
from datamodel.deletion.walk import Reached, Walk
from datamodel.modelgen import Record, load_parent_labels
from datamodel.modelgen.errors import Blocked, RestrictedDelete
from datamodel.modelgen.filled import updated_field
from datamodel.modelgen.values import iso_timestamp, now_ms
from datamodel.schema.ir import Link, OnDelete

__all__ = ["Effect", "Touched", "enforce", "preview"]

EXAMPLES = 5
"""How many labels an effect or a refusal names."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What happens along one link: how many records, and the labels of a few."""

    link: Link
    policy: OnDelete
    model: str
    count: int
    examples: tuple[str, ...]
    depth: int
    """1 for the children of what is deleted, 2 for theirs."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A record that was deleted or cleared on the way, for the change log."""

    record: Record
    """As it is now, with its new version; gone where ``after`` is None."""
    before: dict[str, Any]
    after: dict[str, Any] | None
    cause: str
    """``cascade Post 1`` or ``clear Post 1``."""


def preview(records: Sequence[Record]) -> tuple[Effect, ...]:
    """Return what deleting ``records`` would delete, clear or be refused for. Change nothing."""
    if not records:
        return ()
    walk = Walk(records, is_locking=False)
    found = (
        (OnDelete.RESTRICT, walk.blocking.values()),
        (OnDelete.CASCADE, walk.doomed.values()),
        (OnDelete.CLEAR, walk.cleared.values()),
    )
    return tuple(effect for policy, reached in found for effect in summarize(policy, reached))


def summarize(policy: OnDelete, reached: Iterable[Reached]) -> Iterator[Effect]:
    """Return one effect per link; tombstones don't count."""
    for link, group in by_link(one for one in reached if not one.record.joinery_deleted):
        load_parent_labels(one.record for one in group[:EXAMPLES])
        labels = tuple(one.record.label for one in group[:EXAMPLES])
        yield Effect(link, policy, link.child, len(group), labels, min(one.depth for one in group))


def by_link(reached: Iterable[Reached]) -> Iterator[tuple[Link, list[Reached]]]:
    groups: dict[str, list[Reached]] = {}
    for one in reached:
        groups.setdefault(one.link.name, []).append(one)
    return ((group[0].link, group) for group in groups.values())


def enforce(record: Record) -> tuple[Touched, ...]:
    """Do to the children of ``record`` what their links' policies say, before it goes itself.

    Lock the record and all that is reached until the transaction ends, so that no child is added meanwhile.
    Raise RestrictedDelete where children stand in the way; then nothing has changed. Return every record
    touched, children first.
    """
    model = type(record)
    locked = model.all_objects.select_for_update().filter(pk=record.pk).first()
    if locked is None:
        return ()
    walk = Walk([locked], is_locking=True)
    refuse_blocked(walk)
    now = now_ms()
    deleted = [
        touched for model, group in by_model(walk.doomed.values()) for touched in remove(model, group, now)
    ]
    cleared = [touched for group in by_fields(walk.cleared.values()) for touched in clear(group, now)]
    return (*reversed(deleted), *cleared)


def refuse_blocked(walk: Walk) -> None:
    """Raise RestrictedDelete with the records that stand in the way, if any do."""
    blocked = tuple(
        Blocked(effect.link, effect.count, effect.examples)
        for effect in summarize(OnDelete.RESTRICT, walk.blocking.values())
    )
    if blocked:
        raise RestrictedDelete(blocked)


def by_model(reached: Iterable[Reached]) -> Iterator[tuple[type[Record], list[Reached]]]:
    groups: dict[type[Record], list[Reached]] = {}
    for one in reached:
        groups.setdefault(type(one.record), []).append(one)
    return iter(groups.items())


def by_fields(reached: Iterable[Reached]) -> Iterator[list[Reached]]:
    """Group what is cleared by model and fields: each group is one statement."""
    groups: dict[tuple[type[Record], frozenset[str]], list[Reached]] = {}
    for one in reached:
        groups.setdefault((type(one.record), frozenset(one.fields)), []).append(one)
    return iter(groups.values())


def cause_of(policy: OnDelete, reached: Reached) -> str:
    parent = reached.parent
    return f"{policy.value} {parent.model_type.name} {parent.url_key}"


def remove(model: type[Record], group: Sequence[Reached], now: int) -> list[Touched]:
    """Delete the records of one model: tombstones with DataStore, for good without it."""
    records = model.all_objects.filter(Among(["joinery_pk"], [(one.record.joinery_pk,) for one in group]))
    is_tombstone = model.schema.has_datastore
    if is_tombstone:
        records.update(
            joinery_deleted=True,
            joinery_version=F("joinery_version") + 1,
            joinery_changed_at=Greatest("joinery_changed_at", now),
        )
    else:
        records._raw_delete(records.db)
    touched = []
    for one in group:
        if one.record.joinery_deleted:
            continue
        before = one.record.values()
        mark(one.record, now)
        one.record.joinery_deleted = is_tombstone
        touched.append(Touched(one.record, before, None, cause_of(OnDelete.CASCADE, one)))
    return touched


def clear(group: Sequence[Reached], now: int) -> list[Touched]:
    """Set the reference fields of children to null; all have the same model and fields."""
    model = type(group[0].record)
    values: dict[str, Any] = dict.fromkeys(group[0].fields)
    if updated_at := updated_field(model.model_type):
        values[updated_at] = iso_timestamp(now)
    model.all_objects.filter(Among(["joinery_pk"], [(one.record.joinery_pk,) for one in group])).update(
        joinery_version=F("joinery_version") + 1,
        joinery_changed_at=Greatest("joinery_changed_at", now),
        **{model.names.attribute(name): value for name, value in values.items()},
    )
    return [set_values(one, values, now) for one in group]


def set_values(one: Reached, values: dict[str, Any], now: int) -> Touched:
    """Give the record in memory the values that its row has now."""
    before = one.record.values()
    for name, value in values.items():
        one.record.set_value(name, value)
    mark(one.record, now)
    return Touched(one.record, before, one.record.values(), cause_of(OnDelete.CLEAR, one))


def mark(record: Record, now: int) -> None:
    record.joinery_version += 1
    record.joinery_changed_at = max(record.joinery_changed_at, now)
