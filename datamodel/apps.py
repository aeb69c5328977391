"""The Django app of the data model engine."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["DataModelConfig"]


class DataModelConfig(AppConfig):
    """Connects the receivers that keep relationships true; asks the database nothing."""

    name = "datamodel"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Data model"

    def ready(self) -> None:
        from datamodel import checks, signals  # noqa: F401  importing connects the receivers
