"""Every name the API generates, one function each. Operation names come from the schema's `ModelOperations`."""

from __future__ import annotations

from datamodel.schema.ir import Dialect
from datamodel.schema.naming import camel_case, lower_first, upper_first

__all__ = [
    "PRIMARY_KEY",
    "camel_case",
    "composite_key_condition_input",
    "composite_key_input",
    "condition_input",
    "connection_type",
    "create_input",
    "delete_input",
    "embedded_input",
    "enum_list_input",
    "filter_input",
    "key_condition_input",
    "lower_first",
    "made_by_model",
    "operator_input",
    "subscription_filter_input",
    "subscription_operator_input",
    "update_input",
    "upper_first",
]


def made_by_model(model: str, generation: Dialect) -> str:
    """Return the model's name as it appears inside the types that the model itself gives rise to."""
    return model if generation is Dialect.V1 else upper_first(model)


def connection_type(model: str) -> str:
    return f"Model{model}Connection"


def filter_input(model: str) -> str:
    return f"Model{model}FilterInput"


def condition_input(model: str) -> str:
    return f"Model{model}ConditionInput"


def subscription_filter_input(model: str) -> str:
    return f"ModelSubscription{upper_first(model)}FilterInput"


def create_input(model: str) -> str:
    return f"Create{upper_first(model)}Input"


def update_input(model: str) -> str:
    return f"Update{upper_first(model)}Input"


def delete_input(model: str) -> str:
    return f"Delete{upper_first(model)}Input"


def embedded_input(custom_type: str) -> str:
    """Return the input type of an embedded (non-model) type."""
    return f"{upper_first(custom_type)}Input"


def operator_input(kind: str) -> str:
    """Return the filter input of a scalar kind or an enum: ``ModelStringInput``, ``ModelStatusInput``."""
    return f"Model{kind}Input"


def enum_list_input(enum: str) -> str:
    return f"Model{enum}ListInput"


def subscription_operator_input(kind: str) -> str:
    return f"ModelSubscription{kind}Input"


def key_condition_input(kind: str) -> str:
    return f"Model{kind}KeyConditionInput"


def composite_key_input(model: str, key: str) -> str:
    return f"Model{model}{upper_first(key)}CompositeKeyInput"


def composite_key_condition_input(model: str, key: str) -> str:
    return f"Model{model}{upper_first(key)}CompositeKeyConditionInput"


PRIMARY_KEY = "Primary"
"""What a composite key input calls the primary key."""
