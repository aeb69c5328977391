"""Document 004, "Model one-to-many relationships": a team has many members.

Its snippets are the data client's; the site does the same with forms.
"""

from __future__ import annotations

import pytest

from tests.documents.clients import Refused
from tests.documents.scenarios import first_cells
from tests.invariants import broken_promises


@pytest.fixture
def teams(document):
    """Team and Member, as the document has them."""
    return document("004-team-member.ts")


@pytest.fixture
def appsync_teams(document):
    """The same under the profile that behaves as AppSync does."""
    return document("004-team-member.ts", integrity="appsync")


@pytest.fixture
def client(teams, data_client):
    return data_client(teams)


def team_with_members(client, *names):
    team = client.create("Team", mantra="Go Frontend!")
    return team, [client.create("Member", name=name, teamId=team["id"]) for name in names]


def team_on_site(site, mantra, *names):
    key = site.create("Team", mantra=mantra)
    return key, [site.create("Member", {"team": mantra}, name=name) for name in names]


# Create a "Has Many" relationship between records


def test_004_create_a_has_many_relationship_api(client):
    team, (member,) = team_with_members(client, "Tim")
    assert member["teamId"] == team["id"]
    assert (member["name"], team["mantra"]) == ("Tim", "Go Frontend!")
    assert member["createdAt"] == member["updatedAt"]


def test_004_create_a_has_many_relationship_to_no_team_is_refused_api(client):
    with pytest.raises(Refused, match="RelatedRecordNotFound: Field 'teamId' refers to Team 'nowhere'"):
        client.create("Member", name="Tim", teamId="nowhere")
    assert client.list("Member") == ([], None)


def test_004_create_a_has_many_relationship_site(teams, site):
    key, (member,) = team_on_site(site, "Go Frontend!", "Tim")
    assert site.record("Member", member).chosen("team") == "Go Frontend!"
    assert site.record("Team", key).linked("members") == ["Tim"]
    assert broken_promises(teams) == []


def test_004_create_a_has_many_relationship_from_the_team_site(teams, site):
    key = site.create("Team", mantra="Go Frontend!")
    site.create("Member", name="Tim")
    site.record("Team", key).link("members", "Tim").press()
    assert site.record("Team", key).linked("members") == ["Tim"]
    (address,) = [href for text, href in site.record("Team", key).reader.links if text == "New member"]
    assert site.open(address).fill(name="Ann").press().status == 200
    assert sorted(site.record("Team", key).linked("members")) == ["Ann", "Tim"]


# Update a "Has Many" relationship between records


def test_004_update_a_has_many_relationship_api(client):
    old, (member,) = team_with_members(client, "Tim")
    new = client.create("Team", mantra="Go Fullstack")
    updated = client.update("Member", id=member["id"], teamId=new["id"])
    assert (updated["teamId"], updated["name"]) == (new["id"], "Tim")
    assert updated["createdAt"] == member["createdAt"]
    assert client.lazy("Team", old, "members") == []
    assert client.lazy("Team", new, "members") == [updated]


def test_004_update_a_has_many_relationship_to_no_team_is_refused_api(client):
    _, (member,) = team_with_members(client, "Tim")
    with pytest.raises(Refused, match="RelatedRecordNotFound"):
        client.update("Member", id=member["id"], teamId="nowhere")
    assert client.get("Member", id=member["id"]) == member


def test_004_update_a_has_many_relationship_site(teams, site):
    old, (member,) = team_on_site(site, "Go Frontend!", "Tim")
    new = site.create("Team", mantra="Go Fullstack")
    site.record("Member", member).choose("team", "Go Fullstack").press()
    assert site.record("Team", old).linked("members") == []
    assert site.record("Team", new).linked("members") == ["Tim"]
    assert broken_promises(teams) == []


def test_004_update_a_has_many_relationship_from_the_new_team_site(teams, site):
    old, _ = team_on_site(site, "Go Frontend!", "Tim")
    new = site.create("Team", mantra="Go Fullstack")
    site.record("Team", new).link("members", "Tim", "now with Go Frontend!").press()
    assert site.record("Team", old).linked("members") == []
    assert site.record("Team", new).linked("members") == ["Tim"]


# Delete a "Has Many" relationship between records


