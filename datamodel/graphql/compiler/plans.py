"""Plans: every root field of an operation compiled, once for all requests that differ in nothing that matters."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from graphql import FieldNode, GraphQLError
from graphql.execution.collect_fields import collect_fields
from graphql.language import OperationType

from datamodel.access import Caller, Permissions
from datamodel.graphql.compiler.answers import CompiledField
from datamodel.graphql.compiler.compiling import Compiler
from datamodel.graphql.compiler.sql import NotCompiled
from datamodel.graphql.compiler.written import WritePlan, plan_write
from datamodel.graphql.errors import ApiError, Unauthorized
from datamodel.graphql.operation import PreparedOperation
from datamodel.graphql.selection import METADATA, Document
from datamodel.graphql.shape import ACCESS, ApiShape, Operation, OperationKind
from datamodel.graphql.slots import Look, Looks, count_values, mark, shape_of
from datamodel.limits import get_limit
from datamodel.registry import DataModel

__all__ = ["FieldPlan", "OperationPlan", "Outcome", "PlanCache", "make_plan", "rule_of"]

KEPT = 512
"""Plans kept per API."""

MOST_VALUES = 1_000
"""A plan for more variables than these is not kept: their shape takes as much room as they do."""

READS = frozenset({OperationKind.GET, OperationKind.LIST, OperationKind.INDEX, OperationKind.SYNC})
WRITES = frozenset({OperationKind.CREATE, OperationKind.UPDATE, OperationKind.DELETE})

Outcome = CompiledField | ApiError | bytes | None
"""A compiled read; why it is refused whoever's values come; known JSON; None for what is executed."""

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """A root field: its response key, and how it is answered."""

    key: str
    nodes: tuple[FieldNode, ...]
    outcome: Outcome

    @property
    def is_quick(self) -> bool:
        """Return whether reading answers it, by one statement; a time to sync from is asked for beside it."""
        outcome = self.outcome
        if isinstance(outcome, CompiledField):
            return not (outcome.is_timed or outcome.is_written)
        return outcome is not None


@dataclass(frozen=True)
class OperationPlan:
    """An operation's root fields in the order of the answer."""

    fields: tuple[FieldPlan, ...]
    cost: int
    write: WritePlan | None = None
    """What all of it comes to where it writes one record."""

    @cached_property
    def is_quick(self) -> bool:
        """Return whether all of it is read by statements alone."""
        return all(field.is_quick for field in self.fields)

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """The response keys as they stand in an answer, one after the other."""
        return tuple(f'{"," if n else ""}"{field.key}":'.encode() for n, field in enumerate(self.fields))

    def outcome(self, key: str) -> Outcome:
        """Return how the field of a response key is answered; None where it is executed."""
        return next((field.outcome for field in self.fields if field.key == key), None)


class Recent(Generic[K, V]):
    """A dictionary that keeps what was used last."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.found: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        try:
            self.found.move_to_end(key)
            return self.found[key]
        except KeyError:
            # Never there, or just put out by another thread.
            return None

    def put(self, key: K, value: V) -> None:
        self.found[key] = value
        while len(self.found) > self.size:
            self.found.popitem(last=False)


class PlanCache:
    """The plans of one API, by operation, caller's rule, shape of the variables, and what was looked at."""

    def __init__(self) -> None:
        self.looks: Recent[Hashable, tuple[Look, ...]] = Recent(KEPT)
        self.plans: Recent[Hashable, OperationPlan] = Recent(KEPT)

    def find(
        self, operation: PreparedOperation, caller: Caller, values: Mapping[str, Any]
    ) -> OperationPlan | None:
        """Return the plan for a request with these variables, None where it is not made yet."""
        look = look_of(operation, caller, values)
        looks = self.looks.get(look)
        return None if looks is None else self.plans.get((look, seen(looks, values)))

    def keep(
        self,
        operation: PreparedOperation,
        caller: Caller,
        values: Mapping[str, Any],
        looks: Looks,
        plan: OperationPlan,
    ) -> None:
        """Keep a plan for requests that agree in all that was looked at while any plan of theirs was made."""
        if count_values(values) > MOST_VALUES:
            return
        look = look_of(operation, caller, values)
        noted = tuple(dict.fromkeys([*(self.looks.get(look) or ()), *looks.noted]))
        self.looks.put(look, noted)
        self.plans.put((look, seen(noted, values)), plan)


