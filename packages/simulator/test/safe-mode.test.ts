import { expect, test } from 'vitest';
import { aRunningArray, runningArrays } from './support/running-array.ts';

const disabled = { status: 400, json: { errors: [{ context: null, message: 'Eradication is disabled.' }] } };
const locked = (context: string) => ({
  status: 400,
  json: { errors: [{ context, message: expect.stringContaining('retention lock') }] },
});
const destroy = { body: { destroyed: true } };

/** A volume `v1` in the ratcheted group `pg`, whose schedule runs, beside `v2` in no group. */
async function aRatchetedArray() {
  const array = await aRunningArray();
  const call = await array.rest2('2.26');
  await call('POST', 'volumes?names=v1,v2', { body: {} });
  await call('POST', 'protection-groups?names=pg');
  await call('POST', 'protection-groups/volumes?group_names=pg&member_names=v1');
  await call('PATCH', 'protection-groups?names=pg', {
    body: { snapshot_schedule: { enabled: true, frequency: 3_600_000 }, retention_lock: 'ratcheted' },
  });
  await call('PATCH', 'arrays', { body: { eradication_config: { disabled_delay: 172_800_000 } } });
  return { ...array, call };
}

test('a member of a ratcheted group, its snapshots and those of the group are not eradicated by hand', async () => {
  const { call } = await aRatchetedArray();
  await call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's' } });
  await call('POST', 'protection-group-snapshots?source_names=pg', { body: { suffix: 'g' } });
  for (const [path, name] of [
    ['volume-snapshots', 'v1.s'],
    ['protection-group-snapshots', 'pg.g'],
    ['volumes', 'v1'],
  ] as const) {
    // It goes after the delay of what cannot be eradicated, two days here.
    expect(await call('PATCH', `${path}?names=${name}`, destroy)).toMatchObject({
      json: { items: [{ destroyed: true, time_remaining: 172_800_000 }] },
    });
    expect(await call('DELETE', `${path}?names=${name}`)).toMatchObject(disabled);
  }
  await call('PATCH', 'volumes?names=v2', destroy);
  expect(await call('GET', 'volumes?names=v2')).toMatchObject({
    json: { items: [{ time_remaining: 86_400_000 }] },
  });
  expect(await call('DELETE', 'volumes?names=v2')).toMatchObject({ status: 200 });
});

test('a container of a member of a ratcheted group is not eradicated with its contents', async () => {
  const { call } = await aRatchetedArray();
  await call('POST', 'volume-groups?names=vg', { body: {} });
  await call('PATCH', 'volumes?names=v1', { body: { volume_group: { name: 'vg' } } });
  await call('PATCH', 'volume-groups?names=vg&destroy_contents=true', destroy);
  expect(await call('DELETE', 'volume-groups?names=vg&eradicate_contents=true')).toMatchObject(disabled);
});

test('members and targets do not leave a ratcheted group, and it is not destroyed before it is empty', async () => {
  const { call, rest1 } = await aRatchetedArray();
  const members = 'protection-groups/volumes?group_names=pg&member_names=v1';
  expect(await call('DELETE', members)).toMatchObject(locked('v1'));
  expect(
    await call('PATCH', 'volumes?names=v1&remove_from_protection_group_names=pg', { body: {} }),
  ).toMatchObject(locked('v1'));
  expect(await call('PATCH', 'protection-groups?names=pg', destroy)).toMatchObject(locked('pg'));
  const older = await rest1('1.19');
  for (const [method, body] of [
    ['PUT', { remvollist: ['v1'] }],
    ['PUT', { vollist: ['v2'] }],
    ['DELETE', {}],
  ] as const) {
    expect(await older(method, 'pgroup/pg', { body })).toMatchObject({
      status: 400,
      text: expect.stringContaining('retention lock'),
    });
  }
  expect(await call('GET', 'protection-groups/volumes?group_names=pg')).toMatchObject({
    json: { items: [{ member: { name: 'v1' } }] },
  });
});

