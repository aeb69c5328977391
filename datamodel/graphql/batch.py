"""Several requests in one body: the limits hold for all of them together."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import DocumentNode
from graphql.language import Token

from datamodel.access import Caller
from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import LimitExceeded, plain_entry
from datamodel.graphql.request import Answer, Request, answer, find_document, refused
from datamodel.graphql.structure import check_structure, refuse_more
from datamodel.limits import get_limit
from datamodel.registry import DataModel

__all__ = ["answer_batch"]


def answer_batch(datamodel: DataModel, caller: Caller, requests: Sequence[Request]) -> list[Answer]:
    """Answer one request after the other; all are refused where together they are over a limit."""
    try:
        check_together(datamodel, caller, requests)
    except LimitExceeded as error:
        return [refused(plain_entry(error.message, error.error_type)) for _ in requests]
    context = RequestContext(datamodel, caller)
    answers = []
    for request in requests:
        answers.append(answer(datamodel, caller, request, context))
        # What was read for one request is not what another sees after a write between them.
        context.answers.clear()
    return answers


def check_together(datamodel: DataModel, caller: Caller, requests: Sequence[Request]) -> None:
    """Raise LimitExceeded where the documents are too much together; each by itself is checked when it is run."""
    longest = get_limit("GRAPHQL_MAX_DOCUMENT_CHARS")
    if sum(len(request.query) for request in requests) > longest:
        raise LimitExceeded(f"The documents of a batch have at most {longest} characters.")
    found = [find_document(datamodel, caller, request.query).node for request in requests]
    documents = [node for node in found if node is not None]
    refuse_more("tokens", sum(count_tokens(node) for node in documents), "GRAPHQL_MAX_TOKENS")
    check_structure(*documents)


def count_tokens(document: DocumentNode) -> int:
    """Return how many tokens a document is written of."""
    token: Token | None = document.loc.start_token if document.loc else None
    number = 0
    while token is not None:
        number, token = number + 1, token.next
    return number
