"""The plan of a schema change: what it does to whose data, what it asks, and its consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from adminui.answers import AnswerProblem, ask_all, read_answers
from adminui.views.upload import SchemaChoices, show_texts
from datamodel import access, registry
from datamodel.migrator import (
    ApplyBusy,
    MigrationRefused,
    Plan,
    PlanOptionError,
    PlanStep,
    Risk,
    StalePlan,
    apply_plan,
    load_plan,
    make_plan,
    save_plan,
)
from datamodel.schema.errors import SchemaError

__all__ = ["plan", "plan_text"]

CONSENT_WORDS = "lose data"


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a plan; a POST answers its questions or applies it."""
    found = _get_plan(pk)
    if request.method != "POST":
        return show_plan(request, pk, found)
    if request.POST.get("action") == "apply":
        return _apply(request, pk, found)
    return _plan_again(request, pk, found)


@require_safe
def plan_text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the text of a plan, to be changed."""
    found = _get_plan(pk)
    return show_texts(request, found.sources, SchemaChoices.of_plan(found))


def _get_plan(pk: UUID) -> Plan:
    found = load_plan(pk)
    if found is None:
        raise Http404("There is no such plan. It may have been tidied away; upload the schema again.")
    return found


def show_plan(
    request: HttpRequest, pk: UUID, found: Plan, *, refused: str = "", wrong: dict[str, str] | None = None
) -> HttpResponse:
    """Show the steps by what they risk, and the questions."""
    if found.base_version != registry.active_version():
        return _stale(request, pk, found)
    by_risk = {risk: [step for step in found.steps if step.risk is risk] for risk in Risk}
    context: dict[str, Any] = {
        "pk": pk,
        "plan": found,
        "next_version": found.base_version + 1,
        "safe": by_risk[Risk.SAFE],
        "risky": by_risk[Risk.RISKY],
        "destructive": [(consent_name(step), step) for step in by_risk[Risk.DESTRUCTIVE]],
        "consented": request.POST.getlist("consent"),
        "consent_words": CONSENT_WORDS,
        "questions": ask_all(found, request.POST, wrong or {}),
        "refused": refused,
        "files": ", ".join(source.name for source in found.sources),
    }
    return render(request, "adminui/schema/plan.html", context, status=422 if refused or wrong else 200)


def consent_name(step: PlanStep) -> str:
    """The name under which one step's consent is given."""
    return f"{step.kind} {step.model}.{step.field or ''}"


def _plan_again(request: HttpRequest, pk: UUID, found: Plan) -> HttpResponse:
    """Make the plan again, with the answers given, on the schema and records as they are now."""
    try:
        options = read_answers(found, request.POST)
        again = make_plan(found.sources, options, select=found.select)
    except AnswerProblem as problem:
        return show_plan(request, pk, found, wrong=problem.errors)
    except PlanOptionError as problem:
        # The active schema moved on, and an answer no longer names anything: ask anew.
        again = make_plan(
            found.sources, replace(found.options, renames={}, model_renames={}), select=found.select
        )
        messages.warning(request, f"{problem.message} The answers were dropped.")
    except SchemaError as problem:
        choices = SchemaChoices.of_plan(found)
        return show_texts(request, found.sources, choices, problems=problem.problems, status=422)
    return redirect("schema_plan", save_plan(again, created_by=request.user.get_username()))


def _apply(request: HttpRequest, pk: UUID, found: Plan) -> HttpResponse:
    """Apply the plan, once every step that loses data has its consent."""
    refusal = _missing_consent(found, request.POST)
    if refusal:
        return show_plan(request, pk, found, refused=refusal)
    try:
        with access.acting_as(access.Actor("user", request.user.get_username())):
            datamodel = apply_plan(found, allow_destructive=found.is_destructive)
    except StalePlan:
        return _stale(request, pk, found)
    except ApplyBusy:
        return render(request, "adminui/schema/busy.html", {"pk": pk}, status=409)
    except MigrationRefused as refused:
        return show_plan(request, pk, found, refused=refused.message)
    messages.success(request, f"Version {datamodel.version} is active. Pages and API have it at once.")
    return redirect("schema")


def _missing_consent(found: Plan, data: QueryDict) -> str:
    """The sentence that says which consent is missing; empty where none is."""
    if not found.is_destructive:
        return ""
    given = data.getlist("consent")
    missing = [
        step for step in found.steps if step.risk is Risk.DESTRUCTIVE and consent_name(step) not in given
    ]
    if missing:
        names = ", ".join(
            f"'{step.model}.{step.field}'" if step.field else f"'{step.model}'" for step in missing
        )
        return f"Nothing was changed. Say for each step whether its data may go: {names}."
    if data.get("typed", "").strip().lower() != CONSENT_WORDS:
        return f"Nothing was changed. Type '{CONSENT_WORDS}' to show that you mean it."
    return ""


def _stale(request: HttpRequest, pk: UUID, found: Plan) -> HttpResponse:
    context = {"pk": pk, "plan": found, "active_version": registry.active_version()}
    return render(request, "adminui/schema/stale.html", context, status=409)
