"""The configuration files of Amplify clients."""

from __future__ import annotations

import json

import pytest


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


def test_a_key_that_does_not_work_is_not(admin_client, example, monkeypatch):
    monkeypatch.delenv("JOINERY_API_KEY", raising=False)
    response = admin_client.post("/amplify_outputs.json", {"api_key": "wrong"})
    assert "wrong" not in response.content.decode()