def test_004_delete_a_has_many_relationship_by_null_api(client):
    team, (member,) = team_with_members(client, "Tim")
    updated = client.update("Member", id=member["id"], teamId=None)
    assert (updated["teamId"], updated["name"]) == (None, "Tim")
    assert client.lazy("Member", updated, "team") is None
    assert client.lazy("Team", team, "members") == []
    assert client.get("Team", id=team["id"]) == team


def test_004_delete_a_has_many_relationship_by_none_site(teams, site):
    key, (member,) = team_on_site(site, "Go Frontend!", "Tim")
    site.record("Member", member).clear("team").press()
    assert site.record("Member", member).chosen("team") == "none"
    assert site.record("Team", key).linked("members") == []
    assert broken_promises(teams) == []


def test_004_delete_a_has_many_relationship_from_the_team_site(teams, site):
    key, (tim, ann) = team_on_site(site, "Go Frontend!", "Tim", "Ann")
    site.record("Team", key).unlink("members", "Tim").press()
    assert site.record("Team", key).linked("members") == ["Ann"]
    assert site.record("Member", tim).chosen("team") == "none"
    assert site.record("Member", ann).chosen("team") == "Go Frontend!"


# Load related data in a "Has Many" relationship


def test_004_load_related_data_page_by_page_api(client):
    team, members = team_with_members(client, *(f"member {number}" for number in range(5)))
    team_with_members(client, "elsewhere")
    found, token, pages = [], None, 0
    while pages == 0 or token is not None:
        items, token = client.list(
            "Member", {"teamId": {"eq": team["id"]}}, limit=2, **({"nextToken": token} if token else {})
        )
        found += items
        pages += 1
    assert (found, pages) == (members, 3)


def test_004_load_related_data_as_a_list_site(teams, site):
    key, _ = team_on_site(site, "Go Frontend!", "Tim", "Ann")
    team_on_site(site, "Other", "elsewhere")
    assert first_cells(site.list("Member", f"?team={key}")) == ["Ann", "Tim"]


# Lazy load a "Has Many" relationship


def test_004_lazy_load_a_has_many_relationship_api(client):
    team, members = team_with_members(client, "Tim", "Ann")
    team_with_members(client, "elsewhere")
    assert client.lazy("Team", client.get("Team", id=team["id"]), "members") == members


def test_004_lazy_load_a_has_many_relationship_page_by_page_api(client):
    team, members = team_with_members(client, "Tim", "Ann", "Bea")
    first, token = client.lazy("Team", team, "members", limit=2)
    assert token is not None
    rest, end = client.lazy("Team", team, "members", limit=2, nextToken=token)
    assert (first + rest, end) == (members, None)


def test_004_lazy_load_the_team_of_a_member_api(client):
    team, (member,) = team_with_members(client, "Tim")
    assert client.lazy("Member", client.get("Member", id=member["id"]), "team") == team
    assert client.lazy("Member", client.create("Member", name="Lone"), "team") is None


# Eagerly load a "Has Many" relationship


def test_004_eagerly_load_a_has_many_relationship_api(client):
    team, members = team_with_members(client, "Tim", "Ann")
    team_with_members(client, "elsewhere")
    loaded = client.get("Team", ["id", "members.*"], id=team["id"])
    assert loaded == {"id": team["id"], "members": members}


def test_004_eagerly_load_more_than_one_page_answers_the_first_api(client):
    team, members = team_with_members(client, *(f"member {number}" for number in range(102)))
    assert client.get("Team", ["members.id"], id=team["id"])["members"] == [
        {"id": member["id"]} for member in members[:100]
    ]


def test_004_eagerly_load_the_team_of_a_member_api(client):
    _, (member,) = team_with_members(client, "Tim")
    loaded = client.get("Member", ["name", "team.mantra", "team.members.name"], id=member["id"])
    assert loaded == {"name": "Tim", "team": {"mantra": "Go Frontend!", "members": [{"name": "Tim"}]}}
    lone = client.create("Member", name="Lone")
    assert client.get("Member", ["team.*"], id=lone["id"]) == {"team": None}


def test_004_load_related_data_on_the_page_of_a_record_site(teams, site):
    key, (tim, _) = team_on_site(site, "Go Frontend!", "Tim", "Ann")
    page = site.record("Team", key)
    assert sorted(page.linked("members")) == ["Ann", "Tim"]
    assert f"/data/Member/{tim}/" in [href for _, href in page.reader.links]
    assert f"/data/Team/{key}/" in [href for _, href in site.record("Member", tim).reader.links]


