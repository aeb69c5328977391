"""The relationships: listed in words, each with a page, and their policies chosen in the browser."""

from __future__ import annotations

import html
import re

import pytest

from adminui import counts
from datamodel import records, registry
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import SchemaVersion
from datamodel.schema import OnDelete, SchemaOptions, Source

TEAM = """
type Team @model { id: ID! name: String members: [Member] @hasMany(references: ["teamId"]) }
type Member @model { id: ID! name: String teamId: ID team: Team @belongsTo(references: ["teamId"]) }
"""
REQUIRED = TEAM.replace("teamId: ID team", "teamId: ID! team")
CART = """
type Customer @model { id: ID! cart: Cart @hasOne(references: ["customerId"]) }
type Cart @model { id: ID! customerId: ID customer: Customer @belongsTo(references: ["customerId"]) }
"""
PERSON = """
const schema = a.schema({
  Post: a.model({
    title: a.string(),
    authorId: a.id(), author: a.belongsTo('Person', 'authorId'),
    editorId: a.id(), editor: a.belongsTo('Person', 'editorId'),
  }),
  Person: a.model({ editedPosts: a.hasMany('Post', 'editorId'), authoredPosts: a.hasMany('Post', 'authorId') }),
}).authorization((allow) => allow.publicApiKey());
"""
ONLY_READ = """
type Person @model { id: ID! email: String letters: [Letter] @connection(keyName: "byTo", fields: ["email"]) }
type Letter @model @key(name: "byTo", fields: ["to"]) { id: ID! to: String }
"""
PAGE = "/schema/relationships/"


def policies():
    return {link.name: str(link.on_delete) for link in registry.current().schema.links}


def told(client, path=PAGE):
    return {row.words.link.name: row for row in client.get(path).context["rows"]}


def choices(client, name):
    return {str(choice.policy): choice for choice in client.get(f"{PAGE}{name}/").context["choices"]}


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def choose(client, name, policy, **extra):
    """Choose a policy in the form; answer the address of the plan."""
    response = client.post(f"{PAGE}{name}/", {"policy": policy, **extra})
    assert response.status_code == 302
    assert response["Location"].startswith("/schema/plans/"), text_of(client.get(response["Location"]))
    return response["Location"]


