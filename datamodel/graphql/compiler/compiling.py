"""Compiling one field: its selection lowered, written, and put into the form of its answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.models import Q
from graphql import FieldNode, get_named_type

from datamodel.graphql.compiler import marks
from datamodel.graphql.compiler.answers import CompiledField, ConnectionForm, RecordForm, reader_of
from datamodel.graphql.compiler.conditions import field_of
from datamodel.graphql.compiler.lowering import LIVE, Lowering
from datamodel.graphql.compiler.pages import Pages
from datamodel.graphql.compiler.sql import NotCompiled, Statement
from datamodel.graphql.compiler.tree import Fixed, ListRead, PageKey, RecordRead
from datamodel.graphql.compiler.writing import Writer
from datamodel.graphql.permission import check_query
from datamodel.graphql.queries import key_of, root_query
from datamodel.graphql.selection import Document, Selector
from datamodel.graphql.shape import Operation, OperationKind
from datamodel.graphql.slots import Lifetime, Looks, Moment, Slot
from datamodel.registry import DataModel

__all__ = ["KEY", "Compiler"]

KEY = "#key"
"""Where a request's values hold the key of the one record that `selection` reads."""


@dataclass(slots=True)
class Compiler:
    """Compiles fields of one document for one caller. What it looked at on the way is in ``looks``."""

    document: Document
    datamodel: DataModel
    looks: Looks = field(default_factory=Looks)
    is_counted: bool = False
    """Whether answers might hold more records than they may."""

    def root(self, operation: Operation, nodes: Sequence[FieldNode]) -> CompiledField:
        """Return a reading root field. Raise NotCompiled, or ApiError where it cannot be answered at all."""
        selector = Selector(self.document, self.datamodel)
        name = nodes[0].name.value
        query_type = self.document.schema.query_type
        assert query_type is not None  # noqa: S101  the document was validated against it
        arguments = selector.arguments(query_type, nodes[0])
        check_query(self.document.permissions, operation, arguments)
        pages = Pages(self.looks)
        lowering = Lowering(selector, pages)
        if operation.kind is OperationKind.GET:
            record = self.datamodel.model(operation.model)
            condition = key_of(record, arguments) & LIVE
            read = lowering.record(selector.record(operation.model, nodes))
            return self.finish(self.writer().one(read, condition), RecordForm(), pages)
        connection_type = get_named_type(query_type.fields[name].type).name
        connection = selector.connection(operation.model, nodes, connection_type)
        query = root_query(self.datamodel, operation, arguments, Lifetime())
        listed = lowering.list(query, connection)
        return self.finish(self.writer().page(listed), connection_form(listed, pages), pages)

    def selection(
        self, model: str, nodes: Sequence[FieldNode], blanks: frozenset[str] = frozenset()
    ) -> CompiledField:
        """Return what is asked of one record, found by `KEY` among a request's values, deleted or not.

        ``blanks`` names attributes whose values `answers.filled` puts in. Raise NotCompiled or ApiError.
        """
        selector = Selector(self.document, self.datamodel)
        pages = Pages(self.looks)
        read = Lowering(selector, pages).record(selector.record(model, nodes), blanks)
        condition = Q(joinery_pk=Slot((KEY,), 2**40, self.looks))
        return replace(self.finish(self.writer().one(read, condition), RecordForm(), pages), is_written=True)

    def writer(self) -> Writer:
        return Writer(connections[DEFAULT_DB_ALIAS], is_counted=self.is_counted)

    def finish(self, statement: Statement, form: RecordForm | ConnectionForm, pages: Pages) -> CompiledField:
        check_accepted(statement)
        text = statement.text
        return CompiledField(
            statement,
            form,
            tuple(pages.plans),
            may_fail=marks.FAILURE in text or f"({marks.FAILED_VALUE})" in text,
            has_tokens=f"({marks.PART})" in text,
            is_timed=is_timed(statement, form),
            is_counted=self.is_counted,
        )


def is_timed(statement: Statement, form: RecordForm | ConnectionForm) -> bool:
    """Return whether an answer tells a time, itself or in the lists inside it."""
    is_told_inside = any(isinstance(param, Moment) for param in statement.params)
    return is_told_inside or (isinstance(form, ConnectionForm) and form.is_timed)


def check_accepted(statement: Statement) -> None:
    """Raise NotCompiled where the statement nests deeper than SQLite reads."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {statement.text}", [None] * len(statement.params))
    except OperationalError as error:
        raise NotCompiled("SQLite does not take the statement.") from error


def connection_form(read: ListRead, pages: Pages) -> ConnectionForm:
    """Return how the rows of a page become a connection."""
    fields: list[tuple[bytes, int | bytes | str]] = []
    width = 0
    for number, (key, each) in enumerate(read.fields):
        prefix = f'{"," if number else ""}"{key}":'.encode()
        match each:
            case RecordRead():
                fields.append((prefix, width))
                width += 1
            case Fixed():
                fields.append((prefix, each.json.encode()))
            case PageKey():
                fields.append((prefix, "nextToken"))
            case _:
                fields.append((prefix, "startedAt"))
    readers = tuple(reader_of(field_of(read.model, name)) for name in read.page.attributes)
    return ConnectionForm(tuple(fields), pages.plans[read.number], width, readers)
