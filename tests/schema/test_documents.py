"""The schemas of the design documents, and the deletes that their texts describe."""

from __future__ import annotations

from pathlib import Path

import pytest

from datamodel.schema import Source, decode_schema, encode_schema, load_schema

FOLDER = Path(__file__).parents[1] / "data" / "documents"

LINKS = {
    "000-comments.graphql": {"Comment.post": "cascade"},
    "000-editors.graphql": {"PostEditor.post": "cascade join", "PostEditor.editor": "cascade join"},
    "001-comments.graphql": {"Comment.post": "cascade"},
    "001-comments-index.graphql": {"Comment.post": "cascade"},
    "001-editors.graphql": {"PostEditor.post": "cascade join", "PostEditor.user": "cascade join"},
    "002-comments.graphql": {"Comment.post": "cascade"},
    "003-oneone-v1.graphql": {"Post.author": "clear"},
    "003-oneone-v2.graphql": {"Post.author": "clear"},
    "003-onemany-v1.graphql": {"Publication.articles": "cascade"},
    "003-onemany-v2.graphql": {"Publication.articles": "cascade"},
    "003-manymany-v1.graphql": {"PostTag.post": "cascade join", "PostTag.tag": "cascade join"},
    "003-manymany-v2.graphql": {"PostTag.post": "cascade join", "PostTag.tag": "cascade join"},
    "004-team-member.ts": {"Member.team": "clear"},
    "004-cart-customer.ts": {"Cart.customer": "clear"},
    "004-post-tag.ts": {"PostTag.post": "cascade join", "PostTag.tag": "cascade join"},
    "004-multi-relations.ts": {"Post.author": "clear", "Post.editor": "clear"},
    "004-sort-keys.ts": {"Post.author": "clear"},
    "004-required-optional.ts": {"Post.author": "cascade", "Post.editor": "clear"},
}


def load(name):
    return load_schema([Source(name, (FOLDER / name).read_text())])


def test_every_document_has_its_expectation():
    assert {path.name for path in FOLDER.iterdir()} == set(LINKS)


@pytest.mark.parametrize("name", LINKS)
def test_a_delete_does_what_the_document_says(name):
    loaded = load(name)
    assert loaded.warnings == ()
    found = {
        link.name: f"{link.on_delete.value}{' join' if link.is_join else ''}" for link in loaded.schema.links
    }
    assert found == LINKS[name]
    assert all(link.is_enforced for link in loaded.schema.links)


@pytest.mark.parametrize("name", LINKS)
def test_a_document_survives_storing(name):
    schema = load(name).schema
    assert decode_schema(encode_schema(schema)) == schema