class TestTheList:
    def test_every_link_is_told_with_its_policy(self, admin_client, example):
        rows = told(admin_client)
        assert list(rows) == [link.name for link in example.schema.links]
        comment = rows["Comment.post"].words
        assert comment.sentence == "A comment belongs to one post, which has many of them."
        assert comment.policy == "When a post is deleted, its comments are deleted too."
        assert comment.sides == ["Comment.post", "Post.comments"]

    def test_a_self_relation_is_told_by_its_field(self, admin_client, example):
        words = told(admin_client)["Comment.parent"].words
        assert words.policy == "When a comment is deleted, its replies are deleted too."

    def test_several_relationships_between_two_models_are_told_apart(self, admin_client, activate_schema):
        activate_schema(PERSON, name="resource.ts")
        assert {row.words.policy for row in told(admin_client).values()} == {
            "When a person is deleted, its posts (by author) stay and their authorId is cleared.",
            "When a person is deleted, its posts (by editor) stay and their editorId is cleared.",
        }

    def test_it_counts_the_records_that_refer_to_one(self, admin_client, activate_schema):
        datamodel = activate_schema(TEAM)
        team = records.create(datamodel, "Team", {"name": "A"})
        records.create(datamodel, "Member", {"teamId": team.get_value("id")})
        records.create(datamodel, "Member", {})
        assert told(admin_client)["Member.team"].count == 1

    def test_it_stops_counting_in_time(self, admin_client, activate_schema, monkeypatch):
        monkeypatch.setattr(counts, "REFERENCES_COUNTED", 2)
        monkeypatch.setattr("adminui.views.relationships.REFERENCES_COUNTED", 2)
        datamodel = activate_schema(TEAM)
        team = records.create(datamodel, "Team", {"name": "A"}).get_value("id")
        for _ in range(5):
            records.create(datamodel, "Member", {"teamId": team})
        assert counts.reference_counts(datamodel, datamodel.schema.links) == {"Member.team": 3}
        assert "2+" in admin_client.get(PAGE).content.decode()

    def test_all_are_counted_in_one_statement(self, example, django_assert_num_queries):
        with django_assert_num_queries(1):
            found = counts.reference_counts(example, example.schema.links)
        assert set(found.values()) == {0}
        assert len(found) == len(example.schema.links)

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("tag", {"PostTag.post", "PostTag.tag"}),
            ("PROFILE", {"User.profile"}),
            ("parentid", {"Comment.parent"}),
            ("cascade post comment", {"Comment.post"}),
            ("clear", {"User.profile"}),
            ("nothing at all", set()),
        ],
    )
    def test_it_is_searched(self, admin_client, example, text, found):
        assert set(told(admin_client, f"{PAGE}?q={text.replace(' ', '+')}")) == found

    def test_a_search_without_a_hit_says_so(self, admin_client, example):
        page = text_of(admin_client.get(f"{PAGE}?q=%3Cb%3E"))
        assert "No relationship is called like “&lt;b&gt;”." in page

    def test_a_schema_without_relationships_says_so(self, admin_client, activate_schema):
        activate_schema("type Post @model { id: ID! }")
        assert "The schema joins no models." in text_of(admin_client.get(PAGE))

    def test_before_the_first_schema_it_offers_the_upload(self, admin_client):
        assert "There is no schema yet." in text_of(admin_client.get(PAGE))
        assert admin_client.post(PAGE, {"integrity": "appsync"}).status_code == 200


class TestThePage:
    def test_it_tells_both_ends(self, admin_client, example):
        page = text_of(admin_client.get(f"{PAGE}Comment.post/"))
        for words in ("Post comments", "Comment post", "postID required", "one to many", "0 Comment"):
            assert words in page

    def test_each_policy_is_told_in_the_names_of_the_schema(self, admin_client, activate_schema):
        activate_schema(TEAM)
        assert {name: choice.words for name, choice in choices(admin_client, "Member.team").items()} == {
            "cascade": "When a team is deleted, its members are deleted too.",
            "clear": "When a team is deleted, its members stay and their teamId is cleared.",
            "restrict": "A team cannot be deleted while it has members.",
            "keep": "When a team is deleted, its members stay as they are, with a reference to nothing.",
        }

    def test_one_to_one_is_told_in_the_singular(self, admin_client, activate_schema):
        activate_schema(CART)
        words = {name: choice.words for name, choice in choices(admin_client, "Cart.customer").items()}
        assert words["cascade"] == "When a customer is deleted, its cart is deleted too."
        assert words["restrict"] == "A customer cannot be deleted while it has a cart."

    def test_a_join_says_that_the_other_side_stays(self, admin_client, example):
        found = choices(admin_client, "PostTag.post")
        assert found["cascade"].details == "The tags on the other side stay."
        assert found["restrict"].details == "The post tags have to be deleted first."

    def test_a_required_reference_is_not_offered_to_be_cleared(self, admin_client, activate_schema):
        activate_schema(REQUIRED)
        found = choices(admin_client, "Member.team")
        assert found["clear"].refused == "Member.teamId is required and cannot be empty."
        assert [name for name, choice in found.items() if not choice.refused] == [
            "cascade",
            "restrict",
            "keep",
        ]

    def test_what_is_only_read_can_only_be_kept(self, admin_client, activate_schema):
        activate_schema(ONLY_READ)
        found = choices(admin_client, "Person.letters")
        assert found["cascade"].refused == "Letter.to does not hold the key of Person, so it is only read."
        assert [name for name, choice in found.items() if not choice.refused] == ["keep"]

    def test_the_default_is_named(self, admin_client, activate_schema):
        activate_schema(TEAM, on_delete={"Member.team": OnDelete.KEEP})
        page = text_of(admin_client.get(f"{PAGE}Member.team/"))
        assert "chosen; the default is cascade" in page
        assert "default" in text_of(admin_client.get(PAGE))

    @pytest.mark.parametrize("name", ["Nothing.here", "Comment", "Comment.post.x", "<b>", "%00"])
    def test_a_relationship_that_is_not_there_answers_404(self, admin_client, example, name):
        assert admin_client.get(f"{PAGE}{name}/").status_code == 404

    def test_names_of_every_kind_have_a_page(self, admin_client, activate_schema):
        activate_schema(TEAM.replace("members", "_m__1").replace("team:", "save:").replace("Member", "pk"))
        (name,) = policies()
        assert admin_client.get(f"{PAGE}{name}/").status_code == 200

    def test_signed_out_nobody_sees_it(self, client, example):
        assert client.get(f"{PAGE}Comment.post/").status_code == 302


