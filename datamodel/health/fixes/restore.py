"""Bring deleted records back, as they were last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from datamodel.changes import log
from datamodel.deletion import check_references
from datamodel.deletion.sets import Among
from datamodel.health.fix import Answer, Fix
from datamodel.health.links import LinkCheck
from datamodel.modelgen import Record
from datamodel.modelgen.references import reference_of
from datamodel.records.restoring import Comeback, restore

__all__ = ["Restore"]


class Restore(Fix):
    """Give the tombstones that are referred to their life back."""

    name = "restore"
    verb = "Restore"

    check: LinkCheck

    def effect(self, count: int) -> str:
        whom = "The deleted" if count == 1 else "Every deleted"
        return f"{whom} {self.check.link.parent} that is referred to comes back as it was last."

    def written(self, records: Sequence[Record]) -> tuple[str, int]:
        return self.check.link.parent, len(self.wanted(records))

    def apply(self, records: Sequence[Record], answer: Answer) -> int:
        """What the tombstones refer to must be there: RelatedRecordNotFound says what is not."""
        buried = self.buried(records)
        for tombstone in buried:
            check_references(tombstone, None)
        comebacks = [Comeback(one.values(), one.joinery_version, one.pk, one) for one in buried]
        restored = restore(self.check.parent_class, comebacks)
        log.append(log.Written(record, None, record.values()) for record in restored)
        return len(restored)

    def buried(self, records: Sequence[Record]) -> list[Record]:
        """Return the tombstones that the records refer to, locked."""
        identifiers = [identifier for _, identifier in self.check.pairs]
        among = Among(identifiers, self.wanted(records))
        found = self.check.parent_class.all_objects.filter(among, joinery_deleted=True)
        return list(found.order_by("joinery_pk").select_for_update())

    def wanted(self, records: Sequence[Record]) -> list[tuple[Any, ...]]:
        """Return what the records refer to, each once."""
        return list(dict.fromkeys(reference_of(record, self.check.link) for record in records))
