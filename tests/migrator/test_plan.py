"""The words, risks and questions of plans."""

from __future__ import annotations

import json

import pytest

from datamodel.migrator import PlanOptionError, Risk, apply_plan
from datamodel.schema import OnDelete, SchemaError

from .conftest import add, plan_for, texts

POST = "type Post @model { id: ID! title: String }"


def post(fields: str, rest: str = "") -> str:
    return f"type Post @model {{ id: ID! {fields} }} {rest}"


def test_the_first_plan_creates_every_table(change):
    assert texts(plan_for(POST + " type Tag @model { id: ID! }")) == [
        "safe: create table Post",
        "safe: create table Tag",
    ]


def test_the_same_schema_again_is_an_empty_plan(change):
    change(POST)
    plan = plan_for(POST)
    assert plan.is_empty
    assert plan.steps == ()
    assert not plan.operations


def test_another_text_of_the_same_schema_touches_nothing(change):
    change(POST)
    plan = plan_for("# said anew\n" + POST)
    assert texts(plan) == ["safe: keep the new text of the schema: no change to tables or API"]
    assert not plan.operations


def test_another_choice_for_the_same_schema_is_a_step(change):
    rules = "input AMPLIFY { globalAuthRule: AuthRule = { allow: public } } "
    change(rules + POST)
    plan = plan_for(rules + POST, is_open=True)
    assert texts(plan) == ["safe: keep the new choices: no change to tables or API"]


def test_planning_changes_nothing(change):
    change(POST)
    add("Post", title="One")
    plan_for(post("rating: Int"))
    assert plan_for(POST).is_empty


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (post("title: String rating: Int"), "safe: add field rating to Post: 2 records get null"),
        (
            post('title: String rating: Int! @default(value: "5")'),
            "risky: add required field rating to Post: 2 records get 5",
        ),
        (
            post("title: String rating: Int!"),
            "risky: add required field rating to Post: 2 records need a value",
        ),
        (post(""), "destructive: drop field title from Post: 1 of 2 records holds a value"),
        (post("title: String!"), "risky: make title of Post required: 1 of 2 records has no value"),
        (
            post('title: String! @default(value: "none")'),
            'risky: make title of Post required: 1 of 2 records has no value and gets "none"',
        ),
        (
            post("title: Int"),
            "destructive: change type of title of Post from String to Int: "
            "1 of 2 records holds a value that does not fit and gets null",
        ),
        (
            post("title: AWSURL"),
            "destructive: change type of title of Post from String to AWSURL: "
            "1 of 2 records holds a value that does not fit and gets null",
        ),
        (post("title: ID"), "safe: change type of title of Post from String to ID: the only value fits"),
        (
            post("title: [String]"),
            "risky: change type of title of Post from String to [String]: the only value fits",
        ),
        ("type Tag @model { id: ID! }", "destructive: drop table Post: 2 records"),
    ],
)
def test_a_step_speaks_of_the_records(change, after, expected):
    change(POST)
    add("Post", title="One")
    add("Post")
    assert expected in texts(plan_for(after))


def test_a_step_on_an_empty_table_loses_nothing(change):
    change(POST + " type Tag @model { id: ID! }")
    plan = plan_for(post("rating: Int!"))
    assert not plan.is_destructive
    assert not plan.is_blocked
    assert texts(plan) == [
        "safe: add required field rating to Post",
        "risky: drop field title from Post: no record holds a value",
        "risky: drop table Tag: no records",
    ]


def test_a_required_field_without_a_value_asks_for_one(change):
    change(POST)
    add("Post", title="One")
    plan = plan_for(post("title: String rating: Int!"))
    (question,) = plan.questions
    assert (question.kind, question.model, question.field) == ("default", "Post", "rating")
    assert question.is_blocking
    assert question.text == "1 record of Post needs a value for the required field 'rating'. Which one?"
    assert plan.is_blocked


def test_a_given_default_answers_the_question(change):
    change(POST)
    add("Post", title="One")
    plan = plan_for(post("title: String rating: Int!"), defaults={("Post", "rating"): 3})
    assert plan.questions == ()
    assert texts(plan) == ["risky: add required field rating to Post: 1 record gets 3"]


