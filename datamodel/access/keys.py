"""API keys: made, recognised, revoked. Only their hashes are stored."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models.signals import post_delete, post_save
from django.utils import timezone

from datamodel.access.actors import Actor, Caller
from datamodel.models import ApiKey

__all__ = [
    "MAX_KEY_DAYS",
    "authenticate_key",
    "create_key",
    "forget_keys",
    "hash_key",
    "recognise_key",
    "renew_key",
    "revoke_key",
]

logger = logging.getLogger(__name__)

MAX_KEY_DAYS = 365
MAX_KEY_CHARACTERS = 256
USE_NOTED_EVERY = timedelta(hours=1)

TRUSTED_SECONDS = 2.0
"""How long a process takes a key's word before it looks again: a key revoked elsewhere works no longer than that."""

TRUSTED_KEYS = 1_000


@dataclass(frozen=True, slots=True)
class _Trusted:
    """A key that was looked up a moment ago."""

    hash: str
    caller: Caller
    expires_at: datetime
    until: float
    """On the monotonic clock."""


_trusted: dict[str, _Trusted] = {}


def hash_key(raw: str) -> str:
    """Return what is stored of a key."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def create_key(
    name: str, scope: str = "full", raw: str | None = None, expires_days: int = MAX_KEY_DAYS
) -> tuple[ApiKey, str]:
    """Create a key and return it with its raw text, which is not stored and cannot be shown again."""
    if not 1 <= expires_days <= MAX_KEY_DAYS:
        raise ValueError(f"A key is valid for 1 to {MAX_KEY_DAYS} days.")
    if scope not in ApiKey.Scope.values:
        raise ValueError(f"'{scope}' is not a scope: write {' or '.join(ApiKey.Scope.values)}.")
    raw = _random_key() if raw is None else raw
    now = timezone.now()
    key = ApiKey.objects.create(
        name=name,
        prefix=raw[:8],
        hash=hash_key(raw),
        scope=scope,
        created_at=now,
        expires_at=now + timedelta(days=expires_days),
    )
    return key, raw


def revoke_key(key: ApiKey) -> None:
    """End a key: at once in this process, within TRUSTED_SECONDS in every other. One that has ended stays so."""
    if key.revoked_at is None:
        key.revoked_at = timezone.now()
        key.save(update_fields=["revoked_at"])


def renew_key(key: ApiKey) -> None:
    """Let a key that expired work for another year."""
    key.expires_at = timezone.now() + timedelta(days=MAX_KEY_DAYS)
    key.save(update_fields=["expires_at"])


def authenticate_key(raw: str) -> Caller | None:
    """Return the caller behind a key, None where it is unknown, expired or revoked."""
    if not raw or len(raw) > MAX_KEY_CHARACTERS:
        return None
    digest, now = hash_key(raw), timezone.now()
    found = _trusted.get(digest)
    if found is None or found.until < monotonic():
        found = _look_up(digest, now)
    if found is None or not hmac.compare_digest(found.hash, digest) or found.expires_at <= now:
        return None
    return found.caller


def recognise_key(digest: str) -> Caller | None:
    """Return the caller behind a key, by its hash, that was looked up a moment ago. Asks no database.

    None for any other. A key is not trusted for longer than it is valid.
    """
    found = _trusted.get(digest)
    return found.caller if found is not None and found.until >= monotonic() else None


def forget_keys(**_kwargs: Any) -> None:
    """Look every key up anew from now on, in this process."""
    _trusted.clear()


post_save.connect(forget_keys, sender=ApiKey, dispatch_uid="joinery.keys")
post_delete.connect(forget_keys, sender=ApiKey, dispatch_uid="joinery.keys")


def _look_up(digest: str, now: datetime) -> _Trusted | None:
    """Read a key that is not revoked, and trust it for a moment, or for as long as it is valid."""
    asked_at = monotonic()
    _trusted.pop(digest, None)
    key = ApiKey.objects.filter(hash=digest).first()
    if key is None or key.revoked_at is not None:
        return None
    if key.expires_at > now and (key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY):
        _note_use(key, now)
    until = asked_at + min(TRUSTED_SECONDS, (key.expires_at - now).total_seconds())
    found = _Trusted(key.hash, Caller(Actor("api_key", key.name), key.scope), key.expires_at, until)
    if len(_trusted) >= TRUSTED_KEYS:
        _trusted.clear()
    _trusted[digest] = found
    return found


def _random_key() -> str:
    """Return a key shaped like AppSync's, with 134 random bits."""
    alphabet = string.ascii_lowercase + string.digits
    return "da2-" + "".join(secrets.choice(alphabet) for _ in range(26))


def _note_use(key: ApiKey, now: datetime) -> None:
    """Note when the key was last used; a busy database is no reason to refuse the key."""
    try:
        with transaction.atomic():
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    except DatabaseError as error:
        logger.warning("The use of an API key was not noted: %s", type(error).__name__)
