"""Delete policies from version to version: chosen, kept, renamed along, taken back, and held up by records."""

from __future__ import annotations

import json

import pytest

from datamodel import registry
from datamodel.access import Actor, acting_as
from datamodel.migrator import MigrationRefused, PlanOptionError, PlanOptions, apply_plan, clearing
from datamodel.migrator.history import read_base
from datamodel.models import Change
from datamodel.schema import OnDelete

from .conftest import add, plan_for, stored, texts

BLOG = """
type Post @model { id: ID! title: String comments: [Comment] @hasMany }
type Comment @model { id: ID! text: String author: User @hasOne }
type User @model { id: ID! }
"""
TEAM = """
type Team @model { id: ID! members: [Member] @hasMany(references: ["teamId"]) }
type Member @model { id: ID! teamId: ID team: Team @belongsTo(references: ["teamId"]) }
"""
CART = """
type Customer @model { id: ID! cart: Cart @hasOne(references: ["customerId"]) }
type Cart @model { id: ID! customerId: ID customer: Customer @belongsTo(references: ["customerId"]) }
"""
PERSON = """
type Person @model {
  name: String! @primaryKey(sortKeyFields: ["born"])
  born: AWSDate!
  posts: [Post] @hasMany(references: ["authorName", "authorBorn"])
}
type Post @model {
  id: ID!
  authorName: String
  authorBorn: AWSDate
  author: Person @belongsTo(references: ["authorName", "authorBorn"])
}
"""


def policies() -> dict[str, str]:
    return {link.name: str(link.on_delete) for link in registry.current().schema.links}


def chosen(plan) -> dict[str, str]:
    return {choice.link.name: choice.text for choice in plan.choices}


def test_a_choice_overrides_the_profile(change):
    change(BLOG, integrity="appsync", on_delete={"Post.comments": OnDelete.RESTRICT})
    assert policies() == {"Post.comments": "restrict", "Comment.author": "keep"}


def test_a_choice_stays_when_the_profile_switches(change):
    change(BLOG, on_delete={"Post.comments": OnDelete.RESTRICT})
    change(BLOG, integrity="appsync")
    assert policies() == {"Post.comments": "restrict", "Comment.author": "keep"}
    change(BLOG, integrity="managed")
    assert policies() == {"Post.comments": "restrict", "Comment.author": "clear"}


def test_every_later_plan_tells_what_is_chosen(change):
    change(BLOG, on_delete={"Post.comments": OnDelete.KEEP})
    plan = plan_for(BLOG.replace("text: String", "text: String more: String"))
    assert chosen(plan) == {
        "Post.comments": "on delete of Post, Comment by Post.comments: keep, as chosen before "
        "(the default is cascade)"
    }
    assert json.loads(json.dumps(plan.to_json()))["choices"] == [
        {"link": "Post.comments", "policy": "keep", "default": "cascade", "is_new": False}
    ]
    assert chosen(plan_for(BLOG)).keys() == {"Post.comments"}


def test_a_choice_made_now_is_told_as_such(change):
    change(BLOG)
    plan = plan_for(BLOG, on_delete={"Post.comments": OnDelete.CLEAR})
    assert chosen(plan)["Post.comments"].endswith("clear, chosen now (the default is cascade)")


def test_the_version_that_brought_a_choice_is_kept(change):
    change(BLOG)
    change(BLOG, on_delete={"Post.comments": OnDelete.CLEAR})
    change(BLOG.replace("text: String", "text: String more: String"))
    change(BLOG, on_delete={"Post.comments": OnDelete.CLEAR, "Comment.author": OnDelete.KEEP})
    assert read_base().options.chosen_in == {"Post.comments": 2, "Comment.author": 4}
    change(BLOG, on_delete={"Post.comments": OnDelete.KEEP})
    assert read_base().options.chosen_in == {"Post.comments": 5, "Comment.author": 4}


def test_a_choice_is_taken_back(change):
    change(BLOG, on_delete={"Post.comments": OnDelete.KEEP})
    plan = plan_for(BLOG, default_policies=("Post.comments",))
    assert texts(plan)[0].endswith("by Post.comments from keep to cascade")
    assert plan.choices == ()
    apply_plan(plan)
    assert policies()["Post.comments"] == "cascade"
    assert read_base().options.chosen_in == {}


def test_a_choice_that_is_the_default_is_taken_back_too(change):
    change(BLOG, on_delete={"Post.comments": OnDelete.CASCADE})
    change(BLOG, default_policies=("Post.comments",))
    change(BLOG, integrity="appsync")
    assert policies()["Post.comments"] == "keep"


