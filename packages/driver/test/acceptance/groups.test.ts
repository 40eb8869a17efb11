import { expect } from 'vitest';
import type { DriverGroup, DriverSnapshot } from '../../src/contract/records.ts';
import { acceptanceCase, arrayName, aVolume, aVolumeType, gib, runCases } from './harness.ts';

const groupId = '4a2f7e3a-312a-40c5-96a8-536b8a0fe074';
const groupSnapshotId = '4a2f7e3a-312a-40c5-96a8-536b8a0fe075';
const groupName = `consisgroup-${groupId}-cinder`;
const suffix = `cgsnapshot-${groupSnapshotId}-cinder`;
const consistent: DriverGroup = {
  id: groupId,
  typeSpecs: { consistent_group_snapshot_enabled: '<is> True' },
  volumeTypes: [aVolumeType()],
};
const groupSnapshot = { id: groupSnapshotId, group: consistent };

/** The n-th volume of a group, 1 GiB and up. */
function member(n: number, size = 1, group: DriverGroup | null = consistent) {
  const id = `0000000${n}-95e5-4a0f-b170-e45f4b469f6a`;
  return aVolume(size, { id, nameId: id, providerId: `volume-${id}-cinder`, group });
}

function memberSnapshot(n: number): DriverSnapshot {
  const { id, nameId, providerId, size } = member(n);
  return {
    id: `0000000${n}-d0c4-4564-a30d-693cc3657b47`,
    providerId: null,
    volumeSize: size,
    metadata: {},
    volume: { id, nameId, providerId, type: null },
    groupSnapshot,
  };
}

acceptanceCase(17, 'a member of a group snapshot is a source by itself', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.groups.create(consistent);
  await driver.volumes.create(member(1));
  const [update] = await driver.groups.createSnapshot(groupSnapshot, [memberSnapshot(1)]);
  const name = `${groupName}.${suffix}.${member(1).providerId}`;
  expect(update).toMatchObject({ providerId: name, metadata: { array_snapshot_name: name } });
  const copy = member(2, 3, null);
  await driver.volumes.createFromSnapshot(copy, memberSnapshot(1));
  expect((await state()).volumes.find((volume) => volume.name === copy.providerId)).toMatchObject({
    source: member(1).providerId,
    size: 3 * gib,
  });
  await driver.snapshots.revert(member(1), memberSnapshot(1));
});

acceptanceCase(88, 'a plain group is left to the caller, volume by volume', async (context) => {
  const driver = await context.openDriver();
  const plain = { ...consistent, typeSpecs: {} };
  const attempts: (() => Promise<unknown>)[] = [
    () => driver.groups.create(plain),
    () => driver.groups.update(plain, { add: [member(1)], remove: [] }),
    () => driver.groups.delete(plain, [member(1)]),
    () => driver.groups.createSnapshot({ id: groupSnapshotId, group: plain }, [memberSnapshot(1)]),
    () => driver.groups.deleteSnapshot({ id: groupSnapshotId, group: plain }),
    () => driver.groups.createFrom(plain, { kind: 'group', group: plain, members: [] }),
  ];
  for (const attempt of attempts) {
    await expect(attempt()).rejects.toMatchObject({ code: 'not-implemented', nothingMade: true });
  }
  expect(await context.control.requests(arrayName)).toEqual([]);
});

acceptanceCase(89, 'only adds or only removes are one call, none is no call', async (context) => {
  const { control, openDriver, state } = context;
  const driver = await openDriver();
  await driver.groups.create(consistent);
  for (const n of [1, 2]) {
    await driver.volumes.create(member(n, 1, null));
  }
  const callsOf = async (work: () => Promise<unknown>): Promise<number> => {
    await control.clearRequests(arrayName);
    await work();
    return (await control.requests(arrayName)).length;
  };
  const both = [member(1), member(2)];
  expect(await callsOf(() => driver.groups.update(consistent, { add: both, remove: [] }))).toBe(1);
  expect((await state()).protectionGroups[0]?.volumes.toSorted()).toEqual(
    both.map(({ providerId }) => providerId).toSorted(),
  );
  expect(await callsOf(() => driver.groups.update(consistent, { add: [], remove: both }))).toBe(1);
  expect((await state()).protectionGroups[0]?.volumes).toEqual([]);
  expect(await callsOf(() => driver.groups.update(consistent, { add: [], remove: [] }))).toBe(0);
});

