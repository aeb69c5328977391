"""Renames: what a person said was renamed, what follows from it, and the old schema under its new names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from datamodel.migrator.errors import PlanOptionError
from datamodel.migrator.options import PlanOptions
from datamodel.modelgen import FieldNames, ModelNames, NameMap
from datamodel.schema.ir import FieldKind, FieldOrigin, Link, ModelField, ModelType, Relation, Schema

__all__ = ["Renames", "find_renames", "rename_fields", "rename_models", "rename_names"]


@dataclass(frozen=True, slots=True)
class Renames:
    """Every rename of one change. Fields are keyed by the model's new name."""

    models: Mapping[str, str] = field(default_factory=dict)
    """old -> new"""
    fields: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(new model, old field) -> new field"""

    def __bool__(self) -> bool:
        return bool(self.models or self.fields)

    def model(self, old: str) -> str:
        return self.models.get(old, old)

    def field(self, model: str, old: str) -> str:
        return self.fields.get((model, old), old)

    def old_model(self, new: str) -> str:
        return next((old for old, name in self.models.items() if name == new), new)

    def old_field(self, model: str, new: str) -> str:
        return next((old for (m, old), name in self.fields.items() if m == model and name == new), new)


def find_renames(old: Schema, new: Schema, options: PlanOptions) -> Renames:
    """Check the renames a person gave and add the generated references that follow from them.

    Raises PlanOptionError for a rename between names that do not both exist.
    """
    for before, after in options.model_renames.items():
        _check_model_rename(old, new, before, after)
    models = dict(options.model_renames)
    before_schema = rename_models(old, models)
    fields: dict[tuple[str, str], str] = {}
    for (model, old_name), new_name in options.renames.items():
        model = models.get(model, model)
        _check_field_rename(before_schema, new, model, old_name, new_name)
        if before_schema.model(model).field(old_name).is_stored:
            fields[model, old_name] = new_name
    relations = {(models.get(m, m), a): b for (m, a), b in options.renames.items()}
    for key, name in _followed_references(before_schema, new, relations):
        fields.setdefault(key, name)
    return Renames(models, fields)


def _check_model_rename(old: Schema, new: Schema, before: str, after: str) -> None:
    if old.find_model(before) is None:
        raise PlanOptionError(f"Cannot rename model '{before}': the active version has no such model.")
    if new.find_model(after) is None:
        raise PlanOptionError(
            f"Cannot rename model '{before}' to '{after}': the schema has no model '{after}'."
        )
    if new.find_model(before) or old.find_model(after):
        raise PlanOptionError(
            f"Cannot rename model '{before}' to '{after}': both exist in one of the versions."
        )


def _check_field_rename(old: Schema, new: Schema, model: str, before: str, after: str) -> None:
    old_model, new_model = old.find_model(model), new.find_model(model)
    if old_model is None or new_model is None:
        raise PlanOptionError(
            f"Cannot rename '{model}.{before}': there is no model '{model}' in both versions."
        )
    source, target = old_model.find_field(before), new_model.find_field(after)
    if source is None:
        raise PlanOptionError(f"Cannot rename '{model}.{before}': the active version has no such field.")
    if target is None:
        raise PlanOptionError(
            f"Cannot rename '{model}.{before}' to '{after}': the schema has no field '{after}'."
        )
    if new_model.find_field(before) or old_model.find_field(after):
        raise PlanOptionError(
            f"Cannot rename '{model}.{before}' to '{after}': both exist in one of the versions. "
            "Remove one in an upload of its own first."
        )
    if source.is_stored != target.is_stored:
        raise PlanOptionError(
            f"Cannot rename '{model}.{before}' to '{after}': one of them is a relationship."
        )


def _followed_references(
    old: Schema, new: Schema, relations: Mapping[tuple[str, str], str]
) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the generated reference fields that a relationship of the same name has under another name."""
    found = {end: link for link in new.links for end in _ends(link)}
    for link in old.links:
        ends = [(model, relations.get((model, name), name)) for model, name in _ends(link)]
        match = next((found[end] for end in ends if end in found), None)
        if match is None or (match.child, match.parent) != (link.child, link.parent):
            continue
        if len(match.reference_fields) == len(link.reference_fields):
            for before, after in zip(link.reference_fields, match.reference_fields, strict=True):
                if before != after and _is_generated_pair(old, new, link.child, before, after):
                    yield (link.child, before), after


