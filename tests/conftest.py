"""Fixtures for every test."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, connections
from django.test import Client, override_settings

from datamodel import access, registry
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.registry import DataModel
from datamodel.schema import SchemaOptions, Source

API_KEY = "da2-tests-full-scope-key-000000000000000"


CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what drives a browser last.

    Playwright keeps an event loop running in the main thread from the first such test on, and
    no other loop can run beside it.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    if CHROMIUM is None:
        assert not os.environ.get("JOINERY_REQUIRE_ALL"), "Chromium is missing"
        pytest.skip("needs Chromium: install it (Debian: apt install chromium) to run the browser tests")
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="needs playwright: pip install -e '.[test]'"
    )
    with playwright.sync_playwright() as runner:
        chromium = runner.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Give SQLite tests a real file, as in production, without waiting for the disk."""
    settings = connections.settings["default"]
    if settings["ENGINE"].endswith("sqlite3"):
        settings["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        options = settings["OPTIONS"]
        options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
    else:
        # Creating and dropping the test database may take longer than a request's statement.
        settings["OPTIONS"]["options"] += " -c statement_timeout=60000"


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Hash passwords in a moment: the tests have nothing to protect."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


def drop_record_tables() -> None:
    """Drop every generated table; Django's flush does not know them."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if t.startswith("data_")]
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        for table in tables:
            suffix = "" if connection.vendor == "sqlite" else " CASCADE"
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{suffix}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=ON")


@pytest.fixture
def clean_tables(transactional_db: None) -> Iterator[None]:
    """A transactional database whose generated tables go away after the test."""
    from datamodel.graphql.endpoint import application

    yield
    application.close()
    access.forget_keys()
    drop_record_tables()


@pytest.fixture
def activate_schema(clean_tables: None) -> Callable[..., DataModel]:
    """Plan, migrate and activate a schema: ``activate_schema(text, name="schema.graphql", datastore=False)``."""

    def activate(text: str, name: str = "schema.graphql", **options: Any) -> DataModel:
        plan = make_plan([Source(name, text)], PlanOptions(schema=SchemaOptions(**options)))
        apply_plan(plan, allow_destructive=True)
        return registry.current()

    return activate


@pytest.fixture
def example(activate_schema: Callable[..., DataModel]) -> DataModel:
    """The bundled example, active and without records."""
    path = Path(__file__).parents[1] / "examples" / "blog.graphql"
    return activate_schema(path.read_text(), path.name)


@pytest.fixture
def api_key(clean_tables: None) -> str:
    """A key of scope full."""
    return access.create_key("tests", scope="full", raw=API_KEY)[1]


def call_asgi(
    body: bytes,
    headers: dict[str, str],
    method: str = "POST",
    path: str = "/graphql",
    query_string: bytes = b"",
    address: str = "127.0.0.1",
) -> tuple[int, dict[str, str], bytes]:
    """Send one HTTP request to the API's ASGI application: status, headers, body."""
    from datamodel.graphql.endpoint import application

    sent: list[dict[str, Any]] = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query_string,
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": (address, 1),
        "server": ("127.0.0.1", 8000),
    }
    asyncio.run(application(scope, receive, send))
    answer = {k.decode().lower(): v.decode() for k, v in sent[0]["headers"]}
    return sent[0]["status"], answer, b"".join(m.get("body", b"") for m in sent[1:])


@pytest.fixture
def gql(api_key: str) -> Callable[..., dict[str, Any]]:
    """Run a GraphQL document through the endpoint: ``gql("{ listPosts … }", id="1")`` answers the JSON body."""

    def run(query: str, /, **variables: Any) -> dict[str, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"content-type": "application/json", "x-api-key": api_key, "content-length": str(len(body))}
        status, _, answer = call_asgi(body, headers)
        assert status == 200, answer
        return json.loads(answer)

    return run


@pytest.fixture
def admin_client(clean_tables: None) -> Client:
    """A browser signed in as the administrator."""
    user = get_user_model().objects.create_superuser("admin", password="tests-Password-1")
    client = Client()
    client.force_login(user)
    return client
