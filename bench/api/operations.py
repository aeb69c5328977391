"""What is asked: four reads, each with many variables."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from bench.api.data import Data

__all__ = ["OPERATIONS", "SCALARS", "Operation"]

SCALARS = "id title body rating status publicationId createdAt updatedAt"
VARIANTS = 200


@dataclass(frozen=True, slots=True)
class Operation:
    """A read: what it is, its document for AppSync's API, and what its variable is chosen from."""

    name: str
    title: str
    document: str
    variable: str

    def variants(self, data: Data) -> list[dict[str, Any]]:
        """Return variables for many requests, the same ones for every contestant."""
        chance = random.Random(self.name)  # noqa: S311 - a repeatable choice, no secret
        choices: dict[str, list[Any]] = {
            "id": data.ids("Article"),
            "x": list(range(10, 50)),
            "p": data.ids("Publication")[:60],
        }
        return [{self.variable: chance.choice(choices[self.variable])} for _ in range(VARIANTS)]


OPERATIONS = {
    each.name: each
    for each in (
        Operation("Q1", "get one record", f"query($id: ID!) {{ getArticle(id: $id) {{ {SCALARS} }} }}", "id"),
        Operation(
            "Q2",
            "list 100, filtered",
            "query($x: Int) { listArticles(filter: {rating: {gt: $x}}, limit: 100) {"
            f" items {{ {SCALARS} }} nextToken }} }}",
            "x",
        ),
        Operation(
            "Q3",
            "50 with a parent and two lists",
            "query($x: Int) { listArticles(filter: {rating: {gt: $x}}, limit: 50) { items { id title"
            " publication { name } tags(limit: 10) { items { tag { label } } }"
            " comments(limit: 20) { items { id content } } } nextToken } }",
            "x",
        ),
        Operation(
            "Q4",
            "three levels, about 3,000 records",
            "query($p: ID) { listPublications(filter: {id: {gt: $p}}, limit: 10) { items { id name"
            " articles(limit: 50) { items { id title comments(limit: 10) { items { id content } } } } }"
            " nextToken } }",
            "p",
        ),
    )
}