def test_taking_back_what_is_not_there_is_told(change):
    change(BLOG)
    with pytest.raises(PlanOptionError, match=r"There is no relationship 'Post.comment'. Did you mean"):
        plan_for(BLOG, default_policies=("Post.comment",))


def test_a_policy_and_the_default_at_once_are_refused(change):
    change(TEAM)
    with pytest.raises(PlanOptionError, match=r"'Team.members' is given a policy and its default at once"):
        plan_for(TEAM, on_delete={"Member.team": OnDelete.KEEP}, default_policies=("Team.members",))


def test_what_is_taken_back_goes_into_json_and_out():
    options = PlanOptions(default_policies=("Member.team",))
    assert PlanOptions.from_json(json.loads(json.dumps(options.to_json()))) == options


RENAMED = [
    pytest.param(BLOG.replace("Comment", "Remark"), {"model_renames": {"Comment": "Remark"}}, id="the child"),
    pytest.param(BLOG.replace("Post", "Article"), {"model_renames": {"Post": "Article"}}, id="the parent"),
    pytest.param(
        BLOG.replace("comments", "remarks"), {"renames": {("Post", "comments"): "remarks"}}, id="field"
    ),
]


@pytest.mark.parametrize(("text", "renames"), RENAMED)
def test_a_choice_outlives_a_rename(change, text, renames):
    change(BLOG, on_delete={"Post.comments": OnDelete.RESTRICT})
    change(text, **renames)
    assert next(iter(policies().values())) == "restrict"
    assert list(read_base().options.chosen_in.values()) == [1]


def test_a_choice_outlives_a_renamed_reference(change):
    change(TEAM, on_delete={"Team.members": OnDelete.RESTRICT})
    change(TEAM.replace("teamId", "squadId"), renames={("Member", "teamId"): "squadId"})
    assert policies() == {"Member.team": "restrict"}


def test_a_choice_outlives_another_name_for_the_same_columns(change):
    change(TEAM, on_delete={"Member.team": OnDelete.RESTRICT})
    change(TEAM.replace("team: Team", "squad: Team"))
    assert policies() == {"Member.squad": "restrict"}


def test_a_choice_does_not_pass_to_another_relationship(change):
    change(TEAM, on_delete={"Member.team": OnDelete.RESTRICT})
    other = TEAM.replace("teamId", "clubId").replace("team: Team", "club: Team")
    change(other)
    assert policies() == {"Member.club": "cascade"}


def test_the_switch_of_the_profile_is_a_step(change):
    change(BLOG)
    plan = plan_for(BLOG, integrity="appsync")
    assert texts(plan)[0] == (
        "risky: switch integrity to appsync: relationships without a choice of their own are not enforced any more"
    )
    assert "from cascade to keep" in texts(plan)[1]
    apply_plan(plan)
    back = texts(plan_for(BLOG, integrity="managed"))[0]
    assert back.startswith("risky: switch integrity to managed: relationships are enforced again")


def test_a_changed_policy_says_what_it_means_and_for_how_many(change):
    change(TEAM)
    add("Team", id="t")
    add("Member", teamId="t")
    add("Member")
    details = {
        policy: plan_for(TEAM, on_delete={"Member.team": policy}).steps[0].detail
        for policy in (OnDelete.CLEAR, OnDelete.RESTRICT, OnDelete.KEEP)
    }
    assert details == {
        OnDelete.CLEAR: "Deleting a record of Team keeps the records of Member that refer to it, and clears "
        "their teamId. 1 record of Member has a reference.",
        OnDelete.RESTRICT: "Deleting a record of Team is refused while records of Member refer to it. "
        "1 record of Member has a reference.",
        OnDelete.KEEP: "Deleting a record of Team leaves the records of Member that refer to it as they are; "
        "what teamId holds is not checked any more. 1 record of Member has a reference.",
    }


def dangling(change, text=TEAM, **values):
    change(text, integrity="appsync")
    add("Team", id="t")
    add("Member", teamId="t")
    add("Member", teamId="gone")
    add("Member", teamId="away")


@pytest.mark.parametrize(
    "options", [{"integrity": "managed"}, {"on_delete": {"Member.team": OnDelete.RESTRICT}}]
)
def test_dangling_references_lose_their_value_once_that_is_agreed(change, options):
    dangling(change)
    plan = plan_for(TEAM, **options)
    assert texts(plan)[-1].endswith(": 2 records of Member refer to no Team and lose the reference")
    assert plan.steps[-1].detail.endswith("The references are 'away', 'gone'.")
    with pytest.raises(MigrationRefused, match="needs explicit consent"):
        apply_plan(plan)
    apply_plan(plan, allow_destructive=True)
    assert stored("Member", "teamId") == [("t",), (None,), (None,)]


