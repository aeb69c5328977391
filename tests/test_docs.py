"""The documentation names everything public: settings, commands, error types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from datamodel.limits import API_LIMITS, UPLOAD_LIMITS

ROOT = Path(__file__).resolve().parents[1]
DOCS = {path.name: path.read_text() for path in (ROOT / "docs").rglob("*.md")}
EVERYTHING = "\n".join([*DOCS.values(), (ROOT / "README.md").read_text()])
CODE = "\n".join(
    path.read_text() for folder in ("adminui", "datamodel") for path in (ROOT / folder).rglob("*.py")
)

READ_FROM_ENVIRONMENT = re.compile(r'(?:env_(?:flag|list|int)|environ(?:\.get)?)\W+"([A-Z][A-Z_]+)"')
ERROR_TYPE = re.compile(
    r'error_type(?:: str)? ?= ?"([A-Za-z:]+)"'
    r'|HttpRefusal\(\s*\d+,\s*"([A-Za-z]+)"'
    r'|(?:plain_entry|ApiError)\([^()]*?,\s*"([A-Z][A-Za-z]+)"\)'
)
NOT_FOR_PEOPLE = {"DJANGO_SETTINGS_MODULE": "the entry points set it themselves"}


def commands() -> list[str]:
    return sorted(path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py"))


@pytest.mark.parametrize("name", sorted(set(READ_FROM_ENVIRONMENT.findall(CODE)) - NOT_FOR_PEOPLE.keys()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS["operations.md"]


@pytest.mark.parametrize("name", API_LIMITS)
def test_every_limit_of_the_api_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS["api.md"]


@pytest.mark.parametrize("name", UPLOAD_LIMITS)
def test_every_limit_of_an_upload_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS["operations.md"]


@pytest.mark.parametrize("name", commands())
def test_every_command_is_documented(name: str) -> None:
    assert f"`{name}" in EVERYTHING or f"manage.py {name}" in EVERYTHING


@pytest.mark.parametrize(
    "name", sorted({name for found in ERROR_TYPE.findall(CODE) for name in found if name})
)
def test_every_error_type_is_documented(name: str) -> None:
    assert f"`{name}`" in DOCS["api.md"]


def test_every_link_between_the_pages_leads_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []
