"""Relationships and fields in words, the same everywhere on the site."""

from __future__ import annotations

from dataclasses import dataclass

from adminui.joints import find_far_link, noun_of, with_article
from datamodel.schema.ir import FieldOrigin, Link, ModelField, ModelType, OnDelete, RelationKind, Schema

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
    is_changed: bool

    @property
    def sides(self) -> list[str]:
        """The fields by which either side reads the link: ``Comment.post``, ``Post.comments``."""
        link = self.link
        named = ((link.child, link.child_field), (link.parent, link.parent_field))
        return [f"{model}.{field}" for model, field in named if field]


def describe_link(schema: Schema, link: Link) -> LinkWords:
    """Return the words for ``link``: who refers to whom, by what, and what a delete does."""
    policy = POLICY[link.on_delete].format(
        a_parent=_a(link.parent),
        children=f"its {link.child} records",
        reference=", ".join(link.reference_fields),
    )
    if not link.is_enforceable:
        policy = "It is only read: the fields referred to are not the key, so nothing is checked."
    return LinkWords(
        link,
        _capital(_sentence(schema, link)),
        _capital(policy),
        link.on_delete is not link.default_on_delete,
    )


def _sentence(schema: Schema, link: Link) -> str:
    child, parent = noun_of(link.child), noun_of(link.parent)
    far = find_far_link(schema, link) if link.is_join else None
    if far is not None:
        return f"{_a(link.parent)} is joined to many {far.parent} records; each {child} is one such join."
    if _is_has_one(schema, link):
        one = "one" if link.is_required else "at most one"
        return f"{_a(link.child)} has {one} {parent}."
    need = "belongs" if link.is_required else "may belong"
    many = "many of them" if link.is_many else "at most one of them"
    return f"{_a(link.child)} {need} to one {parent}, which has {many}."


def _is_has_one(schema: Schema, link: Link) -> bool:
    """True where the side that holds the reference calls it hasOne."""
    field = schema.model(link.child).find_field(link.child_field or "")
    return bool(field and field.relation and field.relation.kind is RelationKind.HAS_ONE)


def _a(name: str) -> str:
    return with_article(noun_of(name))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
