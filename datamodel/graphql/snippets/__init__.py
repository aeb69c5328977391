"""Code that uses a relationship, in the names of the user's own models, for every client."""

from __future__ import annotations

from datamodel.graphql.snippets.snippet import Action, Client, ClientSnippets, Snippet
from datamodel.graphql.snippets.writing import snippets_of, write_snippets

__all__ = ["Action", "Client", "ClientSnippets", "Snippet", "snippets_of", "write_snippets"]
