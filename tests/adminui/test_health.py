"""Liveness and readiness."""

from __future__ import annotations

import pytest
from django.db import OperationalError


def test_liveness_asks_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_ready_when_the_database_answers(client):
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_it_is_not_ready_while_the_database_is_away(client, monkeypatch):
    def away():
        raise OperationalError("no route to 10.0.0.7 as joinery_user")

    monkeypatch.setattr("datamodel.registry.active_version", away)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert b"10.0.0.7" not in response.content


def test_health_is_told_to_any_host_name(client):
    assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).status_code == 200
