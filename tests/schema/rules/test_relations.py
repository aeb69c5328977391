from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from datamodel.schema import Dialect, parse_schema
from datamodel.schema.rules.many_to_many import check_many_to_many
from datamodel.schema.rules.relation_counterparts import check_relation_counterparts
from datamodel.schema.rules.relation_fields import check_relation_fields
from datamodel.schema.rules.relation_references import check_relation_references
from datamodel.schema.rules.relation_shapes import check_relation_shapes
from tests.schema.checks import assert_problems, printed, problems_of, source

# shapes

assert_shapes = partial(assert_problems, rule=check_relation_shapes)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("b: B @hasMany", "1:22 E041 'A.b' is hasMany and must be a list."),
        ('b: B @manyToMany(relationName: "R")', "1:22 E041 'A.b' is manyToMany and must be a list."),
        ("b: [B] @hasOne", "1:24 E041 'A.b' is hasOne and cannot be a list."),
        ("b: [B] @belongsTo", "1:24 E041 'A.b' is belongsTo and cannot be a list."),
        ("b: C @hasOne", "1:22 E040 Field 'A.b' is a relationship, and 'C' is no model."),
        ("b: String @hasOne", "1:27 E040 Field 'A.b' is a relationship, and 'String' is no model."),
        ("b: B @hasOne(fields: [])", "1:22 E043 'fields' of 'A.b' is empty."),
        ("b: [B] @hasMany(references: [])", "1:24 E043 'references' of 'A.b' is empty."),
        (
            'b: [B] @hasMany(references: ["x"], fields: ["y"])',
            "1:24 E043 'A.b' gives both 'fields' and 'references'.",
        ),
        (
            'b: [B] @hasMany(references: ["x"], indexName: "byX")',
            "1:24 E043 'A.b' gives an index name beside 'references'.",
        ),
        (
            "b: B",
            "1:20 W003 Field 'A.b' holds model 'B' without a relationship directive and is always null.",
        ),
    ],
)
def test_a_relationship_of_the_wrong_shape_is_reported(field, expected):
    text = f"type A @model {{ {field} }} type B @model {{ id: ID! }} type C {{ x: Int }}"
    assert_shapes(text, [expected])


def test_a_model_needs_a_builder_in_gen_2():
    schema = parse_schema([source("type A @model { b: B } type B @model { id: ID! }")]).schema
    found = check_relation_shapes(replace(schema, dialect=Dialect.GEN2))
    assert printed(found) == ["1:20 E041 Field 'A.b' refers to model 'B' by 'a.ref'."]


def test_two_relationship_directives_on_one_field_are_reported():
    text = "type A @model { b: B @hasOne @belongsTo } type B @model { a: A @hasOne }"
    assert_problems(text, ["1:30 E041 Field 'b' has two relationship directives."])


# fields

assert_fields = partial(assert_problems, rule=check_relation_fields)
TEAM = 'type Team @model { id: ID! @primaryKey(sortKeyFields: ["x"]) x: String! }'


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('@hasOne(fields: ["nope"])', "'A.team' names 'nope', which is no field of 'A'."),
        ('@hasOne(fields: ["box"])', "'A.team' names 'box', which is not a single plain value."),
        ('@hasOne(fields: ["n"])', "'A.team' matches 'n' (Int) with 'Team.id' (ID)."),
        ('@hasOne(fields: ["a", "n"])', "'A.team' matches 'n' (Int) with 'Team.x' (String)."),
        ('@hasOne(fields: ["a", "s", "s"])', "'A.team' names 3 fields for the 2 key fields of 'Team'."),
    ],
)
def test_fields_that_do_not_hold_the_key_are_reported(field, expected):
    text = (
        f"type A @model {{ a: ID s: String n: Int box: Box team: Team {field} }} {TEAM} type Box {{ x: Int }}"
    )
    found = check_relation_fields(parse_schema([source(text)]).schema)
    assert [problem.message for problem in found] == [expected]


