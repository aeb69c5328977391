"""What each AppSync scalar accepts, and the sentence that says why not."""

from __future__ import annotations

import ipaddress
import json
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, TypeVar

from django.conf import settings

__all__ = ["PARSERS", "check_text", "parse_scalar", "shown"]

INT_LIMIT = 2**31
TIMESTAMP_LIMIT = 2**53
MAX_EMAIL_LENGTH = 320
MAX_URL_LENGTH = 8192
MAX_PHONE_LENGTH = 40
MAX_IP_LENGTH = 50
MAX_JSON_DIGITS = 4300
MAX_OFFSET = timedelta(hours=18)

T = TypeVar("T")

_SURROGATE = re.compile("[\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?", re.ASCII)
_OFFSET = re.compile(r"Z|([+-])(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_EMAIL_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
_EMAIL_DOMAIN = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63})*")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?P<rest>[^\s<>\"\\^`{|}\x00-\x1f\x7f]+)")
_PHONE = re.compile(r"\+?[0-9(][0-9 ().-]*[0-9]")


def parse_scalar(name: str, value: Any) -> Any:
    """Return the stored value of API or JSON input; raise ValueError with a sentence for people."""
    return PARSERS[name](value)


def shown(value: Any) -> str:
    """Return a value as a sentence quotes it: short, and without characters that cannot be printed."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    text = text.encode("utf-8", "backslashreplace").decode()
    text = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[:61])
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"


def check_text(value: Any, what: str = "text") -> str:
    """Return ``value`` where it is text that both databases can hold."""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not {what}.")
    if "\x00" in value:
        raise ValueError("A NUL character (U+0000) cannot be stored.")
    if not value.isascii() and _SURROGATE.search(value):
        raise ValueError("The text holds half a surrogate pair, which is no character.")
    limit = getattr(settings, "STRING_MAX_BYTES", 400 * 1024)
    if len(value) > limit or (len(value) * 4 > limit and len(value.encode()) > limit):
        raise ValueError(f"The text is too long: {limit} bytes are the limit.")
    return value


def _string(value: Any) -> str:
    return check_text(value)


def _id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return check_text(value, "an ID: write text or a whole number")


def _whole(value: Any, limit: int, what: str) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{shown(value)} is not a whole number.")
    if not -limit <= value < limit:
        raise ValueError(f"{_digits(value)} is out of range: {what}.")
    return value


def _digits(value: int) -> str:
    return str(value) if value.bit_length() < 200 else "The number"


def _int(value: Any) -> int:
    return _whole(value, INT_LIMIT, "a whole number lies between -2147483648 and 2147483647")


def _timestamp(value: Any) -> int:
    return _whole(value, TIMESTAMP_LIMIT, "a timestamp counts seconds since 1970, up to 53 bits")


def _float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{shown(value)} is not a number.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("The number is not finite, or too large to store.")
    # SQLite knows no negative zero; so no record has one.
    return number + 0.0


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{shown(value)} is not a truth value: write true or false.")
    return value


def _date(value: Any) -> str:
    text = _short(value, "a date: write YYYY-MM-DD", 40)
    parts = _DATE.match(text)
    day = parts and _real(date, *map(int, parts.groups()))
    if not parts or not day:
        raise ValueError(f"{shown(text)} is not a date: write YYYY-MM-DD.")
    offset = _offset(text[parts.end() :], is_required=False)
    if offset is None or not _is_storable(datetime.combine(day, time()), offset):
        raise ValueError(f"{shown(text)} is not a date: write YYYY-MM-DD.")
    return text


def _time(value: Any) -> str:
    hint = "a time: write hh:mm:ss"
    text = _short(value, hint, 40)
    parts = _TIME.match(text)
    if (
        not parts
        or _real(time, *(int(part or 0) for part in parts.groups())) is None
        or _offset(text[parts.end() :], is_required=False) is None
    ):
        raise ValueError(f"{shown(text)} is not {hint}.")
    return text


def _datetime(value: Any) -> str:
    hint = "a date and time: write YYYY-MM-DDThh:mm:ss and a time zone, as in 2026-11-20T08:00:00Z"
    text = _short(value, hint, 60)
    day, _, rest = text.partition("T")
    date_parts, time_parts = _DATE.fullmatch(day), _TIME.match(rest)
    if not date_parts or not time_parts or time_parts[3] is None:
        raise ValueError(f"{shown(text)} is not {hint}.")
    numbers = (int(part) for part in (*date_parts.groups(), *time_parts.groups()))
    moment = _real(datetime, *numbers)
    offset = _offset(rest[time_parts.end() :], is_required=True)
    if moment is None or offset is None:
        raise ValueError(f"{shown(text)} is not {hint}.")
    if not _is_storable(moment, offset):
        raise ValueError(f"{shown(text)} lies outside the years 1 to 9999.")
    return text


def _short(value: Any, what: str, limit: int) -> str:
    text = check_text(value, what)
    if len(text) > limit:
        raise ValueError(f"{shown(text)} is not {what}.")
    return text


def _real(factory: Callable[..., T], *numbers: int) -> T | None:
    try:
        return factory(*numbers)
    except ValueError:
        return None


def _offset(text: str, *, is_required: bool) -> timedelta | None:
    """Return the time zone's offset, zero where none is needed; None where it is malformed."""
    if not text:
        return None if is_required else timedelta()
    parts = _OFFSET.fullmatch(text)
    if not parts:
        return None
    if parts[1] is None:
        return timedelta()
    hours, minutes, seconds = (int(part or 0) for part in parts.groups()[1:])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if minutes > 59 or seconds > 59 or offset > MAX_OFFSET:
        return None
    return -offset if parts[1] == "-" else offset


