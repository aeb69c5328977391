"""The code of the documents behind Joinery, as it is written there, in the stock DataStore that it was written for.

A snippet stands in a function of its own, word for word and with the document's indentation; the records whose
ids it names are there before. Documents 000 and 001 show schemas and tell what to do with them; their code is ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datamodel.schema import Source, load_schema
from tests.clients.conftest import FOLDER, missing, replace_schema
from tests.server import API_KEY, ROOT, Server

pytestmark = [pytest.mark.slow, pytest.mark.clients]

SCHEMAS = ROOT / "tests" / "data" / "documents"
SCRIPTS = FOLDER / "documents"
RUNS = [
    ("000_comments", "000-comments", "v4"),
    ("001_comments", "001-comments-index", "v6"),
    ("001_editors", "001-editors", "v6"),
    ("002_comments", "002-comments", "v4"),
    ("002_editors", "000-editors", "v4"),
    ("003_one_to_one", "003-oneone-v1", "v4"),
    ("003_one_to_one", "003-oneone-v2", "v4"),
    ("003_one_to_many", "003-onemany-v1", "v4"),
    ("003_one_to_many", "003-onemany-v2", "v4"),
    ("003_many_to_many", "003-manymany-v1", "v4"),
    ("003_many_to_many", "003-manymany-v2", "v4"),
]
"""A script, the schema it is about, and the generation of Amplify that the document was written for."""


def read(name: str) -> str:
    return (SCHEMAS / f"{name}.graphql").read_text()


@pytest.fixture(scope="module")
def models(run_node: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Amplify's generator makes of each schema."""
    file = tmp_path_factory.mktemp("models") / "jobs.json"
    schemas = {name: load_schema([Source(name, read(name))]).schema for _, name, _ in RUNS}
    jobs = {name: {"text": read(name), "dialect": str(schema.dialect)} for name, schema in schemas.items()}
    file.write_text(json.dumps(jobs))
    return dict(json.loads(run_node("generate.mjs", str(file))))


@pytest.mark.parametrize(("script", "name", "generation"), RUNS)
def test_a_document_does_what_it_says(
    run_node: Callable[..., str],
    server: Server,
    models: dict[str, Any],
    tmp_path: Path,
    script: str,
    name: str,
    generation: str,
) -> None:
    if generation == "v4" and not (FOLDER / "v4" / "node_modules").is_dir():
        missing("needs the older DataStore: run 'npm ci' in tests/clients/v4")
    replace_schema(server, name, read(name))
    settings = {
        "url": f"{server.url}/graphql",
        "apiKey": API_KEY,
        "generation": generation,
        "schema": models[name],
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    path = SCRIPTS / f"{script}.mjs"
    results = json.loads(run_node(str(path), str(tmp_path / "settings.json")))
    assert [each["name"] for each in results] == re.findall(
        r"^check\(\"(.+)\", async", path.read_text(), re.MULTILINE
    )
    assert {each["name"]: each["error"] for each in results if each["error"]} == {}


def test_every_script_is_run() -> None:
    named = {f"{script}.mjs" for script, _, _ in RUNS}
    assert named == {path.name for path in SCRIPTS.glob("0*.mjs")}
