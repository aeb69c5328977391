"""Document 004: several relationships between two models, identifiers with sort keys, required and optional ones."""

from __future__ import annotations

import pytest

from tests.documents.clients import Refused
from tests.documents.scenarios import first_cells
from tests.invariants import broken_promises

TEXT = {"title": "T", "content": "C"}


# Model multiple relationships between two models


@pytest.fixture
def people(document):
    """A post has an author and an editor, both persons."""
    return document("004-multi-relations.ts")


@pytest.fixture
def client(people, data_client):
    return data_client(people)


def edited_post(client):
    author, editor = client.create("Person", name="Ada"), client.create("Person", name="Bea")
    return author, editor, client.create("Post", **TEXT, authorId=author["id"], editorId=editor["id"])


def edited_post_on_site(site):
    author, editor = site.create("Person", name="Ada"), site.create("Person", name="Bea")
    return author, editor, site.create("Post", {"author": "Ada", "editor": "Bea"}, **TEXT)


def test_004_multiple_relationships_create_and_fetch_each_api(client):
    author, editor, post = edited_post(client)
    fetched = client.get("Post", id=post["id"])
    assert client.lazy("Post", fetched, "author") == author
    assert client.lazy("Post", fetched, "editor") == editor
    assert client.lazy("Person", author, "authoredPosts") == [post]
    assert client.lazy("Person", author, "editedPosts") == []
    assert client.lazy("Person", editor, "editedPosts") == [post]
    loaded = client.get("Post", ["author.name", "editor.name"], id=post["id"])
    assert loaded == {"author": {"name": "Ada"}, "editor": {"name": "Bea"}}


def test_004_multiple_relationships_create_and_fetch_each_site(people, site):
    author, editor, post = edited_post_on_site(site)
    page = site.record("Post", post)
    assert (page.chosen("author"), page.chosen("editor")) == ("Ada", "Bea")
    assert site.record("Person", author).linked("authoredPosts") == ["T"]
    assert site.record("Person", author).linked("editedPosts") == []
    assert site.record("Person", editor).linked("editedPosts") == ["T"]
    assert first_cells(site.list("Post", f"?author={author}")) == ["T"]
    assert site.list("Post", f"?editor={author}") == []
    assert broken_promises(people) == []


def test_004_multiple_relationships_update_one_leaves_the_other_api(client):
    author, editor, post = edited_post(client)
    updated = client.update("Post", id=post["id"], editorId=None)
    assert (updated["authorId"], updated["editorId"]) == (author["id"], None)
    updated = client.update("Post", id=post["id"], authorId=editor["id"], editorId=author["id"])
    assert (updated["authorId"], updated["editorId"]) == (editor["id"], author["id"])


def test_004_multiple_relationships_update_one_leaves_the_other_site(people, site):
    _, _, post = edited_post_on_site(site)
    site.record("Post", post).clear("editor").press()
    page = site.record("Post", post)
    assert (page.chosen("author"), page.chosen("editor")) == ("Ada", "none")


def test_004_multiple_relationships_deleting_a_person_clears_what_refers_to_it_api(people, client):
    author, editor, post = edited_post(client)
    own = client.create("Post", **TEXT, authorId=author["id"], editorId=author["id"])
    client.delete("Person", id=author["id"])
    left = client.get("Post", id=post["id"])
    assert (left["authorId"], left["editorId"]) == (None, editor["id"])
    left = client.get("Post", id=own["id"])
    assert (left["authorId"], left["editorId"]) == (None, None)
    assert broken_promises(people) == []


def test_004_multiple_relationships_deleting_a_person_clears_what_refers_to_it_site(people, site):
    author, _, post = edited_post_on_site(site)
    asked = site.deletion("Person", author)
    assert "1 post kept, without the reference" in asked.text
    assert "Post.author is cleared" in asked.text
    asked.confirm()
    page = site.record("Post", post)
    assert (page.chosen("author"), page.chosen("editor")) == ("none", "Bea")
    assert broken_promises(people) == []


# Model relationships for models with sort keys in their identifier


@pytest.fixture
def persons(document):
    """A person is identified by name and date of birth."""
    return document("004-sort-keys.ts")


ADA = {"name": "Ada", "dateOfBirth": "1815-12-10"}
BY_ADA = {"authorName": "Ada", "authorDoB": "1815-12-10"}


