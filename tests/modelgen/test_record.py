from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.db.models.signals import post_delete, pre_delete

from datamodel.modelgen import ValueProblem
from datamodel.schema.ir import FieldKind
from tests.modelgen.schemas import blog, custom_type, enum, field, field_type, model, orders, schema
from tests.modelgen.test_names import AWKWARD
from tests.modelgen.test_values import ACCEPTED

GIVEN = {"id", "createdAt", "updatedAt"}


@pytest.mark.parametrize("name", AWKWARD)
def test_an_awkward_field_can_be_written_read_filtered_and_sorted(make_tables, name):
    """Alone, as a field name like any other."""
    thing = make_tables(schema(model("Thing", field(name, "ID" if name == "id" else "String"))))["Thing"]
    attribute = thing.names.attribute(name)
    for text in ("b", "a"):
        record = thing()
        record.set_value(name, text)
        record.save()
    assert thing.objects.filter(**{attribute: "a"}).get().get_value(name) == "a"
    assert [r.values()[name] for r in thing.objects.order_by(attribute)] == ["a", "b"]
    assert list(thing.objects.order_by(f"-{attribute}").values_list(attribute, flat=True)) == ["b", "a"]
    thing.objects.get(**{f"{attribute}__startswith": "b"}).delete()
    assert thing.objects.count() == 1


def test_awkward_fields_live_together_in_one_table(make_tables):
    names = [name for name in AWKWARD if name not in GIVEN] + ["x" * 80, "x" * 80 + "y"]
    thing = make_tables(schema(model("Thing", *(field(name) for name in names))))["Thing"]
    record = thing(**{thing.names.attribute(name): f"value of {name}" for name in names})
    record.save()
    stored = thing.objects.get().values()
    assert {name: stored[name] for name in names} == {name: f"value of {name}" for name in names}
    with connection.cursor() as cursor:
        columns = [
            c.name for c in connection.introspection.get_table_description(cursor, thing._meta.db_table)
        ]
    assert len(columns) == len(names) + 3 + 4


@pytest.mark.parametrize(
    "name", ["Order", "order", "class", "None", "Meta", "_Private", "Model_", "A" * 80, "user"]
)
def test_awkward_models_get_a_table(make_tables, name):
    models = make_tables(schema(model(name), model("Order" if name != "Order" else "order")))
    models[name].objects.create(id="1")
    assert models[name].objects.get().label == "1"
    assert sum(m.objects.count() for m in models.values()) == 1


@pytest.mark.parametrize("name", sorted(ACCEPTED))
def test_every_scalar_comes_back_as_it_was_sent(make_tables, name):
    thing = make_tables(schema(model("Thing", field("value", name), field("values", f"[{name}]"))))["Thing"]
    for value in [*ACCEPTED[name], None]:
        record = thing(**{thing.names.attribute("value"): value})
        record.set_value("values", [value, None])
        record.save()
        stored = thing.objects.get(pk=record.pk)
        assert stored.get_value("value") == value
        assert type(stored.get_value("value")) in {type(value), float}
        item, nothing = stored.get_value("values")
        # PostgreSQL writes large floats in JSON as whole numbers: the same number to every reader of JSON.
        assert (float(item) if name == "Float" and value is not None else item) == value
        assert nothing is None


def test_enums_and_embedded_values_come_back(make_tables):
    status = field("status", "Status", kind=FieldKind.ENUM)
    thing = make_tables(
        schema(
            model("Thing", status, field("address", "Address"), field("more", "[Address]")),
            enums=(enum("Status", "OPEN"),),
            custom_types=(custom_type("Address", field("city")),),
        )
    )["Thing"]
    thing.objects.create(status="OPEN", address={"city": None}, more=[{"city": "Oslo"}, None])
    assert thing.objects.values_list("status", "address", "more").get() == (
        "OPEN",
        {"city": None},
        [{"city": "Oslo"}, None],
    )


def test_text_is_ordered_by_code_point(make_tables):
    thing = make_tables(schema(model("Thing", field("name"))))["Thing"]
    texts = ["b", "B", "a", "é", "Z", "_", "1", "ab", "😀", "\uffff"]
    for text in texts:
        thing.objects.create(**{thing.names.attribute("name"): text})
    assert list(thing.objects.order_by("name").values_list("name", flat=True)) == sorted(texts)


@pytest.mark.parametrize("attribute", ["title", "id"])
def test_required_fields_are_not_null(make_tables, attribute):
    post = make_tables(blog())["Post"](title="x")
    post.save()
    setattr(post, attribute, None)
    with pytest.raises(IntegrityError):
        post.save()


def test_a_missing_required_text_is_not_taken_for_empty(make_tables):
    with pytest.raises(IntegrityError):
        make_tables(blog())["Post"].objects.create()


def test_a_key_exists_once(make_tables):
    order = make_tables(orders())["Order"]
    order.objects.create(shop="a", number=1)
    order.objects.create(shop="a", number=2)
    with pytest.raises(IntegrityError):
        order.objects.create(shop="a", number=1)