# Handling orphaned foreign keys on parent record deletion in "Has Many" relationship


def delete_team_then_members(client, team):
    """The document's snippet; returns what each delete of a member answered."""
    loaded = client.get("Team", ["id", "members.*"], id=team["id"])
    client.delete("Team", id=loaded["id"])
    return [client.delete("Member", id=member["id"]) for member in loaded["members"]]


def test_004_deleting_the_team_and_then_its_members_api(teams, client):
    team, members = team_with_members(client, "Tim", "Ann")
    kept, others = team_with_members(client, "elsewhere")
    answers = delete_team_then_members(client, team)
    assert [answer["id"] for answer in answers] == [member["id"] for member in members]
    assert client.list("Member") == (others, None)
    assert client.list("Team") == ([kept], None)
    assert broken_promises(teams) == []


def test_004_deleting_the_team_leaves_members_without_one_api(teams, client):
    team, (member,) = team_with_members(client, "Tim")
    assert client.delete("Team", id=team["id"]) == team
    left = client.get("Member", id=member["id"])
    assert (left["teamId"], left["name"]) == (None, "Tim")
    assert client.lazy("Member", left, "team") is None
    assert client.get("Member", ["team.*"], id=member["id"]) == {"team": None}
    assert broken_promises(teams) == []


def test_004_deleting_the_team_and_then_its_members_under_cascade_api(document, data_client):
    teams = document("004-team-member.ts", on_delete={"Member.team": "cascade"})
    client = data_client(teams)
    team, _ = team_with_members(client, "Tim", "Ann")
    assert delete_team_then_members(client, team) == [None, None], "gone already, and no error"
    assert client.list("Member") == ([], None)
    assert broken_promises(teams) == []


def test_004_deleting_the_team_is_refused_under_restrict_api(document, data_client):
    client = data_client(document("004-team-member.ts", on_delete={"Member.team": "restrict"}))
    team, (member,) = team_with_members(client, "Tim")
    with pytest.raises(Refused, match=r"RelatedRecordsExist: .*1 Member \('Tim'\)"):
        client.delete("Team", id=team["id"])
    client.delete("Member", id=member["id"])
    assert client.delete("Team", id=team["id"]) == team


def test_004_deleting_the_team_leaves_orphans_under_appsync_api(appsync_teams, data_client):
    client = data_client(appsync_teams)
    team, (member, other) = team_with_members(client, "Tim", "Ann")
    client.delete("Team", id=team["id"])
    assert client.get("Member", id=member["id"]) == member, "the foreign key stays as it was"
    assert client.lazy("Member", member, "team") is None
    assert client.get("Member", ["id", "team.*"], id=member["id"]) == {"id": member["id"], "team": None}
    assert [client.delete("Member", id=one["id"]) for one in (member, other)] == [member, other]


def test_004_a_member_of_no_team_is_stored_under_appsync_api(appsync_teams, data_client):
    client = data_client(appsync_teams)
    member = client.create("Member", name="Tim", teamId="nowhere")
    assert client.lazy("Member", member, "team") is None


def test_004_deleting_the_team_leaves_members_without_one_site(teams, site):
    key, (tim, _) = team_on_site(site, "Go Frontend!", "Tim", "Ann")
    asked = site.deletion("Team", key)
    assert "2 members kept, without the reference" in asked.text
    assert "Member.team is cleared" in asked.text
    asked.confirm()
    assert site.record("Member", tim).chosen("team") == "none"
    assert first_cells(site.list("Member")) == ["Ann", "Tim"]
    assert site.list("Team") == []
    assert broken_promises(teams) == []


def test_004_deleting_members_of_a_team_together_site(teams, site):
    key, members = team_on_site(site, "Go Frontend!", "Tim", "Ann")
    asked = site.send("/data/Member/", {"key": members})
    assert "Delete 2 members?" in asked.text
    asked.confirm()
    assert site.list("Member") == []
    site.deletion("Team", key).confirm()
    assert site.list("Team") == []
    assert broken_promises(teams) == []


def test_004_deleting_the_team_leaves_orphans_under_appsync_site(appsync_teams, site):
    key, (tim,) = team_on_site(site, "Go Frontend!", "Tim")
    asked = site.deletion("Team", key)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    assert key in (site.record("Member", tim).chosen("team") or ""), "shown, though it leads nowhere"
    site.record("Member", tim).clear("team").press()
    assert site.record("Member", tim).chosen("team") == "none"
