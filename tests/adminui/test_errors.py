"""Pages for what went wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import ProgrammingError


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


@pytest.mark.parametrize(
    ("method", "address", "sentence"),
    [
        ("get", "/schema/upload/?edit=7", "There is no schema version 7."),
        ("post", "/settings/keys/7/revoke/", "There is no such key."),
    ],
)
def test_what_is_missing_is_said_in_our_words(admin_client, example, method, address, sentence):
    response = getattr(admin_client, method)(address)
    assert response.status_code == 404
    assert sentence in response.content.decode()


def test_an_unexpected_failure_is_in_the_log_of_the_server():
    fail = "logging.getLogger('django.request').error('what went wrong')"
    script = f"import logging, django; django.setup(); {fail}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "adminui.settings", "DEBUG": "0"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert "what went wrong" in done.stderr


def test_a_page_that_reads_while_the_schema_changes_says_so(admin_client, activate_schema, monkeypatch):
    def fail(request, *args, **kwargs):
        assert request.datamodel.version == 1
        activate_schema("type Post @model { id: ID! }")
        raise ProgrammingError("column does not exist")

    activate_schema("type Tag @model { id: ID! }")
    monkeypatch.setattr("adminui.views.home.render", fail)
    response = admin_client.get("/")
    assert response.status_code == 409
    assert "The schema changed meanwhile" in response.content.decode()
