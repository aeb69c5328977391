"""Authorization rules on schemas, models and fields."""

from __future__ import annotations

import pytest

from datamodel.schema.ir import AuthRule

RULES = {
    "allow.publicApiKey()": AuthRule("public", "apiKey"),
    "allow.guest()": AuthRule("public", "identityPool"),
    "allow.authenticated()": AuthRule("private"),
    "allow.authenticated('identityPool')": AuthRule("private", "identityPool"),
    "allow.owner()": AuthRule("owner", owner_field="owner"),
    "allow.owner('oidc').identityClaim('user_id')": AuthRule(
        "owner", "oidc", owner_field="owner", identity_claim="user_id"
    ),
    "allow.ownerDefinedIn('author')": AuthRule("owner", owner_field="author"),
    "allow.ownersDefinedIn('editors')": AuthRule("owner", owner_field="editors"),
    "allow.group('Admin')": AuthRule("groups", groups=("Admin",)),
    "allow.groups(['Ed', 'Mod'], 'oidc')": AuthRule("groups", "oidc", groups=("Ed", "Mod")),
    "allow.group('A').withClaimIn('roles')": AuthRule("groups", groups=("A",), group_claim="roles"),
    "allow.groupDefinedIn('team')": AuthRule("groups", groups_field="team"),
    "allow.groupsDefinedIn('teams')": AuthRule("groups", groups_field="teams"),
    "allow.custom()": AuthRule("custom"),
    "allow.custom('function')": AuthRule("custom", "function"),
    "allow.publicApiKey().to(['read', 'create'])": AuthRule("public", "apiKey", ("read", "create")),
}


@pytest.mark.parametrize(("written", "expected"), RULES.items())
def test_each_rule_is_read(read, written, expected):
    schema = read(f"Post: a.model({{ t: a.string() }}).authorization((allow) => [{written}])")
    assert schema.model("Post").auth == (expected,)


def test_the_rules_of_a_model_replace_those_of_the_schema(read):
    schema = read(
        "Post: a.model({ t: a.string() }).authorization(allow => allow.owner()), Tag: a.model({ t: a.string() })"
    )
    assert [model.auth[0].allow for model in schema.models] == ["owner", "public"]
    assert schema.global_auth is None


def test_a_field_has_rules_of_its_own(read):
    field = (
        read("Post: a.model({ t: a.string().authorization(allow => [allow.owner()]) })").models[0].field("t")
    )
    assert field.auth == (AuthRule("owner", owner_field="owner"),)


def test_rules_may_come_from_a_function_with_a_body(read):
    schema = read(
        schema="""
        const readers = (allow, ...groups) => { const list = ['read']; return allow.groups(groups).to(list); };
        const schema = a.schema({ Post: a.model({ t: a.string() }) })
          .authorization((allow) => { return [readers(allow, 'A', 'B'), allow.resource(fn)]; });
        """
    )
    assert schema.model("Post").auth == (AuthRule("groups", operations=("read",), groups=("A", "B")),)


@pytest.mark.parametrize(
    "rules", ["", ".authorization((allow) => [])", ".authorization((allow) => [allow.resource(fn)])"]
)
def test_a_model_without_any_rules_has_none(read, rules):
    schema = read(schema=f"const schema = a.schema({{ Post: a.model({{ t: a.string() }}) }}){rules};")
    assert schema.model("Post").auth is None


def test_rules_that_cannot_be_read_are_not_taken_for_none(problem):
    found = problem(
        schema="const schema = a.schema({ Post: a.model({ t: a.string() }) }).authorization((allow) => rules);"
    )
    assert str(found).startswith("schema.ts:1:88: schema.E201 'rules' is not defined here.")


def test_a_rule_knows_where_it_stands(read):
    (rule,) = (
        read("Post: a.model({ t: a.string() }).authorization((allow) => [allow.owner()])").models[0].auth
    )
    assert str(rule.location) == "schema.ts:2:60"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("allow.public()", "E215 'allow.public()' is no authorization rule."),
        ("allow.owners()", "Did you mean 'allow.owner()'?"),
        ("'public'", "E215 An authorization rule is expected here, not a string."),
        ("allow.owner().only('x')", "E206 'allow.owner()' has no method '.only()'."),
    ],
)
def test_a_wrong_rule_is_an_error(problems, rules, expected):
    found = problems(f"Post: a.model({{ t: a.string() }}).authorization((allow) => [{rules}])")
    assert expected in found[0]
    assert found[0].startswith("schema.ts:2:")


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("a.string().array()", "ownerDefinedIn"),
        ("a.integer()", "ownerDefinedIn"),
        ("a.string()", "ownersDefinedIn"),
        ("a.string()", "groupsDefinedIn"),
    ],
)
def test_the_field_of_a_rule_has_to_be_able_to_hold_it(problem, field, rule):
    found = problem(f"Post: a.model({{ who: {field} }}).authorization((allow) => [allow.{rule}('who')])")
    assert found.code == "schema.E216"


def test_an_id_may_hold_an_owner(read):
    assert read("Post: a.model({ who: a.id() }).authorization((allow) => [allow.ownerDefinedIn('who')])")


@pytest.mark.parametrize("written", ["allow.owner()", "[allow.owner()]", "'owner'"])
def test_rules_without_their_function_are_an_error_that_shows_how(problem, written):
    found = problem(f"Post: a.model({{ t: a.string() }}).authorization({written})")
    assert str(found).endswith(
        "schema.E207 '.authorization()' takes a function. "
        "Write '.authorization((allow) => [allow.publicApiKey()])'."
    )
