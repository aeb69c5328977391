"""One GraphQL request, from its body's text to the content of its answer. No HTTP here."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

from graphql.language import DocumentNode, OperationType

from datamodel.access import Caller
from datamodel.graphql.compiler.answers import JsonText
from datamodel.graphql.compiler.plans import OperationPlan, PlanCache, make_plan
from datamodel.graphql.context import RequestContext
from datamodel.graphql.disclosure import ANONYMOUS, asks_only_of_schema, is_helped
from datamodel.graphql.documents import DocumentCache, PreparedDocument
from datamodel.graphql.errors import ApiError, error_entry, plain_entry
from datamodel.graphql.execution import run
from datamodel.graphql.express import Ticket, WriteTicket
from datamodel.graphql.messages import variable_entry
from datamodel.graphql.operation import InvalidRequest, PreparedOperation
from datamodel.graphql.schema import Api, build_api
from datamodel.graphql.structure import check_cost
from datamodel.limits import get_limit
from datamodel.registry import DataModel

__all__ = [
    "Answer",
    "Malformed",
    "NotAuthenticated",
    "NotSafe",
    "Request",
    "Served",
    "answer",
    "answer_or_ticket",
    "check_request",
    "encode",
    "encode_answer",
    "encode_answers",
    "find_document",
    "read_body",
    "read_query_string",
    "read_quickly",
    "refused",
]


T = TypeVar("T")

SMALL_BODY = 20_000
"""Bytes of a body that cannot hold too many values."""


class Malformed(Exception):  # noqa: N818  says what is wrong
    """The body is not a GraphQL request."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotAuthenticated(Exception):  # noqa: N818  says what is wrong
    """The request needs a key, and there is none."""


class NotSafe(Exception):  # noqa: N818  says what is wrong
    """A GET asks for something else than a query."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asks for."""

    query: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    is_get: bool = False
    """Asked by GET, which may only read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The content of an answer. One that was not run has no data at all."""

    content: dict[str, Any]
    was_run: bool = True


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


DECODER = json.JSONDecoder(parse_constant=refuse_constant)


def read_body(body: bytes) -> Request | list[Request]:
    """Return the request in a body, or those of a batch; raise Malformed."""
    content = parse_json(body, "The body")
    if not isinstance(content, list):
        return read_request(content)
    most = get_limit("GRAPHQL_MAX_BATCH")
    if not 1 <= len(content) <= most:
        raise Malformed(f"A batch has 1 to {most} requests." if most else "The body is not a JSON object.")
    check_shape(content)
    return [read_request(item) for item in content]


def read_quickly(body: bytes) -> Request | None:
    """Return the request in a small body; None where it takes a closer look."""
    if len(body) > SMALL_BODY or body.count(b"{") + body.count(b"[") > get_limit("GRAPHQL_MAX_JSON_DEPTH"):
        return None
    try:
        content = DECODER.decode(body.decode())
        return build_request(content) if isinstance(content, dict) else None
    except (ValueError, Malformed):
        return None


