"""The records that a race is about: a schema with every policy, and what can be done with one round's records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.torture.doors import Door, told
from datamodel import records, undo
from datamodel.modelgen import encode_key
from datamodel.models import Change
from datamodel.registry import DataModel
from datamodel.schema.ir import Link, OnDelete

__all__ = ["POLICIES", "Family", "on_delete", "schema_text"]

POLICIES = (OnDelete.CASCADE, OnDelete.CLEAR, OnDelete.RESTRICT)

SINGLE = """
type Post%(p)s @model { id: ID! title: String!
  comments: [Comment%(p)s] @hasMany(indexName: "byPost", fields: ["id"])
  tags: [Tag%(p)s] @manyToMany(relationName: "PostTag%(p)s") }
type Tag%(p)s @model { id: ID! label: String! posts: [Post%(p)s] @manyToMany(relationName: "PostTag%(p)s") }
type Comment%(p)s @model { id: ID! text: String
  postID: ID @index(name: "byPost") post: Post%(p)s @belongsTo(fields: ["postID"])
  replies: [Reply%(p)s] @hasMany(indexName: "byComment", fields: ["id"]) }
type Reply%(p)s @model { id: ID! text: String
  commentID: ID @index(name: "byComment") comment: Comment%(p)s @belongsTo(fields: ["commentID"]) }
type Folder%(p)s @model { id: ID! text: String
  parentID: ID @index(name: "byParent") parent: Folder%(p)s @belongsTo(fields: ["parentID"])
  children: [Folder%(p)s] @hasMany(indexName: "byParent", fields: ["id"]) }
"""

COMPOSITE = """
type Post%(p)s @model { shop: String! @primaryKey(sortKeyFields: ["number"]) number: Int! title: String!
  comments: [Comment%(p)s] @hasMany(indexName: "byPost", fields: ["shop", "number"])
  tags: [Tag%(p)s] @manyToMany(relationName: "PostTag%(p)s") }
type Tag%(p)s @model { shop: String! @primaryKey(sortKeyFields: ["number"]) number: Int! label: String!
  posts: [Post%(p)s] @manyToMany(relationName: "PostTag%(p)s") }
type Comment%(p)s @model { shop: String! @primaryKey(sortKeyFields: ["number"]) number: Int! text: String
  postShop: String @index(name: "byPost", sortKeyFields: ["postNumber"]) postNumber: Int
  post: Post%(p)s @belongsTo(fields: ["postShop", "postNumber"])
  replies: [Reply%(p)s] @hasMany(indexName: "byComment", fields: ["shop", "number"]) }
type Reply%(p)s @model { id: ID! text: String
  commentShop: String @index(name: "byComment", sortKeyFields: ["commentNumber"]) commentNumber: Int
  comment: Comment%(p)s @belongsTo(fields: ["commentShop", "commentNumber"]) }
type Folder%(p)s @model { shop: String! @primaryKey(sortKeyFields: ["number"]) number: Int! text: String
  parentShop: String @index(name: "byParent", sortKeyFields: ["parentNumber"]) parentNumber: Int
  parent: Folder%(p)s @belongsTo(fields: ["parentShop", "parentNumber"])
  children: [Folder%(p)s] @hasMany(indexName: "byParent", fields: ["shop", "number"]) }
"""


def schema_text(is_composite: bool) -> str:
    """Return a schema with one family of models per policy."""
    family = COMPOSITE if is_composite else SINGLE
    return "\n".join(family % {"p": policy.name.title()} for policy in POLICIES)


def on_delete() -> dict[str, OnDelete]:
    """Return the policies of the schema's links, by family."""
    links = (("Comment", "post"), ("Reply", "comment"), ("Folder", "parent"))
    return {f"{child}{p.name.title()}.{field}": p for p in POLICIES for child, field in links}


