"""Django's settings for the rivals built on it: persistent connections, no middleware, nothing that is not needed.

`BENCH_DATABASE` names the limit's database, `BENCH_PEER` the module whose API is served.
"""

from __future__ import annotations

import os
from typing import Any

import dj_database_url

DATABASE = os.environ["BENCH_DATABASE"]
PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA cache_size=-65536;PRAGMA mmap_size=268435456;PRAGMA temp_store=MEMORY;"
)


def database() -> dict[str, Any]:
    if not DATABASE.startswith("postgres"):
        options: dict[str, Any] = {"transaction_mode": "IMMEDIATE", "init_command": PRAGMAS}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": DATABASE, "OPTIONS": options}
    # Django leaves prepared statements off, for the sake of poolers between it and the database.
    return dj_database_url.parse(DATABASE) | {
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 1},
    }


SECRET_KEY = "for a benchmark that signs nothing"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {"default": database() | {"CONN_MAX_AGE": None}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["bench.api.peers"]
LOGGING_CONFIG = None
MIDDLEWARE: list[str] = []
ROOT_URLCONF = f"bench.api.peers.{os.environ['BENCH_PEER']}"
USE_TZ = True