def read_query_string(query_string: bytes) -> Request:
    """Return the request in the address of a GET; raise Malformed."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20
        )
    except ValueError as error:
        raise Malformed("The query string is not UTF-8, or has too many parameters.") from error
    given = dict(pairs)
    if len(given) < len(pairs):
        raise Malformed("A parameter of the query string is given twice.")
    texts = {name: text for name, text in given.items() if name in {"query", "operationName"}}
    objects = {
        name: parse_json(given[name].encode(), f"'{name}'")
        for name in ("variables", "extensions")
        if given.get(name)
    }
    return replace(read_request({**texts, **objects}), is_get=True)


def parse_json(text: bytes, what: str) -> Any:
    try:
        return DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Malformed(f"{what} is not JSON in UTF-8.") from error


def read_request(content: Any) -> Request:
    """Return the request in a JSON object; raise Malformed."""
    if not isinstance(content, dict):
        raise Malformed("The body is not a JSON object.")
    return check_request(content)


def check_request(content: Mapping[str, Any]) -> Request:
    """Return the request that an object holds; raise Malformed."""
    check_shape(content)
    return build_request(content)


def build_request(content: Mapping[str, Any]) -> Request:
    """Return the request that an object of a fitting shape holds; raise Malformed."""
    query, variables = content.get("query"), content.get("variables")
    name, extensions = content.get("operationName"), content.get("extensions")
    if not isinstance(query, str):
        raise Malformed("'query' is missing, or not a text.")
    if not isinstance(variables, dict | None) or not isinstance(extensions, dict | None):
        raise Malformed("'variables' and 'extensions' are objects or null.")
    if not isinstance(name, str | None):
        raise Malformed("'operationName' is a text or null.")
    return Request(query, variables or {}, name or None)


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


class Prepared:
    """What is kept of the requests to one API: their documents, and the plans of their operations."""

    def __init__(self, api: Api) -> None:
        self.shape = api.shape
        self.documents = DocumentCache(api.graphql_schema)
        self.plans = PlanCache()

    def plan(self, operation: PreparedOperation, context: RequestContext) -> OperationPlan:
        """Return the plan of an operation, made on first use; raise LimitExceeded where it costs too much."""
        caller, values = context.caller, context.values
        plan = self.plans.find(operation, caller, values)
        if plan is None:
            datamodel = context.datamodel
            cost = check_cost(operation.schema, datamodel.schema, operation.document, operation.node, values)
            plan, looks = make_plan(self.shape, datamodel, operation, context.permissions, values, cost)
            self.plans.keep(operation, caller, values, looks, plan)
        return plan


_prepared: weakref.WeakKeyDictionary[Api, Prepared] = weakref.WeakKeyDictionary()


def prepare(datamodel: DataModel) -> Prepared:
    """Return what is kept of a data model's API."""
    api = build_api(datamodel)
    return _prepared.get(api) or _prepared.setdefault(api, Prepared(api))


def answer(
    datamodel: DataModel, caller: Caller, request: Request, context: RequestContext | None = None
) -> Answer:
    """Answer a request. Raise what the database raised; the same request may succeed in a moment.

    ``context`` is given where several requests share their limits.
    """
    context = context or RequestContext(datamodel, caller)
    return refusing(lambda: execute(request, context))


def answer_or_ticket(datamodel: DataModel, caller: Caller, request: Request) -> Answer | Ticket:
    """Answer a request, or return the ticket by which the express lane answers it."""
    context = RequestContext(datamodel, caller)

    def work() -> Answer | Ticket:
        document = begin(request, context)
        if isinstance(document, Answer):
            return document
        if context.plan is not None and context.plan.is_quick:
            return Ticket(context.plan, context.values, caller, datamodel.stamp.encode())
        return finish(document, request, context)

    return refusing(work)


@dataclass(frozen=True, slots=True)
class Served:
    """A data model that has answered, with what is kept of its requests."""

    datamodel: DataModel
    prepared: Prepared
    stamp: bytes

    @classmethod
    def of(cls, datamodel: DataModel) -> Served:
        return cls(datamodel, prepare(datamodel), datamodel.stamp.encode())

    def find_ticket(self, caller: Caller, request: Request) -> Ticket | WriteTicket | None:
        """Return the ticket of a request all of which is known already; None where there is something to do."""
        document = self.prepared.documents.find(request.query, is_helped=is_helped(caller))
        operation = document.operation(request.operation_name) if document is not None else None
        if operation is None or operation.kind is OperationType.SUBSCRIPTION:
            return None
        try:
            values = operation.coerce(request.variables)
        except InvalidRequest:
            return None
        plan = self.prepared.plans.find(operation, caller, values)
        if plan is None:
            return None
        if plan.write is not None:
            return WriteTicket(plan.keys[0], plan.write, values, caller, self.datamodel)
        is_read = operation.kind is OperationType.QUERY
        return Ticket(plan, values, caller, self.stamp) if is_read and plan.is_quick else None


