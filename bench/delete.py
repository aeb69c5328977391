"""How fast a delete is beside SQL written by hand for it: `python -m bench.delete [--database postgres://...]`.

A publication with 100 articles, 500 comments and 300 join records is deleted, change log included: by Joinery, and by
statements that know the schema by heart. They take turns with fresh publications, and must leave the same. Then a parent
of 100,000 children is deleted in a process of its own, which tells how much memory it took.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.torture.stage import activate, staged

ARTICLES, COMMENTS, JOINS, TAGS = 100, 500, 300, 30
TARGET = 0.6
MEMORY_TARGET_MIB = 300

SCHEMA = """
type Publication @model { id: ID! name: String! articles: [Article] @hasMany(indexName: "byPublication", fields: ["id"]) }
type Article @model { id: ID! title: String! body: String rating: Int isOpen: Boolean topics: [String]
  publicationID: ID @index(name: "byPublication") publication: Publication @belongsTo(fields: ["publicationID"])
  comments: [Comment] @hasMany(indexName: "byArticle", fields: ["id"])
  tags: [Tag] @manyToMany(relationName: "ArticleTag") }
type Comment @model { id: ID! content: String! score: Float
  articleID: ID @index(name: "byArticle") article: Article @belongsTo(fields: ["articleID"]) }
type Tag @model { id: ID! label: String! articles: [Article] @manyToMany(relationName: "ArticleTag") }
"""
BODY = "A text of some length, as articles have it. " * 10


def key(kind: str, publication: int, number: int) -> str:
    """Return an id that looks like any other, and that tells what it is of."""
    return str(uuid.UUID(f"{publication:08x}-0000-4000-8{ord(kind):03x}-{number:012x}"))


def records_of(publication: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield a publication's records by model."""
    p = key("p", publication, 0)
    yield "Publication", [{"id": p, "name": "The paper"}]
    yield (
        "Article",
        [
            {"id": key("a", publication, n), "title": f"Article {n}", "body": BODY, "rating": n, "isOpen": n % 2 == 0,
             "topics": ["wood", "joints"], "publicationID": p}
            for n in range(ARTICLES)
        ],
    )  # fmt: skip
    yield (
        "Comment",
        [
            {"id": key("c", publication, n), "content": f"Comment {n} on it", "score": n + 0.25,
             "articleID": key("a", publication, n % ARTICLES)}
            for n in range(COMMENTS)
        ],
    )  # fmt: skip
    yield (
        "ArticleTag",
        [
            {"id": key("j", publication, n), "articleId": key("a", publication, n % ARTICLES),
             "tagId": key("t", 0, n % TAGS)}
            for n in range(JOINS)
        ],
    )  # fmt: skip


def seed(datamodel: Any, publications: int) -> None:
    store(datamodel, "Tag", [{"id": key("t", 0, n), "label": f"Tag {n}"} for n in range(TAGS)])
    for publication in range(1, publications + 1):
        for model, rows in records_of(publication):
            store(datamodel, model, rows)


def store(datamodel: Any, model: str, rows: list[dict[str, Any]]) -> None:
    record_class = datamodel.model(model)
    made = []
    for row in rows:
        record = record_class()
        for name, value in {**row, "createdAt": MOMENT, "updatedAt": MOMENT}.items():
            if model != "ArticleTag" or name in record.names.fields:
                record.set_value(name, value)
        made.append(record)
    record_class.all_objects.bulk_create(made, batch_size=2000)


MOMENT = "2026-11-20T08:00:00.000Z"


def by_joinery(datamodel: Any, publication: int) -> None:
    from datamodel import records

    records.delete(datamodel, "Publication", {"id": key("p", publication, 0)})


