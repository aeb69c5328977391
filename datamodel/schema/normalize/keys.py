"""Foreign keys that a schema implies without declaring them."""

from __future__ import annotations

from collections import defaultdict

from datamodel.schema.ir import FieldKind, FieldOrigin, FieldType, ModelField, ModelType, Schema

__all__ = ["ImplicitKeys", "key_type"]


def key_type(model: ModelType, name: str) -> FieldType:
    """Return the type of a key field, nullable; an undeclared ``id`` is an ID."""
    declared = model.find_field(name)
    if declared is None:
        return FieldType("ID", FieldKind.SCALAR)
    return FieldType(declared.type.name, declared.type.kind)


class ImplicitKeys:
    """Collects the foreign keys to add; a field that is declared stays as it is."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._keys: defaultdict[str, dict[str, ModelField]] = defaultdict(dict)

    def add(self, model: str, name: str, wanted: FieldType, *, is_in_type: bool = True) -> None:
        """Add the key ``name`` to ``model`` unless it is there."""
        if self._schema.model(model).find_field(name) is None:
            key = ModelField(name, wanted, origin=FieldOrigin.FOREIGN_KEY, is_in_type=is_in_type)
            self._keys[model].setdefault(name, key)

    def of(self, model: str) -> tuple[ModelField, ...]:
        """Return the keys to add to ``model``."""
        return tuple(self._keys[model].values())
