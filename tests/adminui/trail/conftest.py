"""A small blog with a history."""

from __future__ import annotations

import pytest

from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.models import Change

NADIA = Actor("user", "nadia")
APP = Actor("api_key", "blog frontend")


@pytest.fixture
def blog(example):
    """Nadia's post with two comments and a tag, once changed by an app; written one call at a time."""
    with acting_as(NADIA):
        for key in ("u", "v"):
            records.create(example, "User", {"id": key, "username": f"user {key}"})
        records.create(example, "Tag", {"id": "t", "label": "wood"})
        records.create(example, "Post", {"id": "p", "title": "Oak", "status": "DRAFT", "authorID": "u"})
        records.link_many(example, "Post", "tags", {"id": "p"}, {"id": "t"})
        for key in ("c1", "c2"):
            records.create(example, "Comment", {"id": key, "content": f"comment {key}", "postID": "p"})
    with acting_as(APP):
        records.update(example, "Post", {"id": "p"}, {"rating": 7, "authorID": "v"})
    return example


def last_group():
    """The set of the newest change."""
    return Change.objects.order_by("-id").first().group


def last_change(model, key):
    """The newest change of a record."""
    return Change.objects.filter(model=model, key=key).order_by("-id").first()
