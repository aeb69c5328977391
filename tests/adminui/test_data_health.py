"""The pages of data health: the state, what is broken, and the fixes, without scripts."""

from __future__ import annotations

import re

import pytest

from adminui.views import data_health
from datamodel import records
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from tests.health.breaking import bury, erase, put
from tests.health.conftest import found
from tests.records.conftest import refetch
from tests.records.schemas import BLOG, CART

pytestmark = pytest.mark.django_db(transaction=True)

HOME = "/health/data/"
COMMENTS = "/health/data/H001/Comment.post/"


@pytest.fixture
def healthy(example):
    """A post with its author, its profile and three comments."""
    records.create(example, "Profile", {"id": "f", "displayName": "Nadia K."})
    records.create(example, "User", {"id": "u", "username": "nadia", "profileID": "f"})
    records.create(example, "Post", {"id": "p", "title": "Oak", "status": "DRAFT", "authorID": "u"})
    records.create(example, "Post", {"id": "q", "title": "Elm", "status": "DRAFT"})
    for key in "abc":
        records.create(example, "Comment", {"id": key, "content": f"on oak {key}", "postID": "p"})
    return example


@pytest.fixture
def broken(healthy):
    """The same without the post that the comments are on."""
    erase(get(healthy, "Post", "p"))
    Change.objects.all().delete()
    return healthy


def get(datamodel, model, key):
    return records.find(datamodel, model, {"id": key})


def text(response):
    return response.content.decode()


class TestState:
    def test_all_promises_hold(self, healthy, admin_client):
        page = text(admin_client.get(HOME))
        assert "All promises hold" in page
        assert re.search(r"\d\d checks of 6 models with 7 records, just now", page)
        assert "What holds" in page
        assert "Broken" not in page

    def test_what_is_broken_comes_with_examples_and_fixes(self, broken, admin_client):
        page = text(admin_client.get(HOME))
        assert "1 promise of the schema is broken" in page
        assert "3 references name no Post" in page
        assert 'href="/data/Comment/a/">on oak a</a>' in page
        for fix in ("reassign", "create", "delete"):
            assert f'href="{COMMENTS}{fix}/"' in page
        assert f'href="{COMMENTS}clear/"' not in page

    def test_notes_are_no_broken_promises(self, activate_schema, admin_client):
        blog = activate_schema(BLOG, integrity="appsync")
        records.create(blog, "Comment", {"content": "C", "postCommentsId": "nobody"})
        page = text(admin_client.get(HOME))
        assert "All promises hold" in page
        assert "1 thing worth knowing." in page
        assert "1 reference names no Post" in page

    def test_what_there_is_no_time_for_can_be_asked_for(self, broken, admin_client, monkeypatch):
        monkeypatch.setattr(data_health, "PAGE_SECONDS", 0)
        page = text(admin_client.get(HOME))
        assert "Nothing broken so far" in page
        assert re.search(r"\d\d checks to go\.", page)
        assert 'href="/health/data/?all=1"' in page
        page = text(admin_client.get(HOME, {"all": "1"}))
        assert "1 promise of the schema is broken" in page
        assert "Not looked at yet" not in page

    def test_before_the_first_schema_it_says_how_to_begin(self, admin_client):
        page = text(admin_client.get(HOME))
        assert "Nothing is promised yet" in page
        assert "/schema/upload/" in page

    def test_the_navigation_leads_here(self, healthy, admin_client):
        assert 'href="/health/data/"' in text(admin_client.get("/"))

    def test_it_is_for_staff(self, healthy, client):
        for url in (HOME, COMMENTS, f"{COMMENTS}delete/"):
            assert client.get(url).status_code == 302
            assert client.post(url).status_code in (302, 405)

    def test_values_are_escaped(self, healthy, admin_client):
        put(get(healthy, "Comment", "a"), postID="<b>x</b>", content="<script>")
        for url in (HOME, COMMENTS, f"{COMMENTS}delete/"):
            page = text(admin_client.get(url))
            assert "&lt;b&gt;x" in page
            assert "<b>x</b>" not in page
            assert "<script>" not in page.replace("<script src", "")


