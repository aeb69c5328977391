"""The form of a fix of broken records: what it has to be told, and for which records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from adminui.forms.cards import OneCard
from adminui.forms.controls import Choice, Control, Invalid, Spec
from adminui.forms.nested import show_control, take_control
from adminui.forms.posted import Posted
from adminui.joints import Joint, joints_of
from datamodel.health import MOST_AT_ONCE, Answer, Asks, FieldCheck, Fix, LinkCheck, LostValue, lost_values
from datamodel.modelgen import Record, decode_key
from datamodel.modelgen.filled import is_filled_in
from datamodel.modelgen.values import default_value
from datamodel.records import RecordError, RelatedRecordNotFound, RelatedRecordTaken, ValidationFailed
from datamodel.registry import DataModel
from datamodel.schema.ir import ModelField, ModelType

__all__ = ["FixForm", "Replacement"]

PREFIX = "f."
NOTHING = "-"
"""Chosen in the place of a value that is left out; no enum value is written like that."""
MOST_REPLACEMENTS = 100


class ParentCard(OneCard):
    """A record to refer to has to be chosen."""

    @property
    def is_needed(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Replacement:
    """A value that is gone, how often it is there, and what can take its place."""

    name: str
    lost: LostValue
    count: int
    choices: tuple[Choice, ...]

    @property
    def id(self) -> str:
        return "id_" + self.name.replace(".", "-")


@dataclass
class FixForm:
    """What a fix asks for, filled in so far, and what was wrong with it."""

    fix: Fix
    records: Sequence[Record]
    """The records to fix."""
    keys: list[str] | None
    """The URL keys of those that were selected, None where all are meant."""
    posted: Posted
    controls: list[Control] = field(default_factory=list)
    cards: list[OneCard] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, fix: Fix, keys: list[str] | None, posted: Posted) -> FixForm:
        """Fill the form with what was typed, or with what it begins with."""
        form = cls(fix, fix.check.offenders(MOST_AT_ONCE, keys=keys), keys, posted)
        match fix.asks:
            case Asks.PARENT:
                form.cards = [form.card(joint) for joint in form.joints_of_check()]
            case Asks.VALUE if isinstance(fix.check, FieldCheck):
                form.controls = [form.control(fix.check.model, fix.check.stored)]
            case Asks.NEW if isinstance(fix.check, LinkCheck):
                form.ask_for_new(fix.check)
            case Asks.REPLACEMENTS if isinstance(fix.check, FieldCheck):
                form.replacements = list(form.ask_replacements(fix.check))
        return form

    @property
    def datamodel(self) -> DataModel:
        return self.fix.check.datamodel

    @property
    def refusal(self) -> str:
        """Why the fix is not possible for these records; empty where it is."""
        return self.fix.refusal if len(self.records) == 1 else self.fix.refusal_for_many

    @property
    def is_new(self) -> bool:
        """True before anything was typed."""
        return self.posted.text("_typed") is None

    @property
    def is_searching(self) -> bool:
        return any(card.is_searching for card in self.cards)

    @property
    def asks_anything(self) -> bool:
        return bool(self.cards or self.controls or self.replacements)

    def joints_of_check(self) -> list[Joint]:
        """The relationship that the check is about, as its model sees it."""
        check = self.fix.check
        if not isinstance(check, LinkCheck):
            return []
        return self.reference_joints(check.model, check.link.name)[:1]

    def reference_joints(self, model: str, *links: str) -> list[Joint]:
        """The relationships whose reference the model holds: of some links, or of all."""
        joints = [joint for joint in joints_of(self.datamodel, model) if joint.is_reference]
        distinct = {joint.link.name: joint for joint in reversed(joints)}
        return [joint for name, joint in distinct.items() if not links or name in links]

    def card(self, joint: Joint) -> OneCard:
        """The picker of a record to refer to."""
        card = ParentCard(self.datamodel, joint, None)
        card.take(self.posted)
        return card

    def control(self, model: str, stored: ModelField) -> Control:
        """The control of a field; it begins with the value of the record, where there is only one."""
        spec = Spec.of(self.datamodel.schema, stored, PREFIX + stored.name, is_new=True)
        if not self.is_new:
            return take_control(spec, self.posted)
        is_one = len(self.records) == 1 and model == self.fix.check.model
        value = self.records[0].get_value(stored.name) if is_one else None
        return show_control(spec, default_value(self.datamodel.schema, stored) if value is None else value)

    def ask_for_new(self, check: LinkCheck) -> None:
        """Ask for what a parent needs beside the key that its children know."""
        parent, known = check.parent_class.model_type, set(check.link.identifier_fields)
        joints = [joint for joint in self.reference_joints(parent.name) if is_needed_for_new(joint, known)]
        known |= {name for joint in joints for name in joint.link.reference_fields}
        self.cards = [self.card(joint) for joint in joints]
        needed = [f for f in parent.stored_fields if f.name not in known and is_asked(parent, f)]
        self.controls = [self.control(parent.name, stored) for stored in needed]

    def ask_replacements(self, check: FieldCheck) -> list[Replacement]:
        """Ask what takes the place of each value that is gone."""
        found = list(lost_values(check, self.records).items())[:MOST_REPLACEMENTS]
        return [self.replacement(number, lost, count) for number, (lost, count) in enumerate(found)]

    def replacement(self, number: int, lost: LostValue, count: int) -> Replacement:
        name = f"to.{number}"
        # What was chosen belongs to the value that was shown: the order may have changed meanwhile.
        is_same = self.posted.text(f"lost.{number}") == lost[1]
        chosen = (self.posted.text(name) or "") if is_same else ""
        members = self.datamodel.schema.enum(lost[0]).names
        options = [("", "choose"), *((member, member) for member in members), (NOTHING, "no value")]
        choices = tuple(Choice(value, text, value == chosen) for value, text in options)
        return Replacement(name, lost, count, choices)

    def read(self) -> Answer | None:
        """Return the answer, None where something is wrong: each control then says what."""
        parent: dict[str, Any] | None = None
        values: dict[str, Any] = {}
        for control in self.controls:
            try:
                values[control.label] = control.read()
            except Invalid:
                continue
        for card in self.cards:
            if not card.chosen:
                card.errors = card.errors or [f"Choose {card.a_far_noun}."]
            elif self.fix.asks is Asks.PARENT:
                parent = decode_key(card.joint.far, card.chosen)
            else:
                values |= card.reference_values()
        answer = Answer(parent, values, self.read_replacements())
        return None if self.is_wrong else answer

    def read_replacements(self) -> dict[LostValue, str | None]:
        """Return what takes each place; note what was not chosen."""
        chosen: dict[LostValue, str | None] = {}
        for asked in self.replacements:
            value = next((choice.value for choice in asked.choices if choice.is_chosen), "")
            if value:
                chosen[asked.lost] = None if value == NOTHING else value
            else:
                self.errors.append(f"Choose what takes the place of '{asked.lost[1]}'.")
        return chosen

    @property
    def is_wrong(self) -> bool:
        """True where a sentence waits beside a control, or above all of them."""
        inner = [error for control in self.controls for error in control.all_errors()]
        return bool(self.errors or inner or any(card.errors for card in self.cards))

    def refuse(self, error: RecordError) -> None:
        """Put what the write path refused beside the controls it is about."""
        sentences: dict[str, list[str]] = {"": [error.message]}
        if isinstance(error, ValidationFailed):
            sentences = error.errors
        elif isinstance(error, RelatedRecordNotFound | RelatedRecordTaken):
            sentences = {error.field: [error.message]}
        places = {control.label: control.errors for control in self.controls}
        for card in self.cards:
            places |= dict.fromkeys(card.joint.link.reference_fields, card.errors)
        for name, texts in sentences.items():
            places.get(name, self.errors).extend(texts)


def is_needed_for_new(joint: Joint, known: set[str]) -> bool:
    """Return whether a new record needs a parent by this relationship that its key does not tell already."""
    is_required = joint.link.is_required or (joint.field is not None and joint.field.type.is_required)
    return is_required and not set(joint.link.reference_fields) <= known


def is_asked(model: ModelType, stored: ModelField) -> bool:
    """Return whether a new record needs somebody to say the field's value."""
    return (
        (stored.type.is_required or stored.name in model.primary_key)
        and not is_filled_in(model, stored)
        and not stored.is_read_only
    )
