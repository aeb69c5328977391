"""Every code a schema problem can have. Codes are stable: scripts and documentation refer to them."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Code"]


class Code(StrEnum):
    """Codes by subject: text, directives, names and types, keys, relationships, values, options; warnings; notes."""

    SYNTAX = "schema.E001"
    TOO_LARGE = "schema.E002"
    EMPTY = "schema.E003"
    NOT_A_DEFINITION = "schema.E004"

    UNKNOWN_DIRECTIVE = "schema.E010"
    MISPLACED_DIRECTIVE = "schema.E011"
    REPEATED_DIRECTIVE = "schema.E012"
    BAD_ARGUMENT = "schema.E013"
    MIXED_DIALECTS = "schema.E014"
    NEEDS_MODEL = "schema.E015"

    DUPLICATE_TYPE = "schema.E020"
    DUPLICATE_FIELD = "schema.E021"
    UNKNOWN_TYPE = "schema.E022"
    UNSUITABLE_TYPE = "schema.E023"
    RESERVED_NAME = "schema.E024"
    BAD_NAME = "schema.E025"
    NAME_CLASH = "schema.E026"
    BAD_TEXT = "schema.E027"

    KEY_FIELD_UNKNOWN = "schema.E030"
    KEY_FIELD_UNSUITABLE = "schema.E031"
    KEY_FIELD_NULLABLE = "schema.E032"
    KEY_REPEATED = "schema.E033"
    INDEX_NAME = "schema.E034"
    INDEX_NEEDS_SORT = "schema.E035"

    RELATION_TARGET = "schema.E040"
    RELATION_SHAPE = "schema.E041"
    RELATION_INDEX = "schema.E042"
    RELATION_FIELDS = "schema.E043"
    RELATION_FIELD_TYPE = "schema.E044"
    RELATION_COUNTERPART = "schema.E045"
    RELATION_REFERENCES = "schema.E046"
    MANY_TO_MANY = "schema.E047"
    CONNECTION_NAME = "schema.E048"

    DEFAULT_VALUE = "schema.E050"
    AUTH_RULE = "schema.E051"
    MODEL_ARGUMENT = "schema.E052"

    UNKNOWN_LINK = "schema.E060"
    IMPOSSIBLE_POLICY = "schema.E061"

    NO_MODELS = "schema.W001"
    IGNORED_DIRECTIVE = "schema.W002"
    UNRESOLVED_FIELD = "schema.W003"
    GENERATED_NAME = "schema.W004"
    IGNORED_DEFINITION = "schema.W005"
    UNENFORCEABLE = "schema.W006"
    OWN_CONNECTION = "schema.W007"
    OWN_OPERATION = "schema.W008"
    UNENFORCED_RULE = "schema.W009"

    CLOSED = "schema.N001"
    OPENED = "schema.N002"
