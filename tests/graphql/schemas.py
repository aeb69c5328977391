"""The schemas that several test modules use."""

from __future__ import annotations

TEAM = """
type Team @model {
  id: ID!
  mantra: String!
  members: [Member] @hasMany(references: ["teamId"])
  badge: Badge @hasOne(references: ["teamId"])
}
type Member @model {
  id: ID!
  name: String!
  age: Int
  teamId: ID
  team: Team @belongsTo(references: ["teamId"])
  tasks: [Task] @hasMany(references: ["memberId"])
}
type Task @model {
  id: ID!
  title: String
  memberId: ID
  member: Member @belongsTo(references: ["memberId"])
}
type Badge @model {
  id: ID!
  text: String
  teamId: ID
  team: Team @belongsTo(references: ["teamId"])
}
"""

ITEM = """
enum Kind { LOW HIGH }
type Size { width: Int height: Int }
type Item @model {
  id: ID!
  title: String
  rating: Int
  price: Float
  isOpen: Boolean
  day: AWSDate
  tags: [String]
  scores: [Int]
  kind: Kind
  kinds: [Kind]
  size: Size
}
"""

READING = """
enum Status { OPEN DONE }
type Reading @model {
  device: String! @primaryKey(sortKeyFields: ["day", "seq"])
  day: AWSDate!
  seq: Int!
  status: Status @index(name: "byStatus", queryField: "readingsByStatus", sortKeyFields: ["day"])
  value: Float
}
"""
