"""What holds for every page."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from datamodel import registry
from datamodel.records import DatabaseBusy

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/data/Post/?rating__gte=3"}
OPEN = {"login", "logout", "healthz", "readyz"}


def all_patterns(patterns, prefix=""):
    for pattern in patterns:
        match pattern:
            case URLResolver():
                yield from all_patterns(pattern.url_patterns, prefix + str(pattern.pattern))
            case URLPattern():
                yield pattern


def test_every_page_but_the_open_ones_needs_a_sign_in():
    for pattern in all_patterns(get_resolver().url_patterns):
        is_open = not getattr(pattern.callback, "login_required", True)
        assert is_open == (pattern.name in OPEN), pattern.name


@pytest.mark.django_db
def test_a_stranger_is_sent_to_sign_in(client):
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


@pytest.mark.django_db
def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client):
    response = client.get("/", headers=HTMX)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/data/Post/%3Frating__gte%3D3"


@pytest.mark.django_db(transaction=True)
def test_a_user_who_is_no_staff_is_told_and_can_sign_out(client):
    client.force_login(get_user_model().objects.create_user("guest"))
    response = client.get("/")
    assert response.status_code == 403
    assert "You may not do this" in response.content.decode()
    assert client.post("/accounts/logout/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/nothing/here", "/healthz"])
def test_every_answer_carries_the_strict_headers(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_differ_for_htmx_and_are_not_shared(admin_client):
    headers = admin_client.get("/").headers
    assert "HX-Request" in headers["Vary"]
    assert "private" in headers["Cache-Control"]


def test_a_form_without_token_is_refused_and_says_why(admin_client):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin_client.cookies
    response = strict.post("/settings/keys/", {"name": "x"})
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()


@pytest.mark.parametrize("failure", [OperationalError("away"), DatabaseBusy()])
def test_a_database_that_is_away_answers_503(admin_client, monkeypatch, failure):
    monkeypatch.setattr("adminui.views.schema.versions", fail := raising(failure))
    monkeypatch.setattr(resolved("schema_versions"), "callback", fail)
    response = admin_client.get("/schema/versions/")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "The database does not answer" in response.content.decode()


def test_a_replaced_schema_answers_409(admin_client, monkeypatch):
    monkeypatch.setattr(resolved("schema_versions"), "callback", raising(registry.SchemaChanged(2)))
    response = admin_client.get("/schema/versions/")
    assert response.status_code == 409
    assert "The schema changed meanwhile" in response.content.decode()


def test_a_replaced_schema_tells_a_part_of_a_page_in_the_messages(admin_client, monkeypatch):
    monkeypatch.setattr(resolved("schema_versions"), "callback", raising(registry.SchemaChanged(2)))
    response = admin_client.get("/schema/versions/", headers=HTMX)
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#messages"
    assert "<html" not in response.content.decode()


def test_a_database_away_before_the_sign_in_is_known_answers_503(client, monkeypatch):
    def no_session(*args, **kwargs):
        raise OperationalError("away")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", no_session)
    client.cookies["sessionid"] = "a" * 32
    client.raise_request_exception = False
    assert client.get("/").status_code == 503


def raising(failure):
    def view(request, *args, **kwargs):
        raise failure

    return view


def resolved(name):
    return next(p for p in all_patterns(get_resolver().url_patterns) if p.name == name)


def test_a_body_larger_than_any_page_takes_is_refused_unread(client, settings):
    settings.IMPORT_MAX_BYTES = 1000
    response = client.post("/accounts/login/", {"username": "a" * 2000})
    assert response.status_code == 413
    assert "This is too large" in response.content.decode()


@pytest.mark.parametrize(
    "address",
    ["/data/%00/", "/data/Post/%00/", "/data/Post/%00/delete/", "/data/Post/%00/history/", "/activity/%00/"],
)
def test_an_address_with_a_null_leads_nowhere(example, admin_client, address):
    assert admin_client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/data/Post/?q=%00",
        "/data/Post/?title=%00",
        "/data/Post/?author=%00",
        "/data/Post/?_sort=%00",
        "/data/Post/options/?_by=author&q=%00",
        "/data/Post/new/?author=%00&title=%00",
        "/activity/?model=%00&actor=%00&action=%00&q=%00&_after=%00&from=%00",
        "/trash/?q=%00&model=%00&_before=%00",
        "/data/Post/p/history/?_before=%00",
        "/schema/relationships/?q=%00",
        "/schema/upload/?edit=%00",
        "/health/data/?_page=%00",
    ],
)
def test_a_query_with_a_null_is_no_failure(example, admin_client, address):
    assert admin_client.get(address).status_code in (200, 302, 404)


def test_a_cookie_with_a_null_is_none(client):
    client.cookies["sessionid"] = "a\x00b"
    assert client.get("/").status_code == 302
