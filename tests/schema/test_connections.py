"""``@connection`` of version 1."""

from __future__ import annotations

from datamodel.schema.ir import RelationKind, RelationStyle, Side
from tests.schema.checks import links_of, load


def relation(schema, path):
    model, field = path.split(".")
    return schema.model(model).field(field).relation


def hidden_keys(schema, model):
    return [f"{item.name}: {item.type}" for item in schema.model(model).fields if not item.is_in_type]


def test_a_named_connection_puts_a_hidden_key_on_the_single_side():
    schema = load("""
    type Post @model { comments: [Comment] @connection(name: "PC") }
    type Comment @model { post: Post! @connection(name: "PC") }
    """)
    assert hidden_keys(schema, "Comment") == ["commentPostId: ID!"]
    assert links_of(schema) == {"Comment.post": "Comment(commentPostId) -> Post(id)"}
    link = schema.link("Comment.post")
    assert (link.parent_fields, link.is_many, link.is_required) == (("comments",), True, True)
    post = relation(schema, "Comment.post")
    assert (post.kind, post.style, post.side) == (RelationKind.BELONGS_TO, RelationStyle.NAME, Side.CHILD)
    assert relation(schema, "Post.comments").kind is RelationKind.HAS_MANY


def test_a_key_field_and_a_sort_field_can_be_named():
    schema = load("""
    type Post @model { comments: [Comment] @connection(name: "PC", keyField: "postKey", sortField: "at", limit: 50) }
    type Comment @model { postKey: ID at: AWSDateTime post: Post @connection(name: "PC", keyField: "postKey", sortField: "at") }
    """)
    assert hidden_keys(schema, "Comment") == []
    assert links_of(schema) == {"Comment.post": "Comment(postKey) -> Post(id)"}
    comments = relation(schema, "Post.comments")
    assert (comments.sort_fields, comments.limit) == (("at",), 50)


def test_a_bare_single_holds_a_hidden_key():
    schema = load("type Project @model { team: Team @connection } type Team @model { id: ID! }")
    assert hidden_keys(schema, "Project") == ["projectTeamId: ID"]
    link = schema.link("Project.team")
    assert (link.is_many, link.is_required) == (False, False)


def test_a_bare_list_puts_a_hidden_key_on_its_model():
    schema = load("type Team @model { members: [Member] @connection } type Member @model { id: ID! }")
    assert hidden_keys(schema, "Member") == ["teamMembersId: ID"]
    assert links_of(schema) == {"Team.members": "Member(teamMembersId) -> Team(id)"}


def test_a_list_by_key_and_a_single_by_fields_share_their_link():
    schema = load("""
    type Post @model @key(fields: ["author", "slug"]) {
      author: String!
      slug: String!
      comments: [Comment] @connection(keyName: "byPost", fields: ["author", "slug"])
      byAuthor: [Comment] @connection(keyName: "byPost", fields: ["author"])
    }
    type Comment @model @key(name: "byPost", fields: ["postAuthor", "postSlug"]) {
      postAuthor: String!
      postSlug: String!
      post: Post @connection(fields: ["postAuthor", "postSlug"])
    }
    """)
    assert links_of(schema) == {
        "Comment.post": "Comment(postAuthor, postSlug) -> Post(author, slug)",
        "Post.byAuthor": "Comment(postAuthor) -> Post(author)",
    }
    assert relation(schema, "Post.byAuthor").sort_fields == ("postSlug",)
    assert not schema.link("Post.byAuthor").is_enforceable
    assert relation(schema, "Comment.post").kind is RelationKind.BELONGS_TO


def test_a_single_by_fields_alone_is_has_one():
    schema = load("""
    type Project @model { teamID: ID! team: Team @connection(fields: ["teamID"]) }
    type Team @model { id: ID! }
    """)
    assert relation(schema, "Project.team").kind is RelationKind.HAS_ONE


def test_a_list_without_a_key_name_reads_the_primary_key():
    schema = load("""
    type Post @model { id: ID! comments: [Comment] @connection(fields: ["id"]) }
    type Comment @model @key(fields: ["postID", "at"]) { postID: ID! at: AWSDateTime! }
    """)
    assert links_of(schema) == {"Post.comments": "Comment(postID) -> Post(id)"}
    assert relation(schema, "Post.comments").sort_fields == ("at",)
    assert schema.link("Post.comments").is_required


def test_the_key_of_a_composite_parent_is_one_id_and_only_read():
    schema = load("""
    type A @model { b: B @connection }
    type B @model @key(fields: ["p", "q"]) { p: ID! q: String! }
    """)
    assert links_of(schema) == {"A.b": "A(aBId) -> B(p)"}
    assert not schema.link("A.b").is_enforceable


def test_the_two_halves_of_a_one_to_one_are_told_apart_by_what_is_required():
    schema = load("""
    type A @model { b: B @connection(name: "AB") }
    type B @model { a: A! @connection(name: "AB") }
    """)
    assert relation(schema, "A.b").kind is RelationKind.HAS_ONE
    assert relation(schema, "B.a").kind is RelationKind.BELONGS_TO


def test_a_model_can_be_connected_with_itself():
    schema = load("""
    type Employee @model { manager: Employee @connection(name: "EM") reports: [Employee] @connection(name: "EM") }
    """)
    assert links_of(schema) == {"Employee.manager": "Employee(employeeManagerId) -> Employee(id)"}
    assert schema.link("Employee.manager").parent_fields == ("reports",)
