"""The cases of this folder: a schema each, how it is read, and the files that must come out."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from datamodel.schema import Dialect, Schema, SchemaOptions, Source, load_schema

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Case:
    """A folder with `schema.graphql` or `schema.ts` and `case.json`: dialect, DataStore switch, flags."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def schema_file(self) -> Path:
        return next(self.folder.glob("schema.*"))

    def load(self) -> Schema:
        settings = json.loads((self.folder / "case.json").read_text())
        options = SchemaOptions(datastore=settings["datastore"], flags=settings["flags"])
        source = Source(self.schema_file.name, self.schema_file.read_text())
        return load_schema([source], options, dialect=Dialect(settings["dialect"])).schema

    def check(self, name: str, made: str) -> None:
        """Compare what was made with the golden file; write it beside the old one where it differs."""
        golden = self.folder / name
        fresh = golden.with_suffix(f".new{golden.suffix}")
        expected = golden.read_text() if golden.exists() else ""
        if made == expected:
            fresh.unlink(missing_ok=True)
            return
        fresh.write_text(made)
        lines = difflib.unified_diff(
            expected.splitlines(), made.splitlines(), str(golden), str(fresh), lineterm="", n=2
        )
        pytest.fail("\n".join(lines), pytrace=False)


CASES = [Case(path.parent) for path in sorted(FOLDER.glob("*/case.json"))]
