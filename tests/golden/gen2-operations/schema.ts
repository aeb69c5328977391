import { a } from "@aws-amplify/backend";

export const schema = a.schema({
  Parcel: a
    .model({
      sender: a.string().required(),
      weight: a.float().required(),
      state: a.enum(["packed", "sent"]),
      day: a.date().required(),
      carrier: a.string(),
    })
    .secondaryIndexes((index) => [
      index("sender"),
      index("sender").sortKeys(["day", "weight"]).name("bySender").queryField("parcelsOf"),
      index("carrier").sortKeys(["weight"]).queryField(null),
      index("day").sortKeys(["state"]),
    ])
    .authorization((allow) => [
      allow.ownerDefinedIn("sender"),
      allow.groups(["Clerk"]).to(["read", "update"]),
      allow.publicApiKey().to(["read"]),
    ]),
  Scale: a
    .model({ id: a.id().required(), readings: a.float().array() })
    .identifier(["id"])
    .disableOperations(["update", "subscriptions"])
    .authorization((allow) => [allow.authenticated()]),
  Ledger: a
    .model({ entry: a.string() })
    .disableOperations(["list", "delete", "onCreate"])
    .authorization((allow) => [allow.publicApiKey()]),
  Total: a.customType({ grams: a.integer().required() }),
  weigh: a
    .query()
    .arguments({ parcel: a.id().required(), exact: a.boolean() })
    .returns(a.ref("Total"))
    .handler(a.handler.custom({ entry: "./weigh.js" }))
    .authorization((allow) => [allow.publicApiKey()]),
  stamp: a
    .mutation()
    .arguments({ parcel: a.id() })
    .returns(a.string().required())
    .handler(a.handler.custom({ entry: "./stamp.js" }))
    .authorization((allow) => [allow.publicApiKey()]),
});
