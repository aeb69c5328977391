from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from datamodel import access
from datamodel.access import Actor, Caller, acting_as, authenticate_key, create_key, current_actor, may
from datamodel.models import ApiKey
from datamodel.schema.ir import AuthRule, Dialect
from tests.modelgen.schemas import model, schema


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
    with django_assert_num_queries(1):
        authenticate_key(raw)


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


FULL, PUBLIC, NOBODY = (Caller(Actor("api_key", "k"), scope) for scope in ("full", "public", "none"))
POST = model("Post")


def post(*rules: AuthRule):
    return replace(POST, auth=rules)


OPERATIONS = ["get", "list", "sync", "listen", "create", "update", "delete"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_without_a_rule_only_full_keys_have_access(operation):
    assert may(FULL, POST, operation)
    assert not may(PUBLIC, POST, operation)
    assert not may(NOBODY, POST, operation)
    assert not may(PUBLIC, post(), operation)


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("provider", [None, "apiKey"])
def test_a_public_rule_opens_a_model(operation, provider):
    assert may(PUBLIC, post(AuthRule("public", provider)), operation)
    assert not may(NOBODY, post(AuthRule("public", provider)), operation)


@pytest.mark.parametrize(
    "rule",
    [
        *[AuthRule(allow) for allow in ("owner", "private", "groups", "custom", "Public", "publicApiKey")],
        AuthRule("public", "iam"),
        AuthRule("public", "identityPool"),
    ],
)
def test_other_rules_do_not(rule):
    assert not any(may(PUBLIC, post(rule), operation) for operation in OPERATIONS)


def allowed(*operations):
    return [o for o in OPERATIONS if may(PUBLIC, post(AuthRule("public", operations=operations)), o)]


def test_a_rule_reaches_as_far_as_it_says():
    assert allowed("read") == ["get", "list", "sync", "listen"]
    assert allowed("list", "create") == ["list", "create"]
    assert allowed() == []


def test_rules_add_up():
    rules = (
        AuthRule("owner"),
        AuthRule("public", operations=("read",)),
        AuthRule("public", operations=("create",)),
    )
    assert may(PUBLIC, post(*rules), "create")
    assert not may(PUBLIC, post(*rules), "delete")


def test_a_global_rule_counts_where_the_model_has_none():
    sandbox = schema(POST, global_auth=AuthRule("public"))
    assert may(PUBLIC, POST, "delete", schema=sandbox)
    assert not may(PUBLIC, post(AuthRule("owner")), "delete", schema=sandbox)


def test_version_one_leaves_models_without_rules_open():
    first = replace(schema(POST), dialect=Dialect.V1)
    assert may(PUBLIC, POST, "delete", schema=first)
    assert not may(PUBLIC, POST, "delete", schema=schema(POST))
    assert not may(PUBLIC, post(AuthRule("owner")), "get", schema=first)


def test_hashes_are_sha256():
    assert access.hash_key("abc").startswith("ba7816bf8f01cfea")
