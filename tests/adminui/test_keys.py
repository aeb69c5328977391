"""The page of API keys."""

from __future__ import annotations

import re

import pytest

from datamodel import access
from datamodel.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {"name": "blog", "scope": "full", "expires_days": "30"}


def test_a_key_is_shown_once_when_it_is_made(admin_client):
    response = admin_client.post("/settings/keys/", NEW)
    raw = re.search(r'value="(da2-[a-z0-9]+)"', response.content.decode()).group(1)
    assert access.authenticate_key(raw).scope == "full"
    assert "no-store" in response["Cache-Control"]
    assert raw not in admin_client.get("/settings/keys/").content.decode()


def test_the_list_tells_which_keys_work(admin_client):
    access.create_key("laptop")
    page = admin_client.get("/settings/keys/").content.decode()
    assert "laptop" in page
    assert "works" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("expires_days", "0"), ("expires_days", "366"), ("expires_days", "x"), ("scope", "root")],
)
def test_a_key_that_cannot_be_is_refused_and_what_was_typed_is_kept(admin_client, field, value):
    response = admin_client.post("/settings/keys/", NEW | {field: value})
    assert response.status_code == 422
    assert not ApiKey.objects.exists()
    assert 'value="30"' in response.content.decode() or field == "expires_days"


def test_a_revoked_key_works_no_more(admin_client):
    key, raw = access.create_key("laptop")
    response = admin_client.post(f"/settings/keys/{key.pk}/revoke/", follow=True)
    assert "revoked" in response.content.decode()
    assert access.authenticate_key(raw) is None


def test_revoking_needs_a_post(admin_client):
    key, raw = access.create_key("laptop")
    assert admin_client.get(f"/settings/keys/{key.pk}/revoke/").status_code == 405
    assert access.authenticate_key(raw) is not None


def test_revoking_a_key_that_is_not_there_answers_404(admin_client):
    assert admin_client.post("/settings/keys/999/revoke/").status_code == 404
