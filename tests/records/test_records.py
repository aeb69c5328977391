from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from datamodel import records
from datamodel.models import Change, SchemaVersion
from datamodel.records.transactions import is_transient
from tests.records.conftest import comment_on, refetch
from tests.records.schemas import CART, ORDERS, PROFILE_REQUIRED, TAGS, TAGS_WRITTEN_OUT, VALUES


@pytest.fixture
def things(activate_schema):
    return activate_schema(VALUES, datastore=False)


def errors_of(call, *args, **kwargs):
    with pytest.raises(records.ValidationFailed) as refused:
        call(*args, **kwargs)
    return refused.value.errors


# Create


def test_creating_fills_in_id_timestamps_and_version(blog):
    post = records.create(blog, "Post", {"title": "T"})
    values = refetch(post).values()
    assert uuid.UUID(values["id"]).version == 4
    assert values["createdAt"] == values["updatedAt"]
    assert values["createdAt"].endswith("Z")
    assert post.joinery_version == 1


def test_an_id_that_is_given_is_kept(blog):
    assert records.create(blog, "Post", {"id": "mine", "title": "T"}).key == ("mine",)


def test_defaults_stand_in_for_missing_and_for_null(things):
    assert records.create(things, "Thing", {"name": "N"}).get_value("count") == 3
    thing = records.create(things, "Thing", {"name": "N", "count": None, "note": None})
    assert (thing.get_value("count"), thing.get_value("note")) == (3, "none")


def test_all_problems_are_told_at_once(things):
    values = {
        "size": "big",
        "when": "2026-13-01",
        "mood": "SO_SO",
        "colour": "red",
        "createdAt": "x",
        "tags": [None],
    }
    errors = errors_of(records.create, things, "Thing", values)
    assert set(errors) == {"name", *values}
    assert errors["name"] == ["'name' is required."]
    assert errors["colour"] == ["'Thing' has no field 'colour' to write."]
    assert errors["createdAt"] == ["'createdAt' is filled in by the server and cannot be written."]
    assert errors["tags"][0].startswith("0: ")


def test_a_refused_create_stores_nothing(things):
    errors_of(records.create, things, "Thing", {"size": "big"})
    assert not things.model("Thing").all_objects.exists()
    assert not Change.objects.exists()


def test_a_relation_is_written_by_its_reference_fields_only(blog):
    assert set(errors_of(records.create, blog, "Comment", {"content": "C", "post": "1"})) == {"post"}


def test_values_are_stored_exactly_as_sent(things):
    values = {
        "name": " é\u00a0",
        "address": {"street": "S"},
        "tags": [],
        "when": "2026-02-28Z",
        "score": 1e300,
    }
    stored = refetch(records.create(things, "Thing", values)).values()
    assert {name: stored[name] for name in values} == values


def test_a_second_record_of_the_same_key_is_refused_and_the_first_kept(blog):
    records.create(blog, "Post", {"id": "1", "title": "first"})
    with pytest.raises(records.RecordExists) as refused:
        records.create(blog, "Post", {"id": "1", "title": "second"})
    assert refused.value.key == {"id": "1"}
    assert records.find(blog, "Post", {"id": "1"}).get_value("title") == "first"


def test_an_empty_key_is_refused(blog):
    assert set(errors_of(records.create, blog, "Post", {"id": "", "title": "T"})) == {"id"}


def test_a_key_field_that_is_missing_is_required(activate_schema):
    shop = activate_schema(ORDERS)
    assert set(errors_of(records.create, shop, "Order", {"total": 1.0})) == {"shop", "number"}


def test_a_value_too_long_for_its_index_is_refused(blog):
    assert set(errors_of(records.create, blog, "Post", {"id": "x" * 5000, "title": "T"})) == {"id"}


