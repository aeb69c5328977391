"""What a snippet is: a piece of code for one client that does one thing with a relationship."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Action", "Client", "ClientSnippets", "Snippet"]


class Client(StrEnum):
    """Who runs the code."""

    GRAPHQL = "graphql"
    DATA = "data"
    DATASTORE = "datastore"


class Action(StrEnum):
    """What the code does."""

    SETUP = "setup"
    CREATE = "create"
    QUERY = "query"
    UNLINK = "unlink"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code to copy, with what it does in words."""

    action: Action
    title: str
    code: str
    subject: str = ""
    """The variable of the record that is created, changed or deleted."""
    finds: tuple[str, ...] = ()
    """The variables of the records that a query answers with."""
    result: str = ""
    """The JavaScript variable that holds the answer."""
    says: tuple[str, ...] = ()
    """What a delete does, a sentence per relationship, its own first: the comments of the code."""


@dataclass(frozen=True, slots=True)
class ClientSnippets:
    """Everything for one client; ``note`` says what is worth knowing, or why something is missing."""

    client: Client
    snippets: tuple[Snippet, ...]
    notes: tuple[str, ...] = ()
    placeholders: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What stands in the code for a value that the server makes up: the record's variable, and the field."""