def test_every_write_counts(make_tables):
    post = make_tables(blog())["Post"].objects.create(title="a")
    first = post.joinery_changed_at
    post.title = "b"
    post.save(update_fields=["title"])
    post.refresh_from_db()
    assert (post.title, post.joinery_version) == ("b", 2)
    assert post.joinery_changed_at >= first


def test_an_update_moves_only_updated_at(make_tables, monkeypatch):
    monkeypatch.setattr("datamodel.modelgen.record.now_ms", lambda: 1000)
    post = make_tables(blog())["Post"].objects.create(title="a")
    monkeypatch.setattr("datamodel.modelgen.record.now_ms", lambda: 2000)
    post.save()
    assert (post.createdAt, post.updatedAt) == ("1970-01-01T00:00:01.000Z", "1970-01-01T00:00:02.000Z")


def test_the_clock_of_a_record_never_goes_back(make_tables, monkeypatch):
    monkeypatch.setattr("datamodel.modelgen.record.now_ms", lambda: 2000)
    post = make_tables(blog())["Post"].objects.create(title="a")
    monkeypatch.setattr("datamodel.modelgen.record.now_ms", lambda: 1000)
    post.save()
    assert post.joinery_changed_at == 2000


def test_timestamps_that_are_given_are_kept(make_tables):
    given = "2020-01-01T00:00:00.000Z"
    post = make_tables(blog())["Post"](title="a", createdAt=given)
    post.save()
    assert post.createdAt == given
    post.set_value("updatedAt", given)
    post.save()
    assert post.updatedAt == given
    post.save()
    assert post.updatedAt != given


def test_a_timestamp_of_another_type_is_left_alone(make_tables):
    counted = schema(model("Thing", field("createdAt", "AWSTimestamp")))
    model_type = counted.models[0]
    fields = tuple(f for f in model_type.fields if f.type == field_type("AWSTimestamp") or f.name == "id")
    only = schema(type(model_type)("Thing", fields))
    assert make_tables(only)["Thing"].objects.create().get_value("createdAt") is None


def test_a_given_id_is_kept(make_tables):
    assert make_tables(blog())["Post"].objects.create(id="mine", title="a").url_key == "mine"


def test_deleting_removes_the_row_and_tells_receivers(make_tables):
    post = make_tables(blog())["Post"].objects.create(title="a")
    told = []

    def tell(sender, instance, signal, **kwargs):
        told.append((signal is pre_delete, instance.title))

    pre_delete.connect(tell, sender=type(post))
    post_delete.connect(tell, sender=type(post))
    post.delete()
    assert told == [(True, "a"), (False, "a")]
    assert not type(post).all_objects.exists()


def test_deleting_leaves_a_tombstone_where_datastore_is_on(make_tables):
    models = make_tables(blog(datastore=True))
    post = models["Post"].objects.create(title="a")
    post.delete()
    assert not models["Post"].objects.exists()
    tombstone = models["Post"].all_objects.get()
    assert (tombstone.joinery_deleted, tombstone.joinery_version) == (True, 2)


def test_a_queryset_deletes_record_by_record(make_tables):
    post = make_tables(blog())["Post"]
    for title in "abc":
        post.objects.create(title=title)
    told = []

    def tell(sender, instance, **kwargs):
        told.append(instance.title)

    pre_delete.connect(tell, sender=post)
    assert post.objects.exclude(title="b").delete() == (2, {"records.Post": 2})
    assert told == ["a", "c"]


def test_a_relation_is_read_anew_after_its_reference_was_set(make_tables):
    models = make_tables(blog())
    for key in "ab":
        models["Post"].objects.create(id=key, title=key)
    comment = models["Comment"].objects.create(postID="a")
    assert comment.post.title == "a"
    comment.set_value("postID", "b")
    assert comment.post.title == "b"
    comment.set_value("postID", "nobody")
    assert comment.post is None


def test_the_key_filter_takes_mappings_and_sequences(make_tables):
    order = make_tables(orders())["Order"]
    record = order.objects.create(shop="a", number=1)
    assert order.objects.get(order.key_filter({"number": 1, "shop": "a"})) == record
    assert order.objects.get(order.key_filter(record.key)) == record
    assert record.key_dict == {"shop": "a", "number": 1}
    with pytest.raises(KeyError, match="number"):
        order.key_filter(["a"])
    with pytest.raises(KeyError, match="number"):
        order.key_filter({"shop": "a"})


def test_what_an_index_cannot_hold_is_refused(make_tables):
    models = make_tables(blog())
    with pytest.raises(ValueProblem, match="postID: 3000 bytes"):
        models["Comment"].objects.create(postID="x" * 3000)
    with pytest.raises(ValueProblem, match="id: "):
        models["Post"].objects.create(id="x" * 2049, title="a")
    models["Post"].objects.create(id="x" * 2048, title="a" * 100_000)
