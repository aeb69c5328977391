"""The codes of problems in TypeScript schemas; stable, as scripts and documentation refer to them."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Code"]


class Code(StrEnum):
    """Codes in the order of reading: text, values, builders, types, models, operations; warnings."""

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
    BAD_DEFAULT = "schema.E212"
    BAD_IDENTIFIER = "schema.E213"
    UNKNOWN_OPERATION = "schema.E214"
    BAD_RULE = "schema.E215"
    RULE_FIELD_CONFLICT = "schema.E216"
    BAD_CUSTOM_OPERATION = "schema.E217"

    OTHER_SCHEMAS = "schema.W251"
    HANDLERS_NOT_RUN = "schema.W252"
    IDENTIFIER_LIST = "schema.W253"
    DUPLICATE_KEY = "schema.W254"
    RESOURCE_RULE = "schema.W255"
