import { randomInt } from 'node:crypto';
import { KeyedLock, silentLogger, systemClock } from '@cinder-flasharray/common';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import { arrayName, baseConfig, MemorySecrets } from './acceptance/harness.ts';
import { levels } from './acceptance/levels.ts';

const gib = 2 ** 30;
const wholeList = { managed: new Map<string, string>(), marker: null, limit: 1000, offset: 0 } as const;
const byName = { ...wholeList, sort: [{ key: 'reference', direction: 'asc' }] } as const;

describe.each(levels.map((level) => [level.name, level] as const))('listing, REST %s', (_name, level) => {
  let simulator: RunningSimulator | undefined;
  let driver: FlashArrayDriver | undefined;

  beforeAll(async () => {
    simulator = await startSimulator({ arrays: [{ name: arrayName, ...level.array }] });
    const [array] = simulator.arrays;
    driver = new FlashArrayDriver({
      config: baseConfig(array?.address ?? '', array?.apiTokens.pureuser ?? ''),
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: silentLogger,
      clock: systemClock,
      randomInteger: (below) => randomInt(below),
      randomUuid: () => '11111111-1111-4111-8111-111111111111',
      platform: 'test',
    });
    await driver.open();
  });
  afterAll(async () => {
    await driver?.close();
    await simulator?.close();
  });

  test('volumes and snapshots of the array come with the reasons against managing them', async () => {
    if (simulator === undefined || driver === undefined) {
      throw new Error('not set up');
    }
    const { control } = simulator;
    for (const name of ['busy', 'free', 'gone']) {
      await control.admin(arrayName, { kind: 'createVolume', name, size: 1.5 * gib });
    }
    await control.admin(arrayName, { kind: 'createHost', name: 'h1' });
    await control.admin(arrayName, { kind: 'connectVolumeToHost', volume: 'busy', host: 'h1' });
    await control.admin(arrayName, { kind: 'createSnapshot', volume: 'free', suffix: 'one' });
    await control.admin(arrayName, { kind: 'createSnapshot', volume: 'free', suffix: 'two' });
    await control.admin(arrayName, { kind: 'destroySnapshot', name: 'free.two' });
    await control.admin(arrayName, { kind: 'createProtectionGroup', name: 'pg1', volumes: ['free'] });
    await control.admin(arrayName, { kind: 'createProtectionGroupSnapshot', group: 'pg1', suffix: 's1' });
    await control.admin(arrayName, { kind: 'destroyVolume', name: 'gone' });
    const volumes = await driver.manage.manageableVolumes(byName);
    expect(
      volumes.map(({ reference, size, reasonNotSafe }) => [reference.name, size, reasonNotSafe]),
    ).toEqual([
      ['busy', 2, 'Volume connected to host h1'],
      ['free', 2, null],
      ['gone', 2, 'Volume is deleted'],
    ]);
    const managed = new Map([['free.one', '04fe2f9a-d0c4-4564-a30d-693cc3657b47']]);
    const snapshots = await driver.manage.manageableSnapshots({ ...byName, managed });
    expect(
      snapshots.map(({ reference, sourceReference, cinderId, reasonNotSafe }) => [
        reference.name,
        sourceReference.name,
        cinderId,
        reasonNotSafe,
      ]),
    ).toEqual([
      ['free.one', 'free', '04fe2f9a-d0c4-4564-a30d-693cc3657b47', 'Snapshot already managed.'],
      ['free.two', 'free', null, 'Snapshot is deleted.'],
      ['pg1.s1.free', 'free', null, 'Snapshot is part of a protection group snapshot.'],
    ]);
    await expect(
      driver.manage.manageableSnapshots({ ...byName, marker: { name: 'nobody' } }),
    ).rejects.toMatchObject({ code: 'invalid-marker' });
  });

  test('the calls are those of the pages, and at most three more', async () => {
    if (simulator === undefined || driver === undefined) {
      throw new Error('not set up');
    }
    const { control } = simulator;
    await control.reset();
    await control.admin(arrayName, { kind: 'seedVolumes', count: 2_500, prefix: 'v' });
    for (const host of ['h1', 'h2']) {
      await control.admin(arrayName, { kind: 'createHost', name: host });
      await control.admin(arrayName, { kind: 'connectVolumeToHost', volume: 'v1', host });
    }
    // The reset ended the session: log in again before counting.
    await driver.statistics.read({ refresh: true });
    await control.clearRequests(arrayName);
    await driver.manage.manageableVolumes({ ...byName, limit: 50 });
    const calls = (await control.requests(arrayName)).filter(({ path }) => !/login|session/.test(path));
    expect(calls.length).toBeLessThanOrEqual(3 + 3);
  });
});
