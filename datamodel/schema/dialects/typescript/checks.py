"""Rules on relationships that only Gen 2 has; the rest are the rules of all reference relationships."""

from __future__ import annotations

from datamodel.schema.dialects.typescript.codes import Code
from datamodel.schema.dialects.typescript.findings import (
    Findings,
)
from datamodel.schema.ir import ModelField, ModelType, RelationKind, Schema

PARENT_KINDS = (RelationKind.HAS_ONE, RelationKind.HAS_MANY)


def check_relations(schema: Schema, findings: Findings) -> None:
    """Report relationship fields that pair with more than one field on the other side."""
    for model in schema.models:
        for field in model.fields:
            if field.declared_relation is not None:
                _check_pairing(schema, model, field, findings)


def _check_pairing(schema: Schema, model: ModelType, field: ModelField, findings: Findings) -> None:
    other = schema.find_model(field.type.name)
    if other is None:
        return
    partners = [candidate for candidate in other.fields if _are_partners(model, field, candidate)]
    if len(partners) < 2:
        return
    names = " and ".join(f"'{other.name}.{partner.name}'" for partner in partners)
    findings.error(
        Code.AMBIGUOUS_RELATION,
        f"'{model.name}.{field.name}' pairs with {names}, which name the same reference fields.",
        "Give each relationship reference fields of its own.",
        field.location,
    )


def _are_partners(model: ModelType, field: ModelField, candidate: ModelField) -> bool:
    mine, theirs = field.declared_relation, candidate.declared_relation
    if mine is None or theirs is None or candidate.type.name != model.name:
        return False
    is_opposite = (mine.kind in PARENT_KINDS) != (theirs.kind in PARENT_KINDS)
    return is_opposite and mine.references == theirs.references
