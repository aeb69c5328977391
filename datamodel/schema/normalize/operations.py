"""The root fields of a model: default names, renamed, switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from datamodel.schema import naming
from datamodel.schema.flags import ApiFlags
from datamodel.schema.ir import Dialect, ModelOperations, ModelType, Schema

__all__ = ["name_operations"]

EVENTS = {"onCreate": "create", "onUpdate": "update", "onDelete": "delete"}


def name_operations(model: ModelType, schema: Schema, flags: ApiFlags) -> ModelType:
    """Fill in ``model.operations`` from ``@model(queries:, mutations:, subscriptions:)``."""
    given = dict(model.model_arguments)
    dialect, has_datastore = schema.dialect, schema.has_datastore
    merges = flags.merges_operations
    plural = (
        naming.plural_upper(model.name) if flags.improves_plurals else f"{naming.upper_first(model.name)}s"
    )
    queries = _chosen(given, "queries", _query_names(model.name, plural, has_datastore), merges)
    mutations = _chosen(given, "mutations", _mutation_names(model.name), merges)
    subscriptions = _subscriptions(given, model.name, dialect, merges)
    if dialect is Dialect.V1 and has_datastore:
        queries = {**queries, "sync": f"sync{naming.plural_upper(model.name)}"}
    live = {
        event: subscriptions.get(event, ()) if mutations.get(mutation) else ()
        for event, mutation in EVENTS.items()
    }
    operations = ModelOperations(
        get=_name(queries, "get"),
        list=_name(queries, "list"),
        sync=_name(queries, "sync") if has_datastore else None,
        create=_name(mutations, "create"),
        update=_name(mutations, "update"),
        delete=_name(mutations, "delete"),
        on_create=live["onCreate"],
        on_update=live["onUpdate"],
        on_delete=live["onDelete"],
    )
    return replace(model, operations=operations)


def _query_names(model: str, plural: str, has_datastore: bool) -> dict[str, Any]:
    names = {"get": f"get{naming.upper_first(model)}", "list": f"list{plural}"}
    return {**names, "sync": f"sync{plural}"} if has_datastore else names


def _mutation_names(model: str) -> dict[str, Any]:
    return {verb: f"{verb}{naming.upper_first(model)}" for verb in EVENTS.values()}


def _chosen(given: Mapping[str, Any], key: str, defaults: dict[str, Any], merges: bool) -> dict[str, Any]:
    """Return the map in force: a custom map replaces the defaults, in Gen 2 it is merged with them."""
    if key not in given:
        return defaults
    custom = given[key]
    if not isinstance(custom, Mapping):
        return {}
    return {**defaults, **custom} if merges else dict(custom)


def _name(names: Mapping[str, Any], key: str) -> str | None:
    value = names.get(key)
    return value if isinstance(value, str) and value else None


def _subscriptions(
    given: Mapping[str, Any], model: str, dialect: Dialect, merges: bool
) -> dict[str, tuple[str, ...]]:
    """Return the subscription names by event; an event may have several."""
    is_cut = dialect is not Dialect.V1
    defaults = {event: naming.subscription_name(event, model, is_cut=is_cut) for event in EVENTS}
    chosen = _chosen(given, "subscriptions", dict(defaults), merges)
    level = chosen.get("level")
    if level == "off":
        return {}
    if level and not any(chosen.get(event) for event in EVENTS) and (level == "public" or not is_cut):
        chosen = dict(defaults)
    return {event: _names(chosen.get(event)) for event in EVENTS}


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(name for name in value if isinstance(name, str)) if isinstance(value, list | tuple) else ()
