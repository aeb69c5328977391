// What apps do with the stock data client. `outputs` is amplify_outputs.json as Joinery gives it, untouched.
import { Amplify } from 'aws-amplify';
import { generateClient } from 'aws-amplify/data';
import { check, equal, matches, run as runChecks } from './checks.mjs';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export async function run(outputs) {
  Amplify.configure(outputs);
  return runChecks(generateClient());
}

async function ok(promise) {
  const { data, errors } = await promise;
  if (errors) throw new Error(`errors: ${JSON.stringify(errors)}`);
  return data;
}

const fresh = (name) => `${name} ${Math.random().toString(36).slice(2)}`;
const names = (records) => records.map((record) => record.name).sort();

// Records

check('a created record comes back with its id and times', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Frontend' }));
  matches(team.id, UUID);
  matches(team.createdAt, MOMENT);
  equal(team.createdAt, team.updatedAt);
  equal([team.name, team.motto], ['Frontend', null]);
});

check('an id of one’s own is kept, and cannot be taken twice', async ({ models }) => {
  const id = fresh('own id');
  equal((await ok(models.Team.create({ id, name: 'One' }))).id, id);
  const { data, errors } = await models.Team.create({ id, name: 'Two' });
  equal(data, null);
  equal(errors[0].errorType, 'DynamoDB:ConditionalCheckFailedException');
  equal((await ok(models.Team.get({ id }))).name, 'One');
});

check('every kind of field comes back as it was sent', async ({ models }) => {
  const sent = {
    name: 'Ada', age: 36, score: 1.5, isActive: false, email: 'ada@example.com', born: '1815-12-10',
    wakes: '06:30:00.000', joined: '2024-02-29T12:00:00.000Z', seen: 1700000000, page: 'https://example.com/ada',
    phone: '+351910000111', host: '192.0.2.1', tags: ['a', 'b'], numbers: [3, 1, 2],
    home: { city: 'Lisbon', street: null, spot: { lat: 38.7, long: -9.1 } },
    places: [{ city: 'Porto', street: 'Rua', spot: null }], priority: 'HIGH', level: 'TWO',
  };
  const made = await ok(models.Member.create({ ...sent, settings: JSON.stringify({ theme: 'dark', sizes: [1, 2] }) }));
  const read = await ok(models.Member.get({ id: made.id }));
  for (const name of Object.keys(sent)) equal(read[name], sent[name], name);
  equal(JSON.parse(read.settings), { theme: 'dark', sizes: [1, 2] });
  equal(read.stars, 3);
});

check('what is not given is null, and null takes the default as officially', async ({ models }) => {
  const made = await ok(models.Member.create({ name: 'Nobody', age: null, tags: null, home: null, stars: null }));
  const read = await ok(models.Member.get({ id: made.id }));
  equal([read.age, read.tags, read.home, read.email, read.priority], [null, null, null, null, null]);
  equal(read.stars, 3);
});

check('an update changes what it names, and null clears', async ({ models }) => {
  const made = await ok(models.Member.create({ name: 'Ben', age: 20, email: 'ben@example.com', tags: ['x'] }));
  const changed = await ok(models.Member.update({ id: made.id, age: 21, email: null, tags: [] }));
  equal([changed.name, changed.age, changed.email, changed.tags], ['Ben', 21, null, []]);
  equal(changed.createdAt, made.createdAt);
  if (changed.updatedAt < made.updatedAt) throw new Error('updatedAt went back');
});

check('a record that is not there is null, to read and to delete, and an error to update', async ({ models }) => {
  equal(await models.Team.get({ id: 'nothing' }), { data: null });
  const deleted = await models.Team.delete({ id: 'nothing' });
  equal([deleted.data, deleted.errors ?? null], [null, null]);
  const { data, errors } = await models.Team.update({ id: 'nothing', name: 'x' });
  equal(data, null);
  equal(errors[0].errorType, 'DynamoDB:ConditionalCheckFailedException');
});

check('a deleted record is answered once more and gone', async ({ models }) => {
  const made = await ok(models.Team.create({ name: 'Short' }));
  equal((await ok(models.Team.delete({ id: made.id }))).name, 'Short');
  equal(await models.Team.get({ id: made.id }), { data: null });
});

// Relationships

check('a belongsTo is loaded when it is asked for, and null where there is none', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Owners' }));
  const member = await ok(models.Member.create({ name: 'Cid', teamId: team.id }));
  equal((await ok(member.team())).name, 'Owners');
  const alone = await ok(models.Member.update({ id: member.id, teamId: null }));
  equal((await alone.team()).data, null);
});

