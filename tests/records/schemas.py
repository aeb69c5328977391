"""Every way to spell a relationship, and what the two ends are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BLOG = """
type Post @model { id: ID! title: String! rating: Int comments: [Comment] @hasMany }
type Comment @model { id: ID! content: String! post: Post @belongsTo }
"""

TREE = """
type Folder @model { id: ID! name: String!
  parentID: ID @index(name: "byParent")
  parent: Folder @belongsTo(fields: ["parentID"])
  children: [Folder] @hasMany(indexName: "byParent", fields: ["id"]) }
"""

DIAMOND = """
type User @model { id: ID! name: String!
  posts: [Post] @hasMany(indexName: "byAuthor", fields: ["id"])
  comments: [Comment] @hasMany(indexName: "byWriter", fields: ["id"]) }
type Post @model { id: ID! title: String!
  authorID: ID @index(name: "byAuthor") author: User @belongsTo(fields: ["authorID"])
  comments: [Comment] @hasMany(indexName: "byPost", fields: ["id"]) }
type Comment @model { id: ID! content: String!
  postID: ID @index(name: "byPost") post: Post @belongsTo(fields: ["postID"])
  writerID: ID @index(name: "byWriter") writer: User @belongsTo(fields: ["writerID"]) }
"""

CYCLE = """
type Hen @model { id: ID! name: String!
  eggID: ID @index(name: "byEgg") egg: Egg @belongsTo(fields: ["eggID"])
  eggs: [Egg] @hasMany(indexName: "byHen", fields: ["id"]) }
type Egg @model { id: ID! name: String!
  henID: ID @index(name: "byHen") hen: Hen @belongsTo(fields: ["henID"])
  hens: [Hen] @hasMany(indexName: "byEgg", fields: ["id"]) }
"""

TAGS = """
type Post @model { id: ID! title: String! tags: [Tag] @manyToMany(relationName: "PostTag") }
type Tag @model { id: ID! label: String! posts: [Post] @manyToMany(relationName: "PostTag") }
"""

TAGS_WRITTEN_OUT = """
type Post @model { id: ID! title: String! tags: [PostTag] @connection(keyName: "byPost", fields: ["id"]) }
type Tag @model { id: ID! label: String! posts: [PostTag] @connection(keyName: "byTag", fields: ["id"]) }
type PostTag @model(queries: null) @key(name: "byPost", fields: ["postId", "tagId"])
    @key(name: "byTag", fields: ["tagId", "postId"]) {
  id: ID! postId: ID! tagId: ID!
  post: Post! @connection(fields: ["postId"]) tag: Tag! @connection(fields: ["tagId"]) }
"""

PROFILE = """
type User @model { id: ID! name: String! profileID: ID profile: Profile @hasOne(fields: ["profileID"]) }
type Profile @model { id: ID! bio: String }
"""

PROFILE_REQUIRED = PROFILE.replace("profileID: ID ", "profileID: ID! ")

VALUES = """
enum Mood { GOOD BAD }
type Address { street: String! number: Int }
type Thing @model { id: ID! name: String! size: Int score: Float when: AWSDate mood: Mood
  tags: [String!] address: Address note: String @default(value: "none") count: Int! @default(value: "3") }
"""

ORDERS = """
type Order @model { shop: String! @primaryKey(sortKeyFields: ["number"]) number: Int! total: Float
  lines: [Line] @hasMany(indexName: "byOrder", fields: ["shop", "number"]) }
type Line @model { id: ID! text: String
  orderShop: String @index(name: "byOrder", sortKeyFields: ["orderNumber"]) orderNumber: Int
  order: Order @belongsTo(fields: ["orderShop", "orderNumber"]) }
"""


def typescript(models: str) -> str:
    return (
        "import { a, defineData } from '@aws-amplify/backend';\n"
        f"const schema = a.schema({{ {models} }}).authorization((allow) => allow.publicApiKey());\n"
        "export const data = defineData({ schema });\n"
    )


TEAM = typescript("""
  Member: a.model({ name: a.string().required(), teamId: a.id(), team: a.belongsTo('Team', 'teamId') }),
  Team: a.model({ mantra: a.string(), members: a.hasMany('Member', 'teamId') }),
""")
TEAM_REQUIRED = TEAM.replace("teamId: a.id(),", "teamId: a.id().required(),")

CART = typescript("""
  Cart: a.model({ items: a.string(), customerId: a.id(), customer: a.belongsTo('Customer', 'customerId') }),
  Customer: a.model({ name: a.string(), activeCart: a.hasOne('Cart', 'customerId') }),
""")

PERSON = typescript("""
  Post: a.model({ title: a.string().required(), authorName: a.string(), authorBorn: a.date(),
    author: a.belongsTo('Person', ['authorName', 'authorBorn']) }),
  Person: a.model({ name: a.string().required(), born: a.date().required(),
    posts: a.hasMany('Post', ['authorName', 'authorBorn']) }).identifier(['name', 'born']),
""")


@dataclass(frozen=True)
class Spelling:
    """A schema with one link, a parent to create and a child to create."""

    text: str
    link: str
    parent: dict[str, Any]
    child: dict[str, Any]
    default: str
    name: str = "schema.graphql"


SPELLINGS = {
    "v1 name": Spelling(
        """type Post @model { id: ID! title: String! comments: [Comment] @connection(name: "PostComments") }
        type Comment @model { id: ID! content: String! post: Post @connection(name: "PostComments") }""",
        "Comment.post",
        {"title": "T"},
        {"content": "C"},
        "cascade",
    ),
    "v1 key": Spelling(
        """type Post @model { id: ID! title: String!
          comments: [Comment] @connection(keyName: "byPost", fields: ["id"]) }
        type Comment @model @key(name: "byPost", fields: ["postID"]) { id: ID! postID: ID content: String! }""",
        "Post.comments",
        {"title": "T"},
        {"content": "C"},
        "cascade",
    ),
    "v2 implicit": Spelling(BLOG, "Comment.post", {"title": "T"}, {"content": "C"}, "cascade"),
    "v2 composite": Spelling(ORDERS, "Line.order", {"shop": "S", "number": 7}, {"text": "L"}, "cascade"),
    "v2 one-to-one": Spelling(PROFILE, "User.profile", {"bio": "B"}, {"name": "N"}, "clear"),
    "self": Spelling(TREE, "Folder.parent", {"name": "P"}, {"name": "C"}, "cascade"),
    "gen2 optional": Spelling(TEAM, "Member.team", {"mantra": "M"}, {"name": "N"}, "clear", "resource.ts"),
    "gen2 required": Spelling(
        TEAM_REQUIRED, "Member.team", {"mantra": "M"}, {"name": "N"}, "cascade", "resource.ts"
    ),
    "gen2 one-to-one": Spelling(CART, "Cart.customer", {"name": "N"}, {"items": "I"}, "clear", "resource.ts"),
    "gen2 composite": Spelling(
        PERSON, "Post.author", {"name": "Ada", "born": "1815-12-10"}, {"title": "T"}, "clear", "resource.ts"
    ),
}