def look_of(operation: PreparedOperation, caller: Caller, values: Mapping[str, Any]) -> Hashable:
    """Return what every plan depends on."""
    return operation, rule_of(caller), shape_of(operation.relevant(values))


def seen(looks: tuple[Look, ...], values: Mapping[str, Any]) -> tuple[Hashable, ...]:
    return tuple([look.at(values) for look in looks])


def rule_of(caller: Caller) -> Hashable:
    """Return what a plan depends on of a caller: those who may do the same share it."""
    return caller.scope


def make_plan(
    shape: ApiShape,
    datamodel: DataModel,
    operation: PreparedOperation,
    permissions: Permissions,
    values: Mapping[str, Any],
    cost: int,
) -> tuple[OperationPlan, Looks]:
    """Compile an operation's root fields; return the plan and what it depends on.

    ``cost`` is how many records the answer might hold: where they may be too many, they are counted.
    """
    looks = Looks()
    marked = {name: mark(value, looks, (name,)) for name, value in operation.relevant(values).items()}
    for name in operation.deciding & values.keys():
        looks.note((name,), bool)
    given = dict(values)
    document = Document(permissions, operation.schema, operation.fragments, given, marked)
    compiler = Compiler(document, datamodel, looks, cost > get_limit("GRAPHQL_MAX_RESULT_NODES"))
    found = collect_fields(
        operation.schema, operation.fragments, given, operation.root, operation.node.selection_set
    )
    fields = tuple(
        FieldPlan(key, tuple(nodes), plan_field(shape, compiler, operation, nodes))
        for key, nodes in found.items()
    )
    return OperationPlan(fields, cost, find_write(shape, operation, permissions, fields)), looks


def find_write(
    shape: ApiShape,
    operation: PreparedOperation,
    permissions: Permissions,
    fields: tuple[FieldPlan, ...],
) -> WritePlan | None:
    """Return the plan of a mutation that writes one record."""
    if operation.kind is not OperationType.MUTATION or len(fields) != 1 or len(fields[0].nodes) != 1:
        return None
    (node,) = fields[0].nodes
    name = node.name.value
    definition = shape.mutation.get(name)
    if definition is None or definition.operation is None:
        return None
    field, vendor = operation.root.fields[name], connections[DEFAULT_DB_ALIAS].vendor
    return plan_write(definition.operation, permissions, node, field, fields[0].outcome, vendor)


def plan_field(
    shape: ApiShape, compiler: Compiler, operation: PreparedOperation, nodes: list[FieldNode]
) -> Outcome:
    """Return how a root field is answered."""
    name = nodes[0].name.value
    if name == "__typename":
        return f'"{operation.root.name}"'.encode()
    fields = shape.query if operation.kind is OperationType.QUERY else shape.mutation
    found = fields[name].operation if name in fields else None
    if found is None:
        return None
    try:
        return compile_field(compiler, found, nodes, operation.root.name)
    except ApiError as error:
        return error
    except (NotCompiled, GraphQLError):
        return None


def compile_field(
    compiler: Compiler, operation: Operation, nodes: list[FieldNode], parent: str
) -> CompiledField | None:
    """Return the compiled read of a root field, or of a mutation's answer."""
    permissions = compiler.document.permissions
    if operation.kind in READS:
        if not permissions.may(operation.model, ACCESS[operation.kind]):
            raise Unauthorized(operation.name, parent)
        return compiler.root(operation, nodes)
    # What a mutation's answer keeps back depends on what was sent.
    if operation.kind in WRITES and not permissions.model(operation.model).hidden:
        is_buried = operation.kind is OperationKind.DELETE and compiler.datamodel.schema.has_datastore
        blanks = frozenset(METADATA.values()) if is_buried else frozenset()
        return compiler.selection(operation.model, nodes, blanks)
    return None
