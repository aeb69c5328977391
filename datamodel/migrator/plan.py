"""Plan first: what an upload would do to tables and records, before anything happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.migrations.operations.base import Operation

from datamodel.limits import schema_limits
from datamodel.migrator.census import Census
from datamodel.migrator.clearing import Clearing, find_clearings
from datamodel.migrator.detection import detect_operations
from datamodel.migrator.diff import SchemaDiff, diff_schemas
from datamodel.migrator.history import Base, read_base, replay_state
from datamodel.migrator.options import PlanOptions, StoredOptions
from datamodel.migrator.outcomes import Outcomes, find_outcomes
from datamodel.migrator.policies import PolicyChoice, choose_policies, list_choices
from datamodel.migrator.questioner import Question, find_rename_questions
from datamodel.migrator.removals import Removal, find_removals
from datamodel.migrator.renaming import Renames, find_renames
from datamodel.migrator.steps import PlanStep, Risk, describe_steps, integrity_step
from datamodel.modelgen import ModelNames, NameMap, build_names
from datamodel.schema import LoadedSchema, Problem, load_schema, told_flags
from datamodel.schema.ir import Schema
from datamodel.schema.normalize.policies import apply_policies
from datamodel.schema.source import Source

__all__ = ["Plan", "make_plan"]

NO_ANSWERS = PlanOptions()


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying an upload does. Made against the version ``base_version``; 0 is none."""

    base_version: int
    sources: tuple[Source, ...]
    select: str | None
    options: PlanOptions
    stored_options: StoredOptions
    schema: Schema
    names: NameMap
    steps: tuple[PlanStep, ...]
    questions: tuple[Question, ...]
    warnings: tuple[Problem, ...]
    choices: tuple[PolicyChoice, ...] = ()
    """The delete policies that somebody chose, whether or not the plan changes them."""
    notes: tuple[Problem, ...] = ()
    """What is closed to public keys, or open to them, and why."""
    operations: tuple[Operation, ...] = field(default=(), repr=False, compare=False)
    clearings: tuple[Clearing, ...] = field(default=(), repr=False, compare=False)
    removals: tuple[Removal, ...] = field(default=(), repr=False, compare=False)

    @property
    def is_destructive(self) -> bool:
        return any(step.is_destructive for step in self.steps)

    @property
    def is_blocked(self) -> bool:
        """True where a question must be answered, or records must be corrected, first."""
        return any(q.is_blocking for q in self.questions) or any(step.blocker for step in self.steps)

    @property
    def is_empty(self) -> bool:
        return not self.steps and not self.operations

    def to_json(self) -> dict[str, Any]:
        """Return the plan as people and scripts read it; tables, names and operations are left out."""
        return {
            "base_version": self.base_version,
            "is_empty": self.is_empty,
            "is_destructive": self.is_destructive,
            "is_blocked": self.is_blocked,
            "steps": [step.to_json() for step in self.steps],
            "questions": [question.to_json() for question in self.questions],
            "warnings": [str(problem) for problem in self.warnings],
            "choices": [choice.to_json() for choice in self.choices],
            "notes": [str(problem) for problem in self.notes],
            "options": self.options.to_json(),
        }


def make_plan(
    sources: Sequence[Source], options: PlanOptions = NO_ANSWERS, *, select: str | None = None
) -> Plan:
    """Read the sources and say what applying them would do; changes nothing.

    Raises SchemaError with every problem of the schema, PlanOptionError for an option that fits nothing.
    """
    base = read_base()
    loaded, stored, renames = _load(sources, options, base, select)
    diff = diff_schemas(base.schema, loaded.schema, renames)
    names = _build_names(loaded.schema, base, renames)
    state = replay_state()
    census = Census(state.clone().apps, base.names, diff)
    outcomes = find_outcomes(diff, census, options)
    operations = detect_operations(base, state, diff, names, outcomes)
    switch = integrity_step(base.options.schema, stored.schema) if base.version else None
    steps = (*([switch] if switch else ()), *describe_steps(diff, outcomes, census))
    return Plan(
        base_version=base.version,
        sources=tuple(sources),
        select=select,
        options=options,
        stored_options=stored,
        schema=loaded.schema,
        names=names,
        steps=steps or tuple(_other_steps(base, loaded.schema, sources, select, stored, operations)),
        questions=_questions(diff, outcomes),
        warnings=loaded.warnings,
        choices=list_choices(loaded.schema, stored.chosen_in, base.version + 1),
        notes=loaded.notes,
        operations=tuple(operations),
        clearings=tuple(find_clearings(diff, outcomes)),
        removals=tuple(find_removals(diff, outcomes)),
    )


def _load(
    sources: Sequence[Source], options: PlanOptions, base: Base, select: str | None
) -> tuple[LoadedSchema, StoredOptions, Renames]:
    """Load the schema with the choices given now and those kept from the active version."""
    flags = {**told_flags(sources), **options.schema.flags}
    stored = base.options.updated(replace(options, schema=replace(options.schema, flags=flags)))
    loaded = load_schema(sources, stored.effective, select=select, limits=schema_limits())
    renames = find_renames(base.schema, loaded.schema, options)
    policies, chosen_in = choose_policies(
        base.schema, loaded.schema, base.options, options, renames, base.version + 1
    )
    stored = replace(stored, schema=replace(stored.schema, on_delete=policies), chosen_in=chosen_in)
    return replace(loaded, schema=apply_policies(loaded.schema, stored.schema)), stored, renames


def _build_names(schema: Schema, base: Base, renames: Renames) -> NameMap:
    """Name everything: what is renamed anew, everything else as it was.

    What the old version calls its own stays taken, so that no rename is in the way of another.
    """
    fresh = build_names(schema, base.names).models
    moved = {
        new: ModelNames(fresh[new].class_name, fresh[new].table, base.names.models[old].fields)
        for old, new in renames.models.items()
    }
    return build_names(schema, NameMap({**base.names.models, **moved}))


def _questions(diff: SchemaDiff, outcomes: Outcomes) -> tuple[Question, ...]:
    return (*outcomes.questions(), *find_rename_questions(diff))


def _other_steps(
    base: Base,
    schema: Schema,
    sources: Sequence[Source],
    select: str | None,
    stored: StoredOptions,
    operations: Sequence[Operation],
) -> list[PlanStep]:
    """Name what differs where nothing else was worth a step."""
    if operations:
        return [
            PlanStep("storage", Risk.SAFE, "bring the tables up to this release: records stay as they are")
        ]
    if schema != base.schema:
        return [PlanStep("change_api", Risk.SAFE, "change the API only: no change to tables")]
    if stored != base.options:
        return [PlanStep("change_options", Risk.SAFE, "keep the new choices: no change to tables or API")]
    if (tuple(sources), select) != (base.sources, base.select):
        return [
            PlanStep(
                "change_source", Risk.SAFE, "keep the new text of the schema: no change to tables or API"
            )
        ]
    return []
