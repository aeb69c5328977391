"""What a change means for the records that exist: who lacks a value, what does not fit, what it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models

from datamodel.migrator.census import Census, Misfits
from datamodel.migrator.conversion import storage_of, zero_value
from datamodel.migrator.diff import FieldChange, LinkChange, ModelChange, SchemaDiff, is_filled
from datamodel.migrator.errors import PlanOptionError
from datamodel.migrator.operations import new_id, time_of_change
from datamodel.migrator.options import PlanOptions
from datamodel.migrator.questioner import Question
from datamodel.modelgen.values import coerce, default_value
from datamodel.schema.ir import FieldOrigin, Link, ModelField, Schema

__all__ = ["FieldOutcome", "Filler", "LinkOutcome", "Outcomes", "find_outcomes"]


@dataclass(frozen=True, slots=True)
class Filler:
    """What records without a value get: ``value``, or what ``make`` returns for each."""

    value: Any
    is_known: bool = True
    """False where nobody needs it, or nobody has said it yet."""
    make: Callable[[models.Model], Any] | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class FieldOutcome:
    """A changed field and its records."""

    change: FieldChange
    live: int = 0
    filled: int = 0
    """Live records with a value before the change."""
    stored_lacking: int = 0
    """Rows, tombstones included, that need a value and have none."""
    misfits: Misfits = field(default_factory=Misfits)
    filler: Filler | None = None
    question: Question | None = None
    is_deleted: bool = False
    """True where the live records that need a value and have none are deleted."""

    @property
    def lacking(self) -> int:
        return self.live - self.filled


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """A changed relationship and the references that name no record."""

    change: LinkChange
    dangling: int = 0
    examples: tuple[str, ...] = ()
    clearable: tuple[str, ...] = ()
    """Reference fields that may become null."""
    must_check: bool = False
    referring: int = 0
    """Records that refer to a parent now; counted where the policy changes."""
    doubled: int = 0
    """Records that share a parent which may have one only, beyond the first."""
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcomes:
    """All of a change, by model and field."""

    fields: Mapping[tuple[str, str], FieldOutcome]
    links: tuple[LinkOutcome, ...]

    def questions(self) -> Iterator[Question]:
        yield from (outcome.question for outcome in self.fields.values() if outcome.question)

    def makes_key(self, change: ModelChange) -> bool:
        """Return whether part of the new primary key is made for each record."""
        made = (self.fields.get((change.name, name)) for name in change.new.primary_key)
        return any(outcome and outcome.filler and outcome.filler.make for outcome in made)

    def fillers(self) -> dict[tuple[str, str], Any]:
        """The values that Django's autodetector asks for."""
        return {
            key: outcome.filler.value
            for key, outcome in self.fields.items()
            if outcome.filler is not None and outcome.filler.make is None
        }


def find_outcomes(diff: SchemaDiff, census: Census, options: PlanOptions) -> Outcomes:
    """Look at the records that the change touches; raise PlanOptionError for a default that does not fit."""
    given = _check_defaults(diff.after, options.defaults)
    fields = {
        (each.model, each.name): _field_outcome(each, census, diff.after, given, options.deletes_lacking)
        for model in diff.kept
        for each in model.fields
    }
    return Outcomes(fields, tuple(_link_outcomes(diff, census, fields)))


