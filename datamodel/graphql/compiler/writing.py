"""The tree of a read as one SQL statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q

from datamodel.graphql.compiler import marks
from datamodel.graphql.compiler.conditions import column, compiled, field_of, matching, order_by, where
from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.compiler.postgresql import PostgreSQLSpelling
from datamodel.graphql.compiler.spelling import Member, Spelling
from datamodel.graphql.compiler.sql import NotCompiled, Sql, Statement, concat, joined, literal
from datamodel.graphql.compiler.sqlite import SQLiteSpelling
from datamodel.graphql.compiler.tree import (
    Blank,
    Column,
    Embedded,
    Fixed,
    ListRead,
    Match,
    OneRead,
    PageKey,
    RecordRead,
    StartedAt,
    Value,
)
from datamodel.graphql.paging import Order
from datamodel.graphql.queries import SURROGATE
from datamodel.graphql.slots import Moment
from datamodel.modelgen import Record
from datamodel.registry import ACTIVE_STAMP

__all__ = ["Writer"]

MOST_FIELDS = 3_000
"""A statement is not made any longer: fragments that spread others multiply what a document says."""

LIVE = Q(joinery_deleted=False)
CREATION = Order(SURROGATE)

SPELLINGS: dict[str, Spelling] = {"sqlite": SQLiteSpelling(), "postgresql": PostgreSQLSpelling()}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a query, by its alias, with the joins of that query."""

    alias: str
    joins: list[Sql] = field(default_factory=list)


