"""Controls that hold controls: lists, embedded types, and lists of embedded types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from adminui.forms.controls import Control, EnumControl, Invalid, JsonControl, ScalarControl, Spec
from adminui.forms.moments import DateTimeControl, MomentControl
from adminui.forms.posted import Posted, is_number
from datamodel.schema.ir import FieldKind

__all__ = ["GroupControl", "ListControl", "build_control"]

MAX_ROWS = 200
"""A longer list is typed as JSON: a row takes several fields of the form, and those are limited."""
MAX_DEPTH = 24
MAX_CONTROLS = 500
"""A type whose required parts have more is typed as JSON: types inside types multiply."""


def build_control(spec: Spec) -> Control:
    """Return the control for a field's type."""
    if spec.type.is_list:
        return ListControl(spec)
    if spec.type.kind is FieldKind.CUSTOM:
        return GroupControl(spec) if has_few_controls(spec) else JsonControl(spec)
    if spec.type.kind is FieldKind.ENUM or spec.type.name == "Boolean":
        return EnumControl(spec)
    if spec.type.name == "AWSDateTime":
        return DateTimeControl(spec)
    if spec.type.name in ("AWSDate", "AWSTime"):
        return MomentControl(spec)
    return ScalarControl(spec)


def has_few_controls(spec: Spec) -> bool:
    """Return whether an embedded type, with the parts that it must have, can be drawn."""
    waiting, count = [spec.type.name], 0
    while waiting and count <= MAX_CONTROLS:
        types = [field.type for field in spec.schema.custom_type(waiting.pop()).fields if field.is_stored]
        waiting += [t.name for t in types if t.kind is FieldKind.CUSTOM and t.is_required and not t.is_list]
        count += len(types)
    return count <= MAX_CONTROLS and spec.name.count(".") < MAX_DEPTH


def fits(spec: Spec, value: Any) -> bool:
    """Return whether a stored value can be drawn: of its type's shape, not too long. Others are shown as JSON."""
    if value is None:
        return True
    if spec.type.is_list:
        return isinstance(value, list) and len(value) <= MAX_ROWS
    return spec.type.kind is not FieldKind.CUSTOM or isinstance(value, dict)


def show_control(spec: Spec, value: Any) -> Control:
    """Return the control for ``spec`` with a stored value in it."""
    control = build_control(spec) if fits(spec, value) else JsonControl(spec)
    control.show(value)
    return control


def take_control(spec: Spec, posted: Posted) -> Control:
    """Return the control for ``spec`` with what was typed in it."""
    control = JsonControl(spec) if posted.has(f"{spec.name}.json") else build_control(spec)
    control.take(posted)
    return control


