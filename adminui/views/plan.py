"""The plan of a schema change: what it does to whose data, what it asks, and its consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from adminui.answers import AnswerProblem, ask_all, read_answers
from adminui.highlight import short_name
from adminui.steps import CONSENT_WORDS, missing_consent, step_rows
from adminui.views.schema import read_sources
from adminui.views.upload import SchemaChoices, actor_of, keep_plan, show_texts
from datamodel import access, registry
from datamodel.migrator import (
    ApplyBusy,
    MigrationRefused,
    Plan,
    PlanOptionError,
    PlanOptions,
    Risk,
    StalePlan,
    apply_plan,
    load_plan,
    make_plan,
)
from datamodel.models import SchemaPlan
from datamodel.schema.errors import SchemaError

__all__ = ["plan", "plan_text"]


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a plan; a POST answers its questions or applies it."""
    stored = _get_stored(pk)
    try:
        found = load_plan(pk)
    except (StalePlan, PlanOptionError, SchemaError):
        if request.method == "POST" and request.POST.get("action") == "replan":
            return _plan_anew(request, stored)
        return _stale(request, stored)
    if request.method != "POST":
        return _show(request, stored, found)
    return _answer(request, stored, found)


@require_safe
def plan_text(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the text of a plan, to be changed."""
    stored = _get_stored(pk)
    return show_texts(
        request, read_sources(stored.sources), SchemaChoices.of_plan(stored), heading="Edit the schema"
    )


def _get_stored(pk: UUID) -> SchemaPlan:
    stored = SchemaPlan.objects.filter(pk=pk).first()
    if stored is None:
        raise Http404("There is no such plan. It may have been tidied away: upload the schema again.")
    return stored


def _show(
    request: HttpRequest,
    stored: SchemaPlan,
    found: Plan,
    *,
    refused: str = "",
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    """Show the steps by what they risk, and the questions."""
    questions = ask_all(found, request.POST, wrong or {})
    context: dict[str, Any] = {
        "stored": stored,
        "plan": found,
        "next_version": found.base_version + 1,
        "safe": step_rows(found, Risk.SAFE),
        "risky": step_rows(found, Risk.RISKY),
        "destructive": step_rows(found, Risk.DESTRUCTIVE),
        "consented": request.POST.getlist("consent"),
        "consent_words": CONSENT_WORDS,
        "questions": questions,
        "open_questions": [question for question in questions if question.is_open],
        "refused": refused,
        "files": ", ".join(short_name(source.name) for source in found.sources),
    }
    return render(request, "adminui/schema/plan.html", context, status=422 if refused or wrong else 200)


def _answer(request: HttpRequest, stored: SchemaPlan, found: Plan) -> HttpResponse:
    """Apply the plan, or make another where the answers changed: nothing is applied that was not shown."""
    try:
        options = read_answers(found, request.POST)
    except AnswerProblem as problem:
        return _show(request, stored, found, wrong=problem.errors)
    if request.POST.get("action") == "apply":
        if options == found.options:
            return _apply(request, stored, found)
        messages.info(request, "Your answers changed the plan. Look at it, then apply it.")
    return _save(request, stored, options)


def _save(request: HttpRequest, stored: SchemaPlan, options: PlanOptions) -> HttpResponse:
    """Make and keep the plan again, on the schema and the records as they are now."""
    sources = read_sources(stored.sources)
    try:
        again = make_plan(sources, options, select=stored.select or None)
    except SchemaError as error:
        choices = SchemaChoices.of_plan(stored)
        return show_texts(request, sources, choices, problems=error.problems, status=422)
    return keep_plan(request, again)


def _plan_anew(request: HttpRequest, stored: SchemaPlan) -> HttpResponse:
    """Plan against the version that is active now; answers that no longer name anything are dropped."""
    options = PlanOptions.from_json(stored.options)
    try:
        return _save(request, stored, options)
    except PlanOptionError as problem:
        messages.warning(request, f"{problem.message} The answers given before were dropped.")
        return _save(request, stored, replace(options, renames={}, model_renames={}, defaults={}))


def _apply(request: HttpRequest, stored: SchemaPlan, found: Plan) -> HttpResponse:
    """Apply the plan, once every step that loses data has its consent."""
    refused = missing_consent(found, request.POST.getlist("consent"), request.POST.get("typed", ""))
    if refused:
        return _show(request, stored, found, refused=refused)
    try:
        with access.acting_as(actor_of(request)):
            datamodel = apply_plan(found, allow_destructive=found.is_destructive)
    except StalePlan:
        return _stale(request, stored)
    except ApplyBusy:
        return render(request, "adminui/schema/busy.html", {"stored": stored}, status=409)
    except MigrationRefused as problem:
        return _show(request, stored, found, refused=problem.message)
    SchemaPlan.objects.filter(pk=stored.pk).update(status=SchemaPlan.Status.APPLIED)
    messages.success(request, f"Version {datamodel.version} is active. Pages and API have it at once.")
    return redirect("schema")


def _stale(request: HttpRequest, stored: SchemaPlan) -> HttpResponse:
    context = {"stored": stored, "active_version": registry.active_version()}
    return render(request, "adminui/schema/stale.html", context, status=409)
