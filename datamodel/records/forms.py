"""A record form's save: the record's fields and the links staged in the form, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datamodel.modelgen import Record
from datamodel.modelgen.errors import RecordNotFound
from datamodel.records.linking import clearable, link, link_many, reference_to, unlink, unlink_many
from datamodel.records.transactions import transact
from datamodel.records.writing import check_version, create, find, update
from datamodel.registry import DataModel
from datamodel.schema.ir import Relation, Side

__all__ = ["StagedLinks", "save_with_links"]

Key = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StagedLinks:
    """What a form does to one relationship field: keys of the far records to link and to unlink."""

    field: str
    add: tuple[Key, ...] = ()
    remove: tuple[Key, ...] = ()


def save_with_links(
    datamodel: DataModel,
    model: str,
    key: Key | None,
    values: Mapping[str, Any],
    links: Sequence[StagedLinks] = (),
    *,
    expected_version: int | None = None,
) -> Record:
    """Create (``key`` is None) or update a record and link and unlink what is staged, in one transaction.

    A relationship whose reference the record itself holds is saved with its fields. Raise what ``create``,
    ``update``, ``link`` and ``unlink`` raise; then nothing is saved.
    """
    record_class = datamodel.model(model)
    staged = [(record_class.model_type.field(one.field).relation, one) for one in links]

    def work() -> Record:
        given = dict(values)
        for relation, one in staged:
            if relation is not None and relation.side is Side.CHILD:
                given |= own_reference(datamodel, record_class, relation, one)
        record = save(datamodel, model, key, given, expected_version)
        for relation, one in staged:
            if relation is not None and relation.side is Side.PARENT:
                apply_staged(datamodel, record, relation, one)
        return record

    return transact(datamodel, work)


def own_reference(
    datamodel: DataModel, record_class: type[Record], relation: Relation, staged: StagedLinks
) -> dict[str, Any]:
    """Return the record's own reference fields as the staged links leave them."""
    held = datamodel.schema.link(relation.link)
    if staged.add:
        return reference_to(datamodel, held, staged.add[-1])
    return dict.fromkeys(clearable(record_class, held)) if staged.remove else {}


def save(
    datamodel: DataModel, model: str, key: Key | None, values: Mapping[str, Any], expected_version: int | None
) -> Record:
    """Create or update; an update without any field to change only checks the version."""
    if key is None:
        return create(datamodel, model, values)
    if values:
        return update(datamodel, model, key, values, expected_version=expected_version)
    record = find(datamodel, model, key, for_update=True)
    if record is None:
        raise RecordNotFound(model, dict(key))
    check_version(record, expected_version)
    return record


def apply_staged(datamodel: DataModel, record: Record, relation: Relation, staged: StagedLinks) -> None:
    """Link and unlink the far records of a relationship that the record is the parent of."""
    held, model, key = datamodel.schema.link(relation.link), record.model_type.name, record.key_dict
    for far in staged.remove:
        if held.is_join:
            unlink_many(datamodel, model, staged.field, key, far)
        else:
            unlink(datamodel, held, far, key)
    for far in staged.add:
        if held.is_join:
            link_many(datamodel, model, staged.field, key, far)
        else:
            link(datamodel, held, key, far)