class TestTheCode:
    def code(self, browser, name, client=""):
        return browser.get(f"{PAGE}{name}/", {"client": client}).context["code"]

    def pieces(self, code):
        return {words: [piece.code for piece in pieces] for words, pieces in code.groups}

    def test_every_client_has_a_tab(self, admin_client, example):
        code = self.code(admin_client, "Comment.post")
        assert [(tab.words, tab.is_current) for tab in code.tabs] == [
            ("GraphQL", True),
            ("Data client", False),
            ("DataStore", False),
        ]

    def test_a_tab_is_chosen_in_the_address(self, admin_client, example):
        code = self.code(admin_client, "Comment.post", client="datastore")
        assert [tab.is_current for tab in code.tabs] == [False, False, True]
        assert "new Comment({" in self.pieces(code)["Create"][0]

    @pytest.mark.parametrize("client", ["", "nothing", "<b>"])
    def test_an_unknown_tab_is_the_first(self, admin_client, example, client):
        assert self.code(admin_client, "Comment.post", client=client).tabs[0].is_current

    def test_it_follows_the_policy(self, admin_client, activate_schema):
        activate_schema(TEAM)
        assert self.pieces(self.code(admin_client, "Member.team"))["Delete"][1].startswith(
            "# Its members are deleted too."
        )
        admin_client.post(choose(admin_client, "Member.team", "restrict"), {"action": "apply"})
        assert self.pieces(self.code(admin_client, "Member.team"))["Delete"][1].startswith(
            "# Refused while it has members."
        )

    def test_the_text_is_shown_as_it_is_copied(self, admin_client, example):
        page = admin_client.get(f"{PAGE}Comment.post/", {"client": "data"}).content.decode()
        shown = [
            html.unescape(re.sub(r"<[^>]+>", "", text))
            for text in re.findall(r"<pre[^>]*>(.*?)</pre>", page, re.S)
        ]
        code = self.code(admin_client, "Comment.post", client="data")
        assert shown == [piece.code for _, pieces in code.groups for piece in pieces]

    def test_what_stands_for_a_key_is_told(self, admin_client, example):
        assert "MY_POST_ID" in text_of(admin_client.get(f"{PAGE}Comment.post/"))

    def test_models_that_need_each_other_have_a_reason_instead(self, admin_client, activate_schema):
        activate_schema('type Node @model { id: ID! nextID: ID! next: Node @hasOne(fields: ["nextID"]) }')
        code = self.code(admin_client, "Node.next")
        assert code.groups == ()
        assert code.notes == ("A node needs another node, so none can be created first.",)
        assert admin_client.get(f"{PAGE}Node.next/").status_code == 200

    def test_values_are_escaped(self, admin_client, activate_schema):
        activate_schema(TEAM)
        page = admin_client.get(f"{PAGE}Member.team/").content.decode()
        assert "&quot;My name&quot;" in page


