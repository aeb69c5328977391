"""A crew: processes that run the same function at the same moment, round after round."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import random
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty
from threading import BrokenBarrierError
from typing import Any

__all__ = ["Crew", "Hand", "hired", "pause"]

PATIENCE_S = 300
"""How long one waits for the others before the run counts as stuck."""

CONTEXT = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Hand:
    """One process of a crew, as its function sees it."""

    position: int
    size: int
    barrier: Any

    def wait(self) -> None:
        """Wait until every hand has come here."""
        self.barrier.wait(PATIENCE_S)


class Crew:
    """Processes that wait for something to do."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.orders = [CONTEXT.Queue() for _ in range(size)]
        self.answers = CONTEXT.Queue()
        # Held here too: a started process lets go of what it was given.
        self.barrier = CONTEXT.Barrier(size)
        self.processes = [
            CONTEXT.Process(
                target=live, args=(orders, self.answers, Hand(position, size, self.barrier)), daemon=True
            )
            for position, orders in enumerate(self.orders)
        ]

    def run(self, module: str, function: str, *arguments: Any) -> list[Any]:
        """Call ``module.function(hand, *arguments)`` in every process; return all that they returned.

        The function answers a list. Raise RuntimeError where a process fails.
        """
        for orders in self.orders:
            orders.put((module, function, arguments))
        return [one for answer in self.collect() for one in answer]

    def collect(self) -> Iterator[list[Any]]:
        """Yield what each process returned; raise RuntimeError with the first failure."""
        for _ in range(self.size):
            while True:
                with suppress(Empty):
                    failure, answer = self.answers.get(timeout=1)
                    break
                if not all(process.is_alive() for process in self.processes):
                    raise RuntimeError("A process of the crew ended before its time.")
            if failure:
                raise RuntimeError(failure)
            yield answer


@contextlib.contextmanager
def hired(size: int) -> Iterator[Crew]:
    """A crew of that size, sent home afterwards."""
    crew = Crew(size)
    for process in crew.processes:
        process.start()
    try:
        yield crew
    finally:
        for orders in crew.orders:
            orders.put(None)
        for process in crew.processes:
            process.join(10)
            process.kill()


def live(orders: Any, answers: Any, hand: Hand) -> None:
    """The life of a process: Django, then one order after another until there is none."""
    import django

    django.setup()
    from django.db import connections

    while order := orders.get():
        try:
            answers.put(("", obey(hand, *order)))
        except BrokenBarrierError:
            answers.put((f"Process {hand.position} waited {PATIENCE_S} s for the others.", []))
        except Exception as error:
            hand.barrier.abort()
            answers.put((f"Process {hand.position}: {type(error).__name__}: {error}", []))
            raise
        finally:
            connections.close_all()


def obey(hand: Hand, module: str, function: str, arguments: tuple[Any, ...]) -> list[Any]:
    answer: list[Any] = getattr(importlib.import_module(module), function)(hand, *arguments)
    return answer


def pause(chance: random.Random, longest_s: float) -> None:
    """Let a moment pass, so that the hands don't meet at the same place in every round."""
    time.sleep(longest_s * chance.random())
