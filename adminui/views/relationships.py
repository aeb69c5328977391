"""The relationships of the active schema: what each is, what a delete does, and the code that uses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from adminui.counts import REFERENCES_COUNTED, reference_counts
from adminui.highlight import mark_code
from adminui.views.schema import read_sources
from adminui.views.upload import INTEGRITY, keep_plan
from adminui.wording import LinkWords, describe_link, policy_details, policy_words
from datamodel.middleware import DataModelRequest
from datamodel.migrator import MigrationError, PlanOptions, make_plan
from datamodel.migrator.options import Integrity, StoredOptions
from datamodel.models import SchemaVersion
from datamodel.registry import DataModel
from datamodel.schema import SchemaError, SchemaOptions
from datamodel.schema.ir import Link, OnDelete, Schema
from datamodel.schema.words import with_article

__all__ = ["relationship_view", "relationships"]

TITLES = {
    OnDelete.CASCADE: "Delete along",
    OnDelete.CLEAR: "Clear the reference",
    OnDelete.RESTRICT: "Refuse the delete",
    OnDelete.KEEP: "Keep a dangling reference",
}
CLIENTS = {"graphql": "GraphQL", "data": "Data client", "datastore": "DataStore"}
ACTIONS = {
    "setup": "Set up",
    "create": "Create",
    "query": "Query",
    "unlink": "Unlink",
    "delete": "Delete",
}
WriteSnippets = Callable[[DataModel, Link], Sequence[Any]]
PROFILES: dict[str, Integrity] = {"managed": "managed", "appsync": "appsync"}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A relationship of the list."""

    words: LinkWords
    count: int

    @property
    def is_more(self) -> bool:
        """True where counting stopped."""
        return self.count > REFERENCES_COUNTED

    @property
    def shown_count(self) -> int:
        return min(self.count, REFERENCES_COUNTED)


@dataclass(frozen=True, slots=True)
class PolicyChoice:
    """A policy to choose for a relationship, or why it cannot be."""

    policy: OnDelete
    title: str
    words: str
    details: str
    is_current: bool
    is_default: bool
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who chose a policy, and with which version; ``None`` where the version is not kept."""

    version: SchemaVersion | None


@dataclass(frozen=True, slots=True)
class Tab:
    """A client to choose."""

    value: str
    words: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of code to copy."""

    title: str
    code: str

    @property
    def html(self) -> SafeString:
        return mark_code(self.code)


@dataclass(frozen=True, slots=True)
class Code:
    """The code for one client: pieces by what they do."""

    tabs: tuple[Tab, ...]
    notes: tuple[str, ...]
    groups: tuple[tuple[str, list[Piece]], ...]
    placeholder: str = ""
    """The first of the words that stand for a key; empty where every key is written out."""


@require_http_methods(["GET", "HEAD", "POST"])
def relationships(request: DataModelRequest) -> HttpResponse:
    """List the relationships, those that ``?q=`` names; a POST plans the switch of the profile."""
    version = active_version()
    options = StoredOptions.from_json(version.options if version else {})
    if request.method == "POST" and version is not None:
        return _switch_profile(request, version, options)
    schema = request.datamodel.schema
    text = request.GET.get("q", "").strip()
    told = [describe_link(schema, link, is_chosen=link.name in options.chosen_in) for link in schema.links]
    found = [words for words in told if all(part in words.text for part in text.lower().split())]
    counts = reference_counts(request.datamodel, [words.link for words in found])
    context = {
        "rows": [LinkRow(words, counts.get(words.link.name, 0)) for words in found],
        "total": len(told),
        "q": text,
        "integrity": options.schema.integrity,
        "integrity_choices": INTEGRITY,
    }
    return render(request, "adminui/schema/relationships.html", context)


def active_version() -> SchemaVersion | None:
    """Return the active version, with its text and its options."""
    return SchemaVersion.objects.filter(is_active=True).defer("ir", "names").first()


def _switch_profile(
    request: DataModelRequest, version: SchemaVersion, options: StoredOptions
) -> HttpResponse:
    """Plan the other profile for the text that is active."""
    wanted = PROFILES.get(request.POST.get("integrity", ""))
    if wanted is None or wanted == options.schema.integrity:
        messages.info(request, f"The profile is '{options.schema.integrity}' already.")
        return redirect("schema_relationships")
    return plan_choices(request, version, PlanOptions(integrity=wanted)) or redirect("schema_relationships")


def plan_choices(
    request: DataModelRequest, version: SchemaVersion, options: PlanOptions
) -> HttpResponse | None:
    """Plan ``options`` for the text that is active and go to the plan; say what is wrong and return None."""
    try:
        plan = make_plan(read_sources(version.sources), options, select=version.select or None)
    except SchemaError as error:
        messages.error(request, f"This cannot be planned. {error.problems[0].message}")
        return None
    except MigrationError as refusal:
        messages.error(request, f"This cannot be planned. {refusal.message}")
        return None
    return keep_plan(request, plan)


