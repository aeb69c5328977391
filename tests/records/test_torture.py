"""A little of every torture run of `bench/torture`, on the database of the tests."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.server import ROOT

SECONDS = 240
"""A run that takes longer than this hangs."""

DATABASE = () if settings.DATABASE_URL.startswith("sqlite") else ("--database", settings.DATABASE_URL)


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("races", "--rounds", "42"),
        ("duplicates", "--rounds", "20", "--api"),
        ("counters", "--rounds", "240"),
        ("kills", "--rounds", "6"),
        ("sync", "--rounds", "400"),
        ("events", "--rounds", "80"),
    ],
    ids=" ".join,
)
def test_a_little_torture_breaks_nothing(arguments):
    command = [sys.executable, "-m", "bench.torture", *arguments, *DATABASE]
    ran = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 faults" in ran.stdout
