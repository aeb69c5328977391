"""Data health: what the schema promises of the records, checked; and what to do where it does not hold."""

from __future__ import annotations

from datamodel.health.check import MOST_AT_ONCE, Check, Counted, Severity
from datamodel.health.checking import Example, Finding, Report, check_data, describe, find_check
from datamodel.health.checks import CHECKS
from datamodel.health.fields import FieldCheck
from datamodel.health.fix import Answer, Asks, Fix, LostValue
from datamodel.health.fixes import FIXES, apply_fix, find_fix, fixes_of
from datamodel.health.fixes.replace import lost_values
from datamodel.health.links import LinkCheck

__all__ = [
    "CHECKS",
    "FIXES",
    "MOST_AT_ONCE",
    "Answer",
    "Asks",
    "Check",
    "Counted",
    "Example",
    "FieldCheck",
    "Finding",
    "Fix",
    "LinkCheck",
    "LostValue",
    "Report",
    "Severity",
    "apply_fix",
    "check_data",
    "describe",
    "find_check",
    "find_fix",
    "fixes_of",
    "lost_values",
]
