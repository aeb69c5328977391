"""What is in the schema and has no effect here: resolvers that are not run, rules that let nobody in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import AuthRule, Dialect, Schema
from datamodel.schema.rules.findings import quoted, warning
from datamodel.schema.source import Location

__all__ = ["OPERATIONS", "STRATEGIES", "check_own_operations", "check_unenforced_rules"]

OPERATIONS: Mapping[str, tuple[str, str]] = {
    "Query": ("Queries", "They answer an error of type 'CustomOperationNotSupported'."),
    "Mutation": ("Mutations", "They answer an error of type 'CustomOperationNotSupported'."),
    "Subscription": ("Subscriptions", "Nothing triggers them."),
}
"""The schema's own root fields, by root: what they are called, what they do."""

STRATEGIES: Mapping[str, str] = {
    "user": "Rules for signed-in users give no access through the API: only keys of scope 'full' get in.",
    "guest": "Rules for AWS credentials give no access through the API: 'public' works with API keys.",
    "custom": "Rules of a Lambda authorizer give no access: Joinery runs no functions.",
}
"""Kinds of rules that let nobody in, with what that means."""

SHOWN = 5


def check_own_operations(schema: Schema) -> Iterator[Problem]:
    """Warn once per root of the schema's own fields; the reader of Gen 2 says more about its handlers."""
    if schema.dialect is Dialect.GEN2:
        return
    for root, (label, meaning) in OPERATIONS.items():
        own = [each for each in schema.custom_operations if each.parent == root]
        if own:
            names = quoted(each.name for each in own[:SHOWN])
            more = f" and {len(own) - SHOWN} more" if len(own) > SHOWN else ""
            message = f"{label} of your own are in the API without a resolver: {names}{more}."
            yield warning(Code.OWN_OPERATION, message, meaning, own[0].location)


def check_unenforced_rules(schema: Schema) -> Iterator[Problem]:
    """Warn once per kind of the rules that give no access."""
    seen: set[str] = set()
    for rule, at in _rules(schema):
        kind = _kind(rule)
        if kind in STRATEGIES and kind not in seen:
            seen.add(kind)
            yield warning(Code.UNENFORCED_RULE, STRATEGIES[kind], at=at)


def _rules(schema: Schema) -> Iterator[tuple[AuthRule, Location | None]]:
    if schema.global_auth is not None:
        yield schema.global_auth, schema.global_auth.location
    for model in schema.models:
        for rule in model.auth or ():
            yield rule, rule.location or model.location


def _kind(rule: AuthRule) -> str:
    match rule.allow:
        case "owner" | "private" | "groups":
            return "user"
        case "public" if rule.provider not in (None, "apiKey"):
            return "guest"
        case "custom":
            return "custom"
    return ""
