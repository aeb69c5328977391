"""The two clients of the documents: what they send for each of their calls, and what they make of the answer.

The documents' snippets are calls of the data client (`client.models.Team.create`) and of DataStore
(`DataStore.save`). Here each is the GraphQL operation that the official client sends for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from datamodel.registry import DataModel
from datamodel.schema.ir import ModelField, ModelType, Side

__all__ = ["DataClient", "DataStore", "Refused"]

Gql = Callable[..., dict[str, Any]]
Stored = dict[str, Any]


class Refused(AssertionError):  # noqa: N818  says what happened
    """The API answered with an error."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['errorType']}: {error['message']}")
        self.error_type = error["errorType"]
        self.info = error["errorInfo"]
        self.message = error["message"]


class Caller:
    """Sends one operation and takes its answer."""

    def __init__(self, datamodel: DataModel, gql: Gql) -> None:
        self.schema = datamodel.schema
        self.gql = gql

    def model(self, name: str) -> ModelType:
        return self.schema.model(name)

    def other(self, field: ModelField) -> str:
        """The model whose records a relation field answers: the join model for many-to-many."""
        assert field.relation is not None
        link = self.schema.link(field.relation.link)
        return link.parent if field.relation.side is Side.CHILD else link.child

    def call(self, document: str, **variables: Any) -> Any:
        """Return what the only root field answers; raise Refused where there is an error."""
        answer = self.gql(document, **variables)
        if answer.get("errors"):
            raise Refused(answer["errors"][0])
        return next(iter(answer["data"].values()))


def shown_fields(model: ModelType) -> list[str]:
    """The fields of a model that the API's type has, relations left out."""
    return [field.name for field in model.stored_fields if field.is_in_type]


class DataClient(Caller):
    """`client.models` of aws-amplify v6: plain operations, no versions."""

    def create(self, name: str, /, **values: Any) -> Stored:
        """`client.models.Team.create({ … })`"""
        return self.mutate("create", name, values)

    def update(self, name: str, /, **values: Any) -> Stored:
        """`client.models.Member.update({ id, … })`"""
        return self.mutate("update", name, values)

    def delete(self, name: str, /, **key: Any) -> Stored | None:
        """`client.models.Member.delete({ id })`"""
        return self.mutate("delete", name, key)

    def mutate(self, verb: str, name: str, values: Mapping[str, Any]) -> Any:
        document = (
            f"mutation ($input: {verb.title()}{name}Input!) "
            f"{{ {verb}{name}(input: $input) {{ {self.select(name)} }} }}"
        )
        return self.call(document, input=dict(values))

    def get(self, name: str, selection: Sequence[str] = (), /, **key: Any) -> Any:
        """`client.models.Team.get({ id }, { selectionSet })`"""
        model = self.model(name)
        head = ", ".join(f"${part}: {model.field(part).type.name}!" for part in model.primary_key)
        given = ", ".join(f"{part}: ${part}" for part in model.primary_key)
        document = f"query ({head}) {{ get{name}({given}) {{ {self.select(name, selection)} }} }}"
        return self.unwrap(name, self.call(document, **key))

    def list(self, name: str, filter: Any = None, **paging: Any) -> tuple[list[Stored], str | None]:
        """`client.models.Member.list({ filter, limit, nextToken })`: the items and the next token."""
        operation = self.model(name).operations.list
        document = (
            f"query ($filter: Model{name}FilterInput, $limit: Int, $nextToken: String) "
            f"{{ {operation}(filter: $filter, limit: $limit, nextToken: $nextToken) "
            f"{{ items {{ {self.select(name)} }} nextToken __typename }} }}"
        )
        page = self.call(document, filter=filter, **paging)
        return page["items"], page["nextToken"]

    def lazy(self, name: str, record: Stored, field_name: str, **paging: Any) -> Any:
        """`await record.members()`: what the loader of a relation field asks for."""
        field = self.model(name).field(field_name)
        assert field.relation is not None
        link = self.schema.link(field.relation.link)
        if field.relation.side is Side.CHILD:
            key = dict(zip(link.identifier_fields, (record[n] for n in link.reference_fields), strict=True))
            return None if None in key.values() else self.get(link.parent, **key)
        terms = [
            {reference: {"eq": record[identifier]}}
            for reference, identifier in zip(link.reference_fields, link.identifier_fields, strict=True)
        ]
        items, token = self.list(link.child, {"and": terms}, **paging)
        if not field.relation.is_many:
            return items[0] if items else None
        return (items, token) if paging else items

    def select(self, name: str, paths: Sequence[str] = ()) -> str:
        """Print a selection as the client does: `members.*` becomes `members { items { … } }`."""
        model = self.model(name)
        if not paths:
            return " ".join(shown_fields(model))
        parts: dict[str, list[str]] = {}
        for path in paths:
            head, _, rest = path.partition(".")
            parts.setdefault(head, []).extend([rest] if rest else [])
        return " ".join(self.select_part(model, head, rests) for head, rests in parts.items())

    def select_part(self, model: ModelType, head: str, rests: list[str]) -> str:
        if head == "*":
            return " ".join(shown_fields(model))
        field = model.field(head)
        if field.relation is None:
            return head
        inner = self.select(self.other(field), rests)
        return f"{head} {{ items {{ {inner} }} }}" if field.relation.is_many else f"{head} {{ {inner} }}"

    def unwrap(self, name: str, answer: Any) -> Any:
        """Take away what the client takes away: `items` around related records."""
        if answer is None:
            return None
        return {key: self.unwrap_field(self.model(name).field(key), value) for key, value in answer.items()}

    def unwrap_field(self, field: ModelField, value: Any) -> Any:
        if field.relation is None or value is None:
            return value
        if field.relation.is_many:
            return [self.unwrap(self.other(field), item) for item in value["items"]]
        return self.unwrap(self.other(field), value)


