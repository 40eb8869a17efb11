import { gibibytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import type { DriverVolumeType } from '../../src/contract/records.ts';
import {
  acceptanceCase,
  arrayName,
  aSnapshot,
  aVolume,
  aVolumeType,
  connector,
  gib,
  hostName,
  runCases,
  volumeName,
} from './harness.ts';

const mebibyte = 1_048_576;
const cloneId = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
const cloneName = `volume-${cloneId}-cinder`;

function limits(specs: Readonly<Record<string, string>>): DriverVolumeType {
  return aVolumeType({ qos: { consumer: 'back-end', specs } });
}
const grouped = aVolumeType({
  extraSpecs: {
    'flasharray:vg_name': 'tenant A_gold',
    'flasharray:vg_maxIOPS': '5000',
    'flasharray:vg_maxBWS': '1024',
  },
});
const groupedName = `tenant-A-gold/${volumeName}`;

acceptanceCase(6, 'limits of the type are limits of the volume', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1, { type: limits({ maxIOPS: '100', maxBWS: '1' }) }));
  expect((await state()).volumes).toMatchObject([{ qos: { iopsLimit: 100, bandwidthLimit: 1048576 } }]);
});

acceptanceCase(7, 'a limit out of range is refused before the array is asked', async (context) => {
  const driver = await context.openDriver();
  for (const [specs, text] of [
    [{ maxBWS: '524289' }, 'maxBWS QoS error'],
    [{ maxIOPS: '99' }, 'maxIOPS QoS error'],
    [{ maxIOPS: 'many' }, 'maxIOPS QoS error'],
    [{ maxIOPS_per_GB: '-1' }, 'maxIOPS QoS error'],
  ] as const) {
    await expect(driver.volumes.create(aVolume(1, { type: limits(specs) }))).rejects.toMatchObject({
      code: 'invalid-qos-specs',
      nothingMade: true,
      message: expect.stringContaining(text),
    });
  }
  expect(await context.control.requests(arrayName)).toEqual([]);
});

acceptanceCase(8, 'a limit per GiB is an integer', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(10, { type: limits({ maxIOPS_per_GB: '50' }) }));
  expect((await state()).volumes[0]?.qos.iopsLimit).toBe(500);
});

acceptanceCase(9, 'a small volume gets the least that the array takes', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1, { type: limits({ maxIOPS_per_GB: '10', maxBWS_per_GB: '1' }) }));
  expect((await state()).volumes[0]?.qos).toEqual({ iopsLimit: 100, bandwidthLimit: mebibyte });
});

acceptanceCase(10, 'a limit per GiB grows with the volume', async ({ openDriver, state }) => {
  const driver = await openDriver();
  const volume = aVolume(10, { type: limits({ maxIOPS_per_GB: '50' }) });
  await driver.volumes.create(volume);
  await driver.volumes.extend(volume, gibibytes(20));
  expect((await state()).volumes).toMatchObject([{ size: 20 * gib, qos: { iopsLimit: 1000 } }]);
});

acceptanceCase(11, 'the first volume of a type makes its volume group', async ({ openDriver, state }) => {
  const driver = await openDriver();
  const volume = aVolume(1, { type: grouped, providerId: groupedName });
  expect(driver.names.intendedVolume(volume)).toBe(groupedName);
  const update = await driver.volumes.create(volume);
  expect(update).toMatchObject({ providerId: groupedName, metadata: { array_volume_name: groupedName } });
  const after = await state();
  expect(after.volumeGroups).toMatchObject([
    {
      name: 'tenant-A-gold',
      destroyed: false,
      volumes: [groupedName],
      qos: { iopsLimit: 5000, bandwidthLimit: 1024 * mebibyte },
    },
  ]);
  expect(after.volumes).toMatchObject([
    { name: groupedName, qos: { iopsLimit: null, bandwidthLimit: null } },
  ]);
  await expect(driver.volumes.create(volume)).resolves.toEqual(update);
});

