"""Document 003: one-to-one, one-to-many and many-to-many, in both generations of the directives.

Its snippets are DataStore's; the site does the same with forms.
"""

from __future__ import annotations

import pytest

from datamodel.models import Change
from tests.documents.clients import Refused
from tests.invariants import broken_promises


@pytest.fixture(params=["v1", "v2"])
def generation(request):
    """`@connection` and `@key`, or `@hasOne`, `@hasMany`, `@index` and `@manyToMany`."""
    return request.param


@pytest.fixture
def posts(document, generation):
    """One post has one author."""
    return document(f"003-oneone-{generation}.graphql")


@pytest.fixture
def publications(document, generation):
    """One publication has many articles."""
    return document(f"003-onemany-{generation}.graphql")


@pytest.fixture
def tagged(document, generation):
    """Posts have many tags and tags have many posts."""
    return document(f"003-manymany-{generation}.graphql")


# One to one: create


def create_post(store):
    author = store.save("Author", name="Rene Brandel")
    return author, store.save("Post", title="My first post!", content="Lorem ipsum ", author=author)


def test_003_one_to_one_create_saves_the_target_to_the_source_api(posts, data_store):
    author, post = create_post(data_store(posts))
    assert post["author"] == {"id": author["id"], "_deleted": None}
    assert (post["title"], post["content"], post["_version"]) == ("My first post!", "Lorem ipsum ", 1)


def test_003_one_to_one_create_refuses_a_target_that_is_not_there_api(posts, data_store):
    store = data_store(posts)
    with pytest.raises(Refused, match=r"RelatedRecordNotFound: .*'nobody'"):
        store.save("Post", title="My first post!", author={"id": "nobody"})
    assert store.query("Post") == []


def test_003_one_to_one_create_saves_the_target_to_the_source_site(posts, site):
    site.create("Author", name="Rene Brandel")
    key = site.create("Post", {"author": "Rene Brandel"}, title="My first post!", content="Lorem ipsum ")
    assert site.record("Post", key).chosen("author") == "Rene Brandel"
    assert broken_promises(posts) == []


# One to one: query


def test_003_one_to_one_query_reads_the_target_through_the_source_api(posts, data_client, data_store):
    author, post = create_post(data_store(posts))
    client = data_client(posts)
    assert client.get("Post", ["id", "author.*"], id=post["id"])["author"]["name"] == "Rene Brandel"
    found = data_store(posts).find("Post", post["id"])
    assert found is not None
    assert data_store(posts).find("Author", found["author"]["id"]) == author


def test_003_one_to_one_query_reads_the_target_through_the_source_site(posts, site):
    author = site.create("Author", name="Rene Brandel")
    key = site.create("Post", {"author": "Rene Brandel"}, title="My first post!")
    links = site.record("Post", key).reader.links
    assert f"/data/Author/{author}/" in [href for _, href in links]
    assert "Rene Brandel" in site.list("Post")[0]


# One to one: delete


def test_003_one_to_one_delete_target_clears_source_api(posts, data_store):
    store = data_store(posts)
    author, post = create_post(store)
    store.delete("Author", author)
    left = store.find("Post", post["id"])
    assert left is not None
    assert (left["author"], left["title"], left["_version"]) == (None, "My first post!", 2)
    assert store.query("Author") == []
    assert broken_promises(posts) == []


def test_003_one_to_one_delete_target_clears_source_site(posts, site):
    author = site.create("Author", name="Rene Brandel")
    key = site.create("Post", {"author": "Rene Brandel"}, title="My first post!")
    asked = site.deletion("Author", author)
    assert "1 post kept, without the reference" in asked.text
    assert "My first post!" in asked.text
    asked.confirm()
    assert site.record("Post", key).chosen("author") == "none"
    assert site.list("Author") == []
    assert broken_promises(posts) == []


def test_003_one_to_one_delete_source_leaves_the_target_api(posts, data_store):
    store = data_store(posts)
    author, post = create_post(store)
    store.delete("Post", post)
    assert store.query("Author") == [author]


def test_003_one_to_one_delete_source_leaves_the_target_site(posts, site):
    site.create("Author", name="Rene Brandel")
    key = site.create("Post", {"author": "Rene Brandel"}, title="My first post!")
    asked = site.deletion("Post", key)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    assert len(site.list("Author")) == 1


def test_003_one_to_one_delete_target_keeps_the_reference_under_appsync_api(document, generation, data_store):
    store = data_store(document(f"003-oneone-{generation}.graphql", integrity="appsync"))
    author, post = create_post(store)
    store.delete("Author", author)
    left = store.find("Post", post["id"])
    assert left is not None
    assert left["_version"] == 1
    assert left["author"] == {"id": author["id"], "_deleted": True}, (
        "the relation shows that its target is gone"
    )


