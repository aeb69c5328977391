"""Random breakage is found exactly, and whatever fixes are taken, in the end nothing is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datamodel.health import Answer, Asks, apply_fix, check_data, fixes_of, lost_values
from datamodel.models import Change
from tests.health.breaking import unenforced
from tests.health.conftest import offenders

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SCHEMA = """
enum Mood { GOOD BAD }
type Mark { mood: Mood text: String! }
type Shop @model { code: String! @primaryKey(sortKeyFields: ["number"]) number: Int! label: String
  items: [Item] @hasMany(indexName: "byShop", fields: ["code", "number"]) }
type Owner @model { id: ID! name: String! items: [Item] @hasMany(indexName: "byOwner", fields: ["id"]) }
type Badge @model { id: ID! item: Item @hasOne(references: ["badgeID"]) }
type Item @model { id: ID! tags: [Tag] @manyToMany(relationName: "ItemTag")
  shopCode: String @index(name: "byShop", sortKeyFields: ["shopNumber"]) shopNumber: Int
  shop: Shop @belongsTo(fields: ["shopCode", "shopNumber"])
  ownerID: ID! @index(name: "byOwner") owner: Owner @belongsTo(fields: ["ownerID"])
  badgeID: ID badge: Badge @belongsTo(references: ["badgeID"])
  mood: Mood moods: [Mood] when: AWSDate mark: Mark }
