"""``.authorization((allow) => [...])`` to auth rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import (
    did_you_mean,
)
from datamodel.schema.dialects.typescript.reading import Reading
from datamodel.schema.dialects.typescript.values import (
    UNDEFINED,
    Builder,
    Call,
    Located,
    Namespace,
    Unknown,
    describe,
)
from datamodel.schema.ir import AuthRule, FieldKind, ModelField
from datamodel.schema.source import Location

RESOURCE = "resource"
RULE_METHODS = ("to", "identityClaim", "withClaimIn")
STRING_TYPES = frozenset(
    {"ID", "String", "AWSDate", "AWSTime", "AWSDateTime", "AWSEmail", "AWSPhone", "AWSURL", "AWSIPAddress"}
)
"""The types a field that holds an owner or a group may have."""


@dataclass(frozen=True, slots=True)
class Rule:
    """An auth rule as written; ``is_list`` says that its field holds several owners or groups."""

    rule: AuthRule
    location: Location
    is_list: bool = False

    @property
    def field(self) -> str | None:
        return self.rule.owner_field or self.rule.groups_field


def last_rules(reading: Reading, calls: Iterable[Call]) -> tuple[Rule, ...] | None:
    """Return the rules of the last ``.authorization()`` among ``calls``, which replaces earlier ones.

    None where there are no rules; nothing in the tuple where those written could not be read.
    """
    call = next((call for call in reversed(list(calls)) if call.name == "authorization"), None)
    if call is None:
        return None
    before = reading.findings.error_count
    answers = reading.answers(call, Namespace("allow"), "(allow) => [allow.publicApiKey()]")
    rules = [rule for rule in (_read_rule(reading, answer) for answer in answers) if rule is not None]
    is_unreadable = not rules and reading.findings.error_count > before
    return tuple(rules) if rules or is_unreadable else None


def as_auth(rules: Iterable[Rule] | None) -> tuple[AuthRule, ...] | None:
    """Return the rules for the IR; None where there are none."""
    return None if rules is None else tuple(rule.rule for rule in rules)


def _read_rule(reading: Reading, answer: Located) -> Rule | None:
    builder = answer.value
    if not isinstance(builder, Builder) or builder.family != "allow":
        if isinstance(builder, Unknown):
            reading.report_unknown(builder)
        elif builder not in (None, UNDEFINED, False):
            message = f"An authorization rule is expected here, not {describe(builder)}."
            reading.findings.error(Code.BAD_RULE, message, "Write 'allow.publicApiKey()'.", answer.location)
        return None
    if builder.name == RESOURCE:
        message = "Rules for functions ('allow.resource') mean nothing here: Joinery runs no functions."
        reading.warn_once(Code.RESOURCE_RULE, message, builder.location)
        return None
    reader = RULE_READERS.get(builder.name)
    if reader is None:
        hint = did_you_mean(builder.name, RULE_READERS, "allow.{}()")
        message = f"'{builder}' is no authorization rule."
        reading.findings.error(Code.BAD_RULE, message, hint, builder.location)
        return None
    rule = reader(reading, builder)
    if rule is None:
        return None
    written = replace(_apply_calls(reading, builder, rule.rule), location=builder.location)
    return replace(rule, rule=written)


def _apply_calls(reading: Reading, builder: Builder, rule: AuthRule) -> AuthRule:
    for call in reading.check_methods(builder, RULE_METHODS):
        argument = reading.argument(call, 0, "an argument")
        if argument is None:
            continue
        if call.name == "to":
            names = reading.texts(argument, "a list of operations")
            rule = replace(rule, operations=tuple(str(item.value) for item in names))
        elif call.name == "identityClaim":
            rule = replace(rule, identity_claim=reading.text(argument))
        else:
            rule = replace(rule, group_claim=reading.text(argument))
    return rule


def _provider(reading: Reading, builder: Builder, position: int) -> str | None:
    if position >= len(builder.arguments) or builder.arguments[position].value is UNDEFINED:
        return None
    return reading.text(builder.arguments[position], "the name of a provider")


def _fixed(allow: str, provider: str | None) -> Callable[[Reading, Builder], Rule | None]:
    return lambda reading, builder: Rule(AuthRule(allow, provider), builder.location)


def _with_provider(allow: str, owner_field: str | None = None) -> Callable[[Reading, Builder], Rule | None]:
    def read(reading: Reading, builder: Builder) -> Rule | None:
        rule = AuthRule(allow, _provider(reading, builder, 0), owner_field=owner_field)
        return Rule(rule, builder.location)

    return read


def _in_field(allow: str, *, is_list: bool) -> Callable[[Reading, Builder], Rule | None]:
    def read(reading: Reading, builder: Builder) -> Rule | None:
        argument = reading.argument(builder, 0, "the name of a field")
        name = None if argument is None else reading.text(argument, "the name of a field")
        if name is None:
            return None
        provider = _provider(reading, builder, 1)
        if allow == "owner":
            rule = AuthRule(allow, provider, owner_field=name)
        else:
            rule = AuthRule(allow, provider, groups_field=name)
        return Rule(rule, builder.location, is_list)

    return read


def _groups(reading: Reading, builder: Builder) -> Rule | None:
    argument = reading.argument(builder, 0, "the name of a group")
    if argument is None:
        return None
    if builder.name == "group":
        name = reading.text(argument, "the name of a group")
        names: tuple[str, ...] = () if name is None else (name,)
    else:
        names = tuple(str(item.value) for item in reading.texts(argument, "a list of groups"))
    return Rule(AuthRule("groups", _provider(reading, builder, 1), groups=names), builder.location)


RULE_READERS: Mapping[str, Callable[[Reading, Builder], Rule | None]] = {
    "publicApiKey": _fixed("public", "apiKey"),
    "guest": _fixed("public", "identityPool"),
    "authenticated": _with_provider("private"),
    "owner": _with_provider("owner", "owner"),
    "ownerDefinedIn": _in_field("owner", is_list=False),
    "ownersDefinedIn": _in_field("owner", is_list=True),
    "group": _groups,
    "groups": _groups,
    "groupDefinedIn": _in_field("groups", is_list=False),
    "groupsDefinedIn": _in_field("groups", is_list=True),
    "custom": _with_provider("custom"),
}


def check_rule_fields(
    reading: Reading, model: str, fields: Iterable[ModelField], rules: Iterable[Rule]
) -> None:
    """Report rules whose owner or group field is declared with a type that cannot hold it."""
    by_name = {field.name: field for field in fields}
    for rule in rules:
        field = by_name.get(rule.field or "")
        if field is None:
            continue
        is_text = field.type.kind is FieldKind.SCALAR and field.type.name in STRING_TYPES
        if is_text and field.type.is_list == rule.is_list:
            continue
        expected = "a.string().array()" if rule.is_list else "a.string()"
        reading.findings.error(
            Code.RULE_FIELD_CONFLICT,
            f"The rule needs '{model}.{field.name}' to be {expected}, but it is {field.type}.",
            f"Declare the field as {expected}, or name another field in the rule.",
            rule.location,
        )
