"""The snippets for Amplify's own clients, run in them: the data client against a server, DataStore by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from datamodel.graphql.outputs import amplify_outputs, client_url
from datamodel.graphql.snippets import Client
from datamodel.registry import DataModel
from datamodel.schema import LoadedSchema, Source, load_schema
from datamodel.schema.ir import Dialect
from tests.clients.conftest import replace_schema
from tests.clients.stories import stories_of
from tests.graphql.relationship_schemas import SCHEMAS
from tests.server import API_KEY, ROOT, Server

FILES = [ROOT / "examples" / "blog.graphql", *sorted((ROOT / "tests" / "data" / "documents").iterdir())]
TEXTS = {file.stem: (file.name, file.read_text()) for file in FILES} | SCHEMAS
SYNCED = ["blog", "000-editors", "002-comments", "003-oneone-v1", "alone", "composite", "self"]
"""Those that DataStore syncs in the tests: one of each kind."""

pytestmark = [pytest.mark.slow, pytest.mark.clients]


def load(name: str) -> LoadedSchema:
    file, text = TEXTS[name]
    return load_schema([Source(file, text)])


def run_jobs(run_node: Callable[..., str], script: str, jobs: Any, folder: Path) -> list[dict[str, Any]]:
    """Run a script over jobs; answer the JSON lines it prints."""
    file = folder / "jobs.json"
    file.write_text(json.dumps(jobs))
    return [json.loads(line) for line in run_node(script, str(file)).splitlines() if line.startswith("{")]


def assert_all_ran(answers: list[dict[str, Any]], expected: set[tuple[str, str]]) -> None:
    wrong = [
        f"{each.get('schema', '')} {each['link']}: {each['error']}" for each in answers if "error" in each
    ]
    assert not wrong, "\n\n".join(wrong)
    assert {(each.get("schema", ""), each["link"]) for each in answers} == expected


def datastore_job(name: str) -> dict[str, Any]:
    schema = load(name).schema
    stories = list(stories_of(schema, Client.DATASTORE))
    return {"name": name, "text": TEXTS[name][1], "dialect": str(schema.dialect), "stories": stories}


def told_links(*jobs: dict[str, Any]) -> set[tuple[str, str]]:
    return {(job["name"], story["link"]) for job in jobs for story in job["stories"]}


def test_every_datastore_snippet_does_what_it_says(run_node: Callable[..., str], tmp_path: Path) -> None:
    jobs = [datastore_job(name) for name in TEXTS]
    assert_all_ran(run_jobs(run_node, "snippets_datastore.mjs", jobs, tmp_path), told_links(*jobs))


@pytest.mark.parametrize("name", TEXTS)
def test_every_data_client_snippet_does_what_it_says(
    run_node: Callable[..., str], server: Server, tmp_path: Path, name: str
) -> None:
    replace_schema(server, *TEXTS[name])
    schema = load(name).schema
    outputs = amplify_outputs(DataModel.build(schema), f"{server.url}/graphql", API_KEY)
    stories = list(stories_of(schema, Client.DATA))
    answers = run_jobs(run_node, "snippets_data.mjs", {"outputs": outputs, "stories": stories}, tmp_path)
    assert_all_ran(answers, {("", story["link"]) for story in stories})


@pytest.mark.parametrize("name", SYNCED)
def test_the_datastore_snippets_do_the_same_while_it_syncs(
    run_node: Callable[..., str], server: Server, tmp_path: Path, name: str
) -> None:
    replace_schema(server, *TEXTS[name])
    job = datastore_job(name)
    answers = run_jobs(
        run_node,
        "snippets_datastore.mjs",
        [job | {"server": {"url": client_url(f"{server.url}/graphql"), "apiKey": API_KEY}}],
        tmp_path,
    )
    assert_all_ran(answers, told_links(job))


def test_the_dialects_of_the_schemas_are_all_there() -> None:
    assert {load(name).schema.dialect for name in TEXTS} == set(Dialect)
