from __future__ import annotations

import pytest

from datamodel.schema import OnDelete, SchemaError
from tests.schema.checks import load, load_gen2, printed, problems_of

CASCADE, CLEAR, RESTRICT, KEEP = OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT, OnDelete.KEEP


def policies(schema):
    return {link.name: link.on_delete.value for link in schema.links}


HAS_MANY = "type Post @model { comments: [Comment] @hasMany } type Comment @model { id: ID! }"
HAS_MANY_BOTH = (
    "type Post @model { comments: [Comment] @hasMany } type Comment @model { post: Post @belongsTo }"
)
HAS_ONE = "type Post @model { author: Author @hasOne } type Author @model { id: ID! }"
HAS_ONE_REQUIRED = "type Post @model { author: Author! @hasOne } type Author @model { id: ID! }"
CONNECTION_LIST = "type Post @model { comments: [Comment] @connection } type Comment @model { id: ID! }"
CONNECTION_SINGLE = "type Post @model { author: Author @connection } type Author @model { id: ID! }"
CONNECTION_REQUIRED = "type Post @model { author: Author! @connection } type Author @model { id: ID! }"
BY_REFERENCES = """
type Post @model {{ comments: {many} @{kind}(references: ["postId"]) }}
type Comment @model {{ postId: ID{required} post: Post @belongsTo(references: ["postId"]) }}
"""


def by_references(kind="hasMany", required=""):
    many = "[Comment]" if kind == "hasMany" else "Comment"
    return BY_REFERENCES.format(kind=kind, many=many, required=required)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HAS_MANY, {"Post.comments": "cascade"}),
        (HAS_MANY_BOTH, {"Comment.post": "cascade"}),
        (CONNECTION_LIST, {"Post.comments": "cascade"}),
        (HAS_ONE, {"Post.author": "clear"}),
        (HAS_ONE_REQUIRED, {"Post.author": "cascade"}),
        (CONNECTION_SINGLE, {"Post.author": "clear"}),
        (CONNECTION_REQUIRED, {"Post.author": "cascade"}),
        (by_references(), {"Comment.post": "cascade"}),
        (by_references("hasOne"), {"Comment.post": "clear"}),
        (by_references("hasOne", "!"), {"Comment.post": "cascade"}),
    ],
)
def test_the_first_generation_cascades_from_a_list_and_clears_a_single(text, expected):
    assert policies(load(text)) == expected


@pytest.mark.parametrize("kind", ["hasMany", "hasOne"])
def test_gen_2_clears_what_is_optional_and_deletes_what_is_required(kind):
    assert policies(load_gen2(by_references(kind))) == {"Comment.post": "clear"}
    assert policies(load_gen2(by_references(kind, "!"))) == {"Comment.post": "cascade"}


def test_a_belongs_to_whose_field_is_required_cascades():
    text = """
    type Project @model { projectTeam: Team @hasOne }
    type Team @model { projectID: ID project: Project! @belongsTo(fields: ["projectID"]) }
    """
    assert policies(load(text))["Team.project"] == "cascade"


def test_a_generated_join_model_cascades_from_both_sides():
    text = """
    type Post @model { tags: [Tag] @manyToMany(relationName: "R") }
    type Tag @model { posts: [Post] @manyToMany(relationName: "R") }
    """
    assert policies(load(text)) == {"R.post": "cascade", "R.tag": "cascade"}


JOIN = """
type Post @model {{ tags: [PostTag] @hasMany(references: ["postId"]) {parent} }}
type Tag @model {{ posts: [PostTag] @hasMany(references: ["tagId"]) }}
type PostTag @model {{
  postId: ID
  tagId: ID
  post: Post @belongsTo(references: ["postId"])
  tag: Tag @belongsTo(references: ["tagId"])
  {own}
}}
"""


def test_a_join_model_that_is_written_out_cascades_even_where_optional():
    schema = load_gen2(JOIN.format(parent="", own=""))
    assert policies(schema) == {"PostTag.post": "cascade", "PostTag.tag": "cascade"}
    assert all(link.is_join for link in schema.links)
    assert schema.model("Post").field("tags").relation.far_model == "Tag"
    assert schema.model("PostTag").field("post").relation.far_model is None


@pytest.mark.parametrize("own", ["createdAt: AWSDateTime", "owner: String", "id: ID!"])
def test_keys_timestamps_and_owners_do_not_make_a_join_model_more(own):
    assert load_gen2(JOIN.format(parent="", own=own)).link("PostTag.post").is_join


def test_a_model_with_a_field_of_its_own_does_more_than_join():
    schema = load_gen2(JOIN.format(parent="", own="role: String"))
    assert policies(schema) == {"PostTag.post": "clear", "PostTag.tag": "clear"}
    assert not any(link.is_join for link in schema.links)
    assert schema.model("Post").field("tags").relation.far_model is None


