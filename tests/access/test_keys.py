"""API keys, and the actor behind a write."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from datamodel import access
from datamodel.access import (
    Actor,
    Caller,
    acting_as,
    authenticate_key,
    create_key,
    current_actor,
    forget_keys,
    keys,
    revoke_key,
)
from datamodel.models import ApiKey


@pytest.mark.django_db
def test_a_key_is_shown_once_and_kept_as_a_hash():
    key, raw = create_key("app")
    assert raw.startswith("da2-")
    assert len(raw) == 30
    assert raw not in str(ApiKey.objects.values_list().get())
    assert raw.startswith(key.prefix)
    assert create_key("other")[1] != raw


@pytest.mark.django_db
def test_a_key_names_its_caller():
    _, raw = create_key("app", scope="public")
    assert authenticate_key(raw) == Caller(Actor("api_key", "app"), "public")


@pytest.mark.django_db
@pytest.mark.parametrize("raw", ["", "da2-unknown", "x" * 10_000, "\ud800", "\x00", "da2-"])
def test_an_unknown_key_names_nobody(raw):
    create_key("app")
    assert authenticate_key(raw) is None


@pytest.mark.django_db
def test_a_revoked_key_stops_at_once():
    key, raw = create_key("app")
    assert authenticate_key(raw)
    key.revoked_at = timezone.now()
    key.save()
    assert authenticate_key(raw) is None


@pytest.mark.django_db
def test_a_key_expires():
    key, raw = create_key("app", expires_days=1)
    assert key.expires_at - key.created_at == timedelta(days=1)
    key.expires_at = timezone.now()
    key.save()
    assert authenticate_key(raw) is None


@pytest.mark.django_db
@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_key_lasts_a_year_at_most(days):
    with pytest.raises(ValueError, match=r"^A key is valid for 1 to 365 days\.$"):
        create_key("app", expires_days=days)


@pytest.mark.django_db
def test_a_scope_is_one_of_two():
    with pytest.raises(ValueError, match=r"^'root' is not a scope: write full or public\.$"):
        create_key("app", scope="root")


@pytest.mark.django_db
def test_a_key_can_be_chosen():
    assert create_key("script", raw="da2-chosen")[1] == "da2-chosen"
    assert authenticate_key("da2-chosen")


@pytest.mark.django_db
def test_use_is_noted_now_and_then(django_assert_num_queries):
    _, raw = create_key("app")
    authenticate_key(raw)
    assert ApiKey.objects.get().last_used_at is not None
    forget_keys()
    with django_assert_num_queries(1):
        authenticate_key(raw)


@pytest.mark.django_db
def test_a_key_is_looked_up_once_in_a_while(django_assert_num_queries, monkeypatch):
    _, raw = create_key("app")
    assert authenticate_key(raw)
    with django_assert_num_queries(0):
        assert authenticate_key(raw)
    later = time.monotonic() + keys.TRUSTED_SECONDS + 0.1
    monkeypatch.setattr(keys, "monotonic", lambda: later)
    with django_assert_num_queries(1):
        assert authenticate_key(raw)


@pytest.mark.django_db
def test_a_key_that_another_process_revoked_stops_within_seconds(monkeypatch):
    _, raw = create_key("app")
    assert authenticate_key(raw)
    ApiKey.objects.update(revoked_at=timezone.now())
    assert authenticate_key(raw), "trusted for a moment"
    later = time.monotonic() + 5
    monkeypatch.setattr(keys, "monotonic", lambda: later)
    assert authenticate_key(raw) is None


@pytest.mark.django_db
def test_a_trusted_key_still_expires(monkeypatch):
    key, raw = create_key("app", expires_days=1)
    assert authenticate_key(raw)
    monkeypatch.setattr(keys.timezone, "now", lambda: key.expires_at)
    assert authenticate_key(raw) is None


@pytest.mark.django_db
def test_unknown_keys_are_not_remembered(django_assert_num_queries):
    assert authenticate_key("da2-later") is None
    create_key("app", raw="da2-later")
    assert authenticate_key("da2-later")


@pytest.mark.django_db
def test_the_memory_for_keys_is_bounded(monkeypatch):
    monkeypatch.setattr(keys, "TRUSTED_KEYS", 3)
    for _ in range(10):
        authenticate_key(create_key("app")[1])
    assert len(keys._trusted) <= 3


@pytest.mark.django_db
def test_revoking_twice_keeps_the_first_moment():
    key, raw = create_key("app")
    authenticate_key(raw)
    revoke_key(key)
    first = key.revoked_at
    revoke_key(key)
    assert ApiKey.objects.get().revoked_at == first
    assert authenticate_key(raw) is None


@pytest.mark.django_db
def test_a_busy_database_does_not_refuse_a_key(monkeypatch, caplog):
    _, raw = create_key("app")

    def update(*args, **kwargs):
        raise DatabaseError("locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", update)
    assert authenticate_key(raw)
    assert caplog.messages == ["The use of an API key was not noted: DatabaseError"]


def test_the_system_writes_where_nobody_else_does():
    assert current_actor() == Actor("system", "")


def test_the_actor_holds_within_the_block():
    ann, ben = Actor("user", "ann"), Actor("user", "ben")
    with acting_as(ann):
        with acting_as(ben):
            assert current_actor() == ben
        assert current_actor() == ann
    assert current_actor() == Actor("system", "")


def test_hashes_are_sha256():
    assert access.hash_key("abc").startswith("ba7816bf8f01cfea")