check('a related record may be given in place of its id', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Given' }));
  const member = await ok(models.Member.create({ name: 'Dan', team }));
  equal(member.teamId, team.id);
});

check('a hasMany is loaded when it is asked for, page by page', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Many' }));
  for (const name of ['a', 'b', 'c']) await ok(models.Member.create({ name, teamId: team.id }));
  equal(names(await ok(team.members())), ['a', 'b', 'c']);
  const first = await team.members({ limit: 2 });
  const second = await team.members({ limit: 2, nextToken: first.nextToken });
  equal(names([...first.data, ...second.data]), ['a', 'b', 'c']);
  equal(second.nextToken, null);
});

check('a hasOne is loaded when it is asked for, however many others there are', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Badged' }));
  for (let n = 0; n < 105; n += 1) await ok(models.Badge.create({ text: `other ${n}` }));
  equal((await team.badge()).data, null);
  await ok(models.Badge.create({ text: 'ours', teamId: team.id }));
  equal((await ok(team.badge())).text, 'ours');
});

check('related records come along with a selection set', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Eager' }));
  const member = await ok(models.Member.create({ name: 'Eve', teamId: team.id }));
  await ok(models.Task.create({ title: 'sweep', memberId: member.id }));
  await ok(models.Badge.create({ text: 'star', teamId: team.id }));
  const selectionSet = ['id', 'name', 'badge.text', 'members.name', 'members.tasks.title', 'members.team.name'];
  const read = await ok(models.Team.get({ id: team.id }, { selectionSet }));
  equal(read, {
    id: team.id, name: 'Eager', badge: { text: 'star' },
    members: [{ name: 'Eve', tasks: [{ title: 'sweep' }], team: { name: 'Eager' } }],
  });
});

check('a selection set takes everything of a relation, or only parts of an embedded value', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Stars' }));
  const member = await ok(models.Member.create({ name: 'Fay', teamId: team.id, home: { city: 'Faro', spot: { lat: 37 } } }));
  const read = await ok(models.Team.get({ id: team.id }, { selectionSet: ['members.*'] }));
  equal([read.members.length, read.members[0].id, read.members[0].name], [1, member.id, 'Fay']);
  const part = await ok(models.Member.get({ id: member.id }, { selectionSet: ['home.city', 'home.spot.lat', 'team.*'] }));
  equal([part.home, part.team.name], [{ city: 'Faro', spot: { lat: 37 } }, 'Stars']);
});

check('a missing relation comes along as null or an empty list', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Lonely' }));
  equal(await ok(models.Team.get({ id: team.id }, { selectionSet: ['badge.text', 'members.name'] })), { badge: null, members: [] });
});

check('many to many goes through its join model', async ({ models }) => {
  const post = await ok(models.Post.create({ title: 'Hello' }));
  const tags = [await ok(models.Tag.create({ name: 'one' })), await ok(models.Tag.create({ name: 'two' }))];
  for (const tag of tags) await ok(models.PostTag.create({ postId: post.id, tagId: tag.id }));
  const read = await ok(models.Post.get({ id: post.id }, { selectionSet: ['tags.tag.name'] }));
  equal(read.tags.map((each) => each.tag.name).sort(), ['one', 'two']);
  const back = await ok(models.Tag.get({ id: tags[0].id }, { selectionSet: ['posts.post.title'] }));
  equal(back.posts, [{ post: { title: 'Hello' } }]);
});

check('a reference that names no record is refused', async ({ models }) => {
  const { data, errors } = await models.Task.create({ title: 'lost', memberId: 'nobody' });
  equal([data, errors[0].errorType], [null, 'RelatedRecordNotFound']);
});

check('deleting a parent does to its children what the schema says', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Going' }));
  const member = await ok(models.Member.create({ name: 'Gus', teamId: team.id }));
  const task = await ok(models.Task.create({ title: 'go', memberId: member.id }));
  await ok(models.Team.delete({ id: team.id }));
  equal((await ok(models.Member.get({ id: member.id }))).teamId, null);
  await ok(models.Member.delete({ id: member.id }));
  equal((await models.Task.get({ id: task.id })).data, null);
});

// Keys

check('a record with a composite identifier is told by all of it', async ({ models }) => {
  const key = { name: fresh('Ada'), dateOfBirth: '1815-12-10' };
  const person = await ok(models.Person.create(key));
  const work = await ok(models.Work.create({ title: 'Notes', authorName: key.name, authorDoB: key.dateOfBirth }));
  equal((await ok(models.Person.get(key))).name, key.name);
  equal((await ok(person.works())).map((each) => each.title), ['Notes']);
  const eager = await ok(models.Work.get({ id: work.id }, { selectionSet: ['title', 'author.dateOfBirth'] }));
  equal(eager, { title: 'Notes', author: { dateOfBirth: key.dateOfBirth } });
  equal((await models.Person.get({ ...key, dateOfBirth: '1815-12-11' })).data, null);
});

