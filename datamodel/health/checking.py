"""Running the checks: one statement per relationship, one per model for its fields."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count

from datamodel.health.check import MOST_AT_ONCE, Check, Counted, Severity
from datamodel.health.checks import all_checks
from datamodel.health.fields import FieldCheck, is_json, scan
from datamodel.health.links import LooseReference
from datamodel.health.patience import Deadline, OutOfTime
from datamodel.modelgen import Record
from datamodel.registry import DataModel

__all__ = ["Example", "Finding", "Report", "check_data", "describe", "find_check"]

EXAMPLES = 3
CONDITIONS = 40
"""Conditions in one statement: enums bring many parameters."""


@dataclass(frozen=True, slots=True)
class Example:
    """A broken record with what is wrong with it."""

    record: Record
    value: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise that is broken: by how many records, and some of them."""

    check: Check
    counted: Counted
    examples: tuple[Example, ...]

    @property
    def message(self) -> str:
        return self.check.message(self.counted)


@dataclass(frozen=True, slots=True)
class Report:
    """What checking found."""

    findings: tuple[Finding, ...]
    passed: tuple[Check, ...]
    unchecked: tuple[Check, ...]
    """What there was no time for."""
    milliseconds: int

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.check.severity is Severity.ERROR)

    @property
    def notes(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.check.severity is Severity.NOTE)

    @property
    def checked(self) -> int:
        return len(self.passed) + len(self.findings)


def check_data(
    datamodel: DataModel,
    *,
    model: str | None = None,
    seconds: float | None = None,
    ceiling: int | None = MOST_AT_ONCE,
) -> Report:
    """Look for records that break what the schema promises: of all models, or of one.

    ``seconds`` is how long it may take; what there was no time for is told. Records are counted up to
    ``ceiling``, None meaning all of them.
    """
    started = time.monotonic()
    deadline = Deadline(seconds)
    checks = [check for check in all_checks(datamodel) if model in (None, check.model)]
    counts = dict(count_all(checks, ceiling, deadline))
    # What is told of what was found is worth some more time.
    findings = [
        Finding(check, counts[check], describe(check, check.offenders(EXAMPLES)))
        for check in checks
        if check in counts and counts[check].count
    ]
    return Report(
        findings=tuple(findings),
        passed=tuple(check for check in checks if check in counts and not counts[check].count),
        unchecked=tuple(check for check in checks if check not in counts),
        milliseconds=round((time.monotonic() - started) * 1000),
    )


def describe(check: Check, records: Sequence[Record]) -> tuple[Example, ...]:
    """Return the records with what is wrong with each."""
    about = check.about(records)
    return tuple(Example(record, check.shown(record), about.get(record.pk, "")) for record in records)


def find_check(datamodel: DataModel, code: str, subject: str) -> Check | None:
    """Return the check of a code and subject, None where the data model has none."""
    return next((c for c in all_checks(datamodel) if c.code == code and c.subject == subject), None)


def count_all(
    checks: Iterable[Check], ceiling: int | None, deadline: Deadline
) -> Iterator[tuple[Check, Counted]]:
    """Yield the counts of the checks that there is time for, the quickest and weightiest first."""
    loose, alone, columns, values = sort_out(checks)
    for same in loose:
        yield from timely(partial(count_loose, same, ceiling, deadline))
    for check in alone:
        yield from timely(partial(count_one, check, ceiling, deadline))
    doubtful: list[FieldCheck] = []
    for group in columns:
        for check, counted in timely(partial(count_conditions, group, deadline)):
            if check.is_exact or not counted.count:
                yield check, counted
            else:
                doubtful.append(check)
    for group in [*([check] for check in doubtful), *values]:
        yield from timely(partial(scan, group, ceiling, deadline))


def timely(work: Callable[[], Mapping[Any, Counted]]) -> Iterable[tuple[Any, Counted]]:
    """Return what ``work`` counts, nothing where the time is over."""
    try:
        return work().items()
    except OutOfTime:
        return ()


def count_loose(
    checks: Sequence[LooseReference], ceiling: int | None, deadline: Deadline
) -> Mapping[LooseReference, Counted]:
    """Count what breaks some checks of one link's references; one statement where nothing does."""
    with deadline.statement():
        if not checks[0].loose().exists():
            return dict.fromkeys(checks, Counted(0))
    return {check: check.count(ceiling, deadline) for check in checks}


def count_one(check: Check, ceiling: int | None, deadline: Deadline) -> Mapping[Check, Counted]:
    return {check: check.count(ceiling, deadline)}


def sort_out(
    checks: Iterable[Check],
) -> tuple[list[list[LooseReference]], list[Check], list[list[FieldCheck]], list[list[FieldCheck]]]:
    """Return the checks that are run together: by link; none; columns by model; JSON by field."""
    loose: dict[str, list[LooseReference]] = defaultdict(list)
    alone: list[Check] = []
    columns: dict[str, list[list[FieldCheck]]] = defaultdict(lambda: [[]])
    values: dict[str, list[FieldCheck]] = defaultdict(list)
    for check in checks:
        if isinstance(check, LooseReference):
            loose[check.link.name].append(check)
        elif not isinstance(check, FieldCheck):
            alone.append(check)
        elif is_json(check.stored.type):
            values[check.subject].append(check)
        else:
            if len(columns[check.model][-1]) == CONDITIONS:
                columns[check.model].append([])
            columns[check.model][-1].append(check)
    groups = [group for groups in columns.values() for group in groups]
    return list(loose.values()), alone, groups, list(values.values())


def count_conditions(checks: Sequence[FieldCheck], deadline: Deadline) -> Mapping[FieldCheck, Counted]:
    """Count, in one statement, the records of a model that meet the condition of each check."""
    counts = {f"joinery_{n}": Count("pk", filter=check.condition()) for n, check in enumerate(checks)}
    with deadline.statement():
        found = checks[0].record_class.objects.aggregate(**counts)
    return {check: Counted(found[name]) for check, name in zip(checks, counts, strict=True)}
