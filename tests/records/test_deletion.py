from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from datamodel import deletion, records
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from tests.records.conftest import comment_on, logged, reference, refetch, remove
from tests.records.schemas import (
    BLOG,
    CYCLE,
    DIAMOND,
    PROFILE_REQUIRED,
    SPELLINGS,
    TAGS,
    TAGS_WRITTEN_OUT,
    TREE,
)

# A required reference cannot be cleared: the schema refuses that policy.
CASES = {
    f"{name}: {policy}": (spelling, policy)
    for name, spelling in SPELLINGS.items()
    for policy in OnDelete
    if not (name == "gen2 required" and policy is OnDelete.CLEAR)
}


@pytest.fixture(params=list(SPELLINGS.items()), ids=lambda item: item[0])
def spelling(request):
    return request.param[1]


@pytest.fixture(params=list(CASES.values()), ids=list(CASES))
def case(request):
    return request.param


def family(datamodel, spelling):
    """A parent and its child, made as the spelling says."""
    link = datamodel.schema.link(spelling.link)
    parent = records.create(datamodel, link.parent, spelling.parent)
    child = records.create(datamodel, link.child, spelling.child | reference(link, parent))
    return link, parent, child


# Every policy, every spelling


def test_the_default_policy_is_that_of_the_documents(activate_schema, spelling):
    datamodel = activate_schema(spelling.text, spelling.name)
    assert datamodel.schema.link(spelling.link).on_delete == spelling.default


def test_deleting_a_parent_obeys_the_policy(activate_schema, case):
    spelling, policy = case
    datamodel = activate_schema(spelling.text, spelling.name, on_delete={spelling.link: policy})
    link, parent, child = family(datamodel, spelling)
    if policy is OnDelete.RESTRICT:
        with pytest.raises(records.RestrictedDelete) as refused:
            remove(datamodel, parent)
        assert refused.value.blocked[0].examples == (child.label,)
        assert refetch(parent)
        assert refetch(child).joinery_version == 1
        return
    remove(datamodel, parent)
    assert refetch(parent) is None
    stored = refetch(child)
    match policy:
        case OnDelete.CASCADE:
            assert stored is None
        case OnDelete.CLEAR:
            assert [stored.get_value(name) for name in link.reference_fields] == [None] * len(
                link.reference_fields
            )
            assert stored.joinery_version == 2
        case OnDelete.KEEP:
            assert stored.values() == child.values()


@pytest.mark.parametrize("policy", [OnDelete.RESTRICT, OnDelete.KEEP])
def test_a_reference_to_nothing_is_refused_except_under_keep(activate_schema, spelling, policy):
    datamodel = activate_schema(spelling.text, spelling.name, on_delete={spelling.link: policy})
    link = datamodel.schema.link(spelling.link)
    nothing = dict(zip(link.reference_fields, ("nothing", 8), strict=False))
    if "authorBorn" in nothing:
        nothing["authorBorn"] = "2000-01-01"
    values = spelling.child | nothing
    if policy is OnDelete.KEEP:
        assert records.create(datamodel, link.child, values)
        return
    with pytest.raises(records.RelatedRecordNotFound) as refused:
        records.create(datamodel, link.child, values)
    assert refused.value.parent_model == link.parent
    assert "nothing" in str(refused.value)
    assert not datamodel.model(link.child).all_objects.exists()


def test_appsync_integrity_checks_and_deletes_nothing_else(activate_schema, spelling):
    datamodel = activate_schema(spelling.text, spelling.name, integrity="appsync")
    _, parent, child = family(datamodel, spelling)
    remove(datamodel, parent)
    assert refetch(child).values() == child.values()


# Many-to-many


@pytest.fixture(params=[TAGS, TAGS_WRITTEN_OUT], ids=["generated", "written out"])
def joined(request, activate_schema):
    datamodel = activate_schema(request.param, datastore=False)
    post, tag = (
        records.create(datamodel, "Post", {"title": "T"}),
        records.create(datamodel, "Tag", {"label": "L"}),
    )
    return datamodel, post, tag, records.link_many(datamodel, "Post", "tags", post.key_dict, tag.key_dict)


