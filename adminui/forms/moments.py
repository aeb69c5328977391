"""Controls for dates and times, which give back the stored text byte for byte unless it was changed."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from adminui.forms.controls import Control, Spec, to_text
from adminui.forms.posted import Posted
from datamodel.modelgen.values import parse_scalar

__all__ = ["DateTimeControl", "MomentControl", "spoken_timestamp"]

# What the browser's own inputs can hold; anything else is shown as text.
NATIVE = {
    "AWSDate": ("date", re.compile(r"\d{4}-\d{2}-\d{2}")),
    "AWSTime": ("time", re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?")),
}
DATE_TIME = re.compile(
    r"(?P<local>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(?P<zone>Z|[+-]\d{2}:\d{2}(?::\d{2})?)?"
)
EXAMPLES = {
    "AWSDate": "2026-11-20",
    "AWSTime": "08:00:00",
    "AWSDateTime": "2026-11-20T08:00:00.000Z",
}


class MomentControl(Control):
    """A date or a time: the browser's input where the value fits it, else text."""

    template = "adminui/records/controls/moment.html"
    is_wide = False

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.text = ""

    @property
    def input_type(self) -> str:
        native, pattern = NATIVE[self.spec.type.name]
        return native if not self.text or pattern.fullmatch(self.text) else "text"

    @property
    def step(self) -> str:
        """Seconds are shown only for times that have them."""
        if self.input_type != "time":
            return ""
        return "0.001" if "." in self.text else "1" if self.text.count(":") > 1 else ""

    @property
    def placeholder(self) -> str:
        return EXAMPLES[self.spec.type.name]

    def show(self, value: Any) -> None:
        self.text = to_text(value)

    def take(self, posted: Posted) -> None:
        self.text = (posted.text(self.name) or "").strip()

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
        try:
            return parse_scalar(self.spec.type.name, self._complete())
        except ValueError as error:
            raise self.refuse(str(error)) from error

    def _complete(self) -> str:
        return self.text


class DateTimeControl(MomentControl):
    """A date and time with its zone: two inputs where they can hold the value, else one text."""

    template = "adminui/records/controls/datetime.html"
    is_wide = True

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.zone = ""
        self.was: str | None = None
        self.is_split = True

    @property
    def placeholder(self) -> str:
        return EXAMPLES["AWSDateTime"]

    @property
    def was_json(self) -> str:
        return json.dumps(self.was) if self.was else ""

    def show(self, value: Any) -> None:
        stored = to_text(value)
        self.was = stored or None
        self._split(stored)

    def _split(self, stored: str) -> None:
        match = DATE_TIME.fullmatch(stored)
        self.is_split = match is not None or not stored
        self.text = match["local"] if match else stored
        self.zone = (match["zone"] or "") if match else "" if stored else "Z"

    def take(self, posted: Posted) -> None:
        was = posted.json(f"{self.name}.was")
        self.was = was if isinstance(was, str) else None
        self.text = (posted.text(self.name) or "").strip()
        self.is_split = posted.has(f"{self.name}.zone")
        self.zone = (posted.text(f"{self.name}.zone") or "").strip()
        if self.is_split and not re.fullmatch(r"[\d:.T-]*", self.text):
            self._rejoin()

    def _rejoin(self) -> None:
        """Show as one text what a date input would drop."""
        self.is_split, self.zone = False, ""

    @property
    def input_step(self) -> str:
        return "0.001" if "." in self.text else "1"

    def state(self) -> Any:
        """Equal for all ways to write the same local time and zone, as browsers shorten them."""
        if not self.text:
            return None
        whole = self._complete()
        match = DATE_TIME.fullmatch(whole)
        if match is None:
            return whole
        try:
            return datetime.datetime.fromisoformat(match["local"]), match["zone"]
        except ValueError:
            return whole

    def read(self) -> Any:
        if self.was and self.text:
            stored = DateTimeControl(self.spec)
            stored.show(self.was)
            if stored.state() == self.state():
                return self.was
        return super().read()

    def _complete(self) -> str:
        """Add the seconds that browsers leave out, and the zone."""
        if not self.is_split:
            return self.text
        seconds = ":00" if re.fullmatch(r".*T\d{2}:\d{2}", self.text) else ""
        return f"{self.text}{seconds}{self.zone}"


def spoken_timestamp(text: str) -> str:
    """Return the moment that a number of seconds means, in words; nothing where it means none."""
    try:
        moment = datetime.datetime.fromtimestamp(int(text), datetime.UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{moment:%d %b %Y, %H:%M:%S} UTC"
