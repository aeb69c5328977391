"""From two schemas to operations: Django's autodetector, and what it does not know of records.

Three comparisons in a row: renamed models, renamed fields, then everything else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from django.db import models
from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    DeleteModel,
    Migration,
    RemoveField,
)
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from datamodel.migrator.diff import SchemaDiff, existing
from datamodel.migrator.errors import PlanOptionError
from datamodel.migrator.history import Base
from datamodel.migrator.operations import CheckReferences, ConvertValues, FillValues
from datamodel.migrator.outcomes import FieldOutcome, LinkOutcome, Outcomes
from datamodel.migrator.questioner import PlanQuestioner
from datamodel.migrator.references import order_operations, references_of
from datamodel.migrator.renaming import rename_models, rename_names
from datamodel.modelgen import APP_LABEL, ModelNames, NameMap, ReferenceConstraint, build_state
from datamodel.modelgen.fields import StringField

__all__ = ["detect_operations"]


def detect_operations(
    base: Base, state: ProjectState, diff: SchemaDiff, names: NameMap, outcomes: Outcomes
) -> list[Operation]:
    """Return the operations that bring the tables of ``state`` to ``diff.after``, records included."""
    questioner = PlanQuestioner(diff.renames, base.names, names, outcomes.fillers())
    operations: list[Operation] = []
    for target in _renamed_states(base, diff, names):
        operations += order_operations(_renames_only(_compare(state, target, questioner)), state)
        state = target
    final = _compare(state, build_state(diff.after, names), questioner)
    return operations + RecordKeeper(state, diff, names, outcomes).complete(final)


def _renamed_states(base: Base, diff: SchemaDiff, names: NameMap) -> Iterator[ProjectState]:
    """Yield the old tables after the renamed models, then after the renamed fields."""
    of_models, of_fields = rename_names(base.names, names, diff.renames)
    if diff.renames.models:
        yield build_state(rename_models(base.schema, diff.renames.models), of_models)
    if diff.renames.fields:
        yield build_state(diff.before, of_fields)


class Autodetector(MigrationAutodetector):
    """Django's, with an optimizer that takes the time of its operations, not their square."""

    migrations: dict[str, list[Migration]]

    def _optimize_migrations(self) -> None:
        for migration in self.migrations.get(APP_LABEL, []):
            migration.operations = _fold_into_tables(migration.operations)  # type: ignore[misc]  # stubs say ClassVar


def _fold_into_tables(operations: Sequence[Operation]) -> list[Operation]:
    """Let a new table bring its indexes and constraints along."""
    folded: list[Operation] = []
    places: dict[str, int] = {}
    for operation in operations:
        match operation:
            case CreateModel(name=name):
                places[name.lower()] = len(folded)
            case AddIndex(model_name=model) | AddConstraint(model_name=model) if model.lower() in places:
                place = places[model.lower()]
                folded[place] = cast("list[Operation]", folded[place].reduce(operation, APP_LABEL))[0]
                continue
        folded.append(operation)
    return folded


def _compare(old: ProjectState, new: ProjectState, questioner: PlanQuestioner) -> list[Operation]:
    """Return what Django finds. The autodetector changes its states, so it gets copies."""
    found = Autodetector(old.clone(), new.clone(), questioner).changes(graph=MigrationGraph())
    return [operation for migration in found.get(APP_LABEL, []) for operation in migration.operations]


def _renames_only(operations: list[Operation]) -> list[Operation]:
    """A rename that Django does not recognise would drop what it should keep."""
    for operation in operations:
        if isinstance(operation, RemoveField | DeleteModel):
            raise PlanOptionError("These renames cannot be done together. Do them one after the other.")
    return operations


