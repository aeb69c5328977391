"""Free texts of a schema: every database keeps them."""

from __future__ import annotations

from collections.abc import Iterator

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import AuthRule, CustomType, ModelType, Schema
from datamodel.schema.rules.findings import error
from datamodel.schema.source import Location

__all__ = ["check_texts"]

Text = tuple[str | None, str, Location | None]


def check_texts(schema: Schema) -> Iterator[Problem]:
    """Report texts with the character NUL, which PostgreSQL cannot keep."""
    for text, what, at in (*_descriptions(schema), *_auth_texts(schema)):
        if text is not None and "\0" in text:
            message = f"{what} holds the character NUL (U+0000), which cannot be stored."
            yield error(Code.BAD_TEXT, message, "Remove it.", at)


def _descriptions(schema: Schema) -> Iterator[Text]:
    types: list[ModelType | CustomType] = [*schema.models, *schema.custom_types]
    for holder in types:
        yield holder.description, f"The description of '{holder.name}'", holder.location
        for item in holder.fields:
            yield item.description, f"The description of '{holder.name}.{item.name}'", item.location
    for enum in schema.enums:
        yield enum.description, f"The description of enum '{enum.name}'", enum.location
        for value in enum.values:
            yield value.description, f"The description of '{enum.name}.{value.name}'", enum.location


def _auth_texts(schema: Schema) -> Iterator[Text]:
    if schema.global_auth is not None:
        yield from _of_rule(schema.global_auth, "the whole schema", schema.global_auth.location)
    for model in schema.models:
        for rule in model.auth or ():
            yield from _of_rule(rule, f"'{model.name}'", rule.location or model.location)
        for item in model.fields:
            for rule in item.auth or ():
                yield from _of_rule(rule, f"'{model.name}.{item.name}'", rule.location or item.location)


def _of_rule(rule: AuthRule, label: str, at: Location | None) -> Iterator[Text]:
    for text in (*(rule.groups or ()), rule.identity_claim, rule.group_claim):
        yield text, f"An auth rule of {label}", at