def test_004_sort_keys_create_and_load_api(persons, data_client):
    client = data_client(persons)
    ada = client.create("Person", **ADA)
    client.create("Person", name="Ada", dateOfBirth="1900-01-01")
    post = client.create("Post", **TEXT, **BY_ADA)
    assert client.lazy("Post", post, "author") == ada
    assert client.lazy("Person", ada, "authoredPosts") == [post]
    loaded = client.get("Post", ["title", "author.dateOfBirth"], id=post["id"])
    assert loaded == {"title": "T", "author": {"dateOfBirth": "1815-12-10"}}
    assert client.get("Person", ["authoredPosts.title"], **ADA) == {"authoredPosts": [{"title": "T"}]}
    other = client.get("Person", ["authoredPosts.title"], name="Ada", dateOfBirth="1900-01-01")
    assert other == {"authoredPosts": []}


def test_004_sort_keys_the_lazy_loader_that_sends_half_a_key_gets_an_error_api(persons, gql):
    document = "query ($name: String!, $dateOfBirth: AWSDate!) { getPerson(name: $name, dateOfBirth: $dateOfBirth) { name } }"
    answer = gql(document, name="Ada")
    assert "dateOfBirth" in answer["errors"][0]["message"]


@pytest.mark.parametrize("wrong", [{"authorDoB": "1900-01-01"}, {"authorName": "Bea"}], ids=["date", "name"])
def test_004_sort_keys_a_reference_to_no_person_is_refused_api(persons, data_client, wrong):
    client = data_client(persons)
    client.create("Person", **ADA)
    with pytest.raises(Refused, match="RelatedRecordNotFound: Field 'author' refers to Person"):
        client.create("Post", **TEXT, **(BY_ADA | wrong))
    assert client.list("Post") == ([], None)


def test_004_sort_keys_update_and_delete_the_relationship_api(persons, data_client):
    client = data_client(persons)
    client.create("Person", **ADA)
    client.create("Person", name="Bea", dateOfBirth="1900-01-01")
    post = client.create("Post", **TEXT, **BY_ADA)
    moved = client.update("Post", id=post["id"], authorName="Bea", authorDoB="1900-01-01")
    assert client.get("Post", ["author.name"], id=post["id"]) == {"author": {"name": "Bea"}}
    assert (moved["authorName"], moved["authorDoB"]) == ("Bea", "1900-01-01")
    cleared = client.update("Post", id=post["id"], authorName=None, authorDoB=None)
    assert client.lazy("Post", cleared, "author") is None
    assert broken_promises(persons) == []


def test_004_sort_keys_deleting_the_person_clears_the_reference_api(persons, data_client):
    client = data_client(persons)
    ada = client.create("Person", **ADA)
    post, kept = client.create("Post", **TEXT, **BY_ADA), client.create("Post", **TEXT)
    assert client.delete("Person", **ADA) == ada
    left = client.get("Post", id=post["id"])
    assert (left["authorName"], left["authorDoB"], left["title"]) == (None, None, "T")
    assert client.get("Post", id=kept["id"]) == kept
    assert broken_promises(persons) == []


def test_004_sort_keys_deleting_the_person_leaves_an_orphan_under_appsync_api(document, data_client):
    client = data_client(document("004-sort-keys.ts", integrity="appsync"))
    client.create("Person", **ADA)
    post = client.create("Post", **TEXT, **BY_ADA)
    client.delete("Person", **ADA)
    assert client.get("Post", id=post["id"]) == post
    assert client.get("Post", ["author.name"], id=post["id"]) == {"author": None}


def person_on_site(site, name, born):
    page = site.new("Person").fill(name=name, dateOfBirth=born).press()
    assert page.status == 200, page.text


def test_004_sort_keys_create_and_load_site(persons, site):
    person_on_site(site, name="Ada", born="1815-12-10")
    post = site.create("Post", {"author": "Ada"}, **TEXT)
    (stored,) = persons.model("Post").objects.all()
    assert (stored.get_value("authorName"), stored.get_value("authorDoB")) == ("Ada", "1815-12-10")
    assert site.record("Post", post).chosen("author") == "Ada"
    (ada,) = persons.model("Person").objects.all()
    assert site.record("Person", ada.url_key).linked("authoredPosts") == ["T"]
    assert broken_promises(persons) == []


def test_004_sort_keys_delete_the_relationship_site(persons, site):
    person_on_site(site, "Ada", "1815-12-10")
    post = site.create("Post", {"author": "Ada"}, **TEXT)
    site.record("Post", post).clear("author").press()
    assert site.record("Post", post).chosen("author") == "none"
    assert broken_promises(persons) == []


def test_004_sort_keys_deleting_the_person_clears_the_reference_site(persons, site):
    person_on_site(site, "Ada", "1815-12-10")
    post = site.create("Post", {"author": "Ada"}, **TEXT)
    (ada,) = persons.model("Person").objects.all()
    asked = site.deletion("Person", ada.url_key)
    assert "1 post kept, without the reference" in asked.text
    asked.confirm()
    assert site.record("Post", post).chosen("author") == "none"
    assert broken_promises(persons) == []


