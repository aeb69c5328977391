"""The static tables: schema versions, their migrations and plans, changes, API keys, jobs."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

__all__ = ["ApiKey", "Change", "Job", "SchemaMigration", "SchemaPlan", "SchemaVersion"]


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


class Change(models.Model):
    """One entry of the change log: a record as it was before and after a write."""

    class Action(models.TextChoices):
        CREATE = "create"
        UPDATE = "update"
        DELETE = "delete"

    id = models.BigAutoField(primary_key=True)
    group = models.UUIDField(default=uuid.uuid4)
    """Changes that were made together, and that one undo takes back."""
    version = models.PositiveIntegerField()
    """The schema version that the values are shaped by."""
    model = models.CharField(max_length=255)
    key = models.TextField()
    label = models.TextField(blank=True, default="")
    action = models.CharField(max_length=8, choices=Action.choices)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    record_version = models.IntegerField(default=1)
    is_tombstone = models.BooleanField(default=False)
    actor_kind = models.CharField(max_length=16, default="system")
    actor = models.CharField(max_length=255, blank=True, default="")
    cause = models.TextField(blank=True, default="")
    """Empty, or what made it happen: ``cascade Post 42``, ``clear Post 42``."""
    at = models.BigIntegerField()
    """Milliseconds since 1970."""

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["model", "key", "id"], name="change_of_record"),
            models.Index(fields=["model", "id"], name="change_of_model"),
            models.Index(fields=["group"], name="change_of_group"),
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
