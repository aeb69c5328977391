"""The API key that a start makes sure of."""

from __future__ import annotations

import pytest
from django.utils import timezone

from adminui.firststart import create_api_key
from datamodel import access
from datamodel.models import ApiKey

pytestmark = pytest.mark.django_db

FIXED = "da2-fixed-by-the-environment"


@pytest.fixture
def _fixed(monkeypatch):
    monkeypatch.setenv("JOINERY_API_KEY", FIXED)


def test_without_one_in_the_environment_the_first_key_is_made_once(monkeypatch):
    monkeypatch.delenv("JOINERY_API_KEY", raising=False)
    raw = create_api_key()
    assert access.authenticate_key(raw).scope == "full"
    assert create_api_key() is None


@pytest.mark.usefixtures("_fixed")
def test_the_environments_key_is_made_once():
    access.create_key("another")
    assert create_api_key() == FIXED
    assert create_api_key() is None
    assert access.authenticate_key(FIXED).scope == "full"


@pytest.mark.usefixtures("_fixed")
def test_it_works_on_after_a_year():
    create_api_key()
    key = ApiKey.objects.get()
    key.expires_at = timezone.now()
    key.save()
    assert create_api_key() is None
    assert access.authenticate_key(FIXED)


@pytest.mark.usefixtures("_fixed")
def test_revoked_it_stays_revoked(caplog):
    create_api_key()
    access.revoke_key(ApiKey.objects.get())
    assert create_api_key() is None
    assert access.authenticate_key(FIXED) is None
    assert "was revoked and stays so" in caplog.text
