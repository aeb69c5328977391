"""The notes on what is closed to public keys, and why."""

from __future__ import annotations

from datamodel.schema import Dialect, SchemaOptions, Severity, Source, load_schema, tell_dialect

PUBLIC = "@auth(rules: [{ allow: public }])"
OWNER = "@auth(rules: [{ allow: owner }])"


def notes(text, *, dialect=Dialect.V2, **options):
    sources = tell_dialect([Source("s.graphql", text)], dialect, "the test")
    return load_schema(sources, SchemaOptions(**options)).notes


def messages(text, **options):
    return [note.message for note in notes(text, **options)]


def test_models_without_a_rule_are_named_once():
    found = notes("type A @model { id: ID! }\ntype B @model { id: ID! }")
    assert [str(note) for note in found] == [
        "s.graphql:1:6: schema.N001 Closed to public API keys, because no rule says who may use them: 'A', 'B'. "
        "Add '@auth(rules: [{ allow: public }])', or open all models without rules with '--open' or the upload's option."
    ]
    assert [note.severity for note in found] == [Severity.NOTE]


def test_rules_that_let_no_key_in_are_another_reason():
    assert messages(f"type A @model {OWNER} {{ id: ID! }}") == [
        "Closed to public API keys, because their rules are of kinds that let no key in: 'A'."
    ]


def test_fields_that_are_kept_back_are_named():
    assert messages(f"type A @model {PUBLIC} {{ id: ID! pay: Int {OWNER} }}") == [
        "Kept from public API keys, because their own rules let no public key read them: 'A.pay'."
    ]


def test_what_the_public_may_use_needs_no_note():
    assert messages(f"type A @model {PUBLIC} {{ id: ID! }}") == []
    assert messages('type A @model @key(fields: ["id"]) { id: ID! }', dialect=Dialect.V1) == []


def test_models_that_only_the_sandbox_opens_are_named():
    text = f"type A @model {{ id: ID! }} type B @model {OWNER} {{ id: ID! }} type C @model {PUBLIC} {{ id: ID! }}"
    assert messages(text, is_open=True) == [
        "Open to public API keys, because they have no rules and the schema is applied as open: 'A'.",
        "Closed to public API keys, because their rules are of kinds that let no key in: 'B'.",
    ]


def test_a_long_list_is_cut():
    text = " ".join(f"type M{n} @model {{ id: ID! }}" for n in range(103))
    [message] = messages(text)
    assert message.endswith("'M99' and 3 more.")