@pytest.mark.parametrize("side", [0, 1], ids=["from the post", "from the tag"])
def test_join_records_go_with_either_end_and_the_other_stays(joined, side):
    datamodel, *ends, join = joined
    remove(datamodel, ends[side])
    assert refetch(join) is None
    assert refetch(ends[1 - side]).joinery_version == 1


def test_deleting_a_join_record_touches_neither_end(joined):
    datamodel, post, tag, join = joined
    remove(datamodel, join)
    assert (refetch(post).joinery_version, refetch(tag).joinery_version) == (1, 1)


def test_join_records_can_be_made_to_go_first(activate_schema):
    datamodel = activate_schema(TAGS, on_delete={"PostTag.post": OnDelete.RESTRICT})
    post, tag = (
        records.create(datamodel, "Post", {"title": "T"}),
        records.create(datamodel, "Tag", {"label": "L"}),
    )
    records.link_many(datamodel, "Post", "tags", post.key_dict, tag.key_dict)
    with pytest.raises(records.RestrictedDelete):
        remove(datamodel, post)
    records.unlink_many(datamodel, "Post", "tags", post.key_dict, tag.key_dict)
    remove(datamodel, post)
    remove(datamodel, tag)


# Shapes


def grow(datamodel, parent, depth, width):
    for number in range(width if depth else 0):
        values = {"name": f"{depth}.{number}", "parentID": parent.get_value("id")}
        grow(datamodel, records.create(datamodel, "Folder", values), depth - 1, width)


def test_a_whole_tree_goes_with_its_root(activate_schema, datastore):
    datamodel = activate_schema(TREE, datastore=datastore)
    root, other = (records.create(datamodel, "Folder", {"name": name}) for name in ("root", "other"))
    grow(datamodel, root, 3, 2)
    remove(datamodel, root)
    assert list(datamodel.model("Folder").objects.all()) == [other]
    assert Change.objects.filter(action="delete").count() == 15


def test_a_record_may_refer_to_itself(activate_schema, datastore):
    datamodel = activate_schema(TREE, datastore=datastore)
    folder = records.create(datamodel, "Folder", {"id": "1", "name": "F", "parentID": "1"})
    remove(datamodel, folder)
    assert not datamodel.model("Folder").objects.exists()


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT])
def test_records_that_refer_to_each_other(activate_schema, datastore, policy):
    on_delete = {"Hen.egg": policy, "Egg.hen": OnDelete.CASCADE}
    datamodel = activate_schema(CYCLE, datastore=datastore, on_delete=on_delete)
    hen = records.create(datamodel, "Hen", {"name": "H"})
    egg = records.create(datamodel, "Egg", {"name": "E", "henID": hen.get_value("id")})
    records.update(datamodel, "Hen", hen.key_dict, {"eggID": egg.get_value("id")})
    remove(datamodel, hen)
    assert not datamodel.model("Hen").objects.exists()
    assert not datamodel.model("Egg").objects.exists()


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT])
def test_a_record_reached_on_two_ways_is_touched_once(activate_schema, datastore, policy):
    on_delete = {"Comment.writer": policy}
    datamodel = activate_schema(DIAMOND, datastore=datastore, on_delete=on_delete)
    user = records.create(datamodel, "User", {"name": "U"})
    post = records.create(datamodel, "Post", {"title": "T", "authorID": user.get_value("id")})
    ends = {"postID": post.get_value("id"), "writerID": user.get_value("id")}
    records.create(datamodel, "Comment", {"content": "C", **ends})
    Change.objects.all().delete()
    remove(datamodel, user)
    assert sorted(logged()) == [
        ("delete", "Comment", "cascade"),
        ("delete", "Post", "cascade"),
        ("delete", "User", ""),
    ]


