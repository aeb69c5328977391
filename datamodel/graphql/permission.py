"""What a caller may name in a request: fields of filters, conditions and keys, and fields to be written.

Which root fields and relations a caller may use is asked of `RequestContext`; which fields are answered,
`selection` decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from datamodel.access import Permissions
from datamodel.graphql.errors import FieldsUnauthorized
from datamodel.graphql.shape import Operation, OperationKind
from datamodel.schema.grants import EVERYTHING, Grants
from datamodel.schema.ir import FieldKind, FieldType, ModelType, Schema

__all__ = ["check_condition", "check_query", "check_written", "hidden_in_answer", "refused_in_relation"]

LOGIC = frozenset({"and", "or", "not"})


def check_query(permissions: Permissions, operation: Operation, arguments: Mapping[str, Any]) -> None:
    """Raise FieldsUnauthorized where the filter or the key of a list names fields that are kept from the caller."""
    grants = permissions.model(operation.model)
    if not grants.hidden:
        return
    model = permissions.schema.model(operation.model)
    _refuse(grants.hidden, (*named_in(arguments.get("filter")), *_key_fields(model, operation, arguments)))


def _key_fields(model: ModelType, operation: Operation, arguments: Mapping[str, Any]) -> Iterable[str]:
    """Return the fields that a query finds and sorts its records by."""
    match operation.kind:
        case OperationKind.INDEX:
            index = model.find_index(operation.index or "")
            return index.fields if index else ()
        case OperationKind.LIST if model.is_key_explicit and arguments.get(model.primary_key[0]) is not None:
            return model.primary_key
        case OperationKind.LISTEN:
            return arguments.keys()
    return ()


def refused_in_relation(
    far: Grants, sort_fields: Collection[str], arguments: Mapping[str, Any], *, is_many: bool
) -> bool:
    """Return whether a relation may not be followed as it is asked for."""
    if far is EVERYTHING:
        return False
    if not far.may_follow(is_many=is_many):
        return True
    return not far.hidden.isdisjoint((*named_in(arguments.get("filter")), *sort_fields))


def check_condition(grants: Grants, condition: Mapping[str, Any] | None) -> None:
    """Raise FieldsUnauthorized where a condition names fields that are kept from the caller."""
    if grants.hidden:
        _refuse(grants.hidden, named_in(condition))


def check_written(
    permissions: Permissions, kind: OperationKind, model: ModelType, values: Mapping[str, Any]
) -> None:
    """Raise FieldsUnauthorized where an input names fields that the caller may not write."""
    grants = permissions.model(model.name)
    if grants is EVERYTHING:
        return
    if kind is OperationKind.CREATE:
        _refuse(grants.uncreatable, values)
    else:
        changed = {name: value for name, value in values.items() if name not in model.primary_key}
        _refuse(grants.unchangeable, changed)
        _refuse(grants.unclearable, (name for name, value in changed.items() if value is None))
    types = ((field.type, values[field.name]) for field in model.stored_fields if field.name in values)
    hidden = [name for type_, value in types for name in _hidden_inside(permissions, type_, value)]
    _refuse(hidden, hidden)


def _hidden_inside(permissions: Permissions, type_: FieldType, value: Any) -> Iterator[str]:
    """Yield the fields of embedded values that are kept from the caller, as ``Type.field``."""
    if type_.kind is not FieldKind.CUSTOM or value is None:
        return
    if isinstance(value, list):
        for item in value:
            yield from _hidden_inside(permissions, type_, item)
        return
    schema: Schema = permissions.schema
    kept = permissions.embedded(type_.name)
    for field in schema.custom_type(type_.name).fields:
        if field.name not in value:
            continue
        if field.name in kept:
            yield f"{type_.name}.{field.name}"
        yield from _hidden_inside(permissions, field.type, value[field.name])


def hidden_in_answer(
    grants: Grants, kind: OperationKind, model: ModelType, values: Mapping[str, Any]
) -> frozenset[str]:
    """Return the fields that a mutation's answer keeps back.

    Who may create a record may see what was made of what they sent; who changes one knows its key and
    what they changed.
    """
    if kind is OperationKind.CREATE:
        return grants.hidden & grants.uncreatable
    return grants.hidden - {*model.primary_key, *values}


def named_in(filter_: Any) -> Iterator[str]:
    """Yield the fields that a filter or condition names."""
    if isinstance(filter_, list):
        for item in filter_:
            yield from named_in(item)
    elif isinstance(filter_, Mapping):
        for name, value in filter_.items():
            if name in LOGIC:
                yield from named_in(value)
            elif value is not None:
                yield name


def _refuse(kept: Collection[str], named: Iterable[str]) -> None:
    found = sorted({name for name in named if name in kept})
    if found:
        raise FieldsUnauthorized(found)
