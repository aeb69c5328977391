"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from adminui.models import LoginFailure

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "a-Password-of-tests-1"


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("nadia", password=PASSWORD, is_staff=True)


def sign_in(client: Client, name="nadia", password=PASSWORD, **more):
    return client.post("/accounts/login/", {"username": name, "password": password, **more})


def test_staff_sign_in_and_go_home(client, staff):
    response = sign_in(client)
    assert (response.status_code, response["Location"]) == (302, "/")


def test_signing_in_starts_a_new_session(client, staff):
    client.get("/accounts/login/")
    session = client.session
    session["seen"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before


def test_it_goes_on_to_the_page_that_was_asked_for(client, staff):
    page = client.get("/schema/versions/")
    assert page["Location"] == "/accounts/login/?next=/schema/versions/"
    assert sign_in(client, next="/schema/versions/")["Location"] == "/schema/versions/"


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_goes_on_to_its_own_host_only(client, staff, next_page):
    assert sign_in(client, next=next_page)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(client, staff):
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, name="nobody", password="wrong")
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.context["problem"] == unknown.context["problem"]


def test_a_user_who_is_no_staff_is_refused_in_the_same_words(client, staff):
    get_user_model().objects.create_user("guest", password=PASSWORD)
    refused, wrong = sign_in(client, name="guest"), sign_in(client, password="wrong")
    assert refused.status_code == 422
    assert refused.context["problem"] == wrong.context["problem"]


def test_the_name_is_kept_and_the_password_is_not(client, staff):
    page = sign_in(client, password="wrong-and-secret").content.decode()
    assert 'value="nadia"' in page
    assert "wrong-and-secret" not in page


@pytest.mark.parametrize("name", ["nadia", "nobody"])
def test_the_eleventh_attempt_has_to_wait_whether_the_account_exists_or_not(client, staff, name):
    for _ in range(10):
        assert sign_in(client, name=name, password="wrong").status_code == 422
    refused = sign_in(client, name=name)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "900"
    assert "Too many failed attempts" in refused.content.decode()


def test_an_account_is_protected_from_many_addresses(staff):
    for host in range(10):
        sign_in(Client(REMOTE_ADDR=f"10.0.0.{host}"), password="wrong")
    assert sign_in(Client(REMOTE_ADDR="10.9.9.9")).status_code == 429


def test_an_address_is_slowed_down_over_many_accounts(client, staff):
    for number in range(10):
        sign_in(client, name=f"user{number}", password="wrong")
    assert sign_in(client).status_code == 429
    assert sign_in(Client(REMOTE_ADDR="10.9.9.9")).status_code == 302


def test_failures_are_forgotten_after_a_quarter_of_an_hour(client, staff):
    for _ in range(10):
        sign_in(client, password="wrong")
    LoginFailure.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_a_success_forgets_the_failures_of_the_account(client, staff):
    for _ in range(9):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 302
    assert sign_in(Client(REMOTE_ADDR="10.1.1.1"), password="wrong").status_code == 422


def test_waiting_is_not_made_longer_by_trying(client, staff):
    for _ in range(10):
        sign_in(client, password="wrong")
    before = LoginFailure.objects.count()
    sign_in(client, password="wrong")
    assert LoginFailure.objects.count() == before


def test_a_proxy_is_believed_only_where_it_is_trusted(staff, settings):
    def failures_from(address):
        client = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"1.1.1.1, {address}"})
        return sign_in(client, name=f"at {address}", password="wrong").status_code

    for number in range(10):
        failures_from(f"192.0.2.{number}")
    assert failures_from("192.0.2.99") == 429
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    assert failures_from("192.0.2.98") == 422


def test_signing_out_needs_a_post(client, staff):
    sign_in(client)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
    assert client.get("/schema/").status_code == 302


def test_names_are_kept_as_digests_only(client, staff):
    sign_in(client, name="my-secret-password", password="wrong")
    assert all(len(subject) == 64 for subject in LoginFailure.objects.values_list("subject", flat=True))
