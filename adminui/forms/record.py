"""The form of one record: its fields, its relationships, and what saving it would change."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse

from adminui.forms.cards import Card, ManyCard, OneCard, build_cards
from adminui.forms.controls import Control, Invalid, Spec
from adminui.forms.nested import show_control, take_control
from adminui.forms.posted import Posted
from adminui.notices import written_group
from adminui.options import ModelOptions, options_for
from datamodel import records
from datamodel.modelgen import Record, decode_key
from datamodel.modelgen.values import default_value
from datamodel.records import RecordError, RelatedRecordNotFound, RelatedRecordTaken, ValidationFailed
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldKind, ModelField
from datamodel.schema.words import noun_of

__all__ = ["RecordForm", "SummaryLine"]

PREFIX = "f."


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line of the error summary: the words, and the id of the control it leads to."""

    text: str
    target: str
    label: str = ""


@dataclass
class RecordForm:
    """A record's form, filled from the record or from what was typed."""

    datamodel: DataModel
    options: ModelOptions
    record: Record | None
    base: dict[str, Any]
    """The stored values that the form began with."""
    base_version: int
    controls: list[Control] = field(default_factory=list)
    cards: list[OneCard | ManyCard] = field(default_factory=list)
    posted: Posted | None = None
    general_errors: list[str] = field(default_factory=list)
    written: UUID | None = None
    """The set of changes that saving made, if it changed anything."""

    @classmethod
    def for_record(cls, datamodel: DataModel, record: Record) -> RecordForm:
        """The form of a stored record."""
        options = options_for(datamodel, record.model_type.name)
        form = cls(datamodel, options, record, record.values(), record.joinery_version)
        form.controls = [show_control(form.spec(f), form.base.get(f.name)) for f in form.fields]
        form.cards = build_cards(datamodel, options.joints, record)
        for card in form.cards:
            card.load()
        return form

    @classmethod
    def for_new(cls, datamodel: DataModel, model: str, presets: QueryDict) -> RecordForm:
        """The form of a record to be made; the address may fill in fields and relationships."""
        options = options_for(datamodel, model)
        form = cls(datamodel, options, None, {}, 0)
        form.controls = [show_control(form.spec(f), _first_value(datamodel, f, presets)) for f in form.fields]
        form.cards = build_cards(datamodel, options.joints, None)
        for card in form.cards:
            if key := presets.get(card.slug):
                card.preset(key)
        for control in form.main_controls[:1]:
            control.focus()
        return form

    @classmethod
    def for_copy(cls, datamodel: DataModel, record: Record) -> RecordForm:
        """The form of a record to be made like another; its key, and references only one may have, are left out."""
        model = record.model_type
        form = cls(datamodel, options_for(datamodel, model.name), None, {}, 0)
        values = {k: v for k, v in record.values().items() if k not in model.primary_key}
        form.controls = [
            show_control(form.spec(f), values.get(f.name, default_value(datamodel.schema, f)))
            for f in form.fields
        ]
        form.cards = build_cards(datamodel, form.options.joints, None)
        for card in form.cards:
            card.copy(record)
        for control in form.main_controls[:1]:
            control.focus()
        return form

    @classmethod
    def from_post(
        cls, datamodel: DataModel, model: str, record: Record | None, data: QueryDict
    ) -> RecordForm:
        """The form with what was typed; ``record`` is None for a record to be made."""
        posted = Posted(data)
        base = posted.json("_base") if record else {}
        form = cls(
            datamodel=datamodel,
            options=options_for(datamodel, model),
            record=record,
            base=base if isinstance(base, dict) else {},
            base_version=(posted.number("_version") or 0) if record else 0,
            posted=posted,
        )
        form.controls = [take_control(form.spec(f), posted) for f in form.fields]
        form.cards = build_cards(datamodel, form.options.joints, record)
        for card in form.cards:
            card.take(posted)
        return form

    def spec(self, field: ModelField) -> Spec:
        """Describe the control of a field; an ``id`` that is left empty is made up."""
        described = Spec.of(self.datamodel.schema, field, PREFIX + field.name, is_new=self.record is None)
        return replace(described, is_required=False) if field.name == "id" else described

    @property
    def model_name(self) -> str:
        return self.options.model.name

    @property
    def fields(self) -> list[ModelField]:
        """The fields with a control: not the filled-in ones, not references, not a stored record's key."""
        references = {
            name
            for joint in self.options.joints
            if joint.is_reference
            for name in joint.link.reference_fields
        }
        return [f for f in self.options.model.stored_fields if self._has_control(f, references)]

    def _has_control(self, field: ModelField, references: set[str]) -> bool:
        model = self.options.model
        if field.name in model.primary_key and self.record is not None:
            return False
        if field.name in (model.created_at, model.updated_at) or field.is_read_only:
            return False
        return field.name not in references

    @property
    def id_control(self) -> Control | None:
        """The control of an ``id`` that is made up where it is left empty."""
        return next(
            (c for c in self.controls if c.label == "id" and "id" in self.options.model.primary_key), None
        )

    @property
    def main_controls(self) -> list[Control]:
        return [control for control in self.controls if control is not self.id_control]

    @property
    def base_json(self) -> str:
        """The stored values the form began with, for its hidden field."""
        return json.dumps(self.base, default=str)

    @property
    def action(self) -> str:
        """Where the form is sent."""
        if self.record is None:
            return reverse("record_new", args=[self.model_name])
        return reverse("record", args=[self.model_name, self.record.url_key])

    @property
    def tags(self) -> list[str]:
        """The stored values of the first enum field, shown beside the heading."""
        enums = [
            f
            for f in self.options.model.stored_fields
            if f.type.kind is FieldKind.ENUM and not f.type.is_list
        ]
        return [
            value for f in enums[:1] if self.record is not None and (value := self.record.get_value(f.name))
        ]

    @property
    def system_facts(self) -> list[tuple[str, Any]]:
        """The key and the times of a stored record."""
        if self.record is None:
            return []
        model = self.options.model
        names = [
            *model.primary_key,
            *(n for n in (model.created_at, model.updated_at) if n and model.find_field(n)),
        ]
        return [(name, self.record.get_value(name)) for name in names]

    @property
    def is_all_key(self) -> bool:
        """True for a stored record whose fields are all part of its key, which never changes."""
        return self.record is not None and not self.controls and self.options.model.primary_key != ("id",)

    @property
    def changed_at(self) -> float | None:
        return self.record.joinery_changed_at / 1000 if self.record is not None else None

    @property
    def touched(self) -> list[str]:
        """The names of the fields and relationships that saving would change."""
        if self.posted is None:
            return []
        names = [c.label for c in self.controls if self.is_touched(c) and c.state() is not None]
        return names + [card.joint.title for card in self.cards if card.is_changed]

    @property
    def touched_json(self) -> str:
        return json.dumps(self.touched)

    @property
    def is_searching(self) -> bool:
        return any(card.is_searching for card in self.cards)

    def control(self, field_name: str) -> Control | None:
        return next((c for c in self.controls if c.label == field_name), None)

    def card(self, slug: str) -> Card | None:
        return next((c for c in self.cards if c.slug == slug), None)

    def is_touched(self, control: Control) -> bool:
        """Return whether something else is in the control than the form began with."""
        if self.record is None:
            return True
        begun = show_control(control.spec, self.base.get(control.label))
        return bool(begun.state() != control.state())

    def values(self) -> dict[str, Any]:
        """Return the values to store: for a stored record only what was changed. Sentences stay in ``errors``."""
        values: dict[str, Any] = {}
        for control in self.controls:
            if not self.is_touched(control):
                continue
            try:
                value = control.read()
            except Invalid:
                continue
            if self.record is not None or value is not None:
                values[control.label] = value
        self._add_references(values)
        return values

    def _add_references(self, values: dict[str, Any]) -> None:
        for card in self.cards:
            if not isinstance(card, OneCard) or not card.joint.is_reference:
                continue
            if card.joint.link.is_required and not card.chosen:
                card.errors.append(f"Choose {card.a_far_noun}: every {self.noun} needs one.")
            elif card.is_changed and card.chosen != "?":
                self._merge(values, card.reference_values(), card)

    def _merge(self, values: dict[str, Any], reference: dict[str, Any], card: OneCard) -> None:
        """Add a reference; one that shares a field with another must agree with it."""
        for name, value in reference.items():
            if value is not None and values.get(name) not in (None, value):
                card.errors.append(
                    f"'{name}' would be '{values[name]}' and '{value}' at once: another relationship uses it too."
                )
                return
        values.update({k: v for k, v in reference.items() if v is not None or k not in values})

    @property
    def noun(self) -> str:
        return noun_of(self.model_name)

    @property
    def is_valid(self) -> bool:
        """True where nothing was found wrong so far (after ``values``)."""
        return not self.summary

    @property
    def summary(self) -> list[SummaryLine]:
        """Everything that is wrong, each line leading to its control."""
        lines = [SummaryLine(text, "") for text in self.general_errors]
        for control in self.controls:
            lines += [SummaryLine(text, inner.id, inner.label) for inner, text in control.all_errors()]
        for card in self.cards:
            lines += [SummaryLine(text, card.id, card.joint.title) for text in card.errors]
        return lines

    def refuse(self, error: RecordError) -> None:
        """Put what the write path refused beside the controls it is about."""
        if isinstance(error, ValidationFailed):
            for name, sentences in error.errors.items():
                for sentence in sentences:
                    self._put(name, sentence)
        elif isinstance(error, RelatedRecordNotFound | RelatedRecordTaken):
            self._put(error.field, error.message)
        else:
            self.general_errors.append(error.message)

    def _put(self, field_name: str, sentence: str) -> None:
        for control in self.controls:
            if control.label == field_name:
                control.errors.append(sentence)
                return
        for card in self.cards:
            names = {card.slug, *(card.joint.link.reference_fields if card.joint.is_reference else ())}
            if field_name in names:
                card.errors.append(sentence)
                return
        self.general_errors.append(f"{field_name}: {sentence}")

    def save(self) -> Record | None:
        """Write everything in one transaction; None where something is wrong and ``summary`` says what.

        Raise VersionConflict, RecordNotFound and SchemaChanged, which the page answers.
        """
        values = self.values()
        if not self.is_valid:
            return None
        key = self.record.key_dict if self.record is not None else None

        def work() -> Record:
            version = self.base_version or None
            saved = records.save_with_links(
                self.datamodel, self.model_name, key, values, expected_version=version if key else None
            )
            for card in self.cards:
                self._apply(card, saved)
            self.written = written_group()
            return saved

        try:
            return records.transact(self.datamodel, work)
        except (records.VersionConflict, records.RecordNotFound):
            raise
        except RecordError as error:
            self.refuse(error)
            return None

    def _apply(self, card: OneCard | ManyCard, saved: Record) -> None:
        """Link and unlink what the card says, for references that other records hold."""
        if card.joint.is_reference or not card.is_changed:
            return
        if isinstance(card, OneCard):
            removed = [card.stored.key] if card.stored else []
            added = [card.chosen] if card.chosen else []
        else:
            removed, added = sorted(card.unlinked), [chip.key for chip in card.linked]
        for key in removed:
            self._unlink(card, saved, self._far_key(card, key))
        for key in added:
            self._link(card, saved, self._far_key(card, key))

    def _far_key(self, card: Card, url_key: str) -> dict[str, Any]:
        return decode_key(card.joint.far, url_key)

    def _link(self, card: Card, saved: Record, far_key: dict[str, Any]) -> None:
        joint = card.joint
        if joint.is_through:
            records.link_many(self.datamodel, self.model_name, joint.slug, saved.key_dict, far_key)
        else:
            records.link(self.datamodel, joint.link, saved.key_dict, far_key)

    def _unlink(self, card: Card, saved: Record, far_key: dict[str, Any]) -> None:
        joint = card.joint
        if joint.is_through:
            records.unlink_many(self.datamodel, self.model_name, joint.slug, saved.key_dict, far_key)
        else:
            records.unlink(self.datamodel, joint.link, far_key, saved.key_dict)

    def keep_key(self) -> None:
        """Fill the key of the record that the form was about into the form of a new one."""
        stored = self.posted.json("_base") if self.posted is not None else None
        if not isinstance(stored, dict):
            return
        for name in self.options.model.primary_key:
            control = self.control(name)
            if control is not None and control.state() is None:
                control.show(stored.get(name))

    def leftovers(self) -> dict[str, str]:
        """What was typed into fields that the schema no longer has."""
        if self.posted is None:
            return {}
        return {name.removeprefix(PREFIX): text for name, text in self.posted.unused(PREFIX).items()}


def _first_value(datamodel: DataModel, field: ModelField, presets: QueryDict) -> Any:
    """What a new record's field begins with: the address's word, else the schema's default."""
    if field.name in presets:
        return presets[field.name] if not field.type.is_list else presets.getlist(field.name)
    return default_value(datamodel.schema, field)
