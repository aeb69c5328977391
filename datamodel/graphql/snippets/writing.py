"""The snippets of a relationship, client by client."""

from __future__ import annotations

from datamodel.graphql.schema import build_api, describe_api
from datamodel.graphql.shape import ApiShape
from datamodel.graphql.snippets.data_client import data_client_snippets
from datamodel.graphql.snippets.datastore import datastore_snippets
from datamodel.graphql.snippets.documents import graphql_snippets
from datamodel.graphql.snippets.snippet import Client, ClientSnippets
from datamodel.graphql.snippets.story import Untellable, tell
from datamodel.registry import DataModel
from datamodel.schema.ir import Link, Schema

__all__ = ["snippets_of", "write_snippets"]


def snippets_of(datamodel: DataModel, link: Link) -> tuple[ClientSnippets, ...]:
    """Return the snippets of a relationship of an active data model, whose API is described already."""
    return _write(build_api(datamodel).shape, link)


def write_snippets(schema: Schema, link: Link) -> tuple[ClientSnippets, ...]:
    """Return how to create, query and delete through ``link``, for each client.

    Where no record can be the first, there are no snippets, and a note that says why.
    """
    return _write(describe_api(schema), link)


def _write(shape: ApiShape, link: Link) -> tuple[ClientSnippets, ...]:
    try:
        story = tell(shape, link)
    except Untellable as problem:
        return tuple(ClientSnippets(client, (), (problem.reason,)) for client in Client)
    return graphql_snippets(shape, story), data_client_snippets(shape, story), datastore_snippets(story)
