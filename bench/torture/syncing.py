"""A client's store, filled as DataStore fills its own: by `syncX`, page after page, then by what changed since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.torture.doors import ApiDoor, NoAnswer, Refused
from datamodel.registry import DataModel

__all__ = ["Store", "same_as_table"]

AWAY = "ServiceUnavailableException"
"""What a server answers that is busy: the client asks again."""
TRIES = 30


class Store:
    """What one client holds: by model and id, the records that it was told of and that live."""

    def __init__(self, name: str, url: str, limit: int) -> None:
        self.name = name
        self.url = url
        self.limit = limit
        self.records: dict[str, dict[str, dict[str, Any]]] = {}
        self.last_sync: dict[str, int] = {}
        self.syncs = self.received = 0
        self.door: ApiDoor | None = None

    def sync(self, datamodel: DataModel) -> None:
        """Ask for what changed since the last time, model by model, and merge it."""
        self.door = self.door or ApiDoor(datamodel, self.url)
        for model in datamodel.models:
            started = None
            for page in self.pages(self.door, datamodel, model):
                self.merge(model, page["items"])
                started = page["startedAt"] if started is None else started
            self.last_sync[model] = started or 0
            self.syncs += 1

    def pages(self, door: ApiDoor, datamodel: DataModel, model: str) -> Iterator[dict[str, Any]]:
        operation = datamodel.schema.model(model).operations.sync
        fields = " ".join(field.name for field in datamodel.model(model).model_type.stored_fields)
        query = f"""query($limit: Int, $token: String, $since: AWSTimestamp) {{
          {operation}(limit: $limit, nextToken: $token, lastSync: $since) {{
            items {{ {fields} _version _deleted _lastChangedAt }} nextToken startedAt }} }}"""
        variables = {"limit": self.limit, "since": self.last_sync.get(model, 0), "token": None}
        while True:
            page = ask(door, query, variables)
            yield page
            if page["nextToken"] is None:
                return
            variables["token"] = page["nextToken"]

    def merge(self, model: str, items: list[dict[str, Any]]) -> None:
        """Take over what came: what is deleted goes, the rest replaces what was there."""
        held = self.records.setdefault(model, {})
        self.received += len(items)
        for item in items:
            if item.pop("_deleted"):
                held.pop(item["id"], None)
            else:
                held[item["id"]] = item

    def leave(self) -> None:
        """Close the connection, so that the store can be handed on."""
        if self.door is not None:
            self.door.close()
        self.door = None


def ask(door: ApiDoor, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    """Return a page; ask again where the server is busy."""
    for _ in range(TRIES):
        try:
            page = door.ask(query, variables)
        except NoAnswer:
            continue
        except Refused as refusal:
            if refusal.kind != AWAY:
                raise
            continue
        if page is not None:
            return page
    raise TimeoutError(f"The server gave no page in {TRIES} tries.")


def same_as_table(store: Store, datamodel: DataModel) -> Iterator[str]:
    """Yield what a client misses, holds though it is gone, or holds in another version than the table."""
    for model in datamodel.models:
        table = {r.get_value("id"): as_sent(r) for r in datamodel.model(model).objects.iterator()}
        held = store.records.get(model, {})
        for key in table.keys() - held.keys():
            yield f"Client {store.name} misses {model} '{key}' of version {table[key]['_version']}."
        for key in held.keys() - table.keys():
            yield f"Client {store.name} holds {model} '{key}', which is gone."
        for key in held.keys() & table.keys():
            if held[key] != table[key]:
                yield f"Client {store.name} holds {held[key]} where the table holds {table[key]}."


def as_sent(record: Any) -> dict[str, Any]:
    """Return what `syncX` answers of a record that lives."""
    stamps = {"_version": record.joinery_version, "_lastChangedAt": record.joinery_changed_at}
    return record.values() | stamps