def test_003_one_to_one_delete_target_keeps_the_reference_under_appsync_site(document, generation, site):
    posts = document(f"003-oneone-{generation}.graphql", integrity="appsync")
    author = site.create("Author", name="Rene Brandel")
    key = site.create("Post", {"author": "Rene Brandel"}, title="My first post!")
    asked = site.deletion("Author", author)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    (post,) = posts.model("Post").objects.all()
    assert post.get_value("postAuthorId") == author
    assert author in (site.record("Post", key).chosen("author") or "")


# One to many: create


def create_articles(store, count=1):
    publication = store.save("Publication", name="Amplify Weekly")
    titles = ["Add auth to your app in 3 steps", "Second", "Third"][:count]
    saved = [store.save("Article", title=title, publicationID=publication["id"]) for title in titles]
    return publication, saved


def test_003_one_to_many_create_saves_the_source_id_to_the_target_api(publications, data_store):
    publication, (article,) = create_articles(data_store(publications))
    assert article["publicationID"] == publication["id"]
    assert article["title"] == "Add auth to your app in 3 steps"


def test_003_one_to_many_create_refuses_a_source_that_is_not_there_api(publications, data_store):
    store = data_store(publications)
    with pytest.raises(Refused, match=r"RelatedRecordNotFound: Field 'publicationID' .*'nothing'"):
        store.save("Article", title="T", publicationID="nothing")
    assert store.query("Article") == []


def reference(publications):
    """What the site calls the article's side of the relationship: it has no field of its own."""
    return publications.schema.links[0].name


def test_003_one_to_many_create_saves_the_source_id_to_the_target_site(publications, site):
    publication = site.create("Publication", name="Amplify Weekly")
    slug = reference(publications)
    site.create("Article", {slug: "Amplify Weekly"}, title="Add auth to your app in 3 steps")
    (article,) = publications.model("Article").objects.all()
    assert article.get_value("publicationID") == publication
    assert broken_promises(publications) == []


def test_003_one_to_many_create_from_the_source_site(publications, site):
    publication = site.create("Publication", name="Amplify Weekly")
    page = site.record("Publication", publication)
    (address,) = [href for text, href in page.reader.links if text == "New article"]
    page = site.open(address).fill(title="Add auth to your app in 3 steps").press()
    assert page.status == 200
    assert site.record("Publication", publication).linked("articles") == ["Add auth to your app in 3 steps"]


# One to many: query


def test_003_one_to_many_query_filters_the_targets_by_the_source_id_api(
    publications, data_client, data_store
):
    store = data_store(publications)
    publication, articles = create_articles(store, 3)
    other, _ = create_articles(store)
    found = [a for a in store.query("Article") if a["publicationID"] == publication["id"]]
    assert found == articles
    client = data_client(publications)
    items, _ = client.list("Article", {"publicationID": {"eq": publication["id"]}})
    assert [item["id"] for item in items] == [article["id"] for article in articles]
    loaded = client.get("Publication", ["articles.title"], id=publication["id"])
    assert [item["title"] for item in loaded["articles"]] == [article["title"] for article in articles]
    assert len(client.get("Publication", ["articles.id"], id=other["id"])["articles"]) == 1


def test_003_one_to_many_query_filters_the_targets_by_the_source_site(publications, site):
    slug = reference(publications)
    weekly = site.create("Publication", name="Amplify Weekly")
    site.create("Publication", name="Other")
    for title, name in (("First", "Amplify Weekly"), ("Second", "Amplify Weekly"), ("Elsewhere", "Other")):
        site.create("Article", {slug: name}, title=title)
    page = site.record("Publication", weekly)
    assert sorted(page.linked("articles")) == ["First", "Second"]
    (address,) = [href for text, href in page.reader.links if href.startswith("/data/Article/?")]
    assert sorted(row.split(" | ")[0] for row in site.open(address).rows) == ["First", "Second"]


# One to many: delete


def test_003_one_to_many_delete_source_deletes_targets_api(publications, data_store):
    store = data_store(publications)
    publication, articles = create_articles(store, 3)
    kept, (other,) = create_articles(store)
    store.delete("Publication", publication)
    assert store.query("Publication") == [kept]
    assert store.query("Article") == [other]
    gone = [item for item in store.sync("Article") if item["_deleted"]]
    assert [(item["id"], item["_version"]) for item in gone] == [(article["id"], 2) for article in articles]
    assert broken_promises(publications) == []


