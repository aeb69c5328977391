"""The words of a plan: one sentence per step, in terms of the user's records, and how risky it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from datamodel.migrator.census import Census, quoted
from datamodel.migrator.diff import ModelChange, SchemaDiff
from datamodel.migrator.outcomes import FieldOutcome, Filler, LinkOutcome, Outcomes
from datamodel.schema.ir import ModelType, OnDelete
from datamodel.schema.options import SchemaOptions

__all__ = ["PlanStep", "Risk", "describe_steps", "integrity_step"]


class Risk(StrEnum):
    """Safe steps lose nothing; risky ones may surprise; destructive ones lose values that records hold."""

    SAFE = "safe"
    RISKY = "risky"
    DESTRUCTIVE = "destructive"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One thing that applying the plan does."""

    kind: str
    risk: Risk
    text: str
    model: str = ""
    field: str | None = None
    rows: int | None = None
    """How many records it touches."""
    detail: str = ""
    blocker: str = ""
    """Set where the step cannot be done: what to do first."""

    @property
    def is_destructive(self) -> bool:
        return self.risk is Risk.DESTRUCTIVE

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "risk": str(self.risk),
            "text": self.text,
            "model": self.model,
            "field": self.field,
            "rows": self.rows,
            "detail": self.detail,
            "blocker": self.blocker,
        }


def describe_steps(diff: SchemaDiff, outcomes: Outcomes, census: Census) -> Iterator[PlanStep]:
    """Yield every step: renames, tables, fields, keys, indexes, relationships, and what only the API shows."""
    yield from _rename_steps(diff)
    for model in diff.created:
        yield PlanStep("create_table", Risk.SAFE, f"create table {model.name}", model.name)
    for change in diff.kept:
        yield from _model_steps(change, diff, outcomes, census)
    for outcome in outcomes.links:
        yield from _link_steps(outcome, diff)
    for model in diff.dropped:
        yield _drop_step(model, census)
    yield from _definition_steps(diff, census)
    yield from _api_steps(diff)


def _rename_steps(diff: SchemaDiff) -> Iterator[PlanStep]:
    for old, new in diff.renames.models.items():
        yield PlanStep("rename_table", Risk.SAFE, f"rename {old} to {new}", new)
    for (model, old), new in diff.renames.fields.items():
        yield PlanStep("rename_field", Risk.SAFE, f"rename field {old} of {model} to {new}", model, new)


def _drop_step(model: ModelType, census: Census) -> PlanStep:
    count = census.count(model.name).live
    risk = Risk.DESTRUCTIVE if count else Risk.RISKY
    return PlanStep("drop_table", risk, f"drop table {model.name}: {records(count)}", model.name, rows=count)


def _model_steps(
    change: ModelChange, diff: SchemaDiff, outcomes: Outcomes, census: Census
) -> Iterator[PlanStep]:
    for each in change.fields:
        yield from _field_steps(outcomes.fields[each.model, each.name], diff)
    yield from _key_steps(change, outcomes, census)
    yield from _index_steps(change)


def _field_steps(outcome: FieldOutcome, diff: SchemaDiff) -> Iterator[PlanStep]:
    change = outcome.change
    if change.new is None:
        yield _drop_field_step(outcome)
    elif change.old is None:
        yield _add_field_step(outcome)
    else:
        if change.is_retyped:
            yield _retype_step(outcome)
        elif change.conversion is not None:
            yield _removed_values_step(outcome, diff)
        if change.becomes_required:
            yield _required_step(outcome)
        elif change.becomes_optional:
            text = f"make {change.name} of {change.model} optional"
            yield PlanStep("make_optional", Risk.SAFE, text, change.model, change.name)


DELETED = {
    True: "has no value and is deleted, with what its relationships take along",
    False: "have no value and are deleted, with what their relationships take along",
}
"""What happens to one record, and to several."""


def _add_field_step(outcome: FieldOutcome) -> PlanStep:
    change, live = outcome.change, outcome.live
    required = "required field" if change.is_required else "field"
    text = f"add {required} {change.name} to {change.model}"
    if live:
        text += f": {records(live)} {_verb(live, 'get')} {_filled_with(outcome.filler)}"
    if outcome.question:
        text = (
            f"add {required} {change.name} to {change.model}: {records(live)} {_verb(live, 'need')} a value"
        )
    if outcome.is_deleted:
        text = f"add {required} {change.name} to {change.model}: {records(live)} {DELETED[live == 1]}"
        return PlanStep("add_field", Risk.DESTRUCTIVE, text, change.model, change.name, live)
    risk = Risk.RISKY if change.is_required and live else Risk.SAFE
    return PlanStep("add_field", risk, text, change.model, change.name, live)


