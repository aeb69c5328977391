"""Receivers that keep relationships true and the change log complete."""

from __future__ import annotations
