"""HTTP around GraphQL: headers, content types, credentials, refusals, CORS."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

from datamodel.graphql.errors import plain_entry
from datamodel.graphql.rates import rates
from datamodel.limits import get_rate, is_on

__all__ = [
    "JSON_TYPE",
    "Headers",
    "HttpRefusal",
    "Response",
    "allowed_methods",
    "check_rate",
    "choose_content_type",
    "cors_headers",
    "credential",
    "preflight",
    "require_json",
]

JSON_TYPE = "application/json; charset=utf-8"
GRAPHQL_TYPE = "application/graphql-response+json; charset=utf-8"

REQUEST_HEADERS = (
    "authorization",
    "content-type",
    "x-api-key",
    "x-amz-user-agent",
    "x-amz-date",
    "x-amz-security-token",
)
"""What Amplify clients send; a browser may ask for others on top."""

EXPOSED_HEADERS = "x-amzn-errortype, x-amzn-requestid"
HEADER_NAME = re.compile(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")


class Headers:
    """A request's headers, whatever their case."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self.values: dict[str, list[str]] = {}
        for name, value in raw:
            self.values.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))

    def get(self, name: str) -> str:
        """Return the value of a header, empty where it is missing."""
        return ", ".join(self.values.get(name, ()))

    def all(self, name: str) -> list[str]:
        return self.values.get(name, [])

    @property
    def content_length(self) -> int:
        text = self.get("content-length")
        return int(text) if text.isdecimal() and len(text) < 20 else 0


@dataclass(frozen=True, slots=True)
class Response:
    """An answer, ready to be sent."""

    status: int
    body: bytes
    content_type: str = JSON_TYPE
    headers: Mapping[str, str] = field(default_factory=dict)


class HttpRefusal(Exception):  # noqa: N818  says what happened
    """A request that is refused before GraphQL sees it."""

    def __init__(
        self,
        status: int,
        error_type: str,
        message: str,
        *,
        allow: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        headers = {"x-amzn-errortype": error_type}
        if allow is not None:
            headers["Allow"] = allow
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        body = json.dumps({"errors": [plain_entry(message, error_type)]}).encode()
        self.response = Response(status, body, JSON_TYPE, headers)


def require_json(headers: Headers) -> None:
    """Refuse any body but JSON in UTF-8, not compressed: forms could be sent by any page."""
    media, _, parameters = headers.get("content-type").partition(";")
    charset = re.search(r'charset\s*=\s*"?([\w-]+)', parameters, re.IGNORECASE)
    if media.strip().lower() != "application/json" or (
        charset and charset[1].lower() not in {"utf-8", "utf8"}
    ):
        raise HttpRefusal(415, "UnsupportedMediaType", "Send application/json in UTF-8.")
    if headers.get("content-encoding").strip().lower() not in {"", "identity"}:
        raise HttpRefusal(415, "UnsupportedMediaType", "Send the body without a Content-Encoding.")


def choose_content_type(headers: Headers) -> str:
    """Return the content type of the answer; refuse a client that accepts none we have."""
    accept = headers.get("accept").strip()
    if not accept:
        return JSON_TYPE
    best, best_quality = None, 0.0
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        offered = {
            "application/json": JSON_TYPE,
            "application/graphql-response+json": GRAPHQL_TYPE,
            "application/*": JSON_TYPE,
            "*/*": JSON_TYPE,
        }.get(media)
        quality = read_quality(parameters)
        if offered is not None and quality > best_quality:
            best, best_quality = offered, quality
    if best is None:
        raise HttpRefusal(
            406, "NotAcceptable", "Accept application/json or application/graphql-response+json."
        )
    return best


def read_quality(parameters: Iterable[str]) -> float:
    """Return the weight an Accept entry gives its type; 1 where it says nothing sensible."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q" and re.fullmatch(r"[01](\.\d{0,3})?", value.strip()):
            return float(value)
    return 1.0


def credential(headers: Headers) -> str | None:
    """Return the API key; refuse a request with two credentials."""
    keys = headers.all("x-api-key")
    if len(keys) > 1 or (keys and headers.all("authorization")):
        raise HttpRefusal(401, "UnauthorizedException", "Send one credential, not several.")
    return keys[0].strip() if keys else None


def cors_headers(headers: Headers) -> dict[str, str]:
    """Return what lets a page of an allowed origin read the answer."""
    origin = headers.get("origin")
    allowed = getattr(settings, "CORS_ALLOWED_ORIGINS", [])
    if not origin or origin not in allowed:
        return {"Vary": "Origin"}
    return {
        "Vary": "Origin",
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": EXPOSED_HEADERS,
    }


def allowed_methods() -> str:
    """Return the methods that the endpoint takes."""
    return "GET, POST, OPTIONS" if is_on("GRAPHQL_ALLOW_GET") else "POST, OPTIONS"


def check_rate(subject: str) -> None:
    """Count a call; refuse it where ``RATE_LIMIT`` is passed."""
    rate = get_rate("RATE_LIMIT")
    if not rate:
        return
    wait = rates().spend(subject, rate)
    if wait > 0:
        raise HttpRefusal(
            429, "TooManyRequestsException", "Too many requests. Wait a moment.", retry_after=math.ceil(wait)
        )


def preflight(headers: Headers) -> Response:
    """Answer a browser that asks before it sends."""
    asked = [name.strip().lower() for name in headers.get("access-control-request-headers").split(",")]
    others = [name for name in asked if HEADER_NAME.match(name) and name not in REQUEST_HEADERS]
    allow = {"Allow": allowed_methods()}
    if "Access-Control-Allow-Origin" in cors_headers(headers):
        allow |= {
            "Access-Control-Allow-Methods": allowed_methods(),
            "Access-Control-Allow-Headers": ", ".join([*REQUEST_HEADERS, *others[:50]]),
            "Access-Control-Max-Age": "600",
        }
    return Response(204, b"", JSON_TYPE, allow)
