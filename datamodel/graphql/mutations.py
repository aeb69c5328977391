"""Writing: create, update and delete through `datamodel.records`, answered by `reading`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from graphql import GraphQLResolveInfo

from datamodel import records
from datamodel.access import Permissions, acting_as
from datamodel.graphql.compiler.answers import CompiledField, Irregular, JsonText, filled
from datamodel.graphql.compiler.compiling import KEY
from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import ApiError
from datamodel.graphql.filters import build_filter
from datamodel.graphql.permission import check_condition, check_written, hidden_in_answer
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
    RelatedRecordTaken,
    RestrictedDelete,
    ValidationFailed,
    VersionConflict,
)
from datamodel.records import Conflicts
from datamodel.registry import DataModel
from datamodel.schema.ir import FieldKind, FieldType, ModelType, Schema

__all__ = ["fitted", "mutate", "take_version"]

logger = logging.getLogger(__name__)

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
    authorize(context, reader, operation, arguments)
    with acting_as(context.caller.actor):
        try:
            return write(reader, operation.model, dict(arguments["input"]), arguments.get("condition"))
        except RecordError as error:
            if (refusal := explain(error, reader)) is None:
                raise
            if isinstance(error, RecordExists | ConditionFailed):
                refusal.data = stored_record(reader, operation.model, arguments["input"])
            raise refusal from error


def authorize(
    context: RequestContext, reader: Reader, operation: Operation, arguments: Mapping[str, Any]
) -> None:
    """Raise FieldsUnauthorized where the caller may not write or compare what is given; bound the answer."""
    permissions, values = context.permissions, arguments["input"]
    if permissions.is_full:
        return
    grants = permissions.model(operation.model)
    model_type = context.datamodel.schema.model(operation.model)
    check_condition(grants, arguments.get("condition"))
    if operation.kind is not OperationKind.DELETE:
        check_written(permissions, operation.kind, model_type, values)
    reader.hidden = hidden_in_answer(grants, operation.kind, model_type, values)


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
    return answer(reader, record)


def update(reader: Reader, model: str, values: dict[str, Any], condition: Mapping[str, Any] | None) -> Any:
    version = take_version(reader.datamodel, model, values)
    key = {name: values.pop(name) for name in reader.datamodel.model(model).model_type.primary_key}
    record = records.update(
        reader.datamodel,
        model,
        key,
        fitted(reader.datamodel.schema, reader.datamodel.model(model).model_type, values),
        condition=read_condition(reader, model, condition),
        expected_version=version,
        conflicts=conflicts_of(reader, model),
    )
    return answer(reader, record)


def delete(reader: Reader, model: str, values: dict[str, Any], condition: Mapping[str, Any] | None) -> Any:
    """Delete a record; answer it as it was, its relations included, which are read before they go."""
    version = take_version(reader.datamodel, model, values)
    key = {name: values[name] for name in reader.datamodel.model(model).model_type.primary_key}
    found = records.find(reader.datamodel, model, key, for_update=True, with_deleted=True)
    answered = answer(reader, found) if found is not None else None
    record = records.delete(
        reader.datamodel,
        model,
        key,
        condition=read_condition(reader, model, condition),
        expected_version=version,
        conflicts=conflicts_of(reader, model),
    )
    if record is None or answered is None:
        return None
    return with_metadata(reader, record, answered)


def answer(reader: Reader, record: Record) -> dict[str, Any] | JsonText | None:
    """Answer a mutation with the record as it is stored now."""
    context = reader.context
    field = context.outcome(str(reader.info.path.key))
    if isinstance(field, CompiledField):
        try:
            return context.read(field, {KEY: record.pk})
        except Irregular:
            logger.debug("The answer holds a value that needs an error of its own.")
    return reader.written(record)


def with_metadata(
    reader: Reader, record: Record, answered: dict[str, Any] | JsonText
) -> dict[str, Any] | JsonText:
    """Return the answer with DataStore's fields as the delete left them: a tombstone, one version later."""
    if not reader.datamodel.schema.has_datastore:
        return answered
    if isinstance(answered, JsonText):
        return JsonText(filled(answered.text, {name: getattr(record, name) for name in METADATA.values()}))
    selection = reader.selector.record(record.model_type.name, reader.info.field_nodes)
    hidden = set(METADATA.values())
    return answered | {
        key: getattr(record, attribute) for key, attribute in selection.values if attribute in hidden
    }