class TestChoosingAPolicy:
    def test_it_is_planned_first_then_applied(self, admin_client, activate_schema):
        activate_schema(TEAM)
        url = choose(admin_client, "Member.team", "restrict")
        page = text_of(admin_client.get(url))
        assert "What this choice changes" in page
        assert "is refused while records of Member refer to it" in page
        assert policies() == {"Member.team": "cascade"}
        response = admin_client.post(url, {"action": "apply"})
        assert response["Location"] == f"{PAGE}Member.team/"
        assert policies() == {"Member.team": "restrict"}

    def test_deleting_obeys_at_once(self, admin_client, activate_schema):
        datamodel = activate_schema(TEAM)
        team = records.create(datamodel, "Team", {"name": "A"})
        records.create(datamodel, "Member", {"teamId": team.get_value("id")})
        admin_client.post(choose(admin_client, "Member.team", "restrict"), {"action": "apply"})
        page = admin_client.post(f"/data/Team/{team.url_key}/delete/", follow=True)
        assert registry.current().model("Team").objects.count() == 1
        assert page.status_code == 200

    def test_it_is_noted_who_chose_it_and_when(self, admin_client, activate_schema):
        activate_schema(TEAM)
        admin_client.post(choose(admin_client, "Member.team", "clear"), {"action": "apply"})
        page = text_of(admin_client.get(f"{PAGE}Member.team/"))
        assert "Chosen by admin with version 2" in page
        assert "The default is cascade." in page

    def test_it_is_taken_back(self, admin_client, activate_schema):
        activate_schema(TEAM, on_delete={"Member.team": OnDelete.KEEP})
        url = choose(admin_client, "Member.team", "keep", reset="1")
        admin_client.post(url, {"action": "apply"})
        assert policies() == {"Member.team": "cascade"}
        assert "Back to the default" not in text_of(admin_client.get(f"{PAGE}Member.team/"))

    def test_it_survives_an_upload_and_shows_in_its_plan(self, admin_client, activate_schema):
        activate_schema(TEAM)
        admin_client.post(choose(admin_client, "Member.team", "clear"), {"action": "apply"})
        form = {
            "name": "a.graphql",
            "text": TEAM.replace("Member @model { id: ID!", "Member @model { id: ID! more: Int"),
        }
        url = admin_client.post("/schema/upload/", form)["Location"]
        page = text_of(admin_client.get(url))
        assert "What this schema changes" in page
        assert "Member.team clear on delete of Team stays · default cascade" in page
        admin_client.post(url, {"action": "apply"})
        assert policies() == {"Member.team": "clear"}

    def test_what_is_the_policy_already_plans_nothing(self, admin_client, activate_schema):
        activate_schema(TEAM)
        response = admin_client.post(f"{PAGE}Member.team/", {"policy": "cascade"}, follow=True)
        assert "'cascade' is the policy of Member.team already." in text_of(response).replace("&#x27;", "'")

    @pytest.mark.parametrize("form", [{}, {"policy": "explode"}, {"reset": "1"}])
    def test_a_form_without_a_policy_plans_nothing(self, admin_client, activate_schema, form):
        activate_schema(TEAM)
        response = admin_client.post(f"{PAGE}Member.team/", form, follow=True)
        assert "Choose what a delete does." in text_of(response)

    def test_a_policy_that_cannot_be_is_refused_in_words(self, admin_client, activate_schema):
        activate_schema(REQUIRED)
        response = admin_client.post(f"{PAGE}Member.team/", {"policy": "clear"}, follow=True)
        assert "cannot be cleared" in text_of(response)
        assert policies() == {"Member.team": "cascade"}

    def test_a_dangling_reference_is_told_with_a_way_out(self, admin_client, activate_schema):
        datamodel = activate_schema(TEAM, integrity="appsync")
        records.create(datamodel, "Member", {"teamId": "gone"})
        url = choose(admin_client, "Member.team", "clear")
        page = text_of(admin_client.get(url))
        assert "1 record of Member refers to no Team and loses the reference" in page
        admin_client.post(url, {"action": "apply"})
        assert policies() == {"Member.team": "keep"}
        form = {"action": "apply", "consent": "change_policy Member.teamId", "typed": "lose data"}
        admin_client.post(url, form)
        assert policies() == {"Member.team": "clear"}
        assert registry.current().model("Member").objects.get().get_value("teamId") is None

    def test_a_required_dangling_reference_stands_in_the_way(self, admin_client, activate_schema):
        datamodel = activate_schema(REQUIRED, integrity="appsync")
        records.create(datamodel, "Member", {"teamId": "gone"})
        url = choose(admin_client, "Member.team", "restrict")
        response = admin_client.post(url, {"action": "apply"})
        assert response.status_code == 422
        assert "1 record of Member refers to no Team by the required teamId" in text_of(response)
        assert policies() == {"Member.team": "keep"}

    def test_a_stale_choice_is_planned_again_for_the_text_that_is_active_by_then(
        self, admin_client, activate_schema
    ):
        activate_schema(TEAM)
        url = choose(admin_client, "Member.team", "clear")
        activate_schema(TEAM + "type Tag @model { id: ID! }")
        assert admin_client.get(url).status_code == 409
        again = admin_client.post(url, {"action": "replan"})["Location"]
        admin_client.post(again, {"action": "apply"})
        assert policies() == {"Member.team": "clear"}
        assert "Tag" in registry.current().models


