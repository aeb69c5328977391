"""What a root field does: check access, then read or write."""

from __future__ import annotations

import logging
from typing import Any

from graphql import GraphQLResolveInfo, print_ast

from datamodel.graphql.compiler.answers import CompiledField, Irregular
from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import ApiError, BadRequest
from datamodel.graphql.mutations import mutate
from datamodel.graphql.permission import check_query
from datamodel.graphql.reading import Reader
from datamodel.graphql.shape import ACCESS, Operation, OperationKind

__all__ = ["resolve_root"]

logger = logging.getLogger(__name__)


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
        case OperationKind.GET | OperationKind.LIST | OperationKind.INDEX | OperationKind.SYNC:
            check_query(context.permissions, operation, arguments)
            return read_once(operation, info, arguments)
        case OperationKind.CREATE | OperationKind.UPDATE | OperationKind.DELETE:
            return mutate(operation, info, arguments)
        case OperationKind.LISTEN if info.root_value is not None:
            return info.root_value.node(info)
    raise BadRequest("A subscription is not answered by POST: open a WebSocket at /graphql/realtime.")


def read_once(operation: Operation, info: GraphQLResolveInfo, arguments: dict[str, Any]) -> Any:
    """Read, unless the same request has read just this under another alias."""
    context: RequestContext = info.context
    if len(info.operation.selection_set.selections) == 1:
        return read(operation, info, arguments)
    selections = tuple(print_ast(node.selection_set) for node in info.field_nodes if node.selection_set)
    look = (operation.name, repr(arguments), selections)
    if look not in context.answers:
        context.answers[look] = read(operation, info, arguments)
    return context.answers[look]


def read(operation: Operation, info: GraphQLResolveInfo, arguments: dict[str, Any]) -> Any:
    """Read by the compiled statement where there is one, else level by level."""
    context: RequestContext = info.context
    match context.outcome(str(info.path.key)):
        case CompiledField() as field:
            try:
                return context.read(field)
            except Irregular:
                logger.debug("'%s' holds a value that needs an error of its own.", operation.name)
        case ApiError() as error:
            raise error
    reader = Reader(info)
    if operation.kind is OperationKind.GET:
        return reader.read_one(operation, arguments)
    return reader.read_page(operation, arguments)
