"""The configuration files of Amplify clients: `amplify_outputs.json` and aws-exports."""

from __future__ import annotations

from typing import Any

from datamodel.graphql.introspection import introspect
from datamodel.registry import DataModel

__all__ = ["amplify_outputs", "aws_exports", "client_url"]

REGION = "us-east-1"
"""Clients want a region; nothing of ours depends on it."""


def client_url(url: str) -> str:
    """Return the address as clients need it.

    The JavaScript client opens `wss://` for an `http://` address, whatever listens there. It looks for
    lower case only: `HTTP://` makes it open `ws://`.
    """
    return "HTTP://" + url[len("http://") :] if url.startswith("http://") else url


def amplify_outputs(datamodel: DataModel, url: str, api_key: str) -> dict[str, Any]:
    """Return `amplify_outputs.json` for version 6 clients, the model introspection included."""
    return {
        "version": "1.4",
        "data": {
            "url": client_url(url),
            "aws_region": REGION,
            "api_key": api_key,
            "default_authorization_type": "API_KEY",
            "authorization_types": [],
            "model_introspection": introspect(datamodel.schema),
        },
    }


def aws_exports(datamodel: DataModel, url: str, api_key: str) -> dict[str, Any]:
    """Return aws-exports for clients of every generation."""
    return {
        "aws_project_region": REGION,
        "aws_appsync_graphqlEndpoint": client_url(url),
        "aws_appsync_region": REGION,
        "aws_appsync_authenticationType": "API_KEY",
        "aws_appsync_apiKey": api_key,
        "aws_appsync_dangerously_connect_to_http_endpoint_for_testing": url.lower().startswith("http://"),
        "modelIntrospection": introspect(datamodel.schema),
    }
