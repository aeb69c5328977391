"""What models and fields of earlier schema versions are called today.

A rename is an operation of the migration to the next version, and goes by the names in Python; these lead from
each version's names to the next version's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from weakref import WeakKeyDictionary

from django.db.models import Q

from datamodel.modelgen import ModelNames, NameMap
from datamodel.models import SchemaMigration, SchemaVersion
from datamodel.registry import DataModel

__all__ = ["Lineage", "lineage_of"]


class Lineage:
    """The names of all versions up to the data model's own."""

    def __init__(
        self,
        datamodel: DataModel,
        versions: Mapping[int, NameMap],
        renames: Mapping[int, Sequence[Rename]],
    ) -> None:
        self.names = datamodel.names
        self.version = datamodel.version
        self.versions = versions
        self.renames = renames
        """By version, what the migration to it renamed, in order."""

    def model_now(self, version: int, model: str) -> str | None:
        """Return what a model of that version is called today; None where it is gone."""
        return self.maps.get(version, self.same)[0].get(model)

    def field_now(self, version: int, model: str, field: str) -> str | None:
        """Return what a stored field of that version's model is called today; None where it is gone."""
        return self.maps.get(version, self.same)[1].get((model, field))

    def fields_now(self, version: int, model: str) -> dict[str, str]:
        """Return what the stored fields of that version's model are called today, those that are there."""
        fields = self.maps.get(version, self.same)[1]
        return {field: now for (of, field), now in fields.items() if of == model}

    def names_of(self, model: str) -> dict[str, range]:
        """Return all names that today's model had, each with the versions in which it had it."""
        found: dict[str, list[int]] = {}
        for version, (models, _) in self.maps.items():
            for then, now in models.items():
                if now == model:
                    found.setdefault(then, []).append(version)
        return {name: range(min(at), max(at) + 1) for name, at in found.items()}

    def entries_of(self, model: str) -> Q:
        """Return the condition of entries about today's model, under all names that it had."""
        named = Q()
        for name, versions in self.names_of(model).items():
            named |= Q(model=name, version__gte=versions.start, version__lt=versions.stop)
        return named or Q(model=model)

    @cached_property
    def same(self) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
        """Today's names as they are: for today's version, and for one that nobody kept."""
        models = {model: model for model in self.names.models}
        fields = {
            (model, field): field
            for model, names in self.names.models.items()
            for field in names.fields
            if names.fields[field].column
        }
        return models, fields

    @cached_property
    def maps(self) -> dict[int, tuple[dict[str, str], dict[tuple[str, str], str]]]:
        """For each version, its models and fields by what they are called today."""
        maps = {self.version: self.same}
        after, later, following = self.names, self.same, self.version
        for version in sorted((v for v in self.versions if v < self.version), reverse=True):
            before = self.versions[version]
            later = maps[version] = compose(before, after, self.renames.get(following, ()), later, self.same)
            after, following = before, version
        return maps


@dataclass(frozen=True, slots=True)
class Rename:
    """A model or a field that a migration renamed, in lower-case class names and attributes."""

    model: str
    new_model: str
    field: str | None = None
    new_field: str | None = None

    @classmethod
    def read(cls, operation: Mapping[str, Any]) -> Self:
        """Read a stored migration operation of one of ``RENAMES``."""
        given = operation["kwargs"]
        if operation["class"] == RENAME_MODEL:
            return cls(given["old_name"].lower(), given["new_name"].lower())
        model = given["model_name"].lower()
        return cls(model, model, given["old_name"], given["new_name"])

    def lead(self, model: str, field: str | None) -> tuple[str, str | None]:
        """Return what a model and a field of it are called after the rename."""
        if model != self.model:
            return model, field
        is_other = self.field is not None and field != self.field
        return self.new_model, field if self.field is None or is_other else self.new_field


RENAME_MODEL = "django.db.migrations.operations.models.RenameModel"
RENAME_FIELD = "django.db.migrations.operations.fields.RenameField"
RENAMES = (RENAME_MODEL, RENAME_FIELD)


def led(renames: Iterable[Rename], model: str, field: str | None = None) -> tuple[str, str | None]:
    """Return what a class and an attribute of it are called after some renames."""
    for rename in renames:
        model, field = rename.lead(model, field)
    return model, field


def compose(
    before: NameMap,
    after: NameMap,
    renames: Sequence[Rename],
    later: tuple[dict[str, str], dict[tuple[str, str], str]],
    same: tuple[dict[str, str], dict[tuple[str, str], str]],
) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Lead the names of a version to today's over the next version; a name that is lost stands for itself."""
    models: dict[str, str] = {}
    fields: dict[tuple[str, str], str] = {}
    classes = {names.class_name.lower(): name for name, names in after.models.items()}
    for model, names in before.models.items():
        class_name = names.class_name.lower()
        following = classes.get(led(renames, class_name)[0])
        now = later[0].get(following) if following else None
        if now is None and (now := same[0].get(model)) is None:
            continue
        models[model] = now
        attributes = attributes_of(after.models[following]) if following else {}
        for field, pair in names.fields.items():
            if not pair.column:
                continue
            then = attributes.get(led(renames, class_name, pair.attribute)[1] or "")
            today = later[1].get((following, then)) if following and then else None
            today = today if today is not None else same[1].get((now, field))
            if today is not None:
                fields[model, field] = today
    return models, fields


def attributes_of(names: ModelNames) -> dict[str, str]:
    return {pair.attribute: field for field, pair in names.fields.items() if pair.column}


_lineages: WeakKeyDictionary[DataModel, Lineage] = WeakKeyDictionary()


def lineage_of(datamodel: DataModel) -> Lineage:
    """Return the lineage of a data model; earlier versions never change."""
    found = _lineages.get(datamodel)
    if found is None:
        rows = SchemaVersion.objects.filter(number__lt=datamodel.version).values_list("number", "names")
        versions = {number: NameMap.from_json(names) for number, names in rows}
        found = _lineages[datamodel] = Lineage(datamodel, versions, read_renames(datamodel.version))
    return found


def read_renames(version: int) -> dict[int, list[Rename]]:
    """Return what the migrations up to a version renamed."""
    operations = SchemaMigration.objects.filter(version_id__lte=version, operation__class__in=RENAMES)
    found: dict[int, list[Rename]] = {}
    for number, operation in operations.order_by("position").values_list("version_id", "operation"):
        found.setdefault(number, []).append(Rename.read(operation))
    return found
