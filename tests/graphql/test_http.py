"""Queries by GET, batches, and how often somebody may call."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from datamodel import access, records
from datamodel.graphql import rates as rates_module
from datamodel.graphql.rates import Rates
from datamodel.registry import DataModel
from tests.conftest import API_KEY, call_asgi

from .schemas import TEAM

ROOT = Path(__file__).parents[2]

Activate = Callable[..., DataModel]
GRAPHQL_JSON = "application/graphql-response+json"
LIST = "{ listTeams { items { mantra } } }"


@pytest.fixture
def team(activate_schema: Activate, api_key: str) -> DataModel:
    datamodel = activate_schema(TEAM, datastore=False)
    records.create(datamodel, "Team", {"id": "t", "mantra": "Go"})
    return datamodel


def get(headers: dict[str, str] | None = None, **parameters: str) -> tuple[int, dict[str, str], Any]:
    query = urlencode(parameters).encode()
    return sent(call_asgi(b"", {"x-api-key": API_KEY, **(headers or {})}, "GET", query_string=query))


def post(content: Any, **options: Any) -> tuple[int, dict[str, str], Any]:
    headers = {"content-type": "application/json", "x-api-key": API_KEY} | options.pop("headers", {})
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return sent(call_asgi(body, {k: v for k, v in headers.items() if v is not None}, **options))


def sent(answer: tuple[int, dict[str, str], bytes]) -> tuple[int, dict[str, str], Any]:
    status, headers, body = answer
    return status, headers, json.loads(body) if body else None


class TestGet:
    @pytest.fixture(autouse=True)
    def _allowed(self, team: DataModel, settings: Any) -> None:
        settings.GRAPHQL_ALLOW_GET = True

    def test_a_query_is_answered(self) -> None:
        status, headers, answer = get(query=LIST)
        assert (status, answer) == (200, {"data": {"listTeams": {"items": [{"mantra": "Go"}]}}})
        assert headers["content-type"] == "application/json; charset=utf-8"

    def test_variables_and_operation_come_along(self) -> None:
        query = "query A($id: ID!) { getTeam(id: $id) { mantra } } query B { __typename }"
        _, _, answer = get(query=query, variables='{"id": "t"}', operationName="A")
        assert answer == {"data": {"getTeam": {"mantra": "Go"}}}

    @pytest.mark.parametrize(
        "query", ['mutation { deleteTeam(input: {id: "t"}) { id } }', "subscription { onCreateTeam { id } }"]
    )
    def test_nothing_but_queries(self, team: DataModel, query: str) -> None:
        status, headers, answer = get(query=query)
        assert (status, headers["allow"]) == (405, "POST, OPTIONS")
        assert answer["errors"][0]["errorType"] == "MethodNotAllowed"
        assert team.model("Team").objects.count() == 1

    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"query": LIST, "variables": "{"},
            {"query": LIST, "variables": "[]"},
            {"query": LIST, "extensions": '"x"'},
            {"query": LIST, "variables": '{"a": ' + "[" * 100 + "]" * 100 + "}"},
            {"query": LIST} | {f"p{n}": "x" for n in range(30)},
        ],
    )
    def test_parameters_that_are_no_request(self, parameters: dict[str, str]) -> None:
        status, headers, _ = get(**parameters)
        assert (status, headers["x-amzn-errortype"]) == (400, "MalformedHttpRequestException")

    @pytest.mark.parametrize("raw", [b"query=%ff", b"query={a}&query={b}", b"query=\xff"])
    def test_an_address_that_is_none(self, raw: bytes) -> None:
        assert call_asgi(b"", {"x-api-key": API_KEY}, "GET", query_string=raw)[0] == 400

    def test_without_a_key_nothing(self) -> None:
        assert get({"x-api-key": "wrong"}, query=LIST)[0] == 401

    def test_invalid_documents_are_400_for_clients_that_know_better(self) -> None:
        assert get({"accept": GRAPHQL_JSON}, query="{ nope }")[0] == 400
        assert get(query="{ nope }")[0] == 200

    def test_the_address_says_nothing_to_a_post(self) -> None:
        _, _, answer = post({"query": "{ __typename }"}, query_string=urlencode({"query": LIST}).encode())
        assert answer == {"data": {"__typename": "Query"}}

    def test_a_browser_is_told(self, settings: Any) -> None:
        settings.CORS_ALLOWED_ORIGINS = ["https://app.test"]
        _, headers, _ = sent(call_asgi(b"", {"origin": "https://app.test"}, "OPTIONS"))
        assert headers["access-control-allow-methods"] == headers["allow"] == "GET, POST, OPTIONS"

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "PATCH"])
    def test_other_methods_stay_away(self, method: str) -> None:
        status, headers, _ = sent(call_asgi(b"", {"x-api-key": API_KEY}, method))
        assert (status, headers["allow"]) == (405, "GET, POST, OPTIONS")


def test_get_is_off_unless_it_is_switched_on(team: DataModel, monkeypatch: pytest.MonkeyPatch) -> None:
    status, headers, _ = get(query=LIST)
    assert (status, headers["allow"]) == (405, "POST, OPTIONS")
    monkeypatch.setenv("GRAPHQL_ALLOW_GET", "True")
    assert get(query=LIST)[0] == 200


class TestBatches:
    @pytest.fixture(autouse=True)
    def _allowed(self, team: DataModel, settings: Any) -> None:
        settings.GRAPHQL_MAX_BATCH = 3

    def test_each_request_has_its_answer_in_order(self) -> None:
        mutation = 'mutation { createTeam(input: {id: "u", mantra: "On"}) { id } }'
        status, _, answers = post([{"query": LIST}, {"query": mutation}, {"query": "{ nope }"}])
        assert status == 200
        assert answers[0]["data"]["listTeams"]["items"] == [{"mantra": "Go"}]
        assert answers[1]["data"] == {"createTeam": {"id": "u"}}
        assert answers[2]["errors"][0]["errorType"] == "ValidationError"

    @pytest.mark.parametrize(
        "content", [[], [{"query": LIST}] * 4, [LIST], [[{"query": LIST}]], [{"query": LIST}, {}]]
    )
    def test_what_is_no_batch(self, content: Any) -> None:
        assert post(content)[0] == 400

    @pytest.mark.parametrize(
        ("setting", "limit", "query"),
        [
            ("GRAPHQL_MAX_ALIASES", 3, "{ a: __typename b: __typename }"),
            ("GRAPHQL_MAX_ROOT_FIELDS", 3, "{ __typename listTeams { nextToken } }"),
            ("GRAPHQL_MAX_OPERATIONS", 1, LIST),
            ("GRAPHQL_MAX_TOKENS", 20, LIST),
            ("GRAPHQL_MAX_DOCUMENT_CHARS", len(LIST) + 5, LIST),
        ],
    )
    def test_the_limits_hold_for_all_together(
        self, settings: Any, setting: str, limit: int, query: str
    ) -> None:
        setattr(settings, setting, limit)
        assert "errors" not in post([{"query": query}])[2][0]
        _, _, answers = post([{"query": query}, {"query": query}])
        assert [answer["errors"][0]["errorType"] for answer in answers] == ["LimitExceeded"] * 2
        assert all("data" not in answer for answer in answers)

    def test_so_does_the_cost(self, settings: Any) -> None:
        settings.GRAPHQL_MAX_COST = 150
        first, second = post([{"query": LIST}, {"query": LIST}])[2]
        assert "errors" not in first
        assert second["errors"][0]["errorType"] == "LimitExceeded"

    def test_answers_too_long_together_are_errors(self, settings: Any) -> None:
        settings.GRAPHQL_MAX_RESULT_BYTES = 80
        answers = post([{"query": LIST}, {"query": LIST}])[2]
        assert [answer["errors"][0]["errorType"] for answer in answers] == ["LimitExceeded"] * 2


def test_batches_are_off_unless_they_are_switched_on(team: DataModel) -> None:
    status, headers, _ = post([{"query": LIST}])
    assert (status, headers["x-amzn-errortype"]) == (400, "MalformedHttpRequestException")


class TestRates:
    @pytest.fixture(autouse=True)
    def _limit(self, team: DataModel, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.RATE_LIMIT = "3/s"
        monkeypatch.setattr(rates_module, "_rates", Rates(tmp_path / "rates"))
        self.now = time.monotonic()
        monkeypatch.setattr(rates_module, "monotonic", lambda: self.now)

    def test_one_call_too_many_has_to_wait(self) -> None:
        assert [post({"query": LIST})[0] for _ in range(4)] == [200, 200, 200, 429]
        _, headers, answer = post({"query": LIST})
        assert headers["retry-after"] == "1"
        assert answer["errors"][0]["errorType"] == headers["x-amzn-errortype"] == "TooManyRequestsException"
        self.now += 1
        assert post({"query": LIST})[0] == 200

    def test_every_key_has_its_own(self) -> None:
        other = access.create_key("other")[1]
        for _ in range(4):
            post({"query": LIST})
        assert post({"query": LIST}, headers={"x-api-key": other})[0] == 200

    def test_strangers_are_told_by_their_address(self) -> None:
        def stranger(number: int, address: str) -> int:
            return post({"query": LIST}, headers={"x-api-key": f"wrong{number}"}, address=address)[0]

        assert [stranger(n, "192.0.2.1") for n in range(4)] == [401, 401, 401, 429]
        assert stranger(9, "192.0.2.2") == 401
        assert [stranger(n, f"2001:db8::{n:x}") for n in range(4)] == [401, 401, 401, 429]
        assert post({"query": LIST}, address="192.0.2.1")[0] == 200

    def test_a_trusted_proxy_tells_the_address(self, settings: Any) -> None:
        settings.TRUSTED_PROXIES = ["10.0.0.1"]

        def behind(address: str) -> int:
            headers = {"x-api-key": None, "x-forwarded-for": address}
            return post({"query": LIST}, headers=headers, address="10.0.0.1")[0]

        assert [behind("192.0.2.7") for _ in range(4)] == [401, 401, 401, 429]
        assert behind("192.0.2.8") == 401


def test_without_a_limit_nobody_waits(team: DataModel, settings: Any) -> None:
    settings.RATE_LIMIT = "0"
    assert {post({"query": LIST})[0] for _ in range(20)} == {200}


CALLS = """
import sys
from pathlib import Path
from datamodel.graphql.rates import Rates
rates = Rates(Path(sys.argv[1]))
print(sum(rates.spend("k", 0.01) == 0 for _ in range(200)))
"""


def test_all_processes_count_together(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CALLS, str(tmp_path / "rates")]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    allowed = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(allowed) == 1


def test_a_rate_below_one_a_second_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(rates_module, "monotonic", lambda: now[0])
    rates = Rates(None)
    assert rates.spend("k", 0.5) == 0
    assert rates.spend("k", 0.5) == pytest.approx(2)
    now[0] += 2
    assert rates.spend("k", 0.5) == 0


def test_a_file_from_before_the_machine_was_started_anew_holds_nobody_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr(rates_module, "monotonic", lambda: now[0])
    first = Rates(tmp_path / "rates")
    assert [first.spend("k", 2) for _ in range(2)] == [0, 0]
    first.close()
    now[0] = 10.0
    assert Rates(tmp_path / "rates").spend("k", 2) == 0


def test_a_folder_that_cannot_be_written_leaves_each_process_to_itself(tmp_path: Path, caplog: Any) -> None:
    rates = Rates(tmp_path / "missing" / "rates")
    assert "RATE_LIMIT holds per process" in caplog.text
    assert [bool(rates.spend("k", 1)) for _ in range(2)] == [False, True]


def test_many_callers_push_out_those_heard_of_longest_ago() -> None:
    rates = Rates(None)
    assert [rates.spend(f"k{n}", 1) for n in range(30_000)].count(0) == 30_000
