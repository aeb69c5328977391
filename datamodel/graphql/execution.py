"""Running a document: each top-level mutation field is one transaction, undone where its answer has an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, InterfaceError
from graphql import (
    ExecutionContext,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
)
from graphql.execution.execute import CollectedErrors
from graphql.language import DocumentNode
from graphql.pyutils import Path, Undefined

from datamodel import records
from datamodel.graphql.context import RequestContext
from datamodel.graphql.disclosure import is_helped
from datamodel.modelgen.errors import DatabaseBusy
from datamodel.registry import SchemaChanged

__all__ = ["InvalidRequest", "run"]

UNAVAILABLE = (DatabaseError, InterfaceError, DatabaseBusy, SchemaChanged)
"""What says nothing about the request: the same one may succeed in a moment."""


class InvalidRequest(Exception):  # noqa: N818  says what is wrong
    """The document cannot be run: its operation or its variables do not fit."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


class FieldRefused(Exception):  # noqa: N818  says what happened
    """A mutation field's answer carries an error; raised to undo its transaction."""


class Execution(ExecutionContext):
    """graphql-core's execution, with a transaction around each mutation field."""

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
            return records.transact(context.datamodel, work)
        except FieldRefused:
            return None


def raise_unavailable(errors: list[GraphQLError]) -> None:
    """Raise the first error that is the database's and not the field's."""
    for error in errors:
        if isinstance(error.original_error, UNAVAILABLE):
            raise error.original_error


def run(
    schema: GraphQLSchema,
    document: DocumentNode,
    context: RequestContext,
    variables: Mapping[str, Any],
    operation_name: str | None,
) -> ExecutionResult:
    """Run a valid document; raise InvalidRequest, or what the database raised."""
    execution = Execution.build(
        schema,
        document,
        context_value=context,
        raw_variable_values=dict(variables),
        operation_name=operation_name,
        max_coercion_errors=5,
        is_awaitable=lambda _value: False,
        hide_suggestions=not is_helped(context.caller),
    )
    if isinstance(execution, list):
        raise InvalidRequest(execution)
    data: Any = None
    try:
        data = execution.execute_operation(execution.operation, None)
    except GraphQLError as error:
        execution.collected_errors.add(error, None)
    raise_unavailable(execution.collected_errors.errors)
    return execution.build_response(data, execution.collected_errors.errors)
