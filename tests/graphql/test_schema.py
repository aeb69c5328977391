"""The shape of the API: golden files written from the rules, and the odd corners one by one."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest
from graphql import GraphQLObjectType, build_schema, validate_schema
from graphql.language import parse

from datamodel.graphql.schema import build_api
from datamodel.registry import DataModel

from .schemas import READING

GOLDEN = Path(__file__).parent / "golden"

POST_V1 = """
type Post @model { id: ID! title: String! comments: [Comment] @connection(name: "PostComments") }
type Comment @model { id: ID! content: String post: Post @connection(name: "PostComments") }
"""

Build = Callable[..., DataModel]


def fields_of(sdl: str) -> dict[str, dict[str, str]]:
    """Return every type's fields as text: arguments in order, and the type."""
    found = {}
    for node in parse(sdl, no_location=True).definitions:
        fields = {}
        for field in getattr(node, "fields", ()) or ():
            arguments = [f"{a.name.value}: {text(a.type)}" for a in getattr(field, "arguments", ())]
            fields[field.name.value] = f"({', '.join(arguments)}): {text(field.type)}"
        found[node.name.value] = fields
    return found


def text(node) -> str:
    from graphql import print_ast

    return print_ast(node)


def assert_golden(sdl: str, name: str) -> None:
    """Every type that the golden file spells out has exactly the fields it says."""
    actual = fields_of(sdl)
    for type_name, fields in fields_of((GOLDEN / name).read_text()).items():
        assert actual.get(type_name) == fields, type_name


def test_gen2_gives_queries_connections_inputs_and_filtered_subscriptions(data_model: Build) -> None:
    datamodel = data_model((GOLDEN / "team.gen2.ts").read_text(), "team.ts")
    assert_golden(build_api(datamodel).print_sdl(), "team.gen2.graphql")


def test_v2_gives_composite_keys_leftover_id_and_datastore_metadata(data_model: Build) -> None:
    assert_golden(build_api(data_model(READING, datastore=True)).print_sdl(), "reading.v2.graphql")


def test_v1_shows_generated_keys_in_inputs_only(data_model: Build) -> None:
    sdl = build_api(data_model(POST_V1)).print_sdl()
    assert_golden(sdl, "post.v1.graphql")
    assert "ModelSubscription" not in sdl


def test_the_printed_schema_is_valid(data_model: Build) -> None:
    sdl = build_api(data_model(READING, datastore=True)).print_sdl()
    assert isinstance(build_schema(sdl).type_map["Reading"], GraphQLObjectType)


def test_names_that_python_dislikes_are_kept(data_model: Build) -> None:
    names = [
        "Meta",
        "_meta",
        "pk",
        "save",
        "get",
        "items",
        "keys",
        "class",
        "None",
        "mro",
        "resolve_id",
        "self",
        "info",
    ]
    members = "".join(f"{name}: String " for name in names)
    sdl = build_api(
        data_model(f"enum E {{ mro name value _x_ class }} type Thing @model {{ id: ID! e: E {members} }}")
    ).print_sdl()
    assert set(names) <= fields_of(sdl)["Thing"].keys()
    assert set(names) <= fields_of(sdl)["CreateThingInput"].keys()
    assert "  mro\n" in sdl


def test_an_enum_may_be_called_like_a_class_of_graphene(data_model: Build) -> None:
    for _ in range(2):
        sdl = build_api(
            data_model("enum EnumOptions { A } type T @model { id: ID! e: EnumOptions }")
        ).print_sdl()
        assert "enum EnumOptions" in sdl


def test_own_root_fields_interfaces_unions_and_inputs_are_kept(data_model: Build) -> None:
    sdl = build_api(
        data_model(
            """
            type Query { hello(name: String!): String }
            input Extra { a: Int }
            interface Named { name: String }
            union Either = Post | Other
            type Other { x: Int }
            type Post @model { id: ID! title: String! }
            """
        )
    ).print_sdl()
    found = fields_of(sdl)
    assert found["Query"]["hello"] == "(name: String!): String"
    assert found["Extra"] == {"a": "(): Int"}
    assert "union Either = Post | Other" in sdl
    assert "interface Named" in sdl


def test_descriptions_survive(data_model: Build) -> None:
    sdl = build_api(
        data_model(
            '"A thing that is sold"\ntype Product @model { id: ID! "shown to people" name: String kind: Kind }\n'
            'enum Kind { "one by one" UNIT BULK }'
        )
    ).print_sdl()
    for line in ("A thing that is sold", "shown to people", "one by one"):
        assert f'"""{line}"""' in sdl


def test_the_api_of_a_data_model_is_built_once(data_model: Build) -> None:
    datamodel = data_model(READING)
    assert build_api(datamodel) is build_api(datamodel)


