import { expect, onTestFinished, test } from 'vitest';
import type { FlashArray } from '../src/port/flash-array.ts';
import { simulatedGround } from './contract/grounds.ts';
import { aPair } from './contract/replication-cases.ts';
import { aHost, anIqn, aVolume, fails, iqnsOf, type Subject } from './contract/subject.ts';

/** The requests of `work`, in rounds: what was under way together is one round. */
async function roundsOf(
  subject: Subject,
  work: (array: FlashArray) => Promise<unknown>,
): Promise<readonly (readonly string[])[]> {
  const { control, name } = subject.simulated();
  await control.openGate(name);
  await work(subject.array);
  return (await control.closeGate(name)).rounds.map((round) => round.toSorted());
}

async function aSubject(version: string): Promise<Subject> {
  const ground = await simulatedGround(version);
  onTestFinished(() => ground.close());
  const subject = await ground.begin();
  // The session ended when the array was emptied; renewing it is no part of what is counted.
  await subject.array.arrays.identity();
  return subject;
}

test('the usage of an array is one round of counts over REST 2, whatever it holds', async () => {
  const subject = await aSubject('2.26');
  const { control, name } = subject.simulated();
  await control.admin(name, { kind: 'seedVolumes', count: 3_000, prefix: 'many' });
  expect(await roundsOf(subject, (array) => array.arrays.usage())).toEqual([
    ['GET arrays/space', 'GET hosts', 'GET protection-groups', 'GET volume-snapshots', 'GET volumes'],
  ]);
  const requests = await control.requests(name);
  const counts = requests.filter((request) => request.query.total_item_count === 'true');
  expect(counts.map((request) => [request.path, request.query.limit]).toSorted()).toEqual([
    ['hosts', '0'],
    ['protection-groups', '0'],
    ['volume-snapshots', '0'],
    ['volumes', '0'],
  ]);
});

test.each([
  ['GET volumes', (array: FlashArray) => array.volumes.find('v1')],
  ['GET volume-snapshots', (array: FlashArray) => array.snapshots.find('v1.s1')],
  ['GET connections', (array: FlashArray) => array.connections.list({ volume: 'v1' })],
  ['GET hosts', (array: FlashArray) => array.hosts.findByInitiators(iqnsOf('iqn.a:b'))],
  ['GET ports', (array: FlashArray) => array.ports.list()],
  ['GET alerts', (array: FlashArray) => array.health.openAlerts()],
  ['GET admins', (array: FlashArray) => array.health.administrator()],
])('%s is one request over REST 2', async (request, work) => {
  expect(await roundsOf(await aSubject('2.26'), work)).toEqual([[request]]);
});

test('the hardware is one round, with the drives', async () => {
  const rounds = await roundsOf(await aSubject('2.26'), (array) => array.health.hardware());
  expect(rounds).toEqual([['GET drives', 'GET hardware']]);
});

test('each change is one request over REST 2', async () => {
  const subject = await aSubject('2.26');
  const { name } = await aVolume(subject);
  const host = await aHost(subject);
  const newHost = { name: 'h9', initiators: iqnsOf([anIqn(subject)]), personality: 'esxi' } as const;
  expect(
    await roundsOf(subject, async (array) => {
      await array.connections.create(name, host);
      await array.connections.delete(name, host);
      await array.snapshots.create(name, 's1');
      await array.tags.set(name, 'ns', { a: '1', b: '2' });
      await array.hosts.create(newHost);
      await array.volumes.destroy(name);
    }),
  ).toEqual([
    ['POST connections'],
    ['DELETE connections'],
    ['POST volume-snapshots'],
    ['PUT volumes/tags/batch'],
    ['POST hosts'],
    ['PATCH volumes'],
  ]);
});

test.each([
  ['iqn.a:b', "iqns='iqn.a:b' and is_local"],
  ['IQN.a:B', "(iqns='IQN.a:B' or iqns='iqn.a:b') and is_local"],
  ["iqn.a:b'c", "iqns='iqn.a:b\\'c' and is_local"],
])('hosts with %s are looked for by the array', async (iqn, filter) => {
  const subject = await aSubject('2.26');
  const { control, name } = subject.simulated();
  await subject.array.hosts.findByInitiators(iqnsOf(iqn));
  expect((await control.requests(name)).at(-1)?.query).toEqual({ filter });
});

