"""The steps from a raw schema to a complete one, in order."""

from __future__ import annotations

from dataclasses import replace

from datamodel.schema.flags import choose_flags
from datamodel.schema.ir import Schema
from datamodel.schema.normalize.fields import add_id, add_owners, add_timestamps, add_version, plain_defaults
from datamodel.schema.normalize.indexes import name_indexes
from datamodel.schema.normalize.joins import add_join_models
from datamodel.schema.normalize.links import link_relations
from datamodel.schema.normalize.oddities import drop_oddities
from datamodel.schema.normalize.operations import name_operations
from datamodel.schema.normalize.policies import apply_policies
from datamodel.schema.normalize.relations import resolve_relations
from datamodel.schema.options import DEFAULT_OPTIONS, SchemaOptions

__all__ = ["normalize"]


def normalize(schema: Schema, options: SchemaOptions = DEFAULT_OPTIONS) -> Schema:
    """Return the complete schema. Expects a schema without errors; raises SchemaError for wrong options."""
    if options.datastore is not None:
        schema = replace(schema, datastore=options.datastore)
    flags = choose_flags(options.flags, schema.dialect)
    schema = replace(schema, models=tuple(drop_oddities(model, schema.dialect) for model in schema.models))
    schema = add_join_models(schema, flags)
    models = (add_timestamps(add_version(add_id(plain_defaults(model)))) for model in schema.models)
    models = (name_operations(name_indexes(model, schema.dialect, flags), schema, flags) for model in models)
    schema = replace(schema, models=tuple(models))
    schema, resolved = resolve_relations(schema, flags)
    schema = replace(schema, models=tuple(add_owners(model) for model in schema.models))
    return apply_policies(link_relations(schema, resolved), options)