def test_declared_timestamps_are_taken_as_input(activate_schema):
    notes = activate_schema(
        "type Note @model { id: ID! createdAt: AWSDateTime! updatedAt: AWSDateTime! text: String }"
    )
    given = {"createdAt": "2020-01-01T00:00:00Z", "updatedAt": "2020-01-02T00:00:00Z"}
    note = records.create(notes, "Note", given)
    assert given.items() <= refetch(note).values().items()
    assert records.create(notes, "Note", {}).get_value("createdAt") > "2026"
    changed = records.update(notes, "Note", note.key_dict, {"text": "t"})
    assert changed.get_value("createdAt") == given["createdAt"]
    assert changed.get_value("updatedAt") > "2026"
    changed = records.update(notes, "Note", note.key_dict, {"updatedAt": "2021-01-01T00:00:00Z"})
    assert changed.get_value("updatedAt") == "2021-01-01T00:00:00Z"


def test_a_timestamp_that_cannot_hold_our_text_is_required(activate_schema):
    notes = activate_schema(
        "type Note @model { id: ID! createdAt: AWSTimestamp! updatedAt: Int text: String }"
    )
    assert set(errors_of(records.create, notes, "Note", {})) == {"createdAt"}
    note = records.create(notes, "Note", {"createdAt": 7})
    assert records.update(notes, "Note", note.key_dict, {"text": "t"}).get_value("updatedAt") is None


def test_a_condition_on_create_is_asked_of_nothing(blog):
    assert records.create(blog, "Post", {"title": "T"}, condition=Q(title__isnull=True) & ~Q(title="x"))
    with pytest.raises(records.ConditionFailed):
        records.create(blog, "Post", {"title": "T"}, condition=Q(title="T"))


def test_a_deleted_key_can_be_used_again(synced_blog):
    records.create(synced_blog, "Post", {"id": "1", "title": "old", "rating": 5})
    records.delete(synced_blog, "Post", {"id": "1"})
    post = records.create(synced_blog, "Post", {"id": "1", "title": "new"})
    stored = refetch(post)
    assert (stored.get_value("title"), stored.get_value("rating"), stored.joinery_version) == ("new", None, 3)
    assert stored.get_value("createdAt") == stored.get_value("updatedAt")
    assert [change.action for change in Change.objects.order_by("id")] == ["create", "delete", "create"]


# Find


def test_finding_answers_none_for_what_cannot_be(things):
    assert records.find(things, "Thing", {"id": "nothing"}) is None
    assert records.find(things, "Thing", {"id": {"not": "text"}}) is None
    assert records.find(things, "Thing", {}) is None


def test_finding_by_a_composite_key(activate_schema):
    shop = activate_schema(ORDERS)
    order = records.create(shop, "Order", {"shop": "S", "number": 7})
    assert records.find(shop, "Order", {"shop": "S", "number": 7}) == order
    assert records.find(shop, "Order", {"shop": "S", "number": 8}) is None
    assert records.find(shop, "Order", {"shop": "S", "number": 2**40}) is None


def test_tombstones_are_found_only_when_asked_for(synced_blog):
    key = records.create(synced_blog, "Post", {"title": "T"}).key_dict
    records.delete(synced_blog, "Post", key)
    assert records.find(synced_blog, "Post", key) is None
    assert records.find(synced_blog, "Post", key, with_deleted=True).joinery_deleted


# Update


def test_updating_changes_the_given_fields_only(blog):
    post = records.create(blog, "Post", {"title": "T", "rating": 1})
    changed = records.update(blog, "Post", post.key_dict, {"rating": None})
    assert changed.joinery_version == 2
    assert refetch(post).values() == changed.values()
    assert (changed.get_value("title"), changed.get_value("rating")) == ("T", None)


def test_null_for_a_required_field_is_refused(blog):
    post = records.create(blog, "Post", {"title": "T"})
    errors = errors_of(records.update, blog, "Post", post.key_dict, {"title": None, "rating": "x"})
    assert errors["title"] == ["'title' is required."]
    assert set(errors) == {"title", "rating"}