test('each step of replication is one request over REST 2, on either array', async () => {
  const subject = await aSubject('2.26');
  const { source, target, from, to, admin } = await aPair(subject, 'async-replication');
  await source.protectionGroups.create('pg');
  const { name } = await aVolume(subject);
  await source.protectionGroups.changeVolumes('pg', { add: [name], remove: [] });
  const retention = { allFor: 60_000, perDay: 1, days: 1 };
  expect(
    await roundsOf(subject, async ({ protectionGroups }) => {
      await protectionGroups.setReplication('pg', { enabled: false, frequency: 3_600_000, retention });
      await protectionGroups.replication('pg');
      await protectionGroups.addTarget('pg', to);
      await protectionGroups.targets('pg');
    }),
  ).toEqual([
    ['PATCH protection-groups'],
    ['GET protection-groups'],
    ['POST protection-groups/targets'],
    ['GET protection-groups/targets'],
  ]);
  await target.protectionGroups.allowReplication(`${from}:pg`);
  await admin({ kind: 'replicateNow', group: 'pg', suffix: 'copy' });
  const simulated = { ...subject.simulated(), name: to };
  expect(
    await roundsOf(
      { ...subject, array: target, simulated: () => simulated },
      async ({ protectionGroups }) => {
        await protectionGroups.allowReplication(`${from}:pg`);
        await protectionGroups.replicatedSnapshots(`${from}:pg`);
        await protectionGroups.replicatedVolumes(`${from}:pg.copy`);
      },
    ),
  ).toEqual([
    ['PATCH protection-groups/targets'],
    ['GET protection-group-snapshots/transfer'],
    ['GET volume-snapshots'],
  ]);
  const asked = (await subject.simulated().control.requests(to)).slice(-2);
  expect(asked.map(({ query }) => query)).toEqual([
    { filter: `name='${from}:pg.*'`, destroyed: 'false' },
    { filter: `name='${from}:pg.copy.*'`, destroyed: 'false' },
  ]);
});

test('what is set of the replication of a group is read in one round over REST 1', async () => {
  const subject = await aSubject('1.19');
  await subject.array.protectionGroups.create('pg');
  expect(await roundsOf(subject, (array) => array.protectionGroups.replication('pg'))).toEqual([
    ['GET pgroup/pg', 'GET pgroup/pg'],
  ]);
});

test.each([
  ['2.26', 'pods/arrays', {}],
  ['2.56', 'pods/members', { with_default_protection: 'false' }],
])('pods of REST %s are made and stretched in its words', async (version, path, protection) => {
  const subject = await aSubject(version);
  const { control, source, from, to } = await aPair(subject, 'sync-replication');
  await source.pods.create('pod1');
  await source.pods.stretch('pod1', to);
  await source.pods.unstretch('pod1', to);
  const requests = await control.requests(from);
  expect(requests.find((request) => request.method === 'POST' && request.path === 'pods')?.query).toEqual({
    names: 'pod1',
    ...protection,
  });
  expect(requests.slice(-2).map((request) => `${request.method} ${request.path}`)).toEqual([
    `POST ${path}`,
    `DELETE ${path}`,
  ]);
});

test.each([
  ['2.26', [['PATCH volumes']]],
  [
    '2.4',
    [
      ['DELETE protection-groups/volumes'],
      ['DELETE protection-groups/volumes'],
      ['PATCH volumes'],
      ['POST protection-groups/volumes', 'POST protection-groups/volumes'],
    ],
  ],
])('a refused move leaves the groups as they were over REST %s', async (version, rounds) => {
  const subject = await aSubject(version);
  const { name } = await aVolume(subject);
  const leaving = ['pg1', 'pg2'];
  for (const group of leaving) {
    await subject.array.protectionGroups.create(group);
    await subject.array.protectionGroups.changeVolumes(group, { add: [name], remove: [] });
  }
  const nowhere = { kind: 'pod', name: 'nowhere' } as const;
  expect(
    await roundsOf(subject, ({ volumes }) => fails(volumes.move(name, nowhere, { leaving }), 'not-found')),
  ).toEqual(rounds);
});
