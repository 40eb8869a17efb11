import { expect, test } from 'vitest';
import { aClient, aScriptedArray, failureOf } from '../support/connected.ts';
import { type Received, reply } from '../support/scripted-array.ts';

const volumes = Array.from({ length: 250 }, (_, index) => `pod-${'p'.repeat(40)}::volume-${index}-cinder`);
const named = ({ url }: Received, parameter: string) => url.searchParams.get(parameter)?.split(',') ?? [];
const lengthOf = ({ url }: Received) => `${url.pathname}${url.search}`.length;

test('more names than fit into a request are asked for by several', async () => {
  const array = await aScriptedArray();
  const client = await aClient(array);
  array.script((request, response) =>
    reply(response, {
      items: named(request, 'volume_names').map((name) => ({
        volume: { name },
        host: { name: 'h1' },
        lun: 1,
      })),
    }),
  );
  const found = await client.connections.list({ volumes });
  expect(found.map(({ volume }) => volume)).toEqual(volumes);
  const requests = array.received.filter(({ resource }) => resource === 'connections');
  expect(requests.length).toBeGreaterThan(1);
  expect(requests.every((request) => lengthOf(request) < 8_192)).toBe(true);
});

test('more names than fit into a request are changed by several, one after the other', async () => {
  const array = await aScriptedArray();
  const client = await aClient(array);
  array.script((request, response) =>
    request.method === 'DELETE' ? undefined : reply(response, { items: [] }),
  );
  await client.protectionGroups.changeVolumes('pg', { add: volumes, remove: volumes });
  for (const method of ['POST', 'DELETE']) {
    const requests = array.received.filter(
      (request) => request.method === method && request.resource === 'protection-groups/volumes',
    );
    expect(requests.flatMap((request) => named(request, 'member_names'))).toEqual(volumes);
    expect(requests.every((request) => lengthOf(request) < 8_192)).toBe(true);
    expect(requests.every((request) => named(request, 'group_names').join() === 'pg')).toBe(true);
  }
});

test('when a later part is refused, the error says that something was done', async () => {
  const array = await aScriptedArray();
  const client = await aClient(array);
  array.script((_request, response) =>
    array.count('POST protection-groups/volumes') === 1
      ? reply(response, { items: [] })
      : reply(response, { errors: [{ context: 'pg', message: 'No.' }] }, 400),
  );
  const failure = await failureOf(client.protectionGroups.changeVolumes('pg', { add: volumes, remove: [] }));
  expect(failure).toMatchObject({ code: 'invalid', applied: 'unknown' });
});

test('a volume leaves more groups than one request can name before it moves', async () => {
  const array = await aScriptedArray();
  const client = await aClient(array);
  array.script((request, response) =>
    request.method === 'DELETE' ? undefined : reply(response, { items: [{ name: 'v' }] }),
  );
  const groups = volumes.map((name) => name.replace('volume', 'group'));
  await client.volumes.move('v', { kind: 'pod', name: 'p' }, { leaving: groups });
  const changes = array.received.filter(({ method }) => method === 'DELETE' || method === 'PATCH');
  expect(changes.map(({ method }) => method)).toEqual([...groups.map(() => 'DELETE'), 'PATCH']);
  expect(changes.flatMap((request) => named(request, 'group_names'))).toEqual(groups);
  expect(changes.map((request) => named(request, 'remove_from_protection_group_names'))).toEqual(
    changes.map(() => []),
  );
});
