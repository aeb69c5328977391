"""Relationship fields of version 2 and Gen 2."""

from __future__ import annotations

from datamodel.schema.ir import FieldOrigin, RelationKind, RelationStyle, Side
from tests.schema.checks import fields_of, links_of, load, load_gen2, shape


def relation(schema, path):
    model, field = path.split(".")
    return schema.model(model).field(field).relation


def keys_of(schema, model):
    return [shape(item) for item in schema.model(model).fields if item.origin is FieldOrigin.FOREIGN_KEY]


def test_a_bare_has_many_puts_a_key_on_the_child():
    schema = load("type Post @model { comments: [Comment] @hasMany } type Comment @model { id: ID! }")
    assert keys_of(schema, "Comment") == ["postCommentsId: ID"]
    assert links_of(schema) == {"Post.comments": "Comment(postCommentsId) -> Post(id)"}
    found = relation(schema, "Post.comments")
    assert (found.kind, found.side, found.style) == (
        RelationKind.HAS_MANY,
        Side.PARENT,
        RelationStyle.IMPLICIT,
    )
    assert (found.is_many, found.sort_fields, found.link) == (True, (), "Post.comments")


def test_the_key_of_a_required_list_is_required():
    schema = load("type Post @model { comments: [Comment!]! @hasMany } type Comment @model { id: ID! }")
    assert keys_of(schema, "Comment") == ["postCommentsId: ID!"]


def test_every_field_of_a_composite_key_is_implied():
    schema = load("""
    type Post @model {
      title: String! @primaryKey(sortKeyFields: ["publishedAt", "rank"])
      publishedAt: AWSDateTime!
      rank: Int!
      comments: [Comment] @hasMany
    }
    type Comment @model { post: Post @belongsTo }
    """)
    assert keys_of(schema, "Comment") == [
        "postCommentsTitle: String",
        "postCommentsPublishedAt: AWSDateTime",
        "postCommentsRank: Int",
    ]
    assert links_of(schema) == {
        "Comment.post": "Comment(postCommentsTitle, postCommentsPublishedAt, postCommentsRank)"
        " -> Post(title, publishedAt, rank)"
    }


def test_a_declared_field_serves_as_the_implied_key():
    schema = load("""
    type Post @model { comments: [Comment] @hasMany }
    type Comment @model { postCommentsId: ID! }
    """)
    assert keys_of(schema, "Comment") == []
    assert schema.link("Post.comments").is_required


def test_a_bare_belongs_to_reads_the_key_of_the_has_many():
    schema = load(
        "type Post @model { comments: [Comment] @hasMany } type Comment @model { post: Post @belongsTo }"
    )
    link = schema.link("Comment.post")
    assert (link.child_fields, link.parent_fields) == (("post",), ("comments",))
    assert relation(schema, "Comment.post").side is Side.CHILD
    assert relation(schema, "Post.comments").link == "Comment.post"
    assert keys_of(schema, "Comment") == ["postCommentsId: ID"]


def test_a_bare_belongs_to_binds_to_the_first_of_several():
    schema = load("""
    type Person @model { authored: [Post] @hasMany edited: [Post] @hasMany }
    type Post @model { person: Person @belongsTo }
    """)
    assert links_of(schema) == {
        "Post.person": "Post(personAuthoredId) -> Person(id)",
        "Person.edited": "Post(personEditedId) -> Person(id)",
    }


def test_a_has_many_by_index_reads_the_fields_of_the_index():
    schema = load("""
    type Post @model {
      id: ID!
      kind: String!
      comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"], limit: 20)
      ofKind: [Comment] @hasMany(indexName: "byKind", fields: ["id", "kind"])
    }
    type Comment @model {
      postID: ID! @index(name: "byPost", sortKeyFields: ["at"]) @index(name: "byKind", sortKeyFields: ["kind"])
      kind: String!
      at: AWSDateTime!
      post: Post @belongsTo(fields: ["postID"])
    }
    """)
    assert links_of(schema) == {
        "Comment.post": "Comment(postID) -> Post(id)",
        "Post.ofKind": "Comment(postID, kind) -> Post(id, kind)",
    }
    comments = relation(schema, "Post.comments")
    assert (comments.index_name, comments.sort_fields, comments.limit) == ("byPost", ("at",), 20)
    assert relation(schema, "Post.ofKind").sort_fields == ()
    assert not schema.link("Post.ofKind").is_enforceable
    assert keys_of(schema, "Comment") == []


