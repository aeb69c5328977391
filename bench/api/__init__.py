"""How fast the API answers, beside what the database and the server could do at best."""

from __future__ import annotations
