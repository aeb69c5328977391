"""Requests that nobody would send: some hundred here, 20,000 by `python -m bench.fuzz`."""

from __future__ import annotations

import json
import random

import pytest

from bench.fuzz.judge import fault
from bench.fuzz.requests import draw
from datamodel.registry import DataModel
from tests.conftest import call_asgi

REQUESTS = 400


def test_no_request_makes_us_fail_or_tell(example: DataModel, api_key: str) -> None:
    begin = random.randrange(10**6)  # noqa: S311 - not for secrets
    faults = []
    for seed in range(begin, begin + REQUESTS):
        sent = draw(random.Random(seed), api_key)  # noqa: S311 - not for secrets
        status, headers, body = call_asgi(
            sent.body, sent.headers, sent.method, query_string=sent.query_string
        )
        if found := fault(status, headers, body):
            faults.append(f"seed {seed}: {found}")
    assert faults == []


def answer(**entry: object) -> bytes:
    full = {
        "message": "m",
        "errorType": None,
        "errorInfo": None,
        "data": None,
        "path": None,
        "locations": None,
    }
    return json.dumps({"errors": [full | entry]}).encode()


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, b"{}", "status 500"),
        (200, b"", "no body with 200"),
        (200, b"<html>", "the body is not JSON"),
        (200, b"{}", "neither data nor errors"),
        (200, answer(errorType="InternalFailure", errorInfo={"errorId": "x"}), "an internal failure"),
        (200, answer(message='relation "data_post" does not exist'), "a message tells of 'data_'"),
        (400, answer(message="KeyError: 'x'"), "a message tells of"),
        (200, b'{"errors": [{"message": "m"}]}', "an entry has ['message']"),
        (200, answer(), ""),
        (204, b"", ""),
    ],
)
def test_the_judge_sees_what_is_wrong(status: int, body: bytes, expected: str) -> None:
    found = fault(status, {"content-type": "application/json; charset=utf-8"}, body)
    assert found.startswith(expected)
    assert bool(found) == bool(expected)