def _check_defaults(schema: Schema, defaults: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """Return the defaults in their stored form."""
    checked: dict[tuple[str, str], Any] = {}
    for (model, name), value in defaults.items():
        owner = schema.find_model(model)
        each = owner.find_field(name) if owner else None
        if each is None or not each.is_stored:
            raise PlanOptionError(f"There is no field '{model}.{name}' to give a default to.")
        try:
            checked[model, name] = coerce(schema, each.type, value)
        except ValueError as error:
            raise PlanOptionError(f"The default of '{model}.{name}' does not fit: {error}") from error
    return checked


def _field_outcome(
    change: FieldChange,
    census: Census,
    schema: Schema,
    given: Mapping[tuple[str, str], Any],
    deletes_lacking: bool,
) -> FieldOutcome:
    count = census.count(change.model)
    misfits = census.misfits(change) if change.conversion else Misfits()
    if change.new is None:
        return FieldOutcome(change, count.live, count.filled[change.name])
    if change.old is None:
        filled, stored_lacking = 0, count.stored
    else:
        filled, stored_lacking = count.filled[change.name], count.stored_missing(change.name)
    lacking = count.live - filled + (0 if change.target.type.is_list else misfits.misfits)
    filler = _known_filler(change, schema, given)
    question, is_deleted = None, False
    if change.is_required and filler is None:
        filler = Filler(zero_value(schema, change.new.type), is_known=False)
        # A value that does not fit is somebody's: what becomes of it is asked in any case.
        is_deleted = deletes_lacking and lacking > 0 and not misfits.misfits
        question = _ask_default(change, schema, lacking) if lacking and not is_deleted else None
    return FieldOutcome(change, count.live, filled, stored_lacking, misfits, filler, question, is_deleted)


def _known_filler(change: FieldChange, schema: Schema, given: Mapping[tuple[str, str], Any]) -> Filler | None:
    """Return what was given, else what a required field's schema or kind provides."""
    each = change.target
    if (value := given.get((change.model, change.name))) is not None:
        return Filler(value)
    if not change.is_required:
        return None
    if each.default is not None and not each.type.is_list:
        return Filler(default_value(schema, each))
    return _made_filler(change, each, schema)


def _made_filler(change: FieldChange, each: ModelField, schema: Schema) -> Filler | None:
    """Ids and generated timestamps are made, each record its own."""
    if each.type.is_list or change.conversion:
        return None
    if (
        each.type.name == "ID"
        and schema.model(change.model).primary_key == (each.name,)
        and each.name == "id"
    ):
        return Filler(None, make=new_id, description="a new id")
    if each.origin is FieldOrigin.TIMESTAMP and each.type.name == "AWSDateTime":
        return Filler(None, make=time_of_change, description="the time of their last change")
    return None


def _ask_default(change: FieldChange, schema: Schema, lacking: int) -> Question:
    records = "1 record" if lacking == 1 else f"{lacking} records"
    enum = next((enum for enum in schema.enums if enum.name == change.target.type.name), None)
    text = f"{records} of {change.model} need a value for the required field '{change.name}'. Which one?"
    if lacking == 1:
        text = text.replace("need a", "needs a")
    return Question("default", change.model, change.name, enum.names if enum else (), text, is_blocking=True)


def _link_outcomes(
    diff: SchemaDiff, census: Census, fields: Mapping[tuple[str, str], FieldOutcome]
) -> Iterator[LinkOutcome]:
    for change in diff.links:
        outcome = _link_outcome(change, diff, census, fields)
        if diff.find_kept(change.link.child) is not None:
            if change.changes_policy:
                outcome = replace(outcome, referring=census.referring(change))
            if change.becomes_single and _is_comparable(diff.after, change.link):
                doubled, shared = census.doubled(change)
                outcome = replace(outcome, doubled=doubled, shared=shared)
        yield outcome


def _link_outcome(
    change: LinkChange, diff: SchemaDiff, census: Census, fields: Mapping[tuple[str, str], FieldOutcome]
) -> LinkOutcome:
    link = change.link
    kept = diff.find_kept(link.child)
    if (
        change.new is None
        or kept is None
        or not change.new.is_enforced
        or not _is_comparable(diff.after, link)
    ):
        return LinkOutcome(change)
    clearable = tuple(name for name in link.reference_fields if not is_filled(kept.new, kept.new.field(name)))
    if not change.becomes_enforced:
        # Tombstones without a reference get a made up one where it becomes required: it names nothing.
        becomes_required = any(
            found.change.becomes_required
            for name in link.reference_fields
            if (found := fields.get((link.child, name))) is not None
        )
        must_check = census.is_converted(change) or becomes_required
        return LinkOutcome(change, clearable=clearable, must_check=must_check)
    if len(link.reference_fields) == 1 and kept.old.find_field(link.reference_fields[0]) is None:
        dangling, examples = _dangling_fill(change, fields[link.child, link.reference_fields[0]], census)
    else:
        dangling, examples = census.dangling(change)
    return LinkOutcome(change, dangling, examples, clearable, must_check=True)


def _dangling_fill(change: LinkChange, outcome: FieldOutcome, census: Census) -> tuple[int, tuple[str, ...]]:
    """Count what dangles where the reference is new and every record gets the same one."""
    filler = outcome.filler
    if (
        filler is None
        or not filler.is_known
        or not outcome.live
        or not census.lacks_parent(change, filler.value)
    ):
        return 0, ()
    return outcome.live, (str(filler.value),)


def _is_comparable(schema: Schema, link: Link) -> bool:
    """A database compares like with like only; it does not enforce other references."""
    child, parent = schema.model(link.child), schema.model(link.parent)
    return all(
        storage_of(child.field(own).type) is storage_of(parent.field(other).type)
        for own, other in zip(link.reference_fields, link.identifier_fields, strict=True)
    )
