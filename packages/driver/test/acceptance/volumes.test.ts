import { gibibytes } from '@cinder-flasharray/common';
import { expect } from 'vitest';
import { DriverError } from '../../src/contract/driver-error.ts';
import {
  acceptanceCase,
  arrayName,
  aSnapshot,
  aVolume,
  aVolumeType,
  connector,
  gib,
  runCases,
  volumeName,
} from './harness.ts';

const otherId = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
const otherName = `volume-${otherId}-cinder`;

acceptanceCase(
  1,
  'a created volume has the name and the size, and the update tells them',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    const update = await driver.volumes.create(aVolume(10));
    expect(update).toEqual({
      providerId: volumeName,
      replicationStatus: 'disabled',
      metadata: { purpose: 'database', array_volume_name: volumeName, array_name: arrayName },
    });
    expect((await state()).volumes).toMatchObject([
      { name: volumeName, size: 10737418240, destroyed: false, source: null },
    ]);
  },
);

acceptanceCase(
  2,
  'a read-only token makes create fail, and nothing is made',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    await control.admin(arrayName, { kind: 'setReadOnly', user: 'pureuser', readOnly: true });
    try {
      await expect(driver.volumes.create(aVolume(10))).rejects.toMatchObject({
        code: 'array',
        arrayCode: 'forbidden',
        nothingMade: true,
      });
    } finally {
      await control.admin(arrayName, { kind: 'setReadOnly', user: 'pureuser', readOnly: false });
    }
    expect((await state()).volumes).toEqual([]);
  },
);

acceptanceCase(3, 'create repeated finds the volume of the first try', async ({ openDriver, state }) => {
  const driver = await openDriver();
  const first = await driver.volumes.create(aVolume(10));
  const before = (await state()).volumes;
  await expect(driver.volumes.create(aVolume(10))).resolves.toEqual(first);
  expect((await state()).volumes).toEqual(before);
});

acceptanceCase(
  4,
  'a volume of our name that is another one makes create fail and stays as it is; our own half-made copy is gone on with',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    await control.admin(arrayName, { kind: 'createVolume', name: volumeName, size: 3 * gib });
    await expect(driver.volumes.create(aVolume(10))).rejects.toMatchObject({
      code: 'name-taken',
      nothingMade: true,
    });
    await expect(driver.volumes.create(aVolume(3))).resolves.toMatchObject({ providerId: volumeName });
    await driver.connections.connect(aVolume(3), connector());
    await expect(driver.volumes.create(aVolume(3))).rejects.toThrow('is connected');
    expect((await state()).volumes).toMatchObject([{ name: volumeName, size: 3 * gib, destroyed: false }]);

    await control.admin(arrayName, {
      kind: 'createVolume',
      name: otherName,
      size: 5 * gib,
      source: volumeName,
    });
    const source = aVolume(3);
    await expect(driver.volumes.clone(aVolume(8, { id: otherId }), source)).rejects.toMatchObject({
      code: 'name-taken',
    });
    await control.admin(arrayName, { kind: 'eradicateVolume', name: otherName }).catch(async () => {
      await control.admin(arrayName, { kind: 'destroyVolume', name: otherName });
      await control.admin(arrayName, { kind: 'eradicateVolume', name: otherName });
    });
    await control.admin(arrayName, {
      kind: 'createVolume',
      name: otherName,
      size: 3 * gib,
      source: volumeName,
    });
    await driver.volumes.clone(aVolume(8, { id: otherId }), source);
    expect((await state()).volumes.find(({ name }) => name === otherName)).toMatchObject({
      size: 8 * gib,
      source: volumeName,
    });
  },
);

acceptanceCase(5, 'a name of 77 characters is shortened to fit', async ({ openDriver, state }) => {
  const driver = await openDriver();
  const nameId = `powervc-data-volume-for-lpar-0001-${aVolume(1).id}`;
  await driver.volumes.create(aVolume(1, { nameId, providerId: null }));
  expect((await state()).volumes.map(({ name }) => name)).toEqual([
    'volume--lpar-0001-1e5177e7-95e5-4a0f-b170-e45f4b469f6a-cinder',
  ]);
});