def test_003_one_to_many_delete_source_after_the_client_deleted_the_targets_api(publications, data_store):
    store = data_store(publications)
    publication, articles = create_articles(store, 2)
    for article in articles:
        store.delete("Article", article)
    assert store.delete("Publication", publication)["_version"] == 2
    assert store.query("Article") == store.query("Publication") == []
    assert broken_promises(publications) == []


def test_003_one_to_many_delete_targets_again_after_the_source_api(publications, data_store):
    store = data_store(publications)
    publication, (article,) = create_articles(store)
    store.delete("Publication", publication)
    assert store.delete("Article", article)["_version"] == 2, "the tombstone, as the source's delete left it"
    assert Change.objects.filter(model="Article", action="delete").count() == 1


def test_003_one_to_many_delete_target_leaves_the_source_api(publications, data_store):
    store = data_store(publications)
    publication, (article,) = create_articles(store)
    store.delete("Article", article)
    assert store.query("Publication") == [publication]


def test_003_one_to_many_delete_source_deletes_targets_site(publications, site):
    slug = reference(publications)
    key = site.create("Publication", name="Amplify Weekly")
    site.create("Publication", name="Other")
    for title, name in (("First", "Amplify Weekly"), ("Second", "Amplify Weekly"), ("Elsewhere", "Other")):
        site.create("Article", {slug: name}, title=title)
    asked = site.deletion("Publication", key)
    assert "2 articles deleted too" in asked.text
    assert "Delete publication and 2 more" in asked.text
    asked.confirm()
    assert [row.split(" | ")[0] for row in site.list("Article")] == ["Elsewhere"]
    assert [row.split(" | ")[0] for row in site.list("Publication")] == ["Other"]
    assert broken_promises(publications) == []


def test_003_one_to_many_delete_target_leaves_the_source_site(publications, site):
    site.create("Publication", name="Amplify Weekly")
    key = site.create("Article", {reference(publications): "Amplify Weekly"}, title="First")
    site.deletion("Article", key).confirm()
    assert len(site.list("Publication")) == 1
    assert site.list("Article") == []


def test_003_one_to_many_delete_source_leaves_targets_under_appsync_api(document, generation, data_store):
    publications = document(f"003-onemany-{generation}.graphql", integrity="appsync")
    store = data_store(publications)
    publication, (article,) = create_articles(store)
    store.delete("Publication", publication)
    assert store.query("Article") == [article], "AppSync deletes what the client sends, and nothing else"
    store.delete("Article", article)
    assert store.query("Article") == []


def test_003_one_to_many_delete_source_leaves_targets_under_appsync_site(document, generation, site):
    publications = document(f"003-onemany-{generation}.graphql", integrity="appsync")
    key = site.create("Publication", name="Amplify Weekly")
    site.create("Article", {reference(publications): "Amplify Weekly"}, title="First")
    asked = site.deletion("Publication", key)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    (article,) = publications.model("Article").objects.all()
    assert article.get_value("publicationID") == key
    assert site.list("Publication") == []


# Many to many: create


def create_tagged(store):
    post = store.save("Post", body="How to build deploy a web app on AWS Amplify")
    tag = store.save("Tag", label="static-web-hosting")
    return post, tag, store.save("PostTag", post=post, tag=tag)


def test_003_many_to_many_makes_the_join_model(tagged):
    join = tagged.schema.model("PostTag")
    ends = sorted(
        (link.child_field, link.parent) for link in tagged.schema.links_from("PostTag") if link.is_join
    )
    assert ends == [("post", "Post"), ("tag", "Tag")]
    assert join.primary_key == ("id",)


def test_003_many_to_many_create_saves_both_to_a_join_record_api(tagged, data_store):
    post, tag, joined = create_tagged(data_store(tagged))
    assert joined["post"] == {"id": post["id"], "_deleted": None}
    assert joined["tag"] == {"id": tag["id"], "_deleted": None}


def test_003_many_to_many_create_saves_both_to_a_join_record_site(tagged, site):
    site.create("Post", body="How to build")
    site.create("Tag", label="static-web-hosting")
    key = site.create("PostTag", {"post": "How to build", "tag": "static-web-hosting"})
    page = site.record("PostTag", key)
    assert (page.chosen("post"), page.chosen("tag")) == ("How to build", "static-web-hosting")
    assert broken_promises(tagged) == []


def test_003_many_to_many_create_links_from_either_side_site(tagged, site):
    post = site.create("Post", body="How to build")
    tag = site.create("Tag", label="static-web-hosting")
    site.create("Tag", label="second")
    site.record("Post", post).link("tags", "static-web-hosting").press()
    assert site.record("Tag", tag).linked("posts") == ["How to build"]
    site.record("Post", post).link("tags", "second").press()
    assert sorted(site.record("Post", post).linked("tags")) == ["second", "static-web-hosting"]
    assert tagged.model("PostTag").objects.count() == 2


