"""Relationships and fields in words, the same everywhere on the site."""

from __future__ import annotations

from dataclasses import dataclass

from adminui.joints import find_far_link
from datamodel.schema.ir import FieldOrigin, Link, ModelField, ModelType, OnDelete, RelationKind, Schema
from datamodel.schema.words import noun_of, plural_of, with_article

__all__ = ["LinkWords", "describe_link", "field_notes", "policy_details", "policy_words"]

WHAT_HAPPENS = {
    OnDelete.CASCADE: "When {a_parent} is deleted, its {children} {are} deleted too.",
    OnDelete.CLEAR: "When {a_parent} is deleted, its {children} {stay} and {reference} {is_} cleared.",
    OnDelete.RESTRICT: "{a_parent} cannot be deleted while it has {children_left}.",
    OnDelete.KEEP: "When {a_parent} is deleted, its {children} {stay} as {they_are}, with a reference to nothing.",
}
MORE = {
    OnDelete.CASCADE: "What belongs to {them} follows {their} own relationships.",
    OnDelete.CLEAR: "{They} can be given another {parent} at any time.",
    OnDelete.RESTRICT: "The delete is refused and names what stands in the way.",
    OnDelete.KEEP: "Nothing is checked for this relationship, as with AppSync. Data health lists what refers to nothing.",
}


@dataclass(frozen=True, slots=True)
class LinkWords:
    """A link as the relationships page tells it."""

    link: Link
    sentence: str
    policy: str
    is_chosen: bool = False
    """True where somebody chose the policy; it may be the default's."""

    @property
    def sides(self) -> list[str]:
        """The fields by which either side reads the link: ``Comment.post``, ``Post.comments``."""
        link = self.link
        named = ((link.child, link.child_field), (link.parent, link.parent_field))
        return [f"{model}.{field}" for model, field in named if field]

    @property
    def is_changed(self) -> bool:
        return self.link.on_delete is not self.link.default_on_delete

    @property
    def text(self) -> str:
        """Everything a search may find the link by, in lower case."""
        link = self.link
        words = [link.name, link.child, link.parent, *link.reference_fields, *self.sides, str(link.on_delete)]
        state = "changed" if self.is_changed else "default"
        return " ".join([*words, self.sentence, self.policy, state]).lower()


def describe_link(schema: Schema, link: Link, *, is_chosen: bool = False) -> LinkWords:
    """Return the words for ``link``: who refers to whom, by what, and what a delete does."""
    policy = policy_words(schema, link, link.on_delete)
    if not link.is_enforceable:
        policy = "It is only read: the fields referred to are not the key, so nothing is checked."
    return LinkWords(link, _capital(_sentence(schema, link)), policy, is_chosen)


def policy_words(schema: Schema, link: Link, policy: OnDelete) -> str:
    """Return one sentence: what deleting a parent does under ``policy``."""
    return _capital(WHAT_HAPPENS[policy].format(**_parts(schema, link)))


def policy_details(schema: Schema, link: Link, policy: OnDelete) -> str:
    """Return what else is worth knowing before the policy is chosen."""
    far = find_far_link(schema, link) if link.is_join else None
    if far is not None and policy is OnDelete.CASCADE:
        return f"The {plural_of(far.parent)} on the other side stay."
    if far is not None and policy is OnDelete.RESTRICT:
        return f"The {plural_of(link.child)} have to be deleted first."
    return MORE[policy].format(**_parts(schema, link))


def _parts(schema: Schema, link: Link) -> dict[str, str]:
    """The words that the sentences are put together from; one child is spoken of in the singular."""
    several = sum((other.child, other.parent) == (link.child, link.parent) for other in schema.links) > 1
    by = f" (by {link.child_field or link.reference_fields[0]})" if several else ""
    many = link.is_many
    child = noun_of(link.child)
    # A comment's replies are comments: the field says which ones are meant.
    children = noun_of(link.parent_field) if link.is_self and link.parent_field else plural_of(link.child)
    references = [f"{'their' if many else 'its'} {name}" for name in link.reference_fields]
    return {
        "a_parent": _a(link.parent),
        "parent": noun_of(link.parent),
        "children": (children if many else child) + by,
        "children_left": (children if many else with_article(child)) + by,
        "are": "are" if many else "is",
        "stay": "stay" if many else "stays",
        "they_are": "they are" if many else "it is",
        "them": "them" if many else "it",
        "They": "They" if many else "It",
        "their": "their" if many else "its",
        "reference": " and ".join(references),
        "is_": "are" if len(references) > 1 else "is",
    }


def _sentence(schema: Schema, link: Link) -> str:
    child, parent = noun_of(link.child), noun_of(link.parent)
    far = find_far_link(schema, link) if link.is_join else None
    if far is not None:
        return f"{_a(link.parent)} is joined to many {plural_of(far.parent)}; each {child} is one such join."
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
