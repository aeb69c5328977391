"""The change log: who changed what, from what to what, in the order it happened."""

from __future__ import annotations