def test_a_model_that_others_refer_to_does_more_than_join():
    own = 'notes: [Note] @hasMany(references: ["joinId"])'
    note = 'type Note @model { joinId: ID join: PostTag @belongsTo(references: ["joinId"]) }'
    assert not load_gen2(JOIN.format(parent="", own=own) + note).link("PostTag.post").is_join


def test_a_join_model_may_join_a_model_with_itself():
    schema = load("""
    type User @model {
      following: [Follow] @hasMany(indexName: "byFollower", fields: ["id"])
      followers: [Follow] @hasMany(indexName: "byFollowed", fields: ["id"])
    }
    type Follow @model {
      followerID: ID! @index(name: "byFollower")
      followedID: ID! @index(name: "byFollowed")
    }
    """)
    assert all(link.is_join for link in schema.links)
    assert schema.model("User").field("following").relation.far_model == "User"


def test_one_reference_to_two_models_is_only_read():
    schema = load("""
    type Post @model { likes: [Like] @hasMany(indexName: "byTarget", fields: ["id"]) }
    type Photo @model { likes: [Like] @hasMany(indexName: "byTarget", fields: ["id"]) }
    type Like @model { targetID: ID! @index(name: "byTarget") }
    """)
    assert policies(schema) == {"Post.likes": "keep", "Photo.likes": "keep"}
    assert not any(link.is_enforced for link in schema.links)


def test_a_belongs_to_says_which_of_two_models_is_meant():
    schema = load("""
    type Post @model { likes: [Like] @hasMany(indexName: "byTarget", fields: ["id"]) }
    type Photo @model { likes: [Like] @hasMany(indexName: "byTarget", fields: ["id"]) }
    type Like @model { targetID: ID! @index(name: "byTarget") post: Post @belongsTo(fields: ["targetID"]) }
    """)
    assert policies(schema) == {"Like.post": "cascade", "Photo.likes": "keep"}


def test_values_of_different_kinds_are_never_compared():
    text = "type Post @model { comments: [Comment] @hasMany } type Comment @model { postCommentsId: Int }"
    link = load(text).link("Post.comments")
    assert (link.is_comparable, link.is_enforceable, link.on_delete) == (False, False, KEEP)


# choices


def test_appsync_integrity_keeps_everything():
    schema = load(HAS_MANY, integrity="appsync")
    assert policies(schema) == {"Post.comments": "keep"}
    assert not schema.link("Post.comments").is_enforced


@pytest.mark.parametrize("name", ["Comment.post", "Post.comments"])
def test_a_policy_can_be_chosen_by_the_field_of_either_side(name):
    link = load(HAS_MANY_BOTH, on_delete={name: RESTRICT}).link("Comment.post")
    assert (link.on_delete, link.default_on_delete) == (RESTRICT, CASCADE)


def test_a_choice_outlives_the_default_of_appsync_integrity():
    assert policies(load(HAS_MANY, integrity="appsync", on_delete={"Post.comments": CLEAR})) == {
        "Post.comments": "clear"
    }


def test_a_many_to_many_field_chooses_for_its_own_side_of_the_join():
    text = """
    type Post @model { tags: [Tag] @manyToMany(relationName: "R") }
    type Tag @model { posts: [Post] @manyToMany(relationName: "R") }
    """
    assert policies(load(text, on_delete={"Post.tags": RESTRICT})) == {
        "R.post": "restrict",
        "R.tag": "cascade",
    }


def refused(text, **on_delete):
    with pytest.raises(SchemaError) as caught:
        load(text, on_delete={name.replace("__", "."): policy for name, policy in on_delete.items()})
    return [str(problem) for problem in caught.value.problems]


def test_a_choice_for_an_unknown_relationship_is_refused():
    assert refused(HAS_MANY, Post__coments=KEEP) == [
        "schema.E060 There is no relationship 'Post.coments'. Did you mean 'Post.comments'?"
    ]


def test_a_required_reference_cannot_be_cleared():
    assert refused(HAS_ONE_REQUIRED, Post__author=CLEAR) == [
        "schema.E061 'Post.author' cannot be cleared: 'Post.postAuthorId' may not be null."
        " Choose cascade, restrict or keep, or make the field nullable."
    ]


def test_what_is_only_read_cannot_be_enforced():
    text = """
    type Project @model { teamKey: ID team: Team @hasOne(fields: ["teamKey"]) }
    type Team @model { key: ID! @primaryKey(sortKeyFields: ["name"]) name: String! }
    """
    assert refused(text, Project__team=CASCADE) == [
        "schema.E061 'Project.team' cannot be enforced: it does not refer to a primary key alone. Leave it at keep."
    ]


def test_a_relationship_that_cannot_be_enforced_is_warned_of():
    text = "type Post @model { comments: [Comment] @hasMany }\ntype Comment @model { postCommentsId: Int }"
    assert printed(problems_of(text)) == [
        "1:20 W006 Relationship 'Post.comments' cannot be enforced:"
        " 'Comment.postCommentsId' and the key of 'Post' hold different kinds of value."
    ]
