"""What documents 000, 001 and 002 tell alike: a post with comments, and posts that have editors."""

from __future__ import annotations

from typing import Any

from tests.documents.clients import DataStore
from tests.documents.site import Page, Site

__all__ = [
    "commented_post",
    "commented_post_on_site",
    "edited_post",
    "edited_post_on_site",
    "first_cells",
    "new_post",
]

Stored = dict[str, Any]


def new_post(store: DataStore, title: str = "My Post with comments") -> Stored:
    """`DataStore.save(new Post({ title, rating: 10, status: PostStatus.ACTIVE }))`"""
    return store.save("Post", title=title, rating=10, status="ACTIVE")


def commented_post(store: DataStore, *contents: str) -> tuple[Stored, list[Stored]]:
    """A post, and a comment for each content, saved with the post as its parent."""
    post = new_post(store)
    return post, [store.save("Comment", content=content, post=post) for content in contents]


def commented_post_on_site(site: Site, title: str, *contents: str) -> str:
    """The same with the forms of the site; the key of the post."""
    key = site.create("Post", title=title, rating="10", status="ACTIVE")
    for content in contents:
        site.create("Comment", {"post": title}, content=content)
    return key


def edited_post(store: DataStore, editor: str) -> tuple[Stored, Stored, Stored]:
    """A post, a user, and the record that joins them."""
    post, user = store.save("Post", title="My first post"), store.save("User", username="Nadia")
    return post, user, store.save("PostEditor", **{"post": post, editor: user})


def edited_post_on_site(site: Site) -> tuple[str, str]:
    """A post and a user, linked in the post's form; their keys."""
    post, user = site.create("Post", title="My first post"), site.create("User", username="Nadia")
    linked = site.record("Post", post).link("editors", "Nadia").press()
    assert linked.status == 200, linked.text
    return post, user


def first_cells(page: Page | list[str]) -> list[str]:
    """The first cell of each row of a list, sorted."""
    rows = page.rows if isinstance(page, Page) else page
    return sorted(row.split(" | ")[0] for row in rows)
