"""What a model's pages show without configuration: label, columns, search fields, ordering."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from weakref import WeakKeyDictionary

from adminui.joints import Joint, joints_of
from datamodel.modelgen import MAX_PARTS, label_field, label_links, label_value
from datamodel.registry import DataModel
from datamodel.schema.ir import EnumType, FieldKind, FieldOrigin, ModelField, ModelType, Schema

__all__ = ["Column", "ColumnKind", "ModelOptions", "is_long_text", "options_for"]

MAX_COLUMNS = 7
MAX_COUNTS = 3
SEARCHABLE = frozenset({"ID", "String", "AWSEmail", "AWSURL", "AWSPhone"})
NUMBERS = frozenset({"Int", "Float"})
MOMENTS = frozenset({"AWSDateTime", "AWSTimestamp"})
LONG_NAMES = frozenset(
    {
        "content",
        "body",
        "text",
        "description",
        "bio",
        "notes",
        "note",
        "summary",
        "abstract",
        "message",
        "comment",
        "comments",
        "details",
        "markdown",
        "html",
        "about",
        "excerpt",
        "address",
        "instructions",
        "answer",
        "question",
        "review",
    }
)


class ColumnKind(StrEnum):
    """How a cell is drawn; the name of its template block."""

    LABEL = "label"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ENUM = "enum"
    DATE = "date"
    MOMENT = "moment"
    VALUES = "values"
    """A list, JSON or an embedded type, in short."""
    ONE = "one"
    CHIPS = "chips"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list page."""

    name: str
    title: str
    kind: ColumnKind
    field: ModelField | None = None
    joint: Joint | None = None
    is_minor: bool = True
    """True for what a narrow screen leaves out."""

    @property
    def is_number(self) -> bool:
        return self.kind in (ColumnKind.NUMBER, ColumnKind.COUNT)

    @property
    def is_sortable(self) -> bool:
        return self.kind not in (ColumnKind.CHIPS, ColumnKind.VALUES)


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Everything the pages of one model derive from the schema."""

    model: ModelType
    label: ModelField | None
    """The text that names a record, if there is one."""
    columns: tuple[Column, ...]
    search: tuple[ModelField, ...]
    """The fields that ``q`` looks into."""
    joints: tuple[Joint, ...]
    enums: tuple[EnumType, ...]

    @property
    def default_sort(self) -> str:
        moment = self.model.updated_at or self.model.created_at
        return f"-{moment}" if moment and self.model.find_field(moment) else ""


_options: WeakKeyDictionary[DataModel, dict[str, ModelOptions]] = WeakKeyDictionary()


def options_for(datamodel: DataModel, model: str) -> ModelOptions:
    """Return the options of ``model``, derived once per data model."""
    known = _options.setdefault(datamodel, {})
    if model not in known:
        known[model] = _derive(datamodel, datamodel.schema.model(model))
    return known[model]


def _derive(datamodel: DataModel, model: ModelType) -> ModelOptions:
    label = label_field(model)
    joints = joints_of(datamodel, model.name)
    return ModelOptions(
        model=model,
        label=label,
        columns=_choose_columns(model, _label_column(datamodel.schema, model, label), joints),
        search=tuple(f for f in model.stored_fields if _is_searchable(f)),
        joints=joints,
        enums=datamodel.schema.enums,
    )


def _is_searchable(field: ModelField) -> bool:
    return not field.type.is_list and field.type.kind is FieldKind.SCALAR and field.type.name in SEARCHABLE


def _label_column(schema: Schema, model: ModelType, label: ModelField | None) -> Column:
    """The first column: the text that names a record; else what stands in for it; else the key."""
    parents = [link.child_field or link.reference_fields[0] for link in label_links(schema, model)]
    named = label or label_value(schema, model)
    if parents:
        title = " · ".join([*parents, *([named.name] if named else [])][:MAX_PARTS])
        return Column(title, title, ColumnKind.LABEL)
    if named:
        return Column(named.name, named.name, ColumnKind.LABEL, named)
    return Column(model.primary_key[0], "key", ColumnKind.LABEL)


def _choose_columns(model: ModelType, first: Column, joints: tuple[Joint, ...]) -> tuple[Column, ...]:
    """Label first, then whom it belongs to, then short facts, many-to-many, counts; the last change last."""
    references = {name for j in joints if j.is_reference and j.field for name in j.link.reference_fields}
    fields = [f for f in model.stored_fields if f is not first.field and f.name not in references]
    plain = [column for field in fields for column in _plain_column(model, field)]
    last = [Column(f, f, ColumnKind.MOMENT, model.field(f)) for f in _moments(model)[:1]]
    middle = [
        *(Column(j.slug, j.title, ColumnKind.ONE, joint=j) for j in joints if j.field and not j.is_many),
        *(c for c in plain if c.kind is ColumnKind.ENUM),
        *(Column(j.slug, j.title, ColumnKind.CHIPS, joint=j) for j in joints if j.is_through),
        *_counts(joints),
        *(c for c in plain if c.kind in (ColumnKind.NUMBER, ColumnKind.BOOLEAN)),
        *(c for c in plain if c.kind in (ColumnKind.DATE, ColumnKind.MOMENT)),
        *(c for c in plain if c.kind in (ColumnKind.TEXT, ColumnKind.VALUES)),
    ]
    chosen = [*middle[: MAX_COLUMNS - 1 - len(last)], *last]
    return (replace(first, is_minor=False), *(replace(c, is_minor=i > 0) for i, c in enumerate(chosen)))


def _moments(model: ModelType) -> list[str]:
    return [name for name in (model.updated_at, model.created_at) if name and model.find_field(name)]


def _counts(joints: tuple[Joint, ...]) -> list[Column]:
    many = [j for j in joints if j.is_many and not j.is_through and j.field]
    return [Column(j.slug, j.title, ColumnKind.COUNT, joint=j) for j in many[:MAX_COUNTS]]


def _plain_column(model: ModelType, field: ModelField) -> list[Column]:
    """The column of a stored field; none for keys, ids, time stamps and long text."""
    is_hidden = (
        field.origin is not FieldOrigin.DECLARED
        or field.name in model.primary_key
        or field.name in (model.created_at, model.updated_at)
        or field.type.name == "ID"
        or (field.type.name == "String" and is_long_text(field))
    )
    return [] if is_hidden else [Column(field.name, field.name, column_kind(field), field)]


def column_kind(field: ModelField) -> ColumnKind:
    """Return how a stored field is drawn in a table."""
    name, kind = field.type.name, field.type.kind
    if field.type.is_list or kind is FieldKind.CUSTOM or name == "AWSJSON":
        return ColumnKind.VALUES
    if kind is FieldKind.ENUM:
        return ColumnKind.ENUM
    if name in NUMBERS:
        return ColumnKind.NUMBER
    if name == "Boolean":
        return ColumnKind.BOOLEAN
    if name in MOMENTS:
        return ColumnKind.MOMENT
    return ColumnKind.DATE if name in ("AWSDate", "AWSTime") else ColumnKind.TEXT


def is_long_text(field: ModelField) -> bool:
    """Return whether a String field is likely to hold paragraphs, by its name."""
    return field.name.lower().strip("_") in LONG_NAMES or field.name.endswith(("Text", "Html", "Markdown"))
