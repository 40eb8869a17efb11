import { expect, test } from 'vitest';
import { aRunningArray, type RawClient, type RunningTestArray } from './support/running-array.ts';

/** Query parameters and the REST 2 version that brought each of them (the vendor's API files; section 7). */
const parameters = [
  ['POST', 'protection-group-snapshots?source_names=pg', 'replicate', '4'],
  ['POST', 'protection-group-snapshots?source_names=pg', 'replicate_now', '4'],
  ['GET', 'protection-group-snapshots/transfer', 'continuation_token', '29'],
  ['GET', 'volume-snapshots/transfer', 'continuation_token', '29'],
  ['GET', 'pods/arrays', 'continuation_token', '38'],
  ['GET', 'pods/members', 'continuation_token', '38'],
  ['GET', 'volumes/tags', 'continuation_token', '3'],
  ['GET', 'volumes', 'continuation_token', '1'],
  ['GET', 'volume-snapshots', 'continuation_token', '1'],
  ['GET', 'connections', 'continuation_token', '1'],
  ['GET', 'hosts', 'continuation_token', '1'],
  ['GET', 'host-groups', 'continuation_token', '1'],
  ['GET', 'host-groups/hosts', 'continuation_token', '1'],
  ['GET', 'admins', 'expose_public_key', '32'],
  ['GET', 'admins', 'context_names', '54'],
  ['GET', 'admins/api-tokens', 'context_names', '54'],
  ['POST', 'admins/api-tokens?names=other', 'context_names', '54'],
  ['GET', 'array-connections', 'context_names', '38'],
  ['GET', 'array-connections/connection-key', 'context_names', '55'],
  ['GET', 'array-connections/path', 'context_names', '50'],
  ['GET', 'subnets', 'context_names', '55'],
  ['GET', 'protection-groups/volumes', 'include_remote', '41'],
] as const;

const versions = Array.from({ length: 57 }, (_, minor) => `2.${minor}`);
const invalid = (parameter: string) => ({
  status: 400,
  json: { errors: [{ context: parameter, message: 'Invalid parameter.' }] },
});

async function anArrayOfEveryVersion() {
  const array = await aRunningArray({ restVersions: versions });
  await array.control.admin('fa1', { kind: 'createProtectionGroup', name: 'pg' });
  return array;
}

function ask(call: RawClient, method: string, path: string, parameter: string, value: string) {
  const sign = path.includes('?') ? '&' : '?';
  return call(method, `${path}${sign}${parameter}=${encodeURIComponent(value)}`);
}

/** A value that the parameter takes. */
async function aValueFor(parameter: string, { control, rest2 }: RunningTestArray): Promise<string> {
  if (parameter === 'context_names') return 'fa1';
  if (parameter !== 'continuation_token') return 'true';
  await control.admin('fa1', { kind: 'seedVolumes', count: 2, prefix: 'v' });
  const { json } = await (await rest2('2.56'))('GET', 'volumes?limit=1');
  return String(Reflect.get(Object(json), 'continuation_token'));
}

test.each(parameters)('%s %s takes %s from 2.%s on', async (method, path, parameter, since) => {
  const array = await anArrayOfEveryVersion();
  const { rest2 } = array;
  const value = await aValueFor(parameter, array);
  const [before, from] = [Number(since) - 1, Number(since)];
  // Before: no such parameter, or no such path at all.
  const early = await ask(await rest2(`2.${before}`), method, path, parameter, value);
  const later = await ask(await rest2(`2.${from}`), method, path, parameter, value);
  expect([400, 404]).toContain(early.status);
  if (early.status === 400) expect(early).toMatchObject(invalid(parameter));
  expect(later.text).not.toContain('Invalid parameter.');
  expect(later.status).not.toBe(404);
});

test('the lists of volumes and groups know no include_remote, at any version', async () => {
  const call = await (await anArrayOfEveryVersion()).rest2('2.56');
  for (const path of ['volumes', 'protection-groups', 'volumes/protection-groups']) {
    expect(await ask(call, 'GET', path, 'include_remote', 'true')).toMatchObject(invalid('include_remote'));
  }
});

test('a tag names its resource from 2.42 on', async () => {
  const { rest2, control } = await anArrayOfEveryVersion();
  await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 1_048_576 });
  const put = async (version: string) =>
    (await rest2(version))('PUT', 'volumes/tags/batch?resource_names=v1', {
      body: [{ key: 'k', value: 'v', resource: { name: 'v1' } }],
    });
  expect(await put('2.41')).toMatchObject(invalid('resource'));
  expect(await put('2.42')).toMatchObject({ status: 200 });
});

test('fields are shown from the version on that brought them', async () => {
  const { rest2, control } = await anArrayOfEveryVersion();
  await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: 1_048_576 });
  await control.admin('fa1', { kind: 'createHost', name: 'h1' });
  await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
  const shown = async (version: string, path: string) => (await (await rest2(version))('GET', path)).text;
  for (const [path, field, since] of [
    ['volumes', 'promotion_status', 2],
    ['volumes', 'requested_promotion_state', 2],
    ['hosts', 'is_local', 1],
    ['pods', '"replication"', 2],
  ] as const) {
    expect(await shown(`2.${since - 1}`, path)).toContain('"name"');
    expect(await shown(`2.${since - 1}`, path)).not.toContain(field);
    expect(await shown(`2.${since}`, path)).toContain(field);
  }
  expect(await shown('2.50', 'hardware?names=CH0.BAY0')).toContain('"type":"bay"');
  expect(await shown('2.51', 'hardware?names=CH0.BAY0')).toContain('"type":"drive_bay"');
});
