"""Telling names that need no care: most keys and labels are shown as they are stored.

Looking at many names at once costs Python next to nothing; taking care of each costs SQL a good part of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.db import connection

from datamodel.modelgen.keys import RESERVED_SEGMENTS
from datamodel.modelgen.labels import MAX_LABEL_LENGTH

if TYPE_CHECKING:
    from datamodel.modelgen.record import Record

__all__ = ["WHOLE_NUMBERS", "OddNames", "label_column", "name_columns"]

PLAIN = re.compile(r"[A-Za-z0-9_.@-]*")
WHOLE_NUMBERS = frozenset({"Int", "AWSTimestamp"})


def name_columns(model: type[Record], alias: str) -> str:
    """Return SQL that selects what ``OddNames`` looks at: the key, and the beginning of the text that is the label."""
    quote = connection.ops.quote_name
    columns = [f"{alias}.{quote(model.names.column(name))}" for name in model.model_type.primary_key]
    if label := label_column(model):
        columns.append(f"substr({alias}.{quote(label)}, 1, {MAX_LABEL_LENGTH + 1})")
    return ", ".join(columns)


def label_column(model: type[Record]) -> str | None:
    """Return the column of the text that names a record; None where there is none."""
    if model.label_attribute is None:
        return None
    return next(
        field.column for field in model._meta.concrete_fields if field.attname == model.label_attribute
    )


class OddNames:
    """The models of which records were seen whose keys or labels are not shown as they are stored."""

    def __init__(self) -> None:
        self.keys: set[str] = set()
        self.labels: set[str] = set()

    def look_at(self, model: type[Record], rows: Sequence[Sequence[Any]]) -> None:
        """Take note of records of ``model``; a row has the values of ``name_columns``."""
        if not rows:
            return
        name, model_type = model.model_type.name, model.model_type
        columns = list(zip(*rows, strict=True))
        is_single = len(model_type.primary_key) == 1
        for part, values in zip(model_type.primary_key, columns, strict=False):
            type_name = model_type.field(part).type.name
            if type_name not in WHOLE_NUMBERS and not are_plain_keys(values, is_single=is_single):
                self.keys.add(name)
        if model.label_attribute is None or not are_plain_labels(columns[-1]):
            self.labels.add(name)


def are_plain_keys(values: Collection[Any], *, is_single: bool) -> bool:
    """Return whether ``encode_key`` leaves all these texts as they are."""
    if not all(values) or not all(isinstance(value, str) for value in values):
        return False
    return PLAIN.fullmatch("".join(values)) is not None and (
        not is_single or RESERVED_SEGMENTS.isdisjoint(values)
    )


def are_plain_labels(values: Collection[Any]) -> bool:
    """Return whether ``label_text`` leaves all these texts as they are."""
    texts = [value for value in values if value is not None]
    if not all(isinstance(text, str) for text in texts) or max(map(len, texts), default=0) > MAX_LABEL_LENGTH:
        return False
    # One look at all: what ends or begins with a space stands beside the mark between two texts.
    joined = f"|{'|'.join(texts)}|"
    return joined.isprintable() and not any(odd in joined for odd in ("  ", "| ", " |"))
