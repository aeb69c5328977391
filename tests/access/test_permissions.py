"""What the callers of each scope may do."""

from __future__ import annotations

import pytest

from datamodel.access import Permissions
from datamodel.schema import Source, load_schema
from datamodel.schema.grants import EVERYTHING, NOTHING

TEXT = """
type Post @model @auth(rules: [{ allow: public, operations: [read] }]) {
  id: ID!
  title: String
  secret: String @auth(rules: [{ allow: owner }])
  place: Place
}
type Note @model { id: ID! }
type Place { city: String street: String @auth(rules: [{ allow: private }]) }
"""


def permissions(scope):
    return Permissions(load_schema([Source("s.graphql", TEXT)]).schema, scope)


def test_full_is_everything():
    full = permissions("full")
    assert full.is_full
    assert full.model("Note") is EVERYTHING
    assert full.may("Note", "delete")
    assert full.embedded("Place") == set()


def test_public_is_what_the_rules_grant():
    public = permissions("public")
    assert not public.is_full
    assert public.may("Post", "list")
    assert not public.may("Post", "create")
    assert not public.may("Note", "get")
    assert public.model("Post").hidden == {"secret"}
    assert public.embedded("Place") == {"street"}
    assert public.model("Post") is public.model("Post")


@pytest.mark.parametrize("scope", ["none", "", "Full", "admin"])
def test_any_other_scope_is_nothing(scope):
    nobody = permissions(scope)
    assert nobody.model("Post") is NOTHING
    assert not nobody.may("Post", "get")
    assert nobody.embedded("Place") == {"street"}


@pytest.mark.parametrize("scope", ["public"])
def test_a_model_that_does_not_exist_is_no_model(scope):
    with pytest.raises(KeyError):
        permissions(scope).model("Nothing")
