import { bytes, Secret } from '@cinder-flasharray/common';
import { describe, expect, test } from 'vitest';
import type { FlashArray } from '../../src/port/flash-array.ts';
import { aClient, aScriptedArray, failureOf } from '../support/connected.ts';
import { reply } from '../support/scripted-array.ts';

const qos = { iops: 100, bytesPerSecond: null };

/** Changes whose answer nobody reads. */
const changes = {
  'volumes.rename': (array) => array.volumes.rename('v1', 'v2'),
  'volumes.move': (array) => array.volumes.move('v1', { kind: 'pod', name: 'p' }),
  'volumes.setQos': (array) => array.volumes.setQos('v1', qos),
  'volumes.recover': (array) => array.volumes.recover('v1'),
  'volumes.eradicate': (array) => array.volumes.eradicate('v1'),
  'snapshots.rename': (array) => array.snapshots.rename('v1.s1', 's2'),
  'snapshots.destroy': (array) => array.snapshots.destroy('v1.s1'),
  'snapshots.eradicate': (array) => array.snapshots.eradicate('v1.s1'),
  'hosts.update': (array) =>
    array.hosts.update('h1', { chap: { user: 'u', password: new Secret('secret-of-chap') } }),
  'hosts.delete': (array) => array.hosts.delete('h1'),
  'connections.delete': (array) => array.connections.delete('v1', 'h1'),
  'tags.set': (array) => array.tags.set('v1', 'ns', { a: 'b' }),
  'tags.remove': (array) => array.tags.remove('v1', 'ns', ['a']),
  'pods.create': (array) => array.pods.create('p'),
  'pods.stretch': (array) => array.pods.stretch('p', 'fa-b'),
  'pods.unstretch': (array) => array.pods.unstretch('p', 'fa-b'),
  'pods.destroy': (array) => array.pods.destroy('p'),
  'pods.eradicate': (array) => array.pods.eradicate('p'),
  'volumeGroups.create': (array) => array.volumeGroups.create('vg', qos),
  'volumeGroups.setQos': (array) => array.volumeGroups.setQos('vg', qos),
  'volumeGroups.destroy': (array) => array.volumeGroups.destroy('vg'),
  'protectionGroups.create': (array) => array.protectionGroups.create('pg'),
  'protectionGroups.changeVolumes': (array) =>
    array.protectionGroups.changeVolumes('pg', { add: ['v1'], remove: [] }),
  'protectionGroups.leave': (array) =>
    array.protectionGroups.changeVolumes('pg', { add: [], remove: ['v1'] }),
  'protectionGroups.destroy': (array) => array.protectionGroups.destroy('pg'),
  'protectionGroups.createSnapshot': (array) => array.protectionGroups.createSnapshot('pg', 's'),
  'protectionGroups.addTarget': (array) => array.protectionGroups.addTarget('pg', 'fa-b'),
  'protectionGroups.allowReplication': (array) => array.protectionGroups.allowReplication('pg'),
  'protectionGroups.setReplication': (array) =>
    array.protectionGroups.setReplication('pg', { enabled: true }),
} satisfies Readonly<Record<string, (array: FlashArray) => Promise<void>>>;

describe.each(Object.entries(changes))('%s', (_name, change) => {
  test.each([
    ['a sign-in page', 'text/html', '<html>sign in</html>'],
    ['JSON of something else', 'application/json', '{"status":"ok"}'],
  ])('is not done because 200 came with %s', async (_what, type, text) => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((_request, response) => {
      response.writeHead(200, { 'content-type': type }).end(text);
      return 'handled';
    });
    expect(await failureOf(change(client))).toMatchObject({ code: 'malformed-reply', applied: 'unknown' });
  });

  test('is done when the array says so', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array);
    array.script((request, response) =>
      request.method === 'DELETE' ? undefined : reply(response, { items: [{ name: 'any' }] }),
    );
    await expect(change(client)).resolves.toBeUndefined();
  });
});

test('a change that has no answer at all is not done', async () => {
  const array = await aScriptedArray();
  const client = await aClient(array);
  array.script((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end();
    return 'handled';
  });
  expect(await failureOf(client.volumes.rename('v1', 'v2'))).toMatchObject({ code: 'malformed-reply' });
  expect(
    await failureOf(client.volumes.create({ name: 'v1', size: bytes(2 ** 20), defaultProtection: false })),
  ).toMatchObject({ code: 'malformed-reply' });
});
