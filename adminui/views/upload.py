"""Upload or paste a schema: problems beside the text, else a plan to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from adminui.highlight import list_source, short_name
from adminui.views.schema import read_sources
from datamodel import registry
from datamodel.access import Actor
from datamodel.migrator import (
    MigrationError,
    Plan,
    PlanOptions,
    UploadRefused,
    make_plan,
    read_files,
    save_plan,
)
from datamodel.migrator.history import read_base
from datamodel.migrator.options import StoredOptions
from datamodel.models import SchemaPlan, SchemaVersion
from datamodel.schema import FLAG_TEXTS, SchemaOptions, detect_dialect, tell_dialect, told_flags
from datamodel.schema.errors import Problem, SchemaError
from datamodel.schema.ir import Dialect
from datamodel.schema.notes import closed_notes
from datamodel.schema.source import Source

__all__ = ["SchemaChoices", "actor_of", "keep_plan", "read_open", "show_texts", "upload"]

MAX_UPLOAD_BYTES = 16 * 1024 * 1024
KEPT = timedelta(days=30)
LISTED_LINES = 3000
"""Longer texts are not repeated with the problems in them."""

DATASTORE = (("", "As is usual: on for Gen 1, off for Gen 2"), ("on", "On"), ("off", "Off"))
SWITCH = {None: "", True: "on", False: "off"}
"""A choice that may be left open, as the form's value."""
INTEGRITY = (
    ("managed", "Managed: references must name a record, deletes obey each relationship"),
    ("appsync", "As AppSync: nothing is checked, nothing follows a delete"),
)
DIALECTS = (
    ("", "As the files say"),
    ("v1", "Transformer version 1: @connection, @key"),
    ("v2", "Transformer version 2: @hasMany, @index"),
)
FLAG_CHOICES = tuple((str(flag), text) for flag, text in FLAG_TEXTS.items())
FLAG_NAMES = tuple(name for name, _ in FLAG_CHOICES)


@dataclass(frozen=True, slots=True)
class SchemaChoices:
    """The options of the form, as texts."""

    datastore: str = ""
    integrity: str = "managed"
    select: str = ""
    dialect: str = ""
    flags: tuple[tuple[str, bool], ...] = ()
    """The project flags that are not left to the files."""
    is_open: bool | None = None
    """Whether models without rules are open to public keys; None leaves that as it is."""

    @classmethod
    def read(cls, data: QueryDict) -> SchemaChoices:
        """Take what the form offers; anything else is as if it was not chosen."""
        datastore, integrity = data.get("datastore", ""), data.get("integrity", "")
        dialect = data.get("dialect", "")
        return cls(
            datastore if datastore in dict(DATASTORE) else "",
            integrity if integrity in dict(INTEGRITY) else "managed",
            data.get("select", "").replace("\0", "").strip(),
            dialect if dialect in dict(DIALECTS) else "",
            tuple(
                (name, data[f"flag.{name}"] == "on")
                for name in FLAG_NAMES
                if data.get(f"flag.{name}") in {"on", "off"}
            ),
            read_open(data),
        )

    def completed(self, sources: Sequence[Source]) -> SchemaChoices:
        """Return the choices with what the files' place told where nothing was chosen: texts alone do not tell it."""
        flags = tuple(sorted({**told_flags(sources), **dict(self.flags)}.items()))
        return replace(self, dialect=self.dialect or told_dialect(sources), flags=flags)

    @classmethod
    def of_version(cls, version: SchemaVersion | None) -> SchemaChoices:
        """The choices that a version keeps."""
        if version is None:
            return cls()
        options = StoredOptions.from_json(version.options)
        schema = options.schema
        kept = cls(
            SWITCH[schema.datastore],
            schema.integrity,
            version.select or "",
            flags=tuple(sorted(schema.flags.items())),
            is_open=options.is_open,
        )
        return kept.completed(read_sources(version.sources))

    @classmethod
    def of_plan(cls, plan: SchemaPlan) -> SchemaChoices:
        """The choices that were made for a plan."""
        options = PlanOptions.from_json(plan.options)
        integrity = options.integrity or options.schema.integrity
        kept = cls(
            SWITCH[options.schema.datastore],
            integrity,
            plan.select,
            flags=tuple(sorted(options.schema.flags.items())),
            is_open=options.is_open,
        )
        return kept.completed(read_sources(plan.sources))

    @property
    def is_default(self) -> bool:
        return replace(self, is_open=self.is_open or None) == SchemaChoices()

    @property
    def flag_settings(self) -> list[tuple[str, str, str]]:
        """Every flag with what it means and its value in the form: on, off, or empty."""
        chosen = dict(self.flags)
        return [(name, text, SWITCH[chosen.get(name)]) for name, text in FLAG_CHOICES]

    def to_options(self) -> PlanOptions:
        datastore = {"on": True, "off": False}.get(self.datastore)
        integrity: Literal["managed", "appsync"] = "appsync" if self.integrity == "appsync" else "managed"
        return PlanOptions(
            schema=SchemaOptions(datastore=datastore, flags=dict(self.flags)),
            integrity=integrity,
            is_open=self.is_open,
        )

    def tell(self, sources: Sequence[Source]) -> Sequence[Source]:
        """Return the sources with the chosen dialect; without a choice, with what their place tells."""
        return tell_dialect(sources, Dialect(self.dialect), "the choice below") if self.dialect else sources


