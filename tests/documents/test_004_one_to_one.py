"""Document 004, "Model a one-to-one relationship": a customer has one cart."""

from __future__ import annotations

import pytest

from tests.documents.clients import Refused
from tests.invariants import broken_promises

ITEMS = ["Tomato", "Ice", "Mint"]


@pytest.fixture
def carts(document):
    """Cart and Customer, as the document has them."""
    return document("004-cart-customer.ts")


@pytest.fixture
def client(carts, data_client):
    return data_client(carts)


def customer_with_cart(client, name="Rene"):
    customer = client.create("Customer", name=name)
    return customer, client.create("Cart", items=ITEMS, customerId=customer["id"])


def new_cart(site, *items):
    """A cart of a form whose list has grown by a button per item."""
    page = site.new("Cart")
    for item in items:
        page = page.add("items", item)
    return page


def customer_with_cart_on_site(site, name="Rene"):
    customer = site.create("Customer", name=name)
    page = new_cart(site, *ITEMS).choose("customer", name).press()
    assert page.status == 200, page.text
    return customer


# Create a "Has One" relationship between records


def test_004_create_a_has_one_relationship_api(client):
    customer, cart = customer_with_cart(client)
    assert (cart["items"], cart["customerId"]) == (ITEMS, customer["id"])


def test_004_create_a_has_one_relationship_to_no_customer_is_refused_api(client):
    with pytest.raises(
        Refused, match="RelatedRecordNotFound: Field 'customerId' refers to Customer 'nobody'"
    ):
        client.create("Cart", items=ITEMS, customerId="nobody")


def test_004_create_a_has_one_relationship_site(carts, site):
    customer = customer_with_cart_on_site(site)
    (cart,) = carts.model("Cart").objects.all()
    assert (cart.get_value("items"), cart.get_value("customerId")) == (ITEMS, customer)
    assert site.record("Cart", cart.url_key).chosen("customer") == "Rene"
    assert broken_promises(carts) == []


def test_004_create_a_has_one_relationship_from_the_customer_site(carts, site):
    customer = site.create("Customer", name="Rene")
    assert new_cart(site, "Tomato").press().status == 200
    (cart,) = carts.model("Cart").objects.all()
    site.record("Customer", customer).choose("activeCart", cart.label).press()
    (cart,) = carts.model("Cart").objects.all()
    assert cart.get_value("customerId") == customer


# Update a "Has One" relationship between records


def test_004_update_a_has_one_relationship_api(client):
    customer, cart = customer_with_cart(client)
    new = client.create("Customer", name="Ian")
    updated = client.update("Cart", id=cart["id"], customerId=new["id"])
    assert (updated["customerId"], updated["items"]) == (new["id"], ITEMS)
    assert client.lazy("Customer", customer, "activeCart") is None
    assert client.lazy("Customer", new, "activeCart") == updated


def test_004_update_a_has_one_relationship_site(carts, site):
    old = customer_with_cart_on_site(site)
    new = site.create("Customer", name="Ian")
    (cart,) = carts.model("Cart").objects.all()
    site.record("Cart", cart.url_key).choose("customer", "Ian").press()
    assert site.record("Customer", old).chosen("activeCart") == "none"
    assert site.record("Customer", new).chosen("activeCart").endswith(cart.label)
    assert broken_promises(carts) == []


# Delete a "Has One" relationship between records


def test_004_delete_a_has_one_relationship_by_null_api(client):
    customer, cart = customer_with_cart(client)
    updated = client.update("Cart", id=cart["id"], customerId=None)
    assert updated["customerId"] is None
    assert client.lazy("Cart", updated, "customer") is None
    assert client.lazy("Customer", customer, "activeCart") is None


def test_004_delete_a_has_one_relationship_by_none_site(carts, site):
    customer = customer_with_cart_on_site(site)
    (cart,) = carts.model("Cart").objects.all()
    site.record("Cart", cart.url_key).clear("customer").press()
    assert site.record("Customer", customer).chosen("activeCart") == "none"
    assert broken_promises(carts) == []


def test_004_delete_a_has_one_relationship_from_the_customer_site(carts, site):
    customer = customer_with_cart_on_site(site)
    site.record("Customer", customer).clear("activeCart").press()
    (cart,) = carts.model("Cart").objects.all()
    assert cart.get_value("customerId") is None


# Load related data, lazily and eagerly