type Tag @model { id: ID! items: [Item] @manyToMany(relationName: "ItemTag") }
"""
STAMPS = {"createdAt": "2026-11-20T08:00:00.000Z", "updatedAt": "2026-11-20T08:00:00.000Z"}

# Where a reference leads: to a record, to a tombstone, to nothing, nowhere, or halfway.
WHOLE = st.sampled_from(["live", "live", "live", "live 2", "buried", "gone", "none"])
SHOPS = {
    "live": ("a", 1),
    "live 2": ("a", 2),
    "buried": ("b", 1),
    "gone": ("a", 9),
    "none": (None, None),
    "half": ("a", None),
    "other half": (None, 2),
}


@dataclass(frozen=True)
class Plan:
    """An item as it is to be."""

    shop: str
    owner: str
    badge: str
    mood: str | None
    moods: tuple[str, ...]
    when: str | None
    mark: str
    is_buried: bool


plans = st.builds(
    Plan,
    shop=st.sampled_from([*SHOPS, "live", "none"]),
    owner=WHOLE.filter(lambda where: where != "none"),
    badge=st.sampled_from(["none", "none", "live", "live 2", "buried", "gone"]),
    mood=st.sampled_from([None, "GOOD", "BAD", "LOST", "MAD"]),
    moods=st.lists(st.sampled_from(["GOOD", "LOST"]), max_size=2).map(tuple),
    when=st.sampled_from([None, "2026-11-20", "2026-01-31", "2026-02-30", "soon"]),
    mark=st.sampled_from(["none", "fine", "empty", "lost", "odd"]),
    is_buried=st.sampled_from([False, False, False, True]),
)
MARKS: dict[str, Any] = {
    "none": None,
    "fine": {"text": "T", "mood": "BAD"},
    "empty": {"mood": "GOOD"},
    "lost": {"text": "T", "mood": "LOST"},
    "odd": ["T"],
}


@pytest.fixture(params=[False, True], ids=["plain", "datastore"])
def datamodel(request, activate_schema):
    return activate_schema(SCHEMA, datastore=request.param)


def empty_tables(datamodel):
    with unenforced(), connection.cursor() as cursor:
        for model in datamodel.models.values():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model.names.table)}")
    Change.objects.all().delete()


def store(datamodel, model, *rows):
    """Put rows into the table, past everything."""
    record = datamodel.model(model)
    made = []
    for row in rows:
        values = {record.names.attribute(name): value for name, value in row.items() if name != "_deleted"}
        made.append(record(joinery_deleted=row.get("_deleted", False), **values, **STAMPS))
    record.all_objects.bulk_create(made)


def build(datamodel, items, joins):
    """Store the parents, live and dead, and the items as planned."""
    empty_tables(datamodel)
    with unenforced():
        shops = ("live", "live 2", "buried")
        store(
            datamodel,
            "Shop",
            *({"code": SHOPS[n][0], "number": SHOPS[n][1], "_deleted": n == "buried"} for n in shops),
        )
        store(datamodel, "Owner", *({"id": n, "name": n, "_deleted": n == "buried"} for n in shops))
        store(datamodel, "Badge", *({"id": n, "_deleted": n == "buried"} for n in shops))
        store(datamodel, "Tag", {"id": "t0"}, {"id": "t1"})
        store(datamodel, "Item", *(as_row(number, plan) for number, plan in enumerate(items)))
        live = [number for number, plan in enumerate(items) if not plan.is_buried]
        wanted = [(live[item % len(live)], tag) for item, tag in joins] if live else []
        store(
            datamodel,
            "ItemTag",
            *(
                {"id": f"j{number}", "itemId": f"i{item}", "tagId": f"t{tag}"}
                for number, (item, tag) in enumerate(wanted)
            ),
        )
    return wanted


def as_row(number, plan):
    return {
        "id": f"i{number}",
        "shopCode": SHOPS[plan.shop][0],
        "shopNumber": SHOPS[plan.shop][1],
        "ownerID": plan.owner,
        "badgeID": None if plan.badge == "none" else plan.badge,
        "mood": plan.mood,
        "moods": list(plan.moods),
        "when": plan.when,
        "mark": MARKS[plan.mark],
        "_deleted": plan.is_buried,
    }


def expected(items, joins):
    """What is broken, told from the plans alone: the keys by check."""
    broken = {
        "H001 Item.shop": lambda plan: plan.shop == "gone",
        "H001 Item.owner": lambda plan: plan.owner == "gone",
        "H001 Item.badge": lambda plan: plan.badge == "gone",
        "H002 Item.shop": lambda plan: plan.shop == "buried",
        "H002 Item.owner": lambda plan: plan.owner == "buried",
        "H002 Item.badge": lambda plan: plan.badge == "buried",
        "H003 Item.shop": lambda plan: plan.shop in {"half", "other half"},
        "H006 Item.mark": lambda plan: plan.mark == "empty",
        "H007 Item.mood": lambda plan: plan.mood in {"LOST", "MAD"},
        "H007 Item.moods": lambda plan: "LOST" in plan.moods,
        "H007 Item.mark": lambda plan: plan.mark == "lost",
        "H008 Item.when": lambda plan: plan.when in {"2026-02-30", "soon"},
        "H008 Item.mark": lambda plan: plan.mark == "odd",
    }
    live = [(f"i{number}", plan) for number, plan in enumerate(items) if not plan.is_buried]
    found = {name: [key for key, plan in live if is_broken(plan)] for name, is_broken in broken.items()}
    found["H004 Item.badge"] = extras([(key, plan.badge) for key, plan in live if plan.badge != "none"])
    found["H009 ItemTag"] = extras([(f"j{number}", pair) for number, pair in enumerate(joins)])
    return {name: keys for name, keys in found.items() if keys}


def extras(pairs):
    """The keys whose value an earlier one has already."""
    seen, found = set(), []
    for key, value in pairs:
        if value in seen:
            found.append(key)
        seen.add(value)
    return found


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    items=st.lists(plans, min_size=1, max_size=12),
    joins=st.lists(st.tuples(st.integers(0, 11), st.integers(0, 1)), max_size=6),
    choices=st.randoms(use_true_random=False),
)
def test_random_breakage_is_found_exactly_and_can_be_fixed(datamodel, items, joins, choices):
    stored = build(datamodel, items, joins)
    report = check_data(datamodel)
    found = {f"{f.check.code} {f.check.subject}": f.counted.count for f in report.findings}
    wanted = expected(items, stored)
    assert found == {name: len(keys) for name, keys in wanted.items()}
    assert {name: offenders(datamodel, name) for name in wanted} == wanted
    fix_all(datamodel, choices)
    assert check_data(datamodel).findings == ()
    assert_log_is_true(datamodel)


def fix_all(datamodel, choices):
    """Take a fix at random for a finding at random, until nothing is broken."""
    for _ in range(100):
        findings = check_data(datamodel).findings
        if not findings:
            return
        check = choices.choice(findings).check
        fixes = [fix for fix in fixes_of(check) if not fix.refusal_for_many]
        fix = choices.choice(fixes)
        assert apply_fix(fix, answer(datamodel, fix, choices)) > 0, (check, fix.name)
    pytest.fail("After 100 fixes something is still broken.")


def answer(datamodel, fix, choices):
    """Something that the fix can be told."""
    match fix.asks:
        case Asks.PARENT:
            parents = list(fix.check.parent_class.objects.all())
            return Answer(parent=choices.choice(parents).key_dict)
        case Asks.VALUE:
            return Answer(values={fix.check.field: choices.choice([None, "2026-11-20"])})
        case Asks.NEW:
            is_owner = fix.check.link.parent == "Owner"
            return Answer(values={"name": "N"} if is_owner else {})
        case Asks.REPLACEMENTS:
            lost = lost_values(fix.check, fix.check.offenders(100))
            return Answer(replacements={one: choices.choice(["GOOD", "BAD", None]) for one in lost})
        case _:
            return Answer()


def assert_log_is_true(datamodel):
    """The last entry of each record says what is stored."""
    last = {(change.model, change.key): change for change in Change.objects.order_by("id")}
    for (model, key), change in last.items():
        stored = [r for r in datamodel.model(model).objects.all() if r.url_key == key]
        assert [record.values() for record in stored] == ([] if change.after is None else [change.after])
        assert [r.joinery_version for r in stored] == (
            [] if change.after is None else [change.record_version]
        )
