"""The API: names, types, reading, writing, and the endpoint."""

from __future__ import annotations
