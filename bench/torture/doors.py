"""Two ways in: the write path itself, and the API of a running server. What is refused sounds the same."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

from bench.torture.stage import API_KEY
from datamodel import records
from datamodel.graphql.filters import build_filter
from datamodel.modelgen import Record
from datamodel.records import RecordError
from datamodel.registry import DataModel

__all__ = ["ApiDoor", "Door", "EngineDoor", "NoAnswer", "Refused", "open_door", "told"]

T = TypeVar("T")
Values = Mapping[str, Any]
Stored = dict[str, Any]

CONDITION_FAILED = "DynamoDB:ConditionalCheckFailedException"
REASONS = {
    "exists already": "RecordExists",
    "does not exist": "RecordNotFound",
    "does not meet": "ConditionFailed",
    "changed by somebody": "VersionConflict",
}
"""What the API gives as the reason of a failed condition, and what the write path calls it."""

NAMES = {"RelatedRecordsExist": "RestrictedDelete", "ConflictUnhandled": "VersionConflict"}
"""Error types of the API that the write path calls otherwise."""


class Refused(Exception):  # noqa: N818  says what happened
    """A write was refused; ``kind`` is the name that the write path has for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind


class NoAnswer(Exception):  # noqa: N818  says what happened
    """The server went away before it answered: nobody knows what became of the write."""


class Door(Protocol):
    """What a run does to records."""

    def find(self, model: str, key: Values) -> Stored | None: ...

    def create(self, model: str, values: Values) -> Stored: ...

    def update(
        self,
        model: str,
        key: Values,
        values: Values,
        *,
        version: int | None = None,
        condition: Values | None = None,
    ) -> Stored: ...

    def delete(self, model: str, key: Values) -> Stored | None: ...


def open_door(datamodel: DataModel, url: str | None) -> Door:
    """Return the way in: the API of the server at ``url``, the write path without one."""
    return ApiDoor(datamodel, url) if url else EngineDoor(datamodel)


class EngineDoor:
    """`datamodel.records`, in this process."""

    def __init__(self, datamodel: DataModel) -> None:
        self.datamodel = datamodel

    def find(self, model: str, key: Values) -> Stored | None:
        return answer_of(records.find(self.datamodel, model, key))

    def create(self, model: str, values: Values) -> Stored:
        return told(lambda: stored(records.create(self.datamodel, model, values)))

    def update(
        self,
        model: str,
        key: Values,
        values: Values,
        *,
        version: int | None = None,
        condition: Values | None = None,
    ) -> Stored:
        met = build_filter(self.datamodel.model(model), condition) if condition else None
        return told(
            lambda: stored(
                records.update(self.datamodel, model, key, values, expected_version=version, condition=met)
            )
        )

    def delete(self, model: str, key: Values) -> Stored | None:
        return told(lambda: answer_of(records.delete(self.datamodel, model, key)))


def told(work: Callable[[], T]) -> T:
    """Return what ``work`` returns; raise Refused where the write path refuses."""
    try:
        return work()
    except RecordError as error:
        raise Refused(type(error).__name__, error.message) from error


def stored(record: Record) -> Stored:
    return record.values() | {"_version": record.joinery_version}


def answer_of(record: Record | None) -> Stored | None:
    return None if record is None else stored(record)


class ApiDoor:
    """`POST /graphql`, over one connection that is opened again where it broke."""

    def __init__(self, datamodel: DataModel, url: str) -> None:
        self.datamodel = datamodel
        self.address = urlsplit(url)
        self.connection: http.client.HTTPConnection | None = None

    def find(self, model: str, key: Values) -> Stored | None:
        names = self.datamodel.model(model).model_type.primary_key
        types = [(name, self.datamodel.model(model).model_type.field(name).type.name) for name in names]
        head = ", ".join(f"${name}: {type_}!" for name, type_ in types)
        given = ", ".join(f"{name}: ${name}" for name in names)
        operation = self.datamodel.schema.model(model).operations.get
        query = f"query({head}) {{ {operation}({given}) {{ {self.selection(model)} }} }}"
        return self.ask(query, dict(key))

    def create(self, model: str, values: Values) -> Stored:
        return self.write("create", model, dict(values)) or {}

    def update(
        self,
        model: str,
        key: Values,
        values: Values,
        *,
        version: int | None = None,
        condition: Values | None = None,
    ) -> Stored:
        given = {**key, **values} | ({} if version is None else {"_version": version})
        return self.write("update", model, given, condition) or {}

    def delete(self, model: str, key: Values) -> Stored | None:
        return self.write("delete", model, dict(key))

    def write(
        self, verb: str, model: str, given: dict[str, Any], condition: Values | None = None
    ) -> Stored | None:
        """Send a mutation; return the record it answers."""
        head = f"$input: {verb.title()}{model}Input!, $condition: Model{model}ConditionInput"
        call = f"{verb}{model}(input: $input, condition: $condition)"
        query = f"mutation({head}) {{ {call} {{ {self.selection(model)} }} }}"
        return self.ask(query, {"input": given, "condition": condition})

    def selection(self, model: str) -> str:
        names = [field.name for field in self.datamodel.model(model).model_type.stored_fields]
        return " ".join([*names, *(["_version"] if self.datamodel.schema.has_datastore else [])])

    def ask(self, query: str, variables: dict[str, Any]) -> Stored | None:
        """Send a document with one root field and return what the field answers.

        Raise Refused for an error in the answer or another status than 200, NoAnswer where there is none.
        """
        status, body = self.post(json.dumps({"query": query, "variables": variables}).encode())
        errors = body.get("errors")
        if status != http.HTTPStatus.OK or errors:
            raise refusal(status, errors or [{"message": str(body)}])
        return next(iter(body["data"].values()))

    def post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        headers = {"content-type": "application/json", "x-api-key": API_KEY}
        try:
            if self.connection is None:
                host, port = self.address.hostname or "", self.address.port
                self.connection = http.client.HTTPConnection(host, port, timeout=60)
            self.connection.request("POST", "/graphql", body, headers)
            answer = self.connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
            self.close()
            raise NoAnswer(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def refusal(status: int, errors: list[dict[str, Any]]) -> Refused:
    """Return what the first error of an answer means, by the write path's name for it."""
    first = errors[0]
    kind = str(first.get("errorType") or f"HTTP {status}")
    text = str(first.get("message"))
    if kind == CONDITION_FAILED:
        text = str((first.get("errorInfo") or {}).get("reason"))
        kind = next((name for words, name in REASONS.items() if words in text), kind)
    return Refused(NAMES.get(kind, kind), text)
