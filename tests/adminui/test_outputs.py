"""The configuration files of Amplify clients."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from datamodel import access
from datamodel.models import ApiKey


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/amplify_outputs.json", "/aws-exports.json"])
def test_strangers_get_none(client, path):
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", ["/amplify_outputs.json", "/aws-exports.json"])
def test_staff_get_the_address_of_this_server_and_a_mark_for_the_key(
    admin_client, example, path, monkeypatch
):
    monkeypatch.delenv("JOINERY_API_KEY", raising=False)
    response = admin_client.get(path)
    assert response["Content-Type"] == "application/json"
    assert "no-store" in response["Cache-Control"]
    text = json.dumps(json.loads(response.content))
    assert "testserver/graphql" in text
    assert "PASTE-AN-API-KEY-HERE" in text


def test_a_key_that_works_is_written_into_the_file(admin_client, example, api_key):
    response = admin_client.post("/amplify_outputs.json", {"api_key": api_key})
    assert json.loads(response.content)["data"]["api_key"] == api_key


def key_in(response):
    return json.loads(response.content)["data"]["api_key"]


@pytest.mark.parametrize(
    "posted", [{"choice": "given", "api_key": "wrong"}, {"api_key": "wrong"}, {"choice": "given"}]
)
def test_a_key_that_does_not_work_is_told(admin_client, example, posted):
    response = admin_client.post("/amplify_outputs.json", posted, follow=True)
    assert response.redirect_chain == [("/settings/keys/", 302)]
    assert "does not work" in response.content.decode()


def test_a_new_public_key_is_made_for_the_file(admin_client, example):
    raw = key_in(admin_client.post("/amplify_outputs.json", {"choice": "new"}))
    assert access.authenticate_key(raw).scope == "public"
    assert ApiKey.objects.get().name == "app configuration"
    exports = json.loads(admin_client.post("/aws-exports.json", {"choice": "new"}).content)
    assert access.authenticate_key(exports["aws_appsync_apiKey"]).scope == "public"


def test_a_file_without_a_key_is_had_too(admin_client, example, monkeypatch):
    monkeypatch.setenv("JOINERY_API_KEY", "da2-environment")
    assert key_in(admin_client.post("/amplify_outputs.json", {"choice": "none"})) == "PASTE-AN-API-KEY-HERE"
    assert key_in(admin_client.get("/amplify_outputs.json")) == "da2-environment"


def test_looking_makes_no_key(admin_client, example):
    admin_client.get("/amplify_outputs.json?choice=new")
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("path", ["/amplify_outputs.json", "/aws-exports.json", "/settings/keys/"])
def test_who_only_edits_records_gets_no_keys(example, path):
    editor = get_user_model().objects.create_user("editor", password="tests-Password-1", is_staff=True)
    client = Client()
    client.force_login(editor)
    assert client.get(path).status_code == 403
    assert client.post(path, {"choice": "new"}).status_code == 403
    assert not ApiKey.objects.exists()
    editor.user_permissions.add(Permission.objects.get(codename="add_apikey"))
    assert client.get(path).status_code == 200


def test_the_page_of_keys_offers_the_files_and_says_what_they_open(admin_client, activate_schema):
    assert "amplify_outputs.json" not in admin_client.get("/settings/keys/").content.decode()
    activate_schema("type Post @model { id: ID! }")
    page = admin_client.get("/settings/keys/").content.decode()
    assert 'action="/amplify_outputs.json"' in page
    assert "Closed to public API keys" in page