acceptanceCase(12, 'a volume group and replication together are refused', async (context) => {
  const driver = await context.openDriver();
  const type = aVolumeType({
    extraSpecs: { ...grouped.extraSpecs, replication_enabled: '<is> True', replication_type: '<in> sync' },
  });
  await expect(driver.volumes.create(aVolume(1, { type }))).rejects.toMatchObject({
    code: 'invalid-volume-type',
    message: expect.stringContaining('volume group'),
    nothingMade: true,
  });
  expect(await context.control.requests(arrayName)).toEqual([]);
});

acceptanceCase(15, 'no volume joins the default protection unless asked to', async (context) => {
  const { control, openDriver, state } = context;
  await control.admin(arrayName, { kind: 'createProtectionGroup', name: 'safe' });
  await control.admin(arrayName, { kind: 'setDefaultProtection', protectionGroups: ['safe'] });
  const driver = await openDriver();
  const group = {
    id: cloneId,
    typeSpecs: { consistent_group_snapshot_enabled: '<is> True' },
    volumeTypes: [],
  };
  await driver.volumes.create(aVolume(1));
  await driver.snapshots.create(aSnapshot(1));
  const copies = ['a', 'b', 'c'].map((digit) => `${digit}${cloneId.slice(1)}`);
  const [clone = '', fromSnapshot = '', member = ''] = copies;
  const copy = (id: string) => aVolume(1, { id, nameId: id, providerId: `volume-${id}-cinder` });
  await driver.volumes.clone(copy(clone), aVolume(1));
  await driver.volumes.createFromSnapshot(copy(fromSnapshot), aSnapshot(1));
  await driver.groups.create(group);
  await driver.groups.update(group, { add: [aVolume(1)], remove: [] });
  await driver.groups.createFrom(
    { ...group, id: clone },
    { kind: 'group', group, members: [{ volume: copy(member), source: aVolume(1) }] },
  );
  const after = await state();
  expect(after.volumes).toHaveLength(4);
  expect(after.protectionGroups.find(({ name }) => name === 'safe')?.volumes).toEqual([]);
  const safe = await openDriver({ safemodeEnabled: true });
  const id = `d${cloneId.slice(1)}`;
  await safe.volumes.create(copy(id));
  expect((await state()).protectionGroups.find(({ name }) => name === 'safe')?.volumes).toEqual([
    `volume-${id}-cinder`,
  ]);
});

acceptanceCase(18, 'a copy does not keep its source’s limits', async ({ control, openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1, { type: limits({ maxIOPS: '200', maxBWS: '2' }) }));
  await driver.snapshots.create(aSnapshot(1));
  await driver.volumes.createFromSnapshot(
    aVolume(1, { id: cloneId, nameId: cloneId, providerId: cloneName }),
    aSnapshot(1),
  );
  // Some arrays copy them: it is told that there are none.
  const changes = (await control.requests(arrayName)).filter(
    ({ method, path, query }) =>
      (method === 'PATCH' && query.names === cloneName) ||
      (method === 'PUT' && path === `volume/${cloneName}`),
  );
  expect(changes).toHaveLength(1);
  expect((await state()).volumes.find(({ name }) => name === cloneName)?.qos).toEqual({
    iopsLimit: null,
    bandwidthLimit: null,
  });
});

acceptanceCase(19, 'a clone has its own size and its own type’s limits', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(5));
  await driver.volumes.clone(
    aVolume(8, {
      id: cloneId,
      nameId: cloneId,
      providerId: cloneName,
      type: limits({ maxIOPS: '300', maxBWS: '4' }),
    }),
    aVolume(5),
  );
  expect((await state()).volumes.find(({ name }) => name === cloneName)).toMatchObject({
    size: 8 * gib,
    source: volumeName,
    qos: { iopsLimit: 300, bandwidthLimit: 4 * mebibyte },
  });
});

acceptanceCase(24, 'SafeMode wins over eradication', async ({ openDriver, state }) => {
  const driver = await openDriver({ eradicateOnDelete: true, safemodeEnabled: true });
  await driver.volumes.create(aVolume(1));
  await driver.volumes.delete(aVolume(1));
  expect((await state()).volumes).toMatchObject([{ name: volumeName, destroyed: true }]);
});

