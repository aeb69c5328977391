"""Each kind of fix: what it does, through the one write path, and why it is refused."""

from __future__ import annotations

import pytest

from datamodel import records, undo
from datamodel.access import Actor, acting_as
from datamodel.health import CHECKS, FIXES, Answer, apply_fix, check_data, find_fix, fixes_of
from datamodel.models import Change
from datamodel.records import RecordError, RestrictedDelete, ValidationFailed
from datamodel.schema.ir import OnDelete
from tests.health.breaking import bury, erase, let_be_null, put
from tests.health.conftest import fix, found, the_check
from tests.health.test_checks import NEEDED, NESTED
from tests.records.conftest import comment_on, refetch
from tests.records.schemas import BLOG, CART, ORDERS, TAGS, TEAM_REQUIRED, VALUES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def loose(blog):
    """Three comments on two posts that are gone, and one on a post that is there."""
    posts = [records.create(blog, "Post", {"id": key, "title": key}) for key in "pqr"]
    comments = [comment_on(blog, posts[n], f"on {n}") for n in (0, 0, 1, 2)]
    erase(posts[0])
    erase(posts[1])
    Change.objects.all().delete()
    return comments


def logged():
    return [(c.action, c.model, c.key) for c in Change.objects.order_by("id")]


class TestReferences:
    def test_clear_cuts_all_of_them_and_logs_each(self, blog, loose):
        with acting_as(Actor("user", "ada")):
            assert fix(blog, "H001 Comment.post", "clear") == 3
        assert found(blog) == {}
        assert [refetch(c).get_value("postCommentsId") for c in loose] == [None, None, None, "r"]
        assert logged() == [("update", "Comment", c.url_key) for c in loose[:3]]
        changes = Change.objects.order_by("id")
        assert len({c.group for c in changes}) == 1
        assert {c.actor for c in changes} == {"ada"}
        assert changes[0].before["postCommentsId"] == "p"
        assert changes[0].after["postCommentsId"] is None
        assert [refetch(c).joinery_version for c in loose] == [2, 2, 2, 1]
        assert changes[0].after["updatedAt"] == refetch(loose[0]).get_value("updatedAt")
        assert changes[0].after["updatedAt"] > changes[0].before["updatedAt"]
        assert changes[0].record_version == 2

    def test_clear_one_leaves_the_others(self, blog, loose):
        assert fix(blog, "H001 Comment.post", "clear", [loose[1].url_key]) == 1
        assert found(blog) == {"H001 Comment.post": 2}

    def test_what_is_not_broken_is_left_alone(self, blog, loose):
        assert fix(blog, "H001 Comment.post", "clear", [loose[3].url_key]) == 0
        assert fix(blog, "H001 Comment.post", "delete", ["no~key", "a,b", "nobody"]) == 0
        assert logged() == []

    def test_reassign_points_them_at_a_record_that_is_there(self, blog, loose):
        assert fix(blog, "H001 Comment.post", "reassign", parent={"id": "r"}) == 3
        assert {refetch(c).get_value("postCommentsId") for c in loose} == {"r"}

    def test_reassign_to_nobody_is_refused_and_changes_nothing(self, blog, loose):
        with pytest.raises(RecordError, match="'nobody', which does not exist"):
            fix(blog, "H001 Comment.post", "reassign", parent={"id": "nobody"})
        assert found(blog) == {"H001 Comment.post": 3}
        assert logged() == []

    def test_create_makes_each_missing_record_once(self, blog, loose):
        assert fix(blog, "H001 Comment.post", "create", values={"title": "found again"}) == 2
        assert found(blog) == {}
        assert logged() == [("create", "Post", "p"), ("create", "Post", "q")]

    def test_create_without_what_is_required_is_refused(self, blog, loose):
        with pytest.raises(ValidationFailed, match="'title' is required"):
            fix(blog, "H001 Comment.post", "create")

    def test_create_fills_a_composite_key(self, activate_schema):
        orders = activate_schema(ORDERS, datastore=False)
        order = records.create(orders, "Order", {"shop": "a", "number": 1})
        records.create(orders, "Line", {"orderShop": "a", "orderNumber": 1})
        erase(order)
        assert fix(orders, "H001 Line.order", "create") == 1
        assert found(orders) == {}
        assert records.find(orders, "Order", {"shop": "a", "number": 1}) is not None

    def test_delete_deletes_them(self, blog, loose):
        assert fix(blog, "H001 Comment.post", "delete") == 3
        assert logged() == [("delete", "Comment", c.url_key) for c in loose[:3]]
        assert found(blog) == {}

    def test_delete_obeys_the_policies_or_does_nothing(self, activate_schema):
        text = """
        type A @model { id: ID! bs: [B] @hasMany }
        type B @model { id: ID! cs: [C] @hasMany }
        type C @model { id: ID! }
        """
        datamodel = activate_schema(text, datastore=False, on_delete={"B.cs": OnDelete.RESTRICT})
        a = records.create(datamodel, "A", {})
        bs = [records.create(datamodel, "B", {"aBsId": a.url_key}) for _ in range(2)]
        records.create(datamodel, "C", {"bCsId": bs[1].url_key})
        erase(a)
        with pytest.raises(RestrictedDelete):
            fix(datamodel, "H001 B.aBsId", "delete")
        assert found(datamodel) == {"H001 B.aBsId": 2}

    def test_restore_brings_the_deleted_back_as_it_was(self, synced_blog):
        post = records.create(synced_blog, "Post", {"title": "T", "rating": 5})
        comment_on(synced_blog, post)
        bury(post)
        assert fix(synced_blog, "H002 Comment.post", "restore") == 1
        assert found(synced_blog) == {}
        again = refetch(post)
        assert (again.get_value("title"), again.get_value("rating")) == ("T", 5)
        assert again.get_value("createdAt") == post.get_value("createdAt")
        assert [c.action for c in Change.objects.filter(model="Post")] == ["create", "create"]

    def test_a_half_set_reference_is_cut_or_completed(self, activate_schema):
        orders = activate_schema(ORDERS, datastore=False)
        records.create(orders, "Order", {"shop": "a", "number": 1})
        lines = [records.create(orders, "Line", {}) for _ in range(2)]
        for line in lines:
            put(line, orderShop="b")
        fix(orders, "H003 Line.order", "clear", [lines[0].url_key])
        fix(orders, "H003 Line.order", "reassign", [lines[1].url_key], parent={"shop": "a", "number": 1})
        assert found(orders) == {}
        assert [refetch(line).get_value("orderNumber") for line in lines] == [None, 1]

    def test_one_of_several_is_kept(self, activate_schema):
        shop = activate_schema(CART, "resource.ts")
        records.create(shop, "Customer", {"id": "ada", "name": "Ada"})
        carts = [records.create(shop, "Cart", {"items": str(n)}) for n in range(3)]
        for cart in carts:
            put(cart, customerId="ada")
        assert fix(shop, "H004 Cart.customer", "keep", [carts[1].url_key]) == 2
        assert found(shop) == {}
        assert [refetch(c).get_value("customerId") for c in carts] == [None, "ada", None]

    def test_an_empty_required_relationship_is_filled(self, activate_schema):
        needed = activate_schema(NEEDED, datastore=False)
        records.create(needed, "User", {"id": "u", "name": "U"})
        post = records.create(needed, "Post", {"title": "T", "authorID": "u"})
        put(post, authorID=None)
        assert fix(needed, "H005 Post.author", "reassign", [post.url_key], parent={"id": "u"}) == 1
        assert found(needed) == {}

    def test_the_extra_join_records_go(self, activate_schema):
        tags = activate_schema(TAGS, datastore=False)
        records.create(tags, "Post", {"id": "p", "title": "P"})
        records.create(tags, "Tag", {"id": "t", "label": "T"})
        for _ in range(3):
            records.create(tags, "PostTag", {"postId": "p", "tagId": "t"})
        assert fix(tags, "H009 PostTag", "delete") == 2
        assert found(tags) == {}
        assert tags.model("PostTag").objects.count() == 1

    def test_under_keep_a_note_can_be_fixed_as_well(self, activate_schema):
        blog = activate_schema(BLOG, datastore=False, integrity="appsync")
        comment = records.create(blog, "Comment", {"content": "C", "postCommentsId": "nobody"})
        assert fix(blog, "H001 Comment.post", "clear") == 1
        assert refetch(comment).get_value("postCommentsId") is None


