"""Reading: the records a document asks for, with one statement per relation field and level.

A resolver of a root field hands over its selection and gets the finished tree: dictionaries by response
key, which the executor only checks against the types. How many statements run depends on the fields
selected, never on the number of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from graphql import GraphQLResolveInfo

from datamodel.deletion.sets import Among
from datamodel.graphql import naming
from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import BadRequest, InvalidArguments, Unauthorized
from datamodel.graphql.filters import build_filter, check_operand, find_attribute, key_condition
from datamodel.graphql.paging import Order, Page, ordering, read_limit, read_token, scope_of
from datamodel.graphql.selection import (
    ConnectionSelection,
    RecordSelection,
    RelationSelection,
    Selector,
    find_items,
)
from datamodel.graphql.shape import Operation, OperationKind
from datamodel.modelgen import Record
from datamodel.modelgen.values import now_ms
from datamodel.schema.ir import ModelIndex, ModelType

__all__ = ["Reader"]

Row = dict[str, Any]
Node = dict[str, Any]

SURROGATE = "joinery_pk"
ROW_NUMBER = "joinery_row_number"


class Reader:
    """Answers the reading root fields of one request, and reads the answers of its writes."""

    def __init__(self, info: GraphQLResolveInfo) -> None:
        self.info = info
        self.context: RequestContext = info.context
        self.datamodel = self.context.datamodel
        self.selector = Selector(info, self.datamodel)

    # Root fields

    def read_one(self, operation: Operation, arguments: Mapping[str, Any]) -> Node | None:
        """Answer a get: the live record of that key, or null."""
        record = self.datamodel.model(operation.model)
        key = {name: check_operand(arguments[name]) for name in record.model_type.primary_key}
        return self.find(record, record.objects.filter(record.key_filter(key)))

    def written(self, record: Record) -> Node | None:
        """Answer a mutation with the record as it is stored now."""
        return self.find(type(record), type(record).all_objects.filter(pk=record.pk))

    def find(self, record: type[Record], queryset: QuerySet[Record]) -> Node | None:
        selection = self.selector.record(record.model_type.name, self.info.field_nodes)
        rows = self.fetch(queryset[:1], selection.attributes)
        return self.nodes(selection, rows)[0] if rows else None

    def read_page(self, operation: Operation, arguments: Mapping[str, Any]) -> Node:
        """Answer a list, an index query or a sync: a page of records that meet the key and the filter."""
        record = self.datamodel.model(operation.model)
        started_at = now_ms()
        keys, condition = query_by_key(record, operation, arguments)
        descending = arguments.get("sortDirection") == "DESC"
        orders = (*(Order(name, descending) for name in keys), Order(SURROGATE, descending))
        page = self.page(operation.name, orders, arguments, None)
        live = record.all_objects if operation.kind is OperationKind.SYNC else record.objects
        records = live.filter(condition & build_filter(record, arguments.get("filter")) & page.condition)
        selection = self.selector.connection(operation.model, self.info.field_nodes, find_items(self.info))
        wanted = selection.attributes | {order.attribute for order in orders}
        rows = self.fetch(records.order_by(*ordering(orders))[: page.limit + 1], wanted)
        return self.connections(selection, [(rows, page)], started_at)[0]

    def page(
        self,
        name: str,
        orders: tuple[Order, ...],
        arguments: Mapping[str, Any],
        default: int | None,
        *parts: Any,
    ) -> Page:
        """Return the page asked for; its tokens belong to this query, these arguments and this caller."""
        given = {n: v for n, v in arguments.items() if n not in {"limit", "nextToken"} and v is not None}
        actor = self.context.caller.actor
        scope = scope_of(name, given, actor.kind, actor.name, *parts)
        position = read_token(arguments.get("nextToken"), scope, len(orders))
        return Page(read_limit(arguments.get("limit"), default), orders, position, scope)

    # Levels

    def fetch(self, queryset: QuerySet[Any], attributes: Iterable[str]) -> list[Row]:
        """Read the attributes of the records of ``queryset``, in one statement."""
        names = sorted({*attributes, SURROGATE})
        rows = [dict(zip(names, values, strict=True)) for values in queryset.values_list(*names)]
        self.context.spend(len(rows))
        return rows

    def nodes(self, selection: RecordSelection, rows: Sequence[Row]) -> list[Node]:
        """Return a node for each row, its relations read."""
        nodes = [{key: value_of(row, name) for key, name in selection.scalars} for row in rows]
        for relation in selection.relations:
            self.attach(selection.record, relation, rows, nodes)
        return nodes

    def attach(
        self, record: type[Record], relation: RelationSelection, rows: Sequence[Row], nodes: Sequence[Node]
    ) -> None:
        """Put the far records of a relation into the nodes, under each of its response keys."""
        operation = "get" if relation.connection is None else "list"
        if not self.context.may(relation.far_model, operation):
            values: list[Any] = [Unauthorized(relation.field.name, record.model_type.name)] * len(rows)
        else:
            near = [record.names.attribute(name) for name in relation.near_fields]
            # A text and a number are never equal, and a database may refuse to compare them: nothing is found.
            nothing = None if relation.link.is_comparable else (None,)
            keys = [nothing or tuple(row[name] for name in near) for row in rows]
            values = self.many(relation, keys) if relation.connection else self.one(relation, keys)
        for node, value in zip(nodes, values, strict=True):
            for key in relation.keys:
                node[key] = value

    def one(self, relation: RelationSelection, keys: Sequence[tuple[Any, ...]]) -> list[Node | None]:
        """Return the far record for each key, or None.

        A parent that was deleted is answered as its tombstone where `_deleted` is selected: that is how
        DataStore asks, and it needs the answer. To everybody else the parent is gone.
        """
        selection = cast(RecordSelection, relation.far)
        far = selection.record
        attributes = [far.names.attribute(name) for name in relation.far_fields]
        is_tombstone_shown = relation.is_parent and "joinery_deleted" in selection.attributes
        manager = far.all_objects if is_tombstone_shown else far.objects
        records: QuerySet[Any] = manager.filter(among(attributes, keys))
        if not relation.is_parent:
            # Nothing keeps a second child from referring to the same parent: the first one counts.
            records = numbered(records, attributes, [Order(SURROGATE)]).filter(**{ROW_NUMBER: 1})
        rows = self.fetch(records, {*selection.attributes, *attributes}) if wanted(keys) else []
        nodes = self.nodes(selection, rows)
        found: dict[tuple[Any, ...], Node] = {}
        for row, node in zip(rows, nodes, strict=True):
            found.setdefault(tuple(row[name] for name in attributes), node)
        return [found.get(key) for key in keys]

    def many(self, relation: RelationSelection, keys: Sequence[tuple[Any, ...]]) -> list[Node]:
        """Return a page of far records for each key."""
        selection = cast(ConnectionSelection, relation.connection)
        far = self.datamodel.model(relation.far_model)
        attributes = [far.names.attribute(name) for name in relation.far_fields]
        page = self.relation_page(relation, far, wanted(keys))
        condition = among(attributes, keys) & build_filter(far, relation.arguments.get("filter"))
        condition &= sort_condition(far, relation.relation.sort_fields, relation.arguments) & page.condition
        names = {*selection.attributes, *attributes, *(order.attribute for order in page.orders)}
        records = numbered(far.objects.filter(condition), attributes, page.orders)
        records = records.filter(**{f"{ROW_NUMBER}__lte": page.limit + 1}).order_by(ROW_NUMBER)
        groups: dict[tuple[Any, ...], list[Row]] = {key: [] for key in wanted(keys)}
        for row in self.fetch(records, names) if groups else []:
            groups[tuple(row[name] for name in attributes)].append(row)
        pages = [(rows, page) for rows in groups.values()]
        made = dict(zip(groups, self.connections(selection, pages), strict=True))
        empty = self.connections(selection, [([], page)])[0]
        return [made.get(key, empty) for key in keys]

    def relation_page(
        self, relation: RelationSelection, far: type[Record], keys: Sequence[tuple[Any, ...]]
    ) -> Page:
        """Return the page asked of a to-many field; a token continues one parent's list only."""
        arguments = relation.arguments
        if arguments.get("nextToken") is not None and len(keys) > 1:
            raise BadRequest(
                f"'nextToken' continues the '{relation.field.name}' of one record, not of several."
            )
        descending = arguments.get("sortDirection") == "DESC"
        names = [far.names.attribute(name) for name in relation.relation.sort_fields]
        nullable = {name for name in names if far._meta.get_field(name).null}
        orders = tuple(Order(name, descending, name in nullable) for name in [*names, SURROGATE])
        parent = keys[0] if len(keys) == 1 else None
        return self.page(relation.link.name, orders, arguments, relation.relation.limit, parent)

    def connections(
        self, selection: ConnectionSelection, pages: Sequence[tuple[Sequence[Row], Page]], started_at: int = 0
    ) -> list[Node]:
        """Return a connection for each page, the records of all of them read together."""
        kept = [rows[: page.limit] for rows, page in pages]
        answers: list[Node] = [{} for _ in pages]
        for key, items in selection.items:
            nodes = iter(self.nodes(items, [row for rows in kept for row in rows]))
            for answer, rows in zip(answers, kept, strict=True):
                answer[key] = [next(nodes) for _ in rows]
        for (rows, page), answer in zip(pages, answers, strict=True):
            for key, name in selection.fields:
                answer[key] = started_at if name == "startedAt" else next_token(rows, page)
        return answers


