"""Answers and choices as JSON and back."""

from __future__ import annotations

import json

from datamodel.migrator import PlanOptions
from datamodel.migrator.options import StoredOptions
from datamodel.schema import OnDelete, SchemaOptions

OPTIONS = PlanOptions(
    renames={("Post", "a"): "b"},
    model_renames={"Old": "New"},
    defaults={("Post", "c"): [1, None]},
    schema=SchemaOptions(datastore=True, on_delete={"Post.comments": OnDelete.KEEP}),
    integrity="appsync",
    is_open=True,
)


def test_plan_options_come_back():
    assert PlanOptions.from_json(json.loads(json.dumps(OPTIONS.to_json()))) == OPTIONS


def test_no_options_are_the_default():
    assert PlanOptions.from_json({}) == PlanOptions()
    assert StoredOptions.from_json({}) == StoredOptions()


def test_choices_come_back():
    stored = StoredOptions().updated(OPTIONS)
    assert StoredOptions.from_json(json.loads(json.dumps(stored.to_json()))) == stored


def test_managed_can_be_chosen_again():
    appsync = StoredOptions(schema=SchemaOptions(integrity="appsync"))
    assert appsync.updated(PlanOptions()).schema.integrity == "appsync"
    assert appsync.updated(PlanOptions(integrity="managed")).schema.integrity == "managed"
