"""Relationships and fields in words, the same everywhere on the site."""

from __future__ import annotations

from dataclasses import dataclass

from adminui.joints import noun_of
from datamodel.schema.ir import FieldOrigin, Link, ModelField, ModelType, OnDelete

__all__ = ["LinkWords", "describe_link", "field_notes"]

POLICY = {
    OnDelete.CASCADE: "Deleting {a_parent} deletes {children} too.",
    OnDelete.CLEAR: "Deleting {a_parent} keeps {children} and clears {reference}.",
    OnDelete.RESTRICT: "{a_parent} cannot be deleted while it has {children}.",
    OnDelete.KEEP: "Deleting {a_parent} leaves {children} as they are, pointing at nothing; nothing is checked.",
}


@dataclass(frozen=True, slots=True)
class LinkWords:
    """A link as the relationships page tells it."""

    link: Link
    sentence: str
    policy: str
    reference: str
    is_changed: bool


def describe_link(link: Link) -> LinkWords:
    """Return the words for ``link``: who refers to whom, by what, and what a delete does."""
    child, parent = link.child, link.parent
    many = "many" if link.is_many else "at most one"
    need = "must belong" if link.is_required else "may belong"
    if link.is_join:
        sentence = f"Each {child} joins one {parent} to another record."
    else:
        sentence = f"{_each(child)} {need} to one {noun_of(parent)}; a {noun_of(parent)} has {many}."
    if link.is_self:
        sentence += " Both are the same model."
    reference = ", ".join(link.reference_fields)
    policy = POLICY[link.on_delete].format(
        a_parent=f"a {noun_of(parent)}", children=f"its {child} records", reference=reference
    )
    if not link.is_enforceable:
        policy = "Read only: the fields referred to are not the key, so nothing is checked."
    return LinkWords(
        link,
        sentence,
        policy[0].upper() + policy[1:],
        reference,
        link.on_delete is not link.default_on_delete,
    )


def _each(name: str) -> str:
    return f"A {noun_of(name)}"


def field_notes(model: ModelType, field: ModelField) -> tuple[str, ...]:
    """Return what is worth knowing about a stored field, in a few words each."""
    notes: list[str] = []
    if field.name in model.primary_key:
        notes.append("key" if model.primary_key[0] == field.name else "sort key")
    if field.default is not None:
        notes.append(f"default {field.default}")
    match field.origin:
        case FieldOrigin.IMPLICIT_ID:
            notes.append("made up when missing")
        case FieldOrigin.TIMESTAMP:
            notes.append("kept by the server")
        case FieldOrigin.FOREIGN_KEY:
            notes.append("reference")
        case FieldOrigin.OWNER:
            notes.append("owner")
    notes += [f"index {index.name}" for index in model.indexes if field.name == index.fields[0]]
    return tuple(notes)