def read_open(data: QueryDict) -> bool | None:
    """Return the posted checkbox; None where it was not in the form, which cannot be told from unchecked."""
    return data.get("open") == "on" if "open.offered" in data else None


def told_dialect(sources: Sequence[Source]) -> str:
    """Return the GraphQL dialect that was told for the sources, as the form's value."""
    told = next((source.told.dialect for source in sources if source.told), None)
    return str(told) if told in dict(DIALECTS) else ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text to edit; one without a name was pasted."""

    name: str
    text: str

    @property
    def short_name(self) -> str:
        return short_name(self.name)

    @property
    def rows(self) -> int:
        return min(max(self.text.count("\n") + 2, 12), 32)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Show the form; a POST reads the schema and leads to its plan."""
    if request.method != "POST":
        return _show_version(request)
    choices = SchemaChoices.read(request.POST)
    try:
        sources = choices.tell(_posted_sources(request))
    except UploadRefused as refusal:
        return show_texts(request, _posted_texts(request), choices, refused=str(refusal), status=400)
    if not sources:
        return show_texts(request, [], choices, refused="Choose a file or paste a text.", status=422)
    try:
        plan = make_plan(sources, choices.to_options(), select=choices.select or None)
    except SchemaError as error:
        kept = choices.completed(sources)
        return show_texts(request, sources, kept, problems=error.problems, status=422)
    except MigrationError as refusal:
        return show_texts(request, sources, choices.completed(sources), refused=str(refusal), status=422)
    return keep_plan(request, plan)


def keep_plan(request: HttpRequest, plan: Plan) -> HttpResponse:
    """Keep ``plan`` and go to its page; plans that nobody came back to go."""
    SchemaPlan.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return redirect("schema_plan", save_plan(plan, actor_of(request)).pk)


def actor_of(request: HttpRequest) -> Actor:
    """Who is signed in, as the change log names them."""
    return Actor("user", request.user.get_username())


def show_texts(
    request: HttpRequest,
    sources: Sequence[Source] = (),
    choices: SchemaChoices = SchemaChoices(),
    *,
    problems: Sequence[Problem] = (),
    refused: str = "",
    heading: str = "Upload a schema",
    status: int = 200,
) -> HttpResponse:
    """Show the form with ``sources`` to edit, and what is wrong with them."""
    listings = [list_source(source, i, problems) for i, source in enumerate(sources, 1)]
    anchors = {listing.name: listing.anchor for listing in listings}
    context: dict[str, Any] = {
        "texts": [Text(source.name, source.text) for source in sources] or [Text("", "")],
        "refused": refused,
        "problems": [(problem, _href(problem, anchors)) for problem in problems],
        "errors": [problem for problem in problems if problem.is_error],
        "warnings": [problem for problem in problems if not problem.is_error],
        "listings": [listing for listing in listings if len(listing.lines) <= LISTED_LINES],
        "heading": heading,
        "options": choices,
        "has_options": not choices.is_default,
        "datastore_choices": DATASTORE,
        "integrity_choices": INTEGRITY,
        "dialect_choices": DIALECTS,
        "is_open": read_base().options.is_open if choices.is_open is None else choices.is_open,
        "notes": closed_notes(registry.current().schema) if not sources else (),
    }
    return render(request, "adminui/schema/upload.html", context, status=status)


def _href(problem: Problem, anchors: dict[str, str]) -> str:
    location = problem.location
    if location is None or location.source.name not in anchors:
        return ""
    return f"#{anchors[location.source.name]}{location.line}"


def _show_version(request: HttpRequest) -> HttpResponse:
    """Show the empty form, or the texts of the version that ``?edit=`` names with its options."""
    number = request.GET.get("edit", "")
    if number.isdecimal() and len(number) < 10:
        version = SchemaVersion.objects.filter(number=int(number)).first()
        if version is None:
            raise Http404(f"There is no schema version {number}.")
        heading = "Edit the schema" if version.is_active else f"Return to version {version.number}"
        return show_texts(
            request, read_sources(version.sources), SchemaChoices.of_version(version), heading=heading
        )
    active = SchemaVersion.objects.filter(is_active=True).first()
    return show_texts(request, (), replace(SchemaChoices.of_version(active), select="", dialect="", flags=()))


def _posted_sources(request: HttpRequest) -> tuple[Source, ...]:
    """The chosen files; where none were chosen, the texts of the form. Both obey the same limits."""
    files = request.FILES.getlist("files")
    if sum(file.size or 0 for file in files) > MAX_UPLOAD_BYTES:
        raise UploadRefused("The files are larger than 16 MiB together; a schema is far smaller.")
    if files:
        return read_files([(file.name or "schema.graphql", file.read()) for file in files])
    texts = _posted_texts(request)
    return read_files([(text.name, text.text.encode()) for text in texts]) if texts else ()


def _posted_texts(request: HttpRequest) -> tuple[Source, ...]:
    names, texts = request.POST.getlist("name"), request.POST.getlist("text")
    pairs = zip(names, (text.replace("\r\n", "\n") for text in texts), strict=False)
    return tuple(Source(name or _guess_name(text), text) for name, text in pairs if text.strip())


def _guess_name(text: str) -> str:
    """A pasted text gets the name that its language would have."""
    return "resource.ts" if detect_dialect([Source("", text)]) is Dialect.GEN2 else "schema.graphql"