def _ends(link: Link) -> list[tuple[str, str]]:
    ends = [(link.child, name) for name in link.child_fields]
    return ends + [(link.parent, name) for name in link.parent_fields]


def _is_generated_pair(old: Schema, new: Schema, model: str, before: str, after: str) -> bool:
    source, target = old.model(model).find_field(before), new.model(model).find_field(after)
    if source is None or target is None:
        return False
    if new.model(model).find_field(before) or old.model(model).find_field(after):
        return False
    return FieldOrigin.DECLARED not in (source.origin, target.origin)


def rename_models(schema: Schema, models: Mapping[str, str]) -> Schema:
    """Return the schema with its models under other names, wherever they are named."""
    if not models:
        return schema

    def rename(name: str) -> str:
        return models.get(name, name)

    return replace(
        schema,
        models=tuple(_rename_model(model, rename) for model in schema.models),
        links=tuple(
            replace(
                link,
                name=_rename_link(link.name, rename),
                child=rename(link.child),
                parent=rename(link.parent),
            )
            for link in schema.links
        ),
    )


def _rename_link(name: str, rename: Callable[[str], str]) -> str:
    model, _, rest = name.partition(".")
    return f"{rename(model)}.{rest}"


def _rename_model(model: ModelType, rename: Callable[[str], str]) -> ModelType:
    fields = tuple(_rename_types(each, rename) for each in model.fields)
    return replace(model, name=rename(model.name), fields=fields)


def _rename_types(each: ModelField, rename: Callable[[str], str]) -> ModelField:
    if each.type.kind is not FieldKind.MODEL:
        return each
    relation: Relation | None = each.relation
    if relation is not None:
        far = relation.far_model and rename(relation.far_model)
        relation = replace(relation, link=_rename_link(relation.link, rename), far_model=far)
    return replace(each, type=replace(each.type, name=rename(each.type.name)), relation=relation)


def rename_fields(schema: Schema, fields: Mapping[tuple[str, str], str]) -> Schema:
    """Return the schema with fields under other names in their models, keys, indexes and links."""
    if not fields:
        return schema

    def rename_all(model: str, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(fields.get((model, name), name) for name in names)

    def rename_in(model: ModelType) -> ModelType:
        return replace(
            model,
            fields=tuple(replace(f, name=fields.get((model.name, f.name), f.name)) for f in model.fields),
            primary_key=rename_all(model.name, model.primary_key),
            indexes=tuple(replace(i, fields=rename_all(model.name, i.fields)) for i in model.indexes),
        )

    return replace(
        schema,
        models=tuple(rename_in(model) for model in schema.models),
        links=tuple(
            replace(
                link,
                reference_fields=rename_all(link.child, link.reference_fields),
                identifier_fields=rename_all(link.parent, link.identifier_fields),
            )
            for link in schema.links
        ),
    )


def rename_names(old: NameMap, new: NameMap, renames: Renames) -> tuple[NameMap, NameMap]:
    """Return the old names after the renamed models, and after the renamed fields.

    Classes and attributes take their new names at once; tables and columns keep the old ones, so
    that Django sees pure renames, and the next comparison moves tables and columns.
    """
    models = {renames.model(name): names for name, names in old.models.items()}
    for name in renames.models.values():
        models[name] = ModelNames(new.models[name].class_name, models[name].table, models[name].fields)
    renamed = {name: _rename_attributes(name, names, new, renames) for name, names in models.items()}
    return NameMap(models), NameMap(renamed)


def _rename_attributes(model: str, names: ModelNames, new: NameMap, renames: Renames) -> ModelNames:
    fields = dict(names.fields)
    for (owner, old_name), new_name in renames.fields.items():
        if owner == model:
            column = fields.pop(old_name).column
            fields[new_name] = FieldNames(new.models[model].fields[new_name].attribute, column)
    return ModelNames(names.class_name, names.table, fields)
