"""Reads Amplify Gen 2 schemas, ``a.schema({...})`` in TypeScript or JavaScript, without running them."""

from __future__ import annotations

from datamodel.schema.dialects.typescript.reader import read_typescript

__all__ = ["read_typescript"]
