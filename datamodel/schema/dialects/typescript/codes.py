"""The codes of problems in TypeScript schemas; stable, as scripts and documentation refer to them."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Code"]


class Code(StrEnum):
    """Codes in the order of reading: text, values, builders, types, models, relationships; warnings."""

    SYNTAX = "schema.E200"
    NOT_CONSTANT = "schema.E201"
    TOO_LARGE = "schema.E202"
    NO_SCHEMA = "schema.E203"
    UNKNOWN_SELECTION = "schema.E204"
    UNKNOWN_BUILDER = "schema.E205"
    UNKNOWN_METHOD = "schema.E206"
    BAD_ARGUMENT = "schema.E207"
    NOT_A_BUILDER = "schema.E208"
    BAD_NAME = "schema.E209"
    DUPLICATE_TYPE = "schema.E210"
    BAD_ENUM = "schema.E211"
    UNKNOWN_REF = "schema.E212"
    REF_OF_WRONG_KIND = "schema.E213"
    BAD_IDENTIFIER = "schema.E214"
    NO_AUTHORIZATION = "schema.E215"
    BAD_RULE = "schema.E216"
    RULE_FIELD_CONFLICT = "schema.E217"
    BAD_DEFAULT = "schema.E218"
    UNKNOWN_OPERATION = "schema.E219"
    UNKNOWN_MODEL = "schema.E220"
    AMBIGUOUS_RELATION = "schema.E221"
    BAD_CUSTOM_OPERATION = "schema.E222"

    OTHER_SCHEMAS = "schema.W251"
    HANDLERS_NOT_RUN = "schema.W252"
    IDENTIFIER_IGNORED = "schema.W253"
    INDEX_IGNORED = "schema.W254"
    DUPLICATE_KEY = "schema.W255"
