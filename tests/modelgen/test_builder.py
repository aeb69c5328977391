from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from tests.modelgen.schemas import blog, orders


def test_a_record_gets_an_id_and_timestamps(make_tables):
    post = make_tables(blog())["Post"](title="Hello")
    post.save()
    assert len(post.id) == 36
    assert post.createdAt == post.updatedAt
    assert post.createdAt.endswith("Z")
    assert post.joinery_version == 1


def test_relations_read_both_ways(make_tables):
    models = make_tables(blog())
    post = models["Post"].objects.create(title="Hello")
    comment = models["Comment"].objects.create(content="Hi", postID=post.id)
    assert comment.post == post
    assert list(post.comments.all()) == [comment]
    assert models["Comment"].objects.filter(post__title="Hello").get() == comment
    assert models["Post"].objects.filter(comments__content="Hi").get() == post
    assert models["Comment"].objects.select_related("post").get().post == post
    assert models["Post"].objects.prefetch_related("comments").get().comments.all()[0] == comment


def test_a_reference_of_two_fields_joins_on_both(make_tables):
    models = make_tables(orders())
    first = models["Order"].objects.create(shop="a", number=1)
    models["Order"].objects.create(shop="a", number=2)
    line = models["Line"].objects.create(orderShop="a", orderNumber=1)
    assert line.order == first
    assert models["Line"].objects.select_related("order").get().order == first
    assert models["Line"].objects.filter(order=first).get() == line


def test_a_dangling_reference_is_refused_at_commit(make_tables):
    comment = make_tables(blog())["Comment"]
    with pytest.raises(IntegrityError), transaction.atomic():
        comment.objects.create(postID="nobody")
    assert not comment.objects.exists()


def test_a_dangling_reference_of_two_fields_is_refused_at_commit(make_tables):
    models = make_tables(orders())
    models["Order"].objects.create(shop="a", number=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        models["Line"].objects.create(orderShop="a", orderNumber=2)


def test_children_may_be_written_before_their_parent(make_tables):
    models = make_tables(blog())
    with transaction.atomic():
        models["Comment"].objects.create(postID="p1")
        models["Post"].objects.create(id="p1", title="Late")
    assert models["Comment"].objects.get().post.title == "Late"
