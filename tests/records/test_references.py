"""What a reference has to be: whole, of a record that is there, and alone where the parent has one child."""

from __future__ import annotations

from functools import partial

import pytest

from datamodel import records
from datamodel.models import Change
from datamodel.schema.ir import OnDelete
from tests.records.conftest import refetch, remove
from tests.records.schemas import CART, ORDERS, PROFILE, typescript
from tests.records.test_races import race

SDL_CART = """
type Customer @model { id: ID! name: String cart: Cart @hasOne(references: ["customerID"]) }
type Cart @model { id: ID! text: String customerID: ID customer: Customer @belongsTo(references: ["customerID"]) }
"""
COMPOSITE = typescript("""
  Badge: a.model({ text: a.string(), ownerName: a.string(), ownerBorn: a.date(),
    owner: a.belongsTo('Person', ['ownerName', 'ownerBorn']) }),
  Person: a.model({ name: a.string().required(), born: a.date().required(),
    badge: a.hasOne('Badge', ['ownerName', 'ownerBorn']) }).identifier(['name', 'born']),
""")


@pytest.fixture
def shop(activate_schema, datastore):
    return activate_schema(CART, "resource.ts", datastore=datastore)


def customer(shop, name="Rene"):
    return records.create(shop, "Customer", {"name": name})


def cart(shop, owner=None, items="Tomato"):
    values = {"items": items} | ({"customerId": owner.get_value("id")} if owner else {})
    return records.create(shop, "Cart", values)


# One-to-one


def test_a_second_child_is_refused_and_the_first_is_named(shop):
    rene = customer(shop)
    first = cart(shop, rene)
    before = Change.objects.count()
    with pytest.raises(records.RelatedRecordTaken) as refused:
        cart(shop, rene, "Ice")
    error = refused.value
    assert (error.field, error.value, error.parent_model) == ("customerId", rene.get_value("id"), "Customer")
    assert error.other == first
    assert str(error) == (
        f"Field 'customerId' refers to Customer '{rene.get_value('id')}', which has another Cart already: "
        f"'Tomato' ({first.url_key}). Unlink or delete that one first."
    )
    assert Change.objects.count() == before


def test_a_child_cannot_move_where_another_is(shop):
    rene, ian = customer(shop), customer(shop, "Ian")
    cart(shop, rene)
    other = cart(shop, ian)
    with pytest.raises(records.RelatedRecordTaken):
        records.update(shop, "Cart", other.key_dict, {"customerId": rene.get_value("id")})
    assert refetch(other).get_value("customerId") == ian.get_value("id")


def test_a_place_that_was_left_can_be_taken(shop):
    rene, ian = customer(shop), customer(shop, "Ian")
    first, second, third = cart(shop, rene), cart(shop), cart(shop)
    records.update(shop, "Cart", first.key_dict, {"customerId": ian.get_value("id")})
    records.update(shop, "Cart", second.key_dict, {"customerId": rene.get_value("id")})
    remove(shop, second)
    records.update(shop, "Cart", third.key_dict, {"customerId": rene.get_value("id")})
    assert refetch(third).get_value("customerId") == rene.get_value("id")


def test_saying_again_what_is_stored_is_no_second_child(shop):
    rene = customer(shop)
    first = cart(shop, rene)
    records.update(shop, "Cart", first.key_dict, {"items": "Mint", "customerId": rene.get_value("id")})
    assert refetch(first).joinery_version == 2


def test_a_deleted_child_that_comes_back_finds_its_place_taken(activate_schema):
    shop = activate_schema(CART, "resource.ts", datastore=True)
    rene = customer(shop)
    first = cart(shop, rene)
    remove(shop, first)
    cart(shop, rene, "Ice")
    with pytest.raises(records.RelatedRecordTaken):
        records.create(shop, "Cart", first.key_dict | {"items": "Tomato", "customerId": rene.get_value("id")})


def test_linking_moves_and_displaces(shop):
    link = shop.schema.link("Cart.customer")
    rene = customer(shop)
    first, second = cart(shop, rene), cart(shop)
    records.link(shop, link, rene.key_dict, second.key_dict)
    assert refetch(first).get_value("customerId") is None
    assert refetch(second).get_value("customerId") == rene.get_value("id")


def test_under_keep_a_parent_may_have_several(activate_schema):
    shop = activate_schema(CART, "resource.ts", on_delete={"Cart.customer": OnDelete.KEEP})
    rene = customer(shop)
    assert cart(shop, rene).url_key != cart(shop, rene).url_key


def test_records_that_share_a_parent_already_can_be_changed_elsewhere(shop):
    rene = customer(shop)
    first, second = cart(shop, rene), cart(shop)
    type(second).all_objects.filter(pk=second.pk).update(customerId=rene.get_value("id"))
    for one in (first, second):
        records.update(shop, "Cart", one.key_dict, {"items": "Mint"})
    with pytest.raises(records.RelatedRecordTaken):
        records.create(shop, "Cart", {"items": "Ice", "customerId": rene.get_value("id")})
    records.update(shop, "Cart", second.key_dict, {"customerId": None})


