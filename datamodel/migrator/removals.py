"""Records that lack a value which the new schema requires are deleted, where that was agreed to: as anybody deletes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from datamodel.migrator.diff import SchemaDiff
from datamodel.migrator.errors import MigrationRefused
from datamodel.migrator.outcomes import Outcomes
from datamodel.modelgen.errors import RestrictedDelete
from datamodel.registry import DataModel

__all__ = ["Removal", "find_removals", "remove_lacking"]


@dataclass(frozen=True, slots=True)
class Removal:
    """The records of one model that lack one value, by the names of the active version."""

    model: str
    field: str | None
    """None where the field is new: then all of them do."""


def find_removals(diff: SchemaDiff, outcomes: Outcomes) -> Iterator[Removal]:
    """Yield what the active version loses."""
    for outcome in outcomes.fields.values():
        if outcome.is_deleted:
            change = outcome.change
            field = None if change.old is None else change.source.name
            yield Removal(diff.renames.old_model(change.model), field)


def remove_lacking(datamodel: DataModel, removals: Sequence[Removal]) -> None:
    """Delete the records in the active version, in the transaction that is open; raise MigrationRefused."""
    for removal in removals:
        model = datamodel.model(removal.model)
        records = model.objects.all()
        if removal.field is not None:
            records = records.filter(**{f"{model.names.attribute(removal.field)}__isnull": True})
        try:
            records.delete()
        except RestrictedDelete as error:
            raise MigrationRefused(f"{error.message} Delete those first, or give a value.") from error
