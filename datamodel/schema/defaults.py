"""The texts that ``@default(value:)`` may carry for each scalar, and their plain form."""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from urllib.parse import urlsplit

__all__ = ["is_valid_default", "plain_default"]

WHOLE = re.compile(r"\s*([+-]?[0-9]{1,30})", re.ASCII)
DECIMAL = re.compile(
    r"\s*([+-]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][+-]?[0-9]{1,4})?)", re.ASCII
)
DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?\Z", re.ASCII)
CLOCK = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)\Z", re.ASCII
)
EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\Z")
PHONE = re.compile(r"\+?[0-9][0-9 \-]{3,30}\Z", re.ASCII)
INT_RANGE = range(-(2**31), 2**31)


def is_valid_default(scalar: str, text: str) -> bool:
    """Say whether ``text`` can stand as the default of a field of type ``scalar``."""
    if "\x00" in text:
        return False
    check = CHECKS.get(scalar)
    return check is None or check(text)


def plain_default(scalar: str, text: str) -> str:
    """Return the default as its field stores it: ``7 pieces`` is ``7`` for an Int."""
    if scalar in ("Int", "AWSTimestamp") and (match := WHOLE.match(text)):
        return str(int(match.group(1)))
    if scalar == "Float" and (match := DECIMAL.match(text)):
        return repr(float(match.group(1)))
    return text.lower() if scalar == "Boolean" else text


def _is_int(text: str) -> bool:
    match = WHOLE.match(text)
    return match is not None and int(match.group(1)) in INT_RANGE


def _is_timestamp(text: str) -> bool:
    match = WHOLE.match(text)
    return match is not None and abs(int(match.group(1))) < 2**53


def _is_float(text: str) -> bool:
    match = DECIMAL.match(text)
    return match is not None and math.isfinite(float(match.group(1)))


def _is_date(text: str) -> bool:
    match = DATE.match(text)
    if match is None:
        return False
    try:
        date.fromisoformat(match.group(1))
    except ValueError:
        return False
    return True


def _is_time(text: str) -> bool:
    match = CLOCK.match(text)
    if match is None:
        return False
    hour, minute, second = (int(part) for part in match.groups())
    return hour < 24 and minute < 60 and second < 60


def _is_datetime(text: str) -> bool:
    day, separator, clock = text.partition("T")
    if not separator or not _is_time(clock) or len(day) != 10 or not _is_date(day):
        return False
    try:
        datetime.fromisoformat(f"{day}T{clock[:8]}")
    except ValueError:
        return False
    return True


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path)) and not any(each.isspace() for each in text)


def _is_ip_address(text: str) -> bool:
    try:
        ipaddress.ip_interface(text)
    except ValueError:
        return False
    return True


CHECKS: Mapping[str, Callable[[str], bool]] = {
    "Int": _is_int,
    "Float": _is_float,
    "Boolean": lambda text: text.lower() in ("true", "false"),
    "AWSTimestamp": _is_timestamp,
    "AWSDate": _is_date,
    "AWSTime": _is_time,
    "AWSDateTime": _is_datetime,
    "AWSEmail": lambda text: EMAIL.match(text) is not None,
    "AWSJSON": _is_json,
    "AWSURL": _is_url,
    "AWSPhone": lambda text: PHONE.match(text) is not None,
    "AWSIPAddress": _is_ip_address,
}
