"""The schema's own definitions: root fields, interfaces, unions and inputs, kept as written."""

from __future__ import annotations

from typing import cast

from graphql import (
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    UnionTypeDefinitionNode,
    parse,
    print_ast,
)

from datamodel.graphql.shape import ApiShape, FieldShape, ObjectShape, Operation, OperationKind
from datamodel.schema.ir import CustomOperation

__all__ = ["own_arguments", "put_custom_definitions"]


def put_custom_definitions(shape: ApiShape) -> None:
    """Add everything that the schema defines beside models, embedded types and enums."""
    for definition in shape.schema.custom_operations:
        if definition.parent is None:
            put_type(shape, definition)
        else:
            put_root_field(shape, definition)


def put_root_field(shape: ApiShape, definition: CustomOperation) -> None:
    """Add a root field. It appears in the API; Joinery does not run its resolver."""
    root = {"Query": shape.query, "Mutation": shape.mutation, "Subscription": shape.subscription}
    document = parse(f"type Root {{ {definition.sdl} }}", no_location=True)
    node = cast(ObjectTypeDefinitionNode, document.definitions[0])
    operation = Operation(OperationKind.CUSTOM, definition.name)
    field = field_shape(node.fields[0])
    root[str(definition.parent)][definition.name] = FieldShape(
        field.type, field.arguments, field.description, operation
    )


def field_shape(node: FieldDefinitionNode) -> FieldShape:
    """Return a field definition as it is written."""
    arguments = {argument.name.value: input_text(argument) for argument in node.arguments}
    return FieldShape(print_ast(node.type), arguments, node.description.value if node.description else None)


def own_arguments(sdl: str) -> dict[str, str]:
    """Return the arguments that a schema gives a field: of ``(size: Int = 3)``."""
    if not sdl:
        return {}
    document = parse(f"type Root {{ field{sdl}: Int }}", no_location=True)
    return field_shape(cast(ObjectTypeDefinitionNode, document.definitions[0]).fields[0]).arguments


def input_text(node: InputValueDefinitionNode) -> str:
    """Return the type of an argument or an input's field, with its default."""
    text = print_ast(node.type)
    return f"{text} = {print_ast(node.default_value)}" if node.default_value else text


def put_type(shape: ApiShape, definition: CustomOperation) -> None:
    """Add an interface, a union or an input type."""
    for node in parse(definition.sdl, no_location=True).definitions:
        match node:
            case InterfaceTypeDefinitionNode():
                fields = {field.name.value: field_shape(field) for field in node.fields}
                shape.interfaces[node.name.value] = ObjectShape(fields)
            case UnionTypeDefinitionNode():
                shape.unions[node.name.value] = tuple(member.name.value for member in node.types)
            case InputObjectTypeDefinitionNode():
                given = {field.name.value: input_text(field) for field in node.fields}
                shape.put_input(node.name.value, given)