acceptanceCase(16, 'a volume larger than its snapshot is extended', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(5));
  await driver.snapshots.create(aSnapshot(5));
  await driver.volumes.createFromSnapshot(aVolume(10, { id: otherId }), aSnapshot(5));
  expect((await state()).volumes.find(({ name }) => name === otherName)).toMatchObject({
    size: 10 * gib,
    source: volumeName,
  });
});

acceptanceCase(
  16,
  'a volume larger than its snapshot is extended in its volume group',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(5));
    await driver.snapshots.create(aSnapshot(5));
    const type = aVolumeType({ extraSpecs: { 'flasharray:vg_name': 'gold' } });
    const providerId = `gold/${otherName}`;
    const copy = aVolume(10, { id: otherId, nameId: otherId, providerId, type });
    await driver.volumes.createFromSnapshot(copy, aSnapshot(5));
    expect((await state()).volumes.find(({ name }) => name === providerId)).toMatchObject({ size: 10 * gib });
  },
  // There are no volume groups.
  { without: ['1.2', '1.5'] },
);

acceptanceCase(
  20,
  'deleting a connected volume disconnects it and removes our idle host',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await driver.connections.connect(aVolume(1), connector());
    await control.admin(arrayName, {
      kind: 'createHost',
      name: 'admin-host',
      iqns: ['iqn.2001-04.com.example:admin'],
    });
    await control.admin(arrayName, { kind: 'connectVolumeToHost', volume: volumeName, host: 'admin-host' });
    await driver.volumes.delete(aVolume(1));
    const after = await state();
    expect(after.connections).toEqual([]);
    expect(after.hosts.map(({ name }) => name)).toEqual(['admin-host']);
    expect(after.volumes).toMatchObject([{ name: volumeName, destroyed: true }]);
  },
);

acceptanceCase(
  21,
  'deleting a volume that is not on the array succeeds with a warning',
  async ({ log, openDriver }) => {
    const driver = await openDriver();
    await driver.volumes.delete(aVolume(1));
    expect(log.lines.filter((line) => line.startsWith('warn') && line.includes(volumeName))).toHaveLength(1);
  },
);

acceptanceCase(
  22,
  'deleting a destroyed volume succeeds, and eradicates it when configured',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await driver.volumes.delete(aVolume(1));
    await driver.volumes.delete(aVolume(1));
    expect((await state()).volumes).toMatchObject([{ destroyed: true }]);
    const eradicating = await openDriver({ eradicateOnDelete: true });
    await eradicating.volumes.delete(aVolume(1));
    expect((await state()).volumes).toEqual([]);
  },
);

acceptanceCase(
  23,
  'deleting a volume that never got a name makes no call',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    await control.admin(arrayName, { kind: 'createVolume', name: 'None', size: gib });
    await control.clearRequests(arrayName);
    await driver.volumes.delete(aVolume(1, { providerId: null }));
    expect(await control.requests(arrayName)).toEqual([]);
    expect((await state()).volumes).toMatchObject([{ name: 'None', destroyed: false }]);
  },
);

acceptanceCase(
  27,
  'extending to the same size succeeds and to a smaller one fails',
  async ({ openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(5));
    await expect(driver.volumes.extend(aVolume(5), gibibytes(5))).resolves.toBeUndefined();
    await expect(driver.volumes.extend(aVolume(5), gibibytes(4))).rejects.toBeInstanceOf(DriverError);
    expect((await state()).volumes).toMatchObject([{ name: volumeName, size: 5 * gib }]);
    await driver.volumes.extend(aVolume(5), gibibytes(6));
    expect((await state()).volumes).toMatchObject([{ name: volumeName, size: 6 * gib }]);
  },
);

runCases();