# Make relationships required or optional


@pytest.fixture
def required(document):
    """A post must have an author and may have an editor."""
    return document("004-required-optional.ts")


def test_004_required_author_must_be_supplied_api(required, data_client):
    client = data_client(required)
    with pytest.raises(Refused, match="Null value for NonNull type 'ID!'"):
        client.create("Post", **TEXT)
    author = client.create("Person", name="Ada")
    post = client.create("Post", **TEXT, authorId=author["id"])
    assert (post["authorId"], post["editorId"]) == (author["id"], None)


def test_004_required_author_cannot_be_set_to_null_api(required, data_client):
    client = data_client(required)
    author = client.create("Person", name="Ada")
    post = client.create("Post", **TEXT, authorId=author["id"])
    with pytest.raises(Refused, match="authorId"):
        client.update("Post", id=post["id"], authorId=None)
    assert client.get("Post", id=post["id"]) == post


def test_004_optional_editor_can_be_supplied_and_set_to_null_api(required, data_client):
    client = data_client(required)
    author, editor = client.create("Person", name="Ada"), client.create("Person", name="Bea")
    post = client.create("Post", **TEXT, authorId=author["id"], editorId=editor["id"])
    assert client.lazy("Post", post, "editor") == editor
    assert client.update("Post", id=post["id"], editorId=None)["editorId"] is None


def test_004_required_relationship_goes_with_the_record_as_a_whole_api(required, data_client):
    client = data_client(required)
    author, editor = client.create("Person", name="Ada"), client.create("Person", name="Bea")
    post = client.create("Post", **TEXT, authorId=author["id"], editorId=editor["id"])
    edited = client.create("Post", **TEXT, authorId=editor["id"], editorId=author["id"])
    client.delete("Person", id=author["id"])
    assert client.get("Post", id=post["id"]) is None
    assert client.get("Post", id=edited["id"])["editorId"] is None
    assert broken_promises(required) == []


def test_004_required_author_must_be_supplied_site(required, site):
    page = site.new("Post").fill(**TEXT).press()
    assert page.status == 422
    assert "Choose a person: every post needs one." in page.text
    site.create("Person", name="Ada")
    key = site.create("Post", {"author": "Ada"}, **TEXT)
    page = site.record("Post", key)
    assert (page.chosen("author"), page.chosen("editor")) == ("Ada", "none")


def test_004_required_author_cannot_be_set_to_none_site(required, site):
    ada = site.create("Person", name="Ada")
    key = site.create("Post", {"author": "Ada"}, **TEXT)
    page = site.record("Post", key)
    assert "none" not in [c.label for c in page.form.controls if c.name == "to.author"]
    for control in page.form.controls:
        control.is_on = control.is_on and control.name != "to.author"
    refused = site.send(page.path, page.form.data() | {"to.author": [""], "_do": ["save"]})
    assert refused.status == 422
    assert site.record("Post", key).chosen("author") == "Ada"
    labels = [c.name for c in site.record("Person", ada).form.controls]
    assert "unlink.authoredPosts" not in labels
    assert "unlink.editedPosts" not in labels, "nothing is linked there"


def test_004_optional_editor_can_be_supplied_and_set_to_none_site(required, site):
    site.create("Person", name="Ada")
    bea = site.create("Person", name="Bea")
    key = site.create("Post", {"author": "Ada", "editor": "Bea"}, **TEXT)
    assert site.record("Person", bea).linked("editedPosts") == ["T"]
    site.record("Post", key).clear("editor").press()
    assert site.record("Post", key).chosen("editor") == "none"
    assert broken_promises(required) == []


def test_004_required_relationship_goes_with_the_record_as_a_whole_site(required, site):
    ada, _ = site.create("Person", name="Ada"), site.create("Person", name="Bea")
    site.create("Post", {"author": "Ada", "editor": "Bea"}, title="Hers", content="C")
    edited = site.create("Post", {"author": "Bea", "editor": "Ada"}, title="Edited", content="C")
    asked = site.deletion("Person", ada)
    assert "1 post deleted too" in asked.text
    assert "1 post kept, without the reference" in asked.text
    asked.confirm()
    assert first_cells(site.list("Post")) == ["Edited"]
    page = site.record("Post", edited)
    assert (page.chosen("author"), page.chosen("editor")) == ("Bea", "none")
    assert broken_promises(required) == []


def test_004_required_relationship_stays_under_appsync_api(document, data_client):
    client = data_client(document("004-required-optional.ts", integrity="appsync"))
    author = client.create("Person", name="Ada")
    post = client.create("Post", **TEXT, authorId=author["id"])
    client.delete("Person", id=author["id"])
    assert client.get("Post", id=post["id"]) == post
