"""The implicit made explicit: ids, timestamps, operations, foreign keys, join models, links."""

from __future__ import annotations

from datamodel.schema.normalize.normalizing import normalize

__all__ = ["normalize"]