def _drop_field_step(outcome: FieldOutcome) -> PlanStep:
    change, filled = outcome.change, outcome.filled
    held = (
        f"{_of(filled, outcome.live)} {_verb(filled, 'hold')} a value"
        if filled
        else "no record holds a value"
    )
    risk = Risk.DESTRUCTIVE if filled else Risk.RISKY
    text = f"drop field {change.name} from {change.model}: {held}"
    return PlanStep("drop_field", risk, text, change.model, change.name, filled)


def _required_step(outcome: FieldOutcome) -> PlanStep:
    change, lacking = outcome.change, outcome.lacking
    text = f"make {change.name} of {change.model} required"
    if not lacking:
        return PlanStep(
            "make_required", Risk.SAFE, f"{text}: every record has a value", change.model, change.name, 0
        )
    text += f": {_of(lacking, outcome.live)}"
    if outcome.is_deleted:
        text += f" {DELETED[lacking == 1]}"
        return PlanStep("make_required", Risk.DESTRUCTIVE, text, change.model, change.name, lacking)
    text += f" {_verb(lacking, 'have')} no value"
    if not outcome.question:
        text += f" and {_verb(lacking, 'get')} {_filled_with(outcome.filler)}"
    return PlanStep("make_required", Risk.RISKY, text, change.model, change.name, lacking)


def _retype_step(outcome: FieldOutcome) -> PlanStep:
    change = outcome.change
    before, after = (str(each.type).removesuffix("!") for each in (change.source, change.target))
    text = f"change type of {change.name} of {change.model} from {before} to {after}"
    return _conversion_step("change_type", text, outcome)


def _removed_values_step(outcome: FieldOutcome, diff: SchemaDiff) -> PlanStep:
    change = outcome.change
    name = change.source.type.name
    removed = [value for value in diff.before.enum(name).names if value not in diff.after.enum(name).names]
    values = ", ".join(removed)
    text = f"remove {values} from enum {name} in {change.name} of {change.model}"
    return _conversion_step("remove_enum_value", text, outcome)


def _conversion_step(kind: str, text: str, outcome: FieldOutcome) -> PlanStep:
    """Say how many values fit; those that do not are lost."""
    change, misfits = outcome.change, outcome.misfits.misfits
    if not misfits:
        fits = {0: "no record holds a value", 1: "the only value fits"}.get(
            outcome.filled, f"all {outcome.filled} values fit"
        )
        risk = Risk.RISKY if outcome.filled and kind == "change_type" and change.conversion else Risk.SAFE
        return PlanStep(kind, risk, f"{text}: {fits}", change.model, change.name, outcome.filled)
    text += f": {_of(misfits, outcome.live)} {_verb(misfits, 'hold')} a value that does not fit"
    if change.target.type.is_list:
        text += " and lose it"
    elif not outcome.question:
        text += f" and {_verb(misfits, 'get')} {_filled_with(outcome.filler)}"
    detail = f"For example {', '.join(outcome.misfits.examples)}."
    return PlanStep(kind, Risk.DESTRUCTIVE, text, change.model, change.name, misfits, detail)


def _key_steps(change: ModelChange, outcomes: Outcomes, census: Census) -> Iterator[PlanStep]:
    """A key that changes, or whose values do, must still tell records apart."""
    is_converted = any(each.conversion for each in change.fields if each.name in change.new.primary_key)
    if not change.is_key_changed and not is_converted:
        return
    old, new = (" + ".join(model.primary_key) for model in (change.old, change.new))
    text = f"change the primary key of {change.name} from {old} to {new}"
    if not change.is_key_changed:
        text = f"keep {new} the primary key of {change.name}"
    duplicates = () if outcomes.makes_key(change) else census.duplicates(change)
    blocker = ""
    if duplicates:
        shared = quoted([example for example in duplicates if example])
        values = f": {shared}" if shared else ""
        blocker = (
            f"Records of {change.name} would share a value of {new}{values}. Give each its own value first."
        )
    if change.is_key_changed or blocker:
        live = census.count(change.name).live
        yield PlanStep("change_key", Risk.RISKY, text, change.name, rows=live, blocker=blocker)


