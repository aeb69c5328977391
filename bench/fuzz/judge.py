"""What an answer may look like, whatever was sent."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["fault"]

ALLOWED = frozenset({200, 204, 400, 401, 404, 405, 406, 413, 415, 429})
ENTRY = {"message", "errorType", "errorInfo", "data", "path", "locations"}
LEAKS = re.compile(
    r"Traceback|File \"|/site-packages|django|psycopg|sqlite|graphene|SELECT |INSERT |UPDATE |DELETE FROM|data_|joinery_|"
    r"Exception\b(?<!BadRequestException)(?<!RequestException)|object at 0x|<class|SECRET|Error:(?! )|KeyError|TypeError|ValueError",
)


def fault(status: int, headers: dict[str, str], body: bytes) -> str:
    """Return what is wrong with an answer, nothing where it is as it should be."""
    if status not in ALLOWED:
        return f"status {status}"
    if not body:
        return "" if status == 204 else f"no body with {status}"
    if "json" not in headers.get("content-type", ""):
        return f"content type {headers.get('content-type')}"
    try:
        answer = json.loads(body)
    except ValueError:
        return "the body is not JSON"
    for one in answer if isinstance(answer, list) else [answer]:
        if found := wrong_entries(one):
            return found
    return ""


def wrong_entries(answer: Any) -> str:
    """Return what is wrong with the errors of an answer."""
    errors = answer.get("errors", ()) if isinstance(answer, dict) else None
    if errors is None or ("data" not in answer and not errors):
        return "neither data nor errors"
    for error in errors:
        if set(error) != ENTRY:
            return f"an entry has {sorted(error)}"
        if error["errorType"] == "InternalFailure":
            return f"an internal failure: {error['errorInfo']}"
        if found := LEAKS.search(error["message"]):
            return f"a message tells of '{found.group()}': {error['message'][:200]}"
    return ""
