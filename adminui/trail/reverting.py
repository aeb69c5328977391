"""What a record would become by going back to an earlier state of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adminui.trail.differences import FieldChange, tell_differences
from adminui.trail.references import References
from datamodel.modelgen import Record
from datamodel.registry import DataModel

__all__ = ["preview_revert"]


@dataclass(frozen=True, slots=True)
class Imagined:
    """The record as it is and as it would be, told like an entry of the log."""

    model: str
    key: str
    label: str
    before: dict[str, Any]
    after: dict[str, Any]


def preview_revert(
    datamodel: DataModel, record: Record, earlier: Mapping[str, Any]
) -> tuple[FieldChange, ...]:
    """Return what would change if the record had the earlier values, field by field."""
    now = record.values()
    imagined = Imagined(record.model_type.name, record.url_key, record.label, now, now | dict(earlier))
    return tell_differences(datamodel, imagined, References(datamodel, [imagined]))
