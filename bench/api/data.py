"""The records that every contestant serves: the same ones, in the same order, on any machine."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

__all__ = ["Data", "make_data"]

SEED = 7
WORDS = [
    "lorem",
    "ipsum",
    "dolor",
    "sit",
    "amet",
    "consectetur",
    "adipiscing",
    "elit",
    '"quoted"',
    "sed",
    "do",
    "eiusmod",
    "tempor\nincididunt",
    "ut",
    "labore",
    "et",
    "dolore",
    "magna",
    "aliqua",
    "café",
    "naïve",
]
STATUSES = ("DRAFT", "PUBLISHED", "ARCHIVED")
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
YEAR_MS = 31_536_000_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """The rows of each model by API names, parents first."""

    rows: dict[str, list[Row]]

    def ids(self, model: str) -> list[str]:
        return [row["id"] for row in self.rows[model]]


@cache
def make_data(scale: int = 1) -> Data:
    """Return 100 publications, 10,000 articles, 200 tags, 30,000 article-tags and 50,000 comments, times ``scale``.

    Ids rise in the order of creation, so that sorting by either is the same.
    """
    chance = random.Random(SEED)  # noqa: S311 - a repeatable shuffle, no secret
    publications = ids(chance, 100 * scale)
    articles = ids(chance, 10_000 * scale)
    tags = ids(chance, 200 * scale)
    rows = {
        "Publication": [{"id": id_, "name": f"Publication {n}"} for n, id_ in enumerate(publications)],
        "Tag": [{"id": id_, "label": f"tag-{n}"} for n, id_ in enumerate(tags)],
        "Article": [
            {
                "id": id_,
                "title": text(chance, 6),
                "body": text(chance, 75),
                "rating": chance.randrange(100),
                "status": chance.choice(STATUSES),
                "publicationId": publications[n % len(publications)],
            }
            for n, id_ in enumerate(articles)
        ],
        "ArticleTag": [
            {"id": id_, "articleId": chance.choice(articles), "tagId": chance.choice(tags)}
            for id_ in ids(chance, 30_000 * scale)
        ],
        "Comment": [
            {"id": id_, "content": text(chance, 12), "articleId": chance.choice(articles)}
            for id_ in ids(chance, 50_000 * scale)
        ],
    }
    for row in every(rows):
        row["createdAt"] = row["updatedAt"] = moment(chance)
    return Data(rows)


def ids(chance: random.Random, count: int) -> list[str]:
    return sorted(str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in range(count))


def text(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))


def moment(chance: random.Random) -> str:
    found = BEGINNING + timedelta(milliseconds=chance.randrange(YEAR_MS))
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def every(rows: dict[str, list[Row]]) -> Iterator[Row]:
    for each in rows.values():
        yield from each
