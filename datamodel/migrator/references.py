"""The order of operations: references between tables go first and come back last.

So nothing else depends on an order: keys may be dropped, columns may change their type.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.migrations import AddConstraint, DeleteModel, RemoveConstraint
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import UniqueConstraint

from datamodel.modelgen import APP_LABEL, ReferenceConstraint

__all__ = ["order_operations", "references_of"]

Held = tuple[str, ReferenceConstraint]
"""The class that has the reference, and the reference."""


def references_of(state: ProjectState, class_name: str) -> list[ReferenceConstraint]:
    """Return the references that a table has to others."""
    return _references(state.models[APP_LABEL, class_name.lower()])


def order_operations(
    operations: Sequence[Operation],
    state: ProjectState,
    *,
    suspend: Iterable[Held] = (),
    first: Sequence[Operation] = (),
    last: Sequence[Operation] = (),
) -> list[Operation]:
    """Return the operations between ``first`` and ``last``, references around them.

    References in ``suspend``, and those to keys that are dropped, stand aside and come back.
    """
    removed = [each for each in operations if _is_removal(each, state)]
    added = [each for each in operations if _is_addition(each)]
    rest = [each for each in operations if not _is_removal(each, state) and not _is_addition(each)]
    held = list(_hold([*suspend, *_references_to_dropped_keys(rest, state)], removed))
    deleted = {each.name.lower() for each in rest if isinstance(each, DeleteModel)}
    return [
        *removed,
        *(RemoveConstraint(model, reference.name) for model, reference in held),
        *first,
        *rest,
        *last,
        *(AddConstraint(model, reference) for model, reference in held if model.lower() not in deleted),
        *added,
    ]


def _hold(references: Iterable[Held], removed: Iterable[Operation]) -> Iterator[Held]:
    """Yield each reference once, without those that go anyway."""
    seen = {each.name for each in removed if isinstance(each, RemoveConstraint)}
    for model, reference in references:
        if reference.name not in seen:
            seen.add(reference.name)
            yield model, reference


def _references_to_dropped_keys(operations: Iterable[Operation], state: ProjectState) -> Iterator[Held]:
    """PostgreSQL drops no key that a reference needs, even where the same key comes back."""
    dropped = set()
    for operation in operations:
        if isinstance(operation, RemoveConstraint):
            owner = state.models[APP_LABEL, operation.model_name.lower()]
            dropped |= {_target(owner, key) for key in _keys(owner) if key.name == operation.name}
    if dropped:
        for owner in state.models.values():
            for reference in _references(owner):
                if (reference.to_table, frozenset(reference.to_columns)) in dropped:
                    yield owner.name, reference


def _target(owner: ModelState, key: UniqueConstraint) -> tuple[str, frozenset[str]]:
    columns = frozenset(owner.get_field(name).db_column or name for name in key.fields)
    return owner.options["db_table"], columns


def _references(owner: ModelState) -> list[ReferenceConstraint]:
    return [each for each in owner.options["constraints"] if isinstance(each, ReferenceConstraint)]


def _keys(owner: ModelState) -> list[UniqueConstraint]:
    return [each for each in owner.options["constraints"] if isinstance(each, UniqueConstraint)]


def _is_removal(operation: Operation, state: ProjectState) -> bool:
    if not isinstance(operation, RemoveConstraint):
        return False
    return operation.name in {each.name for each in references_of(state, operation.model_name)}


def _is_addition(operation: Operation) -> bool:
    return isinstance(operation, AddConstraint) and isinstance(operation.constraint, ReferenceConstraint)
