"""What a compiled read answers with, as data: the stage between a document's selection and SQL."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from datamodel.graphql.compiler.fields import Field
from datamodel.graphql.paging import Page
from datamodel.graphql.slots import Slot
from datamodel.modelgen import Record

__all__ = [
    "Blank",
    "Column",
    "ConnectionField",
    "Embedded",
    "Fixed",
    "ListRead",
    "Match",
    "OneRead",
    "PageKey",
    "Part",
    "RecordRead",
    "StartedAt",
    "Value",
]


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value known beforehand: null, or a type's name."""

    text: str | None = None

    @property
    def json(self) -> str:
        return "null" if self.text is None else f'"{self.text}"'


@dataclass(frozen=True, slots=True)
class Column:
    """What a column holds. ``is_flag`` shows a false as null, as `_deleted` is shown."""

    field: Field
    is_flag: bool = False
    choices: tuple[str, ...] = ()
    """The values of an enum: any other cannot be answered."""


@dataclass(frozen=True, slots=True)
class Blank:
    """A value that is not known before the statement has run; ``name`` is the attribute it comes from."""

    name: str


@dataclass(frozen=True, slots=True)
class StartedAt:
    """The time that clients which sync are told."""


@dataclass(frozen=True, slots=True)
class Part:
    """A selected part of an embedded value: a scalar of a kind, an enum, or an object with fields."""

    kind: str
    """The scalar's name, ``enum`` or ``object``."""
    is_list: bool = False
    is_required: bool = False
    is_item_required: bool = False
    choices: tuple[str, ...] = ()
    fields: tuple[tuple[str, str, Part | Fixed], ...] = ()
    """Response key, stored name and what is selected of it."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A JSON column of which parts are selected."""

    field: Field
    part: Part


Match = tuple[tuple[Field, Field], ...]
"""Near and far fields that are equal. Empty where nothing ever matches."""


@dataclass(frozen=True, slots=True)
class OneRead:
    """The far record of a to-one field."""

    record: RecordRead
    match: Match
    is_live: bool
    is_unique: bool
    """True where no two records match."""
    is_required: bool
    """True where a missing record cannot be answered with null."""


@dataclass(frozen=True, slots=True)
class PageKey:
    """The token of the page after this one."""


@dataclass(frozen=True, slots=True)
class ListRead:
    """A page of records: the connection of a list field."""

    model: type[Record]
    condition: Q
    page: Page
    number: int
    """Which of the field's pages it is."""
    fields: tuple[tuple[str, ConnectionField], ...]
    match: Match = ()
    """For a to-many field."""
    parent: tuple[Slot, ...] = ()
    """Whose list the request's token continues; none where there is no token."""


Value = Fixed | Column | Blank | Embedded | OneRead | ListRead


@dataclass(frozen=True, slots=True)
class RecordRead:
    """What is read of the records of a model, by response key."""

    model: type[Record]
    fields: tuple[tuple[str, Value], ...]


ConnectionField = RecordRead | Fixed | PageKey | StartedAt
