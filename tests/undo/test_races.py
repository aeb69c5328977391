"""Undo at the same moment as other writes, on connections of their own."""

from __future__ import annotations

from functools import partial

import pytest

from datamodel import records
from datamodel.models import Change
from datamodel.undo import UndoRefused, undo_group
from tests.records.schemas import CART, ORDERS
from tests.records.test_races import orphans, race
from tests.undo.conftest import create, everything, last_group

ROUNDS = 10


def expect(answers, *errors):
    """Check that nothing failed but for a reason."""
    assert all(isinstance(answer, errors) for answer in answers if isinstance(answer, Exception)), answers


@pytest.fixture
def shop(activate_schema, datastore):
    return activate_schema(ORDERS, datastore=datastore)


def test_no_child_comes_back_to_a_parent_that_goes(shop):
    for number in range(ROUNDS):
        key = {"shop": "S", "number": number}
        create(shop, "Order", **key)
        create(shop, "Line", id=str(number), orderShop="S", orderNumber=number)
        records.delete(shop, "Line", {"id": str(number)})
        answers = race(partial(undo_group, shop, last_group()), partial(records.delete, shop, "Order", key))
        expect(answers, UndoRefused)
        assert shop.model("Order").objects.count() == 0
    assert shop.model("Line").objects.count() == 0
    assert orphans(shop, shop.schema.link("Line.order")) == []


def test_no_child_comes_to_a_parent_that_is_removed(shop):
    for number in range(ROUNDS):
        create(shop, "Order", shop="S", number=number)
        values = {"orderShop": "S", "orderNumber": number}
        answers = race(partial(undo_group, shop, last_group()), partial(records.create, shop, "Line", values))
        expect(answers, UndoRefused, records.RelatedRecordNotFound)
        assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert orphans(shop, shop.schema.link("Line.order")) == []


def test_a_key_is_taken_once(blog):
    for number in range(ROUNDS):
        key = {"id": str(number)}
        create(blog, "Post", **key, title="T")
        records.delete(blog, "Post", key)
        answers = race(
            partial(undo_group, blog, last_group()),
            partial(records.create, blog, "Post", {**key, "title": "new"}),
        )
        expect(answers, UndoRefused, records.RecordExists)
        assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert blog.model("Post").objects.count() == ROUNDS


def test_a_group_is_undone_once(blog):
    for number in range(ROUNDS):
        create(blog, "Post", id=str(number), title="T")
        create(blog, "Comment", id=str(number), content="C", postCommentsId=str(number))
        records.delete(blog, "Post", {"id": str(number)})
        answers = race(*[partial(undo_group, blog, last_group())] * 2)
        expect(answers, UndoRefused)
        assert sum(isinstance(answer, Exception) for answer in answers) == 1
    assert len(everything(blog)) == 2 * ROUNDS
    assert Change.objects.filter(cause__startswith="undo").count() == 2 * ROUNDS


def test_no_update_is_lost_to_an_undo(blog):
    for number in range(ROUNDS):
        key = {"id": str(number)}
        create(blog, "Post", **key, title="T")
        records.update(blog, "Post", key, {"title": "U"})
        answers = race(
            partial(undo_group, blog, last_group()),
            partial(records.update, blog, "Post", key, {"title": "V"}),
        )
        expect(answers, UndoRefused)
        assert records.find(blog, "Post", key).get_value("title") == "V"


def test_a_place_for_one_is_taken_once(activate_schema, datastore):
    cart = activate_schema(CART, "resource.ts", datastore=datastore)
    for number in range(ROUNDS):
        key = {"id": str(number)}
        create(cart, "Customer", **key, name="N")
        link = cart.schema.link("Cart.customer")
        create(cart, "Cart", id=f"old {number}", customerId=str(number))
        records.delete(cart, "Cart", {"id": f"old {number}"})
        deletion = last_group()
        create(cart, "Cart", id=f"new {number}")
        answers = race(
            partial(undo_group, cart, deletion),
            partial(records.link, cart, link, key, {"id": f"new {number}"}),
        )
        expect(answers, UndoRefused)
        assert cart.model("Cart").objects.filter(customerId=str(number)).count() == 1
