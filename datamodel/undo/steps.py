"""One record's way back: what is stored of it now, what it was, and what is to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from datamodel.modelgen import Record
from datamodel.modelgen.filled import updated_field
from datamodel.undo.effects import Effect, Inverse
from datamodel.undo.translation import Translated, Translator, lacking

__all__ = ["Blocked", "Step", "make_step"]


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a step cannot be taken."""

    message: str
    fields: tuple[str, ...] = ()
    """Whose later change is in the way; none where the record itself came or went."""


@dataclass(slots=True)
class Step:
    """An effect on a record, and what takes it back today."""

    effect: Effect
    before: Translated
    after: Translated
    key: tuple[Any, ...] | None
    """The record's key; None where today's model cannot have it."""
    stored: Record | None = None
    """The record as it is now, or its tombstone."""
    values: dict[str, Any] = field(default_factory=dict)
    """What to write: all values of a record that comes back, else those that change."""
    is_needed: bool = False
    """False where the record is as it was already."""

    @property
    def inverse(self) -> Inverse:
        return self.effect.inverse

    @property
    def inverses(self) -> tuple[Inverse, ...]:
        """What the step does, in order: one record makes room for another where one was replaced."""
        stored = self.stored
        if stored is None or not self.effect.is_replacement or stored.schema.has_datastore:
            return (self.inverse,)
        is_here = stored.joinery_pk == self.effect.change.record_pk
        return (Inverse.REMOVE, Inverse.RESTORE) if is_here else (self.inverse,)

    @property
    def live(self) -> Record | None:
        return None if self.stored is None or self.stored.joinery_deleted else self.stored

    def final(self, name: str) -> Any:
        """Return what a field holds once the step is taken."""
        if name in self.values or self.live is None:
            return self.values.get(name)
        return self.live.get_value(name)


def make_step(effect: Effect, translator: Translator) -> Step:
    """Translate what is needed of an effect: of an update only what it changed."""
    before, after = effect.before or {}, effect.after or {}
    key = translator.key_of(before or after)
    if effect.inverse is Inverse.REVERT:
        changed = {n for n in {*before, *after} if before.get(n) != after.get(n)}
        before, after = pick(before, changed), pick(after, changed)
    was, became = translator.translate(before, is_wanted=True), translator.translate(after)
    if effect.inverse is Inverse.RESTORE:
        translator.complete(was)
    return Step(effect, was, became, key)


def pick(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: values.get(name) for name in names}


def work_out(step: Step) -> Blocked | None:
    """Find what a step has to write, and return what is in its way."""
    match step.inverse:
        case Inverse.RESTORE:
            return work_out_restore(step)
        case Inverse.REVERT:
            return work_out_revert(step)
        case Inverse.REMOVE:
            return work_out_remove(step)
        case Inverse.NOTHING:
            return None


def work_out_restore(step: Step) -> Blocked | None:
    if step.live is not None:
        others = [name for name, value in comparable(step.live) if not step.before.fits(name, value)]
        return Blocked("There is a record of this key again.") if others else None
    if step.before.misfits:
        return Blocked(" ".join(step.before.misfits.values()))
    step.values, step.is_needed = step.before.values, True
    return None


def work_out_revert(step: Step) -> Blocked | None:
    live = step.live
    if live is None:
        return Blocked("It was deleted since.")
    moment, changed = updated_field(live.model_type), list[str]()
    for name in {*step.before.values, *step.before.misfits} - {moment}:
        present = live.get_value(name)
        if step.before.fits(name, present):
            continue
        if not step.after.fits(name, present):
            changed.append(name)
        elif problem := step.before.misfits.get(name) or missing(live, name, step.before.values[name]):
            return Blocked(problem)
        else:
            step.values[name] = step.before.values[name]
    if changed:
        return Blocked(f"{listed(changed)} changed since.", tuple(sorted(changed)))
    if moment in step.before.values and step.after.fits(moment, live.get_value(moment)):
        step.values[moment] = step.before.values[moment]
    step.is_needed = bool(step.values)
    return None


def missing(record: Record, name: str, value: Any) -> str:
    return lacking(name) if value is None and record.model_type.field(name).type.is_required else ""


def work_out_remove(step: Step) -> Blocked | None:
    live = step.live
    if live is None:
        return None
    if not is_untouched(live, step.effect) and (changed := changed_since(live, step.after)):
        return Blocked(f"{listed(changed)} changed since.", tuple(changed))
    step.is_needed = True
    return None


def is_untouched(live: Record, effect: Effect) -> bool:
    """Return whether nobody has written the record since; a number tells it from another of the same key."""
    change = effect.change
    return (live.joinery_pk, live.joinery_version) == (change.record_pk, change.record_version)


def changed_since(live: Record, after: Translated) -> list[str]:
    """Return the fields with other values than were logged; one that is new since is to be empty."""
    return [
        name
        for name, value in comparable(live)
        if not after.fits(name, value) and not (value is None and name not in after.values)
    ]


def comparable(record: Record) -> Iterator[tuple[str, Any]]:
    """Yield the record's values without the time of its last write, which says nothing."""
    moment = updated_field(record.model_type)
    return ((name, value) for name, value in record.values().items() if name != moment)


def listed(names: list[str]) -> str:
    """Return the fields as the beginning of a sentence: ``'a' and 'b' were``."""
    quoted = [f"'{name}'" for name in sorted(names)]
    if len(quoted) == 1:
        return f"{quoted[0]} was"
    return f"{', '.join(quoted[:-1])} and {quoted[-1]} were"