check('a list by key is in its order, either way', async ({ models }) => {
  const device = fresh('meter');
  for (const [day, number] of [['2024-01-02', 1], ['2024-01-01', 2], ['2024-01-01', 1]]) {
    await ok(models.Reading.create({ device, day, number, value: 1 }));
  }
  const list = async (more) => (await ok(models.Reading.list({ device, ...more }))).map((r) => `${r.day} ${r.number}`);
  const all = ['2024-01-01 1', '2024-01-01 2', '2024-01-02 1'];
  equal(await list({}), all);
  equal(await list({ sortDirection: 'DESC' }), [...all].reverse());
  equal(await list({ dayNumber: { eq: { day: '2024-01-01' } } }), all.slice(0, 2));
  equal(await list({ dayNumber: { gt: { day: '2024-01-01', number: 1 } } }), all.slice(1));
});

check('an index finds by its key and sorts by the rest', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Indexed' }));
  for (const [name, age] of [['x', 30], ['y', 10], ['z', 20]]) await ok(models.Member.create({ name, age, teamId: team.id }));
  const find = async (more, options) => (await ok(models.Member.membersByTeam({ teamId: team.id, ...more }, options))).map((m) => m.name);
  equal(await find({}), ['y', 'z', 'x']);
  equal(await find({}, { sortDirection: 'DESC' }), ['x', 'z', 'y']);
  equal(await find({ age: { between: [15, 30] } }), ['z', 'x']);
  equal(await find({}, { limit: 1 }), ['y']);
  equal(await find({}, { filter: { name: { ne: 'z' } } }), ['y', 'x']);
});

check('an index on an enum with several sort fields', async ({ models }) => {
  const name = fresh('low');
  await ok(models.Member.create({ name, priority: 'LOW', born: '2000-01-01' }));
  const found = await ok(models.Member.membersByPriority({ priority: 'LOW', bornName: { beginsWith: { born: '2000-01-01', name: 'low' } } }));
  equal(found.map((member) => member.name).includes(name), true);
});

// Lists

check('a list is read to its end, page by page', async ({ models }) => {
  const tag = fresh('page');
  for (let n = 0; n < 7; n += 1) await ok(models.Tag.create({ name: `${tag} ${n}` }));
  const seen = [];
  let nextToken = null;
  do {
    const page = await models.Tag.list({ filter: { name: { beginsWith: tag } }, limit: 3, nextToken });
    if (page.data.length > 3) throw new Error('a page is too long');
    seen.push(...page.data);
    nextToken = page.nextToken;
  } while (nextToken);
  equal(names(seen), [0, 1, 2, 3, 4, 5, 6].map((n) => `${tag} ${n}`));
});

check('a page token is of use to its own query only', async ({ models }) => {
  for (let n = 0; n < 2; n += 1) await ok(models.Tag.create({ name: fresh('token') }));
  const { nextToken } = await models.Tag.list({ limit: 1 });
  const { data, errors } = await models.Team.list({ limit: 1, nextToken });
  equal([data, errors[0].errorType], [[], 'BadRequestException']);
});

check('filters compare, combine and negate', async ({ models }) => {
  const team = await ok(models.Team.create({ name: 'Filtered' }));
  const people = [
    { name: 'Ann', age: 10, tags: ['red'], isActive: true, level: 'ONE' },
    { name: 'Bob', age: 20, tags: ['red', 'blue'], isActive: false, level: 'TWO' },
    { name: 'Cat', age: 30, email: 'cat@example.com', home: { city: 'Rome' } },
  ];
  for (const person of people) await ok(models.Member.create({ ...person, teamId: team.id }));
  const cases = [
    [{ age: { gt: 10 } }, ['Bob', 'Cat']],
    [{ age: { between: [10, 20] } }, ['Ann', 'Bob']],
    [{ name: { beginsWith: 'A' } }, ['Ann']],
    [{ name: { contains: 'a' } }, ['Cat']],
    [{ name: { notContains: 'n' } }, ['Bob', 'Cat']],
    [{ tags: { contains: 'blue' } }, ['Bob']],
    [{ tags: { size: { gt: 1 } } }, ['Bob']],
    [{ isActive: { eq: true } }, ['Ann']],
    [{ isActive: { ne: true } }, ['Bob', 'Cat']],
    [{ email: { attributeExists: true } }, ['Cat']],
    [{ email: { attributeExists: false } }, ['Ann', 'Bob']],
    [{ level: { eq: 'TWO' } }, ['Bob']],
    [{ or: [{ name: { eq: 'Ann' } }, { age: { ge: 30 } }] }, ['Ann', 'Cat']],
    [{ and: [{ age: { lt: 30 } }, { not: { name: { eq: 'Ann' } } }] }, ['Bob']],
    [{ name: { size: { eq: 3 } }, age: { le: 10 } }, ['Ann']],
    [{}, ['Ann', 'Bob', 'Cat']],
  ];
  for (const [filter, expected] of cases) {
    const found = await ok(models.Member.list({ filter: { and: [{ teamId: { eq: team.id } }, filter] } }));
    equal(names(found), expected, JSON.stringify(filter));
  }
});

