import { a, defineData, type ClientSchema } from "@aws-amplify/backend";

const references = ["stationCode", "stationLine"];

const schema = a
  .schema({
    Station: a
      .model({
        code: a.string().required(),
        line: a.integer().required(),
        trains: a.hasMany("Train", references),
        clock: a.hasOne("Clock", references),
      })
      .identifier(["code", "line"]),
    Train: a.model({
      stationCode: a.string().required(),
      stationLine: a.integer().required(),
      station: a.belongsTo("Station", references),
      pulledById: a.id(),
      pulledBy: a.belongsTo("Train", "pulledById"),
      pulls: a.hasMany("Train", "pulledById"),
    }),
    Clock: a.model({
      stationCode: a.string(),
      stationLine: a.integer(),
      station: a.belongsTo("Station", references),
    }),
    Trip: a.model({
      fromId: a.id(),
      from: a.belongsTo("Stop", "fromId"),
      toId: a.id(),
      to: a.belongsTo("Stop", "toId"),
    }),
    Stop: a.model({
      name: a.string().required(),
      departures: a.hasMany("Trip", "fromId"),
      arrivals: a.hasMany("Trip", "toId"),
    }),
  })
  .authorization((allow) => [allow.publicApiKey()]);

export type Schema = ClientSchema<typeof schema>;
export const data = defineData({ schema });
