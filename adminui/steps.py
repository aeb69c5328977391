"""The steps of a plan as the page shows them: a title, the rest of the sentence, the consent it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from datamodel.migrator import Plan, PlanStep, Risk

__all__ = ["CONSENT_WORDS", "StepRow", "missing_consent", "step_rows"]

CONSENT_WORDS = "lose data"


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step, ready to be shown."""

    step: PlanStep
    title: SafeString
    rest: str
    consent: str
    """The name under which consent to this very step is given."""


def step_rows(plan: Plan, risk: Risk) -> list[StepRow]:
    """Return the steps of one risk; ``drop field x from Y: 3 records …`` is a title and a rest."""
    rows = []
    for step in plan.steps:
        if step.risk is risk:
            head, _, tail = step.text.partition(": ")
            rows.append(StepRow(step, _title(step, head), _sentence(tail), consent_name(step)))
    return rows


def _title(step: PlanStep, head: str) -> SafeString:
    """The words of ``head``, capitalized, with the names of model and field as code."""
    names = {step.model, step.field, step.text.partition(" in ")[2].partition(" of ")[0]}
    words = head[:1].upper() + head[1:]
    return format_html_join(
        " ",
        "{}",
        ((format_html("<code>{}</code>", word) if word in names else word,) for word in words.split(" ")),
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


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
