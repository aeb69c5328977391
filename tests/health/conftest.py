"""What the tests of data health look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel.health import Answer, apply_fix, check_data, find_check, find_fix
from datamodel.health.check import Check
from datamodel.registry import DataModel
from tests.records.schemas import BLOG


@pytest.fixture
def blog(activate_schema: Callable[..., DataModel]) -> DataModel:
    """Post and Comment, without DataStore: what is deleted is gone."""
    return activate_schema(BLOG, datastore=False)


@pytest.fixture
def synced_blog(activate_schema: Callable[..., DataModel]) -> DataModel:
    """Post and Comment, with DataStore: what is deleted leaves a tombstone."""
    return activate_schema(BLOG, datastore=True)


def found(datamodel: DataModel) -> dict[str, int]:
    """How many records break each promise, by code and subject."""
    report = check_data(datamodel)
    assert report.unchecked == ()
    return {f"{f.check.code} {f.check.subject}": f.counted.count for f in report.findings}


def the_check(datamodel: DataModel, name: str) -> Check:
    """Return a check by ``H001 Comment.post``."""
    check = find_check(datamodel, *name.split(" "))
    assert check is not None, name
    return check


def offenders(datamodel: DataModel, name: str) -> list[str]:
    """The URL keys of the records that break a promise."""
    return [record.url_key for record in the_check(datamodel, name).offenders(100)]


def fix(datamodel: DataModel, name: str, fix_name: str, keys: list[str] | None = None, **answer: Any) -> int:
    """Apply a fix to the records of a check, all or those that ``keys`` name."""
    chosen = find_fix(the_check(datamodel, name), fix_name)
    assert chosen is not None, fix_name
    assert (chosen.refusal if keys else chosen.refusal_for_many) == ""
    return apply_fix(chosen, Answer(**answer), keys)
