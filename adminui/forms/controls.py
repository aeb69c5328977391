"""Form controls, one class per kind of value: shown from a stored value or from what was typed.

A control never loses what was typed, valid or not, and gives a stored value back unchanged when
nothing was typed over it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from adminui.forms.posted import Posted
from adminui.options import is_long_text
from datamodel.modelgen.values import parse_scalar
from datamodel.schema.ir import FieldType, ModelField, Schema

__all__ = ["Choice", "Control", "EnumControl", "Invalid", "JsonControl", "ScalarControl", "Spec", "to_text"]

LONG_VALUE = 80


class Invalid(ValueError):  # noqa: N818  says what the text is
    """What was typed is not a value; the control holds the sentence."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a control is for: a field, or an item of a list field."""

    schema: Schema
    type: FieldType
    name: str
    label: str
    is_required: bool
    description: str = ""
    is_new: bool = False
    is_item: bool = False
    is_long: bool = False

    @classmethod
    def of(cls, schema: Schema, field: ModelField, name: str, *, is_new: bool = False) -> Spec:
        """Describe the control of ``field`` under the form name ``name``."""
        return cls(
            schema=schema,
            type=field.type,
            name=name,
            label=field.name,
            is_required=field.type.is_required,
            description=field.description or "",
            is_new=is_new,
            is_long=is_long_text(field),
        )

    @property
    def type_words(self) -> str:
        return f"list of {self.type.name}" if self.type.is_list else self.type.name


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a select or a radio group."""

    value: str
    text: str
    is_chosen: bool


def to_text(value: Any) -> str:
    """Return a stored value as text for an input; never fails, whatever was stored."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return json.dumps(value, ensure_ascii=False, default=str)


