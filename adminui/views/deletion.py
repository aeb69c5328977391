"""Deleting records: first what else would go, clear or block, then the deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from adminui.joints import find_joint
from adminui.notices import say_done, written_group
from adminui.related import Chip, chip_of, find_by_url_key
from adminui.trail.stories import went_along
from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.deletion import Bound, Effect, preview
from datamodel.modelgen import Record
from datamodel.records import RecordError
from datamodel.registry import DataModel
from datamodel.schema import pluralize
from datamodel.schema.ir import OnDelete
from datamodel.schema.words import noun_of

__all__ = ["delete_record", "delete_selected"]

MOST_SELECTED = 200
MOST_SHOWN = 10

A_HANDFUL = 20
"""Where more other records go than these, people confirm in writing."""
MOST_TYPED = 40
"""The longest name that anybody is asked to type."""


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What happens along one relationship, in words."""

    effect: Effect
    text: str
    detail: str
    all_url: str = ""
    """The list of all of them, where one can be had."""

    @property
    def shown(self) -> list[Chip]:
        """Some of the records, by name and with their addresses."""
        return [
            Chip(key, label, reverse("record", args=[self.effect.model, key]))
            for label, key in ((one.label, one.url_key) for one in self.effect.shown)
        ]

    @property
    def policy_url(self) -> str:
        """The page that explains the relationship and its policy."""
        return reverse("schema_relationship", args=[self.effect.link.name])

    @property
    def rest(self) -> str:
        """How many more there are than are shown: ``31 more``."""
        return more_than(self.effect.bound, self.effect.count - len(self.effect.shown))


def describe(effect: Effect, all_url: str = "") -> EffectLine:
    """Return the words for an effect."""
    name = counted(effect.count, effect.model, effect.bound)
    link = effect.link
    reference = f"{link.child}.{link.child_field or link.reference_fields[0]}"
    match effect.policy:
        case OnDelete.CASCADE if link.is_join:
            return EffectLine(effect, f"{name} deleted too", "only the link; the other side stays", all_url)
        case OnDelete.CASCADE:
            return EffectLine(effect, f"{name} deleted too", f"by {reference}", all_url)
        case OnDelete.CLEAR:
            words = f"{name} kept, without the reference"
            return EffectLine(effect, words, f"{reference} is cleared", all_url)
        case _:
            return EffectLine(effect, f"{name} in the way", f"{reference} forbids it", all_url)


def counted(count: int, model: str, bound: Bound = Bound.EXACT) -> str:
    """Return ``1 comment``, ``12 comments`` or ``More than 1,000 comments``."""
    word = noun_of(model)
    text = f"{count:,} {word if count == 1 and bound is Bound.EXACT else pluralize(word)}"
    return text if bound is Bound.EXACT else f"{bound.value.capitalize()} {text}"


def more_than(bound: Bound, count: int) -> str:
    """Return ``31 more``, or ``many more`` where nobody has counted; nothing for none."""
    if bound is not Bound.EXACT:
        return "many more" if bound is Bound.MORE else "perhaps more"
    return f"{count:,} more" if count else ""


def list_of_all(datamodel: DataModel, effect: Effect, found: Sequence[Record]) -> str:
    """Return the list of the records of an effect: of the children of one record, none of more levels."""
    link = effect.link
    if len(found) > 1 or effect.depth > 1 or link.is_self or link.parent != found[0].model_type.name:
        return ""
    slug = link.child_field or link.name
    is_filter = find_joint(datamodel, link.child, slug) is not None
    return f"{reverse('record_list', args=[link.child])}?{slug}={found[0].url_key}" if is_filter else ""


def delete_record(request: HttpRequest, model: str, key: str) -> HttpResponse:
    """Ask, with everything that goes along, and delete on POST."""
    datamodel: DataModel = request.datamodel  # type: ignore[attr-defined]
    datamodel.model(model)
    record = find_by_url_key(datamodel, model, key)
    if record is None:
        if request.method == "POST":
            messages.info(request, f"The {noun_of(model)} was deleted already.")
            return redirect("record_list", model)
        raise Http404(f"There is no {model} with the key '{key}'. It may have been deleted.")
    return answer(request, datamodel, [record], request.path, is_confirmed=request.method == "POST")


def delete_selected(request: HttpRequest, datamodel: DataModel, model: str) -> HttpResponse:
    """Ask about the records ticked in a list, and delete them when the answer is yes."""
    keys = list(dict.fromkeys(request.POST.getlist("key")))[:MOST_SELECTED]
    found = [record for key in keys if (record := find_by_url_key(datamodel, model, key))]
    if not found:
        messages.info(request, "Nothing was selected.")
        return redirect(back_url(request, model))
    action, is_confirmed = reverse("record_list", args=[model]), bool(request.POST.get("confirm"))
    return answer(request, datamodel, found, action, is_confirmed=is_confirmed)


