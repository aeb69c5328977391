"""``@auth`` rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphql import language as ast

from datamodel.schema.codes import Code
from datamodel.schema.dialects.graphql_sdl.document import SETTINGS, Document
from datamodel.schema.dialects.graphql_sdl.nodes import find_directives, locate, plain_value
from datamodel.schema.ir import AuthRule
from datamodel.schema.source import Location
from datamodel.schema.suggest import did_you_mean

__all__ = ["read_auth", "read_global_auth"]

KEYS = (
    "allow", "provider", "operations", "ownerField", "identityClaim", "identityField", "groups", "groupsField",
    "groupClaim", "queries", "mutations",
)  # fmt: skip
LISTS = frozenset({"operations", "groups", "queries", "mutations"})
GLOBAL_RULE = ("globalAuthRule", "global_auth_rule")


def read_auth(node: Any, document: Document) -> tuple[AuthRule, ...] | None:
    """Return the rules of ``@auth`` on a type or field, None where there is none."""
    for use in find_directives(node, "auth"):
        for argument in use.arguments:
            if argument.name.value == "rules":
                return _read_rules(argument, document)
        return ()
    return None


def _read_rules(argument: ast.ArgumentNode, document: Document) -> tuple[AuthRule, ...]:
    value = argument.value
    items = value.values if isinstance(value, ast.ListValueNode) else (value,)
    rules = [_read_rule(item, document) for item in items if isinstance(item, ast.ObjectValueNode)]
    if not rules:
        document.report(
            Code.AUTH_RULE, "'@auth' has no rules.", "Write '@auth(rules: [{ allow: owner }])'.", argument
        )
    return tuple(rules)


def _read_rule(node: ast.ObjectValueNode, document: Document) -> AuthRule:
    for item in node.fields:
        key = item.name.value
        if key not in KEYS:
            document.report(Code.AUTH_RULE, f"An auth rule has no '{key}'.", did_you_mean(key, KEYS), item)
        elif not _is_text(plain_value(item.value), key in LISTS):
            wanted = "a list of words" if key in LISTS else "a word"
            document.report(Code.AUTH_RULE, f"'{key}' of an auth rule must be {wanted}.", "", item)
    return rule_of(plain_value(node), locate(node))


def _is_text(value: Any, is_list: bool) -> bool:
    if is_list and isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    return value is None or isinstance(value, str)


def rule_of(given: Mapping[str, Any], location: Location | None) -> AuthRule:
    """Return the rule that plain values describe; what does not fit is left out."""

    def text(key: str) -> str | None:
        value = given.get(key)
        return value if isinstance(value, str) else None

    def words(key: str) -> tuple[str, ...] | None:
        value = given.get(key)
        if not isinstance(value, str | list):
            return None
        items: list[Any] = [value] if isinstance(value, str) else value
        return tuple(item for item in items if isinstance(item, str))

    return AuthRule(
        allow=text("allow") or "",
        provider=text("provider"),
        operations=_operations(words("operations"), words("queries"), words("mutations")),
        owner_field=text("ownerField"),
        identity_claim=text("identityClaim") or text("identityField"),
        groups=words("groups"),
        groups_field=text("groupsField"),
        group_claim=text("groupClaim"),
        location=location,
    )


def _operations(
    operations: tuple[str, ...] | None, queries: tuple[str, ...] | None, mutations: tuple[str, ...] | None
) -> tuple[str, ...] | None:
    """Return ``operations``; the old spelling by ``queries`` and ``mutations`` comes to the same."""
    if operations is not None or (queries is None and mutations is None):
        return operations
    return (*(mutations or ()), *(("read",) if queries else ()))


def read_global_auth(document: Document) -> AuthRule | None:
    """Return the rule that ``input AMPLIFY { globalAuthRule: … }`` sets."""
    node = document.definitions.get(SETTINGS)
    if not isinstance(node, ast.InputObjectTypeDefinitionNode):
        return None
    for item in node.fields:
        if item.name.value in GLOBAL_RULE and isinstance(item.default_value, ast.ObjectValueNode):
            given = plain_value(item.default_value)
            if "allow" in given:
                return rule_of(given, locate(item))
    document.warn(
        Code.IGNORED_DEFINITION,
        f"'input {SETTINGS}' sets no rule.",
        "Write 'globalAuthRule: AuthRule = { allow: public }'.",
        node,
    )
    return None
