"""Records to write, and what the tests look at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel import records
from datamodel.modelgen import Record
from datamodel.modelgen.references import identifier_of
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.schema.ir import Link
from tests.records.schemas import BLOG


@pytest.fixture
def blog(activate_schema: Callable[..., DataModel]) -> DataModel:
    """Post and Comment, without DataStore: what is deleted is gone."""
    return activate_schema(BLOG, datastore=False)


@pytest.fixture
def synced_blog(activate_schema: Callable[..., DataModel]) -> DataModel:
    """Post and Comment, with DataStore: what is deleted leaves a tombstone."""
    return activate_schema(BLOG, datastore=True)


@pytest.fixture(params=[False, True], ids=["plain", "datastore"])
def datastore(request: pytest.FixtureRequest) -> bool:
    """Both positions of the DataStore switch."""
    return request.param


def reference(link: Link, parent: Record) -> dict[str, Any]:
    """The values by which a child refers to ``parent``."""
    return dict(zip(link.reference_fields, identifier_of(parent, link), strict=True))


def refetch(record: Record) -> Record | None:
    """The record as it is stored now; None where it is gone or a tombstone."""
    return type(record).objects.filter(pk=record.pk).first()


def remove(datamodel: DataModel, record: Record) -> Record | None:
    return records.delete(datamodel, record.model_type.name, record.key_dict)


def comment_on(datamodel: DataModel, post: Record, content: str = "C") -> Record:
    return records.create(datamodel, "Comment", {"content": content, "postCommentsId": post.get_value("id")})


def logged() -> list[tuple[str, str, str]]:
    """The change log, shortly: action, model and what caused it."""
    return [(c.action, c.model, c.cause.split(" ")[0]) for c in Change.objects.order_by("id")]
