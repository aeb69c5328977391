"""The errors of the API and their shape on the wire: `errorType`, `errorInfo` and `data` beside `message`."""
# ruff: noqa: N818  the names say what happened

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError

from datamodel.graphql.deadlines import is_ended

__all__ = [
    "TOOK_TOO_LONG",
    "ApiError",
    "BadRequest",
    "FieldsUnauthorized",
    "InvalidArguments",
    "LimitExceeded",
    "Unauthorized",
    "error_entry",
    "plain_entry",
]

logger = logging.getLogger(__name__)


class ApiError(Exception):
    """An error that a client may read. ``error_type`` is what Amplify clients look at."""

    error_type: str | None = "InternalFailure"

    def __init__(
        self, message: str, *, error_type: str | None = None, info: Any = None, data: Any = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error_type = error_type or type(self).error_type
        self.info = info
        self.data = data


class BadRequest(ApiError):
    """What was sent is no request we can read, or a page token that is not ours."""

    error_type = "BadRequestException"


class InvalidArguments(ApiError):
    """Key arguments that do not go together."""

    error_type = "InvalidArgumentsError"


class LimitExceeded(ApiError):
    """A limit of `limits.py` was passed."""

    error_type = "LimitExceeded"


class Unauthorized(ApiError):
    """The caller's key may not do this."""

    error_type = "Unauthorized"

    def __init__(self, field: str, type_name: str) -> None:
        super().__init__(f"Not Authorized to access {field} on type {type_name}")


class FieldsUnauthorized(ApiError):
    """The caller's key may not name these fields: to write them, to filter or to sort by them."""

    error_type = "Unauthorized"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"Unauthorized on [{', '.join(names)}]")


TOOK_TOO_LONG = "The database took too long. Ask for less."
"""What is told of a statement that was ended."""

NULL_IN_REQUIRED = re.compile(
    r"^Cannot return null for non-nullable field (?P<parent>\w+)\.(?P<field>\w+)\.$"
)


def plain_entry(
    message: str,
    error_type: str | None,
    *,
    info: Any = None,
    data: Any = None,
    path: Sequence[str | int] | None = None,
    locations: Sequence[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Return an entry of ``errors`` in the one shape they all have."""
    return {
        "message": message,
        "errorType": error_type,
        "errorInfo": info,
        "data": data,
        "path": list(path) if path is not None else None,
        "locations": list(locations) if locations is not None else None,
    }


def error_entry(error: GraphQLError) -> dict[str, Any]:
    """Return the entry of an error met while executing."""
    locations = [{"line": at.line, "column": at.column, "sourceName": None} for at in error.locations or ()]
    where: dict[str, Any] = {"path": error.path, "locations": locations}
    original = error.original_error
    if isinstance(original, ApiError):
        return plain_entry(
            original.message, original.error_type, info=original.info, data=original.data, **where
        )
    if original is None or isinstance(original, GraphQLError):
        return plain_entry(null_message(error), None, **where)
    if is_ended(original):
        return plain_entry(TOOK_TOO_LONG, LimitExceeded.error_type, **where)
    if match := NULL_IN_REQUIRED.match(str(original)):
        return plain_entry(describe_null(match, error), None, **where)
    return internal_entry(original, **where)


def null_message(error: GraphQLError) -> str:
    match = NULL_IN_REQUIRED.match(error.message)
    return describe_null(match, error) if match else error.message


def describe_null(match: re.Match[str], error: GraphQLError) -> str:
    """Return AppSync's wording, which DataStore recognises."""
    path = "/".join(str(part) for part in error.path or ())
    return f"Cannot return null for non-nullable type: '{match['field']}' within parent '{match['parent']}' (/{path})"


def internal_entry(original: BaseException, **where: Any) -> dict[str, Any]:
    """Log an unexpected exception and return an entry that tells nothing but where to look for it."""
    error_id = str(uuid.uuid4())
    logger.error("GraphQL error %s", error_id, exc_info=original)
    return plain_entry("Internal error", "InternalFailure", info={"errorId": error_id}, **where)
