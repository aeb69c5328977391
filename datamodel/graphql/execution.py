"""Running a document: each top-level mutation field is one transaction, undone where its answer has an error."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError, InterfaceError
from graphql import (
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    default_field_resolver,
    default_type_resolver,
    located_error,
)
from graphql.execution.execute import CollectedErrors
from graphql.language import DocumentNode
from graphql.pyutils import Path, Undefined

from datamodel import records
from datamodel.graphql.compiler.answers import JsonText
from datamodel.graphql.context import RequestContext
from datamodel.graphql.deadlines import is_ended, limited
from datamodel.graphql.errors import ApiError
from datamodel.graphql.operation import InvalidRequest, PreparedOperation
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.registry import SchemaChanged

__all__ = ["run"]

logger = logging.getLogger(__name__)

UNAVAILABLE = (DatabaseError, InterfaceError, DatabaseBusy, SchemaChanged)
"""What says nothing about the request: the same one may succeed in a moment."""


class FieldRefused(Exception):  # noqa: N818  says what happened
    """A mutation field's answer carries an error; raised to undo its transaction."""


class Unavailable(ApiError):  # noqa: N818  says what happened
    """A mutation field that could not be written for now, after others of the request were."""

    error_type = "ServiceUnavailableException"

    def __init__(self, error: Exception) -> None:
        logger.warning("A mutation field was not written: %s", type(error).__name__, exc_info=error)
        super().__init__(
            "The database is busy or away. Try this again in a moment; what came before it was written."
        )


class Execution(ExecutionContext):
    """graphql-core's execution, with a transaction around each mutation field, and finished JSON left alone."""

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_nodes: list[FieldNode],
        info: GraphQLResolveInfo,
        path: Path,
        result: Any,
    ) -> Any:
        if isinstance(result, JsonText):
            return result
        return super().complete_value(return_type, field_nodes, info, path, result)

    def execute_fields_serially(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        fields: dict[str, list[FieldNode]],
    ) -> dict[str, Any]:
        answers = {}
        errors = []
        for key, nodes in fields.items():
            field_path = Path(path, key, parent_type.name)
            answer = self.execute_in_transaction(parent_type, source_value, nodes, field_path)
            errors += self.collected_errors.errors
            if answer is not Undefined:
                answers[key] = answer
        self.collected_errors.errors[:] = errors
        return answers

    def execute_in_transaction(
        self, parent_type: GraphQLObjectType, source_value: Any, nodes: list[FieldNode], path: Path
    ) -> Any:
        context: RequestContext = self.context_value

        def work() -> Any:
            # An attempt that the database asked to repeat leaves no errors behind.
            self.collected_errors = CollectedErrors()
            answer = self.execute_field(parent_type, source_value, nodes, path)
            raise_unavailable(self.collected_errors.errors)
            if self.collected_errors.errors:
                raise FieldRefused
            context.spend(0)
            return answer

        try:
            answer = records.transact(context.datamodel, work)
        except FieldRefused:
            return None
        except UNAVAILABLE as error:
            if not context.has_written:
                raise
            self.collected_errors = CollectedErrors()
            self.collected_errors.add(located_error(Unavailable(error), nodes, path.as_list()), path)
            return None
        context.has_written = True
        return answer


def raise_unavailable(errors: list[GraphQLError]) -> None:
    """Raise the first error that is the database's and not the field's."""
    for error in errors:
        if isinstance(error.original_error, UNAVAILABLE) and not is_ended(error.original_error):
            raise error.original_error


def run(
    schema: GraphQLSchema,
    document: DocumentNode,
    context: RequestContext,
    operation: PreparedOperation | None,
    operation_name: str | None,
) -> ExecutionResult:
    """Run a valid document; raise InvalidRequest, or what the database raised.

    ``operation`` is the one that the request names, its variables are the context's. Where there is none,
    graphql-core says what is wrong.
    """
    execution = (
        begin(schema, operation, context) if operation else build(schema, document, context, operation_name)
    )
    data: Any = None
    try:
        with limited(context.deadline):
            data = execution.execute_operation(execution.operation, None)
    except GraphQLError as error:
        execution.collected_errors.add(error, None)
    raise_unavailable(execution.collected_errors.errors)
    return execution.build_response(data, execution.collected_errors.errors)


def begin(schema: GraphQLSchema, operation: PreparedOperation, context: RequestContext) -> Execution:
    """Return the execution of an operation whose variables were coerced already."""
    return Execution(
        schema,
        operation.fragments,
        None,
        context,
        operation.node,
        dict(context.values),
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        CollectedErrors(),
        None,
        is_awaitable,
    )


def build(
    schema: GraphQLSchema, document: DocumentNode, context: RequestContext, operation_name: str | None
) -> Execution:
    """Return the execution that graphql-core comes to without our help; raise InvalidRequest."""
    execution = Execution.build(
        schema, document, context_value=context, operation_name=operation_name, is_awaitable=is_awaitable
    )
    if not isinstance(execution, Execution):
        raise InvalidRequest(execution if isinstance(execution, list) else [])
    return execution


def is_awaitable(_value: object) -> bool:
    return False
