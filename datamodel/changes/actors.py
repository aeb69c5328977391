"""Who is in the change log."""

from __future__ import annotations

from django.db import connection

from datamodel.access import Actor
from datamodel.models import Change

__all__ = ["logged_actors"]


def logged_actors() -> list[Actor]:
    """Return everybody who ever wrote, by kind and name; a probe of an index for each."""
    table = connection.ops.quote_name(Change._meta.db_table)
    sql = f"""
        WITH RECURSIVE walk(id) AS (
            SELECT (SELECT c.id FROM {table} c ORDER BY c.actor_kind, c.actor LIMIT 1)
            UNION ALL
            SELECT (SELECT c.id FROM {table} c
                WHERE (c.actor_kind, c.actor) > (SELECT p.actor_kind, p.actor FROM {table} p WHERE p.id = walk.id)
                ORDER BY c.actor_kind, c.actor LIMIT 1)
            FROM walk WHERE walk.id IS NOT NULL
        )
        SELECT c.actor_kind, c.actor FROM walk JOIN {table} c ON c.id = walk.id
        ORDER BY c.actor_kind, c.actor"""  # noqa: S608 (names only)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [Actor(kind, name) for kind, name in cursor.fetchall()]
