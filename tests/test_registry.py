from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from datamodel import records, registry
from datamodel.middleware import DataModelMiddleware
from datamodel.modelgen import build_names
from datamodel.modelgen.clock import now_ms
from datamodel.models import Change, SchemaVersion
from datamodel.registry import DataModel, SchemaChanged, UnknownModel
from datamodel.schema.codec import encode_schema
from datamodel.schema.ir import Schema
from tests.modelgen.schemas import blog, model, orders, schema

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_registry():
    registry.forget()
    yield
    registry.forget()


def activate(number: int, of: Schema) -> None:
    with transaction.atomic():
        SchemaVersion.objects.filter(is_active=True).update(is_active=False)
        SchemaVersion.objects.update_or_create(
            number=number,
            defaults={
                "ir": encode_schema(of),
                "names": build_names(of).to_json(),
                "is_active": True,
                "created_at": timezone.now(),
            },
        )


def test_nothing_active_is_an_empty_data_model():
    datamodel = registry.current()
    assert (datamodel.version, dict(datamodel.models), datamodel.schema.models) == (0, {}, ())
    assert registry.active_version() == 0
    assert registry.current() is datamodel


def test_the_active_version_is_built_once(django_assert_num_queries):
    activate(1, blog())
    datamodel = registry.current()
    assert datamodel.version == registry.active_version() == 1
    assert set(datamodel.models) == {"Post", "Comment"}
    with django_assert_num_queries(1):
        assert registry.current() is datamodel


def test_a_stored_schema_is_served_as_it_was_built():
    activate(1, blog())
    assert registry.current().schema == blog()
    assert registry.current().names == build_names(blog())


def test_a_new_version_takes_over_at_once():
    activate(1, blog())
    before = registry.current()
    activate(2, orders())
    after = registry.current()
    assert (before.version, after.version) == (1, 2)
    assert set(after.models) == {"Order", "Line"}
    activate(1, blog())
    assert registry.current().version == 1


def test_another_version_of_the_same_number_is_not_mistaken():
    activate(1, blog())
    registry.current()
    activate(1, orders())
    SchemaVersion.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert set(registry.current().models) == {"Order", "Line"}


def test_only_one_version_is_active():
    activate(1, blog())
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        SchemaVersion.objects.create(number=2, ir={}, names={}, is_active=True)


def test_threads_share_one_snapshot():
    activate(1, blog())
    found = []

    def look():
        found.append(registry.current())
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_an_old_snapshot_can_go():
    old = weakref.ref(DataModel.build(blog()))
    DataModel.build(orders())
    gc.collect()
    assert old() is None


def test_snapshots_are_told_apart_by_identity():
    assert DataModel.build(blog()) != DataModel.build(blog())


def test_an_unknown_model_is_named():
    with pytest.raises(UnknownModel, match=r"^There is no model 'Pots'\.$"):
        DataModel.build(schema(model("Post"))).model("Pots")


def test_a_write_with_the_active_version_goes_on():
    activate(1, blog())
    with transaction.atomic():
        registry.lock_version(registry.current())


def test_a_write_with_an_old_version_is_stopped():
    activate(1, blog())
    old = registry.current()
    activate(2, orders())
    with transaction.atomic(), pytest.raises(SchemaChanged) as caught:
        registry.lock_version(old)
    assert caught.value.version == 2


def test_a_write_before_any_version_is_stopped_once_there_is_one():
    empty = registry.current()
    with transaction.atomic():
        registry.lock_version(empty)
    activate(1, blog())
    with transaction.atomic(), pytest.raises(SchemaChanged):
        registry.lock_version(empty)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_activating_waits_for_writers():
    activate(1, blog())
    current = registry.current()
    outcome = []

    def take_over():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 50")
            activate(2, orders())
        except Exception as error:
            outcome.append(type(error).__name__)
        finally:
            connection.close()

    with transaction.atomic():
        registry.lock_version(current)
        thread = threading.Thread(target=take_over)
        thread.start()
        thread.join()
    assert outcome == ["OperationalError"]
    assert registry.active_version() == 1


def test_a_request_pins_its_data_model():
    activate(1, blog())
    seen = []

    def view(request):
        seen.append(request.datamodel)
        activate(2, orders())
        seen.append(request.datamodel)
        return HttpResponse()

    DataModelMiddleware(view)(RequestFactory().get("/"))
    assert seen[0] is seen[1]
    assert seen[0].version == 1
    assert type(seen[0]) is DataModel


def test_a_request_that_needs_no_data_model_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = DataModelMiddleware(lambda request: HttpResponse("ok"))(RequestFactory().get("/healthz"))
    assert response.content == b"ok"


def test_the_middleware_also_serves_coroutines():
    async def view(request):
        return HttpResponse(type(request).__name__)

    response = asyncio.run(DataModelMiddleware(view)(RequestFactory().get("/")))
    assert response.content == b"WSGIRequest"


def test_a_transaction_is_not_dated_before_the_last_change(example: DataModel) -> None:
    records.create(example, "Tag", {"label": "first"})
    future = now_ms() + 3_600_000
    Change.objects.update(at=future)
    # The machine's clock stands an hour behind the last change: it was set back.
    tag = records.create(example, "Tag", {"label": "second"})
    assert tag.joinery_changed_at == future
    assert Change.objects.latest("id").at == future


def test_a_transaction_without_changes_before_it_bears_the_time_of_the_clock(example: DataModel) -> None:
    before = now_ms()
    tag = records.create(example, "Tag", {"label": "first"})
    assert before <= tag.joinery_changed_at <= now_ms()