def test_part_of_a_key_and_an_undeclared_id_are_accepted():
    text = """
    type A @model { a: ID team: Team @hasOne(fields: ["a"]) bs: [B] @hasMany(indexName: "byA", fields: ["id"]) }
    type Team @model { id: ID! @primaryKey(sortKeyFields: ["x"]) x: String! }
    type B @model { aID: ID @index(name: "byA") }
    """
    assert problems_of(text) == []


def test_an_index_that_does_not_exist_is_reported():
    text = """
    type Post @model { id: ID! comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
    type Comment @model { id: ID! postID: ID! @index(name: "byPosts") }
    """
    assert_fields(text, ["2:48 E042 Model 'Comment' has no index 'byPost', which 'Post.comments' reads."])
    assert problems_of(text)[0].hint == "Did you mean 'byPosts'?"


def test_an_index_with_another_type_of_key_is_reported():
    text = """
    type Post @model { id: ID! comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
    type Comment @model { postID: Int! @index(name: "byPost") }
    """
    assert_fields(text, ["2:48 E044 'Post.comments' matches 'id' (ID) with 'Comment.postID' (Int)."])


# references

assert_references = partial(assert_problems, rule=check_relation_references)


def by_references(list_="[Comment]", field="ID", post="Post", there='["postId"]', here='["postId"]'):
    return f"""
    type Post @model {{ id: ID! comments: {list_} @hasMany(references: {there}) }}
    type Comment @model {{ postId: {field} otherId: ID post: {post} @belongsTo(references: {here}) }}
    """


def test_references_that_agree_are_accepted():
    assert problems_of(by_references()) == []


@pytest.mark.parametrize("arguments", [{"list_": "[Comment!]"}, {"list_": "[Comment]!"}])
def test_a_list_by_references_cannot_be_required(arguments):
    found = problems_of(by_references(**arguments))
    assert [problem.message for problem in found] == [
        "Relationship field 'Post.comments' cannot be required."
    ]


def test_a_single_by_references_cannot_be_required():
    (problem,) = problems_of(by_references(post="Post!"))
    assert problem.message == "Relationship field 'Comment.post' cannot be required."
    assert problem.hint == "Write 'post: Post'; required reference fields say the same."


def test_a_reference_of_another_type_is_reported():
    assert_references(
        by_references(field="Int"),
        [
            "2:48 E044 'Post.comments' matches 'Comment.postId' (Int) with 'Post.id' (ID).",
            "3:58 E044 'Comment.post' matches 'Comment.postId' (Int) with 'Post.id' (ID).",
        ],
    )


def test_a_list_is_no_reference():
    (first, _) = problems_of(by_references(field="[ID]"))
    assert first.message == "'Post.comments' refers by 'Comment.postId', which is not a single plain value."


def test_a_missing_reference_is_reported():
    found = problems_of(by_references(there='["postID"]', here='["postID"]'))
    assert {problem.message for problem in found} == {
        "'Post.comments' refers by 'postID', which is no field of 'Comment'.",
        "'Comment.post' refers by 'postID', which is no field of 'Comment'.",
    }
    assert {problem.hint for problem in found} == {"Did you mean 'postId' or 'post'?"}


def test_both_sides_name_the_same_references():
    assert_references(
        by_references(here='["otherId"]'),
        [
            "2:48 E045 'Post.comments' has no other side: 'Comment' has no belongsTo of 'Post' by 'postId'.",
            "3:57 E045 'Comment.post' has no other side: 'Post' has no hasMany or hasOne of 'Comment' by 'otherId'.",
        ],
    )


COMPOSITE = """
type Person @model {{ a: ID! @primaryKey(sortKeyFields: ["b"]) b: String! posts: [Post] @hasMany(references: {references}) }}
type Post @model {{ pa: ID{a} pb: String{b} person: Person @belongsTo(references: {references}) }}
"""


def test_a_reference_is_needed_for_every_field_of_the_key():
    found = problems_of(COMPOSITE.format(references='["pa"]', a="", b=""))
    assert found[0].message == "'Person.posts' names 1 field, and the key of 'Person' has 2 fields."