def test_a_question_about_an_enum_offers_its_values(change):
    change(POST)
    add("Post", title="One")
    plan = plan_for(post("title: String state: State!", "enum State { ON OFF }"))
    assert plan.questions[0].candidates == ("ON", "OFF")


@pytest.mark.parametrize(
    ("default", "message"),
    [
        ({("Post", "rating"): "x"}, "The default of 'Post.rating' does not fit: "),
        ({("Post", "nothing"): 1}, "There is no field 'Post.nothing' to give a default to."),
        ({("Nobody", "rating"): 1}, "There is no field 'Nobody.rating' to give a default to."),
    ],
)
def test_a_default_that_fits_nothing_is_told(change, default, message):
    change(POST)
    with pytest.raises(PlanOptionError) as caught:
        plan_for(post("title: String rating: Int!"), defaults=default)
    assert caught.value.message.startswith(message)


def test_a_likely_rename_is_asked_and_not_guessed(change):
    change(POST)
    add("Post", title="One")
    plan = plan_for(post("headline: String"))
    (question,) = plan.questions
    assert (question.kind, question.model, question.field) == ("rename_field", "Post", "title")
    assert question.candidates == ("headline",)
    assert question.text == "Is 'title' of Post called 'headline' now? Otherwise its values go."
    assert not question.is_blocking
    assert plan.is_destructive


def test_a_field_of_another_type_is_no_rename(change):
    change(POST)
    assert plan_for(post("titles: Int")).questions == ()


def test_a_confirmed_rename_loses_nothing(change):
    change(POST)
    add("Post", title="One")
    plan = plan_for(post("headline: String"), renames={("Post", "title"): "headline"})
    assert texts(plan) == ["safe: rename field title of Post to headline"]
    assert plan.questions == ()


def test_a_likely_rename_of_a_model_is_asked(change):
    change(POST)
    (question,) = plan_for("type Article @model { id: ID! title: String }").questions
    assert (question.kind, question.model, question.candidates) == ("rename_model", "Post", ("Article",))


def test_a_confirmed_rename_of_a_model_keeps_its_table(change):
    change(POST)
    add("Post", title="One")
    plan = plan_for("type Article @model { id: ID! title: String }", model_renames={"Post": "Article"})
    assert texts(plan) == ["safe: rename Post to Article"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"renames": {("Post", "nope"): "headline"}}, "the active version has no such field"),
        ({"renames": {("Post", "title"): "nope"}}, "the schema has no field 'nope'"),
        ({"renames": {("Nope", "title"): "headline"}}, "there is no model 'Nope' in both versions"),
        ({"renames": {("Post", "id"): "headline"}}, "both exist in one of the versions"),
        ({"model_renames": {"Nope": "Post"}}, "the active version has no such model"),
        ({"model_renames": {"Post": "Nope"}}, "the schema has no model 'Nope'"),
    ],
)
def test_a_rename_of_nothing_is_told(change, options, message):
    change(POST)
    with pytest.raises(PlanOptionError, match=message):
        plan_for(post("headline: String"), **options)


STATUS = "type Post @model { id: ID! status: Status } enum Status { NEW OLD }"


def test_a_removed_enum_value_that_records_hold_is_told(change):
    change(STATUS)
    add("Post", status="OLD")
    add("Post", status="NEW")
    plan = plan_for(STATUS.replace(" OLD", ""))
    assert texts(plan) == [
        "destructive: remove OLD from enum Status in status of Post: "
        "1 of 2 records holds a value that does not fit and gets null"
    ]
    assert plan.steps[0].detail == "For example 'OLD'."


def test_an_added_enum_value_changes_no_table(change):
    change(STATUS)
    plan = plan_for(STATUS.replace("OLD", "OLD GONE"))
    assert texts(plan) == ["safe: add GONE to enum Status: no change to tables"]
    assert not plan.operations