def test_two_references_to_one_parent_are_cleared_in_one_write(activate_schema, datastore):
    text = """
    type Person @model { id: ID! name: String!
      wrote: [Post] @hasMany(indexName: "byAuthor", fields: ["id"])
      edited: [Post] @hasMany(indexName: "byEditor", fields: ["id"]) }
    type Post @model { id: ID! title: String!
      authorID: ID @index(name: "byAuthor") author: Person @belongsTo(fields: ["authorID"])
      editorID: ID @index(name: "byEditor") editor: Person @belongsTo(fields: ["editorID"]) }
    """
    datamodel = activate_schema(
        text, datastore=datastore, on_delete={"Post.author": OnDelete.CLEAR, "Post.editor": OnDelete.CLEAR}
    )
    person = records.create(datamodel, "Person", {"name": "P"})
    ends = dict.fromkeys(("authorID", "editorID"), person.get_value("id"))
    post = records.create(datamodel, "Post", {"title": "T", **ends})
    remove(datamodel, person)
    stored = refetch(post)
    assert (stored.get_value("authorID"), stored.get_value("editorID"), stored.joinery_version) == (
        None,
        None,
        2,
    )
    assert Change.objects.filter(model="Post", action="update").count() == 1


def test_a_restriction_deep_down_stops_everything(activate_schema, datastore):
    datamodel = activate_schema(DIAMOND, datastore=datastore, on_delete={"Comment.post": OnDelete.RESTRICT})
    user = records.create(datamodel, "User", {"name": "U"})
    post = records.create(datamodel, "Post", {"title": "T", "authorID": user.get_value("id")})
    for number in range(7):
        records.create(datamodel, "Comment", {"content": f"C{number}", "postID": post.get_value("id")})
    before = Change.objects.count()
    with pytest.raises(records.RestrictedDelete) as refused:
        remove(datamodel, user)
    (blocked,) = refused.value.blocked
    assert (blocked.link.name, blocked.count, blocked.examples) == (
        "Comment.post",
        7,
        ("C0", "C1", "C2", "C3", "C4"),
    )
    assert refetch(post)
    assert Change.objects.count() == before


# DataStore


def test_with_datastore_everything_leaves_a_tombstone_with_its_version(synced_blog):
    post = records.create(synced_blog, "Post", {"title": "T"})
    comment = comment_on(synced_blog, post)
    remove(synced_blog, post)
    tombstone = records.find(synced_blog, "Comment", comment.key_dict, with_deleted=True)
    assert (tombstone.joinery_deleted, tombstone.joinery_version) == (True, 2)
    assert tombstone.joinery_changed_at >= comment.joinery_changed_at
    assert tombstone.values() == comment.values()


def test_a_tombstone_is_no_parent(synced_blog):
    post = records.create(synced_blog, "Post", {"title": "T"})
    remove(synced_blog, post)
    with pytest.raises(records.RelatedRecordNotFound):
        comment_on(synced_blog, post)


def test_a_client_may_delete_the_children_afterwards(synced_blog):
    post = records.create(synced_blog, "Post", {"title": "T"})
    comment = comment_on(synced_blog, post)
    remove(synced_blog, post)
    assert records.delete(synced_blog, "Comment", comment.key_dict) is None
    assert records.delete(synced_blog, "Comment", comment.key_dict, expected_version=1).joinery_version == 2


# Before the delete


def test_a_preview_tells_each_link_with_counts_and_examples_and_changes_nothing(activate_schema):
    on_delete = {"Comment.writer": OnDelete.CLEAR, "Comment.post": OnDelete.CASCADE}
    datamodel = activate_schema(DIAMOND, on_delete=on_delete)
    user, other = (records.create(datamodel, "User", {"name": name}) for name in ("U", "other"))
    mine = records.create(datamodel, "Post", {"title": "mine", "authorID": user.get_value("id")})
    theirs = records.create(datamodel, "Post", {"title": "theirs", "authorID": other.get_value("id")})
    for post in (mine, theirs):
        ends = {"postID": post.get_value("id"), "writerID": user.get_value("id")}
        records.create(datamodel, "Comment", {"content": f"on {post.label}", **ends})
    before = Change.objects.count()
    effects = deletion.preview([user])
    assert [(e.link.name, e.policy, e.model, e.count, e.examples, e.depth) for e in effects] == [
        ("Post.author", "cascade", "Post", 1, ("mine",), 1),
        ("Comment.post", "cascade", "Comment", 1, ("on mine",), 2),
        ("Comment.writer", "clear", "Comment", 1, ("on theirs",), 1),
    ]
    assert Change.objects.count() == before
    assert datamodel.model("Comment").objects.count() == 2


