"""What is asked: four reads and two writes, each with many variables."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.api.data import Data

__all__ = ["OPERATIONS", "SCALARS", "Operation"]

SCALARS = "id title body rating status publicationId createdAt updatedAt"
VARIANTS = 200


Choices = dict[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What it is, its document for AppSync's API, and the variables of that, in the order of the limit's parameters."""

    name: str
    title: str
    document: str
    variables: tuple[str, ...]
    is_write: bool = False

    def variants(self, data: Data) -> list[dict[str, Any]]:
        """Return variables for many requests, the same ones for every contestant."""
        chance = random.Random(self.name)  # noqa: S311 - a repeatable choice, no secret
        choices = choices_from(data)
        return [{name: chance.choice(choices[name]) for name in self.variables} for _ in range(VARIANTS)]


def choices_from(data: Data) -> Choices:
    """Return what the variables are chosen from."""
    return {
        "id": data.ids("Article"),
        "x": range(10, 50),
        "p": data.ids("Publication")[:60],
        "title": [f"A title for number {number}" for number in range(VARIANTS)],
        "body": ["A body. " * 40],
        "rating": range(100),
        "status": ["DRAFT", "PUBLISHED", "ARCHIVED"],
        "publicationId": data.ids("Publication"),
    }


CREATE = (
    "mutation($title: String!, $body: String!, $rating: Int!, $status: Status!, $publicationId: ID!) {"
    " createArticle(input: {title: $title, body: $body, rating: $rating, status: $status,"
    f" publicationId: $publicationId}}) {{ {SCALARS} }} }}"
)
CREATED = ("title", "body", "rating", "status", "publicationId")
UPDATE = (
    "mutation($title: String!, $rating: Int!, $id: ID!) {"
    f" updateArticle(input: {{title: $title, rating: $rating, id: $id}}) {{ {SCALARS} }} }}"
)
UPDATED = ("title", "rating", "id")

OPERATIONS = {
    each.name: each
    for each in (
        Operation(
            "Q1", "get one record", f"query($id: ID!) {{ getArticle(id: $id) {{ {SCALARS} }} }}", ("id",)
        ),
        Operation(
            "Q2",
            "list 100, filtered",
            "query($x: Int) { listArticles(filter: {rating: {gt: $x}}, limit: 100) {"
            f" items {{ {SCALARS} }} nextToken }} }}",
            ("x",),
        ),
        Operation(
            "Q3",
            "50 with a parent and two lists",
            "query($x: Int) { listArticles(filter: {rating: {gt: $x}}, limit: 50) { items { id title"
            " publication { name } tags(limit: 10) { items { tag { label } } }"
            " comments(limit: 20) { items { id content } } } nextToken } }",
            ("x",),
        ),
        Operation(
            "Q4",
            "three levels, about 3,000 records",
            "query($p: ID) { listPublications(filter: {id: {gt: $p}}, limit: 10) { items { id name"
            " articles(limit: 50) { items { id title comments(limit: 10) { items { id content } } } } }"
            " nextToken } }",
            ("p",),
        ),
        Operation("M1", "create a record", CREATE, CREATED, is_write=True),
        Operation("M2", "update a record", UPDATE, UPDATED, is_write=True),
        Operation("L1", "the same as M1; the limit logs it", CREATE, CREATED, is_write=True),
        Operation("L2", "the same as M2; the limit logs it", UPDATE, UPDATED, is_write=True),
    )
}
