"""IR to Django: model classes to work with, and the states that migrations compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from django.apps import AppConfig
from django.apps.registry import Apps
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from datamodel.modelgen.constraints import ReferenceConstraint
from datamodel.modelgen.fields import build_field
from datamodel.modelgen.labels import label_field, label_links, label_value
from datamodel.modelgen.names import ModelNames, NameMap, hashed_name
from datamodel.modelgen.record import Record
from datamodel.modelgen.relations import RelationField
from datamodel.schema.ir import Link, ModelType, Schema

__all__ = ["APP_LABEL", "build_models", "build_state", "link_attribute"]

APP_LABEL = "records"


class RecordsConfig(AppConfig):
    """The app that a private registry holds the generated models of; there is no module behind it."""

    path = ""

    def __init__(self) -> None:
        self.name = self.label = APP_LABEL
        self.verbose_name = "Records"
        self.apps = None
        self.models = {}

    def import_models(self) -> None:
        """The models are there once they are built."""
        self.models = self.apps.all_models[self.label]  # type: ignore[union-attr]


def build_models(schema: Schema, names: NameMap) -> Mapping[str, type[Record]]:
    """Return the record classes by API name, in a registry of their own."""
    registry = Apps([RecordsConfig()])
    relations = _relation_fields(schema, names)
    return {
        model.name: _build_model(schema, names, model, registry, relations.get(model.name, {}))
        for model in schema.models
    }


def build_state(schema: Schema, names: NameMap) -> ProjectState:
    """Return what the tables look like; relations are no part of it, their constraints are."""
    state = ProjectState()
    for model in schema.models:
        fields = {**_hidden_fields(), **_stored_fields(model, names.models[model.name])}
        options = {
            "db_table": names.models[model.name].table,
            "indexes": _indexes(schema, names, model),
            "constraints": _constraints(schema, names, model),
        }
        state.add_model(ModelState(APP_LABEL, names.models[model.name].class_name, fields, options))
    return state


def link_attribute(names: NameMap, link: Link) -> str:
    """Return the attribute by which the link's child refers to its parent, shown or hidden."""
    if link.child_field is not None:
        return names.models[link.child].attribute(link.child_field)
    return _hidden_attribute(link, 0)


def _build_model(
    schema: Schema,
    names: NameMap,
    model: ModelType,
    registry: Apps,
    relations: Mapping[str, RelationField],
) -> type[Record]:
    own = names.models[model.name]
    meta = {
        "apps": registry,
        "app_label": APP_LABEL,
        "db_table": own.table,
        "indexes": _indexes(schema, names, model),
        "constraints": _constraints(schema, names, model),
        "base_manager_name": "all_objects",
        "default_manager_name": "objects",
    }
    label = label_field(model)
    body: dict[str, Any] = {
        "__module__": __name__,
        "__doc__": model.description or f"A record of {model.name}.",
        "Meta": type("Meta", (), meta),
        "model_type": model,
        "names": own,
        "schema": schema,
        "key_attributes": tuple(own.attribute(name) for name in model.primary_key),
        "label_attribute": own.attribute(label.name) if label else None,
        "joinery_label_links": label_links(schema, model),
        "joinery_label_value": label_value(schema, model),
        "indexed_fields": (model.primary_key, *_index_fields(schema, model)),
        "reference_attributes": frozenset(
            own.attribute(name) for link in schema.links_from(model.name) for name in link.reference_fields
        ),
        **_stored_fields(model, own),
        **relations,
    }
    return type(own.class_name, (Record,), body)


def _hidden_fields() -> dict[str, models.Field[Any, Any]]:
    return {field.name: field.clone() for field in Record._meta.local_fields}


def _stored_fields(model: ModelType, names: ModelNames) -> dict[str, models.Field[Any, Any]]:
    return {
        names.attribute(field.name): build_field(
            field,
            attribute=names.attribute(field.name),
            column=names.column(field.name),
            is_key=field.name in model.primary_key,
        )
        for field in model.stored_fields
    }


def _relation_fields(schema: Schema, names: NameMap) -> dict[str, dict[str, RelationField]]:
    """Return the relations by child model and attribute: one per pair of fields that read the link."""
    relations: dict[str, dict[str, RelationField]] = {}
    for link in schema.links:
        child, parent = names.models[link.child], names.models[link.parent]
        ends = list(zip_longest(link.child_fields, link.parent_fields)) or [(None, None)]
        for position, (child_field, parent_field) in enumerate(ends):
            attribute = child.attribute(child_field) if child_field else _hidden_attribute(link, position)
            relations.setdefault(link.child, {})[attribute] = RelationField(
                f"{APP_LABEL}.{parent.class_name}",
                from_fields=[child.attribute(name) for name in link.reference_fields],
                to_fields=[parent.attribute(name) for name in link.identifier_fields],
                related_name=parent.attribute(parent_field) if parent_field else "+",
                null=not (link.is_required and link.is_enforced),
            )
    return relations


def _hidden_attribute(link: Link, position: int) -> str:
    return hashed_name("joinery_link", link.name, str(position))


def _indexes(schema: Schema, names: NameMap, model: ModelType) -> list[models.Index]:
    """Index references, secondary indexes and, where clients sync, the time of the last change.

    The surrogate key comes last, so that pages in stable order come straight from the index.
    """
    own = names.models[model.name]
    wanted = [tuple(own.attribute(name) for name in fields) for fields in _index_fields(schema, model)]
    if schema.has_datastore:
        wanted.append(("joinery_changed_at",))
    key = tuple(own.attribute(name) for name in model.primary_key)
    return [
        models.Index(fields=[*fields, "joinery_pk"], name=hashed_name("ix", own.table, *fields))
        for fields in dict.fromkeys(wanted)
        if fields != key
    ]


def _index_fields(schema: Schema, model: ModelType) -> Iterator[tuple[str, ...]]:
    for link in schema.links_from(model.name):
        yield link.reference_fields
    for index in model.indexes:
        yield index.fields


def _constraints(schema: Schema, names: NameMap, model: ModelType) -> list[models.BaseConstraint]:
    own = names.models[model.name]
    key = [own.attribute(name) for name in model.primary_key]
    unique = models.UniqueConstraint(fields=key, name=hashed_name("uq", own.table, *key))
    references = [
        _reference_constraint(names, link) for link in schema.links_from(model.name) if link.is_enforced
    ]
    return [unique, *dict.fromkeys(references)]


def _reference_constraint(names: NameMap, link: Link) -> ReferenceConstraint:
    child, parent = names.models[link.child], names.models[link.parent]
    fields = [child.attribute(name) for name in link.reference_fields]
    columns = [parent.column(name) for name in link.identifier_fields]
    return ReferenceConstraint(
        name=hashed_name("fk", child.table, *fields, parent.table, *columns),
        fields=fields,
        to_table=parent.table,
        to_columns=columns,
    )
