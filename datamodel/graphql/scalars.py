"""The scalars of AppSync as graphene types. The five of GraphQL itself are graphene's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from graphql.language import FloatValueNode, IntValueNode, StringValueNode

from datamodel.modelgen.values import parse_scalar

__all__ = ["SCALAR_TYPES", "build_operator_scalar"]


# graphene is not typed.
class AmplifyScalar(graphene.Scalar):  # type: ignore[misc]
    """A scalar whose values are checked by `parse_scalar` and stored and answered exactly as sent."""

    class Meta:
        abstract = True

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @classmethod
    def parse_value(cls, value: Any) -> Any:
        try:
            parse_scalar(cls._meta.name, value)
        except ValueError as error:
            raise GraphQLError(str(error)) from error
        return value

    @classmethod
    def parse_literal(cls, node: ValueNode, _variables: Any = None) -> Any:
        return cls.parse_value(literal_value(cls._meta.name, node))


def literal_value(scalar: str, node: ValueNode) -> Any:
    """Return what a literal in a document says; raise GraphQLError where no scalar is written like that."""
    if isinstance(node, StringValueNode):
        return node.value
    if isinstance(node, IntValueNode):
        return int(node.value)
    if isinstance(node, FloatValueNode):
        return float(node.value)
    raise GraphQLError(f"Expected a value of type '{scalar}'.", node)


def build_scalar(name: str, description: str) -> Any:
    """Return the graphene type of one AWS scalar."""
    meta = {"name": name, "description": description}
    return type(name, (AmplifyScalar,), {"Meta": type("Meta", (), meta)})


class OperatorScalar(graphene.Scalar):  # type: ignore[misc]
    """The operators of an enum field where the official API names their input without defining it."""

    class Meta:
        abstract = True

    @staticmethod
    def serialize(value: Any) -> Any:
        return value

    @classmethod
    def parse_value(cls, value: Any) -> Any:
        if not isinstance(value, Mapping) or not all(map(is_operation, value, value.values())):
            raise GraphQLError(f"'{cls._meta.name}' takes {', '.join(sorted(ENUM_OPERATORS))}.")
        return value

    @classmethod
    def parse_literal(cls, node: ValueNode, variables: Any = None) -> Any:
        return cls.parse_value(value_from_ast_untyped(node, variables))


ENUM_OPERATORS = frozenset({"eq", "ne", "contains", "notContains"})


def is_operation(operator: Any, operand: Any) -> bool:
    """Return whether an enum field can be compared like that: with a value, or as a list with a list."""
    if isinstance(operand, list) and operator in {"eq", "ne"}:
        return all(isinstance(item, str) for item in operand)
    return operator in ENUM_OPERATORS and (operand is None or isinstance(operand, str))


def build_operator_scalar(name: str) -> Any:
    """Return a type for an input that nobody defines."""
    return type(name, (OperatorScalar,), {"Meta": type("Meta", (), {"name": name})})


AWS_SCALARS = {
    "AWSDate": "A date, YYYY-MM-DD, with an optional offset.",
    "AWSTime": "A time, hh:mm:ss.sss, with an optional offset.",
    "AWSDateTime": "A date and time with an offset, YYYY-MM-DDThh:mm:ss.sssZ.",
    "AWSTimestamp": "A number of seconds (in DataStore's metadata: milliseconds) since 1970.",
    "AWSEmail": "An e-mail address.",
    "AWSJSON": "A JSON document, as text.",
    "AWSURL": "A URL.",
    "AWSPhone": "A phone number.",
    "AWSIPAddress": "An IPv4 or IPv6 address.",
}

SCALAR_TYPES: dict[str, Any] = {
    "ID": graphene.ID,
    "String": graphene.String,
    "Int": graphene.Int,
    "Float": graphene.Float,
    "Boolean": graphene.Boolean,
    **{name: build_scalar(name, description) for name, description in AWS_SCALARS.items()},
}
"""Every scalar of the API by name."""
