"""Every way to write a schema can be checked."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datamodel import registry
from datamodel.health import check_data, describe, fixes_of
from datamodel.health.check import MOST_AT_ONCE
from datamodel.health.checks import all_checks
from datamodel.health.patience import Deadline
from datamodel.migrator import PlanOptions, apply_plan, make_plan
from datamodel.models import SchemaVersion
from datamodel.schema import SchemaOptions, Source
from datamodel.schema.dialect import Dialect
from tests.conftest import drop_record_tables
from tests.strategies import print_sdl, schemas

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def activate(text, datastore):
    plan = make_plan([Source("schema.graphql", text)], PlanOptions(schema=SchemaOptions(datastore=datastore)))
    apply_plan(plan, allow_destructive=True)
    return registry.current()


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    schema=st.sampled_from([Dialect.V1, Dialect.V2]).flatmap(lambda dialect: schemas(dialect)),
    datastore=st.booleans(),
)
def test_any_schema_can_be_checked(clean_tables, schema, datastore):
    """Names that SQL or Python know, composite keys, cycles: every statement runs."""
    datamodel = activate(print_sdl(schema), datastore)
    report = check_data(datamodel)
    assert report.findings == report.unchecked == ()
    for check in all_checks(datamodel):
        assert describe(check, check.offenders(2)) == ()
        assert check.offenders(2, keys=["a", "1,2", "~"]) == []
        assert check.count(MOST_AT_ONCE, Deadline()).count == 0
        for fix in fixes_of(check):
            assert fix.verb
            assert fix.effect(1).endswith(".")
            assert fix.effect(2).endswith(".")
            assert fix.refusal == "" or fix.refusal_for_many != ""
    reset()


def reset():
    """Forget the schema: the next example begins with an empty database."""
    SchemaVersion.objects.all().delete()
    registry.forget()
    drop_record_tables()
