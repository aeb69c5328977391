"""What plain queries take while bombs rain: a real server, some clients that attack, one that asks."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bench.bombs.documents import BOMBS, PLAIN

__all__ = ["Latency", "besieged", "quiet"]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of plain queries, and how many were answered with something else than 200."""

    median: float
    p99: float
    count: int
    failed: int


def quiet(port: int, key: str, seconds: float) -> Latency:
    """Ask plain queries one after the other."""
    times, failed = [], 0
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    end = time.monotonic() + seconds
    for body in itertools.cycle(PLAIN.values()):
        if time.monotonic() > end:
            break
        began = time.monotonic()
        failed += post(connection, body, key) != 200
        times.append((time.monotonic() - began) * 1000)
        # people are not a flood: a request every few milliseconds
        time.sleep(0.005)
    connection.close()
    return summary(times, failed)


def besieged(port: int, key: str, seconds: float, attackers: int) -> tuple[Latency, int]:
    """Ask plain queries while ``attackers`` send one bomb after the other; return how many they sent."""
    sent = [0] * attackers
    stop = threading.Event()

    def attack(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for bomb in itertools.cycle([*BOMBS[number::attackers], *BOMBS]):
            if stop.is_set():
                break
            try:
                post(connection, bomb.body, key)
            except (OSError, http.client.HTTPException):
                # a body that is refused before it was read closes the connection
                connection.close()
            sent[number] += 1
        connection.close()

    threads = [threading.Thread(target=attack, args=(number,)) for number in range(attackers)]
    for thread in threads:
        thread.start()
    try:
        latency = quiet(port, key, seconds)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return latency, sum(sent)


def post(connection: http.client.HTTPConnection, body: bytes, key: str) -> int:
    connection.request("POST", "/graphql", body, {"content-type": "application/json", "x-api-key": key})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def summary(times: Sequence[float], failed: int) -> Latency:
    ordered = sorted(times)
    return Latency(ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], len(ordered), failed)