def test_key_fields_cannot_change(activate_schema):
    shop = activate_schema(ORDERS)
    order = records.create(shop, "Order", {"shop": "S", "number": 7})
    errors = errors_of(records.update, shop, "Order", order.key_dict, {"number": 8})
    assert errors == {"number": ["'number' is part of the key and cannot change."]}
    assert (
        records.update(shop, "Order", order.key_dict, {"number": 7, "total": 2.5}).get_value("total") == 2.5
    )


def test_defaults_are_not_applied_by_an_update(things):
    thing = records.create(things, "Thing", {"name": "N"})
    assert records.update(things, "Thing", thing.key_dict, {"note": None}).get_value("note") is None


def test_updating_what_is_not_there(synced_blog):
    with pytest.raises(records.RecordNotFound):
        records.update(synced_blog, "Post", {"id": "1"}, {"title": "T"})
    records.create(synced_blog, "Post", {"id": "1", "title": "T"})
    records.delete(synced_blog, "Post", {"id": "1"})
    with pytest.raises(records.RecordNotFound):
        records.update(synced_blog, "Post", {"id": "1"}, {"title": "T"})
    with pytest.raises(records.VersionConflict) as refused:
        records.update(synced_blog, "Post", {"id": "1"}, {"title": "T"}, expected_version=1)
    assert refused.value.record.joinery_deleted


def test_a_condition_is_asked_of_the_stored_record(blog):
    key = records.create(blog, "Post", {"title": "T"}).key_dict
    records.update(blog, "Post", key, {"rating": 1}, condition=Q(title="T"))
    with pytest.raises(records.ConditionFailed):
        records.update(blog, "Post", key, {"title": "X"}, condition=Q(title="X"))
    with pytest.raises(records.ConditionFailed):
        records.delete(blog, "Post", key, condition=Q(title="X"))
    assert records.find(blog, "Post", key).get_value("title") == "T"


def test_an_old_version_is_refused_with_the_stored_record(blog):
    key = records.create(blog, "Post", {"title": "T"}).key_dict
    records.update(blog, "Post", key, {"title": "U"}, expected_version=1)
    with pytest.raises(records.VersionConflict) as refused:
        records.update(blog, "Post", key, {"title": "V"}, expected_version=1)
    assert refused.value.record.get_value("title") == "U"
    with pytest.raises(records.VersionConflict):
        records.delete(blog, "Post", key, expected_version=1)


# Delete


def test_deleting_answers_the_record_as_it_was(blog):
    key = records.create(blog, "Post", {"title": "T"}).key_dict
    assert records.delete(blog, "Post", key).get_value("title") == "T"
    assert not blog.model("Post").all_objects.exists()


def test_deleting_what_is_gone_answers_none(blog):
    assert records.delete(blog, "Post", {"id": "1"}) is None


def test_deleting_a_tombstone_answers_it_where_a_version_was_sent(synced_blog):
    key = records.create(synced_blog, "Post", {"title": "T"}).key_dict
    assert records.delete(synced_blog, "Post", key).joinery_deleted
    assert records.delete(synced_blog, "Post", key) is None
    tombstone = records.delete(synced_blog, "Post", key, expected_version=1)
    assert (tombstone.joinery_deleted, tombstone.joinery_version) == (True, 2)
    assert Change.objects.count() == 2


# Transactions


def test_writes_inside_a_transaction_are_part_of_it(blog):
    with transaction.atomic():
        comment_on(blog, records.create(blog, "Post", {"title": "T"}))
        transaction.set_rollback(True)
    assert not blog.model("Post").objects.exists()
    assert not Change.objects.exists()


def test_a_refused_write_inside_a_transaction_leaves_the_others(blog):
    with transaction.atomic():
        post = records.create(blog, "Post", {"id": "1", "title": "T"})
        with pytest.raises(records.RecordExists):
            records.create(blog, "Post", {"id": "1", "title": "T"})
        with pytest.raises(records.RelatedRecordNotFound):
            records.update(blog, "Comment", comment_on(blog, post).key_dict, {"postCommentsId": "2"})
    assert [c.model for c in Change.objects.order_by("id")] == ["Post", "Comment"]


