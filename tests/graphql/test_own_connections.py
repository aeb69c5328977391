"""A connection type of the schema's own, as schemas that were once printed and pasted back have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from datamodel import records
from datamodel.registry import DataModel

OWN = """
type Shelf @model { id: ID! books: [Book] @hasMany(indexName: "byShelf", fields: ["id"]) }
type Book @model { id: ID! title: String shelfId: ID @index(name: "byShelf") }
type ModelBookConnection { items: [Book] nextToken: String total: Int }
"""


def test_it_takes_the_place_of_the_generated_one(
    activate_schema: Callable[..., DataModel], gql: Callable[..., dict[str, Any]]
) -> None:
    datamodel = activate_schema(OWN, datastore=False)
    records.create(datamodel, "Shelf", {"id": "s"})
    records.create(datamodel, "Book", {"id": "b", "title": "One", "shelfId": "s"})
    page = "{ items { title } nextToken total }"
    expected = {"items": [{"title": "One"}], "nextToken": None, "total": None}
    assert gql(f"{{ listBooks {page} }}")["data"]["listBooks"] == expected
    assert gql(f'{{ getShelf(id: "s") {{ books {page} }} }}')["data"]["getShelf"]["books"] == expected