test('a target does not leave a ratcheted group', async () => {
  const { array, control } = await runningArrays({
    arrays: [{ name: 'fa1' }, { name: 'fa2' }],
    connections: [{ from: 'fa1', to: 'fa2' }],
  });
  await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pg' });
  await control.admin('fa1', { kind: 'addReplicationTarget', group: 'pg', array: 'fa2' });
  await control.admin('fa1', { kind: 'ratchetProtectionGroup', name: 'pg' });
  const call = await array('fa1').rest2('2.26');
  const target = 'protection-groups/targets?group_names=pg&member_names=fa2';
  expect(await call('DELETE', target)).toMatchObject(locked('fa2'));
  const older = await array('fa1').rest1('1.19');
  expect(await older('PUT', 'pgroup/pg', { body: { targetlist: [] } })).toMatchObject({ status: 400 });
  expect(await call('GET', 'protection-groups/targets?group_names=pg')).toMatchObject({
    json: { items: [{ member: { name: 'fa2' } }] },
  });
});

test('what a ratcheted group keeps can only grow, in both generations', async () => {
  const { call, rest1 } = await aRatchetedArray();
  for (const body of [
    { snapshot_schedule: { enabled: false } },
    { snapshot_schedule: { frequency: 7_200_000 } },
    { source_retention: { days: 6 } },
    { source_retention: { all_for_sec: 86_399 } },
    { target_retention: { per_day: 3 } },
  ]) {
    expect(await call('PATCH', 'protection-groups?names=pg', { body })).toMatchObject(locked('pg'));
  }
  const older = await rest1('1.19');
  for (const body of [{ snap_enabled: false }, { days: 6 }]) {
    expect(await older('PUT', 'pgroup/pg', { body })).toMatchObject({ status: 400 });
  }
  const more = { snapshot_schedule: { frequency: 1_800_000 }, source_retention: { days: 8 } };
  expect(await call('PATCH', 'protection-groups?names=pg', { body: more })).toMatchObject({
    json: { items: [{ snapshot_schedule: { frequency: 1_800_000 }, source_retention: { days: 8 } }] },
  });
});

test('an array and a pod say when something on them cannot be eradicated', async () => {
  const { call, control } = await aRatchetedArray();
  await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
  await call('POST', 'protection-group-snapshots?source_names=pg', { body: { suffix: 'g' } });
  const shown = async (path: string) => (await call('GET', path)).json;
  const config = (manual: string) => ({ items: [{ eradication_config: { manual_eradication: manual } }] });
  expect(await shown('arrays')).toMatchObject(config('partially-disabled'));
  expect(await shown('protection-group-snapshots?names=pg.g')).toMatchObject(config('disabled'));
  expect(await shown('pods?names=pod1')).toMatchObject(config('all-enabled'));
  await control.admin('fa1', { kind: 'createProtectionGroup', name: 'pod1::pg' });
  await control.admin('fa1', { kind: 'ratchetProtectionGroup', name: 'pod1::pg' });
  expect(await shown('pods?names=pod1')).toMatchObject(config('partially-disabled'));
  await control.admin('fa1', { kind: 'setManualEradication', enabled: false });
  expect(await shown('arrays')).toMatchObject(config('all-disabled'));
});

test('the older name of both eradication delays fails where they differ', async () => {
  const { call } = await aRatchetedArray();
  const config = (fields: object) => ({ body: { eradication_config: fields } });
  expect(await call('PATCH', 'arrays', config({ eradication_delay: 259_200_000 }))).toMatchObject({
    status: 400,
  });
  await call('PATCH', 'arrays', config({ enabled_delay: 172_800_000 }));
  expect(await call('PATCH', 'arrays', config({ eradication_delay: 259_200_000 }))).toMatchObject({
    json: { items: [{ eradication_config: { enabled_delay: 259_200_000, disabled_delay: 259_200_000 } }] },
  });
});

test('an empty ratcheted group is destroyed, and not eradicated by hand', async () => {
  const { call } = await aRatchetedArray();
  await call('POST', 'protection-groups?names=empty');
  await call('PATCH', 'protection-groups?names=empty', { body: { retention_lock: 'ratcheted' } });
  expect(await call('PATCH', 'protection-groups?names=empty', destroy)).toMatchObject({
    json: { items: [{ destroyed: true, time_remaining: 172_800_000 }] },
  });
  expect(await call('DELETE', 'protection-groups?names=empty')).toMatchObject(disabled);
});
