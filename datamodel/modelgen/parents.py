"""Calling records by their parents: the labels of many at once, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from datamodel.modelgen.record import Record
from datamodel.modelgen.references import identifier_of, reference_of, sibling_models
from datamodel.schema.ir import Link

__all__ = ["load_parent_labels"]


def load_parent_labels(records: Iterable[Record]) -> None:
    """Read what the parents of records without a text of their own are called: one query per link.

    Records that have a text cost nothing. A parent without a text is called by its own value or key.
    """
    groups: dict[type[Record], list[Record]] = {}
    for record in records:
        if record.joinery_label_links:
            groups.setdefault(type(record), []).append(record)
    for model, group in groups.items():
        parents = sibling_models(model)
        found = [(link, _labels(parents[link.parent], link, group)) for link in model.joinery_label_links]
        for record in group:
            labels = (known.get(reference_of(record, link), "") for link, known in found)
            record.joinery_parent_labels = tuple(label for label in labels if label)


def _labels(parent: type[Record], link: Link, children: Sequence[Record]) -> Mapping[tuple[Any, ...], str]:
    """Return the labels of the live parents by what refers to them."""
    wanted = {values for child in children if None not in (values := reference_of(child, link))}
    if not wanted:
        return {}
    attributes = [parent.names.attribute(name) for name in link.identifier_fields]
    condition = Q()
    if len(attributes) == 1:
        condition = Q(**{f"{attributes[0]}__in": [values[0] for values in wanted]})
    else:
        for values in wanted:
            condition |= Q(**dict(zip(attributes, values, strict=True)))
    shown = [*parent.key_attributes, *attributes, *_naming(parent)]
    return {
        identifier_of(record, link): record.label for record in parent.objects.filter(condition).only(*shown)
    }


def _naming(model: type[Record]) -> list[str]:
    """Return the attributes that a record's own label reads."""
    value = model.joinery_label_value
    names = [model.names.attribute(value.name)] if value else []
    return [*names, model.label_attribute] if model.label_attribute else names
