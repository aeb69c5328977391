"""What gunicorn serves for a rival that is built on Django; its API is built before the first request."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

__all__ = ["application"]

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - imports the API
