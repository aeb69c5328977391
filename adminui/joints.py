"""Relationships as one model sees them: what it is joined to, through what, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from datamodel.registry import DataModel
from datamodel.schema.ir import Link, ModelField, ModelType, OnDelete, RelationKind, Schema, Side
from datamodel.schema.words import noun_of, with_article

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Joint", "find_far_link", "find_joint", "joints_of", "noun", "noun_of", "with_article"]


@dataclass(frozen=True, slots=True)
class Joint:
    """A relationship from the side of one model, whether or not that side has a field for it."""

    slug: str
    """Its name in addresses and forms: the field's, else the link's (with a dot, so never a field's)."""
    title: str
    link: Link
    side: Side
    model: ModelType
    far: ModelType
    is_many: bool
    field: ModelField | None = None
    far_link: Link | None = None
    """For many-to-many: the link from the join model to the far side."""

    @property
    def is_reference(self) -> bool:
        """True where this model's own fields hold the reference."""
        return self.side is Side.CHILD

    @property
    def is_through(self) -> bool:
        return self.far_link is not None

    def is_fixed_for(self, is_stored: bool) -> bool:
        """Return whether the reference is part of a stored record's key, so that it never changes."""
        is_in_key = bool(set(self.link.reference_fields) & set(self.model.primary_key))
        return is_stored and self.is_reference and is_in_key

    @property
    def can_unlink(self) -> bool:
        return self.is_through or not self.link.is_required

    @property
    def far_slug(self) -> str:
        """The slug of the same relationship as the far model sees it (not for many-to-many)."""
        if self.is_reference:
            return self.link.parent_field or self.link.name
        return self.link.child_field or self.link.name

    @property
    def words(self) -> str:
        """Say what the relationship is and what a delete does."""
        return f"{self.kind_words} · {self.delete_words}"

    @property
    def kind_words(self) -> str:
        if self.is_through:
            return f"many to many with {self.far.name} through {self.link.child}"
        if self.is_reference:
            return f"belongs to {self.far.name}" if self._is_owned else f"has one {self.far.name}"
        return f"has many {self.far.name}" if self.is_many else f"has one {self.far.name}"

    @property
    def _is_owned(self) -> bool:
        return (
            self.field is None
            or self.field.relation is None
            or (self.field.relation.kind is not RelationKind.HAS_ONE)
        )

    @property
    def delete_words(self) -> str:
        here, there = noun(self.model), noun(self.far)
        if self.field and self.far.name == self.model.name:
            there = self.field.name
        if self.is_through:
            return f"deleting either side removes only the {noun_of(self.link.child)}"
        if self.is_reference:
            return {
                OnDelete.CASCADE: f"this {here} is deleted with the {there}",
                OnDelete.CLEAR: f"clears when the {there} is deleted",
                OnDelete.RESTRICT: f"the {there} can't be deleted while this {here} exists",
                OnDelete.KEEP: f"stays as it is when the {there} is deleted",
            }[self.link.on_delete]
        verb = "are" if self.is_many else "is"
        return {
            OnDelete.CASCADE: f"deleted with the {here}",
            OnDelete.CLEAR: f"{'stay' if self.is_many else 'stays'} without {with_article(here)} when it is deleted",
            OnDelete.RESTRICT: f"the {here} can't be deleted while there {verb} any",
            OnDelete.KEEP: f"{'keep' if self.is_many else 'keeps'} the reference when the {here} is deleted",
        }[self.link.on_delete]


def noun(model: ModelType) -> str:
    """Return the model's name as a word inside a sentence: ``user`` for ``User``."""
    return noun_of(model.name)


_joints: WeakKeyDictionary[DataModel, dict[str, tuple[Joint, ...]]] = WeakKeyDictionary()


def joints_of(datamodel: DataModel, model: str) -> tuple[Joint, ...]:
    """Return everything ``model`` is joined to: its relation fields, then links it has no field for."""
    known = _joints.setdefault(datamodel, {})
    if model not in known:
        known[model] = _derive(datamodel.schema, datamodel.schema.model(model))
    return known[model]


def _derive(schema: Schema, model: ModelType) -> tuple[Joint, ...]:
    named = tuple(_of_field(schema, model, field) for field in model.relation_fields)
    seen = {(joint.link.name, joint.side) for joint in named}
    return named + tuple(j for j in _unnamed(schema, model) if (j.link.name, j.side) not in seen)


def _of_field(schema: Schema, model: ModelType, field: ModelField) -> Joint:
    relation = field.relation
    if relation is None:
        raise ValueError(f"Field '{model.name}.{field.name}' is not a relation.")
    link = schema.link(relation.link)
    far_link = find_far_link(schema, link) if relation.side is Side.PARENT and relation.is_many else None
    if far_link is not None:
        far = schema.model(far_link.parent)
        return Joint(field.name, field.name, link, Side.PARENT, model, far, True, field, far_link)
    far = schema.model(link.parent if relation.side is Side.CHILD else link.child)
    is_many = relation.side is Side.PARENT and relation.is_many
    return Joint(field.name, field.name, link, relation.side, model, far, is_many, field)


def find_far_link(schema: Schema, near: Link) -> Link | None:
    """Return the other of the two links of ``near``'s join model, generated or written out.

    None where there is no such model, or where a join record needs more than its two references.
    """
    if not near.is_join:
        return None
    others = [link for link in schema.links_from(near.child) if link.is_join and link.name != near.name]
    return others[0] if len(others) == 1 and not _needs_more(schema, near, others[0]) else None


def _needs_more(schema: Schema, near: Link, far: Link) -> bool:
    join = schema.model(near.child)
    known = {*near.reference_fields, *far.reference_fields, join.created_at, join.updated_at, "id"}
    return any(f.type.is_required and f.default is None and f.name not in known for f in join.stored_fields)


def _unnamed(schema: Schema, model: ModelType) -> Iterator[Joint]:
    """Links that end at ``model`` without a field there: the back of a one-sided hasOne or belongsTo."""
    for link in schema.links:
        if link.parent == model.name and not link.parent_fields:
            far = schema.model(link.child)
            title = f"{far.name} by {link.child_field or link.reference_fields[0]}"
            yield Joint(link.name, title, link, Side.PARENT, model, far, link.is_many)
        if link.child == model.name and not link.child_fields:
            far = schema.model(link.parent)
            title = f"{far.name} by {link.reference_fields[0]}"
            yield Joint(link.name, title, link, Side.CHILD, model, far, False)


def find_joint(datamodel: DataModel, model: str, slug: str) -> Joint | None:
    """Return the relationship of ``model`` called ``slug``, None where there is none."""
    return next((joint for joint in joints_of(datamodel, model) if joint.slug == slug), None)
