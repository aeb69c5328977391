"""Fields: scalars, modifiers, defaults, enums, custom types, relationships."""

from __future__ import annotations

import pytest

from datamodel.schema.ir import FieldKind

SCALARS = {
    "a.id()": "ID",
    "a.string()": "String",
    "a.integer()": "Int",
    "a.float()": "Float",
    "a.boolean()": "Boolean",
    "a.date()": "AWSDate",
    "a.time()": "AWSTime",
    "a.datetime()": "AWSDateTime",
    "a.timestamp()": "AWSTimestamp",
    "a.email()": "AWSEmail",
    "a.json()": "AWSJSON",
    "a.phone()": "AWSPhone",
    "a.url()": "AWSURL",
    "a.ipAddress()": "AWSIPAddress",
}
MODIFIERS = {
    "a.string()": "String",
    "a.string().required()": "String!",
    "a.string().array()": "[String]",
    "a.string().required().array()": "[String!]",
    "a.string().array().required()": "[String]!",
    "a.string().required().array().required()": "[String!]!",
    # only a required() that follows array() at once is the list's, as in the official builder
    "a.string().array().authorization((allow) => allow.owner()).required()": "[String!]",
    "a.string().required().validate((v) => v.minLength(3))": "String!",
    "a.ref('Color')": "Color",
    "a.ref('Color').required()": "Color!",
    "a.ref('Color').required().array()": "[Color!]",
    "a.ref('Color').array().required()": "[Color]!",
    "a.ref('Color').required().array().required()": "[Color!]!",
}
DEFAULTS = {
    "a.string().default('unnamed')": "unnamed",
    "a.integer().default(7)": "7",
    "a.integer().default(-7)": "-7",
    "a.float().default(0.5)": "0.5",
    "a.float().default(1e3)": "1000",
    "a.float().default(.1 + .2)": "0.30000000000000004",
    "a.float().default(1e21)": "1e+21",
    "a.float().default(0.0000001)": "1e-7",
    "a.float().default(123456789012345680000)": "123456789012345680000",
    "a.integer().default(1_000)": "1000",
    "a.integer().default(0)": "0",
    "a.boolean().default(false)": "false",
    "a.string().default('')": "",
    "a.json().default('[1, 2]')": "[1, 2]",
    "a.string().array().default(['a', 'b'])": "a,b",
    "a.string()": None,
}


@pytest.mark.parametrize(("builder", "expected"), SCALARS.items())
def test_each_scalar_builder_has_its_type(read, builder, expected):
    field = read(f"Post: a.model({{ value: {builder} }})").model("Post").field("value")
    assert (field.type.name, field.type.kind) == (expected, FieldKind.SCALAR)


@pytest.mark.parametrize(("builder", "expected"), MODIFIERS.items())
def test_required_and_array_apply_in_the_order_they_are_called(read, builder, expected):
    schema = read(f"Color: a.enum(['RED']), Post: a.model({{ value: {builder} }})")
    assert str(schema.model("Post").field("value").type) == expected


@pytest.mark.parametrize(("builder", "expected"), DEFAULTS.items())
def test_a_default_is_kept_as_text(read, builder, expected):
    assert read(f"Post: a.model({{ value: {builder} }})").model("Post").field("value").default == expected


@pytest.mark.parametrize(
    ("default", "message"),
    [
        ("a.json().default({ a: 1 })", "an object cannot be a default."),
        ("a.json().default(JSON.stringify({ a: 1 }))", "a default cannot contain double quotes"),
        ("a.integer().default()", "'.default()' without a value is for SQL databases only."),
        ("a.integer().default(null)", "null cannot be a default."),
    ],
)
def test_a_default_that_the_api_cannot_express_is_an_error(problem, default, message):
    found = problem(f"Post: a.model({{ value: {default} }})")
    assert found.code == "schema.E212"
    assert message in found.message
    assert found.location.line == 2


def test_a_top_level_enum_keeps_its_values_in_order(read):
    (enum,) = read("Color: a.enum(['RED', 'GREEN', 'BLUE'])").enums
    assert (enum.name, enum.names) == ("Color", ("RED", "GREEN", "BLUE"))


def test_an_inline_enum_is_named_after_its_model_and_field(read):
    schema = read("post: a.model({ status: a.enum(['DRAFT', 'LIVE']) })")
    assert schema.enum("PostStatus").names == ("DRAFT", "LIVE")
    assert str(schema.model("post").field("status").type) == "PostStatus"


def test_names_of_nested_inline_types_pile_up(read):
    schema = read("Thing: a.model({ place: a.customType({ deep: a.customType({ kind: a.enum(['X']) }) }) })")
    assert [t.name for t in schema.custom_types] == ["ThingPlace", "ThingPlaceDeep"]
    assert [e.name for e in schema.enums] == ["ThingPlaceDeepKind"]


def test_a_custom_type_may_refer_to_another_that_follows(read):
    schema = read("City: a.customType({ country: a.ref('Country').required() }), Country: a.enum(['FR'])")
    (country,) = schema.custom_type("City").fields
    assert str(country.type) == "Country!"
    assert country.type.kind is FieldKind.ENUM


def test_relationships_take_one_reference_or_a_list(read):
    schema = read(
        "A: a.model({ one: a.hasOne('B', 'aId'), many: a.hasMany('B', ['x', 'y']) }), B: a.model({ n: a.id() })"
    )
    model = schema.model("A")
    assert model.field("one").declared_relation.references == ("aId",)
    assert model.field("many").declared_relation.references == ("x", "y")
    assert (str(model.field("one").type), str(model.field("many").type)) == ("B", "[B]")


