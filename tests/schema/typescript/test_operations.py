"""Custom operations: what stays of them in the schema."""

from __future__ import annotations

import pytest


def operations(schema):
    return [(found.parent, found.sdl) for found in schema.custom_operations]


def test_queries_mutations_and_subscriptions_become_root_fields(read):
    schema = read(
        """
        Post: a.model({ t: a.string() }),
        Echo: a.customType({ text: a.string() }),
        echo: a.query().arguments({ text: a.string().required(), times: a.integer() }).returns(a.ref('Echo'))
          .handler(a.handler.custom({ entry: './echo.js' })),
        like: a.mutation().arguments({ postId: a.id().required() }).returns(a.ref('Post').array()),
        onLike: a.subscription().for(a.ref('like')).handler(a.handler.custom({ entry: './onlike.js' })),
        onPost: a.subscription().for(a.ref('Post').mutations(['create'])),
        haiku: a.generation({ aiModel: a.ai.model('Claude 3 Haiku'), systemPrompt: 'Hi' }).returns(a.string()),
        """
    )
    assert operations(schema) == [
        ("Query", "echo(text: String!, times: Int): Echo"),
        ("Mutation", "like(postId: ID!): [Post]"),
        ("Subscription", "onLike: [Post]"),
        ("Subscription", "onPost: Post"),
        ("Query", "haiku: String"),
    ]


def test_each_kind_of_operation_gets_one_warning(problems):
    found = problems(
        "x: a.query().returns(a.string()), y: a.query().returns(a.string()), "
        "chat: a.conversation({ aiModel: a.ai.model('Claude 3 Haiku'), systemPrompt: 'Hi' })"
    )
    assert found == [
        "schema.ts:2:4: schema.W252 Custom queries are part of the API, but Joinery does not run their "
        "handlers: 'x', 'y'.",
        "schema.ts:2:75: schema.W252 Conversation routes are left out of the API, as Joinery calls no AI "
        "model: 'chat'.",
    ]


def test_custom_types_among_the_arguments_become_inputs(read):
    schema = read(
        """
        Place: a.customType({ lat: a.float().required(), inner: a.ref('Place'), kind: a.enum(['A']) }),
        find: a.query().arguments({ near: a.ref('Place').required(), by: a.enum(['X']),
          box: a.customType({ w: a.integer() }) }).returns(a.customType({ n: a.integer() })),
        """
    )
    assert operations(schema) == [
        (None, "input PlaceInput {\n  lat: Float!\n  inner: PlaceInput\n  kind: PlaceKind\n}"),
        (None, "input FindBoxInput {\n  w: Int\n}"),
        ("Query", "find(near: PlaceInput!, by: FindBy, box: FindBoxInput): FindReturnType"),
    ]
    assert [e.name for e in schema.enums] == ["PlaceKind", "FindBy"]
    assert [t.name for t in schema.custom_types] == ["Place", "FindReturnType"]


def test_an_asynchronous_handler_answers_an_event_response(read):
    schema = read("run: a.mutation().handler(a.handler.function(fn).async())")
    assert operations(schema) == [("Mutation", "run: EventInvocationResponse")]
    (success,) = schema.custom_type("EventInvocationResponse").fields
    assert (success.name, str(success.type)) == ("success", "Boolean!")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("x: a.query()", "schema.E217 The query 'x' has no return type."),
        ("x: a.subscription()", "schema.E217 The subscription 'x' has no source."),
        ("x: a.query().returns(a.ref('Pots'))", "schema.E217 'x' refers to 'Pots', which the schema does not define."),
        (
            "x: a.query().arguments({ p: a.ref('P') }).returns(a.id()), P: a.model({ t: a.id() })",
            "schema.E217 The argument 'p' of 'x' cannot be of type 'P'.",
        ),
    ],
)  # fmt: skip
def test_an_incomplete_operation_is_an_error(problems, body, expected):
    assert any(expected in line for line in problems(body))
