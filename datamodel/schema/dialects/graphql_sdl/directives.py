"""The directives a GraphQL schema may use: where, with which arguments, and in which dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from datamodel.schema.dialects.graphql_sdl.nodes import Word
from datamodel.schema.ir import Dialect

__all__ = ["DIRECTIVES", "IGNORED", "Argument", "DirectiveRule"]

TYPE = "type"
FIELD = "field"


def _is_text(value: Any) -> bool:
    """Only text in quotes will do."""
    return isinstance(value, str) and not isinstance(value, Word)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument's kind: ``text``, ``texts``, ``int``, ``object``, ``objects``, ``map`` or ``word``."""

    kind: str
    is_required: bool = False
    is_required_officially: bool = False
    """The official transformer insists; Joinery does where a project of its version is told."""

    def accepts(self, value: Any) -> bool:
        """Say whether a plain value fits; null always does where the argument is optional."""
        if value is None:
            return not self.is_required
        match self.kind:
            case "text":
                return _is_text(value)
            case "word":
                return isinstance(value, str)
            case "int":
                return isinstance(value, int) and not isinstance(value, bool)
            case "texts":
                items = [value] if isinstance(value, str) else value
                return isinstance(items, list) and all(map(_is_text, items))
            case "objects":
                items = [value] if isinstance(value, dict) else value
                return isinstance(items, list) and all(isinstance(item, dict) for item in items)
            case _:
                return isinstance(value, dict)

    @property
    def wanted(self) -> str:
        """What the argument takes, in words."""
        return {
            "text": "a text in quotes",
            "word": "a word",
            "int": "a whole number",
            "texts": "a list of texts in quotes",
            "objects": "a list of objects",
        }.get(self.kind, "an object")


@dataclass(frozen=True, slots=True)
class DirectiveRule:
    """How a directive that Joinery reads may be used."""

    places: frozenset[str]
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    dialect: Dialect | None = None
    """The only dialect that has it; None for both."""
    is_repeatable: bool = False
    needs_model: bool = False


def _rule(
    *places: str, dialect: Dialect | None = None, repeats: bool = False, model: bool = True, **kinds: str
) -> DirectiveRule:
    """Build a rule; a kind that ends in ``!`` is required, one that ends in ``?`` officially so."""
    given = {
        name: Argument(kind.rstrip("!?"), kind.endswith("!"), kind.endswith("?"))
        for name, kind in kinds.items()
    }
    return DirectiveRule(frozenset(places), given, dialect, repeats, model)


DIRECTIVES: Mapping[str, DirectiveRule] = {
    "model": _rule(
        TYPE, model=False, queries="object", mutations="object", subscriptions="object", timestamps="object"
    ),
    "auth": _rule(TYPE, FIELD, model=False, rules="objects!"),
    "key": _rule(TYPE, dialect=Dialect.V1, repeats=True, name="text", fields="texts!", queryField="text"),
    "connection": _rule(
        FIELD,
        dialect=Dialect.V1,
        name="text",
        keyField="text",
        sortField="text",
        keyName="text",
        limit="int",
        fields="texts",
    ),
    "versioned": _rule(TYPE, dialect=Dialect.V1, versionField="text", versionInput="text"),
    "primaryKey": _rule(FIELD, dialect=Dialect.V2, sortKeyFields="texts"),
    "index": _rule(
        FIELD, dialect=Dialect.V2, repeats=True, name="text", sortKeyFields="texts", queryField="text"
    ),
    "hasOne": _rule(FIELD, dialect=Dialect.V2, fields="texts", references="texts"),
    "hasMany": _rule(
        FIELD, dialect=Dialect.V2, indexName="text", fields="texts", references="texts", limit="int"
    ),
    "belongsTo": _rule(FIELD, dialect=Dialect.V2, fields="texts", references="texts"),
    "manyToMany": _rule(FIELD, dialect=Dialect.V2, relationName="text?", limit="int"),
    "default": _rule(FIELD, dialect=Dialect.V2, value="text!"),
    "validate": _rule(
        FIELD,
        dialect=Dialect.V2,
        repeats=True,
        model=False,
        type="word!",
        value="text!",
        errorMessage="text",
    ),
    "deprecated": _rule(FIELD, "enum value", "argument", "input field", model=False, reason="text"),
}
"""The directives that are read."""

IGNORED: Mapping[str, str] = {
    "function": "Joinery runs no functions: an operation answers an error, a field what is stored.",
    "http": "Joinery calls no other servers: an operation answers an error, a field what is stored.",
    "predictions": "Joinery has no predictions: the operation answers an error.",
    "conversation": "Joinery calls no AI model: the operation answers an error.",
    "generation": "Joinery calls no AI model: the operation answers an error.",
    "searchable": "There is no search index; filters of the list queries work on every field.",
    "sql": "Joinery runs no SQL of a schema: the operation answers an error.",
    "mapsTo": "Joinery names its tables itself.",
    "refersTo": "Joinery names its tables and columns itself.",
    "ttl": "Records do not expire.",
    "aws_subscribe": "Subscriptions of your own are in the API and send nothing.",
    "aws_auth": "Access follows the '@auth' rules.",
    "aws_api_key": "Access follows the '@auth' rules.",
    "aws_iam": "Access follows the '@auth' rules.",
    "aws_oidc": "Access follows the '@auth' rules.",
    "aws_lambda": "Access follows the '@auth' rules.",
    "aws_cognito_user_pools": "Access follows the '@auth' rules.",
}
"""Directives that are accepted and do nothing, with what that means."""
