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
from datamodel.graphql.context import RequestContext
from datamodel.graphql.errors import BadRequest, Unauthorized
from datamodel.graphql.paging import (
    Order,
    Page,
    Position,
    after,
    invalid_token,
    make_token,
    ordering,
    read_token,
)
from datamodel.graphql.queries import SURROGATE, key_of, related_query, root_query
from datamodel.graphql.selection import (
    ConnectionSelection,
    Document,
    RecordSelection,
    RelationSelection,
    Selector,
    find_items,
)
from datamodel.graphql.shape import Operation
from datamodel.modelgen import Record

__all__ = ["Reader"]

Row = dict[str, Any]
Node = dict[str, Any]

ROW_NUMBER = "joinery_row_number"


class Reader:
    """Answers the reading root fields of one request, and reads the answers of its writes."""

    def __init__(self, info: GraphQLResolveInfo) -> None:
        self.info = info
        self.context: RequestContext = info.context
        self.datamodel = self.context.datamodel
        self.selector = Selector(Document.of(info), self.datamodel)
        self.hidden: frozenset[str] | None = None
        """What a mutation's answer keeps back; None where that is what the caller may not read."""

    # Root fields

    def read_one(self, operation: Operation, arguments: Mapping[str, Any]) -> Node | None:
        """Answer a get: the live record of that key, or null."""
        record = self.datamodel.model(operation.model)
        return self.find(record, record.objects.filter(key_of(record, arguments)))

    def written(self, record: Record) -> Node | None:
        """Answer a mutation with the record as it is stored now."""
        return self.find(type(record), type(record).all_objects.filter(pk=record.pk))

    def find(self, record: type[Record], queryset: QuerySet[Record]) -> Node | None:
        selection = self.selector.record(record.model_type.name, self.info.field_nodes, self.hidden)
        rows = self.fetch(queryset[:1], selection.attributes)
        return self.nodes(selection, rows)[0] if rows else None

    def read_page(self, operation: Operation, arguments: Mapping[str, Any]) -> Node:
        """Answer a list, an index query or a sync: a page of records that meet the key and the filter."""
        query = root_query(self.datamodel, operation, arguments)
        page, position = query.page, self.position(query.page, parents=int(query.page.is_sync))
        parent = sync_parent(page, position, self.context)
        live = query.record.objects if query.is_live else query.record.all_objects
        records = live.filter(query.condition & past(page, position)).order_by(*ordering(page.orders))
        selection = self.selector.connection(operation.model, self.info.field_nodes, find_items(self.info))
        rows = self.fetch(records[: page.limit + 1], {*selection.attributes, *page.attributes})
        return self.connections(selection, page, [(parent, rows)])[0]

    def position(self, page: Page, parents: int) -> Position | None:
        """Return where the page begins, None for the first one."""
        if page.token is None:
            return None
        digest = page.scope.digest(self.context.caller.actor)
        return read_token(cast(str, page.token), digest, len(page.orders), parents)

    # Levels

    def fetch(self, queryset: QuerySet[Any], attributes: Iterable[str]) -> list[Row]:
        """Read the attributes of the records of ``queryset``, in one statement."""
        names = sorted({*attributes, SURROGATE})
        rows = [dict(zip(names, values, strict=True)) for values in queryset.values_list(*names)]
        self.context.spend(len(rows))
        return rows

    def nodes(self, selection: RecordSelection, rows: Sequence[Row]) -> list[Node]:
        """Return a node for each row, its relations read."""
        nodes = [{key: value_of(row, name) for key, name in selection.values} for row in rows]
        for key, name in selection.refused:
            for node in nodes:
                node[key] = Unauthorized(name, selection.record.model_type.name)
        for relation, keys in selection.relations:
            for node, value in zip(nodes, self.related(selection, relation, rows), strict=True):
                node.update(dict.fromkeys(keys, value))
        return nodes

    def related(
        self, selection: RecordSelection, relation: RelationSelection, rows: Sequence[Row]
    ) -> Sequence[Any]:
        """Return what a relation holds for each of the rows."""
        near = [selection.record.names.attribute(name) for name in relation.near_fields]
        # A text and a number are never equal, and a database may refuse to compare them: nothing is found.
        nothing = None if relation.link.is_comparable else (None,)
        keys = [nothing or tuple(row[name] for name in near) for row in rows]
        if relation.connection:
            return self.many(relation, keys)
        return self.one(relation, keys, with_deleted=selection.shows_tombstone(relation))

    def one(
        self, relation: RelationSelection, keys: Sequence[tuple[Any, ...]], *, with_deleted: bool
    ) -> list[Node | None]:
        """Return the far record for each key, or None."""
        selection = cast(RecordSelection, relation.far)
        far = selection.record
        attributes = [far.names.attribute(name) for name in relation.far_fields]
        manager = far.all_objects if with_deleted else far.objects
        records: QuerySet[Any] = manager.filter(among(attributes, keys))
        if not relation.is_parent:
            # Nothing keeps a second child from referring to the same parent: the first one counts.
            records = numbered(records, attributes, [Order(SURROGATE)]).filter(**{ROW_NUMBER: 1})
        records = records.order_by(SURROGATE)
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
        query = related_query(relation, far)
        page = query.page
        position = self.position_of_parent(relation, page, wanted(keys))
        condition = among(attributes, keys) & query.condition & past(page, position)
        names = {*selection.attributes, *attributes, *page.attributes}
        records = numbered(far.objects.filter(condition), attributes, page.orders)
        records = records.filter(**{f"{ROW_NUMBER}__lte": page.limit + 1}).order_by(ROW_NUMBER)
        groups: dict[tuple[Any, ...], list[Row]] = {key: [] for key in wanted(keys)}
        for row in self.fetch(records, names) if groups else []:
            groups[tuple(row[name] for name in attributes)].append(row)
        made = dict(zip(groups, self.connections(selection, page, list(groups.items())), strict=True))
        empty = self.connections(selection, page, [((), [])])[0]
        return [made.get(key, empty) for key in keys]

    def position_of_parent(
        self, relation: RelationSelection, page: Page, keys: Sequence[tuple[Any, ...]]
    ) -> Position | None:
        """Return where the page of a to-many field begins; a token continues one parent's list only."""
        position = self.position(page, parents=len(relation.near_fields))
        if position is None:
            return None
        if len(keys) > 1:
            raise BadRequest(
                f"'nextToken' continues the '{relation.field.name}' of one record, not of several."
            )
        if keys and position.parent != keys[0]:
            raise invalid_token()
        return position

    def connections(
        self,
        selection: ConnectionSelection,
        page: Page,
        groups: Sequence[tuple[tuple[Any, ...], Sequence[Row]]],
    ) -> list[Node]:
        """Return a connection for each parent's rows, the records of all of them read together."""
        kept = [rows[: page.limit] for _, rows in groups]
        answers: list[Node] = [{} for _ in groups]
        for key, items in selection.items:
            nodes = iter(self.nodes(items, [row for rows in kept for row in rows]))
            for answer, rows in zip(answers, kept, strict=True):
                answer[key] = [next(nodes) for _ in rows]
        for (parent, rows), answer in zip(groups, answers, strict=True):
            for key, name in selection.fields:
                if name == "startedAt":
                    answer[key] = parent[0] if page.is_sync else self.context.started_at
                elif name == "nextToken":
                    answer[key] = self.next_token(page, parent, rows)
        return answers

    def next_token(self, page: Page, parent: tuple[Any, ...], rows: Sequence[Row]) -> str | None:
        """Return the token of the next page, None where this is the last one."""
        if len(rows) <= page.limit:
            return None
        last = rows[page.limit - 1]
        position = Position(tuple(last[name] for name in page.attributes), parent)
        return make_token(page.scope.digest(self.context.caller.actor), position)


def sync_parent(page: Page, position: Position | None, context: RequestContext) -> tuple[Any, ...]:
    """Return what a token of a sync keeps: when its first page began. Ask before anything is read."""
    if not page.is_sync:
        return ()
    return position.parent if position is not None else (context.started_at,)


def past(page: Page, position: Position | None) -> Q:
    """Return the condition that a record comes after the position."""
    return Q() if position is None else after(page.orders, position.values)


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