class TestValues:
    @pytest.fixture
    def things(self, activate_schema):
        return activate_schema(VALUES, datastore=False)

    @pytest.fixture
    def parts(self, activate_schema):
        return activate_schema(NESTED, datastore=False)

    def test_a_missing_value_is_set(self, things):
        thing = records.create(things, "Thing", {"name": "N"})
        let_be_null(things, "Thing", "name")
        put(thing, name=None)
        assert fix(things, "H006 Thing.name", "set", values={"name": "New"}) == 1
        assert refetch(thing).get_value("name") == "New"
        assert found(things) == {}

    def test_a_value_that_does_not_fit_is_refused(self, things):
        thing = records.create(things, "Thing", {"name": "N"})
        put(thing, when="soon")
        with pytest.raises(ValidationFailed, match="'later' is not a date"):
            fix(things, "H008 Thing.when", "set", values={"when": "later"})
        assert fix(things, "H008 Thing.when", "set", values={"when": "2026-11-20"}) == 1
        assert found(things) == {}

    def test_an_unreadable_value_is_cleared_and_its_text_is_in_the_log(self, things):
        thing = records.create(things, "Thing", {"name": "N"})
        put(thing, when="soon")
        assert fix(things, "H008 Thing.when", "clear") == 1
        change = Change.objects.latest("id")
        assert (change.before["when"], change.after["when"]) == ("soon", None)

    def test_lost_enum_values_are_replaced_wherever_they_are(self, parts):
        part = records.create(parts, "Part", {"needed": {"text": "T"}})
        inner = '{"text": "T", "mood": "MAD", "gone": 1, "inner": [{"text": "U", "mood": "SAD"}]}'
        put(part, moods='["MAD", "GOOD", "SAD", "MAD"]', mark=inner)
        with pytest.raises(ValidationFailed, match="Nothing replaces 'SAD'"):
            fix(parts, "H007 Part.moods", "replace", replacements={("Mood", "MAD"): "BAD"})
        for field in ("moods", "mark"):
            fix(
                parts,
                f"H007 Part.{field}",
                "replace",
                replacements={("Mood", "MAD"): "BAD", ("Mood", "SAD"): None},
            )
        assert found(parts) == {}
        stored = refetch(part)
        assert stored.get_value("moods") == ["BAD", "GOOD", "BAD"]
        assert stored.get_value("mark") == {
            "text": "T",
            "mood": "BAD",
            "inner": [{"text": "U", "mood": None}],
        }

    def test_lost_enum_values_of_many_records_are_replaced(self, things):
        made = [records.create(things, "Thing", {"name": str(n)}) for n in range(4)]
        for number, thing in enumerate(made):
            put(thing, mood="MAD" if number % 2 else "SAD")
        assert (
            fix(
                things,
                "H007 Thing.mood",
                "replace",
                replacements={("Mood", "MAD"): "BAD", ("Mood", "SAD"): None},
            )
            == 4
        )
        assert [refetch(thing).get_value("mood") for thing in made] == [None, "BAD", None, "BAD"]

    def test_timestamps_of_the_server_are_filled_in_again(self, things):
        made = [records.create(things, "Thing", {"name": str(n)}) for n in range(2)]
        for thing in made:
            put(thing, createdAt="once")
        put(made[0], updatedAt="later")
        assert fix(things, "H008 Thing.createdAt", "refill") == 2
        assert found(things) == {}
        assert "set" not in offered(things, "H008 Thing.createdAt")

    def test_another_unreadable_value_is_not_in_the_way(self, things):
        thing = records.create(things, "Thing", {"name": "N", "size": 1})
        put(thing, when="soon", mood="UGLY", tags="5")
        assert fix(things, "H007 Thing.mood", "clear") == 1
        assert fix(things, "H008 Thing.tags", "clear") == 1
        assert fix(things, "H008 Thing.when", "clear") == 1
        assert found(things) == {}


