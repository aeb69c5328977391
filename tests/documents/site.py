"""A browser without scripts: it opens pages, fills in forms, presses buttons, follows where they lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

from django.test import Client

__all__ = ["Page", "Site"]

VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
UNSEEN = frozenset({"script", "style", "template", "head"})


@dataclass
class Control:
    """A control of a form, as it would be sent."""

    name: str
    kind: str
    value: str
    is_on: bool = True
    label: str = ""
    options: dict[str, str] = field(default_factory=dict)
    """What a select offers: the words, and what is sent."""

    @property
    def is_sent(self) -> bool:
        return self.is_on or self.kind not in ("checkbox", "radio")


@dataclass
class Form:
    """A form: where it goes, what it holds, which buttons it has."""

    method: str
    action: str
    controls: list[Control] = field(default_factory=list)
    buttons: list[Control] = field(default_factory=list)

    def control(self, name: str, label: str | None = None) -> Control:
        found = [c for c in self.controls if c.name == name and label in (None, c.label)]
        assert len(found) == 1, (
            f"{len(found)} controls '{name}' {label or ''}: {[c.name for c in self.controls]}"
        )
        return found[0]

    def data(self) -> dict[str, list[str]]:
        """What a browser would send, no button pressed."""
        sent: dict[str, list[str]] = {}
        for control in self.controls:
            if control.is_sent and control.name:
                sent.setdefault(control.name, []).append(control.value)
        return sent


class Reader(HTMLParser):
    """Takes a page apart: its text, forms, links and table rows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, Form] = {}
        self.links: list[tuple[str, str]] = []
        self.rows: list[list[str]] = []
        self.texts: list[str] = []
        self.stack: list[str] = []
        self.form: Form | None = None
        self.labelled: list[Control] | None = None
        self.captures: list[list[str]] = []
        self.area: Control | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.stack.append(tag)
        if UNSEEN & set(self.stack):
            return
        match tag:
            case "form":
                self.form = Form(given.get("method", "get"), given.get("action", ""))
                self.forms[given.get("id") or f"form {len(self.forms)}"] = self.form
            case "input" | "textarea" | "select" | "button":
                self.add_control(tag, given)
            case "option" if self.area is not None:
                self.area.options[given.get("value", "")] = given.get("value", "")
                if "selected" in given or not self.area.value:
                    self.area.value = given.get("value", "")
            case "label":
                self.labelled = []
                self.captures.append([])
            case "a":
                self.captures.append([given.get("href", "")])
            case "tr":
                self.rows.append([])
            case "td":
                self.captures.append([])

    def add_control(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms.get(given["form"]) if "form" in given else self.form
        kind = given.get("type", "text") if tag == "input" else tag
        control = Control(given.get("name", ""), kind, given.get("value", ""))
        if kind in ("checkbox", "radio"):
            control.is_on = "checked" in given
        if tag in ("textarea", "select"):
            self.area = control
        if form is None or "disabled" in given:
            return
        (form.buttons if tag == "button" else form.controls).append(control)
        if self.labelled is not None:
            self.labelled.append(control)

    def handle_endtag(self, tag: str) -> None:
        is_unseen = bool(UNSEEN & set(self.stack))
        while self.stack and self.stack.pop() != tag:
            pass
        if is_unseen:
            return
        match tag:
            case "form":
                self.form = None
            case "textarea" | "select":
                self.area = None
            case "label":
                text = squeeze("".join(self.captures.pop()))
                for control in self.labelled or ():
                    control.label = text
                self.labelled = None
            case "a":
                href, *texts = self.captures.pop()
                self.links.append((squeeze("".join(texts)), href))
            case "td":
                self.rows[-1].append(squeeze(" ".join(self.captures.pop())))

    def handle_data(self, data: str) -> None:
        if UNSEEN & set(self.stack):
            return
        if self.area is not None and self.area.kind == "textarea":
            self.area.value += data.removeprefix("\n")
        self.texts.append(data)
        for capture in self.captures:
            capture.append(data)


def squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@dataclass
class Page:
    """A page that was opened, with what was filled in since."""

    site: Site
    path: str
    status: int
    html: str
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        self.reader = Reader(self.html)

    @property
    def text(self) -> str:
        return squeeze(" ".join(self.reader.texts))

    @property
    def rows(self) -> list[str]:
        """The rows of the page's table, each as one text."""
        return [" | ".join(cell for cell in row if cell) for row in self.reader.rows if row]

    @property
    def form(self) -> Form:
        """The form of the record."""
        return self.reader.forms["record-form"]

    def fill(self, /, **values: str) -> Page:
        """Type into the fields of the record."""
        for name, value in values.items():
            control = self.form.control(f"f.{name}")
            assert not control.options or value in control.options, f"{value} is not offered"
            control.value = value
        return self

    def add(self, field_name: str, value: str) -> Page:
        """Add an item to a list, and type it; the page is another afterwards."""
        page = self.press(f"add:f.{field_name}")
        rows = [c for c in page.form.controls if re.fullmatch(rf"f\.{field_name}\.\d+", c.name)]
        rows[-1].value = value
        return page

    def find(self, slug: str, words: str) -> Page:
        """Look for related records, as the Find button of a relationship does."""
        self.form.control(f"find.{slug}").value = words
        return self.press(f"find:{slug}")

    def choose(self, slug: str, label: str) -> Page:
        """Find a record by its label and choose it as the only one of a relationship."""
        page = self.find(slug, label)
        for control in page.form.controls:
            if control.name == f"to.{slug}":
                control.is_on = control.label == label
        assert page.chosen(slug) == label
        return page

    def chosen(self, slug: str) -> str | None:
        """The label of what a relationship refers to, None where the form has no choice for it."""
        return next((c.label for c in self.form.controls if c.name == f"to.{slug}" and c.is_on), None)

    def clear(self, slug: str) -> Page:
        """Choose none."""
        for control in self.form.controls:
            if control.name == f"to.{slug}":
                control.is_on = control.value == ""
        assert self.chosen(slug) == "none"
        return self

    def link(self, slug: str, label: str, note: str = "") -> Page:
        """Find a record and tick it, to be linked on saving; ``note`` is what the page says beside it."""
        page = self.find(slug, label)
        page.form.control(f"link.{slug}", f"{label} {note}".strip()).is_on = True
        return page

    def unlink(self, slug: str, label: str) -> Page:
        """Tick a linked record, to be unlinked on saving."""
        found = [c for c in self.form.controls if c.name == f"unlink.{slug}" and label in c.label]
        assert len(found) == 1, f"{label} cannot be unlinked: {[c.label for c in self.form.controls]}"
        found[0].is_on = True
        return self

    def linked(self, slug: str) -> list[str]:
        """The labels of the records of a to-many relationship, as its card shows them."""
        card = re.search(rf'data-card="{re.escape(slug)}".*?</section>', self.html, flags=re.S)
        assert card is not None, f"no card '{slug}'"
        links = Reader(card[0]).links
        is_record = re.compile(r"/data/[^/]+/(?!new/)[^/]+/").fullmatch
        return [text for text, href in links if is_record(href) and text != "Change…"]

    def press(self, button: str = "save") -> Page:
        """Press a button of the record's form, and follow where it leads."""
        assert any(b.value == button for b in self.form.buttons), [b.value for b in self.form.buttons]
        return self.site.send(self.form.action or self.path, self.form.data() | {"_do": [button]})

    def confirm(self) -> Page:
        """Press the button of a page that asks before it deletes."""
        asking = [f for f in self.reader.forms.values() if any(c.name == "confirm" for c in f.controls)]
        assert len(asking) == 1, f"nothing to confirm: {self.text}"
        return self.site.send(asking[0].action, asking[0].data())


@dataclass
class Site:
    """The site, as somebody sees it who is signed in and has scripts turned off."""

    client: Client

    def open(self, path: str, status: int = 200) -> Page:
        answer = self.client.get(path)
        page = Page(self, path, answer.status_code, answer.content.decode())
        assert page.status == status, page.text
        return page

    def send(self, path: str, data: dict[str, list[str]]) -> Page:
        answer = self.client.post(path, data, follow=True)
        chain = getattr(answer, "redirect_chain", [])
        return Page(self, chain[-1][0] if chain else path, answer.status_code, answer.content.decode())

    def new(self, model: str) -> Page:
        return self.open(f"/data/{model}/new/")

    def record(self, model: str, key: str) -> Page:
        return self.open(f"/data/{model}/{quote(key, safe='')}/")

    def list(self, model: str, query: str = "") -> list[str]:
        """The rows of a model's list."""
        return self.open(f"/data/{model}/{query}").rows

    def deletion(self, model: str, key: str) -> Page:
        """The page that says what a delete would do."""
        return self.open(f"/data/{model}/{quote(key, safe='')}/delete/")

    def create(self, model: str, choose: dict[str, str] | None = None, /, **values: Any) -> str:
        """Make a record with these fields and references, and return its key from the address it got."""
        page = self.new(model).fill(**values)
        for slug, label in (choose or {}).items():
            page = page.choose(slug, label)
        return key_of(model, page.press())


def key_of(model: str, listed: Page) -> str:
    """Return the key of the record that was just made: the list, sorted by newest, begins with it."""
    assert listed.status == 200, listed.text
    assert f"{model} '" in listed.text, listed.text
    assert " made." in listed.text, listed.text
    found = [m for _, href in listed.reader.links if (m := re.fullmatch(rf"/data/{model}/([^/]+)/", href))]
    keys = [match[1] for match in found if match[1] not in ("new", "import")]
    return keys[0]
