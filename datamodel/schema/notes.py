"""What the rules, or the lack of them, mean to public API keys: what is closed, what is open, each with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem, Severity
from datamodel.schema.grants import READS, model_rules, public_grants
from datamodel.schema.ir import ModelType, Schema
from datamodel.schema.rules.findings import quoted
from datamodel.schema.source import Location

__all__ = ["closed_notes", "has_models_without_rules", "opened_notes"]

SHOWN = 100
CLOSED = "Closed to public API keys"

NO_RULE = (
    "no rule says who may use them",
    "Add '@auth(rules: [{ allow: public }])', or open all models without rules with '--open' or the upload's option.",
)
OTHER_RULES = (
    "their rules are of kinds that let no key in",
    "Use keys of scope 'full' on servers, or add a rule for 'public'.",
)
SANDBOX = (
    "they have no rules and the schema is applied as open",
    "Whoever has a key may read and change them. '--no-open', or the option of the upload, closes them.",
)
OWN_RULES = (
    "their own rules let no public key read them",
    "They are null to public keys. Add a rule for 'public' to the field, or use keys of scope 'full'.",
)


def closed_notes(schema: Schema) -> tuple[Problem, ...]:
    """Return a note per reason for which models or fields of a normalised schema are closed to public keys."""
    grants = {model.name: public_grants(schema, model) for model in schema.models}
    closed = [model for model in schema.models if not grants[model.name].operations]
    ruled = [model for model in closed if is_ruled(schema, model)]
    unruled = [model for model in closed if not is_ruled(schema, model)]
    fields = [
        (f"{model.name}.{name}", model.field(name).location)
        for model in schema.models
        if grants[model.name].operations & READS
        for name in sorted(grants[model.name].hidden)
    ]
    return (
        *_note(Code.CLOSED, CLOSED, [(m.name, m.location) for m in unruled], NO_RULE),
        *_note(Code.CLOSED, CLOSED, [(m.name, m.location) for m in ruled], OTHER_RULES),
        *_note(Code.CLOSED, "Kept from public API keys", fields, OWN_RULES),
    )


def opened_notes(schema: Schema) -> tuple[Problem, ...]:
    """Return a note of the models that are open only because the schema is applied as open."""
    found = [(m.name, m.location) for m in schema.models if not is_ruled(schema, m)]
    return tuple(_note(Code.OPENED, "Open to public API keys", found, SANDBOX))


def has_models_without_rules(schema: Schema) -> bool:
    """Return whether there is a model that no rule says anything about."""
    return any(not is_ruled(schema, model) for model in schema.models)


def is_ruled(schema: Schema, model: ModelType) -> bool:
    """Return whether any rule holds for the model or a field of it."""
    return bool(model_rules(schema, model)) or any(field.auth is not None for field in model.fields)


def _note(
    code: Code, what: str, found: Sequence[tuple[str, Location | None]], reason: tuple[str, str]
) -> Iterator[Problem]:
    if not found:
        return
    why, hint = reason
    names = [name for name, _ in found]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    at = next((location for _, location in found if location), None)
    message = f"{what}, because {why}: {quoted(names[:SHOWN])}{more}."
    yield Problem(code, message, hint, at, Severity.NOTE)