def test_a_preview_of_several_records_counts_what_they_share_once(activate_schema):
    tags = activate_schema(TAGS)
    post, tag = records.create(tags, "Post", {"title": "T"}), records.create(tags, "Tag", {"label": "L"})
    records.link_many(tags, "Post", "tags", post.key_dict, tag.key_dict)
    assert [effect.count for effect in deletion.preview([post, post])] == [1]
    assert deletion.preview([]) == ()


def test_a_preview_names_what_blocks(activate_schema):
    datamodel = activate_schema(BLOG, on_delete={"Comment.post": OnDelete.RESTRICT})
    post = records.create(datamodel, "Post", {"title": "T"})
    comment_on(datamodel, post)
    (effect,) = deletion.preview([post])
    assert (effect.policy, effect.count) == ("restrict", 1)


# Numbers of statements


def statements(call: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return [query["sql"].split(" ")[0] for query in captured.captured_queries]


def populate(datamodel, children):
    user = records.create(datamodel, "User", {"name": "U"})
    for _ in range(children):
        post = records.create(datamodel, "Post", {"title": "T", "authorID": user.get_value("id")})
        ends = {"postID": post.get_value("id"), "writerID": user.get_value("id")}
        for _ in range(5):
            records.create(datamodel, "Comment", {"content": "C", **ends})
    return user


@pytest.mark.parametrize("policy", [OnDelete.CASCADE, OnDelete.CLEAR])
def test_the_number_of_statements_does_not_depend_on_the_number_of_records(
    activate_schema, datastore, policy
):
    on_delete = {"Post.author": policy, "Comment.writer": policy}
    datamodel = activate_schema(DIAMOND, datastore=datastore, on_delete=on_delete)
    few, many = populate(datamodel, 1), populate(datamodel, 20)
    assert statements(lambda: remove(datamodel, few)) == statements(lambda: remove(datamodel, many))


def test_a_delete_without_children_costs_few_statements(synced_blog):
    post = records.create(synced_blog, "Post", {"title": "T"})
    assert statements(lambda: remove(synced_blog, post)) == [
        "BEGIN",
        "SELECT",  # the active version
        "SELECT",  # the record
        "SAVEPOINT",
        "SELECT",  # the record again, locked against new children
        "SELECT",  # its children
        "INSERT",  # the change, as the database reads it
        "UPDATE",
        "RELEASE",
        "COMMIT",
    ]


def test_a_create_costs_few_statements(synced_blog):
    post = records.create(synced_blog, "Post", {"title": "T"})
    assert statements(lambda: comment_on(synced_blog, post)) == [
        "BEGIN",
        "SELECT",  # the active version
        "SELECT",  # the parent
        "INSERT",
        "INSERT",  # the change
        "COMMIT",
    ]
    assert statements(lambda: records.update(synced_blog, "Post", post.key_dict, {"rating": 1})) == [
        "BEGIN",
        "SELECT",  # the active version
        "SELECT",  # the record
        "UPDATE",
        "INSERT",  # the change
        "COMMIT",
    ]


def test_a_required_reference_takes_its_record_along(activate_schema):
    people = activate_schema(PROFILE_REQUIRED)
    profile = records.create(people, "Profile", {})
    user = records.create(people, "User", {"name": "N", "profileID": profile.get_value("id")})
    remove(people, profile)
    assert refetch(user) is None
