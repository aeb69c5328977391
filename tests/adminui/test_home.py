"""The first page."""

from __future__ import annotations

from datamodel import access, records


def test_before_the_first_schema_it_says_how_to_begin(admin_client):
    page = admin_client.get("/").content.decode()
    assert "No models yet" in page
    assert 'href="/schema/upload/"' in page


def test_it_lists_the_models_with_their_counts(admin_client, example):
    records.create(example, "Tag", {"label": "craft"})
    response = admin_client.get("/")
    counts = {model.name: model.count for model in response.context["nav_models"]}
    assert counts["Tag"] == 1
    page = response.content.decode()
    assert 'href="/data/Tag/"' in page
    assert "PostStatus" in page
    assert "http://testserver/graphql" in page


def test_it_tells_who_changed_what(admin_client, example):
    with access.acting_as(access.Actor("user", "nadia")):
        tag = records.create(example, "Tag", {"label": "craft"})
        records.update(example, "Tag", tag.key_dict, {"label": "crafts"})
        records.delete(example, "Tag", tag.key_dict)
    response = admin_client.get("/")
    stories = [event.story for event in response.context["events"]]
    told = [(story.lead.label, story.verb, story.who.words) for story in stories]
    assert told == [
        ("crafts", "deleted", "nadia"),
        ("crafts", "changed", "nadia"),
        ("craft", "created", "nadia"),
    ]


def test_it_tells_what_went_with_a_deleted_record(admin_client, example):
    post = records.create(example, "Post", {"title": "Glue", "status": "DRAFT"})
    records.create(example, "Comment", {"content": "Ah", "postID": post.get_value("id")})
    records.delete(example, "Post", post.key_dict)
    event = admin_client.get("/").context["events"][0]
    assert (event.story.verb, event.story.lead.label, event.rest) == ("deleted", "Glue", " with 1 comment")


def test_the_number_of_queries_does_not_grow_with_the_models(
    admin_client, example, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        admin_client.get("/")


def test_a_join_record_is_told_by_what_it_joins(admin_client, example, django_assert_max_num_queries):
    records.create(example, "Post", {"id": "p", "title": "How dovetails hold", "status": "DRAFT"})
    for name in ("craft", "wood"):
        records.create(example, "Tag", {"id": name, "label": name})
        records.link_many(example, "Post", "tags", {"id": "p"}, {"id": name})
    with django_assert_max_num_queries(13):
        events = admin_client.get("/").context["events"]
    assert "How dovetails hold · wood" in [event.story.lead.label for event in events]
    join = example.model("PostTag").objects.first()
    records.delete(example, "PostTag", join.key_dict)
    event = admin_client.get("/").context["events"][0]
    assert event.story.title == "unlinked PostTag 'How dovetails hold · craft'"


def test_a_label_is_escaped(admin_client, example):
    records.create(example, "Tag", {"label": "<script>alert(1)</script>"})
    page = admin_client.get("/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_what_was_done_in_a_row_is_told_once(admin_client, example):
    for label in ("a", "b", "c"):
        records.create(example, "Tag", {"label": label})
    (event,) = admin_client.get("/").context["events"]
    assert (event.story.lead.label, event.rest) == ("c", " with 2 more tags")