def answer(
    request: HttpRequest, datamodel: DataModel, found: Sequence[Record], action: str, *, is_confirmed: bool
) -> HttpResponse:
    """Delete what was confirmed, or ask."""
    problem = find_problem(request, found) if is_confirmed else ""
    if is_confirmed and not problem and carry_out(request, datamodel, found):
        return redirect(back_url(request, found[0].model_type.name))
    return ask(request, datamodel, found, action, problem)


def carry_out(request: HttpRequest, datamodel: DataModel, found: Sequence[Record]) -> bool:
    """Delete the records, all or none; say what happened, or why not."""
    model = found[0].model_type.name

    def work() -> UUID | None:
        records.delete_together(datamodel, found)
        return written_group()

    try:
        with acting_as(Actor("user", request.user.get_username())):
            group = records.transact(datamodel, work)
    except RecordError as error:
        messages.error(request, error.message)
        return False
    words = f"{model} '{found[0].label}'" if len(found) == 1 else counted(len(found), model)
    say_done(request, f"{words} deleted{went_along(group, model, len(found))}.", undo=group)
    return True


def ask(
    request: HttpRequest, datamodel: DataModel, found: Sequence[Record], action: str, problem: str = ""
) -> HttpResponse:
    """The page that says what a delete would do."""
    model = found[0].model_type.name
    effects = preview(found)
    lines = [describe(effect, list_of_all(datamodel, effect, found)) for effect in effects]
    groups = {policy: [line for line in lines if line.effect.policy is policy] for policy in OnDelete}
    context = {
        "records": found,
        "shown": [chip_of(record) for record in found[:MOST_SHOWN]],
        "unshown": max(len(found) - MOST_SHOWN, 0),
        "model": found[0].model_type,
        "words": f"'{found[0].label}'" if len(found) == 1 else counted(len(found), model),
        "verb": noun_of(model) if len(found) == 1 else counted(len(found), model),
        "restricted": groups[OnDelete.RESTRICT],
        "cascaded": groups[OnDelete.CASCADE],
        "cleared": groups[OnDelete.CLEAR],
        "also_deleted": also_deleted(effects),
        "phrase": phrase_of(found) if is_much(effects) else "",
        "typed": request.POST.get("typed", ""),
        "problem": problem,
        "action": action,
        "is_many": len(found) > 1,
        "list_url": back_url(request, model),
        "list_query": request.POST.get("_list", request.GET.get("_list", "")),
    }
    return render(request, "adminui/records/delete.html", context, status=422 if problem else 200)


def going(effects: Sequence[Effect]) -> list[Effect]:
    return [effect for effect in effects if effect.policy is OnDelete.CASCADE]


def also_deleted(effects: Sequence[Effect]) -> str:
    """Return how many other records go, as far as it is known; nothing for none."""
    gone = going(effects)
    total = f"{sum(effect.count for effect in gone):,} more" if gone else ""
    bounds = {effect.bound for effect in gone} - {Bound.EXACT}
    return f"{Bound.MORE if Bound.MORE in bounds else Bound.LEAST} {total}" if bounds else total


def is_much(effects: Sequence[Effect]) -> bool:
    """Return whether so much goes that people confirm in writing."""
    return sum(effect.count for effect in going(effects)) > A_HANDFUL


def phrase_of(found: Sequence[Record]) -> str:
    """Return what people type to confirm: what goes, by its name if that is short."""
    if len(found) > 1:
        return counted(len(found), found[0].model_type.name)
    label = found[0].label
    return label if len(label) <= MOST_TYPED else f"delete {noun_of(found[0].model_type.name)}"


def find_problem(request: HttpRequest, found: Sequence[Record]) -> str:
    """Return why an answer does not count: much would go, and nobody has written that it should."""
    typed, phrase = request.POST.get("typed", ""), phrase_of(found)
    if is_same(typed, phrase) or not is_much(preview(found)):
        return ""
    return f"Type '{phrase}' to delete so much at once." if not typed.strip() else f"That is not '{phrase}'."


def is_same(typed: str, phrase: str) -> bool:
    """Compare as people read: spaces and capitals do not count."""
    return typed.casefold().split() == phrase.casefold().split()


def back_url(request: HttpRequest, model: str) -> str:
    """Return the list that the delete began from, filters and page included."""
    url = reverse("record_list", args=[model])
    query = request.POST.get("_list", request.GET.get("_list", ""))
    return f"{url}?{query}" if query else url
