"""The site's Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AdminUiConfig(AppConfig):
    """The site: pages, forms, sign-in."""

    name = "adminui"
    verbose_name = "Joinery"
