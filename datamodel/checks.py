"""Django's system checks on what the environment says: a limit that is no number is told at the start."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from datamodel.limits import API_LIMITS, UPLOAD_LIMITS, get_limit, get_rate

__all__ = ["check_limits"]


@register()
def check_limits(**_kwargs: Any) -> list[CheckMessage]:
    """Report the limits whose values cannot be read."""
    problems: list[CheckMessage] = []
    for name in (*API_LIMITS, *UPLOAD_LIMITS):
        try:
            get_limit(name)
        except ValueError:
            hint = f"Give {name} a number, or leave it out."
            problems.append(Error(f"{name} is not a whole number.", hint=hint, id="joinery.E001"))
    try:
        get_rate("RATE_LIMIT")
    except ValueError as error:
        problems.append(Error(str(error), id="joinery.E002"))
    return problems
