"""How long a schema takes: `python -m bench.read_schema [FILE] [--models 60]` prints figures per dialect.

Without FILE, a schema of that many models is made up: ten fields each, keys, indexes, and a relationship to every second one.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

RUNS = 5
TARGETS = {"read and validate": 0.3, "models and API": 1.0}


def made_up_sdl(models: int, *, is_v1: bool) -> str:
    """Return a schema whose models form a chain, with an index on every reference."""
    texts = ["enum Kind { A B C }", "type Address { street: String! city: String }"]
    for number in range(models):
        name, nearest = f"Model{number}", f"Model{number + 1}"
        plain = (
            "title: String! body: String kind: Kind home: Address count: Int at: AWSDateTime tags: [String!]"
        )
        key = '@key(name: "byParent", fields: ["parentID", "at"])' if is_v1 else ""
        index = "" if is_v1 else '@index(name: "byParent", sortKeyFields: ["at"])'
        children = ""
        if number + 1 < models:
            many = '@connection(keyName: "byParent", ' if is_v1 else '@hasMany(indexName: "byParent", '
            children = f'children: [{nearest}] {many}fields: ["id"])'
        texts.append(f"type {name} @model {key} {{ id: ID! {plain} parentID: ID! {index} {children} }}")
    return "\n".join(texts)


def made_up_code(models: int) -> str:
    """Return the same schema as Gen 2 has it."""
    lines = [
        "Kind: a.enum(['A', 'B', 'C'])",
        "Address: a.customType({ street: a.string().required(), city: a.string() })",
    ]
    for number in range(models):
        fields = (
            "title: a.string().required(), body: a.string(), kind: a.ref('Kind'), home: a.ref('Address'), "
            "count: a.integer(), at: a.datetime(), tags: a.string().required().array(), parentId: a.id()"
        )
        if number:
            fields += f", parent: a.belongsTo('Model{number - 1}', 'parentId')"
        if number + 1 < models:
            fields += f", children: a.hasMany('Model{number + 1}', 'parentId')"
        lines.append(
            f"Model{number}: a.model({{ {fields} }}).secondaryIndexes((i) => [i('parentId').sortKeys(['at'])])"
        )
    return "a.schema({\n" + ",\n".join(lines) + "\n}).authorization((allow) => [allow.publicApiKey()])"


def median(work: Callable[[], Any]) -> float:
    """Return the median seconds of several runs after one that warms up."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measure(label: str, sources: Any) -> None:
    """Print the figures of one schema."""
    from datamodel.graphql.schema import make_api
    from datamodel.registry import DataModel
    from datamodel.schema import load_schema, normalize, parse_schema, validate_schema

    schema = load_schema(sources).schema
    raw = parse_schema(sources).schema
    datamodel = DataModel.build(schema)
    figures = {
        "read and validate": median(lambda: load_schema(sources)),
        "  parse": median(lambda: parse_schema(sources)),
        "  validate": median(lambda: validate_schema(raw)) if raw else 0.0,
        "  normalize": median(lambda: normalize(raw)) if raw else 0.0,
        "models and API": median(lambda: make_api(DataModel.build(schema)).graphql_schema),
        "  models": median(lambda: DataModel.build(schema)),
        "  API": median(lambda: make_api(datamodel).graphql_schema),
    }
    print(f"{label}: {len(schema.models)} models, {len(schema.links)} links")
    for name, seconds in figures.items():
        target = TARGETS.get(name)
        print(f"  {name:<20}{seconds:7.3f} s{f'   (target {target} s)' if target else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--models", type=int, default=60)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adminui.settings")
    django.setup()
    from datamodel.migrator import read_path
    from datamodel.schema import Source

    if given.file:
        measure(str(given.file), read_path(given.file))
        return
    measure("v1", [Source("v1.graphql", made_up_sdl(given.models, is_v1=True))])
    measure("v2", [Source("v2.graphql", made_up_sdl(given.models, is_v1=False))])
    measure("gen2", [Source("resource.ts", made_up_code(given.models))])


if __name__ == "__main__":
    main()
