"""Taking back what a scope did: everything of it or nothing, in chunks of records."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from datamodel.changes import log
from datamodel.changes.lineage import lineage_of
from datamodel.deletion.sets import Among
from datamodel.modelgen import Record, ValueProblem
from datamodel.modelgen.references import reference_of
from datamodel.records import restoring
from datamodel.registry import DataModel
from datamodel.schema.ir import Link
from datamodel.undo.checks import Reference, Surroundings
from datamodel.undo.effects import Effect, Inverse, Scope
from datamodel.undo.findings import Finding, explain
from datamodel.undo.outcome import MAX_OBSTACLES, Obstacle, Undone
from datamodel.undo.steps import Blocked, Step, make_step, work_out
from datamodel.undo.translation import Translator

__all__ = ["Work"]


class Work:
    """One undo, or the search for what is in its way.

    ``run`` writes as long as nothing is in the way; the caller's transaction has to be rolled back where
    ``obstacles`` were found. Without ``is_writing`` nothing is written or locked.
    """

    def __init__(self, datamodel: DataModel, scope: Scope, *, is_writing: bool) -> None:
        self.datamodel = datamodel
        self.scope = scope
        self.is_writing = is_writing
        self.lineage = lineage_of(datamodel)
        self.translators: dict[str, Translator] = {}
        self.surroundings = Surroundings(datamodel, self.find, self.final_reference, is_locking=is_writing)
        self.obstacles: list[Obstacle] = []
        self.counts = dict.fromkeys(Inverse, 0)

    def run(self) -> None:
        """Take back chunk after chunk; go on after an obstacle to find the others."""
        for effects in self.scope.chunks():
            self.take_back(effects)
            if len(self.obstacles) >= MAX_OBSTACLES:
                return
        if not self.obstacles and not any(self.counts.values()):
            leading = self.scope.leading
            message = "Nothing is left to undo: all is as it was before."
            self.found(Finding.of(leading, self.model_now(leading.model) or leading.model, message))

    def outcome(self, group: UUID) -> Undone:
        """Return what was done, as the given group of the log."""
        dropped = sorted(name for each in self.translators.values() for name in each.dropped)
        return Undone(
            group,
            self.counts[Inverse.RESTORE],
            self.counts[Inverse.REVERT],
            self.counts[Inverse.REMOVE],
            tuple(dropped),
        )

    def take_back(self, effects: Sequence[Effect]) -> None:
        """Take back the effects on some records of one model."""
        model_then = effects[0].change.model
        if self.model_now(model_then) is None:
            message = f"The schema has no model '{model_then}' any more."
            self.found(Finding.of(effects[0].change, model_then, message))
            return
        translator = self.translator(model_then)
        steps = [make_step(effect, translator) for effect in effects if effect.inverse is not Inverse.NOTHING]
        self.look_up(translator.model, steps)
        needed = [step for step in steps if self.is_open(translator, step)]
        for finding in self.surroundings.check(translator.model, needed):
            self.found(finding)
            if len(self.obstacles) >= MAX_OBSTACLES:
                return
        for step in needed:
            for inverse in step.inverses:
                self.counts[inverse] += 1
        if self.is_writing and not self.obstacles:
            self.write(translator.model, needed)

    def look_up(self, model: type[Record], steps: Sequence[Step]) -> None:
        """Find what is stored of the records now, and keep it from changing."""
        keys = [step.key for step in steps if step.key is not None]
        rows = model.all_objects.filter(Among(model.key_attributes, keys)).order_by("joinery_pk")
        if self.is_writing:
            is_going = any(step.inverse is Inverse.REMOVE for step in steps)
            rows = rows.select_for_update(no_key=not is_going)
        stored = {record.key: record for record in rows} if keys else {}
        for step in steps:
            step.stored = stored.get(step.key) if step.key is not None else None

    def is_open(self, translator: Translator, step: Step) -> bool:
        """Work a step out; return whether there is something to write, and nothing of the record's own in the way."""
        model = translator.model
        blocked = work_out(step) or (None if translator.is_current else too_long(model, step))
        if blocked:
            now = model.model_type.name
            self.found(Finding.of(step.effect.change, now, blocked.message, fields=blocked.fields))
        return step.is_needed and not blocked

    def write(self, model: type[Record], steps: Sequence[Step]) -> None:
        """Write some steps, and log them."""
        by_inverse = {inverse: [s for s in steps if s.inverses == (inverse,)] for inverse in Inverse}
        entries = [
            *self.restore(model, by_inverse[Inverse.RESTORE]),
            *self.revert(by_inverse[Inverse.REVERT]),
            *self.remove(by_inverse[Inverse.REMOVE]),
            *self.replace(model, [s for s in steps if len(s.inverses) > 1]),
        ]
        log.append(entries)

    def restore(self, model: type[Record], steps: Sequence[Step]) -> list[log.Written]:
        comebacks = [
            restoring.Comeback(
                step.values, step.effect.last_version, step.effect.change.record_pk, step.stored
            )
            for step in steps
        ]
        restored = restoring.restore(model, comebacks)
        return [log.Written(record, None, record.values(), self.scope.cause) for record in restored]

    def revert(self, steps: Sequence[Step]) -> list[log.Written]:
        records = [step.stored for step in steps if step.stored is not None]
        befores = [record.values() for record in records]
        restoring.rewrite(records, [step.values for step in steps])
        return [
            log.Written(record, before, record.values(), self.scope.cause)
            for record, before in zip(records, befores, strict=True)
        ]

    def remove(self, steps: Sequence[Step]) -> list[log.Written]:
        records = [step.stored for step in steps if step.stored is not None]
        restoring.remove(records)
        return [log.Written(record, record.values(), None, self.scope.cause) for record in records]

    def replace(self, model: type[Record], steps: Sequence[Step]) -> list[log.Written]:
        """Let the records go that came, and those come back that went: each has its own place in the order."""
        removed = self.remove(steps)
        comebacks = [
            restoring.Comeback(
                (entry.before or {}) | step.values, step.effect.last_version + 1, step.effect.place
            )
            for entry, step in zip(removed, steps, strict=True)
        ]
        restored = restoring.restore(model, comebacks)
        return [
            *removed,
            *(log.Written(record, None, record.values(), self.scope.cause) for record in restored),
        ]

    def translator(self, model_then: str) -> Translator:
        if model_then not in self.translators:
            model = self.datamodel.model(self.model_now(model_then) or model_then)
            version = self.scope.leading.version
            self.translators[model_then] = Translator(model, self.lineage, version, model_then)
        return self.translators[model_then]

    def model_now(self, model_then: str) -> str | None:
        return self.lineage.model_now(self.scope.leading.version, model_then)

    def find(self, model: str, keys: Collection[str]) -> dict[str, Effect]:
        """Return the scope's effects on records of one of today's models."""
        found: dict[str, Effect] = {}
        for then in self.scope.models:
            if self.model_now(then) == model:
                found |= self.scope.find(then, keys)
        return found

    def final_reference(self, effect: Effect, record: Record, link: Link) -> Reference:
        """Return what a stored record's reference will be once an effect on it is taken back."""
        step = make_step(effect, self.translator(effect.change.model))
        step.stored = record
        if work_out(step):
            return reference_of(record, link)
        return tuple(step.final(name) for name in link.reference_fields)

    def found(self, finding: Finding) -> None:
        if len(self.obstacles) < MAX_OBSTACLES:
            self.obstacles.append(explain(finding, self.lineage))


def too_long(model: type[Record], step: Step) -> Blocked | None:
    """Return that a text is longer than an index of today's schema holds, if one is."""
    if step.inverse is Inverse.REMOVE or not step.is_needed:
        return None
    record = model()
    for field in model.model_type.stored_fields:
        record.set_value(field.name, step.final(field.name))
    try:
        record.check_index_sizes()
    except ValueProblem as problem:
        return Blocked(f"'{problem.path[0]}' does not take the value it had. {problem.message}")
    return None
