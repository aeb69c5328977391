"""The model introspection: associations, keys, required fields, as typed clients read them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from datamodel.graphql.introspection import introspect
from datamodel.registry import DataModel

from .schemas import ITEM, READING, TEAM

Build = Callable[..., DataModel]


def models(data_model: Build, text: str, name: str = "schema.graphql") -> dict[str, Any]:
    return introspect(data_model(text, name).schema)["models"]


def test_references_name_the_fields_on_both_sides(data_model: Build) -> None:
    found = models(data_model, TEAM)
    fields = found["Team"]["fields"]
    assert fields["members"]["association"] == {"connectionType": "HAS_MANY", "associatedWith": ["teamId"]}
    assert fields["badge"]["association"] == {
        "connectionType": "HAS_ONE",
        "associatedWith": ["teamId"],
        "targetNames": [],
    }
    assert found["Member"]["fields"]["team"]["association"] == {
        "connectionType": "BELONGS_TO",
        "targetNames": ["teamId"],
    }


def test_a_custom_key_and_an_index_are_told(data_model: Build) -> None:
    reading = models(data_model, READING)["Reading"]
    assert reading["primaryKeyInfo"] == {
        "isCustomPrimaryKey": True,
        "primaryKeyFieldName": "device",
        "sortKeyFieldNames": ["day", "seq"],
    }
    assert {"type": "key", "properties": {"fields": ["device", "day", "seq"]}} in reading["attributes"]
    index = {"name": "byStatus", "queryField": "readingsByStatus", "fields": ["status", "day"]}
    assert {"type": "key", "properties": index} in reading["attributes"]


def test_types_lists_and_timestamps(data_model: Build) -> None:
    content = introspect(data_model(ITEM).schema)
    fields = content["models"]["Item"]["fields"]
    assert fields["kind"]["type"] == {"enum": "Kind"}
    assert fields["size"]["type"] == {"nonModel": "Size"}
    assert fields["tags"] == {
        "name": "tags",
        "isArray": True,
        "type": "String",
        "isRequired": False,
        "attributes": [],
        "isArrayNullable": True,
    }
    assert fields["createdAt"]["isReadOnly"] is True
    assert fields["createdAt"]["isRequired"] is False
    assert content["enums"] == {"Kind": {"name": "Kind", "values": ["LOW", "HIGH"]}}
    assert content["nonModels"]["Size"]["fields"].keys() == {"width", "height"}


def test_many_to_many_points_at_the_join_model(data_model: Build) -> None:
    found = models(
        data_model,
        """
        type Post @model { id: ID! tags: [Tag] @manyToMany(relationName: "PostTags") }
        type Tag @model { id: ID! posts: [Post] @manyToMany(relationName: "PostTags") }
        """,
    )
    tags = found["Post"]["fields"]["tags"]
    assert tags["type"] == {"model": "PostTags"}
    assert tags["association"] == {"connectionType": "HAS_MANY", "associatedWith": ["post"]}
    assert found["PostTags"]["fields"]["postId"]["isRequired"] is False


def test_auth_rules_are_written_out(data_model: Build) -> None:
    text = "const schema = a.schema({ T: a.model({ n: a.string() }).authorization((allow) => [allow.owner()]) });"
    attributes = models(data_model, text, "resource.ts")["T"]["attributes"]
    (auth,) = [attribute for attribute in attributes if attribute["type"] == "auth"]
    (rule,) = auth["properties"]["rules"]
    assert rule["ownerField"] == "owner"
    assert rule["operations"] == ["create", "update", "delete", "read"]


@pytest.mark.parametrize(
    ("model", "plural"), [("Person", "People"), ("Category", "Categories"), ("Data", "Data")]
)
def test_plural_names(data_model: Build, model: str, plural: str) -> None:
    assert models(data_model, f"type {model} @model {{ id: ID! }}")[model]["pluralName"] == plural


def test_a_single_timestamp_that_is_switched_off_is_listed(data_model: Build) -> None:
    found = models(
        data_model,
        """
        type Half @model(timestamps: { createdAt: null }) { id: ID! title: String @index }
        type None @model(timestamps: null) { id: ID! }
        """,
    )
    assert found["Half"]["fields"]["createdAt"]["isReadOnly"]
    assert list(found["None"]["fields"]) == ["id"]


def test_a_join_model_repeats_the_rules_of_either_side(data_model: Build) -> None:
    text = """
    type Song @model @auth(rules: [{ allow: public }]) {
      id: ID! lists: [Playlist] @manyToMany(relationName: "SongLists")
    }
    type Playlist @model @auth(rules: [{ allow: RULE }]) {
      id: ID! songs: [Song] @manyToMany(relationName: "SongLists")
    }
    """
    allowed = []
    for rule in ("owner", "public"):
        attributes = models(data_model, text.replace("RULE", rule))["SongLists"]["attributes"]
        rules = [each["properties"]["rules"] for each in attributes if each["type"] == "auth"]
        allowed.append([[rule["allow"] for rule in each] for each in rules])
    assert allowed == [[["public"], ["owner"]], [["public"]]]


def test_a_field_of_version_1_that_nothing_meets_has_one(data_model: Build) -> None:
    found = models(
        data_model,
        """
        type Like @model { id: ID! userId: ID! user: User @connection(fields: ["userId"]) plain: User }
        type User @model { id: ID! }
        """,
    )
    fields = found["Like"]["fields"]
    assert fields["user"]["association"] == {
        "connectionType": "HAS_ONE",
        "associatedWith": [],
        "targetNames": [],
    }
    assert "userId" in fields
    assert "plain" not in fields


def test_a_field_of_version_1_that_meets_a_list_belongs_to_it(data_model: Build) -> None:
    found = models(
        data_model,
        """
        type Like @model @key(name: "byUser", fields: ["userId"]) {
          id: ID! userId: ID! user: User @connection(fields: ["userId"])
        }
        type User @model { id: ID! likes: [Like] @connection(keyName: "byUser", fields: ["id"]) }
        """,
    )
    fields = found["Like"]["fields"]
    assert fields["user"]["association"] == {"connectionType": "BELONGS_TO", "targetNames": []}
    assert "userId" not in fields
