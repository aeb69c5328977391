"""The GraphQL dialects of Amplify: version 1 (``@key``, ``@connection``) and version 2."""

from __future__ import annotations

from collections.abc import Sequence

from graphql import language as ast

from datamodel.schema.dialect import Dialect
from datamodel.schema.dialects.graphql_sdl.auth import read_global_auth
from datamodel.schema.dialects.graphql_sdl.custom import read_custom_operations
from datamodel.schema.dialects.graphql_sdl.document import Document, TooManyProblemsError, read_document
from datamodel.schema.dialects.graphql_sdl.models import read_custom_type, read_enum, read_model
from datamodel.schema.dialects.graphql_sdl.usage import check_directives, choose_dialect
from datamodel.schema.dialects.result import ParseResult
from datamodel.schema.ir import Schema
from datamodel.schema.source import Source

__all__ = ["read_sdl"]


def read_sdl(
    sources: Sequence[Source], dialect: Dialect | None = None, told_by: str | None = None
) -> ParseResult:
    """Read GraphQL texts into a raw schema; the directives decide where ``dialect`` is None.

    ``told_by`` names what tells the dialect; then all is refused that the official transformer refuses.
    """
    document = Document()
    try:
        read_document(sources, document)
        schema = _read(document, dialect, told_by) if document.definitions else None
    except TooManyProblemsError:
        schema = None
    return ParseResult(schema, tuple(document.problems))


def _read(document: Document, dialect: Dialect | None, told_by: str | None) -> Schema:
    dialect = dialect or choose_dialect(document)
    check_directives(document, dialect, told_by)
    return Schema(
        dialect=dialect,
        models=tuple(
            read_model(node, document) for node in document.objects() if node.name.value in document.models
        ),
        enums=tuple(
            read_enum(node, document)
            for node in document.definitions.values()
            if isinstance(node, ast.EnumTypeDefinitionNode)
        ),
        custom_types=tuple(
            read_custom_type(node, document)
            for node in document.objects()
            if node.name.value not in document.models
        ),
        custom_operations=read_custom_operations(document),
        global_auth=read_global_auth(document),
    )
