"""Values of the change log in the words of today's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from datamodel.changes.lineage import Lineage
from datamodel.modelgen import Record
from datamodel.modelgen.clock import now_ms
from datamodel.modelgen.filled import created_field, updated_field
from datamodel.modelgen.values import ValueProblem, coerce, default_value, iso_timestamp
from datamodel.schema.ir import FieldKind, FieldType

__all__ = ["Translated", "Translator", "lacking"]

EXACT = 2**53
"""Beyond it not every whole number is a float."""

Read = Callable[[Any], Any]


@dataclass(slots=True)
class Translated:
    """A record's logged values as today's model has them."""

    values: dict[str, Any] = field(default_factory=dict)
    misfits: dict[str, str] = field(default_factory=dict)
    """By field, why today's model does not take its value."""

    def fits(self, name: str, value: Any) -> bool:
        """Return whether the field was logged with this value."""
        return name in self.values and bool(comparable(self.values[name]) == comparable(value))


def comparable(value: Any) -> Any:
    """Return a value with its large numbers as floats: PostgreSQL's JSON has 1e30 as a whole number."""
    match value:
        case str():
            return value
        case int() if abs(value) > EXACT:
            return float(value)
        case list():
            return [comparable(item) for item in value]
        case dict():
            return {name: comparable(item) for name, item in value.items()}
    return value


class Translator:
    """Translates the values that one schema version logged of one model."""

    def __init__(self, model: type[Record], lineage: Lineage, version: int, logged_model: str) -> None:
        self.model = model
        self.lineage = lineage
        self.version = version
        self.logged_model = logged_model
        self.known: dict[str, tuple[str, Read] | None] = {}
        self.dropped: set[str] = set()
        """Fields with values that have no place any more, as ``Model.field``."""

    def translate(self, logged: Mapping[str, Any], *, is_wanted: bool = False) -> Translated:
        """Return the values by today's names, in today's form; note what is dropped of values that are wanted."""
        translated = Translated()
        for then, value in logged.items():
            known = self.known[then] if then in self.known else self.learn(then)
            if known is None:
                if is_wanted and value is not None:
                    self.dropped.add(f"{self.logged_model}.{then}")
                continue
            name, read = known
            try:
                translated.values[name] = None if value is None else read(value)
            except ValueProblem as problem:
                translated.misfits[name] = f"'{name}' does not take the value it had. {problem.message}"
        return translated

    def learn(self, then: str) -> tuple[str, Read] | None:
        """Find out what a logged field is called today and how its values are read; None where it is gone."""
        name = self.lineage.field_now(self.version, self.logged_model, then)
        found = None if name is None else (name, self.reader(self.model.model_type.field(name).type))
        self.known[then] = found
        return found

    def reader(self, kind: FieldType) -> Read:
        """Return what makes stored values of logged ones: a check, but where today's schema made them itself."""
        if self.is_current and kind.kind is not FieldKind.CUSTOM and kind.name != "Float":
            return unchanged
        return partial(coerce, self.model.schema, kind)

    @cached_property
    def is_current(self) -> bool:
        """True where the values were logged by today's schema version: they fit."""
        return self.version == self.model.schema_version

    @cached_property
    def key_fields(self) -> list[str]:
        """The names that today's key fields had then."""
        names = self.model.model_type.primary_key
        then = {now: old for old, now in self.lineage.fields_now(self.version, self.logged_model).items()}
        return [then.get(name, name) for name in names]

    def key_of(self, logged: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the key that logged values make today; None where they make none."""
        values = self.translate({name: logged.get(name) for name in self.key_fields}).values
        key = tuple(values.get(name) for name in self.model.model_type.primary_key)
        return None if None in key else key

    def complete(self, translated: Translated) -> Translated:
        """Add what a record of today's model needs beyond what was logged, and say what it lacks."""
        if self.is_current:
            return translated
        model_type = self.model.model_type
        moments = {created_field(model_type), updated_field(model_type)}
        for each in model_type.stored_fields:
            name = each.name
            if name in translated.misfits:
                continue
            if name not in translated.values:
                made = iso_timestamp(now_ms()) if name in moments else default_value(self.model.schema, each)
                translated.values[name] = made
            if translated.values[name] is None and (each.type.is_required or name in model_type.primary_key):
                translated.misfits[name] = lacking(name)
        return translated


def unchanged(value: Any) -> Any:
    return value


def lacking(name: str) -> str:
    """Return the sentence for a field that has to have a value now and had none."""
    return f"'{name}' is required now, and it had no value."