def _index_steps(change: ModelChange) -> Iterator[PlanStep]:
    old = {index.name: index for index in change.old.indexes}
    new = {index.name: index for index in change.new.indexes}
    for name, index in new.items():
        if name not in old:
            yield PlanStep("add_index", Risk.SAFE, f"add index {name} to {change.name}", change.name)
        elif old[name].fields != index.fields:
            fields = ", ".join(index.fields)
            yield PlanStep(
                "change_index", Risk.SAFE, f"change index {name} of {change.name} to {fields}", change.name
            )
    for name in old:
        if name not in new:
            yield PlanStep("drop_index", Risk.SAFE, f"drop index {name} from {change.name}", change.name)


def _link_steps(outcome: LinkOutcome, diff: SchemaDiff) -> Iterator[PlanStep]:
    change = outcome.change
    link = change.link
    if diff.find_kept(link.child) is None:
        return
    if change.new is None:
        text = f"remove relationship {link.name} to {link.parent}"
        yield PlanStep("remove_relationship", Risk.SAFE, text, link.child)
    elif change.old is None:
        text = f"add relationship {link.name} to {link.parent}, on delete {link.on_delete}"
        yield _checked_link_step("add_relationship", text, Risk.SAFE, outcome)
    elif change.old.on_delete is not change.new.on_delete:
        text = (
            f"on delete of {link.parent}, change what happens to {link.child} by {link.name} "
            f"from {change.old.on_delete} to {change.new.on_delete}"
        )
        risk = Risk.RISKY if change.new.on_delete is OnDelete.CASCADE else Risk.SAFE
        yield _checked_link_step("change_policy", text, risk, outcome, meaning=_policy_meaning(outcome))
    elif change.becomes_single:
        text = f"let a record of {link.parent} have one {link.child} at most by {link.name}"
        yield _checked_link_step("change_relationship", text, Risk.SAFE, outcome)


POLICY_MEANINGS = {
    OnDelete.CASCADE: "Deleting a record of {parent} deletes the records of {child} that refer to it too.",
    OnDelete.CLEAR: "Deleting a record of {parent} keeps the records of {child} that refer to it, and clears their {fields}.",
    OnDelete.RESTRICT: "Deleting a record of {parent} is refused while records of {child} refer to it.",
    OnDelete.KEEP: "Deleting a record of {parent} leaves the records of {child} that refer to it as they are; "
    "what {fields} hold is not checked any more.",
}


def _policy_meaning(outcome: LinkOutcome) -> str:
    """Say what the new policy does, and to how many records it would."""
    link, count = outcome.change.link, outcome.referring
    fields = " and ".join(link.reference_fields)
    text = POLICY_MEANINGS[link.on_delete].format(parent=link.parent, child=link.child, fields=fields)
    if link.on_delete is OnDelete.KEEP and len(link.reference_fields) == 1:
        text = text.replace(f"what {fields} hold", f"what {fields} holds")
    return f"{text} {_capital(records(count))} of {link.child} {_verb(count, 'have')} a reference."


def _checked_link_step(kind: str, text: str, risk: Risk, outcome: LinkOutcome, meaning: str = "") -> PlanStep:
    """References that name no record are cleared, or stand in the way where they may not be.

    So do records that share a parent which may have one only: nobody can tell which of them is meant.
    """
    link, count = outcome.change.link, outcome.dangling
    field = link.reference_fields[0]
    blockers = [_doubled_blocker(outcome)] if outcome.doubled else []
    details = [meaning] if meaning else []
    if count:
        text += f": {records(count)} of {link.child} {_verb(count, 'refer')} to no {link.parent}"
        details.append(f"The references are {quoted(outcome.examples)}.")
    if count and outcome.clearable:
        text += f" and {_verb(count, 'lose')} the reference"
        risk = Risk.DESTRUCTIVE
    elif count:
        risk = Risk.RISKY
        blockers.insert(0, _dangling_blocker(outcome))
    rows = count or outcome.doubled or None
    return PlanStep(kind, risk, text, link.child, field, rows, " ".join(details), " ".join(blockers))


