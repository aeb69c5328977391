"""What people call a record: the field that names it best."""

from __future__ import annotations

from datamodel.schema.ir import FieldKind, FieldOrigin, ModelField, ModelType

__all__ = ["MAX_LABEL_LENGTH", "label_field", "label_text"]

MAX_LABEL_LENGTH = 120

PREFERRED = (
    "name",
    "title",
    "label",
    "username",
    "displayname",
    "fullname",
    "nickname",
    "headline",
    "subject",
    "caption",
    "code",
    "slug",
    "email",
)


def label_field(model_type: ModelType) -> ModelField | None:
    """Return the field that names a record best; None where only the key tells records apart."""
    texts = [field for field in model_type.stored_fields if _is_text(field)]
    by_name = {field.name.replace("_", "").lower(): field for field in reversed(texts)}
    for name in PREFERRED:
        if name in by_name:
            return by_name[name]
    others = (f for f in texts if f.type.name == "String" and not _is_technical(model_type, f))
    return next(others, None)


def label_text(value: str) -> str:
    """Return the first line of ``value``, shortened to what a heading can hold."""
    line = next((line for line in value.splitlines() if line.strip()), "")
    text = " ".join(line.split())
    return text if len(text) <= MAX_LABEL_LENGTH else text[: MAX_LABEL_LENGTH - 1].rstrip() + "…"


def _is_text(field: ModelField) -> bool:
    return (
        field.type.kind is FieldKind.SCALAR
        and not field.type.is_list
        and field.type.name in {"String", "AWSEmail"}
    )


def _is_technical(model_type: ModelType, field: ModelField) -> bool:
    return (
        field.origin is not FieldOrigin.DECLARED
        or field.name in model_type.primary_key
        or field.name in {"id", model_type.created_at, model_type.updated_at}
        or field.name.lower().endswith(("id", "ids"))
    )