def relationship_view(write: WriteSnippets) -> Callable[[DataModelRequest, str], HttpResponse]:
    """Return the view of one relationship with the code that ``write`` makes for it.

    ``urls.py``, which knows the API, hands it in.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    def relationship(request: DataModelRequest, name: str) -> HttpResponse:
        """Show one relationship; a POST plans another policy for it."""
        datamodel = request.datamodel
        link = find_link(datamodel.schema, name)
        version = active_version()
        if link is None or version is None:
            raise Http404(f"There is no relationship '{name}'. The schema may have changed.")
        options = StoredOptions.from_json(version.options)
        if request.method == "POST":
            planned = _choose(request, version, link, options)
            return planned or redirect("schema_relationship", link.name)
        context = _relationship_context(datamodel, link, options)
        code = code_of(write(datamodel, link), request.GET.get("client", ""))
        return render(request, "adminui/schema/relationship.html", {**context, "code": code})

    return relationship


def code_of(told: Sequence[Any], wanted: str) -> Code:
    """Return the code for the client that is asked for, or the first."""
    chosen = next((each for each in told if each.client == wanted), told[0])
    tabs = tuple(Tab(each.client, CLIENTS[each.client], each is chosen) for each in told)
    groups = [
        (ACTIONS[action], [Piece(each.title, each.code) for each in found])
        for action, found in groupby(chosen.snippets, key=lambda each: str(each.action))
    ]
    return Code(tabs, chosen.notes, tuple(groups), next(iter(chosen.placeholders), ""))


def find_link(schema: Schema, name: str) -> Link | None:
    return next((link for link in schema.links if link.name == name), None)


def _choose(
    request: DataModelRequest, version: SchemaVersion, link: Link, options: StoredOptions
) -> HttpResponse | None:
    """Plan what was chosen: a policy, or the default again. None where that changes nothing, or cannot be."""
    if "reset" in request.POST and link.name in options.chosen_in:
        return plan_choices(request, version, PlanOptions(default_policies=(link.name,)))
    wanted = request.POST.get("policy", "")
    if wanted not in set(OnDelete):
        messages.error(request, "Choose what a delete does.")
        return None
    if wanted == link.on_delete:
        messages.info(request, f"'{wanted}' is the policy of {link.name} already.")
        return None
    chosen = SchemaOptions(on_delete={link.name: OnDelete(wanted)})
    return plan_choices(request, version, PlanOptions(schema=chosen))


def _relationship_context(datamodel: DataModel, link: Link, options: StoredOptions) -> Mapping[str, Any]:
    schema = datamodel.schema
    counts = reference_counts(datamodel, [link])
    return {
        "row": LinkRow(
            describe_link(schema, link, is_chosen=link.name in options.chosen_in), counts.get(link.name, 0)
        ),
        "link": link,
        "a_parent": with_article(link.parent),
        "choices": [_policy_choice(schema, link, policy) for policy in OnDelete],
        "chosen": chosen_by(options, link),
        "profile": options.schema.integrity,
    }


def chosen_by(options: StoredOptions, link: Link) -> Chosen | None:
    """Return the version that brought the chosen policy; None where nobody chose one."""
    number = options.chosen_in.get(link.name)
    if number is None:
        return None
    return Chosen(
        SchemaVersion.objects.filter(number=number).only("number", "created_by", "created_at").first()
    )


def _policy_choice(schema: Schema, link: Link, policy: OnDelete) -> PolicyChoice:
    refused = _why_not(schema, link, policy)
    return PolicyChoice(
        policy,
        TITLES[policy],
        policy_words(schema, link, policy),
        policy_details(schema, link, policy),
        is_current=policy is link.on_delete,
        is_default=policy is link.default_on_delete,
        refused=refused,
    )


def _why_not(schema: Schema, link: Link, policy: OnDelete) -> str:
    """Say why the relationship cannot have the policy; empty where it can."""
    names = [f"{link.child}.{name}" for name in link.reference_fields]
    fields, is_one = " and ".join(names), len(names) == 1
    if policy is OnDelete.KEEP:
        return ""
    if not link.is_comparable:
        return (
            f"{fields} and the key of {link.parent} hold different kinds of value, so nothing is ever found."
        )
    if link.identifier_fields != schema.model(link.parent).primary_key:
        return f"{fields} {'does' if is_one else 'do'} not hold the key of {link.parent}, so it is only read."
    if not link.is_enforceable:
        return f"{fields} {'refers' if is_one else 'refer'} to several models at once, so it is only read."
    if policy is OnDelete.CLEAR and link.is_required:
        return f"{fields} {'is' if is_one else 'are'} required and cannot be empty."
    return ""
