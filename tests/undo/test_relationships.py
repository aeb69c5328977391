"""What an undo brings back of relationships, whatever their kind and policy."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from datamodel.undo import undo_change, undo_group
from tests.records.schemas import BLOG, CART, CYCLE, DIAMOND, ORDERS, PERSON, PROFILE, TAGS, TREE
from tests.undo.conftest import create, everything, last_change, last_group


def delete_and_undo(datamodel, model, **key):
    """Delete a record and undo it: all is as before. What the undo did comes back."""
    before = everything(datamodel)
    records.delete(datamodel, model, key)
    assert everything(datamodel) != before
    undone = undo_group(datamodel, last_group())
    assert everything(datamodel) == before
    assert list(everything(datamodel)) == list(before)
    return undone


def test_join_records_come_back_from_either_side(activate_schema, datastore):
    tags = activate_schema(TAGS, datastore=datastore)
    for number in range(2):
        create(tags, "Post", id=f"p{number}", title="T")
        create(tags, "Tag", id=f"t{number}", label="L")
    for post in ("p0", "p1"):
        for tag in ("t0", "t1"):
            records.link_many(tags, "Post", "tags", {"id": post}, {"id": tag})
    assert delete_and_undo(tags, "Post", id="p0").restored == 3
    assert delete_and_undo(tags, "Tag", id="t1").restored == 3


def test_cleared_references_point_to_it_again(activate_schema, datastore):
    cart = activate_schema(CART, "resource.ts", datastore=datastore)
    create(cart, "Customer", id="c", name="N")
    create(cart, "Cart", id="1", items="I", customerId="c")
    undone = delete_and_undo(cart, "Customer", id="c")
    assert (undone.restored, undone.reverted) == (1, 1)


def test_composite_references_point_to_it_again(activate_schema, datastore):
    person = activate_schema(PERSON, "resource.ts", datastore=datastore)
    create(person, "Person", name="Ada", born="1815-12-10")
    for number in range(3):
        create(person, "Post", id=str(number), title="T", authorName="Ada", authorBorn="1815-12-10")
    assert delete_and_undo(person, "Person", name="Ada", born="1815-12-10").reverted == 3


def test_children_of_a_composite_key_come_back(activate_schema, datastore):
    shop = activate_schema(ORDERS, datastore=datastore)
    create(shop, "Order", shop="S/1", number=-7)
    create(shop, "Line", id="1", orderShop="S/1", orderNumber=-7)
    assert delete_and_undo(shop, "Order", shop="S/1", number=-7).restored == 2


def test_a_tree_comes_back_whatever_the_order(activate_schema, datastore):
    tree = activate_schema(TREE, datastore=datastore)
    create(tree, "Folder", id="root", name="root")
    create(tree, "Folder", id="0", name="0", parentID="root")
    for number in range(1, 12):
        create(tree, "Folder", id=str(number), name=str(number), parentID=str(number // 2))
    assert delete_and_undo(tree, "Folder", id="root").restored == 13


def test_a_record_that_refers_to_itself_comes_back(activate_schema, datastore):
    tree = activate_schema(TREE, datastore=datastore)
    create(tree, "Folder", id="own", name="own", parentID="own")
    assert delete_and_undo(tree, "Folder", id="own").restored == 1
    change = last_change()
    records.delete(tree, "Folder", {"id": "own"})
    assert undo_change(tree, last_change().id).restored == 1
    assert change.key == "own"


def test_a_circle_comes_back(activate_schema, datastore):
    circle = activate_schema(CYCLE, datastore=datastore)
    create(circle, "Hen", id="h", name="H")
    create(circle, "Egg", id="e", name="E", henID="h")
    records.update(circle, "Hen", {"id": "h"}, {"eggID": "e"})
    assert delete_and_undo(circle, "Hen", id="h").restored == 2


def test_what_is_reached_on_two_ways_comes_back_once(activate_schema, datastore):
    diamond = activate_schema(DIAMOND, datastore=datastore)
    create(diamond, "User", id="u", name="U")
    create(diamond, "Post", id="p", title="T", authorID="u")
    create(diamond, "Comment", id="c", content="C", postID="p", writerID="u")
    assert delete_and_undo(diamond, "User", id="u").restored == 3


def test_two_links_cleared_at_once_point_again(activate_schema, datastore):
    on_delete = {"Comment.writer": OnDelete.CLEAR, "Comment.post": OnDelete.CLEAR}
    diamond = activate_schema(DIAMOND, datastore=datastore, on_delete=on_delete)
    create(diamond, "User", id="u", name="U")
    create(diamond, "Post", id="p", title="T", authorID="u")
    create(diamond, "Comment", id="c", content="C", postID="p", writerID="u")
    undone = delete_and_undo(diamond, "User", id="u")
    assert (undone.restored, undone.reverted) == (2, 1)


def test_a_dangling_reference_is_as_it_was_where_nothing_is_enforced(activate_schema, datastore):
    blog = activate_schema(BLOG, datastore=datastore, on_delete={"Comment.post": OnDelete.KEEP})
    create(blog, "Post", id="p", title="T")
    group = last_group()
    create(blog, "Comment", id="c", content="C", postCommentsId="p")
    assert undo_group(blog, group).removed == 1
    records.delete(blog, "Comment", {"id": "c"})
    assert undo_group(blog, last_group()).restored == 1


def test_a_one_to_one_place_is_taken_again(activate_schema, datastore):
    profile = activate_schema(PROFILE, datastore=datastore)
    create(profile, "Profile", id="p", bio="B")
    create(profile, "User", id="u", name="N", profileID="p")
    delete_and_undo(profile, "User", id="u")
    delete_and_undo(profile, "Profile", id="p")


def test_an_import_undone_removes_children_with_their_parents(blog):
    with transaction.atomic():
        for number in range(3):
            create(blog, "Post", id=f"p{number}", title="T")
            create(blog, "Comment", id=f"c{number}", content="C", postCommentsId=f"p{number}")
    undone = undo_group(blog, last_group())
    assert (undone.removed, everything(blog)) == (6, {})


def test_a_link_made_is_unmade_and_made_again(blog):
    create(blog, "Post", id="p", title="T")
    create(blog, "Comment", id="c", content="C")
    before = everything(blog)
    link = blog.schema.link("Comment.post")
    records.link(blog, link, {"id": "p"}, {"id": "c"})
    after = everything(blog)
    undone = undo_group(blog, last_group())
    assert everything(blog) == before
    undo_group(blog, undone.group)
    assert everything(blog) == after


def test_everything_of_a_transaction_is_taken_back(blog):
    create(blog, "Post", id="p", title="T", rating=1)
    before = everything(blog)
    with transaction.atomic():
        records.update(blog, "Post", {"id": "p"}, {"title": "U"})
        records.update(blog, "Post", {"id": "p"}, {"rating": 2})
        create(blog, "Comment", id="c", content="C", postCommentsId="p")
        records.update(blog, "Comment", {"id": "c"}, {"content": "D"})
        create(blog, "Comment", id="gone", content="C")
        records.delete(blog, "Comment", {"id": "gone"})
    undone = undo_group(blog, last_group())
    assert (undone.reverted, undone.removed, undone.restored) == (1, 1, 0)
    assert everything(blog) == before


def test_a_record_deleted_and_made_anew_in_one_transaction_is_as_it_was(blog, datastore):
    create(blog, "Post", id="p", title="T", rating=1)
    before = everything(blog)
    with transaction.atomic():
        records.delete(blog, "Post", {"id": "p"})
        create(blog, "Post", id="p", title="U")
    undone = undo_group(blog, last_group())
    assert (undone.reverted, undone.restored, undone.removed) == ((1, 0, 0) if datastore else (0, 1, 1))
    assert everything(blog) == before


def test_an_undo_is_one_group_by_whoever_undoes(blog):
    create(blog, "Post", id="p", title="T")
    create(blog, "Comment", id="c", content="C", postCommentsId="p")
    records.delete(blog, "Post", {"id": "p"})
    deletion = last_group()
    with acting_as(Actor("user", "alice")):
        undone = undo_group(blog, deletion)
    changes = Change.objects.filter(group=undone.group).order_by("id")
    assert [(c.model, c.action, c.actor, c.cause) for c in changes] == [
        ("Post", "create", "alice", f"undo {deletion}"),
        ("Comment", "create", "alice", f"undo {deletion}"),
    ]
    assert undone.count == 2


def test_an_undo_is_a_part_of_the_transaction_around_it(blog):
    create(blog, "Post", id="p", title="T")
    records.delete(blog, "Post", {"id": "p"})
    with transaction.atomic():
        undo_group(blog, last_group())
        create(blog, "Comment", id="c", content="C", postCommentsId="p")
    assert len(set(Change.objects.order_by("-id").values_list("group", flat=True)[:2])) == 1


def test_what_comes_back_has_the_version_after_its_last(blog, datastore):
    create(blog, "Post", id="p", title="T")
    records.delete(blog, "Post", {"id": "p"})
    first = last_group()
    create(blog, "Post", id="p", title="other")
    records.delete(blog, "Post", {"id": "p"})
    last = last_change().record_version
    undo_group(blog, first)
    post = blog.model("Post").objects.get()
    assert (post.get_value("title"), post.joinery_version) == ("T", last + 1)
    assert post.joinery_changed_at == last_change().at


@pytest.mark.parametrize("text", [BLOG, BLOG.replace("post: Post @belongsTo", "")], ids=["both", "one"])
def test_statements_are_not_by_record(activate_schema, datastore, text):
    blog = activate_schema(text, datastore=datastore)

    def statements(count: int) -> list[int]:
        create(blog, "Post", id=f"p{count}", title="T")
        for number in range(count):
            create(blog, "Comment", id=f"{count} {number}", content="C", postCommentsId=f"p{count}")
        records.delete(blog, "Post", {"id": f"p{count}"})
        counts = []
        group = last_group()
        for _ in range(3):
            with CaptureQueriesContext(connection) as queries:
                group = undo_group(blog, group).group
            counts.append(len(queries))
        return counts

    statements(1)  # reads the earlier versions' names, once per process
    assert statements(3) == statements(60)
