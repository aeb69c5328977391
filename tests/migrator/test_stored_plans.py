"""Plans that wait for a person."""

from __future__ import annotations

import pytest

from datamodel.access import Actor
from datamodel.migrator import PlanOptions, StalePlan, apply_plan, load_plan, save_plan
from datamodel.models import SchemaPlan

from .conftest import add, plan_for, stored
from .test_plan import POST, post

ALICE = Actor("user", "alice")


def test_a_stored_plan_is_the_same_plan(change):
    change(POST)
    plan = plan_for(post("headline: String"), renames={("Post", "title"): "headline"})
    kept = save_plan(plan, ALICE)
    assert kept.created_by == "alice"
    again = load_plan(kept.pk)
    assert again.steps == plan.steps
    assert again.options == plan.options


def test_a_stored_plan_counts_the_records_of_today(change):
    change(POST)
    kept = save_plan(plan_for(post("")), ALICE)
    add("Post", title="One")
    assert load_plan(kept.pk).is_destructive


def test_a_stored_plan_takes_other_answers(change):
    change(POST)
    add("Post", title="One")
    kept = save_plan(plan_for(post("headline: String")), ALICE)
    answered = load_plan(kept.pk, PlanOptions(renames={("Post", "title"): "headline"}))
    apply_plan(answered)
    assert stored("Post", "headline") == [("One",)]


def test_a_stored_plan_of_an_earlier_version_is_stale(change):
    change(POST)
    kept = save_plan(plan_for(post("rating: Int")), ALICE)
    change(post("title: String other: Int"))
    with pytest.raises(StalePlan, match="Version 2 became active"):
        load_plan(kept.pk)


def test_a_plan_that_is_gone_is_not_found(db):
    with pytest.raises(SchemaPlan.DoesNotExist):
        load_plan("00000000-0000-0000-0000-000000000000")