class TestTheProfile:
    def test_it_is_switched_by_a_plan_there_and_back(self, admin_client, activate_schema):
        activate_schema(TEAM)
        for profile, policy in (("appsync", "keep"), ("managed", "cascade")):
            url = admin_client.post(PAGE, {"integrity": profile})["Location"]
            page = text_of(admin_client.get(url))
            assert f"Switch integrity to {profile}" in page
            assert "What this choice changes" in page
            assert admin_client.post(url, {"action": "apply"})["Location"] == PAGE
            assert policies() == {"Member.team": policy}

    def test_a_chosen_policy_overrides_it(self, admin_client, activate_schema):
        activate_schema(TEAM)
        admin_client.post(choose(admin_client, "Member.team", "restrict"), {"action": "apply"})
        admin_client.post(admin_client.post(PAGE, {"integrity": "appsync"})["Location"], {"action": "apply"})
        assert policies() == {"Member.team": "restrict"}
        assert "the profile appsync is keep" in text_of(admin_client.get(f"{PAGE}Member.team/"))

    @pytest.mark.parametrize("profile", ["managed", "", "both"])
    def test_the_same_profile_plans_nothing(self, admin_client, activate_schema, profile):
        activate_schema(TEAM)
        response = admin_client.post(PAGE, {"integrity": profile})
        assert response["Location"] == PAGE

    def test_an_upload_of_another_text_is_no_choice(self, admin_client, activate_schema):
        activate_schema(TEAM)
        form = {"name": "a.graphql", "text": TEAM + "type Tag @model { id: ID! }", "integrity": "appsync"}
        url = admin_client.post("/schema/upload/", form)["Location"]
        assert "What this schema changes" in text_of(admin_client.get(url))


def test_a_plan_leads_to_data_health_where_there_is_such_a_page(admin_client, activate_schema):
    datamodel = activate_schema(REQUIRED, integrity="appsync")
    records.create(datamodel, "Member", {"teamId": "gone"})
    response = admin_client.get(choose(admin_client, "Member.team", "restrict"))
    assert ("Data health lists them" in text_of(response)) is bool(response.context["health_url"])


def test_the_choices_of_the_command_line_are_told_too(admin_client, activate_schema):
    activate_schema(TEAM)
    options = PlanOptions(schema=SchemaOptions(on_delete={"Team.members": OnDelete.RESTRICT}))
    apply_plan(make_plan([Source("schema.graphql", TEAM)], options))
    assert SchemaVersion.objects.get(is_active=True).options["on_delete"] == {"Member.team": "restrict"}
    assert told(admin_client)["Member.team"].words.is_chosen
