"""Every kind of fix, one per file, and doing it: one transaction, one step to undo."""

from __future__ import annotations

from collections.abc import Sequence

from datamodel import records as write
from datamodel.health.check import MOST_AT_ONCE, Check
from datamodel.health.fix import Answer, Fix
from datamodel.health.fixes.clear import Clear
from datamodel.health.fixes.create import CreateMissing
from datamodel.health.fixes.delete import Delete
from datamodel.health.fixes.keep import Keep
from datamodel.health.fixes.reassign import Reassign
from datamodel.health.fixes.refill import Refill
from datamodel.health.fixes.replace import Replace
from datamodel.health.fixes.restore import Restore
from datamodel.health.fixes.set_value import SetValue

__all__ = ["FIXES", "apply_fix", "find_fix", "fixes_of"]

FIXES: dict[str, type[Fix]] = {
    fix.name: fix
    for fix in (Clear, Reassign, CreateMissing, Restore, Keep, Refill, SetValue, Replace, Delete)
}


def fixes_of(check: Check) -> list[Fix]:
    """Return the fixes of what a check finds, the gentlest first; some may be refused."""
    return [fix for name in check.fixes if (fix := FIXES[name](check)).concerns]


def find_fix(check: Check, name: str) -> Fix | None:
    """Return the fix of that name, None where the check has none."""
    return next((fix for fix in fixes_of(check) if fix.name == name), None)


def apply_fix(fix: Fix, answer: Answer, keys: Sequence[str] | None = None) -> int:
    """Fix the records that ``keys`` (URL keys) name, or the first ``MOST_AT_ONCE`` of all; all or none.

    What is no longer broken is left alone. Return how many records were written. Raise RecordError.
    """
    check = fix.check

    def work() -> int:
        found = check.offenders(MOST_AT_ONCE, keys=keys, for_update=True)
        return fix.apply(found, answer) if found else 0

    return write.transact(check.datamodel, work)
