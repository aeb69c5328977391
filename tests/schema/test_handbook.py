"""The pages about dialects and problems say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from datamodel.schema.codes import Code
from datamodel.schema.dialect import Dialect
from datamodel.schema.dialects.handbook import write_page
from datamodel.schema.dialects.typescript.codes import Code as ScriptCode

DOCS = Path(__file__).resolve().parents[2] / "docs"
CODES = [str(code) for code in (*Code, *ScriptCode)]
PROBLEMS = (DOCS / "problems.md").read_text()


@pytest.mark.parametrize("dialect", Dialect)
def test_the_page_of_a_dialect_is_up_to_date(dialect):
    """If not: python -m datamodel.schema.dialects.handbook docs/dialects"""
    page = (DOCS / "dialects" / f"{dialect}.md").read_text()
    assert page == write_page(page, dialect)


def test_every_code_has_one_row_with_meaning_and_remedy():
    rows = re.findall(r"^\| `(schema\.\w+)` \| .+\. \| .+\. \|$", PROBLEMS, re.MULTILINE)
    assert sorted(rows) == sorted(CODES)


def test_no_two_problems_share_a_code():
    assert len(set(CODES)) == len(CODES)


@pytest.mark.parametrize("code", [*Code, *ScriptCode])
def test_errors_warnings_and_notes_have_the_letter_of_their_kind(code):
    assert re.fullmatch(r"schema\.[EWN]\d{3}", code)
