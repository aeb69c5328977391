"""What the builders share while a schema is read: its types, the findings, and checked arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.evaluator import Evaluator
from datamodel.schema.dialects.typescript.findings import (
    Findings,
    did_you_mean,
)
from datamodel.schema.dialects.typescript.values import (
    UNDEFINED,
    Builder,
    BuilderFunction,
    Call,
    Entry,
    Function,
    ListValue,
    Located,
    Method,
    ObjectValue,
    Unknown,
    Value,
    describe,
)
from datamodel.schema.ir import CustomOperation, CustomType, EnumType, FieldKind
from datamodel.schema.source import Location

NAME = re.compile(r"(?!__)[_A-Za-z][_0-9A-Za-z]*", re.ASCII)
MAX_NAME = 255


def report_unknown(findings: Findings, unknown: Unknown) -> None:
    """Report an expression that the schema needs and only running the code would work out."""
    names = unknown.scope.visible_names() if unknown.scope is not None else []
    hint = did_you_mean(unknown.name, names) or unknown.hint
    findings.error(Code.NOT_CONSTANT, unknown.reason, hint, unknown.location)


@dataclass(eq=False)
class Reading:
    """A schema being read. ``declared`` holds the builders of its types by name."""

    evaluator: Evaluator
    findings: Findings
    declared: dict[str, Builder] = field(default_factory=dict)
    enums: list[EnumType] = field(default_factory=list)
    custom_types: list[CustomType] = field(default_factory=list)
    custom_operations: list[CustomOperation] = field(default_factory=list)
    taken: dict[str, Location] = field(default_factory=dict)
    """The names of all types so far, those made up for inline ones included."""

    warned: set[Code] = field(default_factory=set)

    def warn_once(self, code: Code, message: str, location: Location) -> None:
        """Warn of a kind of thing where it is met first."""
        if code not in self.warned:
            self.warned.add(code)
            self.findings.warning(code, message, location=location)

    def kind(self, name: str) -> FieldKind:
        """Return what the declared type ``name`` is."""
        builder = self.declared.get(name)
        kinds = {"model": FieldKind.MODEL, "enum": FieldKind.ENUM, "customType": FieldKind.CUSTOM}
        return FieldKind.UNKNOWN if builder is None else kinds.get(builder.name, FieldKind.UNKNOWN)

    def take_name(self, name: str, location: Location, what: str) -> bool:
        """Note that ``name`` is now a type; report it and return False where it is one already."""
        if name in self.taken:
            self.findings.error(
                Code.DUPLICATE_TYPE,
                f"{what} is called '{name}', and so is another type.",
                "Rename one of them.",
                location,
            )
            return False
        self.taken[name] = location
        return True

    def is_name(self, name: str, location: Location) -> bool:
        """Return whether ``name`` can be a GraphQL name; report it where it cannot."""
        if NAME.fullmatch(name) and len(name) <= MAX_NAME:
            return True
        self.findings.error(
            Code.BAD_NAME,
            f"'{name[:60]}' cannot be a name.",
            "Names are made of letters, digits and '_', and begin with a letter or a single '_'.",
            location,
        )
        return False

    # -- values

    def report_unknown(self, unknown: Unknown) -> None:
        report_unknown(self.findings, unknown)

    def report_value(self, value: Value, expected: str, location: Location, hint: str = "") -> None:
        """Report that ``value`` is not what is ``expected``."""
        if isinstance(value, Unknown):
            self.report_unknown(value)
            return
        if isinstance(value, BuilderFunction | Method):
            hint = "Add '()'."
        message = f"{expected} is expected here, not {describe(value)}."
        self.findings.error(Code.BAD_ARGUMENT, message[:1].upper() + message[1:], hint, location)

    def builder(self, value: Value, location: Location, expected: str) -> Builder | None:
        """Return ``value`` where it is a builder of ``a``; report it otherwise."""
        if isinstance(value, Builder) and value.family == "a":
            return value
        if isinstance(value, Unknown):
            self.report_unknown(value)
            return None
        hint = "Add '()'." if isinstance(value, BuilderFunction | Method) else ""
        message = f"{expected} is expected here, not {describe(value)}."
        self.findings.error(Code.NOT_A_BUILDER, message[:1].upper() + message[1:], hint, location)
        return None

    def text(self, argument: Located, expected: str = "a string") -> str | None:
        """Return the string ``argument`` is; report it otherwise."""
        if isinstance(argument.value, str):
            return argument.value
        self.report_value(argument.value, expected, argument.location)
        return None

    def items(self, argument: Located, expected: str = "a list") -> list[Located]:
        """Return the items of the list ``argument`` is; report what is wrong with it."""
        value = argument.value
        if not isinstance(value, ListValue):
            self.report_value(value, expected, argument.location)
            return []
        if value.unknown is not None:
            self.report_unknown(value.unknown)
        return value.items

    def texts(self, argument: Located, expected: str = "a list of strings") -> list[Located]:
        """Return the items of a list of strings, each with its place."""
        items = self.items(argument, expected)
        return [item for item in items if self.text(item) is not None]

    def members(self, argument: Located, expected: str) -> dict[str, Entry]:
        """Return the members of the object ``argument`` is, names checked; report what is wrong."""
        value = argument.value
        if not isinstance(value, ObjectValue):
            self.report_value(value, expected, argument.location)
            return {}
        if value.unknown is not None:
            self.report_unknown(value.unknown)
        return {
            name: entry
            for name, entry in value.entries.items()
            # undefined members are as good as absent: { ...(isLive && { extra }) }
            if entry.value is not UNDEFINED and self.is_name(name, entry.key_location)
        }

    # -- arguments and calls

    def argument(self, builder: Builder | Call, position: int, expected: str) -> Located | None:
        """Return an argument; report that it is missing."""
        if position < len(builder.arguments):
            return builder.arguments[position]
        call = f"'.{builder.name}()'" if isinstance(builder, Call) else f"'{builder}'"
        self.findings.error(Code.BAD_ARGUMENT, f"{call} needs {expected}.", "", builder.location)
        return None

    def answers(self, call: Call, parameter: Value, example: str) -> list[Located]:
        """Return what the function given to ``call`` answers, one thing or a list of them, as a list."""
        callback = self.argument(call, 0, f"a function: {example}")
        if callback is None:
            return []
        value = callback.value
        # a rule written without its function refers to a name that only the function would have
        is_bare = isinstance(value, Unknown) and value.name != "" and f"({value.name})" in example
        if is_bare or not isinstance(value, Function | Unknown):
            message, hint = f"'.{call.name}()' takes a function.", f"Write '.{call.name}({example})'."
            self.findings.error(Code.BAD_ARGUMENT, message, hint, callback.location)
            return []
        given = [Located(parameter, callback.location)]
        value = self.evaluator.call(callback.value, given, callback.location)
        if isinstance(value, ListValue):
            return self.items(Located(value, callback.location))
        return [Located(value, callback.location)]

    def check_methods(
        self, builder: Builder, known: Iterable[str], hints: Callable[[str], str] | None = None
    ) -> Sequence[Call]:
        """Return the calls on ``builder`` whose method exists; report the others."""
        names = tuple(known)
        calls: list[Call] = []
        for call in builder.calls:
            if call.name in names:
                calls.append(call)
                continue
            hint = (hints(call.name) if hints else "") or did_you_mean(call.name, names, ".{}()")
            self.findings.error(
                Code.UNKNOWN_METHOD, f"'{builder}' has no method '.{call.name}()'.", hint, call.location
            )
        return calls
