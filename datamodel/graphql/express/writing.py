"""A mutation by the express lane: the input judged as `mutations` does, the steps of the write, the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from datamodel.access import Caller
from datamodel.graphql.compiler.answers import CompiledField, TupleRows
from datamodel.graphql.compiler.compiling import KEY
from datamodel.graphql.compiler.written import WritePlan
from datamodel.graphql.context import permissions_of
from datamodel.graphql.mutations import fitted, take_version
from datamodel.graphql.permission import check_written
from datamodel.graphql.shape import OperationKind
from datamodel.modelgen.statements import Ask
from datamodel.registry import DataModel
from datamodel.swift import NotSwift, Scene, Steps, creating, is_watched, updating

__all__ = ["WriteTicket"]


@dataclass(frozen=True, slots=True)
class WriteTicket:
    """A request that writes one record, and can go by the express lane."""

    key: bytes
    """The response key, as it stands in the answer."""
    plan: WritePlan
    values: Mapping[str, Any]
    caller: Caller
    datamodel: DataModel

    def begin(self, connection: BaseDatabaseWrapper) -> Steps[bytes]:
        """Begin the write; it returns the JSON of the root field. Raise what `records` has to look at."""
        operation, field = self.plan.operation, self.plan.field
        given = self.plan.given(self.values)
        if given is None or is_watched(self.datamodel.model(operation.model)):
            raise NotSwift
        permissions = permissions_of(self.datamodel, self.caller.scope)
        model = self.datamodel.model(operation.model).model_type
        if not permissions.is_full:
            check_written(permissions, operation.kind, model, given)
        scene = Scene(connection, self.datamodel, self.caller.actor, self.answer, self.plan.is_sure)
        schema = self.datamodel.schema
        if operation.kind is OperationKind.CREATE:
            given.pop("_version", None)
            rows = yield from creating(scene, operation.model, fitted(schema, model, given))
        else:
            version = take_version(self.datamodel, operation.model, given)
            key = {name: given.pop(name) for name in model.primary_key}
            rows = yield from updating(scene, operation.model, key, fitted(schema, model, given), version)
        return self.text(field, TupleRows(rows))

    def answer(self, pk: int) -> Ask:
        """Return the query for the answer."""
        statement = self.plan.answer
        return Ask(statement, statement.bind({**self.values, KEY: pk}))

    def text(self, field: CompiledField, rows: TupleRows) -> bytes:
        return field.answer(rows, field.begin(self.values, self.caller.actor))
