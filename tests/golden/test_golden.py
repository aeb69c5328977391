"""Golden files: what comes out of a schema of each kind is what came out before.

A mismatch shows a diff and writes the new file beside the old: `api.new.graphql`. Where the new one is
right, rename it. `python -m bench.parity ORACLE golden` compares the golden files with the official tool.
"""

from __future__ import annotations

import json

import pytest

from datamodel.graphql.introspection import introspect
from datamodel.graphql.schema import build_api
from datamodel.registry import DataModel

from .cases import CASES, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@every_case
def test_the_api_is_the_golden_one(case: Case) -> None:
    case.check("api.graphql", build_api(DataModel.build(case.load())).print_sdl() + "\n")


@every_case
def test_the_introspection_is_the_golden_one(case: Case) -> None:
    case.check("introspection.json", json.dumps(introspect(case.load()), indent=1) + "\n")


def test_a_mismatch_shows_a_diff_and_writes_the_new_file(tmp_path) -> None:
    (tmp_path / "api.graphql").write_text("type A\n")
    with pytest.raises(pytest.fail.Exception, match=r"(?s)-type A.*\+type B"):
        Case(tmp_path).check("api.graphql", "type B\n")
    assert (tmp_path / "api.new.graphql").read_text() == "type B\n"
    Case(tmp_path).check("api.graphql", "type A\n")
    assert not (tmp_path / "api.new.graphql").exists()
