import { expect } from 'vitest';
import {
  acceptanceCase,
  arrayName,
  aSnapshot,
  aVolume,
  runCases,
  snapshotName,
  volumeName,
} from './harness.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (data: Uint8Array): string => new TextDecoder().decode(data);

acceptanceCase(
  28,
  'revert puts the snapshot’s data back and keeps the snapshot',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await control.writeVolume(arrayName, volumeName, 4096, bytesOf('data A'));
    await driver.snapshots.create(aSnapshot(1));
    await control.writeVolume(arrayName, volumeName, 4096, bytesOf('data B'));
    const [before] = (await state()).volumes;
    await driver.snapshots.revert(aVolume(1), aSnapshot(1));
    expect(textOf(await control.readVolume(arrayName, volumeName, 4096, 6))).toBe('data A');
    const after = await state();
    expect(after.snapshots.filter(({ destroyed }) => !destroyed)).toMatchObject([{ name: snapshotName }]);
    expect(after.volumes).toMatchObject([{ name: volumeName, serial: before?.serial, size: before?.size }]);
  },
);

acceptanceCase(
  29,
  'a refused revert fails with the array’s words and changes nothing',
  async ({ control, openDriver, request }) => {
    const driver = await openDriver();
    await driver.volumes.create(aVolume(1));
    await driver.snapshots.create(aSnapshot(1));
    await control.writeVolume(arrayName, volumeName, 0, bytesOf('data B'));
    await control.addFault(arrayName, {
      kind: 'status',
      status: 400,
      message: 'Operation not permitted.',
      match: request('overwrite'),
    });
    await expect(driver.snapshots.revert(aVolume(1), aSnapshot(1))).rejects.toThrow(
      'Operation not permitted.',
    );
    expect(textOf(await control.readVolume(arrayName, volumeName, 0, 6))).toBe('data B');
  },
);

acceptanceCase(30, 'creating a snapshot again gives the one there is', async ({ openDriver, state }) => {
  const driver = await openDriver();
  await driver.volumes.create(aVolume(1));
  const first = await driver.snapshots.create(aSnapshot(1));
  expect(first).toEqual({
    providerId: snapshotName,
    size: 1,
    metadata: { array_snapshot_name: snapshotName, array_name: arrayName },
  });
  await expect(driver.snapshots.create(aSnapshot(1))).resolves.toEqual(first);
  expect((await state()).snapshots).toHaveLength(1);
});

acceptanceCase(
  31,
  'deleting a snapshot that is absent, destroyed, or whose volume is gone succeeds',
  async ({ control, openDriver, state }) => {
    const driver = await openDriver();
    const deleted = () => expect(driver.snapshots.delete(aSnapshot(1))).resolves.toBeUndefined();
    await deleted();
    await driver.volumes.create(aVolume(1));
    await deleted();
    await driver.snapshots.create(aSnapshot(1));
    await deleted();
    await deleted();
    expect((await state()).snapshots).toMatchObject([{ name: snapshotName, destroyed: true }]);
    await control.admin(arrayName, { kind: 'destroyVolume', name: volumeName });
    await deleted();
    await control.admin(arrayName, { kind: 'eradicateVolume', name: volumeName });
    await deleted();
  },
);

runCases();