class RecordKeeper:
    """Completes the operations of the last comparison with what the records need."""

    def __init__(self, state: ProjectState, diff: SchemaDiff, names: NameMap, outcomes: Outcomes) -> None:
        self.state = state
        self.diff = diff
        self.names = names
        self.links = outcomes.links
        self.by_attribute = {
            (names.models[model].class_name.lower(), names.models[model].attribute(name)): outcome
            for (model, name), outcome in outcomes.fields.items()
            if outcome.change.new is not None
        }

    def complete(self, operations: Sequence[Operation]) -> list[Operation]:
        """Return the operations in their final order: references go first and come last."""
        body = [each for operation in operations for each in self._expand(operation)]
        altered = {
            (operation.model_name.lower(), operation.name)
            for operation in operations
            if isinstance(operation, AlterField)
        }
        in_place = [
            self._convert(key, outcome)
            for key, outcome in self.by_attribute.items()
            if outcome.change.conversion and key not in altered
        ]
        return order_operations(
            body,
            self.state,
            suspend=self._suspended(),
            first=in_place,
            last=[self._check(outcome) for outcome in self.links if outcome.must_check],
        )

    def _expand(self, operation: Operation) -> Iterator[Operation]:
        match operation:
            case AddField(model_name=model, name=name):
                yield from self._add(operation, self.by_attribute.get((model.lower(), name)))
            case AlterField(model_name=model, name=name):
                yield from self._alter(operation, self.by_attribute.get((model.lower(), name)))
            case _:
                yield operation

    def _add(self, operation: AddField, outcome: FieldOutcome | None) -> Iterator[Operation]:
        filler = outcome.filler if outcome else None
        if filler is None:
            yield operation
        elif filler.make is not None:
            field = operation.field.clone()
            field.null, field.default = True, models.NOT_PROVIDED
            yield AddField(operation.model_name, operation.name, field)
            yield FillValues(operation.model_name, operation.name, filler.make)
            yield AlterField(operation.model_name, operation.name, self._final_field(operation))
        else:
            field = operation.field.clone()
            field.default = filler.value
            yield AddField(operation.model_name, operation.name, field, preserve_default=False)

    def _final_field(self, operation: AddField) -> models.Field[Any, Any]:
        field = operation.field.clone()
        field.default = models.NOT_PROVIDED
        return field

    def _alter(self, operation: AlterField, outcome: FieldOutcome | None) -> Iterator[Operation]:
        if outcome is None:
            yield operation
        elif outcome.change.conversion is not None:
            yield from self._alter_converted(operation, outcome)
        elif outcome.filler is not None and outcome.filler.make is not None:
            yield FillValues(operation.model_name, operation.name, outcome.filler.make)
            yield operation
        else:
            yield operation

    def _alter_converted(self, operation: AlterField, outcome: FieldOutcome) -> Iterator[Operation]:
        """Values pass through text where the storage changes; null must be allowed while it is written."""
        key = operation.model_name.lower(), operation.name
        conversion = existing(outcome.change.conversion)
        convert = self._convert(key, outcome)
        if conversion.moves_storage:
            old = self.state.models[APP_LABEL, key[0]].get_field(operation.name)
            text = StringField(null=True, db_column=old.db_column)
            yield from (AlterField(operation.model_name, operation.name, text), convert, operation)
        elif outcome.change.becomes_optional:
            yield from (operation, convert)
        else:
            yield from (convert, operation)

    def _convert(self, key: tuple[str, str], outcome: FieldOutcome) -> ConvertValues:
        default = outcome.filler.value if outcome.filler else None
        return ConvertValues(*key, outcome.change.conversion, default)

    def _suspended(self) -> Iterator[tuple[str, ReferenceConstraint]]:
        """Yield kept references whose columns change their type: they stand aside meanwhile."""
        for outcome in self.links:
            if outcome.must_check and not outcome.change.becomes_enforced:
                own = self.names.models[outcome.change.link.child]
                fields = tuple(own.attribute(name) for name in outcome.change.link.reference_fields)
                for reference in references_of(self.state, own.class_name):
                    if reference.fields == fields:
                        yield own.class_name, reference

    def _check(self, outcome: LinkOutcome) -> CheckReferences:
        link = outcome.change.link
        child: ModelNames = self.names.models[link.child]
        parent = self.names.models[link.parent]
        return CheckReferences(
            child.class_name,
            tuple(child.attribute(name) for name in link.reference_fields),
            parent.class_name,
            tuple(parent.attribute(name) for name in link.identifier_fields),
            clearable=tuple(child.attribute(name) for name in outcome.clearable),
            may_clear=outcome.dangling > 0,
            label=link.name,
        )
