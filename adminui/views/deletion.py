"""Deleting records: first what else would go, clear or block, then the deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from adminui.joints import noun_of
from adminui.related import find_by_url_key
from datamodel import records
from datamodel.access import Actor, acting_as
from datamodel.deletion import Effect, preview
from datamodel.modelgen import Record
from datamodel.records import RecordError
from datamodel.registry import DataModel
from datamodel.schema import pluralize
from datamodel.schema.ir import OnDelete

__all__ = ["delete_record", "delete_selected"]

MOST_SELECTED = 200


@dataclass(frozen=True, slots=True)
class EffectLine:
    """What happens along one relationship, in words."""

    effect: Effect
    text: str
    detail: str
    examples: tuple[str, ...]

    @property
    def more(self) -> int:
        return self.effect.count - len(self.examples) if self.examples else 0


def describe(effect: Effect) -> EffectLine:
    """Return the words for an effect."""
    name = counted(effect.count, effect.model)
    link = effect.link
    reference = f"{link.child}.{link.child_field or link.reference_fields[0]}"
    match effect.policy:
        case OnDelete.CASCADE if link.is_join:
            return EffectLine(
                effect, f"{name} deleted too", "only the link; the other side stays", effect.examples
            )
        case OnDelete.CASCADE:
            return EffectLine(effect, f"{name} deleted too", f"by {reference}", effect.examples)
        case OnDelete.CLEAR:
            return EffectLine(
                effect, f"{name} kept, without the reference", f"{reference} is cleared", effect.examples
            )
        case _:
            return EffectLine(effect, f"{name} in the way", f"{reference} forbids it", effect.examples)


def counted(count: int, model: str) -> str:
    """Return ``1 comment`` or ``12 comments``."""
    word = noun_of(model)
    return f"{count:,} {word if count == 1 else pluralize(word)}"


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
    if request.method == "POST" and carry_out(request, datamodel, [record]):
        return redirect(back_url(request, model))
    return ask(request, [record], model, request.path)


def delete_selected(request: HttpRequest, datamodel: DataModel, model: str) -> HttpResponse:
    """Ask about the records ticked in a list, and delete them when the answer is yes."""
    keys = list(dict.fromkeys(request.POST.getlist("key")))[:MOST_SELECTED]
    found = [record for key in keys if (record := find_by_url_key(datamodel, model, key))]
    if not found:
        messages.info(request, "Nothing was selected.")
        return redirect(back_url(request, model))
    if request.POST.get("confirm") and carry_out(request, datamodel, found):
        return redirect(back_url(request, model))
    return ask(request, found, model, reverse("record_list", args=[model]))


def carry_out(request: HttpRequest, datamodel: DataModel, found: Sequence[Record]) -> bool:
    """Delete the records, all or none; say what happened, or why not."""

    def work() -> None:
        for record in found:
            records.delete(datamodel, record.model_type.name, record.key_dict)

    try:
        with acting_as(Actor("user", request.user.get_username())):
            records.transact(datamodel, work)
    except RecordError as error:
        messages.error(request, error.message)
        return False
    model = found[0].model_type.name
    words = f"{model} '{found[0].label}'" if len(found) == 1 else counted(len(found), model)
    messages.success(request, f"{words} deleted.")
    return True


def ask(request: HttpRequest, found: Sequence[Record], model: str, action: str) -> HttpResponse:
    """The page that says what a delete would do."""
    lines = [describe(effect) for effect in preview(found)]
    groups = {policy: [line for line in lines if line.effect.policy is policy] for policy in OnDelete}
    context = {
        "records": found,
        "shown": found[:10],
        "model": found[0].model_type,
        "words": f"'{found[0].label}'" if len(found) == 1 else counted(len(found), model),
        "verb": noun_of(model) if len(found) == 1 else counted(len(found), model),
        "restricted": groups[OnDelete.RESTRICT],
        "cascaded": groups[OnDelete.CASCADE],
        "cleared": groups[OnDelete.CLEAR],
        "also_deleted": sum(line.effect.count for line in groups[OnDelete.CASCADE]),
        "action": action,
        "is_many": len(found) > 1,
        "list_url": back_url(request, model),
        "list_query": request.POST.get("_list", request.GET.get("_list", "")),
    }
    return render(request, "adminui/records/delete.html", context)


def back_url(request: HttpRequest, model: str) -> str:
    """Return the list that the delete began from, filters and page included."""
    url = reverse("record_list", args=[model])
    query = request.POST.get("_list", request.GET.get("_list", ""))
    return f"{url}?{query}" if query else url