def test_another_active_version_stops_the_write(blog):
    SchemaVersion.objects.update(is_active=False)
    with pytest.raises(records.SchemaChanged):
        records.create(blog, "Post", {"title": "T"})


def fail_first(times, error):
    """Work that fails so many times, and then tells how often it ran."""
    runs = []

    def work():
        runs.append(1)
        if len(runs) <= times:
            raise error
        return len(runs)

    return work


def test_a_locked_database_is_tried_again(blog):
    assert records.transact(blog, fail_first(5, OperationalError("database is locked"))) == 6


def test_a_database_that_stays_locked_is_busy(blog):
    with pytest.raises(records.DatabaseBusy):
        records.transact(blog, fail_first(6, OperationalError("database is locked")))


def test_other_errors_are_not_tried_again(blog):
    with pytest.raises(OperationalError):
        records.transact(blog, fail_first(1, OperationalError("disk I/O error")))


def test_inside_a_transaction_nothing_is_tried_again(blog):
    with pytest.raises(OperationalError), transaction.atomic():
        records.transact(blog, fail_first(1, OperationalError("database is locked")))


def test_a_loose_reference_is_tried_again_a_duplicate_is_not():
    assert is_transient(IntegrityError("FOREIGN KEY constraint failed"))
    assert not is_transient(IntegrityError("UNIQUE constraint failed: data_post.id"))


# Links


def test_linking_sets_the_childs_reference(blog):
    link = blog.schema.link("Comment.post")
    post, comment = (
        records.create(blog, "Post", {"title": "T"}),
        records.create(blog, "Comment", {"content": "C"}),
    )
    linked = records.link(blog, link, post.key_dict, comment.key_dict)
    assert linked.get_value("postCommentsId") == post.get_value("id")
    assert records.link(blog, link, post.key_dict, comment.key_dict).joinery_version == 2


def test_linking_to_nothing_is_refused(blog):
    link = blog.schema.link("Comment.post")
    comment = records.create(blog, "Comment", {"content": "C"})
    with pytest.raises(records.RelatedRecordNotFound):
        records.link(blog, link, {"id": "1"}, comment.key_dict)
    with pytest.raises(records.RecordNotFound):
        records.link(blog, link, records.create(blog, "Post", {"title": "T"}).key_dict, {"id": "1"})


def test_unlinking_clears_the_reference_once(blog):
    link = blog.schema.link("Comment.post")
    comment = comment_on(blog, records.create(blog, "Post", {"title": "T"}))
    assert records.unlink(blog, link, comment.key_dict).get_value("postCommentsId") is None
    assert records.unlink(blog, link, comment.key_dict).joinery_version == 2


def test_unlinking_from_a_parent_leaves_a_child_that_moved_away(blog):
    link = blog.schema.link("Comment.post")
    old, new = (records.create(blog, "Post", {"title": title}) for title in ("old", "new"))
    comment = comment_on(blog, new)
    records.unlink(blog, link, comment.key_dict, old.key_dict)
    assert refetch(comment).get_value("postCommentsId") == new.get_value("id")


def test_a_required_reference_cannot_be_unlinked(activate_schema):
    people = activate_schema(PROFILE_REQUIRED)
    profile = records.create(people, "Profile", {})
    user = records.create(people, "User", {"name": "N", "profileID": profile.get_value("id")})
    link = people.schema.link("User.profile")
    assert set(errors_of(records.unlink, people, link, user.key_dict)) == {"profileID"}


def test_a_parent_with_one_child_loses_the_one_it_had(activate_schema):
    shop = activate_schema(CART, "resource.ts")
    link = shop.schema.link("Cart.customer")
    customer = records.create(shop, "Customer", {"name": "N"})
    old, new = (records.create(shop, "Cart", {"items": items}) for items in ("old", "new"))
    records.link(shop, link, customer.key_dict, old.key_dict)
    records.link(shop, link, customer.key_dict, new.key_dict)
    assert refetch(old).get_value("customerId") is None
    assert refetch(new).get_value("customerId") == customer.get_value("id")


