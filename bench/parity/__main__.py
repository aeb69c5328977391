"""Compare Joinery's API with the official one: `python -m bench.parity ORACLE WHAT...`.

ORACLE is a folder with the official packages installed and cases with their expected output. WHAT is any of
`cases` (each case with and without DataStore), `introspection`, `golden` (the tests' golden files), `flags`
(cases and random schemas with each project flag the other way), `fuzz` and `fuzz-introspection` (random
schemas). Prints what differs, then a line of figures each; exit status 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django

from bench.parity.official import Official, OfficialError
from bench.parity.rules import add_rules

GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
SHOWN = 5
"""How many differences of a schema are printed."""


@dataclass
class Tally:
    """What one run of comparisons found."""

    title: str
    schemas: int = 0
    identical: int = 0
    refused: int = 0
    members: int = 0
    differing: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, name: str, total: int, differences: list[str]) -> None:
        self.schemas += 1
        self.members += total
        self.differing += len(differences)
        if not differences:
            self.identical += 1
            return
        self.reasons.append(f"{name}: {len(differences)} of {total} members differ")
        self.reasons += [f"    {line}" for line in differences[:SHOWN]]

    def __str__(self) -> str:
        refused = f", {self.refused} refused by the official tool" if self.refused else ""
        return (
            f"{self.title}: {self.identical} of {self.schemas} identical{refused}, "
            f"{self.differing} differing members of {self.members}"
        )


class Comparison:
    """Runs comparisons on a few Node processes at once."""

    def __init__(self, oracle: Path, workers: int) -> None:
        self.oracle = oracle
        self.officials = [Official(oracle) for _ in range(workers)]

    def close(self) -> None:
        for official in self.officials:
            official.close()

    def each(self, jobs: list[Any], run: Callable[[Official, Any], None]) -> None:
        """Run the jobs, every worker its share, in order."""

        def share(number: int) -> None:
            for job in jobs[number :: len(self.officials)]:
                run(self.officials[number], job)

        with ThreadPoolExecutor(len(self.officials)) as pool:
            list(pool.map(share, range(len(self.officials))))

    def cases(self) -> Iterator[Tally]:
        """Compare every case of the oracle with its expected file."""
        from bench.parity import ours
        from datamodel.schema import SchemaOptions

        for dialect in ("v1", "v2", "gen2"):
            for form, is_on in (("api", False), ("sync", True)):
                tally = Tally(f"{dialect} cases, DataStore {'on' if is_on else 'off'}")
                for case in case_files(self.oracle, dialect):
                    expected = self.oracle / "expected" / dialect / f"{case.stem}.{form}.graphql"
                    if expected.exists():
                        text = case.read_text()
                        made = attempt(ours.sdl, case.name, text, dialect, SchemaOptions(datastore=is_on))
                        self.compare(self.officials[0], tally, case.name, expected.read_text(), made)
                if tally.schemas:
                    yield tally

    def introspection(self) -> Iterator[Tally]:
        """Compare the model introspection of every case that the official generator can describe."""
        from bench.parity import ours

        for dialect in ("v1", "v2", "gen2"):
            tally = Tally(f"{dialect} introspection")
            for case in case_files(self.oracle, dialect):
                expected = self.oracle / "expected" / dialect / f"{case.stem}.introspection.json"
                if expected.exists():
                    made = attempt(ours.introspection, case.name, case.read_text(), dialect)
                    official = flatten(json.loads(expected.read_text()))
                    tally.add(case.name, *differences(official, flatten(made)))
            yield tally

    def golden(self) -> Iterator[Tally]:
        """Compare the golden files of the tests with what the official tool makes of their schemas."""
        official, tally = self.officials[0], Tally("golden files")
        for settings_file in sorted(GOLDEN.glob("*/case.json")):
            folder, settings = settings_file.parent, json.loads(settings_file.read_text())
            file = next(path for path in folder.glob("schema.*") if ".new" not in path.name)
            request = {"dialect": settings["dialect"], "file": str(file.resolve())}
            flags, is_on = settings["flags"], settings["datastore"]
            expected = official.ask("sdl", **request, sync=is_on, set=flags)
            self.compare(
                official, tally, f"{folder.name} API", expected, (folder / "api.graphql").read_text()
            )
            if flags:
                continue
            try:
                told = flatten(official.ask("introspection", **request))
            except OfficialError:
                tally.refused += 1
                continue
            made = flatten(json.loads((folder / "introspection.json").read_text()))
            tally.add(f"{folder.name} introspection", *differences(told, made))
        yield tally

    def flags(self, options: argparse.Namespace) -> Iterator[Tally]:
        """Compare the cases and random schemas of projects that have a flag the other way."""
        from datamodel.schema.flags import Flag

        variants = (
            ("v1", Flag.IMPROVE_PLURALS, False),
            ("v2", Flag.RESPECT_KEY_NAMES, False),
            ("v2", Flag.NAME_INDEX_QUERIES, False),
            ("v2", Flag.MERGE_OPERATIONS, True),
        )
        for dialect, flag, value in variants:
            texts = [case.read_text() for case in case_files(self.oracle, dialect)]
            texts += self.random_schemas(options, dialect)
            for is_on in (False, True):
                form = f"DataStore {'on' if is_on else 'off'}"
                tally = Tally(f"{dialect} with {flag} {'on' if value else 'off'}, {form}")
                self.compare_all(tally, dialect, is_on, texts, {flag.value: value})
                yield tally

    def fuzz_introspection(self, options: argparse.Namespace) -> Iterator[Tally]:
        """Compare the model introspection of random schemas."""
        from bench.parity import ours

        for dialect in options.dialect:
            tally = Tally(f"{dialect} introspection of random schemas")

            def run(
                official: Official, job: tuple[int, str], dialect: str = dialect, tally: Tally = tally
            ) -> None:
                number, text = job
                try:
                    expected = official.ask("introspection", dialect=dialect, text=text)
                except OfficialError:
                    tally.refused += 1
                    return
                made = attempt(ours.introspection, "schema.graphql", text, dialect)
                total, found = differences(flatten(expected), flatten(made))
                tally.add(f"schema {number}", total, found)
                if found:
                    tally.reasons.append(text)

            self.each(list(enumerate(self.random_schemas(options, dialect))), run)
            yield tally

    def random_schemas(self, options: argparse.Namespace, dialect: str) -> list[str]:
        texts: list[str] = self.officials[0].ask(
            "random", dialect=dialect, count=options.count, seed=options.seed, names=options.names
        )
        if options.rules:
            texts = [add_rules(text, dialect, number) for number, text in enumerate(texts, options.seed)]
        return texts

    def fuzz(self, options: argparse.Namespace) -> Iterator[Tally]:
        """Compare random schemas."""
        for dialect in options.dialect:
            texts = self.random_schemas(options, dialect)
            for is_on in (False, True):
                tally = Tally(f"{dialect} random schemas, DataStore {'on' if is_on else 'off'}")
                self.compare_all(tally, dialect, is_on, texts, {})
                yield tally

    def compare_all(
        self, tally: Tally, dialect: str, is_on: bool, texts: list[str], flags: dict[str, bool]
    ) -> None:
        """Compare what the official tool makes of each text with what we do."""
        from bench.parity import ours
        from datamodel.schema import SchemaOptions

        options = SchemaOptions(datastore=is_on, flags=flags)

        def run(official: Official, job: tuple[int, str]) -> None:
            number, text = job
            try:
                expected = official.ask("sdl", dialect=dialect, text=text, sync=is_on, set=flags)
            except OfficialError:
                tally.refused += 1
                return
            made = attempt(ours.sdl, "schema.graphql", text, dialect, options)
            if not self.compare(official, tally, f"schema {number}", expected, made):
                tally.reasons.append(text)

        self.each(list(enumerate(texts)), run)

    def compare(self, official: Official, tally: Tally, name: str, expected: str, made: str) -> bool:
        """Compare two APIs member by member; ours may be an error instead."""
        try:
            found = official.ask("compare", official=expected, ours=made)
        except OfficialError:
            found = {"total": 1, "differences": [made]}
        tally.add(name, found["total"], found["differences"])
        return not found["differences"]


def case_files(oracle: Path, dialect: str) -> list[Path]:
    return sorted((oracle / "cases" / dialect).iterdir())


def attempt(make: Callable[..., Any], *arguments: Any) -> Any:
    """Return what we make of a schema, or the problems as text: a case that we refuse differs."""
    from datamodel.schema import SchemaError

    try:
        return make(*arguments)
    except SchemaError as error:
        return f"We refuse it: {error}"


def flatten(data: Any, path: str = "") -> dict[str, Any]:
    """Return JSON data as paths and plain values; empty containers count as values."""
    if isinstance(data, dict) and data:
        pairs = [(f"{path}.{key}", value) for key, value in data.items()]
    elif isinstance(data, list) and data:
        pairs = [(f"{path}[{number}]", value) for number, value in enumerate(data)]
    else:
        return {path: data}
    return {name: value for key, inner in pairs for name, value in flatten(inner, key).items()}


def differences(official: dict[str, Any], made: dict[str, Any]) -> tuple[int, list[str]]:
    """Return how many paths there are, and those that differ."""
    absent = object()
    names = sorted(official.keys() | made.keys())
    wrong = [name for name in names if official.get(name, absent) != made.get(name, absent)]
    lines = [f"{n}: official {official.get(n, 'nothing')!r}, ours {made.get(n, 'nothing')!r}" for n in wrong]
    return len(names), lines


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.parity", description=__doc__)
    parser.add_argument("oracle", type=Path)
    parser.add_argument(
        "what", nargs="+", choices=("cases", "introspection", "golden", "flags", "fuzz", "fuzz-introspection")
    )
    parser.add_argument("--dialect", nargs="+", default=["v1", "v2"], choices=("v1", "v2"), help="for fuzz")
    parser.add_argument("--count", type=int, default=1000, help="random schemas of each dialect")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", choices=("capital", "all"), default="capital")
    parser.add_argument("--rules", action="store_true", help="give random schemas authorization rules")
    parser.add_argument("--workers", type=int, default=2, help="Node processes")
    return parser.parse_args()


def main() -> int:
    options = read_arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "adminui.settings")
    django.setup()
    comparison = Comparison(options.oracle, options.workers)
    runs = {
        "cases": comparison.cases,
        "introspection": comparison.introspection,
        "golden": comparison.golden,
        "flags": lambda: comparison.flags(options),
        "fuzz": lambda: comparison.fuzz(options),
        "fuzz-introspection": lambda: comparison.fuzz_introspection(options),
    }
    is_same = True
    try:
        for what in options.what:
            for tally in runs[what]():
                print("\n".join([*tally.reasons, str(tally)]), flush=True)
                is_same &= not tally.differing
    finally:
        comparison.close()
    return 0 if is_same else 1


if __name__ == "__main__":
    sys.exit(main())
