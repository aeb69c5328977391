"""References that name no record lose their value before they are enforced: by writes, each with its entry in the log."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from datamodel.migrator.diff import SchemaDiff
from datamodel.migrator.outcomes import LinkOutcome, Outcomes
from datamodel.modelgen import Record
from datamodel.modelgen.record import RecordQuerySet
from datamodel.records import update_together
from datamodel.registry import DataModel

__all__ = ["Clearing", "clear_dangling", "find_clearings"]

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Clearing:
    """The references of one relationship that are to be cleared, by the names of the active version."""

    child: str
    references: tuple[str, ...]
    fields: tuple[str, ...]
    """Those of ``references`` that become null."""
    parent: str | None
    """None where the active version has no such model: then every reference names nothing."""
    identifiers: tuple[str, ...]


def find_clearings(diff: SchemaDiff, outcomes: Outcomes) -> Iterator[Clearing]:
    """Yield what the records of the active version lose; references that are new have nothing to lose."""
    for outcome in outcomes.links:
        link = outcome.change.link
        child = diff.before.find_model(link.child)
        was_there = child is not None and all(child.find_field(name) for name in link.reference_fields)
        if outcome.dangling and outcome.clearable and was_there:
            yield _clearing(diff, outcome)


def _clearing(diff: SchemaDiff, outcome: LinkOutcome) -> Clearing:
    link, renames = outcome.change.link, diff.renames
    has_parent = diff.before.find_model(link.parent) is not None

    def old_fields(model: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(renames.old_field(model, name) for name in names)

    return Clearing(
        child=renames.old_model(link.child),
        references=old_fields(link.child, link.reference_fields),
        fields=old_fields(link.child, outcome.clearable),
        parent=renames.old_model(link.parent) if has_parent else None,
        identifiers=old_fields(link.parent, link.identifier_fields),
    )


def clear_dangling(datamodel: DataModel, clearings: Sequence[Clearing]) -> None:
    """Clear the references in the active version, in the transaction that is open."""
    for clearing in clearings:
        values = dict.fromkeys(clearing.fields)
        while batch := list(_dangling(datamodel, clearing)[:BATCH]):
            update_together(datamodel, clearing.child, [(record, values) for record in batch], is_server=True)


def _dangling(datamodel: DataModel, clearing: Clearing) -> RecordQuerySet:
    child: type[Record] = datamodel.model(clearing.child)
    references = [child.names.attribute(name) for name in clearing.references]
    records = child.objects.filter(**{f"{name}__isnull": False for name in references}).order_by("joinery_pk")
    if clearing.parent is None:
        return records
    parent = datamodel.model(clearing.parent)
    identifiers = [parent.names.attribute(name) for name in clearing.identifiers]
    match = {own: OuterRef(other) for own, other in zip(identifiers, references, strict=True)}
    return records.filter(~Exists(parent.objects.filter(**match)))
