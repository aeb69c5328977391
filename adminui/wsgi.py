"""The site alone, as a WSGI application."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adminui.settings")

if not settings.HAS_SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Set it in the environment, or start once with 'manage.py serve', which keeps one."
    )

application = get_wsgi_application()