def test_a_composite_reference_to_nothing_names_the_relation_and_all_values(activate_schema):
    shop = activate_schema(ORDERS)
    with pytest.raises(records.RelatedRecordNotFound) as refused:
        records.create(shop, "Line", {"orderShop": "S", "orderNumber": 7})
    assert str(refused.value) == "Field 'order' refers to Order 'S, 7', which does not exist."


@pytest.mark.parametrize("text", [TAGS, TAGS_WRITTEN_OUT], ids=["generated", "written out"])
def test_many_to_many_is_joined_once_and_separated(activate_schema, text):
    tags = activate_schema(text, datastore=False)
    post, tag = records.create(tags, "Post", {"title": "T"}), records.create(tags, "Tag", {"label": "L"})
    joined = records.link_many(tags, "Post", "tags", post.key_dict, tag.key_dict)
    assert joined.get_value("tagId") == tag.get_value("id")
    assert records.link_many(tags, "Tag", "posts", tag.key_dict, post.key_dict) == joined
    assert records.unlink_many(tags, "Post", "tags", post.key_dict, tag.key_dict) == 1
    assert records.unlink_many(tags, "Post", "tags", post.key_dict, tag.key_dict) == 0
    assert refetch(post)
    assert refetch(tag)


def test_joining_with_nothing_is_refused(activate_schema):
    tags = activate_schema(TAGS)
    post = records.create(tags, "Post", {"title": "T"})
    with pytest.raises(records.RelatedRecordNotFound):
        records.link_many(tags, "Post", "tags", post.key_dict, {"id": "1"})
    with pytest.raises(LookupError):
        records.link_many(tags, "Post", "title", post.key_dict, {"id": "1"})


# Forms


def test_a_form_saves_fields_and_links_together(activate_schema):
    tags = activate_schema(TAGS)
    old, new = (records.create(tags, "Tag", {"label": label}) for label in ("old", "new"))
    post = records.save_with_links(
        tags, "Post", None, {"title": "T"}, [records.StagedLinks("tags", (old.key_dict,))]
    )
    staged = records.StagedLinks("tags", add=(new.key_dict,), remove=(old.key_dict,))
    records.save_with_links(tags, "Post", post.key_dict, {}, [staged], expected_version=1)
    joins = tags.model("PostTag").objects.all()
    assert [join.get_value("tagId") for join in joins] == [new.get_value("id")]
    assert refetch(post).joinery_version == 1


def test_a_form_links_from_either_side(blog):
    post, comment = (
        records.create(blog, "Post", {"title": "T"}),
        records.create(blog, "Comment", {"content": "C"}),
    )
    by_child = records.StagedLinks("post", add=(post.key_dict,))
    records.save_with_links(blog, "Comment", comment.key_dict, {"content": "D"}, [by_child])
    assert refetch(comment).get_value("postCommentsId") == post.get_value("id")
    assert refetch(comment).joinery_version == 2
    by_parent = records.StagedLinks("comments", remove=(comment.key_dict,))
    records.save_with_links(blog, "Post", post.key_dict, {}, [by_parent])
    assert refetch(comment).get_value("postCommentsId") is None


def test_a_form_with_one_refused_link_saves_nothing(blog):
    staged = records.StagedLinks("comments", add=({"id": "1"},))
    with pytest.raises(records.RecordNotFound):
        records.save_with_links(blog, "Post", None, {"title": "T"}, [staged])
    assert not blog.model("Post").objects.exists()
    assert not Change.objects.exists()


def test_a_form_of_an_old_version_is_refused_even_without_changes(blog):
    key = records.create(blog, "Post", {"title": "T"}).key_dict
    records.update(blog, "Post", key, {"title": "U"})
    with pytest.raises(records.VersionConflict):
        records.save_with_links(blog, "Post", key, {}, expected_version=1)
    with pytest.raises(records.RecordNotFound):
        records.save_with_links(blog, "Post", {"id": "1"}, {})
