import { describe, expect, test } from 'vitest';
import { hasDocument, replyProblems } from './support/openapi.ts';
import { aRunningArray } from './support/running-array.ts';

const gibibyte = 1_073_741_824;

/** A volume `vg1/v1` that host `h1` has by itself, `v2` by its group `g1`, a pod `pod1` with `v3`; 4 KiB written to each. */
async function aFilledArray() {
  const array = await aRunningArray();
  const { control } = array;
  const call = await array.rest2('2.26');
  await control.admin('fa1', { kind: 'createVolumeGroup', name: 'vg1' });
  await control.admin('fa1', { kind: 'createPod', name: 'pod1' });
  for (const name of ['vg1/v1', 'v2', 'pod1::v3']) {
    await control.admin('fa1', { kind: 'createVolume', name, size: gibibyte });
    await control.writeVolume('fa1', name, 0, new Uint8Array(4_096).fill(name.length));
  }
  await control.admin('fa1', { kind: 'createHost', name: 'h1', iqns: ['iqn.2024-01.example:a'] });
  await control.admin('fa1', { kind: 'createHostGroup', name: 'g1', hosts: ['h1'] });
  await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'vg1/v1', host: 'h1' });
  await control.admin('fa1', { kind: 'connectVolumeToHostGroup', volume: 'v2', hostGroup: 'g1' });
  for (const name of ['of-hosts', 'of-groups']) {
    await control.admin('fa1', { kind: 'createProtectionGroup', name });
  }
  await call('POST', 'protection-groups/hosts?group_names=of-hosts&member_names=h1');
  await call('POST', 'protection-groups/host-groups?group_names=of-groups&member_names=g1');
  return { ...array, call };
}

const hostOfGroup = { group: { name: 'of-hosts' }, member: { name: 'h1' } };
const hostGroupOfGroup = { group: { name: 'of-groups' }, member: { name: 'g1' } };
const volumeOfGroup = { group: { name: 'vg1' }, member: { name: 'vg1/v1' } };
const initiator = {
  initiator: { iqn: 'iqn.2024-01.example:a', nqn: null, wwn: null },
  target: { name: null },
};
const rows: readonly (readonly [string, object])[] = [
  ['protection-groups/hosts', hostOfGroup],
  ['hosts/protection-groups', hostOfGroup],
  ['protection-groups/host-groups', hostGroupOfGroup],
  ['host-groups/protection-groups', hostGroupOfGroup],
  ['volume-groups/volumes', volumeOfGroup],
  ['volumes/volume-groups', volumeOfGroup],
  ['ports/initiators', initiator],
  ['hosts/space', { name: 'h1', space: { total_provisioned: 2 * gibibyte, unique: 8_192 } }],
  ['host-groups/space', { name: 'g1', space: { total_provisioned: gibibyte, unique: 4_096 } }],
  ['volume-groups/space', { name: 'vg1', space: { total_provisioned: gibibyte, unique: 4_096 } }],
  ['pods/space', { name: 'pod1', space: { total_provisioned: gibibyte, unique: 4_096 } }],
  ['protection-groups/space?names=of-hosts', { name: 'of-hosts', space: { snapshots: 0 } }],
  ['volumes/space?names=v2', { name: 'v2', space: { total_provisioned: gibibyte, unique: 4_096 } }],
];

describe.each(rows)('%s', (path, row) => {
  test('says what is there', async () => {
    const { call } = await aFilledArray();
    expect(await call('GET', path)).toMatchObject({ status: 200, json: { items: [row] } });
  });

  test.runIf(hasDocument('2.26'))('has the shape of OpenAPI 2.26', async () => {
    const { call } = await aFilledArray();
    const [resource = ''] = path.split('?');
    expect(replyProblems('2.26', 'GET', resource, (await call('GET', path)).json)).toEqual([]);
  });
});

test('hosts and host groups leave a protection group as they joined it', async () => {
  const { call } = await aFilledArray();
  for (const [side, group, member] of [
    ['hosts', 'of-hosts', 'h1'],
    ['host-groups', 'of-groups', 'g1'],
  ] as const) {
    const pair = `group_names=${group}&member_names=${member}`;
    expect(await call('DELETE', `${side}/protection-groups?${pair}`)).toMatchObject({ status: 200 });
    expect(await call('GET', `protection-groups/${side}`)).toMatchObject({ json: { items: [] } });
    expect(await call('DELETE', `protection-groups/${side}?${pair}`)).toMatchObject({
      status: 400,
      text: expect.stringContaining('could not be found in the protection group'),
    });
  }
});

test('rows of members are chosen by either side', async () => {
  const { call } = await aFilledArray();
  expect(await call('GET', 'protection-groups/hosts?member_names=h1&group_names=of-groups')).toMatchObject({
    json: { items: [] },
  });
  expect(await call('GET', 'protection-groups/hosts?member_names=h9')).toMatchObject({
    status: 400,
    json: { errors: [{ context: 'h9', message: 'Host does not exist.' }] },
  });
  expect(await call('GET', 'volume-groups/volumes?member_names=v2')).toMatchObject({ json: { items: [] } });
});