acceptanceCase(25, 'the last volume of a volume group takes it along', async (context) => {
  const { openDriver, state } = context;
  const driver = await openDriver({ eradicateOnDelete: true });
  const one = aVolume(1, { type: grouped, providerId: groupedName });
  const two = aVolume(1, {
    type: grouped,
    id: cloneId,
    nameId: cloneId,
    providerId: `tenant-A-gold/${cloneName}`,
  });
  await driver.volumes.create(one);
  await driver.volumes.create(two);
  await driver.volumes.delete(one);
  expect((await state()).volumeGroups).toMatchObject([{ name: 'tenant-A-gold', destroyed: false }]);
  // A create that runs beside the delete of the last volume ends with its volume in a live group.
  const [deleted, created] = await Promise.allSettled([
    driver.volumes.delete(two),
    driver.volumes.create(one),
  ]);
  expect([deleted.status, created.status]).toEqual(['fulfilled', 'fulfilled']);
  expect((await state()).volumeGroups).toMatchObject([
    { name: 'tenant-A-gold', destroyed: false, volumes: [groupedName] },
  ]);
  await driver.volumes.delete(one);
  expect((await state()).volumeGroups.filter(({ destroyed }) => !destroyed)).toEqual([]);
});

acceptanceCase(25, 'a create whose volume group goes in between makes it again', async (context) => {
  const { control, level, openDriver, state } = context;
  const [driver, other] = [
    await openDriver({ eradicateOnDelete: true }),
    await openDriver({ eradicateOnDelete: true }),
  ];
  const last = aVolume(1, {
    type: grouped,
    id: cloneId,
    nameId: cloneId,
    providerId: `tenant-A-gold/${cloneName}`,
  });
  const live = async () => (await state()).volumeGroups.filter(({ destroyed }) => !destroyed);
  await other.volumes.create(last);
  const path = level.generation === 'rest1' ? '/^volume\\//' : '/^volumes$/';
  const hold = await control.armHold(arrayName, { match: { method: 'POST', path }, phase: 'before-apply' });
  const creating = driver.volumes.create(aVolume(1, { type: grouped, providerId: groupedName }));
  await control.waitForHold(arrayName, hold.id, 5_000);
  await other.volumes.delete(last);
  expect(await live()).toEqual([]);
  await control.releaseHold(arrayName, hold.id, 'continue');
  await expect(creating).resolves.toMatchObject({ providerId: groupedName });
  expect(await live()).toMatchObject([{ name: 'tenant-A-gold', volumes: [groupedName] }]);
});

acceptanceCase(26, 'a host group’s connection is the administrator’s to end', async (context) => {
  const { control, openDriver, state } = context;
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  await control.admin(arrayName, { kind: 'createHost', name: 'esx1' });
  await control.admin(arrayName, { kind: 'createHostGroup', name: 'cluster', hosts: ['esx1'] });
  await control.admin(arrayName, {
    kind: 'connectVolumeToHostGroup',
    volume: volumeName,
    hostGroup: 'cluster',
  });
  await driver.connections.connect(aVolume(1), connector());
  await expect(driver.volumes.delete(aVolume(1))).rejects.toMatchObject({
    code: 'volume-busy',
    message: expect.stringContaining('cluster'),
  });
  const after = await state();
  expect(after.volumes).toMatchObject([{ destroyed: false }]);
  expect(after.connections.map(({ host }) => host).toSorted()).toEqual([hostName, 'esx1'].toSorted());
  if (context.level.generation === 'rest2') {
    // Some arrays destroy it all the same, and count its connections in the answer: it is brought back.
    await control.admin(arrayName, { kind: 'setDestroysConnected', enabled: true });
    await expect(driver.volumes.delete(aVolume(1))).rejects.toMatchObject({ code: 'volume-busy' });
    expect((await state()).volumes).toMatchObject([{ destroyed: false }]);
    // Also when an earlier try has died in between.
    await control.admin(arrayName, { kind: 'destroyVolume', name: volumeName });
    await expect(driver.volumes.delete(aVolume(1))).rejects.toMatchObject({ code: 'volume-busy' });
    expect((await state()).volumes).toMatchObject([{ destroyed: false }]);
  }
});

runCases();
