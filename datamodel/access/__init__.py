"""Who may do what: API keys, the person or key behind a write, and what the rules of the schema permit."""

from __future__ import annotations

from datamodel.access.actors import Actor, Caller, acting_as, current_actor
from datamodel.access.addresses import client_address
from datamodel.access.keys import (
    MAX_KEY_DAYS,
    authenticate_key,
    create_key,
    forget_keys,
    hash_key,
    recognise_key,
    renew_key,
    revoke_key,
)
from datamodel.access.permissions import Permissions

__all__ = [
    "MAX_KEY_DAYS",
    "Actor",
    "Caller",
    "Permissions",
    "acting_as",
    "authenticate_key",
    "client_address",
    "create_key",
    "current_actor",
    "forget_keys",
    "hash_key",
    "recognise_key",
    "renew_key",
    "revoke_key",
]
