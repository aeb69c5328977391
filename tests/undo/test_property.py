"""Random data models, records and writes: what is stored and logged, and that undo takes all of it back."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from datamodel import records, registry
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import Change, SchemaVersion
from datamodel.registry import DataModel
from datamodel.schema import SchemaOptions, Source
from datamodel.schema.ir import ModelField
from datamodel.undo import UndoRefused, check_group, undo_group
from tests.conftest import drop_record_tables
from tests.undo.conftest import Everything, everything
from tests.undo.worlds import TIMESTAMPS, VALUES, Entry, Expected, Key, Refused, World, refers_to, worlds

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "12"))
IDS = ("a", "b/c", "é,~", "4")
NUMBERS = (0, -7)
REFUSALS = (
    records.RecordExists,
    records.RelatedRecordNotFound,
    records.RestrictedDelete,
    records.RecordNotFound,
)

thorough = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.fixture
def emptied(clean_tables: None) -> Iterator[None]:
    """A database that every example begins with anew."""
    return


def activate(world: World) -> DataModel:
    """Make the world the only one there is."""
    drop_record_tables()
    Change.objects.all().delete()
    SchemaVersion.objects.all().delete()
    registry.forget()
    options = SchemaOptions(datastore=world.has_datastore, on_delete=world.policies)
    apply_plan(make_plan([Source("world.graphql", world.text)], PlanOptions(schema=options)))
    return registry.current()


class Player:
    """Writes by chance, to the database and to the model of it."""

    def __init__(self, data: st.DataObject, datamodel: DataModel) -> None:
        self.draw = data.draw
        self.datamodel = datamodel
        self.expected = Expected(datamodel.schema)
        self.models = sorted(datamodel.models)

    def play(self) -> None:
        """Do one thing, or some in one transaction."""
        if self.draw(st.integers(0, 4)):
            self.write()
            return
        with transaction.atomic():
            for _ in range(self.draw(st.integers(2, 4))):
                self.write()

    def write(self) -> None:
        model = self.draw(st.sampled_from(self.models))
        kind = self.draw(st.sampled_from(["create", "create", "create", "update", "delete"]))
        known = sorted(key for name, key in self.expected.records if name == model)
        if kind == "create" or not known:
            self.create(model)
        elif kind == "update":
            self.update(model, self.draw(st.sampled_from(known)))
        else:
            self.delete(model, self.draw(st.sampled_from(known)))

    def create(self, model: str) -> None:
        values = self.references(model, None) | self.values(model)
        for name in self.datamodel.schema.model(model).primary_key:
            if name not in values:
                values[name] = self.draw(st.sampled_from(NUMBERS if name == "two" else IDS))
        try:
            self.expected.create(model, values)
        except Refused:
            with pytest.raises(REFUSALS):
                records.create(self.datamodel, model, values)
            return
        records.create(self.datamodel, model, values)

    def update(self, model: str, key: Key) -> None:
        kept = set(self.datamodel.schema.model(model).primary_key)
        given = self.references(model, key) | self.values(model)
        names = sorted(given.keys() - kept)
        if not names:
            return
        chosen = self.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        groups = [link.reference_fields for link in self.datamodel.schema.links_from(model)]
        whole = {name for group in groups if not set(chosen).isdisjoint(group) for name in group}
        values = {name: given[name] for name in sorted({*chosen, *whole} & given.keys() - kept)}
        try:
            self.expected.update(model, key, values)
        except Refused:
            with pytest.raises(REFUSALS):
                records.update(self.datamodel, model, self.key_dict(model, key), values)
            return
        records.update(self.datamodel, model, self.key_dict(model, key), values)

    def delete(self, model: str, key: Key) -> None:
        try:
            self.expected.delete(model, key)
        except Refused:
            with pytest.raises(records.RestrictedDelete):
                records.delete(self.datamodel, model, self.key_dict(model, key))
            return
        records.delete(self.datamodel, model, self.key_dict(model, key))

    def key_dict(self, model: str, key: Key) -> dict[str, Any]:
        return dict(zip(self.datamodel.schema.model(model).primary_key, key, strict=True))

    def values(self, model: str) -> dict[str, Any]:
        names = [f.name for f in self.datamodel.schema.model(model).stored_fields if f.name in VALUES]
        return {name: self.draw(VALUES[name]) for name in names}

    def references(self, model: str, key: Key | None) -> dict[str, Any]:
        """Values for all references of a record; a place that is for one child only is not offered twice."""
        values: dict[str, Any] = {}
        for link in self.datamodel.schema.links_from(model):
            if not values.keys().isdisjoint(link.reference_fields):
                continue
            parents = sorted(key for name, key in self.expected.records if name == link.parent)
            taken = {
                parent[1]
                for (name, other), record in self.expected.records.items()
                if name == model and other != key and (parent := refers_to(link, record))
            }
            free = [parent for parent in parents if not link.is_one_to_one or parent not in taken]
            nothing = [tuple("?" if isinstance(part, str) else 1 for part in parent) for parent in free[:1]]
            fields = [self.datamodel.schema.model(model).field(name) for name in link.reference_fields]
            offered = free + nothing + ([] if is_required(fields) else [(None,) * len(fields)] * 2)
            chosen = self.draw(st.sampled_from(offered)) if offered else ("?",) * len(fields)
            values |= dict(zip(link.reference_fields, fitting(fields, chosen), strict=True))
        return values


def is_required(fields: list[ModelField]) -> bool:
    return any(field.type.is_required for field in fields)


def fitting(fields: list[ModelField], chosen: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a reference to nothing in the fields' own types."""
    return tuple(
        1 if field.type.name == "Int" and part == "?" else part
        for field, part in zip(fields, chosen, strict=True)
    )


