"""Writing: create, update and delete through `datamodel.records`, answered by `reading`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLResolveInfo

from datamodel import records
from datamodel.access import acting_as
from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import ApiError
from datamodel.graphql.filters import build_filter
from datamodel.graphql.reading import Reader
from datamodel.graphql.selection import METADATA
from datamodel.graphql.shape import Operation, OperationKind
from datamodel.modelgen import Record
from datamodel.modelgen.errors import (
    ConditionFailed,
    RecordError,
    RecordExists,
    RecordNotFound,
    RelatedRecordNotFound,
    RestrictedDelete,
    ValidationFailed,
    VersionConflict,
)
from datamodel.schema.ir import FieldKind, FieldType, ModelType, Schema

__all__ = ["mutate"]

CONDITION_FAILED = "DynamoDB:ConditionalCheckFailedException"
CONDITION_MESSAGE = "The conditional request failed (Service: DynamoDb, Status Code: 400)"


def mutate(operation: Operation, info: GraphQLResolveInfo, arguments: Mapping[str, Any]) -> Any:
    """Write one record and answer its selection; raise ApiError where the write is refused."""
    write = {
        OperationKind.CREATE: create,
        OperationKind.UPDATE: update,
        OperationKind.DELETE: delete,
    }[operation.kind]
    reader = Reader(info)
    context: RequestContext = info.context
    with acting_as(context.caller.actor):
        try:
            return write(reader, operation.model, dict(arguments["input"]), arguments.get("condition"))
        except RecordError as error:
            if (refusal := explain(error, reader)) is None:
                raise
            raise refusal from error


def fitted(schema: Schema, model: ModelType, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without what embedded types have no field for.

    An input that the schema writes itself, `AddressInput` beside `Address`, may hold more than the type.
    """
    return {name: fit(schema, model.field(name).type, value) for name, value in values.items()}


def fit(schema: Schema, type_: FieldType, value: Any) -> Any:
    if type_.kind is not FieldKind.CUSTOM or value is None:
        return value
    if isinstance(value, list):
        return [fit(schema, type_, item) for item in value]
    fields = {field.name: field.type for field in schema.custom_type(type_.name).fields}
    return {name: fit(schema, fields[name], item) for name, item in value.items() if name in fields}


def create(reader: Reader, model: str, values: dict[str, Any], condition: Mapping[str, Any] | None) -> Any:
    values.pop("_version", None)
    model_type = reader.datamodel.model(model).model_type
    record = records.create(
        reader.datamodel,
        model,
        fitted(reader.datamodel.schema, model_type, values),
        condition=read_condition(reader, model, condition),
    )
    return reader.written(record)


def update(reader: Reader, model: str, values: dict[str, Any], condition: Mapping[str, Any] | None) -> Any:
    version = take_version(reader, model, values)
    key = {name: values.pop(name) for name in reader.datamodel.model(model).model_type.primary_key}
    record = records.update(
        reader.datamodel,
        model,
        key,
        fitted(reader.datamodel.schema, reader.datamodel.model(model).model_type, values),
        condition=read_condition(reader, model, condition),
        expected_version=version,
    )
    return reader.written(record)


def delete(reader: Reader, model: str, values: dict[str, Any], condition: Mapping[str, Any] | None) -> Any:
    """Delete a record; answer it as it was, its relations included, which are read before they go."""
    version = take_version(reader, model, values)
    key = {name: values[name] for name in reader.datamodel.model(model).model_type.primary_key}
    found = records.find(reader.datamodel, model, key, for_update=True, with_deleted=True)
    answer = reader.written(found) if found is not None else None
    record = records.delete(
        reader.datamodel,
        model,
        key,
        condition=read_condition(reader, model, condition),
        expected_version=version,
    )
    if record is None or answer is None:
        return None
    return with_metadata(reader, record, answer)


def with_metadata(reader: Reader, record: Record, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with DataStore's fields as the delete left them: a tombstone, one version later."""
    if not reader.datamodel.schema.has_datastore:
        return answer
    selection = reader.selector.record(record.model_type.name, reader.info.field_nodes)
    hidden = set(METADATA.values())
    return answer | {
        key: getattr(record, attribute) for key, attribute in selection.scalars if attribute in hidden
    }


def take_version(reader: Reader, model: str, values: dict[str, Any]) -> int | None:
    """Return the version the client knows; one that is missing means "do not check"."""
    version = values.pop("_version", None) if reader.datamodel.schema.has_datastore else None
    model_type = reader.datamodel.model(model).model_type
    if model_type.is_versioned:
        values.pop(model_type.version_field, None)
        version = values.pop(model_type.version_input, version)
    return int(version) if version is not None else None


def read_condition(reader: Reader, model: str, condition: Mapping[str, Any] | None) -> Any:
    """Return the condition as the database's, None where there is none."""
    return build_filter(reader.datamodel.model(model), condition) or None


def explain(error: RecordError, reader: Reader) -> ApiError | None:
    """Return what the client is told, None for an error that is not the client's."""
    match error:
        case RelatedRecordNotFound():
            info = {"field": error.field, "value": error.value, "model": error.parent_model}
            return ApiError(error.message, error_type="RelatedRecordNotFound", info=info)
        case RestrictedDelete():
            blocked = [
                {"model": b.link.child, "count": b.count, "examples": list(b.examples)} for b in error.blocked
            ]
            return ApiError(error.message, error_type="RelatedRecordsExist", info={"blocked": blocked})
        case RecordExists() | RecordNotFound() | ConditionFailed():
            return ApiError(CONDITION_MESSAGE, error_type=CONDITION_FAILED, info={"reason": error.message})
        case VersionConflict() if error.record.model_type.is_versioned:
            return ApiError(CONDITION_MESSAGE, error_type=CONDITION_FAILED, info={"reason": error.message})
        case VersionConflict():
            message = "Conflict resolver rejects mutation."
            return ApiError(message, error_type="ConflictUnhandled", data=reader.written(error.record))
        case ValidationFailed():
            return ApiError(error.message, error_type="BadRequestException", info={"fields": error.errors})
        case _:
            return None
