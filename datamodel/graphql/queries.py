"""What a list field asks of the database: which records, in what order, how many. No reading here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import Q

from datamodel.changes.syncing import Sync, buried_since, read_sync
from datamodel.graphql import naming
from datamodel.graphql.errors import InvalidArguments
from datamodel.graphql.filters import build_filter, check_operand, find_attribute, key_condition
from datamodel.graphql.paging import Order, Page, read_page
from datamodel.graphql.selection import RelationSelection
from datamodel.graphql.shape import Operation, OperationKind
from datamodel.graphql.slots import Lifetime, known
from datamodel.modelgen import Record
from datamodel.registry import DataModel
from datamodel.schema.ir import ModelIndex, ModelType

__all__ = ["SURROGATE", "ListQuery", "key_of", "related_query", "root_query"]

SURROGATE = "joinery_pk"


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A list of records; ``condition`` leaves out where the page begins, and to whom the list belongs."""

    record: type[Record]
    condition: Q
    page: Page
    is_live: bool = True
    """False where tombstones are listed too."""


def key_of(record: type[Record], arguments: Mapping[str, Any]) -> Q:
    """Return the condition that finds the record a get asks for."""
    return record.key_filter({name: check_operand(arguments[name]) for name in record.model_type.primary_key})


def root_query(
    datamodel: DataModel, operation: Operation, arguments: Mapping[str, Any], lifetime: Lifetime | None = None
) -> ListQuery:
    """Return what a list, an index query or a sync asks for; raise ApiError where it cannot be asked.

    ``lifetime`` takes the place of the time from which on a first sync tells of deleted records.
    """
    record = datamodel.model(operation.model)
    keys, condition = query_by_key(record, operation, arguments, lifetime)
    descending = known(arguments.get("sortDirection")) == "DESC"
    orders = [*(Order(name, descending) for name in keys), Order(SURROGATE, descending)]
    is_sync = operation.kind is OperationKind.SYNC
    page = replace(read_page(operation.name, orders, arguments), is_sync=is_sync)
    condition &= build_filter(record, arguments.get("filter"))
    return ListQuery(record, condition, page, is_live=not is_sync)


def related_query(relation: RelationSelection, far: type[Record]) -> ListQuery:
    """Return what a to-many field asks for, of whatever parent; raise ApiError where it cannot be asked."""
    arguments = relation.arguments
    descending = known(arguments.get("sortDirection")) == "DESC"
    names = [far.names.attribute(name) for name in relation.relation.sort_fields]
    orders = [Order(name, descending, far._meta.get_field(name).null) for name in names]
    page = read_page(
        relation.link.name, [*orders, Order(SURROGATE, descending)], arguments, relation.relation.limit
    )
    condition = build_filter(far, arguments.get("filter"))
    condition &= sort_condition(far, relation.relation.sort_fields, arguments)
    return ListQuery(far, condition, page)


def query_by_key(
    record: type[Record], operation: Operation, arguments: Mapping[str, Any], lifetime: Lifetime | None
) -> tuple[list[str], Q]:
    """Return the attributes a query is sorted by and the condition of its key arguments."""
    model = record.model_type
    match operation.kind:
        case OperationKind.SYNC:
            return [], sync_condition(arguments.get("lastSync"), lifetime)
        case OperationKind.INDEX:
            index = cast(ModelIndex, model.find_index(operation.index or ""))
            partition, *sort_fields = index.fields
        case _:
            if not model.is_key_explicit:
                return [], Q()
            partition, *sort_fields = model.primary_key
    if arguments.get(partition) is None:
        refuse_key_arguments(model, partition, sort_fields, arguments)
        return [], Q()
    names = [record.names.attribute(name) for name in sort_fields]
    condition = Q(**{record.names.attribute(partition): check_operand(arguments[partition])})
    condition &= Q(**{f"{name}__isnull": False for name in names})
    return names, condition & sort_condition(record, sort_fields, arguments)


def sync_condition(last_sync: Any, lifetime: Lifetime | None) -> Q:
    """Return which records a client gets that was told ``last_sync`` the last time, tombstones included."""
    match known(last_sync, read_sync):
        case Sync.BEGIN:
            return Q(joinery_deleted=False) | Q(joinery_changed_at__gte=lifetime or buried_since())
        case Sync.DELTA:
            return Q(joinery_changed_at__gte=last_sync)
    return Q()


def refuse_key_arguments(
    model: ModelType, partition: str, sort_fields: Sequence[str], arguments: Mapping[str, Any]
) -> None:
    """Raise InvalidArguments where arguments that need the partition field come without it."""
    names = ["sortDirection"]
    if sort_fields:
        names.insert(0, naming.camel_case(sort_fields))
    for name in names:
        if arguments.get(name) is not None:
            raise InvalidArguments(
                f"When providing argument '{name}' you must also provide argument '{partition}'."
            )


def sort_condition(record: type[Record], sort_fields: Sequence[str], arguments: Mapping[str, Any]) -> Q:
    """Return the condition of the sort key argument."""
    if not sort_fields:
        return Q()
    argument = sort_fields[0] if len(sort_fields) == 1 else naming.camel_case(sort_fields)
    given = arguments.get(argument)
    if not given:
        return Q()
    return key_condition([find_attribute(record, name) for name in sort_fields], argument, given)