class Writer:
    """Writes statements for one database. ``is_counted`` marks every record, so that they can be counted."""

    def __init__(self, connection: BaseDatabaseWrapper, *, is_counted: bool = False) -> None:
        self.connection = connection
        self.spelling = SPELLINGS[connection.vendor]
        self.is_counted = is_counted
        self.aliases = (f"t{number}" for number in count())
        self.fields = 0

    # Statements

    def one(self, read: RecordRead, condition: Q) -> Statement:
        """Return the statement that answers a record: one row with its text, none where it is not there."""
        table = Table(next(self.aliases))
        found = self.record(read, table)
        clause = where(self.connection, read.model, condition, table.alias)
        return self.statement([found], read.model, table, [clause], 1)

    def page(self, read: ListRead) -> Statement:
        """Return the statement that answers a page: the texts of each record, then what tells its position.

        One record more than the page holds is read where a token is asked for: it tells whether there is one.
        """
        table = Table(next(self.aliases))
        texts = [self.record(each, table) for _, each in read.fields if isinstance(each, RecordRead)]
        position = [Sql(self.column(table, each)) for each in fields_of(read)]
        clause = where(self.connection, read.model, read.condition, table.alias)
        is_token_asked = any(isinstance(each, PageKey) for _, each in read.fields)
        most_rows = read.page.limit + is_token_asked
        tail = self.tail(read, table, most_rows)
        if self.spelling.gathers_pages and len(texts) == 1 and tuple(read.page.orders) == (CREATION,):
            return self.gathered_page([*texts, *position], read.model, table, [clause, tail])
        return self.statement([*texts, *position], read.model, table, [clause, tail], most_rows)

    def gathered_page(
        self, columns: Sequence[Sql], model: type[Record], table: Table, clauses: Iterable[Sql]
    ) -> Statement:
        """Return the statement that answers a page in the order of creation: one row, see `answers.GatheredRows`."""
        text, key = columns
        listed = joined(",", [text.within("{} AS j"), key.within("{} AS k")]).within("SELECT {}")
        rows = joined("", [listed, self.source(model, table), *clauses])
        texts, keys = self.spelling.gathered("j", "','"), self.spelling.gathered("k", "','")
        # Beside the greatest key stands what its own row holds: the length of the last text.
        last = "COUNT(*),LENGTH(CAST(j AS BLOB)),MAX(k)"
        made = rows.within(f"SELECT {texts},{keys},({ACTIVE_STAMP}),{last} FROM ({{}})")  # noqa: S608 (known texts)
        return Statement(made.text, made.params, is_stamped=True, is_gathered=True)

    def statement(
        self,
        columns: Sequence[Sql],
        model: type[Record],
        table: Table,
        clauses: Iterable[Sql],
        most_rows: int,
    ) -> Statement:
        """Return a whole statement; its last column says by which schema version the answer was made."""
        is_stamped = most_rows == 1 or self.spelling.stamps_pages
        stamp = [Sql(f"({ACTIVE_STAMP})")] if is_stamped else []
        answer = joined(",", [*columns, *stamp]).within("SELECT {}")
        made = joined("", [answer, self.source(model, table), *clauses])
        return Statement(made.text, made.params, most_rows, is_stamped)

    # Values

    def record(self, read: RecordRead, table: Table) -> Sql:
        """Return the text of a record."""
        members = [self.member(key, value, table) for key, value in read.fields]
        self.fields += len(members)
        if self.fields > MOST_FIELDS:
            raise NotCompiled(f"More than {MOST_FIELDS} fields are selected.")
        made = self.spelling.object(members)
        return made.within(f"{self.spelling.character(marks.RECORD)}||{{}}") if self.is_counted else made

    def member(self, key: str, value: Value, table: Table) -> Member:
        """Return a field of a record."""
        match value:
            case Fixed(text=text):
                return Member(key, Sql(literal(value.json)), "NULL" if text is None else literal(text))
            case Column():
                return self.spelling.member(key, value, self.column(table, value.field))
            case Blank(name=name):
                mark = self.spelling.character(marks.BLANK)
                return Member(key, Sql(f"{mark}||{literal(name)}||{mark}"))
            case Embedded(part=part):
                items = f"{next(self.aliases)}e"
                found = self.spelling.embedded(part, self.column(table, value.field), items)
                return Member(key, Sql(found))
            case OneRead():
                return Member(key, self.far_record(value, table))
            case ListRead():
                return Member(key, self.connection_text(value, table))

    def far_record(self, read: OneRead, near: Table) -> Sql:
        """Return the text of a to-one field: the far record, or null."""
        missing = literal(marks.FAILURE if read.is_required else "null")
        if not read.match:
            return Sql(missing)
        if read.is_unique and len(near.joins) < self.spelling.most_joins:
            return self.joined_record(read, near, missing)
        table, model = Table(next(self.aliases)), read.record.model
        found = self.record(read.record, table)
        clauses = [self.far_clause(model, live(read), read.match, near, table)]
        if not read.is_unique:
            # Nothing keeps a second record from matching: the first one counts.
            clauses.append(Sql(f"{order_by(self.connection, model, [CREATION], table.alias)} LIMIT 1"))
        return self.select(found, model, table, *clauses).within(f"coalesce(({{}}),{missing})")

    def joined_record(self, read: OneRead, near: Table, missing: str) -> Sql:
        """Return the text of a to-one field whose record is joined to the near one."""
        table, model = Table(next(self.aliases), near.joins), read.record.model
        matches = matching(self.connection, read.match, near.alias, table.alias)
        condition = joined(" AND ", [*matches, *compiled(self.connection, model, live(read), table.alias)])
        near.joins.append(condition.within(f" LEFT JOIN {self.name(model, table)} ON {{}}"))
        surrogate = self.column(table, field_of(model, SURROGATE))
        found = self.record(read.record, table)
        return found.within(f"CASE WHEN {surrogate} IS NULL THEN {missing} ELSE {{}} END")

    def connection_text(self, read: ListRead, near: Table) -> Sql:
        """Return the text of a to-many field: a connection with its own page."""
        pieces: list[str | Sql] = ["{"]
        for number, (key, each) in enumerate(read.fields):
            pieces.append(f'{"," if number else ""}"{key}":')
            match each:
                case Fixed():
                    pieces.append(each.json)
                case StartedAt():
                    pieces.append(Sql("CAST(%s AS text)", (Moment(),)))
                case PageKey():
                    pieces.append(self.next_position(read, near))
                case RecordRead():
                    pieces += self.items(read, each, near)
        made = concat([*pieces, "}"])
        return self.for_parent(read, made, near) if read.parent else made

    def items(self, read: ListRead, record: RecordRead, near: Table) -> list[str | Sql]:
        """Return the text of a page's records."""
        if not read.match:
            return ["[]"]
        table = Table(next(self.aliases))
        found = self.record(record, table)
        clause = self.far_clause(read.model, read.condition, read.match, near, table)
        page = self.select(found, read.model, table, clause, self.tail(read, table, read.page.limit))
        gathered = self.spelling.gathered("j", "','")
        # Every name was quoted, every value is a parameter.
        return ["[", page.within(f"(SELECT coalesce({gathered},'') FROM ({{}}) s)"), "]"]  # noqa: S608

    def next_position(self, read: ListRead, near: Table) -> Sql:
        """Return where the page ends, in marks, where another record follows; null where none does."""
        if not read.match:
            return Sql("'null'")
        table = Table(next(self.aliases))
        position = Sql(self.position(fields_of(read), table))
        clause = self.far_clause(read.model, read.condition, read.match, near, table)
        tail = self.tail(read, table, 2, offset=read.page.limit - 1)
        rows = self.select(position, read.model, table, clause, tail)
        page, part = self.spelling.character(marks.PAGE), self.spelling.character(marks.PART)
        parent = self.position([each for each, _ in read.match], near)
        text = (
            f"{page}||'{read.number}'||{part}||{parent}||{part}||{self.spelling.gathered('j', part)}||{page}"
        )
        found = f"SELECT CASE WHEN count(*)=2 THEN {text} END FROM ({{}}) s"  # noqa: S608
        return rows.within(f"coalesce(({found}),'null')")

    def for_parent(self, read: ListRead, text: Sql, near: Table) -> Sql:
        """Return the text of a list that a token continues: it is refused for any other parent."""
        ours = [self.column(near, each) for each, _ in read.match]
        same = [Sql(f"{each}=%s", (slot,)) for each, slot in zip(ours, read.parent, strict=True)]
        unset = [Sql(f"{each} IS NULL") for each in ours]
        condition = joined(" OR ", [joined(" AND ", same), *unset])
        otherwise = Sql(f" ELSE {literal(marks.FAILURE)} END")
        return joined("", [condition.within("CASE WHEN {} THEN "), text, otherwise])

    # Parts of queries

    def select(self, found: Sql, model: type[Record], table: Table, *clauses: Sql) -> Sql:
        """Return a query for one text, called ``j``."""
        return joined("", [found.within("SELECT {} AS j"), self.source(model, table), *clauses])

    def source(self, model: type[Record], table: Table) -> Sql:
        return joined("", [Sql(f" FROM {self.name(model, table)}"), *table.joins])

    def tail(self, read: ListRead, table: Table, limit: int, offset: int = 0) -> Sql:
        order = order_by(self.connection, read.model, read.page.orders, table.alias)
        return Sql(f"{order} LIMIT {limit}" + (f" OFFSET {offset}" if offset else ""))

    def far_clause(self, model: type[Record], condition: Q, match: Match, near: Table, far: Table) -> Sql:
        matches = matching(self.connection, match, near.alias, far.alias)
        return where(self.connection, model, condition, far.alias, *matches)

    def position(self, fields: Iterable[Field], table: Table) -> str:
        """Return the values that tell a record, as a JSON array."""
        return self.spelling.array([(each, self.column(table, each)) for each in fields])

    def column(self, table: Table, field: Field) -> str:
        return column(self.connection, table.alias, field)

    def name(self, model: type[Record], table: Table) -> str:
        return f'{self.connection.ops.quote_name(model._meta.db_table)} "{table.alias}"'


def live(read: OneRead) -> Q:
    return LIVE if read.is_live else Q()


def fields_of(read: ListRead) -> list[Field]:
    """Return the fields that a page is ordered by."""
    return [field_of(read.model, name) for name in read.page.attributes]
