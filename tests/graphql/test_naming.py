"""Generated names, each from its one function."""

from __future__ import annotations

import pytest

from datamodel.graphql import naming
from datamodel.schema.ir import Dialect


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (naming.connection_type("Post"), "ModelPostConnection"),
        (naming.filter_input("Post"), "ModelPostFilterInput"),
        (naming.condition_input("Post"), "ModelPostConditionInput"),
        (naming.subscription_filter_input("post"), "ModelSubscriptionPostFilterInput"),
        (naming.create_input("post"), "CreatePostInput"),
        (naming.update_input("Post"), "UpdatePostInput"),
        (naming.delete_input("Post"), "DeletePostInput"),
        (naming.embedded_input("address"), "AddressInput"),
        (naming.operator_input("String"), "ModelStringInput"),
        (naming.enum_list_input("Status"), "ModelStatusListInput"),
        (naming.subscription_operator_input("ID"), "ModelSubscriptionIDInput"),
        (naming.key_condition_input("Int"), "ModelIntKeyConditionInput"),
        (naming.composite_key_input("Post", "byUser"), "ModelPostByUserCompositeKeyInput"),
        (
            naming.composite_key_condition_input("Post", "Primary"),
            "ModelPostPrimaryCompositeKeyConditionInput",
        ),
        (naming.camel_case(["Status", "created_at", "x"]), "statusCreated_atX"),
    ],
)
def test_names_are_the_official_ones(name: str, expected: str) -> None:
    assert name == expected


def test_version_1_leaves_a_models_first_letter() -> None:
    assert naming.made_by_model("todo", Dialect.V1) == "todo"
    assert naming.made_by_model("todo", Dialect.V2) == "Todo"
