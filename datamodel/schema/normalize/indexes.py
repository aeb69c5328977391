"""Names of indexes and of their queries."""

from __future__ import annotations

from dataclasses import replace

from datamodel.schema import naming
from datamodel.schema.flags import ApiFlags
from datamodel.schema.ir import Dialect, ModelIndex, ModelType

__all__ = ["name_indexes"]


def name_indexes(model: ModelType, dialect: Dialect, flags: ApiFlags) -> ModelType:
    """Fill in the default names of a model's indexes and queries."""
    return replace(model, indexes=tuple(_named(index, model, dialect, flags) for index in model.indexes))


def _named(index: ModelIndex, model: ModelType, dialect: Dialect, flags: ApiFlags) -> ModelIndex:
    default = naming.default_query_name(model.name, index.fields)
    query = index.query_field
    if index.is_query_default and not flags.names_index_queries:
        return replace(index, name=index.name or default)
    if index.is_query_default:
        is_gen2 = dialect is Dialect.GEN2
        query = naming.gen2_query_name(model.name, index.fields) if is_gen2 else default
    return replace(index, name=index.name or default, query_field=query, is_query_default=False)
