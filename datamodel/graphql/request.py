"""One GraphQL request, from its body's text to the content of its answer. No HTTP here."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from graphql.language import OperationType

from datamodel.access import Caller
from datamodel.graphql.context import RequestContext
from datamodel.graphql.disclosure import ANONYMOUS, asks_only_of_schema, is_helped
from datamodel.graphql.documents import DocumentCache
from datamodel.graphql.errors import ApiError, error_entry, plain_entry
from datamodel.graphql.execution import InvalidRequest, run
from datamodel.graphql.messages import variable_entry
from datamodel.graphql.schema import Api, build_api
from datamodel.graphql.structure import check_cost
from datamodel.limits import get_limit
from datamodel.registry import DataModel

__all__ = [
    "Answer",
    "Malformed",
    "NotAuthenticated",
    "Request",
    "answer",
    "encode",
    "encode_answer",
    "read_request",
]


class Malformed(Exception):  # noqa: N818  says what is wrong
    """The body is not a GraphQL request."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAuthenticated(Exception):  # noqa: N818  says what is wrong
    """The request needs a key, and there is none."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of an answer. One that was not run has no data at all."""

    content: dict[str, Any]
    was_run: bool = True


def read_request(body: bytes) -> Request:
    """Return the request in a body; raise Malformed."""
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not JSON in UTF-8.") from error
    if not isinstance(content, dict):
        raise Malformed("The body is not a JSON object.")
    check_shape(content)
    query, variables = content.get("query"), content.get("variables")
    name, extensions = content.get("operationName"), content.get("extensions")
    if not isinstance(query, str):
        raise Malformed("'query' is missing, or not a text.")
    if not isinstance(variables, dict | None) or not isinstance(extensions, dict | None):
        raise Malformed("'variables' and 'extensions' are objects or null.")
    if not isinstance(name, str | None):
        raise Malformed("'operationName' is a text or null.")
    return Request(query, variables or {}, name or None)


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def check_shape(content: Any) -> None:
    """Raise Malformed where the JSON is nested too deeply or has too many values."""
    deepest, most = get_limit("GRAPHQL_MAX_JSON_DEPTH"), get_limit("GRAPHQL_MAX_VARIABLES_NODES")
    level, count = [content], 0
    for _ in range(deepest + 1):
        count += len(level)
        if count > most:
            raise Malformed(f"The body has more than {most} values.")
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise Malformed(f"The body nests more than {deepest} levels deep.")


NOTHING_TO_ASK = (
    "There is nothing to ask for: the active schema has no queries. Upload a schema with a model."
)

_documents: weakref.WeakKeyDictionary[Api, DocumentCache] = weakref.WeakKeyDictionary()


def answer(datamodel: DataModel, caller: Caller, request: Request) -> Answer:
    """Answer a request. Raise what the database raised; the same request may succeed in a moment."""
    try:
        return execute(datamodel, caller, request)
    except InvalidRequest as error:
        return refused(*(variable_entry(problem) for problem in error.errors))
    except ApiError as error:
        return refused(plain_entry(error.message, error.error_type))


def execute(datamodel: DataModel, caller: Caller, request: Request) -> Answer:
    api = build_api(datamodel)
    if api.graphql_schema.query_type is None:
        if caller is ANONYMOUS:
            raise NotAuthenticated
        return refused(plain_entry(NOTHING_TO_ASK, "ValidationError"))
    documents = _documents.get(api) or _documents.setdefault(api, DocumentCache(api.graphql_schema))
    document = documents.get(request.query, is_helped=is_helped(caller))
    if document.node is None:
        return refused(*document.problems)
    operation = document.operation(request.operation_name)
    if caller is ANONYMOUS and not (operation and asks_only_of_schema(document.node, operation)):
        raise NotAuthenticated
    if operation is not None:
        if operation.operation is OperationType.SUBSCRIPTION:
            message = "A subscription is not answered by POST: open a WebSocket at /graphql/realtime."
            return refused(plain_entry(message, "BadRequestException"))
        check_cost(api.graphql_schema, document.node, operation, request.variables)
    context = RequestContext(datamodel, caller)
    result = run(api.graphql_schema, document.node, context, request.variables, request.operation_name)
    content: dict[str, Any] = {"data": result.data}
    if result.errors:
        content["errors"] = [error_entry(error) for error in result.errors]
    return Answer(content)


def refused(*entries: dict[str, Any]) -> Answer:
    """Return the answer of a request that was not run."""
    return Answer({"errors": list(entries)}, was_run=False)


def encode(content: Mapping[str, Any]) -> bytes:
    """Return an answer as JSON. What JSON cannot hold, such as an error inside an error's data, is null.

    A message may quote half a surrogate pair that a client sent; UTF-8 has no such character.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=lambda _value: None)
    return text.encode("utf-8", "replace")


def encode_answer(result: Answer) -> bytes:
    """Return an answer as JSON; one that is too long is replaced by an error."""
    body = encode(result.content)
    longest = get_limit("GRAPHQL_MAX_RESULT_BYTES")
    if len(body) <= longest:
        return body
    return encode({"errors": [plain_entry(f"The answer is longer than {longest} bytes.", "LimitExceeded")]})
