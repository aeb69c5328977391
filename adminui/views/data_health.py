"""Data health: what the schema promises and the records do not keep, and the fixes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from adminui.counts import record_counts
from adminui.forms.fixing import FixForm
from adminui.forms.posted import Posted
from adminui.notices import say_done, written_group
from adminui.views.deletion import EffectLine, counted
from adminui.views.deletion import describe as describe_effect
from adminui.views.records import actor_of, get_datamodel, is_partial
from datamodel import records
from datamodel.access import acting_as
from datamodel.deletion import preview
from datamodel.health import (
    MOST_AT_ONCE,
    Check,
    Counted,
    Finding,
    Fix,
    LinkCheck,
    Report,
    apply_fix,
    check_data,
    describe,
    find_check,
    find_fix,
    fixes_of,
)
from datamodel.health.patience import Deadline
from datamodel.records import RecordError
from datamodel.schema.ir import OnDelete

__all__ = ["health_urlpatterns"]

PAGE_SECONDS = 0.8
"""How long the page looks before it shows what it has."""
ALL_SECONDS = 40.0
"""How long it looks when somebody is ready to wait."""
PAGE_SIZE = 50
SHOWN = 5


@dataclass(frozen=True, slots=True)
class FixButton:
    """A fix as the pages offer it: where it leads, or why it is not possible."""

    fix: Fix
    url: str
    refusal: str
    """For what is chosen: all records of the check, or some of them."""

    @property
    def words(self) -> str:
        return fix_words(self.fix)


@dataclass(frozen=True, slots=True)
class FindingCard:
    """A finding with its address and what can be done about all of it."""

    finding: Finding
    url: str
    buttons: tuple[FixButton, ...]

    @property
    def more(self) -> str:
        """How many records there are beside the examples, if there are."""
        rest = self.finding.counted.count - len(self.finding.examples)
        return str(Counted(rest, self.finding.counted.is_exact)) if rest > 0 else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """Checks of one kind: what they look for and what each is about."""

    promise: str
    subjects: tuple[str, ...]


def fix_words(fix: Fix) -> str:
    """Return what a button for the fix says: ``Create the missing Post…``."""
    check = fix.check
    parent = check.link.parent if isinstance(check, LinkCheck) else ""
    object_ = {
        "reassign": f"{'the' if check.code == 'H005' else 'another'} {parent}",
        "create": f"the missing {parent}",
        "restore": f"the {parent}",
        "clear": check.field,
        "replace": "the lost value",
        "set": "a value",
    }.get(fix.name, "")
    verb = {"reassign": "Choose", "create": "Create", "set": "Set"}.get(fix.name, fix.verb)
    return f"{verb} {object_}".strip() + "…"


def kinds(checks: Iterable[Check]) -> list[Kind]:
    """Return what the checks are about, by kind."""
    groups = groupby(checks, key=lambda check: check.promise)
    return [Kind(promise, tuple(check.subject for check in group)) for promise, group in groups]


def finding_url(check: Check) -> str:
    return reverse("health_finding", args=[check.code, check.subject])


def buttons_of(check: Check, *, is_for_many: bool) -> tuple[FixButton, ...]:
    """Return the fixes of what a check finds, those that are not possible as well."""
    return tuple(
        FixButton(
            fix,
            reverse("health_fix", args=[check.code, check.subject, fix.name]),
            fix.refusal_for_many if is_for_many else fix.refusal,
        )
        for fix in fixes_of(check)
    )


def cards_of(findings: Sequence[Finding]) -> list[FindingCard]:
    return [
        FindingCard(
            finding,
            finding_url(finding.check),
            buttons_of(finding.check, is_for_many=finding.counted != Counted(1)),
        )
        for finding in findings
    ]


@require_safe
def data_health(request: HttpRequest) -> HttpResponse:
    """The overall state first, then what is broken, then what is worth knowing, then what holds."""
    datamodel = get_datamodel(request)
    if not datamodel.version:
        return render(request, "adminui/health/none.html")
    is_patient = request.GET.get("all") == "1"
    report = check_data(datamodel, seconds=ALL_SECONDS if is_patient else PAGE_SECONDS)
    context = {
        "report": report,
        "state": state_of(report),
        "errors": cards_of(report.errors),
        "notes": cards_of(report.notes),
        "unchecked": kinds(report.unchecked),
        "passed": kinds(report.passed),
        "is_patient": is_patient,
        "models": len(datamodel.models),
        "records": sum(record_counts(datamodel).values()),
    }
    return render(request, "adminui/health/health.html", context)


def state_of(report: Report) -> str:
    """``broken``, ``open`` where not everything was looked at, else ``whole``."""
    if report.errors:
        return "broken"
    return "open" if report.unchecked else "whole"


@require_safe
def finding(request: HttpRequest, code: str, subject: str) -> HttpResponse:
    """The records that break one promise, page by page, with the fixes for all and for some."""
    check = get_check(request, code, subject)
    page = page_number(request)
    found = check.offenders(PAGE_SIZE + 1, (page - 1) * PAGE_SIZE)
    counts = check.count(MOST_AT_ONCE, Deadline())
    context = {
        "check": check,
        "counted": counts,
        "message": check.message(counts),
        "examples": describe(check, found[:PAGE_SIZE]),
        "first": (page - 1) * PAGE_SIZE + 1,
        "last": (page - 1) * PAGE_SIZE + min(len(found), PAGE_SIZE),
        "page": page,
        "has_next": len(found) > PAGE_SIZE,
        "for_all": buttons_of(check, is_for_many=counts != Counted(1)),
        "for_some": buttons_of(check, is_for_many=False),
        "url": finding_url(check),
    }
    return render(request, "adminui/health/finding.html", context)


def page_number(request: HttpRequest) -> int:
    text = request.GET.get("_page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def get_check(request: HttpRequest, code: str, subject: str) -> Check:
    """Return the check of an address; raise Http404 with a sentence."""
    check = find_check(get_datamodel(request), code, subject)
    if check is None:
        raise Http404(f"The schema has no promise '{code}' about '{subject}'.")
    return check


@require_http_methods(["GET", "HEAD", "POST"])
def fix(request: HttpRequest, code: str, subject: str, name: str) -> HttpResponseBase:
    """Ask what a fix needs to be told, say what it does and to how many; do it when the answer is yes."""
    check = get_check(request, code, subject)
    chosen = find_fix(check, name)
    if chosen is None:
        raise Http404(f"There is no way to '{name}' what '{code}' finds.")
    given = request.POST if request.method == "POST" else request.GET
    keys = list(dict.fromkeys(given.getlist("key"))) or None
    if given.get("_some") and keys is None:
        messages.info(request, "Nothing was selected.")
        return redirect(finding_url(check))
    form = FixForm.of(chosen, keys, Posted(given))
    if not form.records:
        messages.info(request, "Nothing of that is broken any more.")
        return go(request, next_url(check))
    is_wanted = request.method == "POST" and form.posted.action.verb in ("apply", "enter")
    if is_wanted and not form.is_searching and not form.refusal and carry_out(request, form):
        return go(request, next_url(check))
    return ask(request, form)


def carry_out(request: HttpRequest, form: FixForm) -> bool:
    """Apply the fix and say so; False where something was refused, and the form says what."""
    answer = form.read()
    if answer is None:
        return False

    def work() -> tuple[int, UUID | None]:
        return apply_fix(form.fix, answer, form.keys), written_group()

    try:
        with acting_as(actor_of(request)):
            count, group = records.transact(form.datamodel, work)
    except RecordError as error:
        form.refuse(error)
        return False
    say_done(request, done_words(form, count), undo=group)
    return True


VERBS = {"delete": "Delete", "create": "Create", "restore": "Restore"}


def button_words(form: FixForm) -> str:
    """Return what the button that does it says: ``Delete 12 comments``."""
    model, count = form.fix.written(form.records)
    return f"{VERBS.get(form.fix.name, 'Change')} {counted(count, model)}"


def done_words(form: FixForm, count: int) -> str:
    """Return what was done: ``12 comments deleted.``"""
    model, _ = form.fix.written(form.records[:1])
    return f"{counted(count, model)} {VERBS.get(form.fix.name, 'Change').lower()}d."


def next_url(check: Check) -> str:
    """Return where to go after a fix: to what is left of the finding, else to the overview."""
    return finding_url(check) if check.offenders(1) else reverse("data_health")


def go(request: HttpRequest, url: str) -> HttpResponseBase:
    return HttpResponseClientRedirect(url) if is_partial(request) else redirect(url)


def ask(request: HttpRequest, form: FixForm) -> HttpResponse:
    """The page that says what the fix does, with what it has to be told; 422 where that is wrong."""
    check, count, lines = form.fix.check, len(form.records), delete_lines(form)
    context = {
        "form": form,
        "check": check,
        "title": button_words(form) if form.fix.is_destructive else fix_words(form.fix).removesuffix("…"),
        "button": button_words(form),
        "words": counted(count, check.model),
        "count": count,
        "is_capped": form.keys is None and count == MOST_AT_ONCE,
        "examples": describe(check, form.records[:SHOWN]),
        "more": count - min(count, SHOWN),
        "effect": form.fix.effect(count),
        "lines": lines,
        "is_blocked": any(line.effect.policy is OnDelete.RESTRICT for line in lines),
        "url": finding_url(check),
        "action": request.path,
    }
    template = "adminui/health/_fix.html" if is_partial(request) else "adminui/health/fix.html"
    return render(request, template, context, status=422 if form.is_wrong else 200)


def delete_lines(form: FixForm) -> list[EffectLine]:
    """What else a deletion deletes, clears or is stopped by; nothing for the other fixes."""
    if form.fix.name != "delete":
        return []
    order = [OnDelete.RESTRICT, OnDelete.CASCADE, OnDelete.CLEAR]
    lines = [describe_effect(effect) for effect in preview(form.records)]
    return sorted(lines, key=lambda line: order.index(line.effect.policy))


health_urlpatterns = [
    path("", data_health, name="data_health"),
    path("<str:code>/<str:subject>/", finding, name="health_finding"),
    path("<str:code>/<str:subject>/<str:name>/", fix, name="health_fix"),
]