def take_version(datamodel: DataModel, model: str, values: dict[str, Any]) -> int | None:
    """Return the version the client knows; one that is missing means "do not check"."""
    version = values.pop("_version", None) if datamodel.schema.has_datastore else None
    model_type = datamodel.model(model).model_type
    if model_type.is_versioned:
        values.pop(model_type.version_field, None)
        version = values.pop(model_type.version_input, version)
    return int(version) if version is not None else None


def conflicts_of(reader: Reader, model: str) -> Conflicts:
    """Return what becomes of a write that knows an older version; `@versioned` is always strict."""
    is_versioned = reader.datamodel.model(model).model_type.is_versioned
    return Conflicts.REFUSE if is_versioned else Conflicts(settings.DATASTORE_CONFLICTS)


def read_condition(reader: Reader, model: str, condition: Mapping[str, Any] | None) -> Any:
    """Return the condition as the database's, None where there is none."""
    return build_filter(reader.datamodel.model(model), condition) or None


def explain_blocked(error: RestrictedDelete, permissions: Permissions) -> ApiError:
    """Name the records that hold a delete back; to callers who may not list them, only that there are some."""
    if not all(permissions.may(blocked.link.child, "list") for blocked in error.blocked):
        return ApiError("Not deleted: other records refer to it.", error_type="RelatedRecordsExist")
    blocked = [{"model": b.link.child, "count": b.count, "examples": list(b.examples)} for b in error.blocked]
    return ApiError(error.message, error_type="RelatedRecordsExist", info={"blocked": blocked})


def explain_taken(error: RelatedRecordTaken, permissions: Permissions) -> ApiError:
    """Name the record that has the place; to callers who may not get it, only that there is one."""
    info = {"field": error.field, "value": error.value, "model": error.parent_model}
    child = error.other.model_type.name
    if not permissions.may(child, "get"):
        return ApiError(f"{error.outline}.", error_type="RelatedRecordTaken", info=info)
    taken_by = {"model": child, "key": error.other.key_dict, "label": error.other.label}
    return ApiError(error.message, error_type="RelatedRecordTaken", info=info | {"takenBy": taken_by})


def stored_record(reader: Reader, model: str, values: Mapping[str, Any]) -> Any:
    """Return the record that stands where a write was refused, if the caller may read it.

    DataStore takes it for the truth. A client whose create was carried out but never answered sends it
    again, and learns so that it was.
    """
    key = {name: values.get(name) for name in reader.datamodel.model(model).model_type.primary_key}
    if None in key.values() or not reader.context.permissions.may(model, "get"):
        return None
    found = records.find(reader.datamodel, model, key)
    return as_readable(reader, found) if found is not None else None


def as_readable(reader: Reader, record: Record) -> Any:
    """Return a record that somebody else wrote, as far as the caller may read it."""
    reader.hidden = None
    return reader.written(record)


def explain(error: RecordError, reader: Reader) -> ApiError | None:
    """Return what the client is told, None for an error that is not the client's."""
    match error:
        case RelatedRecordNotFound():
            info = {"field": error.field, "value": error.value, "model": error.parent_model}
            return ApiError(error.message, error_type="RelatedRecordNotFound", info=info)
        case RelatedRecordTaken():
            return explain_taken(error, reader.context.permissions)
        case RestrictedDelete():
            return explain_blocked(error, reader.context.permissions)
        case RecordExists() | RecordNotFound() | ConditionFailed():
            return ApiError(CONDITION_MESSAGE, error_type=CONDITION_FAILED, info={"reason": error.message})
        case VersionConflict() if error.record.model_type.is_versioned:
            return ApiError(CONDITION_MESSAGE, error_type=CONDITION_FAILED, info={"reason": error.message})
        case VersionConflict():
            message = "Conflict resolver rejects mutation."
            return ApiError(message, error_type="ConflictUnhandled", data=as_readable(reader, error.record))
        case ValidationFailed():
            return ApiError(error.message, error_type="BadRequestException", info={"fields": error.errors})
        case _:
            return None
