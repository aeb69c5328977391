"""``@model(queries:, mutations:, subscriptions:, timestamps:)``: known operations, usable names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from datamodel.schema.codes import Code
from datamodel.schema.errors import Problem
from datamodel.schema.ir import ModelType, Schema
from datamodel.schema.rules.findings import error, quoted
from datamodel.schema.suggest import did_you_mean

__all__ = ["check_model_arguments"]

KEYS: Mapping[str, tuple[str, ...]] = {
    "queries": ("get", "list", "sync"),
    "mutations": ("create", "update", "delete"),
    "subscriptions": ("onCreate", "onUpdate", "onDelete", "level"),
    "timestamps": ("createdAt", "updatedAt"),
}
LEVELS = ("off", "public", "on")
NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*\Z", re.ASCII)


def check_model_arguments(schema: Schema) -> Iterator[Problem]:
    """Report operations that do not exist and names that cannot be used."""
    for model in schema.models:
        for argument, value in model.model_arguments:
            if argument in KEYS and isinstance(value, Mapping):
                for key, name in value.items():
                    yield from _check_entry(model, argument, key, name)


def _check_entry(model: ModelType, argument: str, key: str, value: Any) -> Iterator[Problem]:
    known = KEYS[argument]
    at = model.location
    if key not in known:
        message = f"'{argument}' of model '{model.name}' has no '{key}'."
        yield error(Code.MODEL_ARGUMENT, message, did_you_mean(key, known) or f"It has {quoted(known)}.", at)
    elif key == "level":
        if value is not None and value not in LEVELS:
            message = f"Subscription level '{value}' of model '{model.name}' is unknown."
            yield error(Code.MODEL_ARGUMENT, message, f"Use one of {quoted(LEVELS)}.", at)
    else:
        names = value if argument == "subscriptions" and isinstance(value, list) else [value]
        for name in names:
            if name is not None and not (isinstance(name, str) and NAME.match(name)):
                message = f"'{argument}.{key}' of model '{model.name}' is not a name: {name!r}."
                yield error(Code.MODEL_ARGUMENT, message, "Use letters, digits and '_', or null.", at)