// Events

check('an event comes for what was created, changed and deleted', async ({ models }) => {
  const name = fresh('event');
  const seen = [];
  const filter = { name: { beginsWith: name } };
  const listening = ['onCreate', 'onUpdate', 'onDelete'].map((event) =>
    models.Tag[event]({ filter }).subscribe({ next: (tag) => seen.push(`${event} ${tag.name}`), error: (error) => seen.push(error) }));
  // A subscription does not say when it is there: what is created until then is not heard of.
  const first = await until(async () => {
    const tag = await ok(models.Tag.create({ name: `${name} 1` }));
    return (await until(() => seen.length > 0, 1000)) ? tag : null;
  });
  await ok(models.Tag.update({ id: first.id, name: `${name} 2` }));
  await ok(models.Tag.delete({ id: first.id }));
  await until(() => seen.includes(`onDelete ${name} 2`));
  listening.forEach((subscription) => subscription.unsubscribe());
  equal(seen.slice(-3), [`onCreate ${name} 1`, `onUpdate ${name} 2`, `onDelete ${name} 2`]);
});

check('a list stays up to date by itself', async ({ models }) => {
  const name = fresh('live');
  await ok(models.Tag.create({ name }));
  let shown = [];
  const filter = { name: { beginsWith: name } };
  const watching = models.Tag.observeQuery({ filter }).subscribe({ next: ({ items }) => { shown = items; } });
  await until(() => shown.length === 1);
  let count = 1;
  await until(async () => {
    count += 1;
    await ok(models.Tag.create({ name: `${name} ${count}` }));
    return until(() => shown.some((tag) => tag.name === `${name} ${count}`), 1000);
  });
  watching.unsubscribe();
});

async function until(met, ms = 20_000) {
  const end = Date.now() + ms;
  for (;;) {
    const found = await met();
    if (found) return found;
    if (Date.now() > end) return ms < 20_000 ? null : Promise.reject(new Error('waited in vain'));
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

// Refusals

check('a bad value is an error the app can read, and nothing is stored', async ({ models }) => {
  const name = fresh('bad');
  for (const values of [{ email: 'nowhere' }, { born: '2024-02-30' }, { age: 2 ** 40 }, { level: 'THREE' }, { home: { street: 'x' } }]) {
    const { data, errors } = await models.Member.create({ name, ...values });
    equal(data, null, JSON.stringify(values));
    if (!errors?.[0]?.message) throw new Error(`no error for ${JSON.stringify(values)}`);
  }
  equal(await ok(models.Member.list({ filter: { name: { eq: name } } })), []);
});

check('a required field that is missing is named', async ({ models }) => {
  const { data, errors } = await models.Member.create({ age: 1 });
  equal(data, null);
  matches(errors[0].message, /^Variable 'input' has coerced Null value for NonNull type 'String!'$/);
});

check('a model whose rules let no key in is refused', async ({ models }) => {
  for (const call of [models.Diary.list(), models.Diary.create({ text: 'x' }), models.Diary.get({ id: 'x' })]) {
    equal((await call).errors[0].errorType, 'Unauthorized');
  }
});

check('a field whose rules let no key in is null and refused, the rest is there', async ({ models }) => {
  const written = await models.Letter.create({ text: 'x', secret: 'y' });
  equal([written.data, written.errors[0].errorType], [null, 'Unauthorized']);
  const made = await ok(models.Letter.create({ text: 'x' }, { selectionSet: ['id', 'text'] }));
  const { data, errors } = await models.Letter.get({ id: made.id });
  equal([data.text, data.secret, errors.map((error) => error.errorType)], ['x', null, ['Unauthorized']]);
});

check('a wrong key is told as such', async ({ models }) => {
  const { data, errors } = await models.Team.list({ authMode: 'apiKey', headers: { 'x-api-key': 'da2-wrong' } });
  equal([data, errors[0].message], [[], 'Unauthorized']);
});
