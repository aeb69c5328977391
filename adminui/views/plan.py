"""The plan of a schema change: what it does to whose data, what it asks, and its consent."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from adminui.answers import AnswerProblem, ask_all, read_answers
from adminui.highlight import short_name
from adminui.steps import CONSENT_WORDS, missing_consent, step_rows
from adminui.templatetags.adminui import find_url
from adminui.views.schema import read_sources
from adminui.views.upload import SchemaChoices, actor_of, keep_plan, read_open, show_texts
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
from datamodel.models import SchemaPlan, SchemaVersion
from datamodel.schema.errors import SchemaError
from datamodel.schema.notes import has_models_without_rules

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
    choice_url = find_choice_url(stored, found)
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
        "offers_opening": found.stored_options.is_open or has_models_without_rules(found.schema),
        "files": ", ".join(short_name(source.name) for source in found.sources),
        "is_choice": bool(choice_url),
        "choice_url": choice_url,
        "health_url": find_url("data_health"),
    }
    return render(request, "adminui/schema/plan.html", context, status=422 if refused or wrong else 200)


def find_choice_url(stored: SchemaPlan, found: Plan) -> str:
    """Return the page where a policy or the profile was chosen; empty for a plan that an upload made."""
    chosen = [*found.options.schema.on_delete, *found.options.default_policies]
    if len(chosen) == 1:
        return reverse("schema_relationship", args=[chosen[0]])
    is_switch = any(step.kind == "integrity" for step in found.steps) and not _changes_text(stored)
    return reverse("schema_relationships") if chosen or is_switch else ""


def _changes_text(stored: SchemaPlan) -> bool:
    """Return whether the plan's text is another than that of the version it was made for."""
    base = SchemaVersion.objects.filter(number=stored.base_version).only("sources", "select").first()
    return base is None or (base.sources, base.select) != (stored.sources, stored.select)


def _answer(request: HttpRequest, stored: SchemaPlan, found: Plan) -> HttpResponse:
    """Apply the plan, or make another where the answers changed: nothing is applied that was not shown."""
    try:
        options = with_opening(found, read_answers(found, request.POST), read_open(request.POST))
    except AnswerProblem as problem:
        return _show(request, stored, found, wrong=problem.errors)
    if request.POST.get("action") == "apply":
        if options == found.options:
            return _apply(request, stored, found)
        messages.info(request, "Your answers changed the plan. Look at it, then apply it.")
    return _save(request, stored, options)


def with_opening(found: Plan, options: PlanOptions, is_open: bool | None) -> PlanOptions:
    """Return the options with the posted choice to open models without rules, where it is another one."""
    if is_open is None or is_open == found.stored_options.is_open:
        return options
    return replace(options, is_open=is_open)


def _save(request: HttpRequest, stored: SchemaPlan, options: PlanOptions) -> HttpResponse:
    """Make and keep the plan again, on the schema and the records as they are now.

    A plan that only chooses something is made for the text that is active by now.
    """
    text: SchemaPlan | SchemaVersion = stored
    if stored.base_version != registry.active_version() and not _changes_text(stored):
        text = SchemaVersion.objects.get(is_active=True)
    sources = read_sources(text.sources)
    try:
        again = make_plan(sources, options, select=text.select or None)
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
        without = replace(options, renames={}, model_renames={}, defaults={}, default_policies=())
        return _save(request, stored, without)


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
    return redirect(find_choice_url(stored, found) or "schema")


def _stale(request: HttpRequest, stored: SchemaPlan) -> HttpResponse:
    context = {"stored": stored, "active_version": registry.active_version()}
    return render(request, "adminui/schema/stale.html", context, status=409)
