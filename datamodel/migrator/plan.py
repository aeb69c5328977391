"""Plan first: what an upload would do to tables and records, before anything happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.migrations.operations.base import Operation

from datamodel.limits import schema_limits
from datamodel.migrator.census import Census
from datamodel.migrator.detection import detect_operations
from datamodel.migrator.diff import SchemaDiff, diff_schemas
from datamodel.migrator.history import Base, read_base, replay_state
from datamodel.migrator.options import PlanOptions, StoredOptions
from datamodel.migrator.outcomes import Outcomes, find_outcomes
from datamodel.migrator.questioner import Question, find_rename_questions
from datamodel.migrator.renaming import Renames, find_renames
from datamodel.migrator.steps import PlanStep, Risk, describe_steps
from datamodel.modelgen import ModelNames, NameMap, build_names
from datamodel.schema import LoadedSchema, Problem, SchemaOptions, load_schema, told_flags
from datamodel.schema.ir import AuthRule, Schema
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
    operations: tuple[Operation, ...] = field(default=(), repr=False, compare=False)

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
            "options": self.options.to_json(),
        }


def make_plan(
    sources: Sequence[Source], options: PlanOptions = NO_ANSWERS, *, select: str | None = None
) -> Plan:
    """Read the sources and say what applying them would do; changes nothing.

    Raises SchemaError with every problem of the schema, PlanOptionError for an option that fits nothing.
    """
    base = read_base()
    loaded, stored = _load(sources, options, base, select)
    renames = find_renames(base.schema, loaded.schema, options)
    diff = diff_schemas(base.schema, loaded.schema, renames)
    names = _build_names(loaded.schema, base, renames)
    state = replay_state()
    census = Census(state.clone().apps, base.names, diff)
    outcomes = find_outcomes(diff, census, options.defaults)
    operations = detect_operations(base, state, diff, names, outcomes)
    steps = tuple(describe_steps(diff, outcomes, census))
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
        operations=tuple(operations),
    )


def _load(
    sources: Sequence[Source], options: PlanOptions, base: Base, select: str | None
) -> tuple[LoadedSchema, StoredOptions]:
    """Load the schema with the choices given now and those kept from the active version."""
    flags = {**told_flags(sources), **options.schema.flags}
    stored = base.options.updated(replace(options, schema=replace(options.schema, flags=flags)))
    limits = schema_limits()
    loaded = load_schema(sources, stored.schema, select=select, limits=limits)
    if kept := base.options.kept_policies(options, loaded.schema):
        stored = replace(stored, schema=_with_policies(stored.schema, kept))
        loaded = load_schema(sources, stored.schema, select=select, limits=limits)
    if stored.is_open and loaded.schema.global_auth is None:
        loaded = replace(loaded, schema=replace(loaded.schema, global_auth=AuthRule(allow="public")))
    return loaded, stored


def _with_policies(options: SchemaOptions, kept: dict[str, Any]) -> SchemaOptions:
    return replace(options, on_delete={**kept, **options.on_delete})


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
