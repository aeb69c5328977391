"""The steps of a plan as the page shows them: a title, the rest of the sentence, the consent it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datamodel.migrator import Plan, PlanStep, Risk

__all__ = ["CONSENT_WORDS", "StepRow", "missing_consent", "step_rows"]

CONSENT_WORDS = "lose data"
BEFORE_NAMES = frozenset("by enum field from in index of relationship rename table to type".split())  # noqa: SIM905
NO_NAMES = frozenset({"field", "of"})
MARKS = {"add": "+", "create": "+", "drop": "−", "remove": "−"}  # noqa: RUF001  minus signs
LINK_CHANGES = frozenset({"change_policy", "change_relationship"})
WORDS_ONLY = frozenset({"change_access", "change_api", "change_source", "datastore", "integrity", "storage"})


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step, ready to be shown."""

    step: PlanStep
    title: SafeString
    rest: str
    consent: str
    """The name under which consent to this very step is given."""

    @property
    def mark(self) -> str:
        """Whether the step adds, takes away or changes something."""
        verb = self.step.text.partition(" ")[0]
        return MARKS.get(verb, "~")

    @property
    def is_unhealthy(self) -> bool:
        """Whether records of a relationship that exists are in the way: data health lists those."""
        return self.step.kind in LINK_CHANGES and bool(self.step.rows)


def step_rows(plan: Plan, risk: Risk) -> list[StepRow]:
    """Return the steps of one risk; ``drop field x from Y: 3 records …`` is a title and a rest."""
    rows = []
    for step in plan.steps:
        if step.risk is risk:
            head, _, tail = step.text.partition(": ")
            rows.append(StepRow(step, _title(step, head), _sentence(tail), consent_name(step)))
    return rows


def _title(step: PlanStep, head: str) -> SafeString:
    """The words of ``head``, capitalized, with the names in it as code."""
    if step.kind in WORDS_ONLY:
        return format_html("{}", _capital(head))
    parts = []
    words = ["", *head.split(" ")]
    for before, word in pairwise(words):
        name = word.rstrip(",")
        is_name = before in BEFORE_NAMES and name not in NO_NAMES
        parts.append(format_html("<code>{}</code>{}", name, word[len(name) :]) if is_name else word)
    parts[0] = _capital(parts[0])
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _sentence(text: str) -> str:
    return f"{_capital(text)}." if text else ""


def consent_name(step: PlanStep) -> str:
    return f"{step.kind} {step.model}.{step.field or ''}"


def missing_consent(plan: Plan, given: Sequence[str], typed: str) -> str:
    """Return the sentence that says which consent is missing; empty where none is."""
    losing = [step for step in plan.steps if step.is_destructive]
    missing = [step for step in losing if consent_name(step) not in given]
    if missing:
        names = ", ".join(
            f"'{step.model}.{step.field}'" if step.field else f"'{step.model}'" for step in missing
        )
        return f"Nothing was changed. Tick what may go: {names}."
    if losing and typed.strip().lower() != CONSENT_WORDS:
        return f"Nothing was changed. Type '{CONSENT_WORDS}' to show that you mean it."
    return ""
