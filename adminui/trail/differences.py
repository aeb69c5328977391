"""What a change did to a record, field by field, ready to be drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adminui.joints import Joint
from adminui.trail.references import Logged, References, reference_joints
from adminui.trail.texts import SAME, Line, compare_items, compare_texts
from adminui.trail.values import Shown, as_text, show_value
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldKind, FieldType, ModelField, ModelType, Schema

__all__ = ["FieldChange", "Part", "tell_differences"]

LONG_TEXT = 80
"""Longer texts are compared line by line; shorter ones stand side by side."""
SHORT = 24
MAX_ROWS = 60
"""Items of a list that are shown."""
RUN = 3
"""More unchanged items in a row are told by their number."""

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list: unchanged, gone or new; ``skipped`` unchanged ones in its place where it has no value."""

    mark: str
    value: Shown | None = None
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A value that differs: a field's, or one inside an embedded type, by its path."""

    name: str
    before: Shown | None = None
    """None where there was no record, or where ``lines`` or ``items`` tell it."""
    after: Shown | None = None
    lines: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def is_short(self) -> bool:
        """True where both values have room in a line among others."""
        both = [value for value in (self.before, self.after) if value is not None]
        return bool(both) and all(len(value.text) <= SHORT and not value.note for value in both)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field or a relationship that differs."""

    name: str
    fields: tuple[str, ...]
    """The stored fields that it is about."""
    parts: tuple[Part, ...]
    is_joint: bool = False


def tell_differences(
    datamodel: DataModel, change: Logged, references: References, only: Sequence[str] | None = None
) -> tuple[FieldChange, ...]:
    """Return the fields in which before and after differ; of a new or deleted record all that had a value.

    ``only`` names stored fields to look at. What the server keeps by itself is left out.
    """
    model = datamodel.schema.find_model(change.model)
    before, after = change.before, change.after
    names = [n for n in differing(before, after) if only is None or n in only]
    quiet = quiet_fields(model, is_update=before is not None and after is not None)
    joints = [
        j for j in reference_joints(datamodel, change.model) if set(j.link.reference_fields) & set(names)
    ]
    held = {name for joint in joints for name in joint.link.reference_fields}
    told = [tell_joint(joint, before, after, references) for joint in joints]
    plain = [
        FieldChange(name, (name,), tuple(tell_field(datamodel.schema, model, name, before, after)))
        for name in ordered(model, names)
        if name not in held and name not in quiet
    ]
    return tuple(one for one in (*plain, *told) if one.parts)


def differing(before: Values | None, after: Values | None) -> list[str]:
    """Return the names of the values that are not the same before and after."""
    was, now = before or {}, after or {}
    return [n for n in {**now, **was} if as_json(was.get(n)) != as_json(now.get(n))]


def as_json(value: Any) -> str:
    """Tell values apart as JSON does: ``1`` is not ``true``."""
    return json.dumps(value, sort_keys=True)


def quiet_fields(model: ModelType | None, *, is_update: bool) -> frozenset[str]:
    """The fields that go without saying: the last change's time, and a new record's key and times."""
    if model is None:
        return frozenset()
    times = {model.updated_at} if is_update else {model.updated_at, model.created_at}
    key = {"id"} if model.primary_key == ("id",) else set()
    return frozenset(name for name in times | key if name is not None)


def ordered(model: ModelType | None, names: Sequence[str]) -> list[str]:
    """Return the names in the schema's order, those it no longer has last."""
    order = [field.name for field in model.stored_fields] if model else []
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def tell_joint(
    joint: Joint, before: Values | None, after: Values | None, references: References
) -> FieldChange:
    was, now = references.chip(joint.link, before), references.chip(joint.link, after)
    if was is None and now is None:
        return FieldChange(joint.title, joint.link.reference_fields, ())
    part = Part(
        joint.title,
        None if before is None else Shown("joint", chip=was) if was else Shown("none"),
        None if after is None else Shown("joint", chip=now) if now else Shown("none"),
    )
    return FieldChange(joint.title, joint.link.reference_fields, (part,), is_joint=True)


def tell_field(
    schema: Schema, model: ModelType | None, name: str, before: Values | None, after: Values | None
) -> Iterator[Part]:
    """Return the parts of a stored field that differ."""
    field = model.find_field(name) if model else None
    type_ = field.type if field else None
    if before is None or after is None:
        value = (after if before is None else before) or {}
        shown = show_value(type_, value.get(name))
        yield Part(name, None if before is None else shown, None if after is None else shown)
        return
    yield from tell_parts(schema, name, type_, before.get(name), after.get(name))


def tell_parts(schema: Schema, path: str, type: FieldType | None, before: Any, after: Any) -> Iterator[Part]:
    """Return what differs between two values, inside embedded ones by path."""
    if isinstance(before, dict) and isinstance(after, dict):
        fields = embedded_fields(schema, type)
        for name in differing(before, after):
            inner = fields[name].type if name in fields else None
            yield from tell_parts(schema, f"{path}.{name}", inner, before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list) and before and after:
        yield Part(path, items=tell_items(type, before, after))
    elif is_long(was := as_text(type, before), now := as_text(type, after)):
        yield Part(path, lines=compare_texts(was or "", now or ""))
    else:
        yield Part(path, show_value(type, before), show_value(type, after))


def embedded_fields(schema: Schema, type: FieldType | None) -> dict[str, ModelField]:
    """Return the fields of an embedded type by name."""
    if type is None or type.kind is not FieldKind.CUSTOM:
        return {}
    return {field.name: field for field in schema.custom_type(type.name).fields}


def is_long(before: str | None, after: str | None) -> bool:
    """Return whether two texts are compared line by line."""
    if before is None or after is None or not (before and after):
        return False
    return max(len(before), len(after)) > LONG_TEXT or "\n" in before + after


def tell_items(type: FieldType | None, before: list[Any], after: list[Any]) -> tuple[Item, ...]:
    """Return the items of a list with what happened to each; many unchanged ones as a number."""
    single = None if type is None else FieldType(type.name, type.kind)
    marked = list(compare_items(before, after, as_json))
    items: list[Item] = []
    run: list[Any] = []
    for mark, value in [*marked, ("end", None)]:
        if mark == SAME:
            run.append(value)
            continue
        items += same_items(single, run)
        run = []
        if mark != "end":
            items.append(Item(mark, show_value(single, value)))
    hidden = len(items) - MAX_ROWS
    return tuple(items) if hidden <= 0 else (*items[:MAX_ROWS], Item("more", skipped=hidden))


def same_items(type: FieldType | None, values: Sequence[Any]) -> list[Item]:
    if len(values) > RUN:
        return [Item(SAME, skipped=len(values))]
    return [Item(SAME, show_value(type, value)) for value in values]
