"""What the official packages refuse is refused, at its line; what they accept is accepted."""

from __future__ import annotations

import pytest

from datamodel.schema import SchemaError, Source, load_schema

ALLOW = ".authorization((allow) => allow.publicApiKey())"
COMMENT = "Post: a.model({ comments: a.hasMany('Comment', 'postId') }),\n"


def person(references: str) -> str:
    fields = f"n: a.string().required(), d: a.date().required(), posts: a.hasMany('Post', {references})"
    return f"Person: a.model({{ {fields} }}).identifier(['n', 'd']),\n"


REFUSED = {
    "a belongsTo without hasMany": (
        2,
        "Post: a.model({ t: a.string() }),\nComment: a.model({ postId: a.id(), post: a.belongsTo('Post', 'postId') })",
    ),
    "a hasMany without belongsTo": (1, f"{COMMENT}Comment: a.model({{ postId: a.id() }})"),
    "a relationship of a custom type": (
        1,
        "Box: a.customType({ posts: a.hasMany('Post', 'boxId') }),\nPost: a.model({ t: a.id() })",
    ),
    "a relationship to a custom type": (
        2,
        "Box: a.customType({ t: a.id() }),\nPost: a.model({ boxId: a.id(), box: a.belongsTo('Box', 'boxId') })",
    ),
    "a default on a list": (1, "Post: a.model({ n: a.string().array().default(['a']) })"),
    "a default of the wrong type": (1, "Post: a.model({ n: a.integer().default('abc') })"),
    "an unknown disabled operation": (1, "Post: a.model({ n: a.string() }).disableOperations(['nope'])"),
    "an inline enum with the name of another": (
        2,
        "PostStatus: a.enum(['A']),\nPost: a.model({ status: a.enum(['A', 'B']) })",
    ),
    "spaces in enum values": (1, "Color: a.enum(['light blue', '1x']),\nPost: a.model({ c: a.ref('Color') })"),
    "a default on a reference": (2, "Color: a.enum(['RED']),\nPost: a.model({ c: a.ref('Color').default('RED') })"),
    "a field name with a dash": (1, "Post: a.model({ 'bad-name': a.string() })"),
    "a nullable identifier": (1, "Post: a.model({ slug: a.string() }).identifier(['slug'])"),
    "two indexes with one query": (1, "Post: a.model({ slug: a.string() }).secondaryIndexes((i) => [i('slug'), i('slug')])"),
    "an unknown sort key": (1, "Post: a.model({ slug: a.string() }).secondaryIndexes((i) => [i('slug').sortKeys(['nope'])])"),
    "an object as default": (1, "Post: a.model({ blob: a.json().default({ a: 1 }) })"),
    "a default with quotes": (1, "Post: a.model({ blob: a.json().default(JSON.stringify({ a: 1 })) })"),
    "a missing reference field": (1, f"{COMMENT}Comment: a.model({{ post: a.belongsTo('Post', 'postId') }})"),
    "a missing model": (1, COMMENT),
    "a missing enum": (1, "Post: a.model({ color: a.ref('Color') })"),
    "a reference to a model": (1, "Post: a.model({ author: a.ref('Author') }),\nAuthor: a.model({ n: a.string() })"),
    "too few references": (1, person("['pn']") + "Post: a.model({ pn: a.string(), p: a.belongsTo('Person', ['pn']) })"),
    "a list as reference": (1, f"{COMMENT}Comment: a.model({{ postId: a.id().array(), post: a.belongsTo('Post', 'postId') }})"),
    "references half required": (
        1,
        person("['pn', 'pd']")
        + "Post: a.model({ pn: a.string().required(), pd: a.date(), p: a.belongsTo('Person', ['pn', 'pd']) })",
    ),
    "different references on each side": (
        1,
        f"{COMMENT}Comment: a.model({{ postId: a.id(), otherId: a.id(), post: a.belongsTo('Post', 'otherId') }})",
    ),
    "references in the wrong order": (
        1,
        person("['pd', 'pn']")
        + "Post: a.model({ pn: a.string(), pd: a.date(), p: a.belongsTo('Person', ['pd', 'pn']) })",
    ),
    "a reference of the wrong type": (1, f"{COMMENT}Comment: a.model({{ postId: a.integer(), post: a.belongsTo('Post', 'postId') }})"),
    "a required relationship": (2, f"{COMMENT}Comment: a.model({{ postId: a.id(), post: a.belongsTo('Post', 'postId').required() }})"),
    "a syntax error": (1, "Post: a.model({ title: a.string( })"),
    "two relationships by one reference": (
        2,
        "Post: a.model({ comments: a.hasMany('Comment', 'postId'), first: a.hasOne('Comment', 'postId') }),\n"
        "Comment: a.model({ postId: a.id(), post: a.belongsTo('Post', 'postId') })",
    ),
}  # fmt: skip

ACCEPTED = {
    "a list in the identifier": "Post: a.model({ slug: a.string().required().array().required() }).identifier(['slug'])",
    "an identifier on a missing field": "Post: a.model({ title: a.string() }).identifier(['slug'])",
    "an index on a missing field": "Post: a.model({ slug: a.string() }).secondaryIndexes((i) => [i('nope')])",
}


def load(body: str, rules: str = ALLOW):
    return load_schema([Source("x.ts", f"const schema = a.schema({{\n{body}\n}}){rules};")])


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_official_packages_refuse_is_refused_at_its_line(name):
    line, body = REFUSED[name]
    with pytest.raises(SchemaError) as caught:
        load(body)
    problem = next(problem for problem in caught.value.problems if problem.is_error)
    assert problem.location.line == line + 1
    assert problem.hint


def test_a_model_without_rules_is_refused():
    with pytest.raises(SchemaError) as caught:
        load("Post: a.model({ title: a.string() })", rules="")
    (problem,) = caught.value.problems
    assert str(problem.location) == "x.ts:2:1"
    assert "Post" in problem.message


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_the_official_packages_accept_is_accepted_with_a_warning(name):
    assert load(ACCEPTED[name]).warnings


@pytest.mark.parametrize("name", REFUSED)
def test_one_mistake_is_reported_once(name):
    with pytest.raises(SchemaError) as caught:
        load(REFUSED[name][1])
    found = [(problem.location, problem.message) for problem in caught.value.problems]
    assert len(found) == len(set(found))
