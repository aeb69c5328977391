"""The explorer: people of the site write and run GraphQL documents, with their own sign-in and no API key."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from adminui.highlight import mark_code
from adminui.views.records import actor_of
from datamodel.access import Actor
from datamodel.middleware import DataModelRequest
from datamodel.registry import DataModel

__all__ = ["ExplorerApi", "explorer_urlpatterns"]

SCOPES = {"full": "all records, as you", "public": "what a public key may see and do"}
FOREVER_S = 31_536_000
SHOWN_CHARACTERS = 200_000
"""Of an answer on the page without scripts."""


class Answer(Protocol):
    """What the API answers."""

    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def content_type(self) -> str: ...
    @property
    def headers(self) -> Any: ...


class ExplorerApi(Protocol):
    """What the explorer needs of the API; ``urls.py``, which knows it, hands it in."""

    def answer_person(self, person: Actor, scope: str, body: bytes) -> Answer: ...
    def check_document(self, datamodel: DataModel, text: str) -> list[dict[str, Any]]: ...
    def describe(self, datamodel: DataModel) -> Any: ...
    def examples_of(self, datamodel: DataModel, model: str) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands in the form."""

    document: str = ""
    variables: str = ""
    operation: str = ""
    scope: str = "full"
    problem: str = ""
    """What is wrong with the variables."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer as the page without scripts shows it."""

    status: int
    milliseconds: int
    size: int
    text: str = field(repr=False)
    is_cut: bool = False

    @property
    def html(self) -> SafeString:
        return mark_code(self.text)


class Explorer:
    """The views, around the API that answers."""

    def __init__(self, api: ExplorerApi) -> None:
        self.api = api

    def page(self, request: DataModelRequest) -> HttpResponse:
        """The page; a POST of its form runs the document and shows the answer, without any script."""
        datamodel = request.datamodel
        if not datamodel.schema.models:
            return render(request, "adminui/explorer/none.html")
        examples, model = self.examples(request)
        asked, shown = self.begin(request, examples), None
        if request.method == "POST":
            asked = posted(request)
            shown = None if asked.problem else self.show(request, asked)
        description = self.api.describe(datamodel)
        context = {
            **self.examples_context(datamodel, examples, model),
            "asked": asked,
            "shown": shown,
            "scopes": SCOPES,
            "schema_key": description.key,
            "endpoint": request.build_absolute_uri("/graphql"),
        }
        status = 422 if asked.problem else 200
        return render(request, "adminui/explorer/explorer.html", context, status=status)

    def examples(self, request: DataModelRequest) -> tuple[Sequence[Any], str]:
        """Return the examples for the model that is asked for, or the first."""
        names = [each.name for each in request.datamodel.schema.models]
        wanted = request.GET.get("model", "")
        model = wanted if wanted in names else names[0]
        return self.api.examples_of(request.datamodel, model), model

    def begin(self, request: HttpRequest, examples: Sequence[Any]) -> Asked:
        """Return what stands in the form at first: the example that is asked for, or the first."""
        wanted = request.GET.get("example", "")
        found = next((each for each in examples if each.name == wanted), examples[0] if examples else None)
        return Asked(found.document, found.variables_text) if found else Asked()

    def show(self, request: HttpRequest, asked: Asked) -> Shown:
        content = {
            "query": asked.document,
            "variables": json.loads(asked.variables or "null"),
            "operationName": asked.operation or None,
        }
        before = time.monotonic()
        answer = self.api.answer_person(actor_of(request), asked.scope, json.dumps(content).encode())
        took = round((time.monotonic() - before) * 1000)
        text = json.dumps(json.loads(answer.body), indent=2, ensure_ascii=False)
        is_cut = len(text) > SHOWN_CHARACTERS
        return Shown(answer.status, took, len(answer.body), text[:SHOWN_CHARACTERS], is_cut)

    def model_examples(self, request: DataModelRequest) -> HttpResponse:
        """The examples for another model: a part of the page."""
        if request.GET.get("model") not in request.datamodel.models:
            raise Http404("There is no such model. The schema may have changed.")
        examples, model = self.examples(request)
        context = self.examples_context(request.datamodel, examples, model)
        return render(request, "adminui/explorer/_examples.html", context)

    def examples_context(self, datamodel: DataModel, examples: Sequence[Any], model: str) -> dict[str, Any]:
        names = [each.name for each in datamodel.schema.models]
        return {"examples": examples, "model": model, "models": names}

    def run(self, request: HttpRequest) -> HttpResponse:
        """Answer a GraphQL request as `/graphql` would, for the person who is signed in."""
        if request.content_type != "application/json":
            return refuse(415, "Send application/json.")
        scope = request.headers.get("X-Joinery-Scope", "full")
        if scope not in SCOPES:
            return refuse(400, "'X-Joinery-Scope' is 'full' or 'public'.")
        try:
            body = request.body
        except RequestDataTooBig:
            return refuse(413, "The body is too large.")
        answer = self.api.answer_person(actor_of(request), scope, body)
        headers = {**answer.headers, "Cache-Control": "no-store"}
        return HttpResponse(
            answer.body, status=answer.status, content_type=answer.content_type, headers=headers
        )

    def check(self, request: DataModelRequest) -> HttpResponse:
        """Say what is wrong with a document, and by which schema it was judged."""
        text = request.POST.get("document", "")
        problems = self.api.check_document(request.datamodel, text.replace("\r\n", "\n"))
        schema = self.api.describe(request.datamodel).key
        return JsonResponse({"problems": problems, "schema": schema}, headers={"Cache-Control": "no-store"})

    def schema(self, request: DataModelRequest) -> HttpResponse:
        """The description of the API. Its address holds its key, so that browsers keep it."""
        description = self.api.describe(request.datamodel)
        etag = f'"{description.key}"'
        is_lasting = request.GET.get("v") == description.key
        cache = f"private, max-age={FOREVER_S}, immutable" if is_lasting else "private, no-cache"
        headers = {"ETag": etag, "Cache-Control": cache}
        if etag in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponse(status=304, headers=headers)
        body = description.text
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body, headers["Content-Encoding"] = description.compressed, "gzip"
        response = HttpResponse(body, content_type="application/json", headers=headers)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


