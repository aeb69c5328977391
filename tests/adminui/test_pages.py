"""Every page: its structure, and that it needs no inline script or style."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

import pytest

from datamodel import access, records
from datamodel.models import Change

PAGES = [
    "/",
    "/schema/",
    "/schema/relationships/",
    "/schema/relationships/Comment.post/",
    "/schema/versions/",
    "/schema/upload/",
    "/schema/upload/?edit=1",
    "/health/data/",
    "/settings/keys/",
    "/activity/",
    "/trash/",
    "/nothing/here",
]
LABELLED = {"input", "select", "textarea"}


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


@pytest.fixture
def pages(admin_client, example):
    """The pages of a site with some records, and those that only a POST shows."""
    access.create_key("laptop")
    records.create(example, "Tag", {"id": "t", "label": "craft"})
    texts = {path: admin_client.get(path).content.decode() for path in PAGES}
    wrong = admin_client.post("/schema/upload/", {"name": "a.graphql", "text": "type A @model { b: Bee }"})
    texts["problems"] = wrong.content.decode()
    plan = admin_client.post(
        "/schema/upload/", {"name": "a.graphql", "text": "type Tag @model { name: String! }"}
    )
    texts["plan"] = admin_client.get(plan["Location"]).content.decode()
    texts["refused"] = admin_client.post(plan["Location"], {"action": "apply"}).content.decode()
    texts |= trail_pages(admin_client, example)
    created = admin_client.post("/settings/keys/", {"name": "a", "scope": "full", "expires_days": "1"})
    texts["created"] = created.content.decode()
    admin_client.logout()
    texts["sign-in"] = admin_client.get("/accounts/login/").content.decode()
    return {name: Page(text) for name, text in texts.items()}


def trail_pages(client, datamodel):
    """The pages about what was changed: a set, a history, what an undo and a revert would do."""
    records.update(datamodel, "Tag", {"id": "t"}, {"label": "wood"})
    records.update(datamodel, "Tag", {"id": "t"}, {"label": "elm"})
    oldest, changed, last = Change.objects.filter(key="t").order_by("id")
    paths = {
        "set": f"/activity/{last.group}/",
        "undo": f"/activity/{last.group}/undo/",
        "in the way": f"/activity/{changed.group}/undo/",
        "history": "/data/Tag/t/history/",
        "revert": f"/data/Tag/t/history/{oldest.pk}/",
    }
    return {name: client.get(path).content.decode() for name, path in paths.items()}


def test_pages_hold_together(pages):
    for name, page in pages.items():
        assert len(page.all("h1")) == 1, name
        assert len(page.all("main")) == 1, name
        assert page.all("html")[0]["lang"] == "en", name
        assert [key for key, count in Counter(page.ids).items() if count > 1] == [], name


def test_pages_have_no_inline_script_or_style(pages):
    for name, page in pages.items():
        assert page.all("style") == [], name
        assert all(script.get("src") for script in page.all("script")), name
        inline = [
            key for _, attributes in page.elements for key in attributes if key == "style" or key[:2] == "on"
        ]
        assert inline == [], name


def test_every_control_has_a_label(pages):
    for name, page in pages.items():
        labels = {label.get("for") for label in page.all("label")}
        for tag, attributes in page.elements:
            if tag not in LABELLED or attributes.get("type") in {"hidden", "radio", "checkbox"}:
                continue
            assert attributes.get("id") in labels or {"aria-label", "aria-labelledby"} & set(attributes), (
                name,
                attributes,
            )


def test_names_that_labels_and_regions_refer_to_exist(pages):
    for name, page in pages.items():
        for _, attributes in page.elements:
            for key in ("aria-labelledby", "aria-describedby", "for"):
                for wanted in (attributes.get(key) or "").split():
                    assert wanted in page.ids, (name, wanted)


def test_every_form_that_posts_carries_the_token(pages):
    for name, page in pages.items():
        posting = [form for form in page.all("form") if form.get("method") == "post"]
        tokens = [field for field in page.all("input") if field.get("name") == "csrfmiddlewaretoken"]
        assert len(tokens) == len(posting), name


def test_links_inside_a_page_lead_somewhere(pages):
    for name, page in pages.items():
        for link in page.all("a"):
            target = link.get("href") or ""
            if target.startswith("#"):
                assert target[1:] in page.ids, (name, target)
