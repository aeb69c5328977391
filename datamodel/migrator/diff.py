"""What differs between two schemas once renames are taken out. Pure: no tables, no records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from datamodel.migrator.conversion import Conversion
from datamodel.migrator.renaming import Renames, rename_fields, rename_models
from datamodel.schema.ir import FieldKind, Link, ModelField, ModelType, Schema

__all__ = ["FieldChange", "LinkChange", "ModelChange", "SchemaDiff", "diff_schemas"]


T = TypeVar("T")


def existing(value: T | None) -> T:
    """Return what is there on this side of a change; raise LookupError where it is not."""
    if value is None:
        raise LookupError("The change has nothing on this side.")
    return value


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A stored field on both sides; ``old`` None means added, ``new`` None means dropped."""

    model: str
    old: ModelField | None
    new: ModelField | None
    was_required: bool = False
    """Key fields count as required: their columns are never null."""
    is_required: bool = False
    conversion: Conversion | None = None
    """Set where values must be looked at."""

    @property
    def name(self) -> str:
        return existing(self.new or self.old).name

    @property
    def source(self) -> ModelField:
        """The field as it was; only where it is not added."""
        return existing(self.old)

    @property
    def target(self) -> ModelField:
        """The field as it becomes; only where it is not dropped."""
        return existing(self.new)

    @property
    def becomes_required(self) -> bool:
        return self.is_required and not self.was_required

    @property
    def becomes_optional(self) -> bool:
        return self.was_required and self.new is not None and not self.is_required

    @property
    def is_retyped(self) -> bool:
        if self.old is None or self.new is None:
            return False
        return replace(self.old.type, is_required=False) != replace(self.new.type, is_required=False)


@dataclass(frozen=True, slots=True)
class ModelChange:
    """A model on both sides, with the stored fields that differ."""

    old: ModelType
    new: ModelType
    fields: tuple[FieldChange, ...]

    @property
    def name(self) -> str:
        return self.new.name

    @property
    def is_key_changed(self) -> bool:
        return self.old.primary_key != self.new.primary_key

    def find(self, name: str) -> FieldChange | None:
        return next((change for change in self.fields if change.name == name), None)


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A relationship on both sides; ``old`` None means added, ``new`` None means removed."""

    old: Link | None
    new: Link | None

    @property
    def link(self) -> Link:
        return existing(self.new or self.old)

    @property
    def becomes_enforced(self) -> bool:
        was_enforced = self.old is not None and self.old.is_enforced
        return self.new is not None and self.new.is_enforced and not was_enforced

    @property
    def becomes_single(self) -> bool:
        """Whether a parent may have one child only, from now on."""
        if self.new is None or not self.new.is_enforced or not self.new.is_one_to_one:
            return False
        return self.becomes_enforced or (self.old is not None and not self.old.is_one_to_one)

    @property
    def changes_policy(self) -> bool:
        return self.old is not None and self.new is not None and self.old.on_delete is not self.new.on_delete


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """``before`` is the old schema under its new names."""

    before: Schema
    after: Schema
    renames: Renames
    created: tuple[ModelType, ...]
    dropped: tuple[ModelType, ...]
    kept: tuple[ModelChange, ...]
    links: tuple[LinkChange, ...]

    def find_kept(self, model: str) -> ModelChange | None:
        return next((change for change in self.kept if change.name == model), None)

    def conversions(self) -> Iterator[FieldChange]:
        """The fields whose stored values must be looked at, in the order of the schema."""
        for model in self.kept:
            yield from (change for change in model.fields if change.conversion is not None)


def diff_schemas(old: Schema, new: Schema, renames: Renames) -> SchemaDiff:
    """Compare two normalised schemas."""
    before = rename_fields(rename_models(old, renames.models), renames.fields)
    old_models = {model.name: model for model in before.models}
    new_models = {model.name: model for model in new.models}
    return SchemaDiff(
        before=before,
        after=new,
        renames=renames,
        created=tuple(model for name, model in new_models.items() if name not in old_models),
        dropped=tuple(model for name, model in old_models.items() if name not in new_models),
        kept=tuple(
            ModelChange(old_models[name], model, tuple(_diff_fields(before, new, old_models[name], model)))
            for name, model in new_models.items()
            if name in old_models
        ),
        links=tuple(_diff_links(before, new)),
    )


def _diff_fields(before: Schema, after: Schema, old: ModelType, new: ModelType) -> Iterator[FieldChange]:
    """Yield what differs, in the order of the new model, then what is dropped."""
    old_fields = {field.name: field for field in old.stored_fields}
    new_fields = {field.name: field for field in new.stored_fields}
    for name, field in new_fields.items():
        source = old_fields.get(name)
        was_required = source is not None and is_filled(old, source)
        conversion = find_conversion(before, after, source, field) if source else None
        change = FieldChange(new.name, source, field, was_required, is_filled(new, field), conversion)
        if source is None or source.type != field.type or was_required != change.is_required or conversion:
            yield change
    for name, field in old_fields.items():
        if name not in new_fields:
            yield FieldChange(new.name, field, None, is_filled(old, field))


def is_filled(model: ModelType, field: ModelField) -> bool:
    """Return whether the field's column is never null."""
    return field.type.is_required or field.name in model.primary_key


def find_conversion(before: Schema, after: Schema, old: ModelField, new: ModelField) -> Conversion | None:
    """Return the conversion that the field's values need, or None where all of them fit as they are."""
    conversion = Conversion(old.type, new.type, before, after)
    return conversion if conversion.checks_values else None


LinkKey = tuple[str, tuple[str, ...], str, tuple[str, ...]]


def _diff_links(before: Schema, after: Schema) -> Iterator[LinkChange]:
    """Pair links by what they store; one that reads the same columns under another name is the same."""
    old_links, new_links = _links_by_key(before), _links_by_key(after)
    for key, link in new_links.items():
        yield LinkChange(old_links.get(key), link)
    for key, link in old_links.items():
        if key not in new_links:
            yield LinkChange(link, None)


def _links_by_key(schema: Schema) -> Mapping[LinkKey, Link]:
    """Where two relationships read the same columns, an enforced one stands for both."""
    links: dict[LinkKey, Link] = {}
    for link in schema.links:
        key = (link.child, link.reference_fields, link.parent, link.identifier_fields)
        if key not in links or (link.is_enforced and not links[key].is_enforced):
            links[key] = link
    return links


def uses_type(schema: Schema, field: ModelField, name: str) -> bool:
    """Return whether the field holds values of the named enum or custom type, however deep."""
    if field.type.name == name:
        return True
    if field.type.kind is not FieldKind.CUSTOM:
        return False
    seen = {field.type.name}
    waiting = [field.type.name]
    while waiting:
        for inner in schema.custom_type(waiting.pop()).fields:
            if inner.type.name == name:
                return True
            if inner.type.kind is FieldKind.CUSTOM and inner.type.name not in seen:
                seen.add(inner.type.name)
                waiting.append(inner.type.name)
    return False