def test_a_bare_has_many_takes_the_sort_key_of_its_child():
    schema = load("""
    type Post @model { comments: [Comment] @hasMany }
    type Comment @model { a: ID! @primaryKey(sortKeyFields: ["b"]) b: Int! }
    """)
    assert relation(schema, "Post.comments").sort_fields == ("b",)


def test_a_has_one_holds_the_key_itself():
    schema = load("""
    type Project @model { team: Team! @hasOne }
    type Team @model { key: ID! @primaryKey(sortKeyFields: ["name"]) name: String! }
    """)
    assert keys_of(schema, "Project") == ["projectTeamKey: ID!", "projectTeamName: String!"]
    assert links_of(schema) == {"Project.team": "Project(projectTeamKey, projectTeamName) -> Team(key, name)"}
    found = relation(schema, "Project.team")
    assert (found.kind, found.side, found.is_many) == (RelationKind.HAS_ONE, Side.CHILD, False)
    assert not schema.link("Project.team").is_many


def test_both_sides_of_a_one_to_one_hold_a_key():
    schema = load("""
    type Project @model { team: Team @hasOne }
    type Team @model { project: Project @belongsTo }
    """)
    assert links_of(schema) == {
        "Project.team": "Project(projectTeamId) -> Team(id)",
        "Team.project": "Team(teamProjectId) -> Project(id)",
    }
    assert not schema.link("Team.project").is_many


def test_a_has_one_by_fields_adds_nothing():
    schema = load("""
    type Project @model { teamID: ID team: Team @hasOne(fields: ["teamID"]) }
    type Team @model { id: ID! }
    """)
    assert links_of(schema) == {"Project.team": "Project(teamID) -> Team(id)"}
    assert relation(schema, "Project.team").style is RelationStyle.FIELDS


def test_part_of_a_key_is_only_read():
    schema = load("""
    type Project @model { teamKey: ID team: Team @hasOne(fields: ["teamKey"]) }
    type Team @model { key: ID! @primaryKey(sortKeyFields: ["name"]) name: String! }
    """)
    assert links_of(schema) == {"Project.team": "Project(teamKey) -> Team(key)"}
    assert not schema.link("Project.team").is_enforceable


def test_references_pair_relations_between_the_same_models():
    schema = load_gen2("""
    type Post @model {
      authorId: ID!
      editorId: ID
      author: Person @belongsTo(references: ["authorId"])
      editor: Person @belongsTo(references: ["editorId"])
    }
    type Person @model {
      authored: [Post] @hasMany(references: ["authorId"])
      edited: Post @hasOne(references: ["editorId"])
    }
    """)
    assert links_of(schema) == {
        "Post.author": "Post(authorId) -> Person(id)",
        "Post.editor": "Post(editorId) -> Person(id)",
    }
    author, editor = schema.link("Post.author"), schema.link("Post.editor")
    assert (author.parent_fields, author.is_many, author.is_required) == (("authored",), True, True)
    assert (editor.parent_fields, editor.is_many, editor.is_required) == (("edited",), False, False)
    edited = relation(schema, "Person.edited")
    assert (edited.side, edited.style) == (Side.PARENT, RelationStyle.REFERENCES)


def test_a_text_may_refer_to_an_id():
    schema = load("""
    type Post @model { comments: [Comment] @hasMany(references: ["postId"]) }
    type Comment @model { postId: String post: Post @belongsTo(references: ["postId"]) }
    """)
    assert schema.link("Comment.post").is_enforceable


def test_a_model_can_relate_to_itself():
    schema = load("type Employee @model { reports: [Employee] @hasMany manager: Employee @belongsTo }")
    link = schema.link("Employee.manager")
    assert (link.is_self, link.child_fields, link.parent_fields) == (True, ("manager",), ("reports",))
    assert link.reference_fields == ("employeeReportsId",)


