"""What the rules of a schema grant to the public, that is, to API keys. Every other kind of rule grants nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from datamodel.schema.ir import AuthRule, Dialect, FieldOrigin, ModelField, ModelType, Schema

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "OPEN",
    "READS",
    "Grants",
    "hidden_embedded",
    "model_rules",
    "public_grants",
]

READS = frozenset({"get", "list", "sync", "search", "listen"})
WRITES = frozenset({"create", "update", "delete"})
OPERATIONS = READS | WRITES

OPEN = AuthRule(allow="public")
"""The rule of whatever is open."""

Operations = frozenset[str]


@dataclass(frozen=True, slots=True)
class Grants:
    """What somebody may do with the records of one model, and the fields that are kept from them."""

    operations: Operations
    hidden: frozenset[str] = frozenset()
    """Fields that may be neither read nor named by a filter, a condition or a sort key."""
    uncreatable: frozenset[str] = frozenset()
    unchangeable: frozenset[str] = frozenset()
    unclearable: frozenset[str] = frozenset()
    """Fields that an update may not set to null."""

    def may_follow(self, *, is_many: bool) -> bool:
        """Return whether a relationship may lead here: to one record, or to as many as there are."""
        return bool(self.operations & ({"list", "sync"} if is_many else {"get", "list", "sync"}))


EVERYTHING = Grants(OPERATIONS)
NOTHING = Grants(frozenset())


def model_rules(schema: Schema, model: ModelType) -> tuple[AuthRule, ...]:
    """Return the rules that hold for a model: its own, else the schema's.

    Version 1 leaves a model without rules open. Since version 2 a rule on a field closes the rest of such a model.
    """
    if model.auth is not None:
        return model.auth
    is_first = schema.dialect is Dialect.V1
    if not is_first and any(field.auth is not None for field in model.fields):
        return ()
    if schema.global_auth is not None:
        return (schema.global_auth,)
    return (OPEN,) if is_first else ()


def public_grants(schema: Schema, model: ModelType) -> Grants:
    """Return what the public may do with a model of a normalised schema."""
    rules = model_rules(schema, model)
    base = _granted(rules)
    if schema.dialect is Dialect.V1:
        return _first_grants(model, base)
    return _later_grants(schema, model, base)


def hidden_embedded(schema: Schema) -> Mapping[str, frozenset[str]]:
    """Return the fields of embedded types that are kept from the public, by type."""
    found = {
        custom.name: frozenset(
            field.name
            for field in custom.fields
            if field.auth is not None and not any(_is_public(rule) for rule in field.auth)
        )
        for custom in schema.custom_types
    }
    return {name: fields for name, fields in found.items() if fields}


def _is_public(rule: AuthRule) -> bool:
    return rule.allow == "public" and rule.provider in {None, "apiKey"}


def _named(rule: AuthRule) -> Operations:
    """Return the operations that a rule is about; one that names none is about all of them."""
    if rule.operations is None:
        return OPERATIONS
    named = frozenset(rule.operations)
    return (named | READS if "read" in named else named) & OPERATIONS


def _granted(rules: Iterable[AuthRule]) -> Operations:
    return frozenset[str]().union(*(_named(rule) for rule in rules if _is_public(rule)))


def _first_grants(model: ModelType, base: Operations) -> Grants:
    """Version 1: the rules of a field come on top of the model's, for the operations that they name."""
    by_field = {
        field.name: base & (_granted(field.auth) | (OPERATIONS - _covered(field.auth)))
        for field in model.fields
        if field.auth is not None
    }
    return Grants(
        base,
        hidden=_lacking(by_field, READS),
        uncreatable=_lacking(by_field, {"create"}),
        unchangeable=_lacking(by_field, {"update"}),
        unclearable=frozenset(
            field.name
            for field in model.fields
            if field.auth is not None and "delete" in _covered(field.auth) - _granted(field.auth)
        ),
    )


def _covered(rules: Iterable[AuthRule]) -> Operations:
    return frozenset[str]().union(*(_named(rule) for rule in rules))


def _later_grants(schema: Schema, model: ModelType, base: Operations) -> Grants:
    """Since version 2: the rules of a field replace the model's.

    Deleting a record needs the right to delete each of its fields; clearing a field needs the right to delete it.
    """
    declared = {
        field.name: base if field.auth is None else _granted(field.auth)
        for field in model.fields
        if field.origin is FieldOrigin.DECLARED
    }
    some = frozenset[str]().union(*declared.values()) if declared else base
    is_deletable = all("delete" in granted for granted in declared.values())
    owners = _key_owners(schema, model)
    generated = {
        field.name: declared.get(owners.get(field.name, ""), some)
        for field in model.fields
        if field.name not in declared
    }
    granted = declared | generated
    return Grants(
        some if is_deletable else some - {"delete"},
        hidden=_lacking(granted, READS),
        uncreatable=_lacking(granted, {"create"}),
        unchangeable=_lacking(granted, {"update"}),
        unclearable=_lacking(granted, {"delete"}),
    )


def _key_owners(schema: Schema, model: ModelType) -> dict[str, str]:
    """Return the relation field that each generated key of a model was made for, where the model has one."""
    return {
        name: link.child_fields[0]
        for link in schema.links_from(model.name)
        if link.child_fields
        for name in link.reference_fields
        if _is_generated(model.find_field(name))
    }


def _is_generated(field: ModelField | None) -> bool:
    return field is not None and field.origin is FieldOrigin.FOREIGN_KEY


def _lacking(granted: Mapping[str, Operations], any_of: Collection[str]) -> frozenset[str]:
    """Return the fields that none of the operations is granted for."""
    return frozenset(name for name, operations in granted.items() if not operations & set(any_of))