class GroupControl(Control):
    """An embedded type as a fieldset; absent until somebody adds it, unless it is required."""

    template = "adminui/records/controls/group.html"

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.is_present = spec.is_required
        self.children: list[Control] = []

    @property
    def can_be_absent(self) -> bool:
        return not self.spec.is_required and not self.spec.is_item

    def _specs(self) -> list[Spec]:
        custom = self.spec.schema.custom_type(self.spec.type.name)
        return [
            Spec.of(self.spec.schema, field, f"{self.name}.{field.name}", is_new=self.spec.is_new)
            for field in custom.fields
            if field.is_stored
        ]

    def show(self, value: Any) -> None:
        self.is_present = value is not None or self.spec.is_required
        stored = value or {}
        self.children = (
            [show_control(s, stored.get(s.label)) for s in self._specs()] if self.is_present else []
        )

    def take(self, posted: Posted) -> None:
        was_present = posted.has(f"{self.name}.is")
        if posted.does("add", self.name) and not was_present:
            self.show({})
            self.focus()
            return
        self.is_present = (self.spec.is_required or was_present) and not posted.does("remove", self.name)
        self.children = [take_control(s, posted) for s in self._specs()] if self.is_present else []

    def focus(self) -> None:
        """A group has no input of its own: its first child's takes the focus."""
        for child in self.children[:1]:
            child.focus()

    def state(self) -> Any:
        return {child.label: child.state() for child in self.children} if self.is_present else None

    def read(self) -> Any:
        if not self.is_present:
            return None
        values: dict[str, Any] = {}
        is_valid = True
        for child in self.children:
            try:
                values[child.label] = child.read()
            except Invalid:
                is_valid = False
        if not is_valid:
            raise Invalid(self.label)
        return {name: value for name, value in values.items() if value is not None}

    def all_errors(self) -> list[tuple[Control, str]]:
        return super().all_errors() + [pair for child in self.children for pair in child.all_errors()]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A row of a list with the number it is posted under."""

    number: str
    control: Control


class ListControl(Control):
    """A list: rows with a button to remove each, and one to add another."""

    template = "adminui/records/controls/list.html"

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.rows: list[Control] = []
        self.is_empty_list = False

    @property
    def is_group(self) -> bool:
        return self.spec.type.kind is FieldKind.CUSTOM

    @property
    def may_be_empty(self) -> bool:
        """True where no rows can mean an empty list or no value, and it is time to say which."""
        return not self.spec.is_required and not self._filled()

    @property
    def numbered_rows(self) -> list[Numbered]:
        return [Numbered(row.name.rpartition(".")[2], row) for row in self.rows]

    def _row_spec(self, row: int | str, position: int) -> Spec:
        return replace(
            self.spec,
            type=replace(
                self.spec.type,
                is_list=False,
                is_required=self.spec.type.is_item_required,
                is_item_required=False,
            ),
            name=f"{self.name}.{row}",
            label=f"{self.spec.label} {position}",
            is_required=self.spec.type.is_item_required,
            description="",
            is_item=True,
        )

    def show(self, value: Any) -> None:
        items = value or []
        self.is_empty_list = value == []
        self.rows = [show_control(self._row_spec(i, i + 1), item) for i, item in enumerate(items)]
        if not self.is_group and not self.rows:
            self._add_row()

    def take(self, posted: Posted) -> None:
        self.is_empty_list = posted.has(f"{self.name}.empty")
        numbers = [n for n in posted.texts(f"{self.name}.row") if is_number(n)]
        if posted.does("remove", self.name):
            numbers = [n for n in numbers if n != posted.action.row]
        numbers = _moved(numbers, posted, self.name)
        self.rows = [take_control(self._row_spec(n, i), posted) for i, n in enumerate(numbers, start=1)]
        if posted.does("add", self.name):
            self._add_row().focus()

    def _add_row(self) -> Control:
        used = [int(row.name.rpartition(".")[2]) for row in self.rows]
        row = build_control(self._row_spec(max(used, default=-1) + 1, len(self.rows) + 1))
        if isinstance(row, GroupControl):
            row.show({})
        self.rows.append(row)
        return row

    def focus(self) -> None:
        for row in self.rows[:1]:
            row.focus()

    def _filled(self) -> list[Control]:
        return [row for row in self.rows if not getattr(row, "is_blank", False)]

    def state(self) -> Any:
        filled = [row.state() for row in self._filled()]
        return filled or ([] if self.is_empty_list else None)

    def read(self) -> Any:
        filled = self._filled()
        if not filled:
            return [] if self.is_empty_list or self.spec.is_required else None
        values = []
        is_valid = True
        for row in filled:
            try:
                values.append(row.read())
            except Invalid:
                is_valid = False
        if not is_valid:
            raise Invalid(self.label)
        return values

    def all_errors(self) -> list[tuple[Control, str]]:
        return super().all_errors() + [pair for row in self.rows for pair in row.all_errors()]


def _moved(numbers: list[str], posted: Posted, name: str) -> list[str]:
    """Swap the row whose up or down button was pressed with its neighbour."""
    step = -1 if posted.does("up", name) else 1 if posted.does("down", name) else 0
    if step and posted.action.row in numbers:
        here = numbers.index(posted.action.row)
        there = here + step
        if 0 <= there < len(numbers):
            numbers[here], numbers[there] = numbers[there], numbers[here]
    return numbers