def refusing(work: Callable[[], T]) -> T | Answer:
    """Do ``work``; return the answer of a request that turns out to be refused."""
    try:
        return work()
    except InvalidRequest as error:
        return refused(*(variable_entry(problem) for problem in error.errors))
    except ApiError as error:
        return refused(plain_entry(error.message, error.error_type))


def find_document(datamodel: DataModel, caller: Caller, text: str) -> PreparedDocument:
    """Return the document of a text, prepared on first use."""
    return prepare(datamodel).documents.get(text, is_helped=is_helped(caller))


def execute(request: Request, context: RequestContext) -> Answer:
    document = begin(request, context)
    return document if isinstance(document, Answer) else finish(document, request, context)


def begin(request: Request, context: RequestContext) -> Answer | DocumentNode:
    """Check a request and plan it, into its context; return the answer where it is refused."""
    datamodel, caller = context.datamodel, context.caller
    api = build_api(datamodel)
    if api.graphql_schema.query_type is None:
        if caller is ANONYMOUS:
            raise NotAuthenticated
        return refused(plain_entry(NOTHING_TO_ASK, "ValidationError"))
    prepared = prepare(datamodel)
    document = prepared.documents.get(request.query, is_helped=is_helped(caller))
    if document.node is None:
        return refused(*document.problems)
    operation = document.operation(request.operation_name)
    if caller is ANONYMOUS and not (operation and asks_only_of_schema(document.node, operation.node)):
        raise NotAuthenticated
    context.plan, context.values = None, {}
    if operation is not None:
        if request.is_get and operation.kind is not OperationType.QUERY:
            raise NotSafe
        if operation.kind is OperationType.SUBSCRIPTION:
            message = "A subscription is not answered by POST: open a WebSocket at /graphql/realtime."
            return refused(plain_entry(message, "BadRequestException"))
        context.values = operation.coerce(request.variables)
        context.plan = prepared.plan(operation, context)
        context.spend_cost(context.plan.cost)
    return document.node


def finish(document: DocumentNode, request: Request, context: RequestContext) -> Answer:
    """Run a request that was checked."""
    schema = build_api(context.datamodel).graphql_schema
    operation = find_document(context.datamodel, context.caller, request.query).operation(
        request.operation_name
    )
    result = run(schema, document, context, operation, request.operation_name)
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
    data = content.get("data")
    if not isinstance(data, dict):
        return encode_value(content)
    fields = b",".join(encode_value(key) + b":" + encode_value(value) for key, value in data.items())
    others = b"".join(
        b"," + encode_value(key) + b":" + encode_value(value)
        for key, value in content.items()
        if key != "data"
    )
    return b'{"data":{' + fields + b"}" + others + b"}"


def encode_value(value: Any) -> bytes:
    if isinstance(value, JsonText):
        return value.text
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=lambda _value: None)
    return text.encode("utf-8", "replace")


def encode_answer(result: Answer) -> bytes:
    """Return an answer as JSON; one that is too long is replaced by an error."""
    body = encode(result.content)
    longest = get_limit("GRAPHQL_MAX_RESULT_BYTES")
    if len(body) <= longest:
        return body
    return encode({"errors": [plain_entry(f"The answer is longer than {longest} bytes.", "LimitExceeded")]})


def encode_answers(results: Sequence[Answer]) -> bytes:
    """Return the answers of a batch as a JSON list; too long together, each is replaced by an error."""
    body = b"[" + b",".join(encode_answer(result) for result in results) + b"]"
    longest = get_limit("GRAPHQL_MAX_RESULT_BYTES")
    if len(body) <= longest:
        return body
    entry = plain_entry(f"The answers are longer than {longest} bytes.", "LimitExceeded")
    return b"[" + b",".join([encode({"errors": [entry]})] * len(results)) + b"]"
