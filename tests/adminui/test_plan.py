"""The plan of a schema change: seen, answered, applied."""

from __future__ import annotations

import uuid

import pytest

from datamodel import records, registry
from datamodel.migrator import ApplyBusy, apply_plan, make_plan
from datamodel.models import SchemaVersion
from datamodel.schema import Source

BEFORE = "type User @model { name: String! phone: String note: String }"
WITHOUT_NOTE = "type User @model { name: String! phone: String }"
RENAMED = "type User @model { name: String! mobile: String note: String }"
REQUIRED = "type User @model { name: String! phone: String note: String rating: Int! }"


@pytest.fixture
def users(activate_schema):
    datamodel = activate_schema(BEFORE)
    for name in ("Nadia", "Rene"):
        records.create(datamodel, "User", {"name": name, "phone": "+351910000111", "note": "kind"})
    return datamodel


def plan(client, text):
    """Upload ``text``; answer the address of its plan."""
    response = client.post("/schema/upload/", {"name": "schema.graphql", "text": text})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def active_fields():
    return {field.name for field in registry.current().schema.model("User").fields}


def test_the_first_schema_is_applied_and_its_pages_are_there_at_once(admin_client):
    url = plan(admin_client, BEFORE)
    page = admin_client.get(url).content.decode()
    assert "the first version" in page
    response = admin_client.post(url, {"action": "apply"}, follow=True)
    assert response.redirect_chain[-1][0] == "/schema/"
    assert "Version 1 is active" in response.content.decode()
    assert admin_client.get("/data/User/").status_code == 200


def test_it_is_noted_who_applied_it(admin_client):
    admin_client.post(plan(admin_client, BEFORE), {"action": "apply"})
    assert SchemaVersion.objects.get().created_by == "admin"


def test_looking_at_a_plan_changes_nothing(admin_client, users):
    url = plan(admin_client, WITHOUT_NOTE)
    admin_client.get(url)
    assert "note" in active_fields()


def test_a_step_that_loses_data_tells_whose(admin_client, users):
    page = admin_client.get(plan(admin_client, WITHOUT_NOTE)).content.decode()
    assert "Loses data" in page
    assert "2 of 2" in page


@pytest.mark.parametrize(
    "consent",
    [{}, {"consent": "yes", "typed": "lose data"}, {"typed": "lose data"}],
    ids=["none", "for another step", "typed only"],
)
def test_data_is_not_lost_without_consent_for_its_step(admin_client, users, consent):
    response = admin_client.post(plan(admin_client, WITHOUT_NOTE), {"action": "apply"} | consent)
    assert response.status_code == 422
    assert "Nothing was changed." in response.content.decode()
    assert "note" in active_fields()


def test_data_is_not_lost_without_the_typed_words(admin_client, users):
    url = plan(admin_client, WITHOUT_NOTE)
    consent = [row.consent for row in admin_client.get(url).context["destructive"]]
    response = admin_client.post(url, {"action": "apply", "consent": consent, "typed": "yes"})
    assert response.status_code == 422
    assert "note" in active_fields()
    assert response.context["consented"] == consent


def test_data_goes_with_consent_and_the_typed_words(admin_client, users):
    url = plan(admin_client, WITHOUT_NOTE)
    consent = [row.consent for row in admin_client.get(url).context["destructive"]]
    response = admin_client.post(url, {"action": "apply", "consent": consent, "typed": "Lose data"})
    assert response.status_code == 302
    assert "note" not in active_fields()


def test_a_possible_rename_is_asked_and_the_answer_keeps_the_values(admin_client, users):
    url = plan(admin_client, RENAMED)
    page = admin_client.get(url)
    assert [question.name for question in page.context["questions"]] == ["rename_field:User.phone"]
    answered = admin_client.post(url, {"action": "replan", "rename_field:User.phone": "mobile"})
    page = admin_client.get(answered["Location"])
    assert page.context["destructive"] == []
    assert admin_client.post(answered["Location"], {"action": "apply"}).status_code == 302
    values = {record.get_value("mobile") for record in registry.current().model("User").objects.all()}
    assert values == {"+351910000111"}


def test_an_answer_can_be_taken_back(admin_client, users):
    url = plan(admin_client, RENAMED)
    url = admin_client.post(url, {"action": "replan", "rename_field:User.phone": "mobile"})["Location"]
    (question,) = admin_client.get(url).context["questions"]
    assert [(choice.value, choice.is_chosen) for choice in question.choices] == [
        ("mobile", True),
        ("", False),
    ]
    url = admin_client.post(url, {"action": "replan", "rename_field:User.phone": ""})["Location"]
    assert len(admin_client.get(url).context["destructive"]) == 1


