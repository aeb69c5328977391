"""A model's forms in SQL, built once per model: the URL key, the label, the values as JSON.

``Record.url_key``, ``Record.label`` and ``Record.values`` are the same in Python; a property test compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from weakref import WeakKeyDictionary

from django.db import connection

from datamodel.modelgen.in_sql.postgresql import PostgreSQL
from datamodel.modelgen.in_sql.sqlite import SQLite
from datamodel.modelgen.in_sql.words import Member, Words, literal
from datamodel.modelgen.keys import EMPTY, RESERVED_SEGMENTS, SEPARATOR
from datamodel.modelgen.labels import MAX_LABEL_LENGTH
from datamodel.modelgen.plain import WHOLE_NUMBERS, label_column
from datamodel.modelgen.record import Record
from datamodel.schema.ir import ModelField

__all__ = ["Forms", "forms_of"]

WORDS: Mapping[str, Words] = {"sqlite": SQLite(), "postgresql": PostgreSQL()}


NUMBERS = WHOLE_NUMBERS | {"Float"}


class Forms:
    """The SQL of one model's forms. The table must go by the alias ``t``; there are no parameters but those given.

    Where names are known to be plain (see ``OddNames``), they are taken from the table as they are.
    """

    def __init__(self, model: type[Record], words: Words) -> None:
        self.model_type = model.model_type
        self.names = model.names
        self.words = words
        label = label_column(model)
        self.label_column = f"t.{connection.ops.quote_name(label)}" if label else None
        self.label_value = model.joinery_label_value

    def column(self, name: str) -> str:
        """Return the column that stores a field."""
        return f"t.{connection.ops.quote_name(self.names.column(name))}"

    def url_key(self, fields: Sequence[str] | None = None, *, is_plain: bool = False) -> str:
        """Return the fields' values as ``encode_key`` joins them: a key it refers to, or the record's own key."""
        fields = fields or self.model_type.primary_key
        if is_plain:
            return self._joined(fields, SEPARATOR)
        parts = [self._key_part(self.model_type.field(name)) for name in fields]
        if len(parts) > 1:
            return f" || {literal(SEPARATOR)} || ".join(f"({part})" for part in parts)
        column = self.column(fields[0])
        if self.model_type.field(fields[0]).type.name in NUMBERS:
            return parts[0]
        reserved = ", ".join(literal(word) for word in sorted(RESERVED_SEGMENTS))
        return f"CASE WHEN {column} IN ({reserved}) THEN {self.words.disguised(column)} ELSE {parts[0]} END"

    def label(self, *, is_plain: bool = False) -> str:
        """Return what the record is called by its own text or value, else by its key."""
        key = self._joined(self.model_type.primary_key, ", ")
        if column := self.label_column:
            text = column if is_plain else self.words.first_line(column, MAX_LABEL_LENGTH)
        elif value := self.label_value:
            text = self.words.value_label(self.column(value.name), value)
        else:
            return key
        return f"COALESCE(NULLIF({text}, ''), {key})"

    def values(self, replaced: Collection[str] = ()) -> str:
        """Return the stored fields as a JSON object by API name.

        For each field in ``replaced``, in the order of the model's fields, it takes a parameter: another value, as JSON.
        """
        members = [
            Member(field.name, "%s", None)
            if field.name in replaced
            else Member(field.name, self.column(field.name), field)
            for field in self.model_type.stored_fields
        ]
        return self.words.json_object(members)

    def _key_part(self, field: ModelField) -> str:
        text = self.words.text(self.column(field.name), field)
        if field.type.name in WHOLE_NUMBERS:
            return text
        return self.words.bound(text, self._escaped) if field.type.name == "Float" else self._escaped(text)

    def _escaped(self, text: str) -> str:
        return f"CASE WHEN {text} = '' THEN {literal(EMPTY)} ELSE {self.words.escaped(text)} END"

    def _joined(self, fields: Sequence[str], separator: str) -> str:
        texts = [self.words.text(self.column(name), self.model_type.field(name)) for name in fields]
        return f" || {literal(separator)} || ".join(texts)


_forms: WeakKeyDictionary[type[Record], Forms] = WeakKeyDictionary()


def forms_of(model: type[Record]) -> Forms:
    """Return the model's forms on the database in use."""
    found = _forms.get(model)
    if found is None:
        found = _forms[model] = Forms(model, WORDS[connection.vendor])
    return found