class ByHand:
    """The same work in statements that were written for this schema and no other."""

    def __init__(self, datamodel: Any) -> None:
        from django.db import connection

        self.datamodel = datamodel
        self.is_sqlite = connection.vendor == "sqlite"
        self.columns = {name: model._meta.db_table for name, model in datamodel.models.items()}

    def statements(self, publication: int) -> Iterator[tuple[str, list[Any]]]:
        # S608: the names are those of the tables, the values are parameters.
        articles = f'SELECT id FROM {self.columns["Article"]} WHERE "publicationID" = %s'  # noqa: S608
        of_publication = {
            "ArticleTag": f'"articleId" IN ({articles})',
            "Comment": f'"articleID" IN ({articles})',
            "Article": '"publicationID" = %s',
            "Publication": "id = %s",
        }
        causes = {
            "ArticleTag": """'cascade Article ' || "articleId" """,
            "Comment": """'cascade Article ' || "articleID" """,
            "Article": """'cascade Publication ' || "publicationID" """,
            "Publication": "''",
        }
        labels = {"ArticleTag": "id", "Comment": "content", "Article": "title", "Publication": "name"}
        group, now, parent = uuid.uuid4(), time.time_ns() // 1_000_000, key("p", publication, 0)
        if not self.is_sqlite:
            yield f"SELECT 1 FROM {self.columns['Publication']} WHERE id = %s FOR UPDATE", [parent]  # noqa: S608
        for model, condition in of_publication.items():
            greatest = "max" if self.is_sqlite else "greatest"
            yield (
                'INSERT INTO datamodel_change ("group", version, model, key, label, action, before, record_version, '  # noqa: S608
                "record_pk, is_tombstone, actor_kind, actor, cause, at) "
                f"SELECT %s, %s, '{model}', id, {labels[model]}, 'delete', {self.values(model)}, "
                "joinery_version + 1, joinery_pk, %s, 'system', '', "
                f"{causes[model]}, {greatest}(joinery_changed_at, %s) FROM {self.columns[model]} "
                f"WHERE {condition} AND NOT joinery_deleted ORDER BY joinery_pk DESC",
                [group.hex if self.is_sqlite else group, self.datamodel.version, False, now, parent],
            )
        for model, condition in of_publication.items():
            yield f"DELETE FROM {self.columns[model]} WHERE {condition}", [parent]  # noqa: S608

    def values(self, model: str) -> str:
        """Return the JSON object of a record, written out."""
        pairs = []
        for field in self.datamodel.schema.model(model).stored_fields:
            column = f'"{self.datamodel.names.models[model].column(field.name)}"'
            if self.is_sqlite and field.type.is_list:
                column = f"json({column})"
            elif self.is_sqlite and field.type.name == "Boolean":
                column = f"json(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
            pairs.append(f"'{field.name}', {column}")
        return f"{'json_object' if self.is_sqlite else 'jsonb_build_object'}({', '.join(pairs)})"

    def __call__(self, publication: int) -> None:
        from django.db import connection, transaction

        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in self.statements(publication):
                cursor.execute(sql, params)


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def written(publication: int, after: int) -> list[str]:
    """Return what the log says of a publication's delete, whichever publication it was."""
    from datamodel.models import Change

    names = ("model", "key", "label", "action", "before", "after", "version", "record_version", "is_tombstone", "actor_kind", "actor", "cause")  # fmt: skip
    entries = Change.objects.filter(id__gt=after).order_by("id").values(*names)
    own = f"{publication:08x}"
    text = [json.dumps(entry, sort_keys=True).replace(own + "-0000-4000", "one-of-it") for entry in entries]
    return sorted(text)


def last_entry() -> int:
    from datamodel.models import Change

    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0


def left(datamodel: Any) -> dict[str, int]:
    return {name: model.all_objects.count() for name, model in datamodel.models.items()}


def compare(datamodel: Any, rounds: int) -> float:
    """Let both delete publications in turn; print how long they took and return the ratio of their speeds."""
    seed(datamodel, 2 * (rounds + 1))
    by_hand = ByHand(datamodel)
    times: dict[str, list[float]] = {"joinery": [], "by hand": []}
    outcomes = []
    for number in range(rounds + 1):
        deletes: list[tuple[str, Callable[[int], None]]] = [
            ("joinery", lambda publication: by_joinery(datamodel, publication)),
            ("by hand", by_hand),
        ]
        for offset, (name, delete) in enumerate(deletes if number % 2 else reversed(deletes)):
            publication = 2 * number + offset + 1
            after, before = last_entry(), left(datamodel)
            took = seconds(lambda delete=delete, publication=publication: delete(publication))  # type: ignore[misc]
            gone = {model: before[model] - count for model, count in left(datamodel).items()}
            outcomes.append((written(publication, after), gone))
            if number:  # the first round warms up
                times[name].append(took)
    if any(outcome != outcomes[0] for outcome in outcomes):
        raise SystemExit("The two did not do the same.")
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    ratio = medians["by hand"] / medians["joinery"]
    for name, taken in medians.items():
        print(f"  {name:<8} {taken * 1000:7.1f} ms")
    print(f"  {len(outcomes[0][0])} log entries each; speed {ratio:.2f} of SQL by hand (target {TARGET})")
    return ratio


def measure_memory(datamodel: Any, children: int) -> float:
    """Delete a parent of many children in a process of its own; print what it took and return its MiB."""
    from django.db import connections

    publication = 10**6
    store(datamodel, "Publication", [{"id": key("p", publication, 0), "name": "Large"}])
    for start in range(0, children, 10_000):
        rows = [
            {"id": key("a", publication, n), "title": f"Article {n}", "body": BODY, "publicationID": key("p", publication, 0)}
            for n in range(start, min(start + 10_000, children))
        ]  # fmt: skip
        store(datamodel, "Article", rows)
    connections.close_all()
    command = [sys.executable, "-m", "bench.delete", "--alone", str(publication)]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)  # noqa: S603
    print(
        f"  {children:,} children: {told['seconds']:.1f} s, {told['peak']:.0f} MiB at most "
        f"({told['start']:.0f} before; target {MEMORY_TARGET_MIB})"
    )
    return float(told["peak"])


def alone(publication: int) -> None:
    """Delete one publication and tell the memory of this process."""
    import django

    django.setup()
    from datamodel import registry

    datamodel = registry.current()
    start = peak_mib()
    took = seconds(lambda: by_joinery(datamodel, publication))
    print(json.dumps({"seconds": took, "start": start, "peak": peak_mib()}))


def peak_mib() -> float:
    """Return the most memory this process has had. ``ru_maxrss`` would count its parent's in."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.delete", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--children", type=int, default=100_000)
    parser.add_argument(
        "--database", metavar="URL", help="a PostgreSQL server, postgres://…; SQLite without it"
    )
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone is not None:
        alone(given.alone)
        return 0
    with staged(given.database) as stage:
        print(f"{stage.vendor}: {ARTICLES} articles, {COMMENTS} comments, {JOINS} join records")
        datamodel = activate(SCHEMA, datastore=False)
        ratio = compare(datamodel, given.rounds)
        peak = measure_memory(datamodel, given.children)
    return 0 if ratio >= TARGET and peak <= MEMORY_TARGET_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