def test_a_field_knows_where_its_key_and_its_type_stand(read):
    field = read("Post: a.model({ comments: a.hasMany('Comment', 'postId') })").models[0].field("comments")
    assert str(field.location) == "schema.ts:2:17"
    assert str(field.type.location) == "schema.ts:2:37"
    assert str(field.declared_relation.location) == "schema.ts:2:27"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "Post: a.model({ title: a.strng() })",
            "schema.ts:2:24: schema.E205 There is no 'a.strng()'. Did you mean 'a.string()'?",
        ),
        (
            "Post: a.model({ title: a.string().requierd() })",
            "schema.ts:2:35: schema.E206 'a.string()' has no method '.requierd()'. Did you mean '.required()'?",
        ),
        (
            "Post: a.model({ title: a.string })",
            "schema.ts:2:24: schema.E208 A field such as 'a.string()' is expected here, not 'a.string' without "
            "its parentheses. Add '()'.",
        ),
        (
            "Post: a.model({ title: 'String' })",
            "schema.ts:2:24: schema.E208 A field such as 'a.string()' is expected here, not a string.",
        ),
        (
            "Post: a.model({ 'bad-name': a.string() })",
            "schema.ts:2:17: schema.E209 'bad-name' cannot be a name. Names are made of letters, digits and "
            "'_', and begin with a letter or a single '_'.",
        ),
        (
            "Post: a.model({ __x: a.string() })",
            "schema.ts:2:17: schema.E209 '__x' cannot be a name. Names are made of letters, digits and '_', "
            "and begin with a letter or a single '_'.",
        ),
        (
            "Post: a.model({ s: a.enum(['A B']) })",
            "schema.ts:2:28: schema.E211 'A B' cannot be a value of the enum 'PostS'. Values are made of "
            "letters, digits and '_', and begin with a letter or a single '_'.",
        ),
        (
            "Post: a.model({ s: a.enum(['A']).required() })",
            "schema.ts:2:34: schema.E206 'a.enum()' has no method '.required()'. Declare the enum at the top of "
            "the schema and use a.ref('…').required().",
        ),
        (
            "PostS: a.enum(['A']), Post: a.model({ s: a.enum(['A']) })",
            "schema.ts:2:42: schema.E210 The enum of 'Post.s' is called 'PostS', and so is another type. "
            "Rename one of them.",
        ),
        (
            "Post: a.model({ c: a.belongsTo('Post', 'x').required() })",
            "schema.ts:2:45: schema.E206 'a.belongsTo()' has no method '.required()'. Make the reference field "
            "required instead: a.id().required().",
        ),
        (
            "Box: a.customType({ posts: a.hasMany('Post', 'boxId') })",
            "schema.ts:2:28: schema.E208 'Box.posts' is a relationship, which a custom type cannot have. "
            "Make 'Box' a model.",
        ),
        (
            "Post: a.model({ c: a.ref('Color').default('RED') }), Color: a.enum(['RED'])",
            "schema.ts:2:35: schema.E206 'a.ref()' has no method '.default()'. A reference cannot have a default.",
        ),
        (
            "Post: a.string()",
            "schema.ts:2:7: schema.E208 'a.string()' is a field; 'Post' has to be a model, an enum or a custom "
            "type. Write 'Post: a.model({ … })'.",
        ),
        (
            "Post: a.model({ x: a.model({}) })",
            "schema.ts:2:20: schema.E208 'a.model()' cannot be the field 'Post.x'; it stands at the top of the "
            "schema. Declare it in 'a.schema({...})' and refer to it by name.",
        ),
        (
            "Post: a.model({ x: a.hasMany('Post') })",
            "schema.ts:2:20: schema.E207 'a.hasMany()' needs the reference field.",
        ),
    ],
)
def test_a_wrong_field_is_reported_at_its_character(problems, body, expected):
    assert problems(body) == [expected]


def test_every_problem_is_reported_at_once(problems):
    found = problems("Post: a.model({ a: a.strng(), b: a.enum(['X Y']), c: 1 })")
    assert [line.split(" ")[1] for line in found] == ["schema.E205", "schema.E211", "schema.E208"]


def test_an_id_stands_in_for_a_field_that_cannot_be_read(problems):
    # so that the index and the rule that need it are not reported as well
    found = problems(
        "Post: a.model({ slug: a.strng() }).secondaryIndexes((i) => [i('slug')])"
        ".authorization((allow) => [allow.ownerDefinedIn('slug')])"
    )
    assert len(found) == 1


def test_a_reference_knows_what_it_refers_to(read):
    schema = read(
        "Post: a.model({ e: a.ref('E'), c: a.ref('C'), m: a.ref('Post'), x: a.ref('X') }), "
        "E: a.enum(['A']), C: a.customType({ t: a.string() })"
    )
    kinds = [field.type.kind for field in schema.model("Post").fields]
    assert kinds == [FieldKind.ENUM, FieldKind.CUSTOM, FieldKind.MODEL, FieldKind.UNKNOWN]


def test_a_key_written_twice_is_a_warning(problems):
    (found,) = problems("Post: a.model({ a: a.string(), a: a.id() })")
    assert found.startswith("schema.ts:2:32: schema.W254 'a' is written twice")
