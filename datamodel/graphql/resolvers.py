"""What a root field does: check access, then read or write."""

from __future__ import annotations

from typing import Any

from graphql import GraphQLResolveInfo, print_ast

from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import ApiError, BadRequest
from datamodel.graphql.mutations import mutate
from datamodel.graphql.reading import Reader
from datamodel.graphql.shape import Operation, OperationKind

__all__ = ["resolve_root"]

ACCESS = {
    OperationKind.GET: "get",
    OperationKind.LIST: "list",
    OperationKind.INDEX: "list",
    OperationKind.SYNC: "sync",
    OperationKind.CREATE: "create",
    OperationKind.UPDATE: "update",
    OperationKind.DELETE: "delete",
    OperationKind.LISTEN: "listen",
}
"""What each kind of root field needs the caller to be allowed."""


class CustomOperationNotRun(ApiError):  # noqa: N818  says what happened
    """A root field of the schema's own, whose resolver is code that Joinery does not have."""

    error_type = "CustomOperationNotSupported"


def resolve_root(operation: Operation, info: GraphQLResolveInfo, arguments: dict[str, Any]) -> Any:
    """Answer a root field; raise what `errors` turns into an entry."""
    if operation.kind is OperationKind.CUSTOM:
        raise CustomOperationNotRun(
            f"'{operation.name}' is an operation of the schema's own. Joinery does not run its resolver."
        )
    context: RequestContext = info.context
    context.require(operation.model, ACCESS[operation.kind], info.field_name, info.parent_type.name)
    match operation.kind:
        case OperationKind.GET:
            return read_once(info, operation, arguments, Reader.read_one)
        case OperationKind.LIST | OperationKind.INDEX | OperationKind.SYNC:
            return read_once(info, operation, arguments, Reader.read_page)
        case OperationKind.CREATE | OperationKind.UPDATE | OperationKind.DELETE:
            return mutate(operation, info, arguments)
    raise BadRequest("A subscription is not answered by POST: open a WebSocket at /graphql/realtime.")


def read_once(info: GraphQLResolveInfo, operation: Operation, arguments: dict[str, Any], read: Any) -> Any:
    """Read, unless the same request has read just this under another alias."""
    context: RequestContext = info.context
    if len(info.operation.selection_set.selections) == 1:
        return read(Reader(info), operation, arguments)
    selections = tuple(print_ast(node.selection_set) for node in info.field_nodes if node.selection_set)
    look = (operation.name, repr(arguments), selections)
    if look not in context.answers:
        context.answers[look] = read(Reader(info), operation, arguments)
    return context.answers[look]