def test_a_model_field_without_a_directive_is_no_relation():
    schema = load("type Post @model { author: Author } type Author @model { id: ID! }")
    assert relation(schema, "Post.author") is None
    assert schema.links == ()
    assert not schema.model("Post").field("author").is_stored


# many-to-many


def test_many_to_many_makes_a_join_model():
    schema = load("""
    type Student @model(timestamps: null) { studentNumber: ID! @primaryKey classes: [Course] @manyToMany(relationName: "enrolment") }
    type Course @model(timestamps: null) {
      code: String! @primaryKey(sortKeyFields: ["year"])
      year: Int!
      students: [Student] @manyToMany(relationName: "enrolment", limit: 20)
    }
    """)
    join = schema.model("Enrolment")
    assert fields_of(schema, "Enrolment") == [
        "id: ID!",
        "studentStudentNumber: ID!",
        "courseCode: String!",
        "courseyear: Int!",
        "student: Student!",
        "course: Course!",
        "createdAt: AWSDateTime!",
        "updatedAt: AWSDateTime!",
    ]
    assert [(index.name, index.fields, index.query_field) for index in join.indexes] == [
        ("byStudent", ("studentStudentNumber",), "enrolmentsByStudentStudentNumber"),
        ("byCourse", ("courseCode", "courseyear"), "enrolmentsByCourseCodeAndCourseyear"),
    ]
    assert (join.is_join, join.operations.list) == (True, "listEnrolments")
    assert links_of(schema) == {
        "Enrolment.student": "Enrolment(studentStudentNumber) -> Student(studentNumber)",
        "Enrolment.course": "Enrolment(courseCode, courseyear) -> Course(code, year)",
    }


def test_a_many_to_many_field_reads_the_join_model():
    schema = load("""
    type Post @model { tags: [Tag] @manyToMany(relationName: "PostTags", limit: 20) }
    type Tag @model { posts: [Post] @manyToMany(relationName: "PostTags") }
    """)
    tags = relation(schema, "Post.tags")
    assert (tags.kind, tags.link, tags.side) == (RelationKind.MANY_TO_MANY, "PostTags.post", Side.PARENT)
    assert (tags.far_model, tags.index_name, tags.limit, tags.sort_fields) == ("Tag", "byPost", 20, ())
    assert relation(schema, "PostTags.tag").side is Side.CHILD
    link = schema.link("PostTags.post")
    assert (link.is_join, link.child_fields, link.parent_fields) == (True, ("post",), ("tags",))


def test_a_join_model_has_the_auth_rules_of_both_sides():
    schema = load("""
    type Post @model @auth(rules: [{ allow: public }]) { tags: [Tag] @manyToMany(relationName: "R") }
    type Tag @model @auth(rules: [{ allow: owner }]) { posts: [Post] @manyToMany(relationName: "R") }
    """)
    assert [rule.allow for rule in schema.model("R").auth] == ["public", "owner"]
    assert schema.model("R").field("owner").origin is FieldOrigin.OWNER


def test_two_many_to_many_relations_of_the_same_models_are_kept_apart():
    schema = load("""
    type Post @model { a: [Tag] @manyToMany(relationName: "A") b: [Tag] @manyToMany(relationName: "B") }
    type Tag @model { c: [Post] @manyToMany(relationName: "A") d: [Post] @manyToMany(relationName: "B") }
    """)
    assert set(links_of(schema)) == {"A.post", "A.tag", "B.post", "B.tag"}
    assert relation(schema, "Tag.d").link == "B.tag"


def test_a_many_to_many_without_a_name_joins_the_two_names():
    schema = load(
        "type Post @model { tags: [Tag] @manyToMany } type Tag @model { posts: [Post] @manyToMany }"
    )
    assert set(links_of(schema)) == {"PostTag.post", "PostTag.tag"}
    assert relation(schema, "Tag.posts").link == "PostTag.tag"
