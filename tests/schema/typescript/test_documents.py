"""The schemas of the Gen 2 relationships page, as the page writes them."""

from __future__ import annotations

import pytest

from datamodel.schema.dialects.typescript import read_typescript
from datamodel.schema.ir import RelationKind
from datamodel.schema.source import Source

TEAM_MEMBER = """\
const schema = a.schema({
  Member: a.model({
    name: a.string().required(),
    // 1. Create a reference field
    teamId: a.id(),
    // 2. Create a belongsTo relationship with the reference field
    team: a.belongsTo('Team', 'teamId'),
  }),

  Team: a.model({
    mantra: a.string().required(),
    // 3. Create a hasMany relationship with the reference field
    //    from the `Member`s model.
    members: a.hasMany('Member', 'teamId'),
  }),
}).authorization((allow) => allow.publicApiKey());
"""

CART_CUSTOMER = """\
const schema = a.schema({
  Cart: a.model({
    items: a.string().required().array(),
    // 1. Create reference field
    customerId: a.id(),
    // 2. Create relationship field with the reference field
    customer: a.belongsTo('Customer', 'customerId'),
  }),
  Customer: a.model({
    name: a.string(),
    // 3. Create relationship field with the reference field
    //    from the Cart model
    activeCart: a.hasOne('Cart', 'customerId')
  }),
}).authorization((allow) => allow.publicApiKey());
"""

POST_TAG = """\
const schema = a.schema({
  PostTag: a.model({
    // 1. Create reference fields to both ends of
    //    the many-to-many relationship
    // highlight-start
    postId: a.id().required(),
    tagId: a.id().required(),
    // highlight-end
    // 2. Create relationship fields to both ends of
    //    the many-to-many relationship using their
    //    respective reference fields
    // highlight-start
    post: a.belongsTo('Post', 'postId'),
    tag: a.belongsTo('Tag', 'tagId'),
    // highlight-end
  }),
  Post: a.model({
    title: a.string(),
    content: a.string(),
    // 3. Add relationship field to the join model
    //    with the reference of `postId`
    // highlight-next-line
    tags: a.hasMany('PostTag', 'postId'),
  }),
  Tag: a.model({
    name: a.string(),
    // 4. Add relationship field to the join model
    //    with the reference of `tagId`
    // highlight-next-line
    posts: a.hasMany('PostTag', 'tagId'),
  }),
}).authorization((allow) => allow.publicApiKey());
"""

AUTHOR_EDITOR = """\
const schema = a.schema({
  Post: a.model({
    title: a.string().required(),
    content: a.string().required(),
    // highlight-start
    authorId: a.id(),
    author: a.belongsTo('Person', 'authorId'),
    editorId: a.id(),
    editor: a.belongsTo('Person', 'editorId'),
    // highlight-end
  }),
  Person: a.model({
    name: a.string(),
    // highlight-start
    editedPosts: a.hasMany('Post', 'editorId'),
    authoredPosts: a.hasMany('Post', 'authorId'),
    // highlight-end
  }),
}).authorization((allow) => allow.publicApiKey());
"""

SORT_KEYS = """\
const schema = a.schema({
  Post: a.model({
    title: a.string().required(),
    content: a.string().required(),
    // Reference fields must correspond to identifier fields.
    // highlight-start
    authorName: a.string(),
    authorDoB: a.date(),
    // Must pass references in the same order as identifiers.
    author: a.belongsTo('Person', ['authorName', 'authorDoB']),
    // highlight-end
  }),
  Person: a.model({
    name: a.string().required(),
    dateOfBirth: a.date().required(),
    // Must reference all reference fields corresponding to the
    // identifier of this model.
    authoredPosts: a.hasMany('Post', ['authorName', 'authorDoB']),
    // highlight-next-line
  }).identifier(['name', 'dateOfBirth']),
}).authorization((allow) => allow.publicApiKey());
"""

