"""Records that lack a required value: asked about, or deleted where that was agreed to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from datamodel import records, registry
from datamodel.migrator import MigrationRefused, PlanOptions, apply_plan, make_plan
from datamodel.migrator.plan import Plan
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.schema import Source

Activate = Callable[..., DataModel]

PERSON = "type Person @model { id: ID! name: String posts: [Post] @hasMany }"
POST = "type Post @model { id: ID! title: String }"


@pytest.fixture
def people(activate_schema: Activate) -> DataModel:
    datamodel = activate_schema(f"{PERSON} {POST}")
    for name in ("Ann", None):
        person = records.create(datamodel, "Person", {"name": name})
        records.create(datamodel, "Post", {"title": f"of {name}", "personPostsId": person.id})
    return datamodel


def plan_for(text: str, *, deletes_lacking: bool = True) -> Plan:
    return make_plan([Source("schema.graphql", text)], PlanOptions(deletes_lacking=deletes_lacking))


def step_texts(plan: Plan) -> list[tuple[str, str]]:
    return [(str(step.risk), step.text) for step in plan.steps]


NAMED = f"{PERSON.replace('name: String', 'name: String!')} {POST}"
BORN = f"{PERSON.replace('name: String', 'name: String born: AWSDate!')} {POST}"


def test_only_those_that_lack_a_value_go(people: DataModel) -> None:
    plan = plan_for(NAMED)
    assert plan.questions == ()
    assert step_texts(plan) == [
        (
            "destructive",
            "make name of Person required: 1 of 2 records has no value and is deleted,"
            " with what its relationships take along",
        )
    ]
    with pytest.raises(MigrationRefused, match="needs explicit consent"):
        apply_plan(plan)
    datamodel = apply_plan(plan, allow_destructive=True)
    assert [person.name for person in datamodel.model("Person").objects.all()] == ["Ann"]
    assert [post.title for post in datamodel.model("Post").objects.all()] == ["of Ann"]
    deleted = Change.objects.filter(action="delete").values_list("model", "cause")
    assert sorted(model for model, _ in deleted) == ["Person", "Post"]


def test_all_go_that_a_new_required_field_finds(people: DataModel) -> None:
    plan = plan_for(BORN)
    assert [risk for risk, _ in step_texts(plan)] == ["destructive"]
    assert "2 records have no value and are deleted" in plan.steps[0].text
    datamodel = apply_plan(plan, allow_destructive=True)
    assert not datamodel.model("Person").objects.exists()
    assert records.create(datamodel, "Person", {"born": "2026-11-20"}).born == "2026-11-20"


def test_without_that_they_are_asked_about(people: DataModel) -> None:
    plan = plan_for(BORN, deletes_lacking=False)
    assert [question.kind for question in plan.questions] == ["default"]
    with pytest.raises(MigrationRefused, match="need a value"):
        apply_plan(plan, allow_destructive=True)
    assert people.model("Person").objects.count() == 2


def test_a_value_that_is_given_keeps_them(people: DataModel) -> None:
    options = PlanOptions(defaults={("Person", "born"): "2000-01-01"}, deletes_lacking=True)
    datamodel = apply_plan(make_plan([Source("schema.graphql", BORN)], options))
    assert [person.born for person in datamodel.model("Person").objects.all()] == ["2000-01-01"] * 2


def test_what_a_policy_holds_back_holds_the_change_back(activate_schema: Activate) -> None:
    text = """
    type Person @model { id: ID! name: String posts: [Post] @hasMany(references: ["personId"]) }
    type Post @model { id: ID! personId: ID! person: Person @belongsTo(references: ["personId"]) }
    """
    datamodel = activate_schema(text, on_delete={"Post.person": "restrict"})
    person = records.create(datamodel, "Person", {})
    records.create(datamodel, "Post", {"personId": person.id})
    plan = plan_for(text.replace("name: String", "name: String!"))
    with pytest.raises(MigrationRefused, match="Delete those first, or give a value"):
        apply_plan(plan, allow_destructive=True)
    assert registry.current().version == datamodel.version
    assert datamodel.model("Person").objects.count() == 1


def test_tombstones_stay(activate_schema: Activate) -> None:
    datamodel = activate_schema("type Person @model { id: ID! name: String }", datastore=True)
    for name in ("Ann", None):
        records.create(datamodel, "Person", {"name": name})
    datamodel = apply_plan(plan_for("type Person @model { id: ID! name: String! }"), allow_destructive=True)
    model = datamodel.model("Person")
    assert [person.name for person in model.objects.all()] == ["Ann"]
    assert [(person.joinery_deleted, person.name) for person in model.all_objects.order_by("pk")] == [
        (False, "Ann"),
        (True, ""),
    ]


def test_the_choice_is_kept_with_a_plan() -> None:
    options = PlanOptions(deletes_lacking=True)
    assert PlanOptions.from_json(options.to_json()) == options