class Control:
    """A control and what is in it."""

    template: ClassVar[str] = "adminui/records/controls/text.html"
    is_wide: ClassVar[bool] = True
    is_json: ClassVar[bool] = False
    """True for a value that is typed as JSON, as its shape is not the schema's."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.name = spec.name
        self.errors: list[str] = []
        self.theirs: str | None = None
        self.takes_focus = False

    @property
    def id(self) -> str:
        return "id_" + self.name.replace(".", "-")

    @property
    def label(self) -> str:
        return self.spec.label

    @property
    def described_by(self) -> str:
        """The ids of the texts that belong to the control."""
        ids = [f"{self.id}-error"] if self.errors else []
        return " ".join([*ids, f"{self.id}-help"] if self.spec.description else ids)

    def focus(self) -> None:
        """Let the page begin here when it is drawn."""
        self.takes_focus = True

    def show(self, value: Any) -> None:
        """Fill in a stored value."""
        raise NotImplementedError

    def take(self, posted: Posted) -> None:
        """Fill in what was typed."""
        raise NotImplementedError

    def state(self) -> Any:
        """Return what is in the control in a form that can be compared."""
        raise NotImplementedError

    def read(self) -> Any:
        """Return the value to store. Raises Invalid and keeps the sentences in ``errors``."""
        raise NotImplementedError

    def refuse(self, sentence: str) -> Invalid:
        self.errors.append(sentence)
        return Invalid(sentence)

    def all_errors(self) -> list[tuple[Control, str]]:
        """Every sentence with the control it belongs to, nested ones included."""
        return [(self, sentence) for sentence in self.errors]


class ScalarControl(Control):
    """A text input or textarea for any scalar that is typed as text."""

    NUMERIC: ClassVar = {"Int": "numeric", "AWSTimestamp": "numeric", "Float": "decimal"}
    KEYBOARDS: ClassVar = {**NUMERIC, "AWSEmail": "email", "AWSURL": "url", "AWSPhone": "tel"}
    EXAMPLES: ClassVar = {
        "AWSEmail": "name@example.com",
        "AWSURL": "https://example.com/",
        "AWSPhone": "+351 210 000 000",
        "AWSIPAddress": "192.0.2.1 or 2001:db8::1",
    }

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.text = ""
        self.is_empty_text = False
        self.was: Any = None
        self.has_null = False

    @property
    def is_wide(self) -> bool:  # type: ignore[override]
        return self.kind not in self.NUMERIC

    @property
    def kind(self) -> str:
        return self.spec.type.name

    @property
    def keyboard(self) -> str:
        return self.KEYBOARDS.get(self.kind, "")

    @property
    def is_mono(self) -> bool:
        return self.kind in ("AWSJSON", "ID", "AWSIPAddress")

    @property
    def is_area(self) -> bool:
        """True where a textarea fits: long by name, long by value, or with lines an input would lose."""
        if self.kind == "AWSJSON" or "\n" in self.text:
            return True
        return self.kind == "String" and (
            len(self.text) > LONG_VALUE or (self.spec.is_long and not self.spec.is_item)
        )

    @property
    def rows(self) -> int:
        lines = sum(1 + len(line) // LONG_VALUE for line in self.text.split("\n"))
        return max(3 if self.spec.is_item else 5, min(lines + 1, 18))

    @property
    def placeholder(self) -> str:
        if self.has_null or not (self.spec.is_required or self.spec.is_item):
            return "no value"
        return self.EXAMPLES.get(self.kind, "")

    @property
    def was_json(self) -> str:
        """The stored text where the browser would not send it back as it is, else nothing."""
        return json.dumps(self.was) if isinstance(self.was, str) and "\r" in self.was else ""

    def show(self, value: Any) -> None:
        self.was = value
        self.text = to_text(value)
        self.is_empty_text = value == ""
        self.has_null = value is None and self.spec.is_item

    def take(self, posted: Posted) -> None:
        self.text = posted.text(self.name) or ""
        self.is_empty_text = posted.has(f"{self.name}.empty")
        self.has_null = posted.has(f"{self.name}.null")
        was = posted.json(f"{self.name}.was")
        self.was = was if isinstance(was, str) else None

    def state(self) -> Any:
        if self.text:
            return self.text.replace("\r\n", "\n").replace("\r", "\n")
        return "" if self.is_empty_text else None

    @property
    def is_blank(self) -> bool:
        """True for a spare row: nothing typed, and not a null that was stored."""
        return not self.text and not self.is_empty_text and not self.has_null

    def read(self) -> Any:
        if not self.text:
            return self._read_nothing()
        if isinstance(self.was, str) and "\r" in self.was and self.state() == _plain_lines(self.was):
            return self.was
        try:
            return parse_scalar(self.kind, self._parse())
        except Invalid:
            raise
        except ValueError as error:
            raise self.refuse(str(error)) from error

    def _read_nothing(self) -> Any:
        if self.is_empty_text and self.kind == "String":
            return ""
        if self.spec.is_required:
            raise self.refuse(f"{self.label} needs a value.")
        return None

    def _parse(self) -> Any:
        text = self.text.strip()
        if self.kind in ("Int", "AWSTimestamp"):
            if not re.fullmatch(r"[+-]?[0-9]{1,20}", text):
                raise self.refuse(f"'{shorten(text)}' is not a whole number.")
            return int(text)
        if self.kind == "Float":
            try:
                return float(text)
            except ValueError:
                raise self.refuse(f"'{shorten(text)}' is not a number.") from None
        return self.text if self.kind in ("String", "AWSJSON", "ID") else text


class JsonControl(ScalarControl):
    """A JSON box for a stored value whose shape the schema does not know."""

    is_json = True

    @property
    def is_mono(self) -> bool:
        return True

    @property
    def is_area(self) -> bool:
        return True

    @property
    def is_wide(self) -> bool:  # type: ignore[override]
        return True

    def show(self, value: Any) -> None:
        self.was = value
        self.text = "" if value is None else json.dumps(value, ensure_ascii=False, indent=2)

    def read(self) -> Any:
        if not self.text.strip():
            return self._read_nothing()
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise self.refuse(f"This is not JSON: {error}.") from error
        except RecursionError as error:
            raise self.refuse("This JSON is nested too deeply.") from error


class EnumControl(Control):
    """A select for an enum or a Boolean."""

    template = "adminui/records/controls/choice.html"
    is_wide = False

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.text = ""

    @property
    def is_boolean(self) -> bool:
        return self.spec.type.name == "Boolean"

    @property
    def values(self) -> tuple[str, ...]:
        return ("true", "false") if self.is_boolean else self.spec.schema.enum(self.spec.type.name).names

    @property
    def choices(self) -> list[Choice]:
        """The enum's values; first the absence of one where there may be none; last a value it lost."""
        known = [Choice(value, value, value == self.text) for value in self.values]
        if self.text and self.text not in self.values:
            known.append(Choice(self.text, f"{self.text} (not in the schema)", True))
        if self.spec.is_required and not self.spec.is_item and self.text:
            return known
        nothing = "choose" if self.spec.is_required else "no value"
        return [Choice("", nothing, not self.text), *known]

    @property
    def radios(self) -> list[Choice]:
        """A Boolean's answers; the absence of one comes last."""
        answers = [Choice(value, value, value == self.text) for value in self.values]
        return answers if self.spec.is_required else [*answers, Choice("", "no value", not self.text)]

    def show(self, value: Any) -> None:
        self.text = to_text(value)

    def take(self, posted: Posted) -> None:
        self.text = posted.text(self.name) or ""

    def state(self) -> Any:
        return self.text or None

    @property
    def is_blank(self) -> bool:
        return not self.text

    def read(self) -> Any:
        if not self.text:
            if self.spec.is_required:
                raise self.refuse(f"{self.label} needs a value.")
            return None
        if self.text not in self.values:
            allowed = ", ".join(self.values)
            raise self.refuse(f"'{shorten(self.text)}' is not one of {allowed}.")
        return self.text == "true" if self.is_boolean else self.text


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def shorten(text: str, limit: int = 40) -> str:
    """Return ``text``, cut with an ellipsis where it is long."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