REQUIRED_OPTIONAL = """\
const schema = a.schema({
  Post: a.model({
    title: a.string().required(),
    content: a.string().required(),
    // You must supply an author when creating the post
    // Author can't be set to `null`.
    // highlight-next-line
    authorId: a.id().required(),
    author: a.belongsTo('Person', 'authorId'),
    // You can optionally supply an editor when creating the post.
    // Editor can also be set to `null`.
    // highlight-next-line
    editorId: a.id(),
    editor: a.belongsTo('Person', 'editorId'),
  }),
  Person: a.model({
    name: a.string(),
    // highlight-start
    editedPosts: a.hasMany('Post', 'editorId'),
    authoredPosts: a.hasMany('Post', 'authorId'),
    // highlight-end
  }),
}).authorization((allow) => allow.publicApiKey());
"""

BLOCKS = {
    "team-member": (
        TEAM_MEMBER,
        {
            "Member": ["name: String!", "teamId: ID", "team: Team"],
            "Team": ["mantra: String!", "members: [Member]"],
        },
    ),
    "cart-customer": (
        CART_CUSTOMER,
        {
            "Cart": ["items: [String!]", "customerId: ID", "customer: Customer"],
            "Customer": ["name: String", "activeCart: Cart"],
        },
    ),
    "post-tag": (
        POST_TAG,
        {
            "PostTag": ["postId: ID!", "tagId: ID!", "post: Post", "tag: Tag"],
            "Post": ["title: String", "content: String", "tags: [PostTag]"],
            "Tag": ["name: String", "posts: [PostTag]"],
        },
    ),
    "author-editor": (
        AUTHOR_EDITOR,
        {
            "Post": [
                "title: String!",
                "content: String!",
                "authorId: ID",
                "author: Person",
                "editorId: ID",
                "editor: Person",
            ],
            "Person": ["name: String", "editedPosts: [Post]", "authoredPosts: [Post]"],
        },
    ),
    "sort-keys": (
        SORT_KEYS,
        {
            "Post": [
                "title: String!",
                "content: String!",
                "authorName: String",
                "authorDoB: AWSDate",
                "author: Person",
            ],
            "Person": ["name: String!", "dateOfBirth: AWSDate!", "authoredPosts: [Post]"],
        },
    ),
    "required-optional": (
        REQUIRED_OPTIONAL,
        {
            "Post": [
                "title: String!",
                "content: String!",
                "authorId: ID!",
                "author: Person",
                "editorId: ID",
                "editor: Person",
            ],
            "Person": ["name: String", "editedPosts: [Post]", "authoredPosts: [Post]"],
        },
    ),
}


@pytest.mark.parametrize("name", BLOCKS)
def test_it_reads_the_models_of_each_block_of_the_page(name):
    text, expected = BLOCKS[name]
    result = read_typescript([Source("resource.ts", text)])
    assert result.problems == ()
    fields = {model.name: [f"{f.name}: {f.type}" for f in model.fields] for model in result.schema.models}
    assert fields == expected


def test_it_reads_one_to_many():
    schema = read_typescript([Source("resource.ts", TEAM_MEMBER)]).schema
    members = schema.model("Team").field("members").declared_relation
    team = schema.model("Member").field("team").declared_relation
    assert (members.kind, members.references) == (RelationKind.HAS_MANY, ("teamId",))
    assert (team.kind, team.references) == (RelationKind.BELONGS_TO, ("teamId",))


def test_it_reads_one_to_one():
    schema = read_typescript([Source("resource.ts", CART_CUSTOMER)]).schema
    assert schema.model("Customer").field("activeCart").declared_relation.kind is RelationKind.HAS_ONE


def test_it_reads_the_references_to_an_identifier_with_a_sort_key():
    schema = read_typescript([Source("resource.ts", SORT_KEYS)]).schema
    assert schema.model("Person").primary_key == ("name", "dateOfBirth")
    assert schema.model("Post").field("author").declared_relation.references == ("authorName", "authorDoB")
