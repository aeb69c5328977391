import { a } from '@aws-amplify/backend';

// What the stock data client is tried with: every kind of field, relationship and key.
export const schema = a
  .schema({
    Priority: a.enum(['LOW', 'HIGH']),
    Place: a.customType({
      city: a.string().required(),
      street: a.string(),
      spot: a.customType({ lat: a.float(), long: a.float() }),
    }),
    Team: a.model({
      name: a.string().required(),
      motto: a.string(),
      members: a.hasMany('Member', 'teamId'),
      badge: a.hasOne('Badge', 'teamId'),
    }),
    Badge: a.model({
      text: a.string(),
      teamId: a.id(),
      team: a.belongsTo('Team', 'teamId'),
    }),
    Member: a
      .model({
        name: a.string().required(),
        age: a.integer(),
        score: a.float(),
        isActive: a.boolean(),
        email: a.email(),
        born: a.date(),
        wakes: a.time(),
        joined: a.datetime(),
        seen: a.timestamp(),
        page: a.url(),
        phone: a.phone(),
        host: a.ipAddress(),
        tags: a.string().array(),
        numbers: a.integer().array(),
        settings: a.json(),
        home: a.ref('Place'),
        places: a.ref('Place').array(),
        priority: a.ref('Priority'),
        level: a.enum(['ONE', 'TWO']),
        stars: a.integer().default(3),
        teamId: a.id(),
        team: a.belongsTo('Team', 'teamId'),
        tasks: a.hasMany('Task', 'memberId'),
      })
      .secondaryIndexes((index) => [
        index('teamId').sortKeys(['age']).queryField('membersByTeam'),
        index('priority').sortKeys(['born', 'name']).queryField('membersByPriority'),
      ]),
    Task: a.model({
      title: a.string(),
      memberId: a.id().required(),
      member: a.belongsTo('Member', 'memberId'),
    }),
    Post: a.model({ title: a.string(), tags: a.hasMany('PostTag', 'postId') }),
    Tag: a.model({ name: a.string(), posts: a.hasMany('PostTag', 'tagId') }),
    PostTag: a.model({
      postId: a.id().required(),
      tagId: a.id().required(),
      post: a.belongsTo('Post', 'postId'),
      tag: a.belongsTo('Tag', 'tagId'),
    }),
    Person: a
      .model({
        name: a.string().required(),
        dateOfBirth: a.date().required(),
        works: a.hasMany('Work', ['authorName', 'authorDoB']),
      })
      .identifier(['name', 'dateOfBirth']),
    Work: a.model({
      title: a.string().required(),
      authorName: a.string(),
      authorDoB: a.date(),
      author: a.belongsTo('Person', ['authorName', 'authorDoB']),
    }),
    Reading: a
      .model({
        device: a.string().required(),
        day: a.date().required(),
        number: a.integer().required(),
        value: a.float(),
      })
      .identifier(['device', 'day', 'number']),
    Letter: a
      .model({
        text: a.string(),
        secret: a.string().authorization((allow) => [allow.owner()]),
      })
      .authorization((allow) => [allow.publicApiKey()]),
    Diary: a.model({ text: a.string() }).authorization((allow) => [allow.owner()]),
  })
  .authorization((allow) => [allow.publicApiKey()]);