def offered(datamodel, name):
    """The fixes that are possible for all records of a check at once."""
    return [fix.name for fix in fixes_of(the_check(datamodel, name)) if not fix.refusal_for_many]


class TestRefusals:
    def test_a_required_reference_is_not_cleared(self, activate_schema):
        team = activate_schema(TEAM_REQUIRED, "resource.ts")
        assert offered(team, "H001 Member.team") == ["reassign", "create", "delete"]
        clear = find_fix(the_check(team, "H001 Member.team"), "clear")
        assert clear.refusal == "A Member cannot be without its Team."

    def test_a_required_relationship_is_not_cleared(self, activate_schema):
        needed = activate_schema(NEEDED, datastore=False)
        assert "clear" not in offered(needed, "H001 Post.author")

    def test_a_reference_in_the_key_is_not_reassigned(self, activate_schema):
        text = """
        type Shop @model { id: ID! shelves: [Shelf] @hasMany(indexName: "byShop", fields: ["id"]) }
        type Shelf @model { shopID: ID! @primaryKey(sortKeyFields: ["name"])
          @index(name: "byShop", queryField: "q") name: String! }
        """
        datamodel = activate_schema(text, datastore=False)
        assert offered(datamodel, "H001 Shelf.shopID") == ["create", "delete"]
        reassign = find_fix(the_check(datamodel, "H001 Shelf.shopID"), "reassign")
        assert reassign.refusal == "'shopID' is part of the key and cannot change."

    def test_one_to_one_is_decided_record_by_record(self, activate_schema):
        shop = activate_schema(CART, "resource.ts")
        assert offered(shop, "H004 Cart.customer") == ["clear", "delete"]

    def test_a_required_value_is_not_cleared(self, activate_schema):
        datamodel = activate_schema(
            "enum E { A }\ntype T @model { id: ID! e: E!, f: [E!]! }", datastore=False
        )
        assert offered(datamodel, "H007 T.e") == ["replace", "delete"]
        assert offered(datamodel, "H006 T.f") == ["delete"]
        one_by_one = find_fix(the_check(datamodel, "H006 T.f"), "set")
        assert one_by_one.refusal == ""
        assert "one by one" in one_by_one.refusal_for_many


