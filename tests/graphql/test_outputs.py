"""The configuration of Amplify clients, and the commands that print it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from datamodel import access
from datamodel.graphql.outputs import amplify_outputs, aws_exports
from datamodel.registry import DataModel

from .schemas import READING, TEAM

Build = Callable[..., DataModel]


def test_outputs_hold_what_the_client_reads(data_model: Build) -> None:
    outputs = amplify_outputs(data_model(TEAM), "https://joinery.example/graphql", "da2-key")
    assert outputs["version"].startswith("1")
    data = dict(outputs["data"])
    assert data.pop("model_introspection")["models"].keys() == {"Team", "Member", "Task", "Badge"}
    assert data == {
        "url": "https://joinery.example/graphql",
        "aws_region": "us-east-1",
        "api_key": "da2-key",
        "default_authorization_type": "API_KEY",
        "authorization_types": [],
    }


def test_a_plain_address_is_written_so_that_subscriptions_stay_plain(data_model: Build) -> None:
    outputs = amplify_outputs(data_model(TEAM), "http://localhost:8000/graphql", "da2-key")
    assert outputs["data"]["url"] == "HTTP://localhost:8000/graphql"


def test_aws_exports_serve_older_clients(data_model: Build) -> None:
    exports = aws_exports(data_model(TEAM), "http://localhost:8000/graphql", "da2-key")
    assert exports["aws_appsync_apiKey"] == "da2-key"
    assert exports["aws_appsync_dangerously_connect_to_http_endpoint_for_testing"] is True
    assert exports["aws_project_region"] == exports["aws_appsync_region"]


def test_the_commands_print_json(activate_schema: Build, capsys: pytest.CaptureFixture[str]) -> None:
    activate_schema(TEAM)
    call_command("amplifyoutputs", url="https://joinery.example/graphql")
    assert json.loads(capsys.readouterr().out)["data"]["url"] == "https://joinery.example/graphql"
    call_command("amplifyoutputs", gen1=True)
    assert "aws_appsync_graphqlEndpoint" in json.loads(capsys.readouterr().out)
    call_command("printintrospection")
    assert json.loads(capsys.readouterr().out)["version"] == 1


def test_a_new_key_for_the_file_is_public(activate_schema: Build, capsys: pytest.CaptureFixture[str]) -> None:
    activate_schema(TEAM)
    call_command("amplifyoutputs", new_key=True)
    out, err = capsys.readouterr()
    caller = access.authenticate_key(json.loads(out)["data"]["api_key"])
    assert caller is not None
    assert caller.scope == "public"
    assert "scope public" in err


def test_a_key_is_put_in_and_what_it_opens_is_told(
    activate_schema: Build, api_key: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    activate_schema(TEAM)
    call_command("amplifyoutputs", key=api_key)
    out, err = capsys.readouterr()
    assert json.loads(out)["data"]["api_key"] == api_key
    assert "scope full" in err
    monkeypatch.delenv("JOINERY_API_KEY", raising=False)
    call_command("amplifyoutputs")
    out, err = capsys.readouterr()
    assert json.loads(out)["data"]["api_key"] == "PASTE-AN-API-KEY-HERE"
    assert "no key that works" in err


def test_introspection_of_a_file_needs_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "schema.graphql"
    file.write_text(READING)
    call_command("printintrospection", str(file))
    assert json.loads(capsys.readouterr().out)["models"].keys() == {"Reading"}


def test_without_a_schema_there_are_no_outputs(clean_tables: None) -> None:
    with pytest.raises(CommandError, match="No schema is active"):
        call_command("amplifyoutputs")
