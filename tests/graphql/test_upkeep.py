"""The connection of a thread between its requests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

from datamodel.graphql.upkeep import after_request, before_request

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="on PostgreSQL connections go back to the pool"),
]


def request():
    before_request()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    after_request()
    return connection.connection


def test_a_connection_is_kept():
    first = request()
    assert first is not None
    assert request() is first


def test_a_connection_to_another_file_is_not_kept(monkeypatch, tmp_path):
    first = request()
    other = tmp_path / "other.sqlite3"
    other.touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", str(other))
    assert request() is not first
    os.replace(_copy(other), other)
    second = connection.connection
    assert request() is not second
    connection.close()


def _copy(path: Path) -> Path:
    copy = path.with_suffix(".copy")
    copy.write_bytes(path.read_bytes())
    return copy


def test_a_broken_connection_is_not_kept(monkeypatch):
    first = request()
    connection.errors_occurred = True
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    after_request()
    assert connection.connection is None
    monkeypatch.undo()
    assert request() is not first
