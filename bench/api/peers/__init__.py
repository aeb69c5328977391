"""Joinery's rivals, each set up the way its own documentation recommends for speed, on the limit's tables."""

from __future__ import annotations