def test_references_are_all_required_or_none():
    (first, _) = problems_of(COMPOSITE.format(references='["pa", "pb"]', a="!", b=""))
    assert first.message == (
        "'Person.posts' has required and nullable reference fields: 'pa' required, the others not."
    )


TWO_PARENTS = """
type Post @model { comments: [Comment] @hasMany(references: ["postId"]) first: Comment @hasOne(references: ["postId"]) }
type Comment @model { postId: ID post: Post @belongsTo(references: ["postId"]) }
"""


def test_two_relations_by_one_reference_are_refused_in_gen_2_only():
    assert problems_of(TWO_PARENTS) == []
    schema = parse_schema([source(TWO_PARENTS)]).schema
    (problem,) = check_relation_references(replace(schema, dialect=Dialect.GEN2))
    assert problem.message == "'Comment.post' has several other sides: 'comments', 'first' of 'Post'."


# counterparts


@pytest.mark.parametrize("arguments", ["", '(fields: ["postID"])'])
def test_a_belongs_to_needs_a_model_that_looks_back(arguments):
    assert_problems(
        f"type Post @model {{ id: ID! }} type Comment @model {{ postID: ID post: Post @belongsTo{arguments} }}",
        ["1:74 E045 'Comment.post' belongs to 'Post', which has no relationship with 'Comment'."],
        check_relation_counterparts,
    )


# many-to-many

assert_many_to_many = partial(assert_problems, rule=check_many_to_many)


def many_to_many(post='tags: [Tag] @manyToMany(relationName: "R")', tag="x: Int", more=""):
    return f"type Post @model {{ {post} }} type Tag @model {{ {tag} }} {more}"


@pytest.mark.parametrize(
    ("tag", "more", "expected"),
    [
        ("x: Int", "", "1:32 E047 Relation 'R' is used once; it takes two fields, one on either side."),
        (
            'a: [Post] @manyToMany(relationName: "R") b: [Post] @manyToMany(relationName: "R")',
            "",
            "1:134 E047 Relation 'R' is used 3 times; it takes two fields, one on either side.",
        ),
        (
            'a: [Post] @manyToMany(relationName: "R")',
            "enum R { X }",
            "1:32 E047 The join model of relation 'R' has the name of another type.",
        ),
        (
            'a: [Tag] @manyToMany(relationName: "R")',
            "",
            "1:92 E047 Relation 'R' leads back to 'Tag' instead of 'Post'.",
        ),
        (
            "x: Int",
            'type Other @model { a: [Post] @manyToMany(relationName: "R") }',
            "1:122 E047 Relation 'R' leads from 'Post' to 'Tag', and is used on 'Other'.",
        ),
    ],
)
def test_a_many_to_many_without_its_other_side_is_reported(tag, more, expected):
    assert_many_to_many(many_to_many(tag=tag, more=more), [expected])


def test_a_model_cannot_be_many_to_many_with_itself():
    text = """
    type User @model {
      a: [User] @manyToMany(relationName: "Friends")
      b: [User] @manyToMany(relationName: "Friends")
    }
    """
    assert_many_to_many(
        text, ["4:13 E047 Relation 'Friends' joins 'User' with itself, which makes two keys of one name."]
    )


def test_a_relation_name_must_be_able_to_name_a_model():
    text = many_to_many(
        'tags: [Tag] @manyToMany(relationName: "a b")', 'a: [Post] @manyToMany(relationName: "a b")'
    )
    assert_many_to_many(text, ["1:32 E047 Relation name 'A b' cannot be the name of a model."])


def test_a_relation_without_a_name_gets_one_and_a_warning():
    text = many_to_many("tags: [Tag] @manyToMany", "posts: [Post] @manyToMany")
    assert_many_to_many(
        text,
        [
            "1:32 W004 The relation of 'Post.tags' and 'Tag.posts' has no name; its join model is called 'PostTag'."
        ],
    )
    assert problems_of(text)[0].hint == "Write '@manyToMany(relationName: \"PostTag\")' on both."