def test_a_reference_that_is_cleared_keeps_its_value_in_the_log(change):
    dangling(change)
    Change.objects.all().delete()
    with acting_as(Actor("user", "nadia")):
        change(TEAM, integrity="managed")
    told = Change.objects.order_by("id")
    assert [(each.before["teamId"], each.after["teamId"], each.actor) for each in told] == [
        ("gone", None, "nadia"),
        ("away", None, "nadia"),
    ]
    members = registry.current().model("Member").objects.order_by("joinery_pk")
    assert [member.joinery_version for member in members] == [1, 2, 2]
    assert {each.group for each in told} == {told[0].group}


def test_references_of_renamed_models_and_fields_are_cleared_too(change):
    dangling(change)
    text = TEAM.replace("Member", "Player").replace("Team", "Squad").replace("teamId", "squadId")
    renames = {
        "model_renames": {"Member": "Player", "Team": "Squad"},
        "renames": {("Player", "teamId"): "squadId"},
    }
    change(text, integrity="managed", **renames)
    assert stored("Player", "squadId") == [("t",), (None,), (None,)]
    assert Change.objects.filter(model="Member", after__teamId=None).count() == 2


def test_more_references_than_are_written_at_once_are_cleared(change, monkeypatch):
    monkeypatch.setattr(clearing, "BATCH", 1)
    dangling(change)
    change(TEAM, integrity="managed")
    assert stored("Member", "teamId") == [("t",), (None,), (None,)]


def test_dangling_references_that_are_required_stand_in_the_way(change):
    text = TEAM.replace("teamId: ID", "teamId: ID!")
    dangling(change, text)
    plan = plan_for(text, integrity="managed")
    assert plan.is_blocked
    with pytest.raises(MigrationRefused, match="2 records of Member refer to no Team by the required teamId"):
        apply_plan(plan, allow_destructive=True)
    assert not plan_for(text, integrity="managed", on_delete={"Member.team": OnDelete.KEEP}).is_blocked


def test_dangling_references_of_several_fields_are_counted(change):
    change(PERSON, integrity="appsync")
    add("Person", name="Ada", born="1815-12-10")
    add("Post", authorName="Ada", authorBorn="1815-12-10")
    add("Post", authorName="Ada", authorBorn="1900-01-01")
    plan = plan_for(PERSON, integrity="managed")
    assert texts(plan)[-1].endswith(": 1 record of Post refers to no Person and loses the reference")
    apply_plan(plan, allow_destructive=True)
    assert stored("Post", "authorName", "authorBorn") == [("Ada", "1815-12-10"), (None, None)]


def test_records_that_share_a_one_to_one_parent_stand_in_the_way(change):
    change(CART, integrity="appsync")
    add("Customer", id="c1")
    add("Customer", id="c2")
    for _ in range(3):
        add("Cart", customerId="c1")
    add("Cart", customerId="c2")
    add("Cart")
    add("Cart")
    plan = plan_for(CART, integrity="managed")
    (step,) = [step for step in plan.steps if step.blocker]
    assert step.rows == 2
    assert step.blocker == (
        "2 records of Cart share a Customer with another, which may have one only: 'c1'. Give each a Customer "
        "of its own or delete what is too much first, or choose the policy keep for Cart.customer."
    )
    with pytest.raises(MigrationRefused, match="2 records of Cart share a Customer"):
        apply_plan(plan, allow_destructive=True)


def test_a_relationship_that_becomes_one_to_one_is_a_step(change):
    many = CART.replace("cart: Cart @hasOne", "carts: [Cart] @hasMany")
    policy = {"Cart.customer": OnDelete.CLEAR}
    change(many, on_delete=policy)
    assert texts(plan_for(CART)) == ["safe: let a record of Customer have one Cart at most by Cart.customer"]
    add("Customer", id="c1")
    add("Cart", customerId="c1")
    add("Cart", customerId="c1")
    assert plan_for(CART).is_blocked


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.RESTRICT])
def test_tombstones_without_a_reference_do_not_hold_up_that_it_becomes_required(change, policy):
    change(TEAM, on_delete={"Member.team": policy})
    add("Team", id="t")
    add("Member", teamId="t")
    gone = add("Member")
    gone.joinery_deleted = True
    gone.save()
    change(TEAM.replace("teamId: ID", "teamId: ID!"))
    assert stored("Member", "teamId") == [("t",)]
