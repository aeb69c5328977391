"""Relations between generated models: joins over reference fields, without columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Model, QuerySet
from django.db.models.fields.related import ForeignObject
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor

__all__ = ["RelationField"]


class ParentDescriptor(ForwardManyToOneDescriptor):  # type: ignore[type-arg]  # no subscript at run time
    """Reads the parent of a record; None where the reference names no living record."""

    def get_queryset(self, **hints: Any) -> QuerySet[Any]:
        manager: models.Manager[Any] = self.field.remote_field.model.objects
        return manager.db_manager(hints=hints).all()

    def get_object(self, instance: Model) -> Model | None:  # type: ignore[override]
        queryset = self.get_queryset(instance=instance)
        return queryset.filter(self.field.get_reverse_related_filter(instance)).first()


class RelationField(ForeignObject):  # type: ignore[type-arg]  # no subscript at run time
    """The child's view of a link. What a delete does is up to the policies, not to Django."""

    forward_related_accessor_class = ParentDescriptor

    def __init__(
        self,
        to: str,
        *,
        from_fields: Sequence[str],
        to_fields: Sequence[str],
        related_name: str,
        null: bool,
    ) -> None:
        super().__init__(
            to,
            on_delete=models.DO_NOTHING,
            from_fields=from_fields,
            to_fields=to_fields,
            related_name=related_name,
            null=null,
        )