# Many to many: query


def test_003_many_to_many_query_filters_the_join_records_by_one_end_api(tagged, data_client, data_store):
    store = data_store(tagged)
    post, tag, _ = create_tagged(store)
    second = store.save("Tag", label="second")
    store.save("PostTag", post=post, tag=second)
    create_tagged(store)
    tags = [pt["tag"]["id"] for pt in store.query("PostTag") if pt["post"]["id"] == post["id"]]
    assert tags == [tag["id"], second["id"]]
    loaded = data_client(tagged).get("Post", ["tags.tag.label"], id=post["id"])
    assert sorted(pt["tag"]["label"] for pt in loaded["tags"]) == ["second", "static-web-hosting"]


def test_003_many_to_many_query_shows_the_far_records_site(tagged, site):
    post = site.create("Post", body="How to build")
    for label in ("first", "second", "third"):
        site.create("Tag", label=label)
    site.record("Post", post).link("tags", "first").link("tags", "second").press()
    assert sorted(site.record("Post", post).linked("tags")) == ["first", "second"]
    assert all(label in site.list("Post")[0] for label in ("first", "second"))


# Many to many: delete


def test_003_many_to_many_delete_join_record_leaves_both_ends_api(tagged, data_store):
    store = data_store(tagged)
    post, tag, joined = create_tagged(store)
    store.delete("PostTag", joined)
    assert store.query("PostTag") == []
    assert store.query("Post") == [post]
    assert store.query("Tag") == [tag]


def test_003_many_to_many_delete_join_record_leaves_both_ends_site(tagged, site):
    post = site.create("Post", body="How to build")
    site.create("Tag", label="static-web-hosting")
    site.record("Post", post).link("tags", "static-web-hosting").press()
    site.record("Post", post).unlink("tags", "static-web-hosting").press()
    assert tagged.model("PostTag").objects.count() == 0
    assert len(site.list("Post")) == len(site.list("Tag")) == 1
    key = site.create("PostTag", {"post": "How to build", "tag": "static-web-hosting"})
    asked = site.deletion("PostTag", key)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    assert tagged.model("PostTag").objects.count() == 0
    assert len(site.list("Post")) == len(site.list("Tag")) == 1


@pytest.mark.parametrize("end", ["Post", "Tag"])
def test_003_many_to_many_delete_source_deletes_its_join_records_api(tagged, data_store, end):
    store = data_store(tagged)
    post, tag, joined = create_tagged(store)
    _, _, kept = create_tagged(store)
    store.delete(end, post if end == "Post" else tag)
    assert store.query("PostTag") == [kept]
    assert len(store.query("Post")) + len(store.query("Tag")) == 3
    assert [item["id"] for item in store.sync("PostTag") if item["_deleted"]] == [joined["id"]]
    assert broken_promises(tagged) == []


@pytest.mark.parametrize("end", ["Post", "Tag"])
def test_003_many_to_many_delete_source_after_the_client_deleted_the_join_records_api(
    tagged, data_store, end
):
    store = data_store(tagged)
    post, tag, joined = create_tagged(store)
    store.delete("PostTag", joined)
    store.delete(end, post if end == "Post" else tag)
    assert len(store.query("Post")) + len(store.query("Tag")) == 1
    assert broken_promises(tagged) == []


@pytest.mark.parametrize("end", ["Post", "Tag"])
def test_003_many_to_many_delete_source_deletes_its_join_records_site(tagged, site, end):
    keys = {"Post": site.create("Post", body="How to build"), "Tag": site.create("Tag", label="hosting")}
    site.record("Post", keys["Post"]).link("tags", "hosting").press()
    asked = site.deletion(end, keys[end])
    assert "1 post tag deleted too" in asked.text
    assert "only the link; the other side stays" in asked.text
    asked.confirm()
    other = {"Post": "Tag", "Tag": "Post"}[end]
    assert tagged.model("PostTag").objects.count() == 0
    assert site.list(end) == []
    assert len(site.list(other)) == 1
    assert broken_promises(tagged) == []


def test_003_many_to_many_delete_source_leaves_join_records_under_appsync_api(
    document, generation, data_store
):
    store = data_store(document(f"003-manymany-{generation}.graphql", integrity="appsync"))
    _, tag, joined = create_tagged(store)
    store.delete("Tag", tag)
    (left,) = store.query("PostTag")
    assert left["id"] == joined["id"]
    assert left["tag"] == {"id": tag["id"], "_deleted": True}
