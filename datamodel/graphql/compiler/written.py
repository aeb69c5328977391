"""Mutations that write one record, ready for many requests: where the input comes from, what answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLInputObjectType,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_named_type,
    is_non_null_type,
    value_from_ast,
)

from datamodel.access import Permissions
from datamodel.graphql.compiler.answers import CompiledField, RecordForm
from datamodel.graphql.compiler.marks import FAILURE
from datamodel.graphql.compiler.sql import Statement, literal
from datamodel.graphql.operation import variables_in
from datamodel.graphql.shape import ACCESS, Operation, OperationKind

__all__ = ["WritePlan", "plan_write"]

SWIFT = frozenset({OperationKind.CREATE, OperationKind.UPDATE})

Values: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[Values], "dict[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class WritePlan:
    """A root field that creates or updates a record, alone in its operation and without a condition."""

    operation: Operation
    field: CompiledField
    """The read of the answer: of one record and those it refers to, without lists."""
    answer: Statement
    """Its statement; on PostgreSQL one that fails, and the write with it, where the answer needs an error."""
    is_sure: bool
    """False where it is for the reader of the answer to see that."""
    read_input: Reader
    conditions: tuple[str, ...]
    """The variables that must hold none."""

    def given(self, values: Values) -> dict[str, Any] | None:
        """Return the input of a request; None where graphql-core has to look at it."""
        if any(values.get(name) is not None for name in self.conditions):
            return None
        return self.read_input(values)


def plan_write(
    operation: Operation,
    permissions: Permissions,
    node: FieldNode,
    definition: GraphQLField,
    outcome: object,
    vendor: str,
) -> WritePlan | None:
    """Return the plan of a mutation field on a kind of database; None where it has to be executed."""
    if operation.kind not in SWIFT or not permissions.may(operation.model, ACCESS[operation.kind]):
        return None
    if not isinstance(outcome, CompiledField) or not is_small(outcome):
        return None
    arguments = {argument.name.value: argument.value for argument in node.arguments}
    conditions = condition_variables(arguments.get("condition"))
    type_ = get_named_type(definition.args["input"].type)
    if conditions is None or not isinstance(type_, GraphQLInputObjectType):
        return None
    read_input = reader_of(arguments["input"], type_)
    if read_input is None:
        return None
    is_guarded = outcome.may_fail and vendor == "postgresql"
    return WritePlan(
        operation,
        outcome,
        guarded(outcome.statement) if is_guarded else outcome.statement,
        is_guarded or not outcome.may_fail,
        read_input,
        conditions,
    )


def guarded(statement: Statement) -> Statement:
    """Return a statement that divides by zero where a value cannot be answered."""
    answer = f"({statement.text} OFFSET 0) AS answer(text)"
    failed = f"STRPOS(text, {literal(FAILURE)}) > 0 THEN 1 / (LENGTH(text) - LENGTH(text))"
    return Statement(f"SELECT text, CASE WHEN {failed} END FROM {answer}", statement.params)  # noqa: S608 (known texts)


def is_small(field: CompiledField) -> bool:
    """Return whether an answer holds a few records at most, and tells no time."""
    return isinstance(field.form, RecordForm) and not (field.pages or field.is_timed or field.is_counted)


def condition_variables(node: ValueNode | None) -> tuple[str, ...] | None:
    """Return the variables that a condition comes from; None where there is one in any case."""
    match node:
        case None | NullValueNode():
            return ()
        case VariableNode():
            return (node.name.value,)
    return None


def reader_of(node: ValueNode, type_: GraphQLInputObjectType) -> Reader | None:
    """Return what finds the input among coerced variables: a variable itself, or an object made of some."""
    match node:
        case VariableNode():
            name = node.name.value
            return lambda values: None if (found := values.get(name)) is None else dict(found)
        case ObjectValueNode():
            return object_reader(node, type_)
    return None


def object_reader(node: ObjectValueNode, type_: GraphQLInputObjectType) -> Reader | None:
    """Return what puts an object together whose fields are variables, or known."""
    fixed = {name: field.default_value for name, field in type_.fields.items()}
    fixed = {name: value for name, value in fixed.items() if value is not Undefined}
    varying: list[tuple[str, str, bool]] = []
    for each in node.fields:
        name, field = each.name.value, type_.fields[each.name.value]
        if isinstance(each.value, VariableNode):
            varying.append((name, each.value.name.value, is_non_null_type(field.type)))
            continue
        if variables_in(each.value):
            return None
        fixed[name] = value_from_ast(each.value, field.type)

    def read(values: Values) -> dict[str, Any] | None:
        given = dict(fixed)
        for name, variable, is_required in varying:
            if variable in values:
                value = given[name] = values[variable]
                if value is None and is_required:
                    return None
            elif is_required:
                return None
        return given

    return None if Undefined in fixed.values() else read
