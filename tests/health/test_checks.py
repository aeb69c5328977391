"""Each kind of check: what it finds, and what it leaves alone."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from datamodel import records
from datamodel.health import CHECKS, FIXES, Severity, check_data, describe
from datamodel.schema.ir import OnDelete
from tests.health.breaking import bury, erase, let_be_null, put
from tests.health.conftest import found, offenders, the_check
from tests.records.conftest import comment_on
from tests.records.schemas import BLOG, CART, ORDERS, TAGS, TAGS_WRITTEN_OUT, VALUES

pytestmark = pytest.mark.django_db(transaction=True)

NESTED = """
enum Mood { GOOD BAD }
type Part @model { id: ID! name: String, moods: [Mood!], marks: [Mark!], mark: Mark, needed: Mark!, when: [AWSDate] }
type Mark { mood: Mood, day: AWSDate, text: String!, inner: [Mark!] }
"""
NEEDED = """
type Post @model { id: ID! title: String! authorID: ID author: User! @hasOne(fields: ["authorID"]) }
type User @model { id: ID! name: String! }
"""


class TestReferences:
    def test_healthy_records_break_nothing(self, blog):
        post = records.create(blog, "Post", {"title": "P"})
        comment_on(blog, post)
        records.create(blog, "Comment", {"content": "alone"})
        report = check_data(blog)
        assert report.findings == report.unchecked == ()
        assert report.checked == len(report.passed) > 10

    def test_a_reference_that_names_no_record_dangles(self, blog):
        post, other = (records.create(blog, "Post", {"id": key, "title": key}) for key in "pq")
        comment, kept = comment_on(blog, post), comment_on(blog, other)
        erase(post)
        assert found(blog) == {"H001 Comment.post": 1}
        assert offenders(blog, "H001 Comment.post") == [comment.url_key]
        assert kept.url_key != comment.url_key
        (finding,) = check_data(blog).findings
        assert finding.message == "1 reference names no Post"
        assert finding.examples[0].value == "p"
        assert finding.check.severity is Severity.ERROR

    def test_under_keep_a_dangling_reference_is_a_note(self, activate_schema):
        blog = activate_schema(BLOG, datastore=False, integrity="appsync")
        post = records.create(blog, "Post", {"title": "P"})
        comment_on(blog, post)
        records.create(blog, "Comment", {"content": "C", "postCommentsId": "nobody"})
        records.delete(blog, "Post", post.key_dict)
        report = check_data(blog)
        assert report.errors == ()
        assert [f.message for f in report.notes] == ["2 references name no Post"]

    def test_a_reference_to_a_tombstone_is_told_apart(self, synced_blog):
        gone, buried, alive = (records.create(synced_blog, "Post", {"title": key}) for key in "abc")
        for post in (gone, buried, alive):
            comment_on(synced_blog, post)
        erase(gone)
        bury(buried)
        assert found(synced_blog) == {"H001 Comment.post": 1, "H002 Comment.post": 1}
        (record,) = the_check(synced_blog, "H002 Comment.post").offenders(5)
        assert record.get_value("postCommentsId") == buried.url_key

    def test_a_tombstone_may_refer_to_anything(self, synced_blog):
        post = records.create(synced_blog, "Post", {"title": "P"})
        bury(comment_on(synced_blog, post))
        erase(post)
        assert found(synced_blog) == {}

    def test_composite_references_are_compared_as_a_whole(self, activate_schema):
        orders = activate_schema(ORDERS, datastore=False)
        for shop, number in (("a", 1), ("b", 2)):
            records.create(orders, "Order", {"shop": shop, "number": number})
        line = records.create(orders, "Line", {"orderShop": "a", "orderNumber": 1})
        put(line, orderNumber=2)
        assert found(orders) == {"H001 Line.order": 1}
        check = the_check(orders, "H001 Line.order")
        assert check.shown(check.offenders(1)[0]) == "a, 2"

    @pytest.mark.parametrize(("shop", "number"), [("a", None), (None, 1)])
    def test_a_composite_reference_is_all_set_or_all_empty(self, activate_schema, shop, number):
        orders = activate_schema(ORDERS, datastore=False)
        records.create(orders, "Order", {"shop": "a", "number": 1})
        records.create(orders, "Line", {})
        records.create(orders, "Line", {"orderShop": "a", "orderNumber": 1})
        line = records.create(orders, "Line", {})
        put(line, orderShop=shop, orderNumber=number)
        assert found(orders) == {"H003 Line.order": 1}
        assert offenders(orders, "H003 Line.order") == [line.url_key]

    def test_what_other_relationships_use_does_not_make_a_reference_half_set(self, activate_schema):
        shared = activate_schema(
            """
            type Shop @model { id: ID! @primaryKey }
            type Shelf @model { shopID: ID! @primaryKey(sortKeyFields: ["name"]) name: String! }
            type Item @model { id: ID! shopID: ID shelfName: String
              shop: Shop @hasOne(fields: ["shopID"])
              shelf: Shelf @hasOne(fields: ["shopID", "shelfName"]) }
            """,
            datastore=False,
        )
        records.create(shared, "Shop", {"id": "s"})
        item = records.create(shared, "Item", {"shopID": "s"})
        assert found(shared) == {}
        put(item, shopID=None, shelfName="x")
        assert found(shared) == {"H003 Item.shelf": 1}

    def test_a_field_that_two_references_share_may_be_there_for_the_other(self, activate_schema):
        shared = activate_schema(
            """
            type Shop @model { id: ID! @primaryKey }
            type Maker @model { id: ID! @primaryKey }
            type Shelf @model { shopID: ID! @primaryKey(sortKeyFields: ["makerID"]) makerID: ID! }
            type Item @model { id: ID! shopID: ID makerID: ID
              shop: Shop @hasOne(fields: ["shopID"]) maker: Maker @hasOne(fields: ["makerID"])
              shelf: Shelf @hasOne(fields: ["shopID", "makerID"]) }
            """,
            datastore=False,
        )
        for model in ("Shop", "Maker"):
            records.create(shared, model, {"id": "s"})
        item = records.create(shared, "Item", {})
        put(item, shopID="s")
        assert found(shared) == {}

    def test_the_second_child_of_a_one_to_one_is_one_too_many(self, activate_schema):
        shop = activate_schema(CART, "resource.ts")
        customers = [records.create(shop, "Customer", {"name": name}) for name in ("Ada", "Bea")]
        carts = [
            records.create(shop, "Cart", {"items": str(n), "customerId": customers[n].url_key})
            for n in range(2)
        ]
        more = [records.create(shop, "Cart", {"items": f"more {n}"}) for n in range(2)]
        for cart in more:
            put(cart, customerId=customers[0].url_key)
        assert found(shop) == {"H004 Cart.customer": 2}
        check = the_check(shop, "H004 Cart.customer")
        examples = describe(check, check.offenders(10))
        assert [example.record.pk for example in examples] == [cart.pk for cart in more]
        assert {example.about for example in examples} == {f"beside '{carts[0].label}'"}

    def test_a_required_relationship_with_an_optional_reference_may_be_empty_only_in_the_table(
        self, activate_schema
    ):
        needed = activate_schema(NEEDED, datastore=False)
        records.create(needed, "User", {"id": "u", "name": "U"})
        records.create(needed, "Post", {"title": "fine", "authorID": "u"})
        post = records.create(needed, "Post", {"title": "empty", "authorID": "u"})
        put(post, authorID=None)
        assert found(needed) == {"H005 Post.author": 1}
        assert offenders(needed, "H005 Post.author") == [post.url_key]

    @pytest.mark.parametrize("text", [TAGS, TAGS_WRITTEN_OUT])
    def test_joining_twice_is_worth_a_note(self, activate_schema, text):
        tags = activate_schema(text, datastore=False)
        posts = [records.create(tags, "Post", {"id": key, "title": key}) for key in "pq"]
        records.create(tags, "Tag", {"id": "t", "label": "T"})
        joins = [link.reference_fields[0] for link in tags.schema.links_from("PostTag")]
        ends = dict(zip(("Post", "Tag"), sorted(joins), strict=True))
        made = [
            records.create(tags, "PostTag", {ends["Post"]: posts[n].url_key, ends["Tag"]: "t"})
            for n in (0, 1, 0, 0)
        ]
        report = check_data(tags)
        assert [f.message for f in report.notes] == ["2 records join what another one joins already"]
        assert offenders(tags, "H009 PostTag") == [record.url_key for record in made[2:]]

    def test_a_reference_that_means_several_things_is_not_judged(self, activate_schema):
        rivals = activate_schema(
            """
            type A @model { id: ID! cs: [C] @hasMany(indexName: "byRef", fields: ["id"]) }
            type B @model { id: ID! cs: [C] @hasMany(indexName: "byRef", fields: ["id"]) }
            type C @model { id: ID! ref: ID @index(name: "byRef") }
            """,
            datastore=False,
        )
        records.create(rivals, "C", {"ref": "nobody"})
        assert found(rivals) == {}


class TestValues:
    @pytest.fixture
    def things(self, activate_schema):
        return activate_schema(VALUES, datastore=False)

    @pytest.fixture
    def parts(self, activate_schema):
        return activate_schema(NESTED, datastore=False)

    def thing(self, things, **values):
        return records.create(things, "Thing", {"name": "N", **values})

    def test_a_required_field_without_a_value(self, things):
        self.thing(things)
        empty = self.thing(things)
        let_be_null(things, "Thing", "name")
        put(empty, name=None)
        assert found(things) == {"H006 Thing.name": 1}
        assert offenders(things, "H006 Thing.name") == [empty.url_key]

    def test_a_value_that_the_enum_lost(self, things):
        self.thing(things, mood="GOOD")
        self.thing(things)
        lost = self.thing(things, mood="BAD")
        put(lost, mood="UGLY")
        assert found(things) == {"H007 Thing.mood": 1}
        check = the_check(things, "H007 Thing.mood")
        assert [check.shown(record) for record in check.offenders(5)] == ["UGLY"]

    def test_a_value_that_the_enum_lost_deep_inside(self, parts):
        fine = {"text": "T", "mood": "GOOD"}
        records.create(parts, "Part", {"needed": fine, "moods": ["GOOD", "BAD"], "marks": [fine]})
        part = records.create(parts, "Part", {"needed": fine})
        put(part, moods='["GOOD", "UGLY"]', marks='[{"text": "T", "inner": [{"text": "T", "mood": "MAD"}]}]')
        assert found(parts) == {"H007 Part.moods": 1, "H007 Part.marks": 1}
        check = the_check(parts, "H007 Part.marks")
        assert [check.shown(record) for record in check.offenders(5)] == ["0.inner.0.mood: MAD"]

    def test_what_is_required_inside_an_embedded_value(self, parts):
        fine = {"text": "T"}
        records.create(parts, "Part", {"needed": fine})
        part = records.create(parts, "Part", {"needed": fine, "mark": fine})
        put(part, mark='{"mood": "GOOD"}', needed='{"text": null}', moods="[null]")
        assert found(parts) == {"H006 Part.mark": 1, "H006 Part.needed": 1, "H006 Part.moods": 1}

    def test_fields_that_an_embedded_type_lost_are_nobodys_business(self, parts):
        part = records.create(parts, "Part", {"needed": {"text": "T"}})
        put(part, needed='{"text": "T", "gone": 5}')
        assert found(parts) == {}

    def test_json_of_another_shape(self, parts):
        part = records.create(parts, "Part", {"needed": {"text": "T"}})
        put(part, moods='"GOOD"', mark="[1]", when='["2026-02-30", "2026-02-28"]')
        assert found(parts) == {"H008 Part.moods": 1, "H008 Part.mark": 1, "H008 Part.when": 1}
        check = the_check(parts, "H008 Part.when")
        assert check.shown(check.offenders(1)[0]) == "0: 2026-02-30"

    @pytest.mark.parametrize(
        ("good", "bad"),
        [
            (
                ["2026-11-20", "2026-01-31", "2024-02-29", "0001-01-01", "2026-11-20Z", "2026-11-20+01:00"],
                [
                    "2026-02-29",
                    "2026-04-31",
                    "2026-13-01",
                    "2026-00-10",
                    "2026-1-1",
                    "0000-01-01",
                    "soon",
                    "",
                ],
            )
        ],
    )
    def test_a_date_is_a_day_that_there_is(self, things, good, bad):
        for value in good:
            self.thing(things, when=value)
        expected = []
        for value in bad:
            thing = self.thing(things)
            put(thing, when=value)
            expected.append(thing.url_key)
        assert offenders(things, "H008 Thing.when") == expected

    def test_sql_and_python_agree_on_every_day(self, things):
        days = [f"{y}-{m:02}-{d:02}" for y in ("2023", "2024", "0000") for m in range(14) for d in range(33)]
        thing = things.model("Thing")
        stamps = {"createdAt": "2026-11-20T08:00:00Z", "updatedAt": "2026-11-20T23:59:59.999Z"}
        thing.objects.bulk_create(
            [thing(id=day, name="N", count=1, when=day, **stamps) for day in days], batch_size=500
        )
        check = the_check(things, "H008 Thing.when")
        assert [r.get_value("when") for r in check.offenders(2000)] == [d for d in days if not is_day(d)]
        assert found(things).keys() == {"H008 Thing.when"}

    @pytest.mark.parametrize(
        ("type_", "good", "bad"),
        [
            (
                "AWSTime",
                ["00:00:00", "23:59:59.999", "12:30", "08:00:00.1Z"],
                ["24:00:00", "12:60:00", "noon"],
            ),
            (
                "AWSDateTime",
                ["2026-11-20T08:00:00.000Z", "2026-12-31T23:59:59Z", "2026-11-20T08:00:00+01:00"],
                ["2026-11-20T24:00:00Z", "2026-02-30T08:00:00.000Z", "2026-11-20T08:00:00", "2026-11-20"],
            ),
            ("AWSEmail", ["a@example.com"], ["a@", "nobody"]),
            ("AWSURL", ["https://example.com/"], ["example.com", "https://a b"]),
            ("AWSPhone", ["+351 210 000 000"], ["call me"]),
            ("AWSIPAddress", ["192.0.2.1", "2001:db8::1"], ["192.0.2.256", "::g"]),
            ("AWSJSON", ["{}", "5"], ["{", "NaN"]),
            ("AWSTimestamp", [0, -5, 2**53 - 1], [2**53]),
        ],
    )
    def test_every_scalar_is_what_it_says(self, activate_schema, type_, good, bad):
        datamodel = activate_schema(f"type A @model {{ id: ID! it: {type_} }}", datastore=False)
        for value in good:
            records.create(datamodel, "A", {"it": value})
        expected = []
        for value in bad:
            record = records.create(datamodel, "A", {})
            put(record, it=value)
            expected.append(record.url_key)
        assert offenders(datamodel, "H008 A.it") == expected

    @pytest.mark.parametrize(
        ("type_", "bad"),
        [
            ("Int", ["many", 2**31, 1.5]),
            ("AWSTimestamp", ["now"]),
            ("Float", ["much", float("inf")]),
            ("String", [b"\xff\x00"]),
            ("ID", [b"\xff"]),
            ("AWSEmail", [b"a@example.com"]),
        ],
    )
    def test_sqlite_takes_anything_into_any_column(self, activate_schema, type_, bad):
        if connection.vendor != "sqlite":
            pytest.skip("PostgreSQL's columns keep their type")
        datamodel = activate_schema(f"type A @model {{ id: ID! it: {type_} }}", datastore=False)
        fine = {"Int": 1, "AWSTimestamp": 1, "Float": 1.5, "AWSEmail": "a@example.com"}
        records.create(datamodel, "A", {"it": fine.get(type_, "text")})
        expected = []
        for value in bad:
            record = records.create(datamodel, "A", {})
            put(record, it=value)
            expected.append(record.url_key)
        assert offenders(datamodel, "H008 A.it") == expected

    def test_postgresql_takes_numbers_that_json_does_not(self, activate_schema):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite stores no NaN")
        datamodel = activate_schema("type A @model { id: ID! it: Float }", datastore=False)
        expected = []
        for value in (1.5, float("nan"), float("inf"), float("-inf")):
            record = records.create(datamodel, "A", {})
            put(record, it=value)
            expected.append(record.url_key)
        assert offenders(datamodel, "H008 A.it") == expected[1:]


class TestSchemaChanges:
    """What a schema change leaves behind, as its plan says."""

    BEFORE = """
    enum Mood { GOOD BAD UGLY }
    type Mark { mood: Mood, size: Int, text: String }
    type Part @model { id: ID! mood: Mood, moods: [Mood], mark: Mark }
    """

    @pytest.fixture
    def parts(self, activate_schema):
        datamodel = activate_schema(self.BEFORE, datastore=False)
        mark = {"mood": "UGLY", "size": 5, "text": "T"}
        records.create(datamodel, "Part", {"mood": "UGLY", "moods": ["UGLY", "GOOD"], "mark": mark})
        records.create(datamodel, "Part", {"mood": "GOOD", "mark": {"mood": "BAD"}})
        return datamodel

    def test_an_enum_value_that_is_removed_stays_inside_embedded_values(self, parts, activate_schema):
        after = activate_schema(self.BEFORE.replace(" UGLY", ""), datastore=False)
        assert found(after) == {"H007 Part.mark": 1}

    def test_an_embedded_type_that_changes_keeps_what_does_not_fit(self, parts, activate_schema):
        after = activate_schema(
            self.BEFORE.replace("size: Int", "size: String!").replace(" text: String", ""), datastore=False
        )
        assert found(after) == {"H006 Part.mark": 1, "H008 Part.mark": 1}
        assert the_check(after, "H008 Part.mark").shown(after.model("Part").objects.first()) == "size: 5"

    def test_tombstones_are_left_when_datastore_is_switched_off(self, activate_schema):
        synced = activate_schema(BLOG, datastore=True)
        post = records.create(synced, "Post", {"title": "P"})
        comment_on(synced, post)
        bury(post)
        after = activate_schema(BLOG, datastore=False)
        assert found(after) == {"H002 Comment.post": 1}

    def test_a_plan_that_ends_keep_leaves_nothing_dangling(self, activate_schema):
        kept = activate_schema(BLOG, datastore=False, on_delete={"Comment.post": OnDelete.KEEP})
        records.create(kept, "Comment", {"content": "C", "postCommentsId": "nobody"})
        assert [f.check.severity for f in check_data(kept).findings] == [Severity.NOTE]
        enforced = activate_schema(BLOG, datastore=False, on_delete={"Comment.post": OnDelete.CASCADE})
        assert found(enforced) == {}


class TestRunning:
    def test_one_statement_answers_for_the_references_of_a_link(self, blog, django_assert_max_num_queries):
        for number in range(20):
            comment_on(blog, records.create(blog, "Post", {"title": str(number)}))
        with django_assert_max_num_queries(12):
            check_data(blog)

    def test_a_model_alone_can_be_checked(self, blog):
        report = check_data(blog, model="Post")
        assert {check.model for check in report.passed} == {"Post"}

    def test_what_there_is_no_time_for_is_told(self, blog):
        comment_on(blog, records.create(blog, "Post", {"title": "P"}))
        report = check_data(blog, seconds=0)
        assert report.checked == 0
        assert len(report.unchecked) == check_data(blog).checked

    def test_records_are_counted_up_to_a_ceiling(self, blog):
        post = records.create(blog, "Post", {"title": "P"})
        for _ in range(4):
            comment_on(blog, post)
        erase(post)
        (finding,) = check_data(blog, ceiling=3).findings
        assert (finding.counted.count, finding.counted.is_exact) == (3, False)
        assert finding.message == "3 or more references name no Post"

    def test_a_data_model_without_anything_has_no_checks(self, clean_tables):
        from datamodel import registry

        assert check_data(registry.current()).checked == 0


def test_codes_are_unique_and_in_order():
    codes = [check.code for check in CHECKS]
    assert codes == sorted(set(codes)) == [f"H{n:03}" for n in range(1, len(codes) + 1)]


def test_every_check_has_words():
    for check in CHECKS:
        assert check.title
        assert check.promise.endswith(".")
        assert check.meaning.endswith(".")
        assert check.fixes


def test_the_page_about_data_health_tells_every_check_and_fix():
    page = (Path(__file__).resolve().parents[2] / "docs" / "health.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| .+\. \| .+ \|$", page, re.MULTILINE)
    assert sorted(rows) == sorted([*(check.code for check in CHECKS), *FIXES])
    for name in FIXES:
        (codes,) = re.findall(rf"^\| `{name}` \| .+ \| (.+) \|$", page, re.MULTILINE)
        assert told(codes) == {check.code for check in CHECKS if name in check.fixes}, name


def is_day(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def told(codes: str) -> set[str]:
    """``H001`` to ``H003``, ``H007``."""
    if codes == "all":
        return {check.code for check in CHECKS}
    found: set[str] = set()
    for part in codes.split(", "):
        first, *last = [int(number) for number in re.findall(r"H(\d+)", part)]
        found |= {f"H{number:03}" for number in range(first, (last or [first])[0] + 1)}
    return found
