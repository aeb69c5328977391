"""A relation field whose ends are known, before fields that share them become one link."""

from __future__ import annotations

from dataclasses import dataclass

from datamodel.schema.ir import RelationDeclaration, RelationKind, RelationStyle, Side

__all__ = ["ResolvedRelation"]


@dataclass(frozen=True, slots=True)
class ResolvedRelation:
    """Which fields of the child hold which fields of the parent, as seen from one relation field."""

    model: str
    field: str
    kind: RelationKind
    side: Side
    style: RelationStyle
    child: str
    reference_fields: tuple[str, ...]
    parent: str
    identifier_fields: tuple[str, ...]
    is_many: bool = False
    """True for a list field."""
    is_single_child: bool = False
    """True where the spelling promises one child per parent."""
    sort_fields: tuple[str, ...] = ()
    index_name: str | None = None
    far_model: str | None = None
    declaration: RelationDeclaration | None = None

    @property
    def ends(self) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
        """What identifies the link."""
        return (self.child, self.reference_fields, self.parent, self.identifier_fields)
