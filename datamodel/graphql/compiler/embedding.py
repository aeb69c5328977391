"""Selected parts of JSON columns. What does not fit the type any more is marked as a failure."""

from __future__ import annotations

from typing import Protocol, Self

from datamodel.graphql.compiler.marks import FAILURE
from datamodel.graphql.compiler.sql import Sql, concat, literal
from datamodel.graphql.compiler.tree import Fixed, Part

__all__ = ["Place", "embedded_text"]


class Place(Protocol):
    """A place inside a JSON column; everything about it is SQL."""

    @property
    def json(self) -> str:
        """The JSON text of what is there; null where nothing is."""

    @property
    def is_null(self) -> str:
        """Whether nothing is there, or a null."""

    def is_kind(self, kind: str) -> str:
        """Whether what is there is a value of a scalar, an ``object`` or a ``list``."""

    def field(self, name: str) -> Self:
        """The place of an object's field."""

    def items(self, alias: str) -> str:
        """The items of the list that is there, as a table."""

    def item(self, alias: str) -> Self:
        """The place of an item of that table."""

    def gathered(self, item: str, alias: str) -> str:
        """The aggregate that puts the items' texts together, in their order."""


def embedded_text(place: Place, part: Part, alias: str) -> str:
    """Return the JSON text of what is selected; never null."""
    if not part.is_list:
        return single_text(place, part, alias, is_required=part.is_required)
    found = items_text(place, part, alias)
    return case(place, part.is_required, place.is_kind("list"), found)


def case(place: Place, is_required: bool, condition: str, found: str) -> str:
    null = literal(FAILURE if is_required else "null")
    return f"CASE WHEN {place.is_null} THEN {null} WHEN {condition} THEN {found} ELSE {literal(FAILURE)} END"


def single_text(place: Place, part: Part, alias: str, *, is_required: bool) -> str:
    if part.kind == "object":
        return case(place, is_required, place.is_kind("object"), object_text(place, part, alias))
    return case(place, is_required, fits(place, part), place.json)


def fits(place: Place, part: Part) -> str:
    """Return whether what is there is a value of the part's scalar or enum."""
    if part.kind == "enum":
        values = ",".join(literal(f'"{each}"') for each in part.choices)
        return f"{place.json} IN ({values})"
    return place.is_kind(part.kind)


def object_text(place: Place, part: Part, alias: str) -> str:
    pieces: list[str | Sql] = []
    for number, (key, name, inner) in enumerate(part.fields):
        pieces.append(f'{"," if number else "{"}"{key}":')
        if isinstance(inner, Fixed):
            pieces.append(inner.json)
        else:
            pieces.append(Sql(embedded_text(place.field(name), inner, alias)))
    return concat([*pieces, "}" if part.fields else "{}"]).text


def items_text(place: Place, part: Part, alias: str) -> str:
    """Return a list's text: as it is stored where its items are plain and fit, else item by item."""
    inner = f"{alias}i"
    item, table = place.item(inner), place.items(inner)
    if part.kind == "object":
        each = single_text(item, part, inner, is_required=part.is_item_required)
        # Aliases are our own, everything else was quoted.
        found = f"(SELECT {place.gathered(each, inner)} FROM {table})"  # noqa: S608
        return f"'['||coalesce({found},'')||']'"
    good = fits(item, part) if part.is_item_required else f"({item.is_null} OR {fits(item, part)})"
    stray = f"EXISTS(SELECT 1 FROM {table} WHERE NOT {good})"  # noqa: S608
    return f"CASE WHEN {stray} THEN {literal(FAILURE)} ELSE {place.json} END"
