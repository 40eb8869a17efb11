import { randomInt, randomUUID } from 'node:crypto';
import { gibibytes, KeyedLock, silentLogger, systemClock } from '@cinder-flasharray/common';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import {
  arrayName,
  aSnapshot,
  aVolume,
  baseConfig,
  connector,
  iscsi,
  MemorySecrets,
} from './acceptance/harness.ts';
import { levels } from './acceptance/levels.ts';

/** The one serial cost that matters: how often the driver waits for the array. Steady state, REST 2.x. */
describe.each(
  levels.filter(({ generation }) => generation === 'rest2').map((level) => [level.name, level] as const),
)('round trips, REST %s', (_name, level) => {
  const second = '2f8def5b-73f3-4a30-a38b-cd4863a987b8';
  let simulator: RunningSimulator | undefined;
  let driver: FlashArrayDriver | undefined;

  beforeAll(async () => {
    simulator = await startSimulator({ arrays: [{ name: arrayName, ...level.array }] });
  });
  beforeEach(async () => {
    await simulator?.control.reset();
    const [array] = simulator?.arrays ?? [];
    await driver?.close();
    driver = new FlashArrayDriver({
      config: {
        ...baseConfig(array?.address ?? '', array?.apiTokens.pureuser ?? ''),
        protocol: iscsi({ chap: true }),
      },
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: silentLogger,
      clock: systemClock,
      randomInteger: (below) => randomInt(below),
      randomUuid: randomUUID,
      platform: 'test',
    });
    await driver.open();
  });
  afterAll(async () => {
    await driver?.close();
    await simulator?.close();
  });

  /** The rounds of one operation, after what must be there is there. */
  async function rounds(
    prepare: (on: FlashArrayDriver) => Promise<unknown>,
    act: (on: FlashArrayDriver) => Promise<unknown>,
  ): Promise<number> {
    if (simulator === undefined || driver === undefined) {
      throw new Error('not set up');
    }
    await prepare(driver);
    await simulator.control.openGate(arrayName);
    await act(driver);
    const counted = await simulator.control.closeGate(arrayName);
    return counted.rounds.length;
  }
  const nothing = async (): Promise<void> => undefined;
  const volume = aVolume(1);
  const other = aVolume(1, { id: second });

  test.each([
    ['create a volume', 2, nothing, (on: FlashArrayDriver) => on.volumes.create(volume)],
    [
      'clone',
      2,
      (on: FlashArrayDriver) => on.volumes.create(volume),
      (on: FlashArrayDriver) => on.volumes.clone(other, volume),
    ],
    [
      'create from snapshot',
      2,
      async (on: FlashArrayDriver) => {
        await on.volumes.create(volume);
        await on.snapshots.create(aSnapshot(1));
      },
      (on: FlashArrayDriver) => on.volumes.createFromSnapshot(other, aSnapshot(1)),
    ],
    [
      'extend',
      1,
      (on: FlashArrayDriver) => on.volumes.create(volume),
      (on: FlashArrayDriver) => on.volumes.extend(volume, gibibytes(2)),
    ],
    [
      'create a snapshot',
      1,
      (on: FlashArrayDriver) => on.volumes.create(volume),
      (on: FlashArrayDriver) => on.snapshots.create(aSnapshot(1)),
    ],
    [
      'delete a snapshot',
      1,
      async (on: FlashArrayDriver) => {
        await on.volumes.create(volume);
        await on.snapshots.create(aSnapshot(1));
      },
      (on: FlashArrayDriver) => on.snapshots.delete(aSnapshot(1)),
    ],
    [
      'delete a volume that is not connected',
      1,
      (on: FlashArrayDriver) => on.volumes.create(volume),
      (on: FlashArrayDriver) => on.volumes.delete(volume),
    ],
    [
      'attach to a new host',
      3,
      (on: FlashArrayDriver) => on.volumes.create(volume),
      (on: FlashArrayDriver) => on.connections.connect(volume, connector()),
    ],
    [
      'attach to a known host',
      2,
      async (on: FlashArrayDriver) => {
        await on.volumes.create(volume);
        await on.volumes.create(other);
        await on.connections.connect(volume, connector());
      },
      (on: FlashArrayDriver) => on.connections.connect(other, connector()),
    ],
    [
      'detach, other volumes stay',
      2,
      async (on: FlashArrayDriver) => {
        await on.volumes.create(volume);
        await on.volumes.create(other);
        await on.connections.connect(volume, connector());
        await on.connections.connect(other, connector());
      },
      (on: FlashArrayDriver) => on.connections.disconnect(other, connector()),
    ],
    [
      'detach the last volume',
      3,
      async (on: FlashArrayDriver) => {
        await on.volumes.create(volume);
        await on.connections.connect(volume, connector());
      },
      (on: FlashArrayDriver) => on.connections.disconnect(volume, connector()),
    ],
    ['statistics', 1, nothing, (on: FlashArrayDriver) => on.statistics.read({ refresh: true })],
  ] as const)('%s costs %d', async (_operation, budget, prepare, act) => {
    expect(await rounds(prepare, act)).toBe(budget);
  });
});
