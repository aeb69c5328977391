"""Running and checking what a person of the site wrote. The endpoint itself answers, as it answers a key."""

from __future__ import annotations

from typing import Any

from datamodel.access import Actor
from datamodel.graphql.documents import prepare
from datamodel.graphql.endpoint import application
from datamodel.graphql.http import Response
from datamodel.graphql.schema import build_api
from datamodel.registry import DataModel

__all__ = ["answer_person", "check_document"]


def answer_person(person: Actor, scope: str, body: bytes) -> Response:
    """Answer a request's body for somebody whom the site has authenticated, as a key of ``scope`` would be."""
    return application.answer_person(person, scope, body)


def check_document(datamodel: DataModel, text: str) -> list[dict[str, Any]]:
    """Return what is wrong with a document, entries as an answer has them; nothing of it is run or kept."""
    schema = build_api(datamodel).graphql_schema
    if schema.query_type is None or not text.strip():
        return []
    # Not by the cache: what somebody is typing would push out what clients send.
    return list(prepare(schema, text, is_helped=True).problems)
