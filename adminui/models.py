"""Tables of the site itself: failed sign-ins, counted to slow guessing down."""

from __future__ import annotations

from django.db import models

__all__ = ["LoginFailure"]


class LoginFailure(models.Model):
    """One failed sign-in, under one subject.

    ``subject`` is a digest: people type passwords into the name field, so names are not kept as text.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=64)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["subject", "at"], name="loginfailure_subject_at")]

    def __str__(self) -> str:
        return f"{self.subject[:8]} at {self.at:%Y-%m-%d %H:%M:%S}"