def test_an_api_does_not_keep_its_data_model_alive(data_model: Build) -> None:
    datamodel = data_model(READING)
    build_api(datamodel).print_sdl()
    gone = weakref.ref(datamodel)
    del datamodel
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("datastore", [True, False])
def test_an_empty_schema_has_the_fixed_types(data_model: Build, datastore: bool) -> None:
    from datamodel.schema import Dialect, Schema

    sdl = build_api(DataModel.build(Schema(Dialect.V2, datastore=datastore))).print_sdl()
    assert "input ModelStringInput" in sdl


def test_a_generated_enum_key_takes_any_subscription_filter(data_model: Build) -> None:
    sdl = build_api(
        data_model(
            """
            enum Level { LOW HIGH }
            type Shelf @model { level: Level! @primaryKey items: [Item] @hasMany }
            type Item @model { id: ID! }
            """
        )
    ).print_sdl()
    found = fields_of(sdl)
    assert found["ModelSubscriptionShelfFilterInput"]["shelfItemsLevel"] == "(): ModelSubscriptionLevelInput"
    assert "scalar ModelSubscriptionLevelInput" in sdl


def test_sync_alone_brings_no_sort_direction_in_version_1(data_model: Build) -> None:
    text = 'type Post @model(queries: null) @key(name: "byDay", fields: ["day"]) { id: ID! day: String! }'
    sdl = build_api(data_model(text, datastore=True)).print_sdl()
    assert "syncPosts" in sdl
    assert "ModelSortDirection" not in sdl


def test_types_implement_the_interfaces_they_have_the_fields_of(data_model: Build) -> None:
    sdl = build_api(
        data_model(
            """
            interface Named { name(short: Boolean = false): String }
            type Box implements Named { name(short: Boolean = false): String }
            type Hill implements Named @model { id: ID! name(short: Boolean = false): String }
            """
        )
    ).print_sdl()
    assert "type Box implements Named {" in sdl
    assert "type Hill implements Named {" in sdl
    assert fields_of(sdl)["Hill"]["name"] == "(short: Boolean): String"
    assert "short: Boolean = false" in sdl
    assert not validate_schema(build_schema(sdl))


def test_defaults_of_own_arguments_and_inputs_are_kept(data_model: Build) -> None:
    text = """
    enum Order { UP DOWN }
    input Wish { size: Int = 3, order: Order = DOWN }
    type Query { find(wish: Wish = {size: 1}, names: [String!] = ["a"]): String }
    type Post @model { id: ID! }
    """
    sdl = build_api(data_model(text)).print_sdl()
    for line in ("size: Int = 3", "order: Order = DOWN", 'names: [String!] = ["a"]', "{size: 1"):
        assert line in sdl


@pytest.mark.parametrize(
    ("rules", "owner"),
    [
        ("{ allow: owner }", "String!"),
        ('{ allow: owner }, { allow: groups, groupsField: "teams" }', "String!"),
        ('{ allow: owner }, { allow: groups, groups: ["Admin"] }', "String"),
        ("{ allow: owner }, { allow: public }", "String"),
        ("{ allow: owner }, { allow: private, provider: iam }", "String"),
        ("{ allow: owner }, { allow: public, operations: [create] }", "String!"),
        ("{ allow: owner }, { allow: private }", None),
        ("{ allow: private }, { allow: owner, operations: [create] }", None),
    ],
)
def test_version_1_wants_the_owner_who_listens_alone(
    data_model: Build, rules: str, owner: str | None
) -> None:
    text = f'type Post @model @auth(rules: [{rules}]) @key(name: "x", fields: ["id"]) {{ id: ID! }}'
    found = fields_of(build_api(data_model(text)).print_sdl())
    arguments = f"owner: {owner}" if owner else ""
    assert found["Subscription"]["onCreatePost"] == f"({arguments}): Post"


@pytest.mark.parametrize("key", ["", '@key(name: "x", fields: ["id"])'])
def test_public_subscriptions_name_no_owner(data_model: Build, key: str) -> None:
    level = '@model(subscriptions: { level: public, onCreate: ["postCame"] })'
    text = f"type Post {level} @auth(rules: [{{ allow: owner }}]) {key} {{ id: ID! }}"
    found = fields_of(build_api(data_model(text)).print_sdl())
    assert "owner" not in found["Subscription"]["postCame"]


def test_an_owner_that_is_no_text_is_filtered_as_text(data_model: Build) -> None:
    text = """
    type Person { name: String }
    type Post @model @auth(rules: [{ allow: owner, ownerField: "writer" }]) { id: ID! writer: Person t: String @index }
    """
    found = fields_of(build_api(data_model(text)).print_sdl())
    assert found["ModelPostFilterInput"]["writer"] == "(): ModelStringInput"
    assert found["ModelPostConditionInput"]["writer"] == "(): ModelStringInput"
