const schema = a.schema({
  Team: a.model({
    mantra: a.string().required(),
    members: a.hasMany('Member', 'teamId'),
  }),
  Member: a.model({
    name: a.string().required(),
    rank: a.integer(),
    teamId: a.id(),
    team: a.belongsTo('Team', 'teamId'),
  }).secondaryIndexes((index) => [index('teamId').sortKeys(['rank'])]),
}).authorization((allow) => allow.publicApiKey());
