"""Pages for what went wrong."""

from __future__ import annotations

import pytest


@pytest.mark.django_db
def test_a_stranger_gets_a_plain_page_for_an_unknown_address(client):
    response = client.get("/nothing/here")
    assert response.status_code == 404
    page = response.content.decode()
    assert "There is nothing here" in page
    assert "Models" not in page


def test_staff_get_the_models_to_go_on_from(admin_client, example):
    page = admin_client.get("/nothing/here").content.decode()
    assert 'href="/data/Post/"' in page


def test_an_unknown_model_is_named(admin_client, example):
    response = admin_client.get("/data/Ghost/")
    assert response.status_code == 404
    page = response.content.decode()
    assert "There is no model 'Ghost'" in page
    assert 'href="/data/Post/"' in page


def test_an_unknown_record_gives_a_way_back(admin_client, example):
    response = admin_client.get("/data/Post/none/")
    assert response.status_code == 404
    assert 'href="/data/Post/"' in response.content.decode()


def test_an_unexpected_failure_tells_nothing_of_itself(admin_client, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr("adminui.views.home.render", fail)
    admin_client.raise_request_exception = False
    response = admin_client.get("/")
    assert response.status_code == 500
    page = response.content.decode()
    assert "Something failed on our side" in page
    assert "a secret" not in page


def test_a_host_that_is_not_ours_is_refused(admin_client):
    assert admin_client.get("/", headers={"Host": "evil.example"}).status_code == 400
