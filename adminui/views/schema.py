"""The active schema: its text, its models in words, its relationships, its versions."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from adminui.highlight import list_source, short_name
from adminui.joints import Joint, joints_of
from adminui.wording import field_notes
from datamodel.middleware import DataModelRequest
from datamodel.migrator.history import sources_from_json
from datamodel.models import SchemaVersion
from datamodel.registry import DataModel
from datamodel.schema.ir import Dialect, ModelField, ModelType
from datamodel.schema.source import Source

__all__ = ["download", "read_sources", "schema", "versions"]

DIALECTS = {
    Dialect.V1: "Amplify Gen 1, transformer version 1",
    Dialect.V2: "Amplify Gen 1, transformer version 2",
    Dialect.GEN2: "Amplify Gen 2",
}


@dataclass(frozen=True, slots=True)
class ModelCard:
    """A model, told: its stored fields with what is worth knowing of each, and what it is joined to."""

    model: ModelType
    fields: tuple[tuple[ModelField, tuple[str, ...]], ...]
    joints: tuple[Joint, ...]

    @property
    def counts(self) -> str:
        counted = [(len(self.fields), "field"), (len(self.joints), "relationship")]
        return ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for n, noun in counted if n)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version, told: its first step, the others, its files."""

    version: SchemaVersion
    first: str
    rest: list[str]
    files: str


def model_card(datamodel: DataModel, model: ModelType) -> ModelCard:
    """Return ``model`` in words."""
    stored = tuple((field, field_notes(model, field)) for field in model.stored_fields)
    return ModelCard(model, stored, joints_of(datamodel, model.name))


def read_sources(stored: Sequence[dict[str, str]]) -> tuple[Source, ...]:
    """Return the sources as a version or plan keeps them."""
    return sources_from_json(stored)


@require_safe
def schema(request: DataModelRequest) -> HttpResponse:
    """Show the active schema; before the first one, say how to begin."""
    datamodel = request.datamodel
    if not datamodel.version:
        return render(request, "adminui/schema/none.html")
    version = SchemaVersion.objects.get(number=datamodel.version)
    listings = [list_source(source, i) for i, source in enumerate(read_sources(version.sources), 1)]
    context = {
        "version": version,
        "schema": datamodel.schema,
        "dialect": DIALECTS[datamodel.schema.dialect],
        "listings": listings,
        "cards": [model_card(datamodel, model) for model in datamodel.schema.models],
    }
    return render(request, "adminui/schema/current.html", context)


@require_safe
def versions(request: DataModelRequest) -> HttpResponse:
    """List the versions, the newest first."""
    found = SchemaVersion.objects.defer("ir", "names").order_by("-number")
    return render(
        request, "adminui/schema/versions.html", {"rows": [version_row(version) for version in found]}
    )


def version_row(version: SchemaVersion) -> VersionRow:
    """Return ``version`` with the steps that its summary lists."""
    first, *rest = version.summary.split("; ")
    files = ", ".join(short_name(source["name"]) for source in version.sources)
    return VersionRow(version, first[:1].upper() + first[1:], rest, files)


@require_safe
def download(request: DataModelRequest, number: int) -> HttpResponse:
    """Send the text of a version: one file as it is, several in an archive."""
    version = SchemaVersion.objects.only("number", "sources").filter(number=number).first()
    if version is None:
        raise Http404(f"There is no schema version {number}.")
    sources = read_sources(version.sources)
    if len(sources) == 1:
        return _attachment(sources[0].text.encode(), _file_name(sources[0].name), "text/plain; charset=utf-8")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for source in sources:
            file.writestr(_file_name(source.name), source.text)
    return _attachment(archive.getvalue(), f"schema-version-{number}.zip", "application/zip")


def _file_name(name: str) -> str:
    """A name from a client is never a path, nor anything a header could trip over."""
    return re.sub(r"[^\w.-]+", "_", name).strip("._") or "schema.graphql"


def _attachment(body: bytes, name: str, content_type: str) -> HttpResponse:
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(body, content_type=content_type, headers=headers)
