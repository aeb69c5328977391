"""The type of Django's fields, which is generic for the type checker only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

__all__ = ["Field"]

if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field
