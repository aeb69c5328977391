"""Which dialect the place of a schema tells: the settings of its Amplify project, or a folder's name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath
from typing import Any

from datamodel.schema.dialect import Dialect, ToldDialect
from datamodel.schema.flags import Flag

__all__ = ["SETTINGS_FILES", "find_flags", "find_told_dialect"]

PROJECT_SETTINGS = "cli.json"
API_SETTINGS = "transform.conf.json"
SETTINGS_FILES = frozenset({PROJECT_SETTINGS, API_SETTINGS})
PROJECT_FOLDER = "amplify"
OLDEST_FLAG = "addmissingownerfields"
"""In every list of flags that the CLI ever wrote."""
LAST_OF_VERSION_1 = 5
VERSIONS = {1: Dialect.V1, 2: Dialect.V2}
FOLDERS = {"v1": Dialect.V1, "v2": Dialect.V2}

ReadFile = Callable[[PurePath], bytes | None]
"""Return what a file holds, None where there is none."""


def find_told_dialect(
    path: PurePath, folders: Iterable[str], read: ReadFile, *, is_ambiguous: bool
) -> ToldDialect | None:
    """Return what tells the dialect of the schema file at ``path``, None where nothing does.

    ``folders`` are the names of the folders that may tell it, the nearest first. Projects of version 2
    keep a ``transform.conf.json`` of version 1 too: it only settles a text that leaves it open.
    """
    return (
        _find_project(path, read)
        or (_find_api(path, read) if is_ambiguous else None)
        or next(
            (ToldDialect(FOLDERS[name], f"the folder '{name}'") for name in folders if name in FOLDERS), None
        )
    )


def find_flags(path: PurePath, read: ReadFile) -> tuple[tuple[str, bool], ...]:
    """Return the flags in the settings of the project that the schema file at ``path`` belongs to.

    A flag that is missing from a list that the CLI wrote came after the project: it is off then.
    """
    for _, data in _settings(path, PROJECT_SETTINGS, read):
        flags = _get(data, "features", "graphqltransformer")
        if isinstance(flags, dict):
            given = {flag: _get(flags, flag.lower()) for flag in Flag}
            missing = False if _get(flags, OLDEST_FLAG) is not None else None
            found = {flag: missing if value is None else value for flag, value in given.items()}
            return tuple((flag.value, value) for flag, value in found.items() if isinstance(value, bool))
    return ()


def _find_project(path: PurePath, read: ReadFile) -> ToldDialect | None:
    """Ask the project's settings for the version of the transformer."""
    for settings, data in _settings(path, PROJECT_SETTINGS, read):
        version = _get(data, "features", "graphqltransformer", "transformerversion")
        if isinstance(version, int) and version in VERSIONS:
            return ToldDialect(VERSIONS[version], f"'{_short(settings)}'")
    return None


def _find_api(path: PurePath, read: ReadFile) -> ToldDialect | None:
    """Ask the API's own settings, which projects had before the project's."""
    for settings, data in _settings(path, API_SETTINGS, read):
        version = _get(data, "version")
        if isinstance(version, int) and version <= LAST_OF_VERSION_1:
            return ToldDialect(Dialect.V1, f"'{_short(settings)}'")
    return None


def _settings(path: PurePath, name: str, read: ReadFile) -> Iterator[tuple[PurePath, Any]]:
    """The settings called ``name`` beside the schema and above it, up to the folder ``amplify``."""
    if PROJECT_FOLDER not in path.parts[:-1]:
        return
    for folder in path.parents:
        content = read(folder / name)
        if content is not None:
            yield folder / name, _parse(content)
        if folder.name == PROJECT_FOLDER:
            return


def _parse(content: bytes) -> Any:
    """Return JSON; settings that cannot be read tell nothing."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _get(data: Any, *keys: str) -> Any:
    """Look keys up one in the other; Amplify wrote them in several letter cases."""
    for key in keys:
        if not isinstance(data, dict):
            return None
        data = next((value for name, value in data.items() if name.lower() == key), None)
    return data


def _short(path: PurePath) -> str:
    """The path from the folder ``amplify`` on."""
    start = len(path.parts) - 1 - path.parts[::-1].index(PROJECT_FOLDER)
    return "/".join(path.parts[start:])