class TestFinding:
    def test_it_lists_the_records_and_says_why_a_fix_is_not_possible(self, broken, admin_client):
        page = text(admin_client.get(COMMENTS))
        assert "Fix all 3" in page
        assert "A Comment cannot be without its Post." in page
        assert page.count('name="key"') == 3
        assert "1–3 of 3" in page  # noqa: RUF001  as the site writes ranges

    def test_it_goes_page_by_page(self, broken, admin_client, monkeypatch):
        monkeypatch.setattr(data_health, "PAGE_SIZE", 2)
        first = text(admin_client.get(COMMENTS))
        assert "on oak b" in first
        assert "on oak c" not in first
        assert f'href="{COMMENTS}?_page=2"' in first
        second = text(admin_client.get(COMMENTS, {"_page": "2"}))
        assert "on oak c" in second
        assert "on oak a" not in second
        assert "There is no page 9" in text(admin_client.get(COMMENTS, {"_page": "9"}))
        assert "on oak a" in text(admin_client.get(COMMENTS, {"_page": "²x"}))

    def test_a_promise_that_holds_says_so(self, healthy, admin_client):
        assert "This promise holds" in text(admin_client.get(COMMENTS))

    @pytest.mark.parametrize(
        "url",
        [
            "/health/data/H001/Nothing.here/",
            "/health/data/H999/Comment.post/",
            f"{COMMENTS}explode/",
            "/health/data/H001/Nothing.here/delete/",
        ],
    )
    def test_unknown_addresses_are_not_found(self, healthy, admin_client, url):
        assert admin_client.get(url).status_code == 404
        assert admin_client.post(url).status_code in (404, 405)