def _dangling_blocker(outcome: LinkOutcome) -> str:
    link, count = outcome.change.link, outcome.dangling
    return (
        f"{_capital(records(count))} of {link.child} {_verb(count, 'refer')} to no {link.parent} by the required "
        f"{link.reference_fields[0]}: {quoted(outcome.examples)}. Correct or delete them first, "
        f"or choose the policy keep for {link.name}."
    )


def _doubled_blocker(outcome: LinkOutcome) -> str:
    link, count = outcome.change.link, outcome.doubled
    return (
        f"{_capital(records(count))} of {link.child} {_verb(count, 'share')} a {link.parent} with another, "
        f"which may have one only: {quoted(outcome.shared)}. Give each a {link.parent} of its own or delete "
        f"what is too much first, or choose the policy keep for {link.name}."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _definition_steps(diff: SchemaDiff, census: Census) -> Iterator[PlanStep]:
    """Enum values that come, and custom types whose stored values no longer fit."""
    old_enums = {enum.name: enum for enum in diff.before.enums}
    for enum in diff.after.enums:
        if old := old_enums.get(enum.name):
            added = [value for value in enum.names if value not in old.names]
            if added:
                text = f"add {', '.join(added)} to enum {enum.name}: no change to tables"
                yield PlanStep("add_enum_value", Risk.SAFE, text)
    yield from _embedded_steps(diff, census)


def _embedded_steps(diff: SchemaDiff, census: Census) -> Iterator[PlanStep]:
    old_types = {custom.name: custom for custom in diff.before.custom_types}
    for custom in diff.after.custom_types:
        if old_types.get(custom.name, custom) == custom:
            continue
        count, models = census.embedded_misfits(custom.name)
        text = f"change type {custom.name}: no change to tables"
        if not count:
            yield PlanStep("change_custom_type", Risk.SAFE, text)
            continue
        holders = f"{records(count)} of {', '.join(models)} {_verb(count, 'hold')}"
        text = f"change type {custom.name}: {holders} a value that does not fit"
        detail = "The stored values stay as they are; what does not fit is not shown until it is corrected."
        yield PlanStep("change_custom_type", Risk.RISKY, text, rows=count, detail=detail)


def _api_steps(diff: SchemaDiff) -> Iterator[PlanStep]:
    """What no table shows."""
    before, after = diff.before, diff.after
    if before.has_datastore != after.has_datastore and before.models:
        position = "on" if after.has_datastore else "off"
        yield PlanStep("datastore", Risk.RISKY, f"switch DataStore {position}: records stay as they are")
    for change in diff.kept:
        if _rules(change.old) != _rules(change.new):
            text = f"change who may use {change.name}: no change to tables"
            yield PlanStep("change_access", Risk.RISKY, text, change.name)
    if before.global_auth != after.global_auth and before.models:
        yield PlanStep(
            "change_access", Risk.RISKY, "change who may use models without a rule: no change to tables"
        )


def integrity_step(before: SchemaOptions, after: SchemaOptions) -> PlanStep | None:
    """Return the step that switches between enforcing relationships and leaving them alone, if there is one."""
    if before.integrity == after.integrity:
        return None
    meaning = {
        "appsync": "relationships without a choice of their own are not enforced any more",
        "managed": "relationships are enforced again, but for those that are chosen to be kept",
    }[after.integrity]
    return PlanStep("integrity", Risk.RISKY, f"switch integrity to {after.integrity}: {meaning}")


def _rules(model: ModelType) -> tuple[Any, ...]:
    return model.auth, {field.name: field.auth for field in model.fields if field.auth is not None}


def records(count: int) -> str:
    """Return ``no records``, ``1 record`` or ``12 records``."""
    return "no records" if count == 0 else "1 record" if count == 1 else f"{count} records"


def _of(count: int, total: int) -> str:
    return f"{count} of {records(total)}"


def _verb(count: int, plural: str) -> str:
    """Return the verb as it goes with the count."""
    if count != 1:
        return plural
    return {"have": "has"}.get(plural, f"{plural}s")


def _filled_with(filler: Filler | None) -> str:
    if filler is None:
        return "null"
    if filler.description:
        return filler.description
    return json.dumps(filler.value, ensure_ascii=False)
