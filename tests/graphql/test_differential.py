"""Compiled reads answer what field by field execution answers: random documents over random schemas and records.

``DIFFERENTIAL_SCHEMAS`` and ``DIFFERENTIAL_DOCUMENTS`` say how many; `docs/development.md` has the long run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from datamodel import registry
from datamodel.access import Actor, Caller
from datamodel.changes import syncing
from datamodel.graphql.compiler.answers import CompiledField
from datamodel.graphql.compiler.plans import OperationPlan
from datamodel.graphql.context import RequestContext
from datamodel.graphql.request import Prepared, Request, answer, encode_answer
from datamodel.graphql.schema import build_api
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import Change, SchemaVersion
from datamodel.registry import DataModel
from datamodel.schema import SchemaOptions, Source
from datamodel.schema.ir import Dialect, Schema
from tests.conftest import drop_record_tables
from tests.graphql.documents import DocumentMaker, Operation, fill
from tests.strategies import print_sdl, schemas

SCHEMAS = int(os.environ.get("DIFFERENTIAL_SCHEMAS", "3"))
DOCUMENTS = int(os.environ.get("DIFFERENTIAL_DOCUMENTS", "30"))
NOW = 1_763_600_000_000


@pytest.fixture
def emptied(clean_tables: None) -> Iterator[None]:
    """A database that every example begins with anew."""
    return


class SchemaText:
    """The text of a schema; hypothesis need not print all of it."""

    def __init__(self, schema: Schema) -> None:
        self.text = print_sdl(schema)

    def __repr__(self) -> str:
        return f"SchemaText({self.text[:2000]!r})"


class Both:
    """Answers documents both ways, and counts how many were compiled."""

    def __init__(self, datamodel: DataModel, scope: str) -> None:
        self.datamodel = datamodel
        self.caller = Caller(Actor("api_key", "tests"), scope)
        self.compiled = 0
        self.fields = 0

    def answer(self, operation: Operation) -> Any:
        request = Request(operation.text, operation.variables)
        compiled = self.run(request)
        executed = self.run_executed(request)
        assert compiled == executed, f"{operation.text}\n{operation.variables}"
        return compiled

    def run(self, request: Request) -> Any:
        context = RequestContext(self.datamodel, self.caller)
        body = encode_answer(answer(self.datamodel, self.caller, request, context))
        if context.plan is not None:
            outcomes = [field.outcome for field in context.plan.fields]
            self.fields += len(outcomes)
            self.compiled += sum(isinstance(outcome, CompiledField) for outcome in outcomes)
        # Keys in their order, numbers as the same number however they are written.
        return json.loads(body, object_pairs_hook=list, parse_int=float)

    def run_executed(self, request: Request) -> Any:
        """Answer without the compiler."""
        make = Prepared.plan

        def plan(*args: Any) -> OperationPlan:
            return replace(make(*args), fields=())

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Prepared, "plan", plan)
            return self.run(request)


def activate(text: str, *, datastore: bool) -> DataModel:
    """Make a schema the only one there is."""
    drop_record_tables()
    Change.objects.all().delete()
    SchemaVersion.objects.all().delete()
    registry.forget()
    options = SchemaOptions(datastore=datastore, integrity="appsync")
    apply_plan(make_plan([Source("schema.graphql", text)], PlanOptions(schema=options)))
    return registry.current()


def tokens_in(content: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the tokens of an answer with the path of their connection, without the places in lists."""
    if not isinstance(content, list):
        return
    for entry in content:
        if isinstance(entry, tuple):
            key, value = entry
            if key == "nextToken" and isinstance(value, str):
                yield path, value
            yield from tokens_in(value, (*path, key))
        else:
            yield from tokens_in(entry, path)


def follow_pages(both: Both, operation: Operation, content: Any, random: Random) -> None:
    """Ask for the next page of a list, wherever in the answer one has a token."""
    data = dict(content).get("data")
    found = [(path, token) for path, token in tokens_in(data) if path in operation.tokens]
    for path, token in random.sample(found, min(len(found), 2)):
        operation.variables[operation.tokens[path]] = token
    if found:
        both.answer(operation)


@pytest.mark.parametrize("scope", ["full", "public"])
@pytest.mark.parametrize("dialect", [Dialect.V1, Dialect.V2])
def test_compiled_and_executed_answers_are_equal(
    emptied: None, monkeypatch: pytest.MonkeyPatch, dialect: Dialect, scope: str
) -> None:
    # Both ways are asked at the same time.
    monkeypatch.setattr(syncing, "started_at", lambda: NOW)
    total = {"compiled": 0, "fields": 0}

    @settings(
        max_examples=SCHEMAS,
        deadline=None,
        database=None,
        # What fails is a document among many: there is no smaller example than the one that is shown.
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(schemas(dialect).map(SchemaText), st.booleans(), st.randoms(use_true_random=True))
    def compare(schema: SchemaText, datastore: bool, random: Random) -> None:
        datamodel = activate(schema.text, datastore=datastore)
        fill(datamodel, random)
        api = build_api(datamodel).graphql_schema
        if api.query_type is None:
            return
        both = Both(datamodel, scope)
        for _ in range(DOCUMENTS):
            operation = DocumentMaker(api, random).make()
            follow_pages(both, operation, both.answer(operation), random)
        total["compiled"] += both.compiled
        total["fields"] += both.fields

    compare()
    # Random rules close most models to the public.
    assert scope == "public" or total["compiled"] > total["fields"] * 0.4
