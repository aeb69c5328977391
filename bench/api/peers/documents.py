"""The operations in the words of the rivals that do not speak AppSync's; the answers have AppSync's names."""

from __future__ import annotations

from bench.api.operations import SCALARS

__all__ = ["POSTGRAPHILE", "STRAWBERRY"]

STRAWBERRY = {
    "Q1": f"query($id: ID!) {{ article(id: $id) {{ {SCALARS} }} }}",
    "Q2": "query($x: Int!) { articles(filters: {rating: {gt: $x}}, pagination: {limit: 100})"
    f" {{ {SCALARS} }} }}",
    "Q3": "query($x: Int!) { articles(filters: {rating: {gt: $x}}, pagination: {limit: 50}) { id title"
    " publication { name } tags(pagination: {limit: 10}) { tag { label } }"
    " comments(pagination: {limit: 20}) { id content } } }",
    "Q4": "query($p: ID!) { publications(filters: {idGt: $p}, pagination: {limit: 10}) { id name"
    " articles(pagination: {limit: 50}) { id title comments(pagination: {limit: 10}) { id content } } } }",
}

_PAGE = "pageInfo { endCursor hasNextPage }"
# PostGraphile keeps "id" for an id of its own.
_SCALARS = SCALARS.replace("id", "id: rowId", 1)

POSTGRAPHILE = {
    "Q1": f"query($id: String!) {{ article(rowId: $id) {{ {_SCALARS} }} }}",
    "Q2": "query($x: Int) { articles(filter: {rating: {greaterThan: $x}}, first: 100)"
    f" {{ nodes {{ {_SCALARS} }} {_PAGE} }} }}",
    "Q3": "query($x: Int) { articles(filter: {rating: {greaterThan: $x}}, first: 50) { nodes { id: rowId title"
    " publication { name } tags: articleTags(first: 10) { nodes { tag { label } } }"
    f" comments(first: 20) {{ nodes {{ id: rowId content }} }} }} {_PAGE} }} }}",
    "Q4": "query($p: String) { publications(filter: {rowId: {greaterThan: $p}}, first: 10) { nodes { id: rowId name"
    " articles(first: 50) { nodes { id: rowId title comments(first: 10) { nodes { id: rowId content } } } } }"
    f" {_PAGE} }} }}",
}
