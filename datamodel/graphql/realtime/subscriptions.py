"""A subscription: a document that was checked and may be listened to, and what it answers to an event."""

from __future__ import annotations

import json
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import collect_fields
from graphql.execution.values import get_argument_values, get_variable_values
from graphql.language import DocumentNode, FragmentDefinitionNode, OperationType

from datamodel.access import Caller
from datamodel.graphql.context import RequestContext, permissions_of
from datamodel.graphql.disclosure import is_helped
from datamodel.graphql.documents import DocumentCache, PreparedDocument
from datamodel.graphql.errors import ApiError, Unauthorized, error_entry, plain_entry
from datamodel.graphql.execution import Execution, raise_unavailable
from datamodel.graphql.messages import variable_entry
from datamodel.graphql.permission import check_query
from datamodel.graphql.reading import Reader
from datamodel.graphql.realtime.matching import check_arguments, matches
from datamodel.graphql.request import Request, encode
from datamodel.graphql.schema import Api, build_api
from datamodel.graphql.shape import Operation, OperationKind
from datamodel.graphql.structure import check_cost
from datamodel.modelgen import Record
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.schema.ir import ModelType

__all__ = ["Event", "Refused", "Subscription", "prepare_document", "subscribe"]


class Refused(Exception):  # noqa: N818  says what happened
    """A subscription that is not started; ``entries`` are its errors."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        super().__init__()
        self.entries = entries


@dataclass(frozen=True, slots=True)
class Event:
    """A change of a record, as subscribers see it."""

    model: str
    action: str
    values: Mapping[str, Any]
    """By API name, DataStore's own included: what a filter may ask for."""
    row: Mapping[str, Any]
    """By attribute: what a selection reads."""

    @classmethod
    def of(cls, change: Change, record: type[Record]) -> Event:
        """Return the event of a log entry; a deleted record is told as it was last."""
        stored = (change.before if change.after is None else change.after) or {}
        is_gone = change.action == Change.Action.DELETE
        names = record.names
        row = {names.attribute(f.name): stored.get(f.name) for f in record.model_type.stored_fields}
        row |= {
            "joinery_pk": 0,
            "joinery_version": change.record_version,
            "joinery_changed_at": change.at,
            "joinery_deleted": is_gone,
        }
        return cls(change.model, change.action, {**stored, "_deleted": is_gone}, row)

    def node(self, info: GraphQLResolveInfo) -> Any:
        """Return what the selection of a subscription's root field reads of the record."""
        reader = Reader(info)
        selection = reader.selector.record(self.model, info.field_nodes)
        return reader.nodes(selection, [dict(self.row)])[0]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A checked subscription. Equal ``key``s answer every event alike, whoever listens."""

    datamodel: DataModel
    caller: Caller
    document: DocumentNode
    operation_name: str | None
    variables: Mapping[str, Any]
    model: str
    action: str
    arguments: Mapping[str, Any]
    key: tuple[Any, ...] = field(default=())

    def answer(self, event: Event) -> str | None:
        """Return the JSON of what an event answers, None where the filter leaves it out.

        Raise what the database raised: the same event can be answered in a moment.
        """
        if not matches(self.arguments, event.values):
            return None
        context = RequestContext(self.datamodel, self.caller)
        execution = Execution.build(
            build_api(self.datamodel).graphql_schema,
            self.document,
            root_value=event,
            context_value=context,
            raw_variable_values=dict(self.variables),
            operation_name=self.operation_name,
            is_awaitable=lambda _value: False,
        )
        if isinstance(execution, list):
            raise execution[0]
        data: Any = None
        try:
            data = execution.execute_operation(execution.operation, event)
        except GraphQLError as error:
            execution.collected_errors.add(error, None)
        raise_unavailable(execution.collected_errors.errors)
        content: dict[str, Any] = {"data": data}
        if execution.collected_errors.errors:
            content["errors"] = [error_entry(error) for error in execution.collected_errors.errors]
        return encode(content).decode()


_documents: weakref.WeakKeyDictionary[Api, DocumentCache] = weakref.WeakKeyDictionary()


def prepare_document(datamodel: DataModel, caller: Caller, text: str) -> PreparedDocument:
    """Return the checked document of a text; raise Refused."""
    api = build_api(datamodel)
    cache = _documents.get(api) or _documents.setdefault(api, DocumentCache(api.graphql_schema))
    document = cache.get(text, is_helped=is_helped(caller))
    if document.node is None:
        raise Refused(*document.problems)
    return document


def subscribe(datamodel: DataModel, caller: Caller, request: Request) -> Subscription:
    """Return the subscription that a request asks for; raise Refused where there is none to start."""
    document = prepare_document(datamodel, caller, request.query)
    operation = document.operation(request.operation_name)
    if document.node is None or operation is None or operation.kind is not OperationType.SUBSCRIPTION:
        raise Refused(plain_entry("The document holds no subscription to start.", "BadRequestException"))
    try:
        return start(datamodel, caller, request, document.node, operation.node)
    except ApiError as error:
        raise Refused(plain_entry(error.message, error.error_type)) from error


def start(
    datamodel: DataModel,
    caller: Caller,
    request: Request,
    document: DocumentNode,
    operation: OperationDefinitionNode,
) -> Subscription:
    """Check the variables, the cost, the right to listen and the arguments."""
    api = build_api(datamodel)
    check_cost(api.graphql_schema, datamodel.schema, document, operation, request.variables)
    name, arguments = root_field(api, document, operation, request.variables)
    listened = api.shape.subscription[name].operation
    if listened is None or listened.kind is not OperationKind.LISTEN:
        message = f"'{name}' is a subscription of the schema's own. Joinery has no events for it."
        raise Refused(plain_entry(message, "CustomOperationNotSupported"))
    permissions = permissions_of(datamodel, caller.scope)
    if not permissions.may(listened.model, "listen"):
        raise Unauthorized(name, "Subscription")
    check_query(permissions, listened, arguments)
    check_arguments(arguments)
    return Subscription(
        datamodel,
        caller,
        document,
        request.operation_name,
        request.variables,
        listened.model,
        action_of(datamodel.schema.model(listened.model), listened),
        arguments,
        identity(datamodel, caller, request),
    )


def root_field(
    api: Api, document: DocumentNode, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any]]:
    """Return the name and the arguments of the one field that a subscription selects."""
    schema = api.graphql_schema
    root = cast(GraphQLObjectType, schema.subscription_type)
    variables = get_variable_values(schema, operation.variable_definitions or (), dict(given), max_errors=5)
    if isinstance(variables, list):
        raise Refused(*(variable_entry(problem) for problem in variables))
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    nodes = collect_fields(schema, fragments, variables, root, operation.selection_set)
    if len(nodes) != 1:
        raise Refused(plain_entry("A subscription selects exactly one field.", "ValidationError"))
    node: FieldNode = next(iter(nodes.values()))[0]
    return node.name.value, read_arguments(root, node, variables)


def read_arguments(root: GraphQLObjectType, node: FieldNode, variables: dict[str, Any]) -> Mapping[str, Any]:
    """Return a field's arguments as a filter reads them: plain lists and dictionaries."""
    definition = root.fields.get(node.name.value)
    if definition is None:
        raise Refused(plain_entry("A subscription selects one of its own fields.", "ValidationError"))
    try:
        return get_argument_values(definition, node, variables)
    except GraphQLError as error:
        raise Refused(error_entry(error)) from error


def action_of(model: ModelType, operation: Operation) -> str:
    """Return the action of the change log that a subscription waits for."""
    if operation.name in model.operations.on_create:
        return "create"
    return "update" if operation.name in model.operations.on_update else "delete"


def identity(datamodel: DataModel, caller: Caller, request: Request) -> tuple[Any, ...]:
    """Return what two subscriptions have in common that answer every event alike."""
    variables = json.dumps(request.variables, sort_keys=True)
    return (datamodel.version, caller.scope, request.query, request.operation_name, variables)