def test_a_required_field_needs_a_value_for_the_records_there_are(admin_client, users):
    url = plan(admin_client, REQUIRED)
    assert admin_client.post(url, {"action": "apply"}).status_code == 422
    assert "rating" not in active_fields()
    url = admin_client.post(url, {"action": "replan", "default:User.rating": "5"})["Location"]
    assert admin_client.post(url, {"action": "apply"}).status_code == 302
    assert {record.get_value("rating") for record in registry.current().model("User").objects.all()} == {5}


def test_a_value_that_does_not_fit_is_refused_beside_its_question(admin_client, users):
    url = plan(admin_client, REQUIRED)
    response = admin_client.post(url, {"action": "replan", "default:User.rating": "many"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "is not a number" in page
    assert 'value="many"' in page


def test_a_plan_on_an_older_version_is_not_applied_but_can_be_made_again(admin_client, users):
    url = plan(admin_client, "type User @model { name: String! phone: String note: String age: Int }")
    apply_plan(make_plan([Source("b.graphql", BEFORE + " type Tag @model { a: String }")]))
    for response in (admin_client.get(url), admin_client.post(url, {"action": "apply"})):
        assert response.status_code == 409
        assert "The schema changed meanwhile" in response.content.decode()
    assert registry.active_version() == 2
    again = admin_client.post(url, {"action": "replan"})
    assert admin_client.get(again["Location"]).status_code == 200


def test_the_text_of_a_plan_can_be_changed(admin_client, users):
    page = admin_client.get(plan(admin_client, RENAMED) + "text/").content.decode()
    assert RENAMED in page


def test_a_change_under_way_answers_409_and_keeps_the_plan(admin_client, users, monkeypatch):
    def busy(*args, **kwargs):
        raise ApplyBusy("Another schema change is under way.")

    url = plan(admin_client, BEFORE + " type Tag @model { a: String }")
    monkeypatch.setattr("adminui.views.plan.apply_plan", busy)
    response = admin_client.post(url, {"action": "apply"})
    assert response.status_code == 409
    assert "Another schema change is under way" in response.content.decode()
    monkeypatch.undo()
    assert admin_client.post(url, {"action": "apply"}).status_code == 302


def test_a_schema_that_changes_nothing_says_so(admin_client, users):
    page = admin_client.get(plan(admin_client, BEFORE)).content.decode()
    assert "There is nothing to apply." in page


def test_a_plan_that_is_not_there_answers_404(admin_client):
    assert admin_client.get(f"/schema/plans/{uuid.uuid4()}/").status_code == 404


def test_names_and_values_in_a_plan_are_escaped(admin_client, activate_schema):
    datamodel = activate_schema(BEFORE)
    records.create(datamodel, "User", {"name": "a", "note": "<script>alert(1)</script>"})
    page = admin_client.get(plan(admin_client, WITHOUT_NOTE)).content.decode()
    assert "<script>alert" not in page


CLOSED_AND_OPEN = (
    "type User @model { name: String! } type Tag @model @auth(rules: [{ allow: owner }]) { id: ID! }"
)


def test_what_is_closed_to_public_keys_is_noted_with_its_reason(admin_client):
    page = admin_client.get(plan(admin_client, CLOSED_AND_OPEN)).content.decode()
    assert "no rule says who may use them: &#x27;User&#x27;" in page
    assert "kinds that let no key in: &#x27;Tag&#x27;" in page
    assert "schema.N001" in page


def test_models_without_rules_are_opened_on_the_plan(admin_client):
    url = plan(admin_client, CLOSED_AND_OPEN)
    again = admin_client.post(url, {"action": "apply", "open.offered": "1", "open": "on"})
    assert registry.active_version() == 0
    page = admin_client.get(again["Location"]).content.decode()
    assert "Open to public API keys" in page
    assert "schema.N002" in page
    admin_client.post(again["Location"], {"action": "apply", "open.offered": "1", "open": "on"})
    assert registry.current().schema.global_auth is not None


def test_the_choice_to_open_stays_until_it_is_taken_back(admin_client):
    url = plan(admin_client, CLOSED_AND_OPEN)
    opened = admin_client.post(url, {"action": "replan", "open.offered": "1", "open": "on"})["Location"]
    admin_client.post(opened, {"action": "apply", "open.offered": "1", "open": "on"})
    later = plan(admin_client, CLOSED_AND_OPEN.replace("String!", "String! phone: String"))
    admin_client.post(later, {"action": "apply"})
    assert registry.active_version() == 2
    assert registry.current().schema.global_auth is not None
    posted = {"name": "", "text": CLOSED_AND_OPEN, "open.offered": "1"}
    url = admin_client.post("/schema/upload/", posted)["Location"]
    page = admin_client.get(url).content.decode()
    assert "may use models without a rule" in page


def test_a_schema_with_rules_has_nothing_to_open(admin_client):
    page = admin_client.get(plan(admin_client, "type A @model @auth(rules: [{ allow: public }]) { id: ID! }"))
    assert "Open models without rules" not in page.content.decode()
