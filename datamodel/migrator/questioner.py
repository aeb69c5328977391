"""The questions of a schema change: answered from the options, else asked. Nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from django.db import models
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ModelState

from datamodel.migrator.diff import ModelChange, SchemaDiff
from datamodel.migrator.renaming import Renames
from datamodel.modelgen import NameMap
from datamodel.schema.ir import ModelField, ModelType

__all__ = ["PlanQuestioner", "Question", "find_rename_questions"]

ALIKE = 0.5
"""From which likeness of names on a rename is worth a question, 1 being the same."""


@dataclass(frozen=True, slots=True)
class Question:
    """What only a person knows. A blocking one must be answered before the plan can be applied."""

    kind: str
    """``rename_field``, ``rename_model`` or ``default``."""
    model: str
    field: str | None
    candidates: tuple[str, ...]
    text: str
    is_blocking: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "model": self.model,
            "field": self.field,
            "candidates": list(self.candidates),
            "text": self.text,
            "is_blocking": self.is_blocking,
        }


class PlanQuestioner(MigrationQuestioner):
    """Answers Django's autodetector: renames that were asked for are, nothing else is."""

    def __init__(
        self, renames: Renames, old: NameMap, new: NameMap, fillers: Mapping[tuple[str, str], Any]
    ) -> None:
        super().__init__()
        self.renamed_models = {
            (old.models[before].class_name, new.models[after].class_name)
            for before, after in renames.models.items()
        }
        self.renamed_fields = {
            (
                new.models[model].class_name.lower(),
                old.models[renames.old_model(model)].attribute(before),
                new.models[model].attribute(after),
            )
            for (model, before), after in renames.fields.items()
        }
        self.fillers = {
            (new.models[model].class_name.lower(), new.models[model].attribute(name)): value
            for (model, name), value in fillers.items()
        }

    def ask_initial(self, app_label: str) -> bool:
        return True

    def ask_rename(
        self, model_name: str, old_name: str, new_name: str, field_instance: models.Field[Any, Any]
    ) -> bool:
        return (model_name.lower(), old_name, new_name) in self.renamed_fields

    def ask_rename_model(self, old_model_state: ModelState, new_model_state: ModelState) -> bool:
        return (old_model_state.name, new_model_state.name) in self.renamed_models

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        return self.fillers.get((model_name.lower(), field_name))

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        return self.fillers.get((model_name.lower(), field_name), models.NOT_PROVIDED)


def find_rename_questions(diff: SchemaDiff) -> Iterator[Question]:
    """Yield what looks like a rename: a model or field that goes while one like it comes."""
    for dropped in diff.dropped:
        candidates = _sorted_by_likeness(
            dropped.name, [model.name for model in diff.created if _is_alike(dropped, model)]
        )
        if candidates:
            text = f"Is '{dropped.name}' called {_or(candidates)} now? Otherwise its records go."
            yield Question("rename_model", dropped.name, None, candidates, text)
    for change in diff.kept:
        yield from _field_questions(change)


def _field_questions(change: ModelChange) -> Iterator[Question]:
    dropped = [each.old for each in change.fields if each.old is not None and each.new is None]
    added = [each.new for each in change.fields if each.new is not None and each.old is None]
    for old in dropped:
        fitting = [new.name for new in added if _is_same_type(old, new)]
        is_only = len(fitting) == 1 and sum(_is_same_type(old, other) for other in dropped) == 1
        alike = [name for name in fitting if is_only or _likeness(old.name, name) >= ALIKE]
        if candidates := _sorted_by_likeness(old.name, alike):
            text = f"Is '{old.name}' of {change.name} called {_or(candidates)} now? Otherwise its values go."
            yield Question("rename_field", change.name, old.name, candidates, text)


def _is_same_type(old: ModelField, new: ModelField) -> bool:
    return replace(old.type, is_required=False) == replace(new.type, is_required=False)


def _is_alike(old: ModelType, new: ModelType) -> bool:
    """Models are alike by name, or where they share most of their own fields."""
    if _likeness(old.name, new.name) >= ALIKE:
        return True
    ours, theirs = (
        {field.name for field in model.fields} - {"id", "createdAt", "updatedAt"} for model in (old, new)
    )
    return len(ours & theirs) * 2 > max(len(ours), len(theirs))


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _sorted_by_likeness(name: str, others: list[str]) -> tuple[str, ...]:
    return tuple(sorted(others, key=lambda other: (-_likeness(name, other), other)))


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(f"'{name}'" for name in names)