def _is_storable(moment: datetime, offset: timedelta) -> bool:
    """Readers turn moments to UTC; the result must be within the years that dates have."""
    try:
        moment.replace(tzinfo=timezone(offset)).astimezone(UTC)
    except OverflowError:
        return False
    return True


def _email(value: Any) -> str:
    hint = "an email address: write name@example.com"
    text = _short(value, hint, MAX_EMAIL_LENGTH)
    local, at, domain = text.rpartition("@")
    if not at or not _EMAIL_LOCAL.fullmatch(local) or not _EMAIL_DOMAIN.fullmatch(domain):
        raise ValueError(f"{shown(text)} is not {hint}.")
    if local.startswith(".") or local.endswith(".") or ".." in local:
        raise ValueError(f"{shown(text)} is not {hint}.")
    return text


def _url(value: Any) -> str:
    hint = "a URL: write it with its scheme, as in https://example.com/page"
    text = _short(value, hint, MAX_URL_LENGTH)
    parts = _URL.fullmatch(text)
    if not parts:
        raise ValueError(f"{shown(text)} is not {hint}.")
    rest = re.split(r"[?#]", parts["rest"], maxsplit=1)[0]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if not host and not text.lower().startswith("file:"):
            raise ValueError(f"{shown(text)} is not {hint}.")
        rest = slash + path
    if "//" in rest:
        raise ValueError(f"{shown(text)} is not a URL: its path holds two slashes in a row.")
    return text


def _phone(value: Any) -> str:
    hint = "a phone number: write digits, as in +1 555 010 0199"
    text = _short(value, hint, MAX_PHONE_LENGTH)
    digits = sum(character.isdigit() for character in text)
    if not _PHONE.fullmatch(text) or not 7 <= digits <= 15 or text.count("(") != text.count(")"):
        raise ValueError(f"{shown(text)} is not {hint}.")
    return text


def _ip_address(value: Any) -> str:
    hint = "an IP address: write 192.0.2.1 or 2001:db8::1, with /24 for a network"
    text = _short(value, hint, MAX_IP_LENGTH)
    address, slash, suffix = text.partition("/")
    try:
        version = ipaddress.ip_address(address).version
    except ValueError:
        raise ValueError(f"{shown(text)} is not {hint}.") from None
    is_bad_suffix = slash and not (
        re.fullmatch(r"\d{1,3}", suffix, re.ASCII) and int(suffix) <= (32 if version == 4 else 128)
    )
    if is_bad_suffix or "%" in address:
        raise ValueError(f"{shown(text)} is not {hint}.")
    return text


def _json(value: Any) -> str:
    text = check_text(value, "JSON in a text: write it in quotation marks")
    limit = getattr(settings, "JSON_MAX_BYTES", 400 * 1024)
    if len(text.encode()) > limit:
        raise ValueError(f"The JSON is too long: {limit} bytes are the limit.")
    try:
        data = json.loads(
            text,
            object_pairs_hook=_unique_keys,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_countable,
        )
    except RecursionError:
        raise ValueError("The JSON is nested too deeply.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{shown(text)} is not JSON: {error.msg} at character {error.pos + 1}.") from None
    _check_json(data)
    return text


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"The JSON holds the key {shown(twice)} twice.")
    return data


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"'{name}' is not JSON.")


def _countable(text: str) -> int:
    if len(text) > MAX_JSON_DIGITS:
        raise ValueError(f"The number {shown(text)} has more than {MAX_JSON_DIGITS} digits.")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"The number {shown(text)} is too large to store.")
    return number


def _check_json(data: Any) -> None:
    """Refuse texts inside the JSON that only one of the databases can hold."""
    waiting = [data]
    while waiting:
        item = waiting.pop()
        match item:
            case str():
                check_text(item)
            case list():
                waiting.extend(item)
            case dict():
                waiting.extend(item)
                waiting.extend(item.values())


PARSERS: dict[str, Callable[[Any], Any]] = {
    "ID": _id,
    "String": _string,
    "Int": _int,
    "Float": _float,
    "Boolean": _boolean,
    "AWSDate": _date,
    "AWSTime": _time,
    "AWSDateTime": _datetime,
    "AWSTimestamp": _timestamp,
    "AWSEmail": _email,
    "AWSJSON": _json,
    "AWSURL": _url,
    "AWSPhone": _phone,
    "AWSIPAddress": _ip_address,
}
