const timed = { opens: a.time(), closes: a.time() };

const schema = a
  .schema({
    Mood: a.enum(["calm", "busy"]),
    Address: a.customType({
      street: a.string().required(),
      lines: a.string().required().array().required(),
      geo: a.customType({ lat: a.float().required(), long: a.float().required() }),
    }),
    Shop: a.model({
      name: a.string().required().default("Corner shop"),
      floors: a.integer().default(1),
      rating: a.float(),
      open: a.boolean().default(false),
      since: a.date(),
      seen: a.datetime().required(),
      counted: a.timestamp(),
      contact: a.email(),
      extra: a.json(),
      phone: a.phone(),
      site: a.url(),
      host: a.ipAddress(),
      external: a.id(),
      mood: a.ref("Mood").required(),
      moods: a.ref("Mood").array(),
      kind: a.enum(["food", "books"]),
      address: a.ref("Address"),
      branches: a.ref("Address").required().array(),
      label: a.customType({ text: a.string(), size: a.enum(["big", "small"]) }),
      tags: a.string().array().required(),
      createdAt: a.datetime(),
      ...timed,
    }),
  })
  .authorization((allow) => [allow.publicApiKey(), allow.owner()]);