def value_of(row: Row, name: str | None) -> Any:
    """Return an attribute's value; `_deleted` is null while a record lives."""
    if name is None:
        return None
    return (row[name] or None) if name == "joinery_deleted" else row[name]


def wanted(keys: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the keys that can refer to a record, each once."""
    return [key for key in dict.fromkeys(keys) if None not in key]


def among(attributes: Sequence[str], keys: Sequence[tuple[Any, ...]]) -> Q:
    return Q(Among(attributes, wanted(keys)))


def numbered(records: QuerySet[Any], partition: Sequence[str], orders: Sequence[Order]) -> QuerySet[Any]:
    """Number the records within each group of equal ``partition``, in the order given."""
    window = Window(RowNumber(), partition_by=[F(name) for name in partition], order_by=ordering(orders))
    annotated: QuerySet[Any] = records.annotate(**{ROW_NUMBER: window})
    return annotated


def next_token(rows: Sequence[Row], page: Page) -> str | None:
    """Return the token of the next page, None where this is the last one."""
    if len(rows) <= page.limit:
        return None
    last = rows[page.limit - 1]
    return page.token_after([last[order.attribute] for order in page.orders])


def query_by_key(
    record: type[Record], operation: Operation, arguments: Mapping[str, Any]
) -> tuple[list[str], Q]:
    """Return the attributes a query is sorted by and the condition of its key arguments."""
    model = record.model_type
    match operation.kind:
        case OperationKind.SYNC:
            last = arguments.get("lastSync")
            return [], Q(joinery_changed_at__gte=last) if last else Q()
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
