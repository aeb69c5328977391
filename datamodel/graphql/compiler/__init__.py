"""Compiled reads: a selection becomes one SQL statement that answers with finished JSON text.

`lowering` turns what a document asks for into a tree of what to read (`tree`), `writing` turns the tree
into a statement in the spelling of the database (`sqlite`, `postgresql`), `answers` turns its rows into
bytes of the response. `plans` does all of it for an operation and keeps the result.
"""

from __future__ import annotations

from datamodel.graphql.compiler.answers import CompiledField, Irregular
from datamodel.graphql.compiler.compiling import KEY, Compiler

__all__ = ["KEY", "CompiledField", "Compiler", "Irregular"]
