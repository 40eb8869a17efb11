import { randomInt } from 'node:crypto';
import { KeyedLock, systemClock } from '@cinder-flasharray/common';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import type { BackendConfig } from '../src/config/backend-config.ts';
import {
  arrayName,
  aSnapshot,
  aVolume,
  aVolumeType,
  baseConfig,
  connector,
  hostName,
  iscsi,
  iscsiData,
  LogCapture,
  MemorySecrets,
  volumeName,
} from './acceptance/harness.ts';
import { levels } from './acceptance/levels.ts';

/** Defects of the Python driver that no numbered acceptance case is about. */
describe.each(
  levels
    .filter(({ name }) => name === '1.19' || name === 'newest')
    .map((level) => [level.name, level] as const),
)('REST %s', (_name, level) => {
  let simulator: RunningSimulator | undefined;
  const log = new LogCapture();
  const secrets = new MemorySecrets();

  beforeAll(async () => {
    simulator = await startSimulator({ arrays: [{ name: arrayName, ...level.array }] });
  });
  beforeEach(async () => {
    await simulator?.control.reset();
  });
  afterAll(async () => {
    await simulator?.close();
  });

  async function withDriver(
    overrides: Partial<BackendConfig>,
    work: (driver: FlashArrayDriver) => Promise<void>,
  ): Promise<void> {
    const [array] = simulator?.arrays ?? [];
    const driver = new FlashArrayDriver({
      config: { ...baseConfig(array?.address ?? '', array?.apiTokens.pureuser ?? ''), ...overrides },
      secrets,
      locks: new KeyedLock(),
      logger: log,
      clock: systemClock,
      randomInteger: (below) => randomInt(below),
      randomUuid: () => '11111111-1111-4111-8111-111111111111',
      platform: 'test',
    });
    try {
      await driver.open();
      await work(driver);
    } finally {
      await driver.close();
    }
  }
  const state = async () => {
    if (simulator === undefined) {
      throw new Error('not set up');
    }
    return await simulator.control.state(arrayName);
  };
  const consistent = {
    id: '4a2f7e3a-312a-40c5-96a8-536b8a0fe074',
    typeSpecs: { consistent_group_snapshot_enabled: '<is> True' },
    volumeTypes: [],
  };

  test('a detached volume belongs to no instance (D29)', async () => {
    await withDriver({}, async (driver) => {
      const instanceUuid = '22222222-2222-4222-8222-222222222222';
      await driver.volumes.create(aVolume(1));
      await driver.connections.tag(aVolume(1), { instanceUuid });
      const vm = async () => (await state()).tags.find(({ key }) => key === 'VmId')?.value;
      expect(await vm()).toBe(instanceUuid);
      await driver.connections.tag(aVolume(1), null);
      expect(await vm()).toBeUndefined();
    });
  });

  test('a host made before CHAP was turned on gets credentials with the next attach (D42)', async () => {
    await withDriver({}, async (driver) => {
      await driver.volumes.create(aVolume(1));
      await driver.connections.connect(aVolume(1), connector());
    });
    expect((await state()).hosts).toMatchObject([{ name: hostName, chapUser: null }]);
    await withDriver({ protocol: iscsi({ chap: true }) }, async (driver) => {
      const data = iscsiData(await driver.connections.connect(aVolume(1), connector()));
      expect(data.auth_username).toBe('computenode1');
      expect((await state()).hosts).toMatchObject([{ name: hostName, chapUser: 'computenode1' }]);
    });
  });

  test('a destroyed group of ours is taken back, never eradicated (D43)', async () => {
    await withDriver({ eradicateOnDelete: false }, async (driver) => {
      const type = aVolumeType({ extraSpecs: { 'flasharray:vg_name': 'gold' } });
      const volume = aVolume(1, { type, providerId: `gold/${volumeName}` });
      await driver.volumes.create(volume);
      const [before] = (await state()).volumeGroups;
      await driver.volumes.delete(volume);
      expect((await state()).volumeGroups).toMatchObject([{ name: 'gold', destroyed: true }]);
      const id = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
      await driver.volumes.create(
        aVolume(1, { type, id, nameId: id, providerId: `gold/volume-${id}-cinder` }),
      );
      expect((await state()).volumeGroups).toMatchObject([{ id: before?.id, destroyed: false }]);

      await driver.groups.create(consistent);
      const [group] = (await state()).protectionGroups;
      await driver.groups.delete(consistent, []);
      await driver.groups.create(consistent);
      expect((await state()).protectionGroups).toMatchObject([{ id: group?.id, destroyed: false }]);
    });
  });

  test('log lines name what they are about, and no placeholder is left in them (D44)', async () => {
    log.lines.length = 0;
    await withDriver({}, async (driver) => {
      await driver.volumes.delete(aVolume(1));
      await driver.snapshots.delete(aSnapshot(1));
      await driver.connections.disconnect(aVolume(1), connector());
    });
    expect(log.lines.some((line) => line.includes(volumeName))).toBe(true);
    expect(log.lines.filter((line) => /%[sd]/.test(line))).toEqual([]);
  });

  test('copies of a group are paired with their sources by name, not by position (D50)', async () => {
    await withDriver({}, async (driver) => {
      await driver.groups.create(consistent);
      const ids = [1, 2, 3].map((n) => `0000000${n}-95e5-4a0f-b170-e45f4b469f6a`);
      const sources = ids.map((id, index) =>
        aVolume(index + 1, { id, nameId: id, providerId: `volume-${id}-cinder`, group: consistent }),
      );
      for (const source of sources) {
        await driver.volumes.create(source);
      }
      const copyOf = (id: string) => `a${id.slice(1)}`;
      // One copy has its name on record, the others have not; the order is not that of the group.
      const members = sources.toReversed().map((source, index) => {
        const id = copyOf(source.id);
        const providerId = index === 1 ? `volume-${id}-cinder` : null;
        return { volume: aVolume(source.size, { id, nameId: id, providerId }), source };
      });
      const copyGroup = { ...consistent, id: '5b3f7e3a-312a-40c5-96a8-536b8a0fe074' };
      await driver.groups.createFrom(copyGroup, { kind: 'group', group: consistent, members });
      const { volumes } = await state();
      for (const source of sources) {
        const copy = volumes.find(({ name }) => name === `volume-${copyOf(source.id)}-cinder`);
        expect(copy).toMatchObject({ source: source.providerId, size: source.size * 2 ** 30 });
      }
    });
  });

  test('trouble that may pass clears nothing away that the next try takes up', async () => {
    const control = simulator?.control;
    const isRest1 = level.generation === 'rest1';
    const busy = { kind: 'status', status: 503, message: 'Busy.' } as const;
    await withDriver({}, async (driver) => {
      await driver.volumes.create(aVolume(1));
      const id = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
      const clone = aVolume(2, { id, nameId: id, providerId: `volume-${id}-cinder` });
      // The copy is made, and cannot be made larger at first.
      const extend = isRest1
        ? { method: 'PUT', path: `volume/${clone.providerId}` }
        : { method: 'PATCH', path: 'volumes' };
      await control?.addFault(arrayName, { ...busy, times: null, match: extend });
      await expect(driver.volumes.clone(clone, aVolume(1))).rejects.toMatchObject({
        arrayCode: 'array-failure',
      });
      await control?.clearFaults(arrayName);
      await driver.volumes.clone(clone, aVolume(1));
      expect((await state()).volumes.find(({ name }) => name === clone.providerId)).toMatchObject({
        destroyed: false,
        size: 2 * 2 ** 30,
      });

      await driver.groups.create(consistent);
      const sources = [1, 2].map((n) => {
        const own = `0000000${n}-95e5-4a0f-b170-e45f4b469f6a`;
        return aVolume(1, { id: own, nameId: own, providerId: `volume-${own}-cinder`, group: consistent });
      });
      for (const source of sources) {
        await driver.volumes.create(source);
      }
      const members = sources.map((source) => {
        const own = `a${source.id.slice(1)}`;
        return { volume: aVolume(1, { id: own, nameId: own, providerId: `volume-${own}-cinder` }), source };
      });
      const last = members[1]?.volume.providerId ?? '';
      await control?.addFault(arrayName, {
        ...busy,
        times: null,
        match: isRest1
          ? { method: 'POST', path: `volume/${last}` }
          : { method: 'POST', path: 'volumes', query: { names: last } },
      });
      const copyGroup = { ...consistent, id: '5b3f7e3a-312a-40c5-96a8-536b8a0fe074' };
      const copy = () => driver.groups.createFrom(copyGroup, { kind: 'group', group: consistent, members });
      await expect(copy()).rejects.toMatchObject({ arrayCode: 'array-failure' });
      await control?.clearFaults(arrayName);
      await copy();
      const after = await state();
      const live = after.volumes.filter(({ destroyed }) => !destroyed).map(({ name }) => name);
      expect(live).toEqual(expect.arrayContaining(members.map(({ volume }) => volume.providerId)));
      expect(after.protectionGroupSnapshots.filter(({ destroyed }) => !destroyed)).toEqual([]);
    });
  });
});
