"""Readers for the ways in which a schema can be written."""

from __future__ import annotations
