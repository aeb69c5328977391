"""When somebody else saved the record first: what they changed, what was typed, and both together."""

from __future__ import annotations

from dataclasses import dataclass

from adminui.forms.nested import show_control
from adminui.forms.record import RecordForm
from adminui.table import in_short
from datamodel.modelgen import Record

__all__ = ["ConflictLine", "merge"]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A field that somebody else changed meanwhile."""

    label: str
    theirs: str
    yours: str
    is_both: bool
    """True where both changed it: what was typed stays, theirs is shown."""
    target: str


def merge(form: RecordForm, current: Record) -> list[ConflictLine]:
    """Bring what is stored now into the form: their changes fill the fields that were not typed into.

    Saving the form again then writes over exactly what the lines marked ``is_both`` say.
    """
    stored = current.values()
    lines = []
    for position, control in enumerate(form.controls):
        before, theirs = form.base.get(control.label), stored.get(control.label)
        if before == theirs:
            continue
        fresh = show_control(control.spec, theirs)
        is_both = form.is_touched(control) and fresh.state() != control.state()
        yours = in_short(control.state()) if is_both else ""
        lines.append(ConflictLine(control.label, in_short(theirs), yours, is_both, control.id))
        if is_both:
            control.theirs = in_short(theirs) or "no value"
        else:
            form.controls[position] = fresh
    form.base, form.base_version, form.record = stored, current.joinery_version, current
    return lines
