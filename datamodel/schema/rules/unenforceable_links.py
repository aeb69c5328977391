"""Relationships that can be read and not kept true."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import Link, Schema
from datamodel.schema.rules.findings import quoted, warning
from datamodel.schema.source import Location

__all__ = ["check_links"]


def check_links(schema: Schema) -> Iterator[Problem]:
    """Warn of links that nothing enforces. Works on a normalized schema."""
    for link in schema.links:
        if link.is_enforceable:
            continue
        references = quoted(f"{link.child}.{name}" for name in link.reference_fields)
        rivals = [each for each in schema.links if _shares_reference(each, link)]
        if not link.is_comparable:
            reason = f"{references} and the key of '{link.parent}' hold different kinds of value"
            hint = "Give them the same type."
        elif link.identifier_fields != schema.model(link.parent).primary_key:
            continue  # a second view of records that another link already covers
        else:
            reason = f"{references} refers to {quoted(dict.fromkeys(each.parent for each in (*rivals, link)))} at once"
            hint = "Give each relationship a reference field of its own."
        message = f"Relationship '{link.name}' cannot be enforced: {reason}."
        yield warning(Code.UNENFORCEABLE, message, hint, _place(schema, link))


def _shares_reference(one: Link, other: Link) -> bool:
    return (
        one is not other
        and one.child == other.child
        and one.reference_fields == other.reference_fields
        and one.is_comparable
    )


def _place(schema: Schema, link: Link) -> Location | None:
    model, name = link.name.split(".", 1)
    item = schema.model(model).find_field(name)
    return item.location if item else None
