"""Limits: settings, environment variables, defaults."""

from __future__ import annotations

import pytest

from datamodel.checks import check_limits
from datamodel.limits import API_LIMITS, forget_limits, get_limit, get_rate, is_on


def test_a_limit_is_a_setting_or_a_variable_or_its_default(settings, monkeypatch):
    assert get_limit("LIST_MAX_LIMIT") == API_LIMITS["LIST_MAX_LIMIT"]
    monkeypatch.setenv("LIST_MAX_LIMIT", "7")
    # A process reads its environment once.
    forget_limits()
    assert get_limit("LIST_MAX_LIMIT") == 7
    settings.LIST_MAX_LIMIT = 9
    assert get_limit("LIST_MAX_LIMIT") == 9


@pytest.mark.parametrize(
    ("text", "rate"), [("0", 0), ("10/s", 10), ("10 / s", 10), ("2.5/s", 2.5), ("5", 5), (" 3/s ", 3)]
)
def test_a_rate_is_so_many_calls_a_second(monkeypatch, text, rate):
    monkeypatch.setenv("RATE_LIMIT", text)
    assert get_rate("RATE_LIMIT") == rate


@pytest.mark.parametrize("text", ["", "fast", "10/m", "-1/s", "1e3/s", "10/s/s"])
def test_what_is_no_rate_is_told_at_the_start(monkeypatch, text):
    monkeypatch.setenv("RATE_LIMIT", text)
    with pytest.raises(ValueError, match=r"Write it as '10/s', or '0' for no limit\."):
        get_rate("RATE_LIMIT")
    assert [problem.id for problem in check_limits()] == ["joinery.E002"]


def test_a_limit_that_is_no_number_is_told_at_the_start(monkeypatch):
    assert check_limits() == []
    monkeypatch.setenv("GRAPHQL_MAX_DEPTH", "deep")
    forget_limits()
    assert [problem.msg for problem in check_limits()] == ["GRAPHQL_MAX_DEPTH is not a whole number."]


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("True", True), (" on ", True), ("0", False), ("", False)]
)
def test_a_switch_is_on_or_off(monkeypatch, text, expected):
    monkeypatch.setenv("GRAPHQL_ALLOW_GET", text)
    assert is_on("GRAPHQL_ALLOW_GET") is expected
