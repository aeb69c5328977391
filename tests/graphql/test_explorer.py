"""The explorer's examples and its description of the API, for every kind of schema."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse
from graphql.execution.values import get_variable_values
from graphql.language import OperationDefinitionNode

from datamodel.graphql.explorer import check_document, describe, examples, examples_of
from datamodel.graphql.schema import build_api
from datamodel.registry import DataModel
from datamodel.schema import Source, load_schema
from tests.golden.cases import CASES, Case

FIELDS = "\n".join(
    f"  field{n}: {kind}" for n, kind in enumerate(["String", "Int", "AWSDate", "[String]"] * 4)
)
SIXTY = "\n".join(
    f"type Thing{n} @model {{\n  id: ID!\n{FIELDS}\n  things: [Thing{(n + 1) % 60}] @hasMany\n}}"
    for n in range(60)
)


@pytest.fixture(autouse=True)
def _no_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """The schemas have no tables here: as if there were no records yet."""
    monkeypatch.setattr(examples, "first_record", lambda *_arguments: None)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_example_fits_its_api(case: Case) -> None:
    datamodel = DataModel.build(case.load())
    schema = build_api(datamodel).graphql_schema
    for model in datamodel.schema.models:
        for example in examples_of(datamodel, model.name):
            assert check_document(datamodel, example.document) == [], example.document
            operation: Any = parse(example.document).definitions[0]
            assert isinstance(operation, OperationDefinitionNode)
            values = get_variable_values(schema, operation.variable_definitions, dict(example.variables))
            assert isinstance(values, dict), (example.document, example.variables, values)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_type_is_described(case: Case) -> None:
    datamodel = DataModel.build(case.load())
    assert len(describe(datamodel).text) > 1000


def test_sixty_models_are_described_in_little() -> None:
    datamodel = DataModel.build(load_schema([Source("schema.graphql", SIXTY)]).schema)
    assert len(describe(datamodel).compressed) < 50_000
    assert describe(datamodel) is describe(datamodel)
