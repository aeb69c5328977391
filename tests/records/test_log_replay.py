"""Replaying the change log gives the tables, whatever was written; and what does not fit is found."""

from __future__ import annotations

import pytest

from datamodel import records
from datamodel.modelgen import encode_key
from datamodel.models import Change
from tests.invariants import broken_promises
from tests.records.conftest import comment_on, remove
from tests.records.schemas import BLOG, CART, DIAMOND, ORDERS, TAGS, VALUES


def test_the_log_of_a_blog_gives_its_tables(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore)
    post, other = (records.create(blog, "Post", {"id": name, "title": name}) for name in ("a", "b"))
    first, second = comment_on(blog, post), comment_on(blog, post)
    records.update(blog, "Post", post.key_dict, {"rating": 3})
    records.link(blog, blog.schema.link("Comment.post"), other.key_dict, second.key_dict)
    remove(blog, post)
    records.create(blog, "Post", {"id": "a", "title": "again"})
    assert not blog.model("Comment").objects.filter(pk=first.pk).exists()
    assert broken_promises(blog) == []


def test_the_log_of_a_cleared_reference_gives_its_tables(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore, on_delete={"Comment.post": "clear"})
    post = records.create(blog, "Post", {"title": "T"})
    comment = comment_on(blog, post)
    remove(blog, post)
    records.update(blog, "Comment", comment.key_dict, {"content": "alone"})
    assert broken_promises(blog) == []


@pytest.mark.parametrize(
    "text", [DIAMOND, ORDERS, TAGS, VALUES], ids=["diamond", "composite", "join", "values"]
)
def test_the_log_gives_tables_of_every_shape(activate_schema, text, datastore):
    datamodel = activate_schema(text, datastore=datastore)
    match text:
        case str() if text == DIAMOND:
            user = records.create(datamodel, "User", {"id": "u", "name": "U"})
            post = records.create(datamodel, "Post", {"title": "T", "authorID": "u"})
            records.create(datamodel, "Comment", {"content": "C", "postID": post.key[0], "writerID": "u"})
            remove(datamodel, user)
        case str() if text == ORDERS:
            order = records.create(datamodel, "Order", {"shop": "a/b", "number": 7, "total": 1.5})
            records.create(datamodel, "Line", {"text": "L", "orderShop": "a/b", "orderNumber": 7})
            remove(datamodel, order)
        case str() if text == TAGS:
            post = records.create(datamodel, "Post", {"id": "p", "title": "T"})
            records.create(datamodel, "Tag", {"id": "t", "label": "L"})
            records.link_many(datamodel, "Post", "tags", {"id": "p"}, {"id": "t"})
            remove(datamodel, post)
        case _:
            thing = {
                "name": "N",
                "size": 3,
                "score": 2.0,
                "when": "2024-02-29",
                "mood": "GOOD",
                "tags": ["a"],
            }
            records.create(datamodel, "Thing", thing | {"address": {"street": "S", "number": 4}})
    assert Change.objects.exists()
    assert broken_promises(datamodel) == []


def one_fault(datamodel):
    (fault,) = broken_promises(datamodel)
    return fault


def test_a_row_that_the_log_does_not_know_is_found(blog):
    records.create(blog, "Post", {"id": "p", "title": "T"})
    Change.objects.all().delete()
    assert one_fault(blog) == f"('Post', '{encode_key(('p',))}') is stored and not in the log."


def test_a_row_that_is_not_there_any_more_is_found(blog):
    records.create(blog, "Post", {"id": "p", "title": "T"})
    blog.model("Post").objects.all()._raw_delete("default")
    assert one_fault(blog) == f"('Post', '{encode_key(('p',))}') is in the log and not stored."


def test_a_value_written_around_the_log_is_found(blog):
    records.create(blog, "Post", {"title": "T", "rating": 1})
    blog.model("Post").objects.update(rating=2)
    assert "the log says" in one_fault(blog)


def test_a_version_written_around_the_log_is_found(blog):
    records.create(blog, "Post", {"title": "T"})
    blog.model("Post").objects.update(joinery_version=5)
    assert "has version 5, the log says 1." in one_fault(blog)


def test_a_missing_entry_is_found(blog):
    post = records.create(blog, "Post", {"title": "T"})
    for rating in (1, 2):
        records.update(blog, "Post", post.key_dict, {"rating": rating})
    Change.objects.filter(record_version=2).delete()
    faults = broken_promises(blog)
    assert [("starts from" in fault, "is due" in fault) for fault in faults] == [(True, False), (False, True)]


def test_an_entry_written_twice_is_found(blog):
    records.create(blog, "Post", {"title": "T"})
    change = Change.objects.get()
    change.pk = None
    change.save()
    assert any(
        "is called 'create'" in fault or "starts from None" in fault for fault in broken_promises(blog)
    )


def test_a_wrong_tombstone_is_found(synced_blog):
    remove(synced_blog, records.create(synced_blog, "Post", {"title": "T"}))
    synced_blog.model("Post").all_objects.update(joinery_deleted=False)
    assert "is not a tombstone" in one_fault(synced_blog)


def test_an_orphan_is_found(activate_schema):
    blog = activate_schema(BLOG, integrity="appsync")
    records.create(blog, "Comment", {"id": "c", "content": "C", "postCommentsId": "nowhere"})
    assert broken_promises(blog) == [], "the policy 'keep' allows it"
    link = blog.schema.link("Comment.post")
    object.__setattr__(link, "on_delete", "cascade")
    assert one_fault(blog).endswith("refers by Comment.post to ('nowhere',): not there.")


def test_a_second_child_of_one_to_one_is_found(activate_schema):
    cart = activate_schema(CART, "resource.ts", integrity="appsync")
    for _ in range(2):
        records.create(cart, "Cart", {"customerId": "c"})
    records.create(cart, "Customer", {"id": "c"})
    object.__setattr__(cart.schema.link("Cart.customer"), "on_delete", "clear")
    assert one_fault(cart) == "Customer ('c',) has 2 Cart by Cart.customer, and may have one."