@dataclass(frozen=True)
class Family:
    """The records of one round, and what can be done with them."""

    door: Door
    datamodel: DataModel
    policy: OnDelete
    number: int
    is_composite: bool

    def model(self, name: str) -> str:
        return f"{name}{self.policy.name.title()}"

    def link(self, child: str, field: str) -> Link:
        return self.datamodel.schema.link(f"{self.model(child)}.{field}")

    def key(self, name: str, index: int = 0) -> dict[str, Any]:
        """The key of the round's record of that model and index."""
        unique = self.number * 100 + index
        if self.is_composite and name not in ("Reply", "PostTag"):
            return {"shop": f"shop '{self.number % 7}'", "number": unique}
        return {"id": f"{name} {unique}"}

    def reference(self, link: Link, parent: dict[str, Any]) -> dict[str, Any]:
        """What a child's fields hold to refer to the parent of that key."""
        return dict(
            zip(link.reference_fields, (parent[name] for name in link.identifier_fields), strict=True)
        )

    def create(self, name: str, index: int = 0, **values: Any) -> object:
        text = {"Post": "title", "Tag": "label", "PostTag": None}.get(name, "text")
        own = {text: f"{name} {index}"} if text else {}
        return self.door.create(self.model(name), self.key(name, index) | own | values)

    def comment(self, index: int, post: int = 0) -> object:
        return self.create("Comment", index, **self.on_post(post))

    def on_post(self, index: int) -> dict[str, Any]:
        return self.reference(self.link("Comment", "post"), self.key("Post", index))

    def reply(self, index: int, comment: int) -> object:
        reference = self.reference(self.link("Reply", "comment"), self.key("Comment", comment))
        return self.create("Reply", index, **reference)

    def folder(self, index: int, parent: int | None = None) -> object:
        return self.create("Folder", index, **({} if parent is None else self.inside(parent)))

    def inside(self, parent: int) -> dict[str, Any]:
        return self.reference(self.link("Folder", "parent"), self.key("Folder", parent))

    def move_folder(self, index: int, parent: int) -> object:
        return self.door.update(self.model("Folder"), self.key("Folder", index), self.inside(parent))

    def change(self, index: int, values: dict[str, Any]) -> object:
        return self.door.update(self.model("Comment"), self.key("Comment", index), values)

    def move(self, index: int, post: int) -> object:
        """Let a comment refer to another post by an update of its fields."""
        return self.change(index, self.on_post(post))

    def pick(self, index: int, post: int) -> object:
        """Let a comment refer to another post as the site's picker does."""
        link = self.link("Comment", "post")
        return told(
            lambda: records.link(self.datamodel, link, self.key("Post", post), self.key("Comment", index))
        )

    def remove(self, name: str, index: int = 0) -> object:
        return self.door.delete(self.model(name), self.key(name, index))

    def tag(self, index: int, tag: int | None = None) -> object:
        """Join the post and a tag: the join record is made as any other."""
        ends = [("post", "Post", 0), ("tag", "Tag", index if tag is None else tag)]
        links = [
            (self.link("PostTag", f"{near}{self.policy.name.title()}"), name, at) for near, name, at in ends
        ]
        references = [self.reference(link, self.key(name, at)) for link, name, at in links]
        return self.create("PostTag", index, **references[0], **references[1])

    def pick_tag(self, index: int) -> object:
        """Join the post and a tag as the site's picker does."""
        keys = (self.key("Post"), self.key("Tag", index))
        return told(lambda: records.link_many(self.datamodel, self.model("Post"), "tags", *keys))

    def unpick_tag(self, index: int) -> object:
        keys = (self.key("Post"), self.key("Tag", index))
        return told(lambda: records.unlink_many(self.datamodel, self.model("Post"), "tags", *keys))

    def undo(self, action: str, name: str, index: int = 0) -> object:
        """Take back the latest deletion, creation or update of a record, with all that went with it."""
        key = encode_key(tuple(self.key(name, index).values()))
        changes = Change.objects.filter(model=self.model(name), key=key, action=action)
        group = changes.order_by("-id").values_list("group", flat=True)[0]
        return told(lambda: undo.undo_group(self.datamodel, group))
