"""``@auth`` rules: known strategies, their providers, their operations, and what they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import AuthRule, Dialect, Schema
from datamodel.schema.rules.findings import error, quoted
from datamodel.schema.rules.names import check_name
from datamodel.schema.source import Location
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_auth_rules"]

PROVIDERS: Mapping[str, tuple[str, ...]] = {
    "public": ("apiKey", "identityPool", "iam"),
    "private": ("userPools", "oidc", "identityPool", "iam"),
    "owner": ("userPools", "oidc"),
    "groups": ("userPools", "oidc"),
    "custom": ("function",),
    "resource": (),
}
OPERATIONS = (
    "create", "update", "delete", "read", "get", "list", "sync", "listen", "search", "query", "mutate",
)  # fmt: skip


def check_auth_rules(schema: Schema) -> Iterator[Problem]:
    """Report auth rules that would let in nobody, or everybody, by mistake."""
    if schema.global_auth is not None:
        yield from _check(schema.global_auth, "the whole schema", schema.global_auth.location)
    for model in schema.models:
        if model.auth is None and schema.global_auth is None and schema.dialect is Dialect.GEN2:
            message = f"Model '{model.name}' has no authorization rules."
            hint = "Add '.authorization(…)' to it or to the schema."
            yield error(Code.AUTH_RULE, message, hint, model.location)
        for rule in model.auth or ():
            yield from _check(rule, f"'{model.name}'", rule.location or model.location)
        for item in model.fields:
            for rule in item.auth or ():
                yield from _check(rule, f"'{model.name}.{item.name}'", rule.location or item.location)


def _check(rule: AuthRule, label: str, at: Location | None) -> Iterator[Problem]:
    if rule.allow not in PROVIDERS:
        message = f"An auth rule of {label} allows '{rule.allow}', which is unknown."
        hint = did_you_mean(rule.allow, PROVIDERS) or f"Use one of {quoted(list(PROVIDERS)[:5])}."
        yield error(Code.AUTH_RULE, message, hint, at)
        return
    for argument, name in (("ownerField", rule.owner_field), ("groupsField", rule.groups_field)):
        if name:
            yield from check_name(name, f"'{argument}' of an auth rule of {label}:", at)
    if rule.allow == "groups" and not rule.groups and not rule.groups_field:
        message = f"An auth rule of {label} allows groups and names none."
        yield error(Code.AUTH_RULE, message, "Add 'groups' or 'groupsField'.", at)
    providers = PROVIDERS[rule.allow]
    if rule.provider is not None and providers and rule.provider not in providers:
        message = f"An auth rule of {label} allows '{rule.allow}' with provider '{rule.provider}'."
        yield error(Code.AUTH_RULE, message, f"'{rule.allow}' works with {quoted(providers)}.", at)
    for operation in rule.operations or ():
        if operation not in OPERATIONS:
            message = f"An auth rule of {label} names operation '{operation}', which is unknown."
            hint = did_you_mean(operation, OPERATIONS) or f"Use {quoted(OPERATIONS[:4])}."
            yield error(Code.AUTH_RULE, message, hint, at)
