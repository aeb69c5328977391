"""Who may do what: API keys, the person or key behind a write, and the rules of the schema."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import string
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone

from datamodel.models import ApiKey
from datamodel.schema.ir import AuthRule, Dialect, ModelType, Schema

__all__ = [
    "Actor",
    "Caller",
    "acting_as",
    "authenticate_key",
    "create_key",
    "current_actor",
    "hash_key",
    "may",
]

logger = logging.getLogger(__name__)

MAX_KEY_DAYS = 365
MAX_KEY_CHARACTERS = 256
USE_NOTED_EVERY = timedelta(hours=1)
READS = frozenset({"get", "list", "sync", "search", "listen"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who writes: a ``user``, an ``api_key`` or the ``system``."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API, and how far that reaches: ``full``, ``public`` or ``none``."""

    actor: Actor
    scope: str


_SYSTEM = Actor("system", "")
_actor: ContextVar[Actor] = ContextVar("joinery_actor", default=_SYSTEM)


@contextmanager
def acting_as(actor: Actor) -> Iterator[None]:
    """Write as ``actor`` within the block; the change log notes it."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Return who writes right now."""
    return _actor.get()


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


def authenticate_key(raw: str) -> Caller | None:
    """Return the caller behind a key, None where it is unknown, expired or revoked."""
    if not raw or len(raw) > MAX_KEY_CHARACTERS:
        return None
    digest = hash_key(raw)
    key = ApiKey.objects.filter(hash=digest).first()
    if key is None or not hmac.compare_digest(key.hash, digest):
        return None
    now = timezone.now()
    if key.revoked_at is not None or key.expires_at <= now:
        return None
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        _note_use(key, now)
    return Caller(Actor("api_key", key.name), key.scope)


def may(caller: Caller, model_type: ModelType, operation: str, *, schema: Schema | None = None) -> bool:
    """Return whether the caller may do ``operation`` (get, list, sync, listen, create, update, delete).

    ``schema`` brings in the rule for models without rules of their own. Without a rule there is no access.
    """
    match caller.scope:
        case "full":
            return True
        case "public":
            return any(_allows_public(rule, operation) for rule in _rules(model_type, schema))
        case _:
            return False


_OPEN = AuthRule(allow="public")


def _rules(model_type: ModelType, schema: Schema | None) -> tuple[AuthRule, ...]:
    """The model's own rules; else the schema's; version 1 leaves a model without rules open."""
    if model_type.auth is not None:
        return model_type.auth
    if schema is None:
        return ()
    if schema.global_auth is not None:
        return (schema.global_auth,)
    return (_OPEN,) if schema.dialect is Dialect.V1 else ()


def _allows_public(rule: AuthRule, operation: str) -> bool:
    if rule.allow != "public" or rule.provider not in {None, "apiKey"}:
        return False
    if rule.operations is None or operation in rule.operations:
        return True
    return operation in READS and "read" in rule.operations


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
