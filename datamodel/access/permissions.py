"""Who may do what with the records of which model, and with which of their fields."""

from __future__ import annotations

from collections.abc import Mapping

from datamodel.schema.grants import EVERYTHING, NOTHING, Grants, hidden_embedded, public_grants
from datamodel.schema.ir import Schema

__all__ = ["Permissions"]

NO_FIELDS: frozenset[str] = frozenset()


class Permissions:
    """What callers of one scope may do with a schema. Worked out once per model, on first use.

    ``full`` is everything, ``public`` what the schema's rules grant to the public, any other scope nothing.
    """

    def __init__(self, schema: Schema, scope: str) -> None:
        self.schema = schema
        self.scope = scope
        self._models: dict[str, Grants] = {}
        self._embedded: Mapping[str, frozenset[str]] | None = None

    @property
    def is_full(self) -> bool:
        return self.scope == "full"

    def model(self, name: str) -> Grants:
        """Return what is granted for a model; raise KeyError where there is none."""
        if self.is_full:
            return EVERYTHING
        if self.scope != "public":
            return NOTHING
        found = self._models.get(name)
        if found is None:
            found = self._models[name] = public_grants(self.schema, self.schema.model(name))
        return found

    def embedded(self, type_name: str) -> frozenset[str]:
        """Return the fields of an embedded type that are kept from the caller."""
        if self.is_full:
            return NO_FIELDS
        if self._embedded is None:
            self._embedded = hidden_embedded(self.schema)
        return self._embedded.get(type_name, NO_FIELDS)

    def may(self, model: str, operation: str) -> bool:
        """Return whether the caller may do ``operation``: get, list, sync, listen, create, update, delete."""
        return operation in self.model(model).operations
