"""What the place of a schema file tells about its dialect."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from datamodel import registry
from datamodel.migrator import apply_plan, make_plan, read_files, read_path
from datamodel.migrator.history import read_base, sources_from_json, sources_to_json
from datamodel.schema import Dialect

PLAIN = "type Note @model { id: ID! text: String }"
SECOND = "type Note @model { id: ID! text: String @index }"
API = "amplify/backend/api/notes"


def project(version):
    return json.dumps({"features": {"graphqltransformer": {"transformerversion": version}}})


CONF = json.dumps({"Version": 5, "ElasticsearchWarning": True})


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def told(sources):
    return sources[0].told and (str(sources[0].told.dialect), sources[0].told.by)


CASES = [
    ({}, None),
    ({"amplify/cli.json": project(2)}, ("v2", "'amplify/cli.json'")),
    ({"amplify/cli.json": project(1)}, ("v1", "'amplify/cli.json'")),
    ({f"{API}/transform.conf.json": CONF}, ("v1", f"'{API}/transform.conf.json'")),
    ({"amplify/cli.json": project(2), f"{API}/transform.conf.json": CONF}, ("v2", "'amplify/cli.json'")),
    ({"amplify/cli.json": "{}", f"{API}/transform.conf.json": CONF}, ("v1", f"'{API}/transform.conf.json'")),
    ({f"{API}/transform.conf.json": '{"Version": 6}'}, None),
    ({"amplify/cli.json": "no JSON"}, None),
    ({"amplify/cli.json": "[1]"}, None),
    ({"amplify/cli.json": "[" * 100_000}, None),
    ({"amplify/cli.json": '{"features": {"graphQLTransformer": {"transformerVersion": 1}}}'}, ("v1", "'amplify/cli.json'")),
    ({"cli.json": project(1)}, None),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "expected"), CASES)
def test_a_file_is_told_by_its_project(tmp_path, settings, expected):
    write(tmp_path, {f"{API}/schema.graphql": PLAIN, **settings})
    assert told(read_path(tmp_path / API / "schema.graphql")) == expected


@pytest.mark.parametrize(("settings", "expected"), CASES)
def test_a_folder_is_told_by_its_project(tmp_path, settings, expected):
    write(tmp_path, {f"{API}/schema/note.graphql": PLAIN, **settings})
    assert told(read_path(tmp_path)) == expected
    assert told(read_path(tmp_path / API)) == expected
    assert told(read_path(tmp_path / API / "schema")) == expected


@pytest.mark.parametrize(("settings", "expected"), CASES)
def test_an_archive_is_told_by_its_project(tmp_path, settings, expected):
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for name, text in {f"app/{API}/schema.graphql": PLAIN, **settings}.items():
            archive.writestr(name if name.startswith("app/") else f"app/{name}", text[:1000])
    assert told(read_path(tmp_path / "app.zip")) == expected


@pytest.mark.parametrize(("settings", "expected"), CASES)
def test_files_with_paths_are_told_by_their_project(settings, expected):
    files = {f"{API}/schema.graphql": PLAIN, **settings}
    assert told(read_files([(name, text.encode()) for name, text in files.items()])) == expected


def test_the_settings_of_an_api_do_not_outvote_its_text(tmp_path):
    """Projects of version 2 have them too."""
    write(tmp_path, {f"{API}/schema.graphql": SECOND, f"{API}/transform.conf.json": CONF})
    assert told(read_path(tmp_path / API / "schema.graphql")) is None


def test_a_folder_called_by_the_version_tells(tmp_path):
    write(tmp_path, {"v1/note.graphql": PLAIN, "v2/blog/note.graphql": PLAIN})
    assert told(read_path(tmp_path / "v1/note.graphql")) == ("v1", "the folder 'v1'")
    assert told(read_path(tmp_path / "v1")) == ("v1", "the folder 'v1'")
    assert told(read_path(tmp_path / "v2/blog")) == ("v2", "the folder 'v2'")
    assert told(read_path(tmp_path / "v2/blog/note.graphql")) is None


def test_a_relative_path_is_told_as_well(tmp_path, monkeypatch):
    write(tmp_path, {"v1/note.graphql": PLAIN})
    monkeypatch.chdir(tmp_path / "v1")
    assert told(read_path(Path("note.graphql"))) == ("v1", "the folder 'v1'")


def test_code_is_not_told(tmp_path):
    write(tmp_path, {"v1/resource.ts": "a.schema({})"})
    assert told(read_path(tmp_path / "v1/resource.ts")) is None


def test_stored_sources_keep_what_they_were_told(tmp_path):
    write(tmp_path, {"v1/note.graphql": PLAIN})
    sources = read_path(tmp_path / "v1/note.graphql")
    assert sources_from_json(json.loads(json.dumps(sources_to_json(sources)))) == sources
    assert sources_from_json([{"name": "a.graphql", "text": PLAIN}])[0].told is None


def test_a_version_keeps_its_dialect(clean_tables, tmp_path):
    write(tmp_path, {"v1/note.graphql": PLAIN})
    sources = read_path(tmp_path / "v1/note.graphql")
    apply_plan(make_plan(sources))
    assert registry.current().schema.dialect is Dialect.V1
    assert make_plan(read_base().sources).is_empty


@pytest.mark.parametrize(
    ("flags", "found"),
    [
        ({"transformerversion": 2}, {}),
        ({"enableautoindexquerynames": False}, {"enableAutoIndexQueryNames": False}),
        (
            {"addmissingownerfields": True, "enableAutoIndexQueryNames": True, "improvepluralization": "yes"},
            {
                "respectPrimaryKeyAttributesOnConnectionField": False,
                "enableAutoIndexQueryNames": True,
                "shouldDeepMergeDirectiveConfigDefaults": False,
            },
        ),
    ],
)
def test_the_settings_of_a_project_tell_its_flags(tmp_path, flags, found):
    folder = tmp_path / "amplify"
    folder.mkdir()
    (folder / "cli.json").write_text(json.dumps({"features": {"graphqltransformer": flags}}))
    (folder / "schema.graphql").write_text("type Note @model { id: ID! }")
    sources = read_path(folder)
    assert dict(sources[0].flags) == found
    assert sources_from_json(sources_to_json(sources)) == sources
