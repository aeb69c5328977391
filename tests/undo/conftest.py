"""Records to undo, and what the tests look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from datamodel import records
from datamodel.modelgen import Record
from datamodel.models import Change
from datamodel.registry import DataModel
from tests.records.schemas import BLOG

Everything = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(params=[False, True], ids=["plain", "datastore"])
def datastore(request: pytest.FixtureRequest) -> bool:
    """Both positions of the DataStore switch."""
    return request.param


@pytest.fixture
def blog(activate_schema: Callable[..., DataModel], datastore: bool) -> DataModel:
    return activate_schema(BLOG, datastore=datastore)


def everything(datamodel: DataModel) -> Everything:
    """All live records with their values, in the order of creation."""
    return {
        (name, record.url_key): record.values()
        for name, model in datamodel.models.items()
        for record in model.objects.order_by("joinery_pk")
    }


def last_group() -> UUID:
    return Change.objects.order_by("-id")[0].group


def last_change(model: str | None = None) -> Change:
    changes = Change.objects.order_by("-id")
    return (changes if model is None else changes.filter(model=model))[0]


def create(datamodel: DataModel, model: str, **values: Any) -> Record:
    return records.create(datamodel, model, values)
