"""The static tables: schema versions, their migrations and plans, changes, API keys, jobs."""

from __future__ import annotations

import secrets
import time
import uuid
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

__all__ = [
    "ApiKey",
    "Change",
    "Job",
    "SchemaMigration",
    "SchemaPlan",
    "SchemaVersion",
    "first_group_at",
    "new_group",
]


class SchemaVersion(models.Model):
    """A schema that was applied, with everything needed to serve it again."""

    number = models.PositiveIntegerField(primary_key=True)
    sources = models.JSONField(default=list)
    """``[{"name": "post.graphql", "text": "…"}]``"""
    select = models.CharField(max_length=255, blank=True, default="")
    options = models.JSONField(default=dict)
    ir = models.JSONField()
    names = models.JSONField()
    is_active = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=255, blank=True, default="")
    summary = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], condition=Q(is_active=True), name="one_active_schema_version"
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class SchemaMigration(models.Model):
    """One migration operation, applied on the way to a version."""

    version = models.ForeignKey(SchemaVersion, on_delete=models.CASCADE, related_name="migrations")
    position = models.PositiveIntegerField()
    operation = models.JSONField()

    class Meta:
        ordering = ["version_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="one_operation_per_position")
        ]

    def __str__(self) -> str:
        return f"operation {self.position} of version {self.version_id}"


class SchemaPlan(models.Model):
    """An uploaded schema that waits for somebody to confirm what applying it would do."""

    class Status(models.TextChoices):
        OPEN = "open"
        APPLIED = "applied"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=255, blank=True, default="")
    base_version = models.PositiveIntegerField()
    sources = models.JSONField(default=list)
    select = models.CharField(max_length=255, blank=True, default="")
    options = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.OPEN)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"plan {self.id}"


def new_group() -> uuid.UUID:
    """Return a new group's uuid. It begins with the time (RFC 9562, version 7): newer groups sort last."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    return group_at(milliseconds, rest * 4096 // 1_000_000, secrets.randbits(62))


def first_group_at(milliseconds: int) -> uuid.UUID:
    """Return the least uuid that a group made at that moment, or later, can have."""
    return group_at(milliseconds, 0, 0)


def group_at(milliseconds: int, fraction: int, tail: int) -> uuid.UUID:
    """Put a group's uuid together: 48 bits of milliseconds, 12 of their fraction, 62 by chance."""
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | tail)


class CurrentTransaction(models.Func):
    """The number of the outermost transaction on PostgreSQL; 0 on SQLite, whose writers take turns."""

    arity = 0
    output_field = models.BigIntegerField()

    def as_sql(  # type: ignore[override]  # the stubs know of more parameters
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return ("pg_current_xact_id()::text::bigint" if connection.vendor == "postgresql" else "0"), ()


class Change(models.Model):
    """One entry of the change log: a record as it was before and after a write."""

    class Action(models.TextChoices):
        CREATE = "create"
        UPDATE = "update"
        DELETE = "delete"

    id = models.BigAutoField(primary_key=True)
    group = models.UUIDField(default=new_group)
    """Changes that were made together, and that one undo takes back; in the order of their beginnings."""
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    """Which transaction appended it, so that readers can tell what they have not seen; filled in by the database."""
    version = models.PositiveIntegerField()
    """The schema version that the values are shaped by."""
    model = models.CharField(max_length=255)
    key = models.TextField()
    label = models.TextField(blank=True, default="")
    action = models.CharField(max_length=8, choices=Action.choices)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    record_version = models.IntegerField(default=1)
    record_pk = models.BigIntegerField(null=True)
    """The record's ``joinery_pk``: one that comes back takes its old place in the order of creation."""
    is_tombstone = models.BooleanField(default=False)
    actor_kind = models.CharField(max_length=16, default="system")
    actor = models.CharField(max_length=255, blank=True, default="")
    cause = models.TextField(blank=True, default="")
    """Empty, or what made it happen: ``cascade Post 42``, ``clear Post 42``, ``undo <group>``, ``revert <id>``."""
    at = models.BigIntegerField()
    """Milliseconds since 1970."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["model", "key", "id"], name="change_of_record"),
            models.Index(fields=["group", "model", "action", "id"], name="change_in_group"),
            models.Index(fields=["model", "action", "group"], name="change_of_kind"),
            models.Index(fields=["actor_kind", "actor", "model", "action", "group"], name="change_by_actor"),
            # SQLite numbers no transactions: there the index holds nothing, and costs a write nothing.
            models.Index(
                fields=["transaction", "id"], condition=Q(transaction__gt=0), name="change_in_transaction"
            ),
            models.Index(fields=["at"], name="change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.model} {self.key}"


class ApiKey(models.Model):
    """A key to the API. Only its hash is kept."""

    class Scope(models.TextChoices):
        FULL = "full"
        PUBLIC = "public"

    name = models.CharField(max_length=255)
    prefix = models.CharField(max_length=16)
    """The first characters, by which people tell keys apart."""
    hash = models.CharField(max_length=64, unique=True)
    """SHA-256, hexadecimal."""
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.FULL)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Job(models.Model):
    """Work that takes longer than a request, and how far it is."""

    class Status(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.WAITING)
    progress = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True, default="")
    result = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=255, blank=True, default="")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