def test_the_sdl_keeps_one_to_one_as_well(activate_schema):
    shop = activate_schema(SDL_CART)
    records.create(shop, "Customer", {"id": "c"})
    records.create(shop, "Cart", {"customerID": "c"})
    with pytest.raises(records.RelatedRecordTaken):
        records.create(shop, "Cart", {"customerID": "c"})


def test_a_composite_parent_has_one_child(activate_schema):
    people = activate_schema(COMPOSITE, "resource.ts")
    records.create(people, "Person", {"name": "Ada", "born": "1815-12-10"})
    ends = {"ownerName": "Ada", "ownerBorn": "1815-12-10"}
    records.create(people, "Badge", {"text": "first"} | ends)
    with pytest.raises(records.RelatedRecordTaken) as refused:
        records.create(people, "Badge", {"text": "second"} | ends)
    assert refused.value.field == "owner"
    assert "'Ada, 1815-12-10'" in str(refused.value)


def test_what_the_parent_does_not_read_may_be_shared(activate_schema):
    """Document 003 calls it one-to-one, but an author does not know its post: others may have the same."""
    people = activate_schema(PROFILE)
    records.create(people, "Profile", {"id": "p"})
    for name in ("Ada", "Grace"):
        records.create(people, "User", {"name": name, "profileID": "p"})
    assert people.model("User").objects.count() == 2


def test_many_records_at_once_do_not_share_a_place(shop):
    rene = customer(shop)
    two = [cart(shop), cart(shop)]
    with pytest.raises(records.RelatedRecordTaken):
        records.update_together(shop, "Cart", [(one, {"customerId": rene.get_value("id")}) for one in two])
    assert [refetch(one).get_value("customerId") for one in two] == [None, None]


def test_a_place_is_taken_once_in_a_race(shop):
    link = shop.schema.link("Cart.customer")
    for _ in range(10):
        owner = customer(shop)
        loose = cart(shop)
        reference = {"customerId": owner.get_value("id")}
        answers = race(
            partial(cart, shop, owner),
            partial(records.update, shop, "Cart", loose.key_dict, reference),
            partial(cart, shop, owner, "Ice"),
        )
        refused = [isinstance(answer, records.RelatedRecordTaken) for answer in answers]
        assert sorted(refused) == [False, True, True], answers
        assert shop.model(link.child).objects.filter(customerId=owner.get_value("id")).count() == 1


# Whole references


@pytest.mark.parametrize("half", [{"orderShop": "S"}, {"orderNumber": 7}])
def test_half_a_reference_is_refused(activate_schema, half):
    shop = activate_schema(ORDERS)
    records.create(shop, "Order", {"shop": "S", "number": 7})
    with pytest.raises(records.ValidationFailed) as refused:
        records.create(shop, "Line", half)
    (missing,) = {"orderShop", "orderNumber"} - half.keys()
    sentence = "'orderShop' and 'orderNumber' refer to one Order together: set all of them, or none."
    assert refused.value.errors == {missing: [sentence]}
    line = records.create(shop, "Line", {"orderShop": "S", "orderNumber": 7})
    with pytest.raises(records.ValidationFailed):
        records.update(shop, "Line", line.key_dict, {missing: None})
    records.update(shop, "Line", line.key_dict, {"orderShop": None, "orderNumber": None})


def test_under_keep_half_a_reference_is_stored(activate_schema):
    shop = activate_schema(ORDERS, on_delete={"Line.order": OnDelete.KEEP})
    assert records.create(shop, "Line", {"orderShop": "S"})


def test_half_a_reference_that_is_stored_already_can_be_changed_elsewhere(activate_schema):
    shop = activate_schema(ORDERS)
    line = records.create(shop, "Line", {"text": "L"})
    type(line).all_objects.update(orderShop="S")
    assert records.update(shop, "Line", line.key_dict, {"text": "M"}).get_value("orderShop") == "S"


def test_a_field_that_two_references_share_may_stand_alone_for_one(activate_schema):
    shop = activate_schema("""
        type Shop @model { id: ID! }
        type Shelf @model { shopID: ID! @primaryKey(sortKeyFields: ["name"]) name: String! }
        type Box @model { id: ID! shopID: ID shelfName: String
          shop: Shop @hasOne(fields: ["shopID"])
          shelf: Shelf @hasOne(fields: ["shopID", "shelfName"]) }
        """)
    records.create(shop, "Shop", {"id": "s"})
    shelf = records.create(shop, "Shelf", {"shopID": "s", "name": "top"})
    assert records.create(shop, "Box", {"shopID": "s"})
    with pytest.raises(records.ValidationFailed):
        records.create(shop, "Box", {"shelfName": "top"})
    box = records.create(shop, "Box", {"shopID": "s", "shelfName": "top"})
    remove(shop, shelf)
    assert (refetch(box).get_value("shopID"), refetch(box).get_value("shelfName")) == ("s", None)
    records.update(shop, "Box", box.key_dict, {"shopID": None})


def test_clearing_leaves_no_half_reference(activate_schema):
    shop = activate_schema(ORDERS, on_delete={"Line.order": OnDelete.CLEAR})
    order = records.create(shop, "Order", {"shop": "S", "number": 7})
    line = records.create(shop, "Line", {"orderShop": "S", "orderNumber": 7})
    remove(shop, order)
    assert (refetch(line).get_value("orderShop"), refetch(line).get_value("orderNumber")) == (None, None)