def test_004_lazy_load_a_has_one_relationship_api(client):
    customer, cart = customer_with_cart(client)
    customer_with_cart(client, "Ian")
    assert client.lazy("Cart", client.get("Cart", id=cart["id"]), "customer") == customer
    assert client.lazy("Customer", client.get("Customer", id=customer["id"]), "activeCart") == cart


def test_004_lazy_load_a_has_one_relationship_behind_many_others_api(client):
    for number in range(101):
        client.create("Cart", items=[str(number)])
    customer, cart = customer_with_cart(client)
    assert client.lazy("Customer", customer, "activeCart") == cart, "the filter applies before the page"


def test_004_eagerly_load_a_has_one_relationship_api(client):
    customer, cart = customer_with_cart(client)
    loaded = client.get("Cart", ["id", "customer.*"], id=cart["id"])
    assert loaded == {"id": cart["id"], "customer": customer}
    loaded = client.get("Customer", ["id", "activeCart.*"], id=customer["id"])
    assert loaded == {"id": customer["id"], "activeCart": cart}


def test_004_eagerly_load_a_has_one_relationship_that_is_not_there_api(client):
    lone = client.create("Customer", name="Lone")
    assert client.get("Customer", ["id", "activeCart.*"], id=lone["id"]) == {
        "id": lone["id"],
        "activeCart": None,
    }
    cart = client.create("Cart", items=[])
    assert client.get("Cart", ["customer.*"], id=cart["id"]) == {"customer": None}


def test_004_load_a_has_one_relationship_on_the_page_of_either_side_site(carts, site):
    customer = customer_with_cart_on_site(site)
    (cart,) = carts.model("Cart").objects.all()
    page = site.record("Customer", customer)
    assert page.chosen("activeCart").endswith(cart.label)
    assert f"/data/Cart/{cart.url_key}/" in [href for _, href in page.reader.links]
    hrefs = [href for _, href in site.record("Cart", cart.url_key).reader.links]
    assert f"/data/Customer/{customer}/" in hrefs


# Handling orphaned foreign keys on parent record deletion in "Has One" relationship


def test_004_deleting_the_cart_and_then_the_customer_api(carts, client):
    customer, cart = customer_with_cart(client)
    loaded = client.get("Customer", ["id", "activeCart.*"], id=customer["id"])
    assert client.delete("Cart", id=loaded["activeCart"]["id"]) == cart
    assert client.delete("Customer", id=loaded["id"]) == customer
    assert client.list("Cart") == client.list("Customer") == ([], None)
    assert broken_promises(carts) == []


def test_004_deleting_the_cart_leaves_the_customer_api(client):
    customer, cart = customer_with_cart(client)
    client.delete("Cart", id=cart["id"])
    assert client.get("Customer", id=customer["id"]) == customer


def test_004_deleting_the_customer_leaves_a_cart_without_one_api(carts, client):
    customer, cart = customer_with_cart(client)
    client.delete("Customer", id=customer["id"])
    left = client.get("Cart", id=cart["id"])
    assert (left["customerId"], left["items"]) == (None, ITEMS)
    assert broken_promises(carts) == []


def test_004_deleting_the_customer_leaves_an_orphan_under_appsync_api(document, data_client):
    client = data_client(document("004-cart-customer.ts", integrity="appsync"))
    customer, cart = customer_with_cart(client)
    client.delete("Customer", id=customer["id"])
    assert client.get("Cart", id=cart["id"]) == cart
    assert client.lazy("Cart", cart, "customer") is None
    assert client.get("Cart", ["customer.*"], id=cart["id"]) == {"customer": None}
    assert client.delete("Cart", id=cart["id"]) == cart


def test_004_deleting_the_cart_and_then_the_customer_site(carts, site):
    customer = customer_with_cart_on_site(site)
    (cart,) = carts.model("Cart").objects.all()
    asked = site.deletion("Cart", cart.url_key)
    assert "Nothing else goes with it" in asked.text
    asked.confirm()
    assert site.record("Customer", customer).chosen("activeCart") == "none"
    site.deletion("Customer", customer).confirm()
    assert site.list("Cart") == site.list("Customer") == []
    assert broken_promises(carts) == []


def test_004_deleting_the_customer_leaves_a_cart_without_one_site(carts, site):
    customer = customer_with_cart_on_site(site)
    asked = site.deletion("Customer", customer)
    assert "1 cart kept, without the reference" in asked.text
    asked.confirm()
    (cart,) = carts.model("Cart").objects.all()
    assert site.record("Cart", cart.url_key).chosen("customer") == "none"
    assert broken_promises(carts) == []