ONE_TO_MANY = """
type Post @model { id: ID! comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
type Comment @model { id: ID! postID: ID @index(name: "byPost") text: String }
"""
UNLINKED = """
type Post @model { id: ID! }
type Comment @model { id: ID! postID: ID text: String }
"""


def test_a_new_relationship_counts_what_dangles(change):
    change(UNLINKED)
    add("Post", id="p1")
    add("Comment", postID="p1")
    add("Comment", postID="nobody")
    add("Comment")
    plan = plan_for(ONE_TO_MANY)
    assert texts(plan) == [
        "safe: add index byPost to Comment",
        "destructive: add relationship Post.comments to Post, on delete cascade: "
        "1 record of Comment refers to no Post and loses the reference",
    ]
    assert plan.steps[1].detail == "The references are 'nobody'."


def test_a_required_reference_that_dangles_stands_in_the_way(change):
    change(UNLINKED.replace("postID: ID", "postID: ID!"))
    add("Comment", postID="nobody")
    plan = plan_for(ONE_TO_MANY.replace("postID: ID", "postID: ID!"))
    assert plan.is_blocked
    assert plan.steps[-1].blocker == (
        "1 record of Comment refers to no Post by the required postID: 'nobody'. "
        "Correct or delete them first, or choose the policy keep for Post.comments."
    )


def test_a_relationship_that_is_kept_dangling_is_fine(change):
    change(UNLINKED)
    add("Comment", postID="nobody")
    plan = plan_for(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.KEEP})
    assert not plan.is_destructive


def test_a_changed_policy_is_a_step(change):
    change(ONE_TO_MANY)
    plan = plan_for(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.RESTRICT})
    assert texts(plan) == [
        "safe: on delete of Post, change what happens to Comment by Post.comments from cascade to restrict"
    ]
    assert not plan.operations


def test_a_policy_survives_later_uploads(change):
    change(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.RESTRICT})
    datamodel = change(ONE_TO_MANY.replace("text: String", "text: String more: String"))
    assert [link.on_delete for link in datamodel.schema.links] == [OnDelete.RESTRICT]


def test_a_policy_given_again_replaces_the_one_before(change):
    change(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.RESTRICT})
    datamodel = change(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.CLEAR})
    assert [link.on_delete for link in datamodel.schema.links] == [OnDelete.CLEAR]


def test_integrity_and_datastore_survive_later_uploads(change):
    change(ONE_TO_MANY, integrity="appsync", datastore=False)
    datamodel = change(ONE_TO_MANY + " type Tag @model { id: ID! }")
    assert [link.on_delete for link in datamodel.schema.links] == [OnDelete.KEEP]
    assert not datamodel.schema.has_datastore


def test_a_policy_that_is_no_longer_possible_is_dropped(change):
    change(ONE_TO_MANY, on_delete={"Post.comments": OnDelete.CLEAR})
    datamodel = change(ONE_TO_MANY.replace("postID: ID", "postID: ID!"))
    assert [link.on_delete for link in datamodel.schema.links] == [OnDelete.CASCADE]


def test_a_policy_for_nothing_is_told(change):
    with pytest.raises(SchemaError, match=r"There is no relationship 'Post\.nothing'"):
        plan_for(ONE_TO_MANY, on_delete={"Post.nothing": OnDelete.KEEP})


def test_open_access_survives_and_can_be_closed(change):
    assert change(POST, is_open=True).schema.global_auth is not None
    assert change(post("title: String more: Int")).schema.global_auth is not None
    assert change(POST, is_open=False).schema.global_auth is None


def test_a_change_of_rules_is_a_step(change):
    change(POST)
    plan = plan_for(POST.replace("@model", "@model @auth(rules: [{ allow: public }])"))
    assert texts(plan) == ["risky: change who may use Post: no change to tables"]


def test_a_change_that_only_the_api_shows_is_a_step(change):
    change(POST)
    plan = plan_for(POST.replace("@model", "@model(queries: { list: null })"))
    assert texts(plan) == ["safe: change the API only: no change to tables"]


