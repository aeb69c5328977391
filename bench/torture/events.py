"""Subscribers of a server with two workers, while others write: every event comes, once, in order.

Four processes write the same records: three through the API, over connections that come to both workers,
one as a management command does. First as fast as they can while some read; then, a thousand events at a
time, to a crowd of 1,000 sockets that is waited for, since a socket that lags far behind is closed. In the
end one of some readers stops reading: it is closed with 1013, and nobody else notices.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from django.db import connections

from bench.realtime.crowd import Crowd
from bench.torture.audience import Event, Subscriber, judge
from bench.torture.crew import Crew, Hand, hired
from bench.torture.doors import ApiDoor, Door, EngineDoor, Refused
from bench.torture.server import Server, serving
from bench.torture.stage import API_KEY, Stage, activate
from bench.torture.verdict import Verdict
from datamodel import registry
from datamodel.changes.reading import Cursor, position, read_since
from datamodel.models import Change

__all__ = ["run"]

WRITERS = 4
INSIDE = 3
"""The writer that is no client of the API."""
RECORDS = 40
CALLS = 10
"""Calls over one connection; the next may come to the other worker."""
READERS = 20
FREELY = 4000
"""At most so many writes to the readers, without waiting for them."""
CROWD = 1000
TURN = 1000
"""How many writes before the crowd is waited for."""
BIG = 16_384
"""Characters of an event that the one who does not read is sent, so that it soon waits."""
MEMORY_MIB = 64
OVERLOADED = 1013
PATIENCE_S = 240
BIG_EACH = 150
"""How many of those each writer makes."""
ANY = "of all kinds"
PAGE = 1000
TRIES = 30
EXPECTED = {"RecordExists", "RecordNotFound"}
BUSY = {"DatabaseBusy", "ServiceUnavailableException"}

SCHEMA = "type Thing @model { id: ID! number: Int text: String }"


def run(stage: Stage, rounds: int, verdict: Verdict, *, is_api: bool) -> None:
    """Write ``rounds`` times, then reach all the sockets. There is always a server: ``is_api`` says nothing new."""
    activate(SCHEMA, datastore=True)
    connections.close_all()
    raised = {"WS_MAX_CONNECTIONS": str(2 * CROWD)}
    roomy = dataclasses.replace(stage, environment={**stage.environment, **raised})
    with serving(roomy, 2) as server, hired(WRITERS) as crew:
        asyncio.run(attend(Play(server, crew, verdict), rounds))


@dataclasses.dataclass(frozen=True, slots=True)
class Play:
    """What every part of the run needs."""

    server: Server
    crew: Crew
    verdict: Verdict

    @asynccontextmanager
    async def audience(self, size: int) -> AsyncIterator[Crowd]:
        """So many subscribers, each listening; gone afterwards."""
        crowd = Crowd(API_KEY, kind=Subscriber)
        await crowd.gather(self.server.port, size)
        try:
            yield crowd
        finally:
            crowd.leave()

    async def write(self, each: int, way: str) -> None:
        """Let every writer write so many times."""
        outcomes = await asyncio.to_thread(self.crew.run, __name__, "work", each, way, self.server.url)
        self.verdict.outcomes.update(outcomes)


async def attend(play: Play, rounds: int) -> None:
    """Play all parts. A run with few rounds has fewer sockets too."""
    await play_to(play, READERS, min(FREELY, rounds), -(-min(FREELY, rounds) // WRITERS))
    await play_to(play, min(CROWD, rounds), rounds, -(-min(TURN, rounds) // WRITERS))
    await stall(play)


async def play_to(play: Play, size: int, events: int, each: int) -> None:
    """Until so many events happened: write, wait until all has come, and hold it against the log."""
    name, told, deliveries, faults = f"to {size} sockets", 0, 0, list[str]()
    async with play.audience(size) as crowd:
        while told < events and not faults:
            begun = await asyncio.to_thread(position)
            await play.write(each, f"{ANY} {told}")
            happened = await asyncio.to_thread(logged_since, begun)
            await arrival(crowd, members(crowd), len(happened))
            faults += judge(members(crowd), happened)
            told, deliveries = told + len(happened), deliveries + crowd.forget()
    play.verdict.figures[f"events {name}"] = told
    play.verdict.figures[f"deliveries {name}"] = deliveries
    play.verdict.blame(f"{name}: {fault}" for fault in faults)


def members(crowd: Crowd) -> list[Subscriber]:
    return [member for member in crowd.members if isinstance(member, Subscriber)]


async def arrival(crowd: Crowd, waiting: list[Subscriber], number: int) -> None:
    """Wait until each has so many events or is closed; what has not come by then does not come."""
    with suppress(TimeoutError):
        await crowd.until(
            lambda: (
                bool(crowd.events >= number * len(waiting) or crowd.lost)
                and all(one.count >= number or one.is_lost for one in waiting)
            ),
            PATIENCE_S,
        )


def logged_since(cursor: Cursor) -> list[Event]:
    """Return what happened since, as subscribers are told it."""
    found: list[Change] = []
    try:
        while len(found) % PAGE == 0:
            changes, cursor = read_since(cursor, PAGE)
            found += changes
            if not changes:
                break
    finally:
        connections.close_all()
    return [(change.action, change.key, change.record_version) for change in found]


async def stall(play: Play) -> None:
    """One reader stops: it is closed, the others are told everything, and it costs the workers little."""
    begun = await asyncio.to_thread(position)
    async with play.audience(READERS + 1) as crowd:
        still, *reading = members(crowd)
        still.stop_reading()
        scales = Scales(play.server)
        weighing = asyncio.create_task(scales.weigh())
        await play.write(BIG_EACH, "big")
        happened = await asyncio.to_thread(logged_since, begun)
        await arrival(crowd, reading, len(happened))
        weighing.cancel()
        still.transport.resume_reading()
        with suppress(TimeoutError):
            await crowd.until(lambda: still.is_lost, PATIENCE_S / 4)
    play.verdict.figures["MiB more in a worker beside who does not read"] = round(scales.grown_mib)
    play.verdict.blame(f"beside who does not read: {fault}" for fault in judge(reading, happened))
    if still.code != OVERLOADED:
        play.verdict.blame([f"Who does not read was closed with {still.code}, not {OVERLOADED}."])
    if scales.grown_mib >= MEMORY_MIB:
        play.verdict.blame([f"A worker grew by {scales.grown_mib:.0f} MiB."])


class Scales:
    """How much more memory a worker takes than it did in the beginning."""

    def __init__(self, server: Server) -> None:
        self.empty = {pid: resident_mib(pid) for pid in server.worker_pids()}
        self.grown_mib = 0.0

    async def weigh(self) -> None:
        """Keep the greatest growth, until cancelled."""
        while True:
            grown = [resident_mib(pid) - empty for pid, empty in self.empty.items()]
            self.grown_mib = max(self.grown_mib, *grown)
            await asyncio.sleep(0.02)


def resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


# The writers


def work(hand: Hand, each: int, way: str, url: str) -> list[str]:
    """One process: write so many times; return how the writes ended."""
    hand.wait()
    chance = random.Random(f"{hand.position} {way}")  # noqa: S311 - no secrets
    datamodel, outcomes = registry.current(), []
    door: Door = EngineDoor(datamodel)
    for number in range(each):
        if hand.position != INSIDE and number % CALLS == 0:
            if isinstance(door, ApiDoor):
                door.close()
            door = ApiDoor(datamodel, url)
        mark = "-".join([*way.split(), str(hand.position), str(number)])
        outcomes.append(
            write_any(door, chance, number) if way.startswith(ANY) else create(door, mark, number, way)
        )
    return outcomes


def create(door: Door, key: str, number: int, way: str) -> str:
    """Create one record, a large one where that is the way; try again where the database is busy."""
    for _ in range(TRIES):
        try:
            door.create("Thing", {"id": key, "number": number, "text": "x" * BIG if way == "big" else None})
        except Refused as refusal:
            if refusal.kind not in BUSY:
                raise
            continue
        return "created"
    raise TimeoutError(f"The database was busy {TRIES} times.")


def write_any(door: Door, chance: random.Random, number: int) -> str:
    """Create, update or delete one of the records that all write; return what became of it."""
    key = {"id": str(chance.randrange(RECORDS))}
    try:
        match chance.choice("ccuuuuud"):
            case "c":
                door.create("Thing", {**key, "number": number})
            case "u":
                door.update("Thing", key, {"number": number})
            case _:
                door.delete("Thing", key)
    except Refused as refusal:
        if refusal.kind not in EXPECTED | BUSY:
            raise
        return refusal.kind
    return "written"
