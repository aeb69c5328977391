"""References name records: checked before a write, with the parent locked until its end."""

from __future__ import annotations

from django.db import connections
from django.db.models import QuerySet

from datamodel.modelgen import Record
from datamodel.modelgen.errors import RelatedRecordNotFound
from datamodel.modelgen.references import identifier_of, reference_field, reference_of, sibling_models
from datamodel.schema.ir import Link

__all__ = ["check_references"]


def check_references(record: Record, changed: set[str] | None) -> None:
    """Raise RelatedRecordNotFound where a reference of ``record`` names no record.

    ``changed`` names the fields that differ from what is stored; None means that the record is new.
    The parents stay locked against deletion until the transaction ends.
    """
    for link in record.schema.links_from(record.model_type.name):
        if link.is_enforced and (changed is None or not changed.isdisjoint(link.reference_fields)):
            check_link(record, link)


def check_link(record: Record, link: Link) -> None:
    """Check one link; a reference with a null in it refers to nothing."""
    reference = reference_of(record, link)
    if None in reference or (link.is_self and reference == identifier_of(record, link)):
        return
    parent = sibling_models(type(record))[link.parent]
    attributes = [parent.names.attribute(name) for name in link.identifier_fields]
    parents = parent.objects.filter(**dict(zip(attributes, reference, strict=True)))
    if not lock_any(parents):
        value = reference[0] if len(reference) == 1 else reference
        raise RelatedRecordNotFound(reference_field(link), value, link.parent)


def lock_any(records: QuerySet[Record]) -> bool:
    """Return whether there are any, and keep them from being deleted.

    On PostgreSQL a key share lock: it conflicts with a delete's lock, not with an update's. SQLite's
    transactions begin by taking the only write lock there is.
    """
    connection = connections[records.db]
    sql, params = records.order_by().values_list("pk").query.get_compiler(connection=connection).as_sql()
    suffix = " FOR KEY SHARE" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(sql + suffix, params)
        return cursor.fetchone() is not None
