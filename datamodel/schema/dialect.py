"""The ways in which a schema can be written, and what says which one it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Dialect", "ToldDialect"]


class Dialect(StrEnum):
    """The way a schema was written; after normalizing, only the API's generation depends on it."""

    V1 = "v1"
    V2 = "v2"
    GEN2 = "gen2"


@dataclass(frozen=True, slots=True)
class ToldDialect:
    """A dialect that something outside of the text tells: the project's settings, a folder, a person."""

    dialect: Dialect
    by: str
    """What tells it, as the subject of a sentence: ``'amplify/cli.json'``."""