class TestFixes:
    def apply(self, admin_client, url, **data):
        return admin_client.post(url, {"_do": "apply", "_typed": "1", **data})

    def test_asking_changes_nothing(self, broken, admin_client):
        for fix in ("reassign", "create", "delete"):
            assert admin_client.get(f"{COMMENTS}{fix}/").status_code == 200
            assert admin_client.post(f"{COMMENTS}{fix}/").status_code == 200
        assert Change.objects.count() == 0

    def test_delete_says_what_goes_along_and_does_it(self, broken, admin_client):
        put(records.create(broken, "Comment", {"content": "reply", "postID": "q"}), parentID="a")
        page = text(admin_client.get(f"{COMMENTS}delete/"))
        assert "1 comment deleted too" in page
        assert "Delete 3 comments" in page
        response = self.apply(admin_client, f"{COMMENTS}delete/")
        assert response["Location"] == HOME
        page = text(admin_client.get(HOME))
        assert "3 comments deleted." in page
        group = Change.objects.filter(action="delete").first().group
        assert f"/activity/{group}/undo/" in page
        assert broken.model("Comment").objects.count() == 0
        assert {change.actor for change in Change.objects.filter(action="delete")} == {"admin"}
        assert Change.objects.filter(action="delete").values("group").distinct().count() == 1

    def test_only_what_is_selected_is_fixed(self, broken, admin_client):
        page = text(admin_client.post(f"{COMMENTS}delete/", {"_some": "1", "key": ["a", "b"]}))
        assert "Delete 2 comments" in page
        assert page.count('type="hidden" name="key"') == 2
        response = self.apply(admin_client, f"{COMMENTS}delete/", key=["a", "b"])
        assert response["Location"] == COMMENTS
        assert found(broken) == {"H001 Comment.post": 1}

    def test_nothing_selected_is_no_reason_to_fix_all(self, broken, admin_client):
        response = admin_client.post(f"{COMMENTS}delete/", {"_some": "1"})
        assert response["Location"] == COMMENTS
        assert "Nothing was selected." in text(admin_client.get(COMMENTS))

    def test_what_was_fixed_meanwhile_is_told(self, broken, admin_client):
        response = self.apply(admin_client, f"{COMMENTS}delete/", key=["gone"])
        assert response["Location"] == COMMENTS
        records.delete(broken, "Comment", {"id": "a"})
        response = self.apply(admin_client, f"{COMMENTS}delete/", key=["a"])
        assert "Nothing of that is broken any more." in text(admin_client.get(response["Location"]))

    def test_another_record_is_chosen_by_typing_without_scripts(self, broken, admin_client):
        url = f"{COMMENTS}reassign/"
        page = text(admin_client.post(url, {"_typed": "1", "_do": "find:post", "find.post": "el"}))
        assert 'name="to.post" value="q"' in page
        refused = self.apply(admin_client, url)
        assert refused.status_code == 422
        assert "Choose a post." in text(refused)
        assert self.apply(admin_client, url, **{"to.post": "q"})["Location"] == HOME
        assert {c.get_value("postID") for c in broken.model("Comment").objects.all()} == {"q"}

    def test_a_record_that_is_gone_cannot_be_chosen(self, broken, admin_client):
        refused = self.apply(admin_client, f"{COMMENTS}reassign/", **{"to.post": "nobody"})
        assert refused.status_code == 422
        assert "is not there any more" in text(refused)

    def test_missing_records_are_created_with_what_they_need(self, broken, admin_client):
        url = f"{COMMENTS}create/"
        page = text(admin_client.get(url))
        assert 'name="f.title"' in page
        assert 'name="f.status"' in page
        assert 'name="f.rating"' not in page
        assert "Create 1 post" in page
        refused = self.apply(admin_client, url, **{"f.title": "Again"})
        assert refused.status_code == 422
        assert "status needs a value." in text(refused)
        assert 'value="Again"' in text(refused)
        self.apply(admin_client, url, **{"f.title": "Again", "f.status": "DRAFT"})
        assert get(broken, "Post", "p").get_value("title") == "Again"
        assert found(broken) == {}

    def test_a_parent_that_needs_a_parent_asks_for_it(self, activate_schema, admin_client):
        datamodel = activate_schema(
            """
            type A @model { id: ID! bs: [B] @hasMany(indexName: "byA", fields: ["id"]) name: String }
            type B @model { id: ID! aID: ID! @index(name: "byA")
              a: A @belongsTo(fields: ["aID"]) cs: [C] @hasMany(indexName: "byB", fields: ["id"]) }
            type C @model { id: ID! bID: ID! @index(name: "byB") }
            """,
            datastore=False,
        )
        records.create(datamodel, "A", {"id": "a"})
        b = records.create(datamodel, "B", {"id": "b", "aID": "a"})
        records.create(datamodel, "C", {"bID": "b"})
        erase(b)
        url = "/health/data/H001/C.bID/create/"
        assert 'data-card="a"' in text(admin_client.get(url))
        assert self.apply(admin_client, url).status_code == 422
        self.apply(admin_client, url, **{"to.a": "a"})
        assert found(datamodel) == {}

    def test_lost_enum_values_are_replaced_one_by_one(self, healthy, admin_client):
        put(get(healthy, "Post", "p"), status="OLD")
        put(get(healthy, "Post", "q"), status="LOST")
        url = "/health/data/H007/Post.status/replace/"
        page = text(admin_client.get(url))
        assert "PostStatus, 1 time" in page
        given = {"lost.0": "OLD", "to.0": "ACTIVE", "lost.1": "LOST"}
        refused = self.apply(admin_client, url, **given, **{"to.1": ""})
        assert refused.status_code == 422
        assert "Choose what takes the place of &#x27;LOST&#x27;." in text(refused)
        assert '<option value="ACTIVE" selected>' in text(refused)
        refused = self.apply(admin_client, url, **given, **{"to.1": "-"})
        assert "&#x27;status&#x27; is required." in text(refused)
        self.apply(admin_client, url, **given, **{"to.1": "INACTIVE"})
        assert found(healthy) == {}
        assert get(healthy, "Post", "p").get_value("status") == "ACTIVE"
        assert get(healthy, "Post", "q").get_value("status") == "INACTIVE"

    def test_a_value_is_corrected_in_its_own_control(self, healthy, admin_client):
        put(get(healthy, "Post", "p"), publishedOn="soon")
        url = "/health/data/H008/Post.publishedOn/set/"
        assert 'value="soon"' in text(admin_client.get(url))
        refused = self.apply(admin_client, url, **{"f.publishedOn": "later"})
        assert "is not a date" in text(refused)
        self.apply(admin_client, url, **{"f.publishedOn": "2026-11-20"})
        assert get(healthy, "Post", "p").get_value("publishedOn") == "2026-11-20"

    def test_an_embedded_value_is_corrected_in_its_group(self, healthy, admin_client):
        put(get(healthy, "User", "u"), address='{"street": "Lane"}')
        url = "/health/data/H006/User.address/set/"
        assert 'name="f.address.city"' in text(admin_client.get(url))
        data = {"f.address.is": "1", "f.address.street": "Lane"}
        refused = self.apply(admin_client, url, **data)
        assert "city needs a value." in text(refused)
        self.apply(admin_client, url, **data, **{"f.address.city": "Porto"})
        assert get(healthy, "User", "u").get_value("address") == {"street": "Lane", "city": "Porto"}

    def test_one_of_two_is_kept(self, activate_schema, admin_client):
        shop = activate_schema(CART, "resource.ts")
        records.create(shop, "Customer", {"id": "ada", "name": "Ada"})
        carts = [records.create(shop, "Cart", {"items": str(n)}) for n in range(3)]
        for cart in carts:
            put(cart, customerId="ada")
        url = "/health/data/H004/Cart.customer/keep/"
        page = text(admin_client.get(url))
        assert "Only one of them can stay: choose it." in page
        assert 'value="apply"' not in page
        self.apply(admin_client, url, key=[carts[0].url_key])
        assert refetch(carts[2]).get_value("customerId") == "ada"
        self.apply(admin_client, url, key=[carts[2].url_key])
        assert [refetch(c).get_value("customerId") for c in carts] == [None, None, "ada"]

    def test_a_deleted_record_comes_back(self, healthy, admin_client):
        bury(get(healthy, "User", "u"))
        url = "/health/data/H002/Post.author/restore/"
        assert "Restore 1 user" in text(admin_client.get(url))
        self.apply(admin_client, url)
        assert get(healthy, "User", "u").get_value("username") == "nadia"

    def test_a_refused_fix_cannot_be_forced(self, broken, admin_client):
        response = self.apply(admin_client, f"{COMMENTS}clear/")
        assert response.status_code == 200
        assert "A Comment cannot be without its Post." in text(response)
        assert found(broken) == {"H001 Comment.post": 3}

    def test_what_stands_in_the_way_of_a_delete_is_told(self, activate_schema, admin_client):
        datamodel = activate_schema(
            """
            type A @model { id: ID! bs: [B] @hasMany }
            type B @model { id: ID! cs: [C] @hasMany }
            type C @model { id: ID! }
            """,
            datastore=False,
            on_delete={"B.cs": OnDelete.RESTRICT},
        )
        a = records.create(datamodel, "A", {})
        b = records.create(datamodel, "B", {"aBsId": a.url_key})
        records.create(datamodel, "C", {"bCsId": b.url_key})
        erase(a)
        url = "/health/data/H001/B.aBsId/delete/"
        page = text(admin_client.get(url))
        assert "1 c in the way" in page
        assert 'value="apply"' not in page
        forced = self.apply(admin_client, url)
        assert forced.status_code == 422
        assert "still referred to by 1 C" in text(forced)
        assert found(datamodel) == {"H001 B.aBsId": 1}

    def test_htmx_is_sent_on_after_a_fix_and_gets_the_form_again_otherwise(self, broken, admin_client):
        url, headers = f"{COMMENTS}create/", {"HX-Request": "true"}
        refused = admin_client.post(url, {"_do": "apply", "_typed": "1"}, headers=headers)
        assert refused.status_code == 422
        assert 'id="fix"' in text(refused)
        data = {"_do": "apply", "_typed": "1", "f.title": "T", "f.status": "DRAFT"}
        assert admin_client.post(url, data, headers=headers)["HX-Redirect"] == HOME

    def test_more_than_one_fix_can_take_is_fixed_in_parts(self, broken, admin_client, monkeypatch):
        monkeypatch.setattr("adminui.forms.fixing.MOST_AT_ONCE", 2)
        monkeypatch.setattr("adminui.views.data_health.MOST_AT_ONCE", 2)
        monkeypatch.setattr("datamodel.health.fixes.MOST_AT_ONCE", 2)
        page = text(admin_client.get(f"{COMMENTS}delete/"))
        assert "These are the first 2" in page
        assert self.apply(admin_client, f"{COMMENTS}delete/")["Location"] == COMMENTS
        assert found(broken) == {"H001 Comment.post": 1}