METADATA = "_version _lastChangedAt _deleted"


class DataStore(Caller):
    """DataStore of a client that is online: each save and delete is sent, `query` syncs from nothing."""

    def selection(self, name: str) -> str:
        """All fields, the metadata, and of each parent its key."""
        model = self.model(name)
        parents = [
            f"{field.name} {{ {' '.join(self.model(self.other(field)).primary_key)} _deleted }}"
            for field in model.relation_fields
            if field.relation is not None and field.relation.side is Side.CHILD
        ]
        return " ".join([*shown_fields(model), METADATA, *parents])

    def save(self, name: str, /, **values: Any) -> Stored:
        """`DataStore.save(new Post({ … }))`: the id is made here; a related instance becomes its reference."""
        return self.mutate("create", name, {"id": str(uuid.uuid4())} | self.references(name, values))

    def delete(self, name: str, record: Stored) -> Stored:
        """`DataStore.delete(post)`, as far as this one record goes."""
        known = {"id": record["id"], "_version": record["_version"]}
        answer = self.mutate("delete", name, known, condition=None)
        assert answer["_deleted"] is True, "the client puts back what is not marked as deleted"
        return answer

    def mutate(self, verb: str, name: str, values: Mapping[str, Any], **condition: None) -> Any:
        extra, given = (
            (f", $condition: Model{name}ConditionInput", ", condition: $condition") if condition else ("", "")
        )
        document = (
            f"mutation operation($input: {verb.title()}{name}Input!{extra}) "
            f"{{ {verb}{name}(input: $input{given}) {{ {self.selection(name)} }} }}"
        )
        return self.call(document, input=dict(values), **condition)

    def references(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return the input for values in which a related instance stands under its relation field."""
        given: dict[str, Any] = {}
        for key, value in values.items():
            field = self.model(name).field(key)
            if field.relation is None:
                given[key] = value
                continue
            link = self.schema.link(field.relation.link)
            for reference, identifier in zip(link.reference_fields, link.identifier_fields, strict=True):
                given[reference] = None if value is None else value[identifier]
        return given

    def sync(self, name: str, last_sync: int = 0) -> list[Stored]:
        """What a sync brings, tombstones included, page by page."""
        operation, items, token = self.model(name).operations.sync, [], None
        document = (
            "query operation($limit: Int, $nextToken: String, $lastSync: AWSTimestamp, "
            f"$filter: Model{name}FilterInput) {{ {operation}(limit: $limit, nextToken: $nextToken, "
            f"lastSync: $lastSync, filter: $filter) {{ items {{ {self.selection(name)} }} nextToken startedAt }} }}"
        )
        while True:
            page = self.call(document, limit=1000, nextToken=token, lastSync=last_sync, filter=None)
            items += page["items"]
            token = page["nextToken"]
            if token is None:
                return items

    def query(self, name: str) -> list[Stored]:
        """`DataStore.query(Post)` of a client that has just synced everything."""
        return [item for item in self.sync(name) if not item["_deleted"]]

    def find(self, name: str, id: str) -> Stored | None:
        """`DataStore.query(Post, id)`"""
        return next((item for item in self.query(name) if item["id"] == id), None)
