"""The records that logged values refer to, as chips, and what logged records are called.

A fixed number of queries: one for each link among the changes' models, one for all that is deleted by now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.urls import reverse

from adminui.joints import Joint, joints_of
from adminui.related import Chip, chips_by_identifier, missing_chip
from datamodel.modelgen import Record, encode_key
from datamodel.modelgen.values import ValueProblem, coerce
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.schema.ir import Link, ModelType

__all__ = ["KEY_SHOWN", "Logged", "References", "reference_joints", "short_label"]

KEY_SHOWN = 8
"""Of a record that is called by its key alone, as many characters are enough."""

Values = Mapping[str, Any]
Found = dict[tuple[str, tuple[Any, ...]], Chip]


class Logged(Protocol):
    """What is needed of an entry of the log."""

    @property
    def model(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def before(self) -> dict[str, Any] | None: ...
    @property
    def after(self) -> dict[str, Any] | None: ...


def reference_joints(datamodel: DataModel, model: str) -> tuple[Joint, ...]:
    """Return the relationships that the model's own fields hold, each link once."""
    if model not in datamodel.models:
        return ()
    found = {j.link.name: j for j in reversed(joints_of(datamodel, model)) if j.is_reference}
    return tuple(reversed(found.values()))


def label_links(datamodel: DataModel, model: str) -> tuple[Link, ...]:
    """Return the links whose parents say what a record of the model is called."""
    return datamodel.models[model].joinery_label_links if model in datamodel.models else ()


class References:
    """Finds everything that some changes refer to at once; afterwards nothing is read any more.

    ``only_labels`` leaves out what is not needed to say what the changed records are called.
    """

    def __init__(self, datamodel: DataModel, changes: Iterable[Logged], *, only_labels: bool = False) -> None:
        self.datamodel = datamodel
        wanted: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
        links: dict[str, Link] = {}
        for change in changes:
            joints = () if only_labels else reference_joints(datamodel, change.model)
            for link in (*(joint.link for joint in joints), *label_links(datamodel, change.model)):
                links[link.name] = link
                both = (self.values_of(link, values) for values in (change.before, change.after))
                wanted[link.name] |= {values for values in both if values is not None}
        self.found: Found = {}
        for name, values in wanted.items():
            chips = chips_by_identifier(datamodel, links[name], values)
            self.found |= {(name, value): chip for value, chip in chips.items()}
        missing = [(links[n], v) for n, values in wanted.items() for v in values if (n, v) not in self.found]
        self.found |= deleted_chips(missing)

    def values_of(self, link: Link, values: Values | None) -> tuple[Any, ...] | None:
        """Return what refers along a link; None where nothing does, or not with values of today's types."""
        reference = tuple((values or {}).get(name) for name in link.reference_fields)
        if None in reference:
            return None
        parent = self.datamodel.schema.model(link.parent)
        try:
            for name, value in zip(link.identifier_fields, reference, strict=True):
                coerce(self.datamodel.schema, parent.field(name).type, value)
        except ValueProblem:
            return None
        return reference

    def chip(self, link: Link, values: Values | None) -> Chip | None:
        """Return the record that some logged values refer to, None where they refer to none."""
        reference = tuple((values or {}).get(name) for name in link.reference_fields)
        if None in reference:
            return None
        return self.found.get((link.name, reference)) or missing_chip(reference)

    def label(self, change: Logged) -> str:
        """Return what the record of a change was called: by its text, else by whom it belongs to, else by its key."""
        model = self.datamodel.models.get(change.model)
        if model is None or not model.joinery_label_links:
            return short_label(change)
        values = change.after or change.before or {}
        record = stand_in(self.datamodel, model, values)
        chips = (self.chip(link, values) for link in model.joinery_label_links)
        record.joinery_parent_labels = tuple(chip.label for chip in chips if chip is not None)
        return record.label if record.joinery_parent_labels else short_label(change)


def deleted_chips(missing: Iterable[tuple[Link, tuple[Any, ...]]]) -> Found:
    """Return chips for parents that are deleted, called as the log last called them: one query for all."""
    places = {
        (link.name, values): (link.parent, encode_key(values))
        for link, values in missing
        if link.is_enforceable  # only then it holds the parent's key, by which the log finds it
    }
    if not places:
        return {}
    models, keys = {model for model, _ in places.values()}, {key for _, key in places.values()}
    deleted = Change.objects.filter(action=Change.Action.DELETE, model__in=models, key__in=keys).order_by(
        "id"
    )
    labels = {(model, key): label for model, key, label in deleted.values_list("model", "key", "label")}
    return {one: deleted_chip(place, labels[place]) for one, place in places.items() if place in labels}


def deleted_chip(place: tuple[str, str], label: str) -> Chip:
    """A record that was deleted: its history is still there."""
    key = place[1]
    return Chip(key, label or key, reverse("record_history", args=place), note="deleted", is_missing=True)


def stand_in(datamodel: DataModel, model: type[Record], values: Values) -> Record:
    """Return an unsaved record with the logged values that fit the active schema."""
    fitting = {
        name: value for name, value in values.items() if fits(datamodel, model.model_type, name, value)
    }
    return model(**{model.names.attribute(name): value for name, value in fitting.items()})


def fits(datamodel: DataModel, model: ModelType, name: str, value: Any) -> bool:
    field = model.find_field(name)
    if field is None or not field.is_stored:
        return False
    try:
        coerce(datamodel.schema, field.type, value)
    except ValueProblem:
        return False
    return True


def short_label(change: Logged) -> str:
    """A record that is called by its key alone needs no more than the key's beginning."""
    is_keyed = change.label in {"", change.key} and len(change.key) > KEY_SHOWN
    return f"{change.key[:KEY_SHOWN]}…" if is_keyed else change.label or change.key
