"""Relationships of every kind, as the tests of the snippets and of the clients use them: name and text."""

from __future__ import annotations

SELF = """
type Person @model {
  id: ID!
  name: String!
  managerID: ID @index(name: "byManager")
  manager: Person @belongsTo(fields: ["managerID"])
  reports: [Person] @hasMany(indexName: "byManager", fields: ["id"])
}
"""

COMPOSITE = """
type Shelf @model {
  room: String! @primaryKey(sortKeyFields: ["row", "level"])
  row: Int!
  level: Level!
  books: [Book] @hasMany
}
type Book @model {
  isbn: ID! @primaryKey
  title: String!
  price: Float!
  isLent: Boolean!
  boughtOn: AWSDate!
  measured: Size!
  tags: [String!]!
  shelf: Shelf @belongsTo
}
type Size { width: Int! height: Int! unit: Unit! notes: [Note!] }
type Note { text: String }
enum Level { LOW HIGH }
enum Unit { CM INCH }
"""

REQUIRED = """
const schema = a.schema({
  Money: a.customType({ amount: a.float().required(), currency: a.enum(['EUR', 'USD']) }),
  Order: a.model({
    at: a.datetime().required(),
    customerId: a.id().required(),
    customer: a.belongsTo('Customer', 'customerId'),
    items: a.hasMany('Item', 'orderId'),
  }),
  Item: a.model({
    sku: a.string().required(),
    sent: a.time().required(),
    total: a.ref('Money').required(),
    orderId: a.id().required(),
    order: a.belongsTo('Order', 'orderId'),
  }),
  Customer: a.model({
    email: a.email().required(),
    phone: a.phone().required(),
    site: a.url().required(),
    seen: a.timestamp().required(),
    from: a.ipAddress().required(),
    extra: a.json().required(),
    orders: a.hasMany('Order', 'customerId'),
  }),
}).authorization((allow) => allow.publicApiKey());
"""

ALONE = """
type Post @model { id: ID! title: String! author: Author @hasOne editor: Author @hasOne }
type Author @model { id: ID! name: String }
"""

RESERVED = """
type Class @model { id: ID! default: String! students: [Student] @hasMany }
type Student @model { id: ID! name: String! class: Class @belongsTo }
type Data @model { id: ID! client: String! new: Class @hasOne }
"""

SCHEMAS = {
    "self": ("self.graphql", SELF),
    "composite": ("composite.graphql", COMPOSITE),
    "required": ("required.ts", REQUIRED),
    "alone": ("alone.graphql", ALONE),
    "reserved": ("reserved.graphql", RESERVED),
}
