"""Template tags of the record pages: moments in words, page addresses, which enum values shine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils import timezone

from adminui.filters import ListQuery
from adminui.forms.moments import spoken_timestamp
from datamodel.schema.ir import ModelType

register = template.Library()

ON_WORDS = frozenset(
    {"active", "on", "open", "published", "live", "enabled", "done", "approved", "yes", "public", "paid"}
)
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800


def read_moment(value: Any) -> datetime | None:
    """Return a stored AWSDateTime text or AWSTimestamp number as a moment, None where it is none."""
    try:
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@register.filter
def ago(value: Any) -> str:
    """Return how long ago a moment was, as short as it can be said; the stored text where it is none."""
    moment = read_moment(value)
    if moment is None:
        return str(value)
    now = timezone.now()
    seconds = (now - moment).total_seconds()
    if not -MINUTE < seconds < WEEK:
        return (
            f"{moment.day} {moment:%b}"
            if moment.year == now.year
            else f"{moment.day} {moment:%b} {moment.year}"
        )
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    return "yesterday" if seconds < 2 * DAY else f"{int(seconds // DAY)} days ago"


@register.filter
def live_models(model: ModelType) -> str:
    """Return the models whose changes a page about ``model`` shows: its own, and those it is joined to."""
    far = [name for field in model.relation_fields if field.relation and (name := field.relation.far_model)]
    return " ".join(dict.fromkeys([model.name, *far]))


@register.filter
def iso(value: Any) -> str:
    """Return a moment for the ``datetime`` attribute."""
    moment = read_moment(value)
    return moment.isoformat() if moment else str(value)


@register.filter
def is_on(value: Any) -> bool:
    """Return whether an enum value says that something is in force."""
    return str(value).lower() in ON_WORDS


@register.filter
def spoken(text: str) -> str:
    """Return the moment that a number of seconds means."""
    return spoken_timestamp(text)


@register.simple_tag
def page_url(query: ListQuery, page: str) -> str:
    """Return the address of another page of the same list."""
    return query.address(_page=page)


@register.filter
def day_words(day: datetime) -> str:
    """Return a day as people call it: today, yesterday, else its date."""
    now = timezone.now()
    away = (now.date() - day.date()).days
    if away in (0, 1):
        return "Yesterday" if away else "Today"
    year = f" {day.year}" if day.year != now.year else ""
    return f"{day:%A}, {day.day} {day:%B}{year}"
