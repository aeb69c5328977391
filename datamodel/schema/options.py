"""What a person may choose about a schema beyond its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from datamodel.schema.ir import OnDelete

__all__ = ["DEFAULT_OPTIONS", "SchemaOptions"]


@dataclass(frozen=True, slots=True)
class SchemaOptions:
    """The choices of an upload; they survive later uploads."""

    datastore: bool | None = None
    """The DataStore switch; None leaves the dialect's default."""
    integrity: Literal["managed", "appsync"] = "managed"
    """``appsync`` makes ``keep`` the default policy everywhere."""
    on_delete: Mapping[str, OnDelete] = field(default_factory=dict)
    """Policies by relation field, ``Model.field`` of either side."""
    flags: Mapping[str, bool] = field(default_factory=dict)
    """The project's flags by official name (see `flags`); those of a new project where nothing is said."""
    is_open: bool = False
    """Sandbox: models without a rule are open to public API keys."""


DEFAULT_OPTIONS = SchemaOptions()