def stored(datamodel: DataModel) -> dict[tuple[str, Key], dict[str, Any]]:
    return {
        (name, record.key): without_timestamps(record.values())
        for name, model in datamodel.models.items()
        for record in model.objects.all()
    }


def without_timestamps(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else {n: plain(v) for n, v in values.items() if n not in TIMESTAMPS}


def plain(value: Any) -> Any:
    """Return a value with all numbers as floats without a negative zero: as JSON in PostgreSQL has them."""
    match value:
        case int() | float() if not isinstance(value, bool):
            return float(value) + 0.0
        case list():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
    return value


def logged(datamodel: DataModel, after: int) -> list[Entry]:
    """The entries after one, as the model of the writes has them."""
    return [
        (
            change.action,
            change.model,
            key_of(datamodel, change),
            without_timestamps(change.before),
            without_timestamps(change.after),
            change.cause.partition(" ")[0],
        )
        for change in Change.objects.filter(id__gt=after).order_by("id")
    ]


def key_of(datamodel: DataModel, change: Change) -> Key:
    values = change.after or change.before or {}
    return tuple(values[name] for name in datamodel.schema.model(change.model).primary_key)


def counted(entries: list[Entry]) -> Counter[str]:
    return Counter(json.dumps(plain(list(entry)), sort_keys=True) for entry in entries)


def last_id() -> int:
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


def groups_after(pk: int) -> list[UUID]:
    return list(
        dict.fromkeys(Change.objects.filter(id__gt=pk).order_by("id").values_list("group", flat=True))
    )


def check_world(datamodel: DataModel, expected: Expected | None = None) -> None:
    """Check what holds whatever was written: the log tells the records, and references name records."""
    replayed: dict[tuple[str, str], Any] = {}
    versions: dict[tuple[str, str], int] = {}
    for change in Change.objects.order_by("id"):
        place = (change.model, change.key)
        assert replayed.get(place) == change.before
        replayed[place] = change.after
        if datamodel.schema.has_datastore or change.cause.startswith("undo") or change.before is not None:
            assert change.record_version == versions.get(place, 0) + 1
        versions[place] = change.record_version
    now = everything(datamodel)
    assert plain({p: v for p, v in replayed.items() if v is not None}) == plain(now)
    for name, model in datamodel.models.items():
        for record in model.objects.all():
            assert record.joinery_version == versions[name, record.url_key]
    kept = Expected(datamodel.schema)
    kept.records = {place: values or {} for place, values in stored(datamodel).items()}
    assert kept.orphans() == []
    assert kept.crowded() == []


@thorough
@given(world=worlds(), data=st.data())
def test_writes_do_what_the_policies_say_and_undo_takes_them_back(
    emptied: None, world: World, data: st.DataObject
) -> None:
    datamodel = activate(world)
    player = Player(data, datamodel)
    done: list[tuple[UUID, Everything, Everything]] = []
    for _ in range(data.draw(st.integers(1, 12))):
        before, last = everything(datamodel), last_id()
        player.expected.log.clear()
        player.play()
        assert stored(datamodel) == plain(player.expected.records)
        assert counted(logged(datamodel, last)) == counted(player.expected.log)
        done += [(group, before, everything(datamodel)) for group in groups_after(last)]
    check_world(datamodel)
    undone: list[tuple[UUID, Everything]] = []
    for group, before, after in reversed(done):
        if before == after:
            continue
        assert check_group(datamodel, group) == ()
        undone.append((undo_group(datamodel, group).group, after))
        assert_same(everything(datamodel), before)
    check_world(datamodel)
    for group, after in reversed(undone):
        undo_group(datamodel, group)
        assert_same(everything(datamodel), after)
    check_world(datamodel)


def assert_same(one: Everything, other: Everything) -> None:
    assert one == other
    assert list(one) == list(other)


@thorough
@given(world=worlds(), data=st.data())
def test_any_group_is_undone_whole_or_refused_for_a_reason(
    emptied: None, world: World, data: st.DataObject
) -> None:
    datamodel = activate(world)
    player = Player(data, datamodel)
    for _ in range(data.draw(st.integers(2, 10))):
        player.play()
    for _ in range(3):
        groups = groups_after(0)
        if not groups:
            return
        group = groups[data.draw(st.integers(0, len(groups) - 1))]
        before, last = everything(datamodel), last_id()
        obstacles = check_group(datamodel, group)
        if obstacles:
            event("refused")
            with pytest.raises(UndoRefused) as refused:
                undo_group(datamodel, group)
            assert refused.value.obstacles == obstacles
            assert (everything(datamodel), last_id()) == (before, last)
            continue
        event("undone")
        undone = undo_group(datamodel, group)
        check_world(datamodel)
        assert undone.count == Change.objects.filter(group=undone.group).count()
        undo_group(datamodel, undone.group)
        assert_same(everything(datamodel), before)
        check_world(datamodel)