acceptanceCase(90, 'a group copy whose third volume fails leaves nothing behind', async (context) => {
  const { control, openDriver, state } = context;
  const driver = await openDriver();
  await driver.groups.create(consistent);
  const sources = [1, 2, 3].map((n) => member(n));
  for (const source of sources) {
    await driver.volumes.create(source);
  }
  const copyGroup = { ...consistent, id: '5b3f7e3a-312a-40c5-96a8-536b8a0fe074' };
  const members = sources.map((source, index) => ({ volume: member(index + 4, 1, null), source }));
  const { method, path } = context.request('create-volume');
  await control.addFault(arrayName, {
    match: { method, path },
    skip: 2,
    times: 1,
    kind: 'status',
    status: 400,
    message: 'Volume limit reached.',
  });
  await expect(
    driver.groups.createFrom(copyGroup, { kind: 'group', group: consistent, members }),
  ).rejects.toMatchObject({ message: expect.stringContaining('limit reached') });
  const after = await state();
  expect(after.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual(
    sources.map(({ providerId }) => providerId),
  );
  expect(after.protectionGroupSnapshots.filter(({ destroyed }) => !destroyed)).toEqual([]);
  expect(after.protectionGroups.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual([
    groupName,
  ]);
});

acceptanceCase(91, 'groups and group snapshots that are gone can be deleted', async (context) => {
  const { openDriver, state } = context;
  const driver = await openDriver({ eradicateOnDelete: true });
  await driver.groups.deleteSnapshot(groupSnapshot);
  await expect(driver.groups.delete(consistent, [member(1)])).resolves.toEqual([
    { id: member(1).id, kind: 'deleted' },
  ]);
  const kept = await openDriver();
  await kept.groups.create(consistent);
  await kept.volumes.create(member(1));
  await kept.groups.createSnapshot(groupSnapshot, [memberSnapshot(1)]);
  await kept.groups.deleteSnapshot(groupSnapshot);
  await kept.groups.deleteSnapshot(groupSnapshot);
  await kept.groups.delete(consistent, []);
  await kept.groups.delete(consistent, [member(1)]);
  const after = await state();
  expect(after.protectionGroups).toMatchObject([{ name: groupName, destroyed: true }]);
  expect(after.volumes).toMatchObject([{ name: member(1).providerId, destroyed: true }]);
});

acceptanceCase(92, 'a group cannot hold replicated types beside others', async (context) => {
  const driver = await context.openDriver();
  const sync = aVolumeType({
    name: 'sync',
    extraSpecs: { replication_enabled: '<is> True', replication_type: '<in> sync' },
  });
  await expect(
    driver.groups.create({ ...consistent, volumeTypes: [aVolumeType(), sync] }),
  ).rejects.toMatchObject({ code: 'invalid-volume-type', message: expect.stringContaining('sync') });
  await driver.groups.create(consistent);
  const foreign = { ...member(1), providerId: `cinder-pod::${member(1).providerId}` };
  await expect(driver.groups.update(consistent, { add: [foreign], remove: [] })).rejects.toMatchObject({
    code: 'driver',
    message: expect.stringContaining('pod'),
  });
  expect((await context.state()).protectionGroups).toMatchObject([{ name: groupName, volumes: [] }]);
});

acceptanceCase(93, 'a volume that cannot be deleted does not keep the others', async (context) => {
  const { control, openDriver, state } = context;
  const driver = await openDriver();
  await driver.groups.create(consistent);
  const members = [1, 2, 3].map((n) => member(n));
  for (const volume of members) {
    await driver.volumes.create(volume);
  }
  const [, stuck] = members;
  await control.admin(arrayName, { kind: 'createHost', name: 'esx1' });
  await control.admin(arrayName, { kind: 'createHostGroup', name: 'cluster', hosts: ['esx1'] });
  await control.admin(arrayName, {
    kind: 'connectVolumeToHostGroup',
    volume: stuck?.providerId ?? '',
    hostGroup: 'cluster',
  });
  const outcomes = await driver.groups.delete(consistent, members);
  expect(outcomes).toMatchObject([
    { id: members[0]?.id, kind: 'deleted' },
    { id: stuck?.id, kind: 'failed', error: { code: 'volume-busy' } },
    { id: members[2]?.id, kind: 'deleted' },
  ]);
  const after = await state();
  expect(after.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name)).toEqual([
    stuck?.providerId,
  ]);
  expect(after.protectionGroups).toMatchObject([{ name: groupName, destroyed: true }]);
});

runCases();