def test_the_datastore_switch_is_a_step(change):
    change(POST)
    assert "risky: switch DataStore off: records stay as they are" in texts(plan_for(POST, datastore=False))


def test_a_changed_primary_key_with_duplicates_stands_in_the_way(change):
    change("type Post @model { id: ID! slug: String! }")
    add("Post", slug="same")
    add("Post", slug="same")
    plan = plan_for("type Post @model { slug: String! @primaryKey }")
    assert plan.is_blocked
    step = next(step for step in plan.steps if step.kind == "change_key")
    assert step.text == "change the primary key of Post from id to slug"
    assert (
        step.blocker == "Records of Post would share a value of slug: 'same'. Give each its own value first."
    )


def test_values_that_no_longer_fit_an_embedded_type_are_counted(change):
    before = "type User @model { id: ID! home: Address } type Address { street: String }"
    change(before)
    add("User", home={"street": "One"})
    add("User")
    plan = plan_for(before.replace("street: String", "street: String zip: String!"))
    assert texts(plan) == ["risky: change type Address: 1 record of User holds a value that does not fit"]


def test_tombstones_do_not_count(change):
    change(POST)
    record = add("Post", title="One")
    record.joinery_deleted = True
    record.save()
    assert texts(plan_for("type Tag @model { id: ID! }"))[-1] == "risky: drop table Post: no records"


def test_a_plan_goes_into_json(change):
    change(POST)
    add("Post", title="One")
    data = json.loads(json.dumps(plan_for(post("headline: String")).to_json()))
    assert data["is_destructive"] is True
    assert data["base_version"] == 1
    assert data["steps"][1] == {
        "kind": "drop_field",
        "risk": "destructive",
        "text": "drop field title from Post: 1 of 1 record holds a value",
        "model": "Post",
        "field": "title",
        "rows": 1,
        "detail": "",
        "blocker": "",
    }
    assert data["questions"][0]["kind"] == "rename_field"


def test_each_table_is_counted_once(change, django_assert_max_num_queries):
    change("type Post @model { id: ID! " + " ".join(f"f{i}: String" for i in range(30)) + " }")
    with django_assert_max_num_queries(5):
        plan_for(POST)


def test_dropping_loses_and_adding_does_not(change):
    change(POST)
    add("Post", title="One")
    risks = {step.kind: step.risk for step in plan_for(post("other: Int")).steps}
    assert risks == {"add_field": Risk.SAFE, "drop_field": Risk.DESTRUCTIVE}
    apply_plan(plan_for(post("title: String other: Int")))


def test_a_new_key_field_that_all_records_would_share_stands_in_the_way(change):
    change("type Post @model { id: ID! }")
    add("Post")
    add("Post")
    plan = plan_for("type Post @model { slug: String! @primaryKey }", defaults={("Post", "slug"): "a"})
    (step,) = [step for step in plan.steps if step.blocker]
    assert step.blocker == "Records of Post would share a value of slug. Give each its own value first."


def test_keys_that_are_the_same_after_a_conversion_stand_in_the_way(change):
    change("type Post @model { slug: String! @primaryKey }")
    add("Post", slug="1")
    add("Post", slug="01")
    plan = plan_for("type Post @model { slug: Int! @primaryKey }")
    assert plan.is_blocked
    assert "'1'" in " ".join(step.blocker for step in plan.steps)


def test_a_new_required_reference_to_nothing_stands_in_the_way(change):
    change("type Post @model { id: ID! } type Comment @model { id: ID! }")
    add("Comment")
    text = ONE_TO_MANY.replace("postID: ID", "postID: ID!")
    assert plan_for(text, defaults={("Comment", "postID"): "nobody"}).is_blocked
    add("Post", id="p")
    assert not plan_for(text, defaults={("Comment", "postID"): "p"}).is_blocked


@pytest.mark.parametrize("name", ["n", "joinery", "pk", "count"])
def test_a_key_change_is_planned_whatever_the_fields_are_called(change, name):
    change(f"type Post @model {{ id: ID! {name}: String! }}")
    assert plan_for(f"type Post @model {{ id: ID! {name}: String! @primaryKey }}").steps
