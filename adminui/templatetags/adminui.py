"""Template tags of the shell: icons, the htmx configuration, the list of tools."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide

from adminui import notices
from adminui.notices import Next

register = template.Library()

HTMX_CONFIG = {
    "allowEval": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
    "scrollIntoViewOnBoost": False,
    "attributesToSettle": ["class"],
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "(409|410|422)", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}

# URL name, the words, the icon; a page that is not there is not listed.
TOOLS = (
    ("schema", "Schema", "braces"),
    ("data_health", "Data health", "activity"),
    ("activity", "Activity", "history"),
    ("trash", "Trash", "trash-2"),
    ("explorer", "Explorer", "hexagon"),
    ("keys", "API keys", "key-round"),
)

RECORD_TOOLS = (
    ("record_history", "History", "history"),
    ("record_duplicate", "Duplicate", "copy"),
)

MESSAGE_ICONS = {
    "success": "circle-check",
    "info": "info",
    "warning": "triangle-alert",
    "error": "circle-alert",
}


@dataclass(frozen=True, slots=True)
class Tool:
    """An entry of the lower navigation."""

    name: str
    url: str
    icon: str
    is_current: bool


@register.simple_tag
def icon(name: str, css_class: str = "ico") -> SafeString:
    """Return the Lucide icon called ``name`` as inline SVG, hidden from screen readers."""
    return _render_icon(str(name), str(css_class))


@lru_cache(maxsize=256)
def _render_icon(name: str, css_class: str) -> SafeString:
    svg = lucide(name, size=None, **{"class": css_class, "aria-hidden": "true"})
    return SafeString(svg)


@register.simple_tag
def htmx_config() -> str:
    """Return htmx's configuration as JSON for the meta element; escaped by the template."""
    return json.dumps(HTMX_CONFIG)


@register.simple_tag(takes_context=True)
def nav_tools(context: template.Context) -> list[Tool]:
    """Return the pages of the data model that exist, the current one marked."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request is not None else ""
    return [
        Tool(words, url, icon_name, path.startswith(url))
        for name, words, icon_name in TOOLS
        if (url := find_url(name)) is not None
    ]


@register.simple_tag
def record_tools(model: str, key: str) -> list[Tool]:
    """Return the pages about one record that exist."""
    return [
        Tool(words, url, icon_name, False)
        for name, words, icon_name in RECORD_TOOLS
        if (url := find_url(name, model=model, key=key)) is not None
    ]


def find_url(name: str, **kwargs: Any) -> str | None:
    """Return the address called ``name``, None where the site has none."""
    try:
        return reverse(name, kwargs=kwargs or None)
    except NoReverseMatch:
        return None


@register.filter
def next_steps(message: Message) -> Next:
    """Return what a message offers to do next."""
    return notices.next_steps(message)


@register.filter
def message_icon(level_tag: str) -> str:
    """Return the icon for a message's level."""
    return MESSAGE_ICONS.get(level_tag, "info")