def posted(request: HttpRequest) -> Asked:
    """Return what stands in the form that was sent, with what is wrong with its variables."""
    scope = request.POST.get("scope", "full")
    variables = request.POST.get("variables", "").replace("\r\n", "\n")
    return Asked(
        request.POST.get("document", "").replace("\r\n", "\n"),
        variables,
        request.POST.get("operation", "").strip(),
        scope if scope in SCOPES else "full",
        variables_problem(variables),
    )


def variables_problem(text: str) -> str:
    """Say where a text is no JSON object; empty where it is one, or where there is none."""
    if not text.strip():
        return ""
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        return f"The variables are not JSON. Line {error.lineno}, column {error.colno}: {error.msg}."
    except (RecursionError, ValueError):
        return "The variables are not JSON."
    return "" if isinstance(content, dict | None) else "The variables are a JSON object: {…}."


def refuse(status: int, message: str) -> HttpResponse:
    entry = {"message": message, "errorType": "BadRequestException"}
    return JsonResponse({"errors": [entry]}, status=status, headers={"Cache-Control": "no-store"})


def explorer_urlpatterns(api: ExplorerApi) -> list[URLPattern]:
    """Return the addresses of the explorer, around the API that it explores."""
    explorer = Explorer(api)
    return [
        path("", require_http_methods(["GET", "HEAD", "POST"])(explorer.page), name="explorer"),
        path("run/", require_POST(explorer.run), name="explorer_run"),
        path("check/", require_POST(explorer.check), name="explorer_check"),
        path("examples/", require_safe(explorer.model_examples), name="explorer_examples"),
        path("schema.json", require_safe(explorer.schema), name="explorer_schema"),
    ]