def test_everything_in_one_step_or_nothing(blog, loose):
    """A fix that fails in the middle leaves no trace."""
    check = the_check(blog, "H001 Comment.post")
    create = find_fix(check, "create")
    with pytest.raises(RecordError):
        apply_fix(create, Answer(values={"title": 5}))
    assert logged() == []
    assert check_data(blog).errors[0].counted.count == 3


@pytest.mark.parametrize(
    ("name", "answer"), [("clear", {}), ("reassign", {"parent": {"id": "q"}}), ("delete", {})]
)
def test_the_number_of_statements_does_not_grow_with_the_records(
    blog, name, answer, django_assert_max_num_queries
):
    post, _ = (records.create(blog, "Post", {"id": key, "title": "P"}) for key in "pq")
    for _ in range(40):
        comment_on(blog, post)
    erase(post)
    with django_assert_max_num_queries(18):
        assert fix(blog, "H001 Comment.post", name, **answer) == 40
    assert Change.objects.exclude(action="create").count() == 40


def test_an_undo_takes_a_fix_back(activate_schema):
    tags = activate_schema(TAGS, datastore=False)
    records.create(tags, "Post", {"id": "p", "title": "P"})
    records.create(tags, "Tag", {"id": "t", "label": "T"})
    for _ in range(3):
        records.create(tags, "PostTag", {"postId": "p", "tagId": "t"})
    fix(tags, "H009 PostTag", "delete")
    undo.undo_group(tags, Change.objects.latest("id").group)
    assert found(tags) == {"H009 PostTag": 2}


def test_an_undo_that_would_break_an_enforced_promise_again_is_refused(blog, loose):
    fix(blog, "H001 Comment.post", "clear")
    with pytest.raises(undo.UndoRefused):
        undo.undo_group(blog, Change.objects.latest("id").group)
    assert found(blog) == {}


def test_every_fix_is_of_use_and_every_check_has_known_ones():
    named = [name for check in CHECKS for name in check.fixes]
    assert set(named) == FIXES.keys()
