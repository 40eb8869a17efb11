import { randomInt, randomUUID } from 'node:crypto';
import { KeyedLock, systemClock } from '@cinder-flasharray/common';
import type { Timeouts } from '@cinder-flasharray/flasharray';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import type { MissedArray } from '../src/contract/records.ts';
import {
  arrayName,
  aVolume,
  baseConfig,
  type CaseContext,
  connector,
  iscsiData,
  LogCapture,
  MemorySecrets,
  volumeName,
} from './acceptance/harness.ts';
import { levels } from './acceptance/levels.ts';
import { replicatedTo, replicatedType, target } from './acceptance/replication-site.ts';

/** A hanging array costs its deadline: a short one here. */
const timeouts: Timeouts = { connect: 300, idle: 300, total: 600 };
const pod = 'cinder-pod';
const synchronous = replicatedType('sync');

/** One array of a pair is lost: with its connections refused, or with nobody answering. */
describe.each(
  levels
    .filter(({ name }) => name === '1.19' || name === 'newest')
    .flatMap((level) => (['refuse', 'hang'] as const).map((how) => [level.name, how, level] as const)),
)('REST %s, the other array lost: %s', (_name, how, level) => {
  let simulator: RunningSimulator | undefined;
  const log = new LogCapture();

  beforeAll(async () => {
    simulator = await startSimulator({
      arrays: [arrayName, 'fa2'].map((name) => ({ name, ...level.array })),
      connections: [{ from: arrayName, to: 'fa2', type: 'sync-replication' }],
    });
  });
  beforeEach(async () => {
    await simulator?.control.reset();
  });
  afterEach(async () => {
    await simulator?.control.setArrayDown('fa2', false);
  });
  afterAll(async () => {
    await simulator?.close();
  });

  async function withDriver(
    kind: 'async' | 'sync',
    work: (driver: FlashArrayDriver, control: RunningSimulator['control']) => Promise<void>,
  ): Promise<void> {
    if (simulator === undefined) {
      throw new Error('not set up');
    }
    const { arrays, control } = simulator;
    const access: CaseContext['access'] = (name) => {
      const found = arrays.find((candidate) => candidate.name === name);
      return { address: found?.address ?? '', apiToken: found?.apiTokens.pureuser ?? '' };
    };
    const { address, apiToken } = access(arrayName);
    const driver = new FlashArrayDriver({
      config: {
        ...baseConfig(address, apiToken),
        ...replicatedTo([target({ access }, 'fa2', kind, kind === 'sync')]),
      },
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: log,
      clock: systemClock,
      randomInteger: (below) => randomInt(below),
      randomUuid: randomUUID,
      platform: 'test',
      timeouts,
    });
    try {
      await work(driver, control);
    } finally {
      await driver.close();
    }
  }

  /** Statistics are read again and again, as the service does, until the other array has been taken in. */
  async function untilTakenIn(driver: FlashArrayDriver, isDone: () => Promise<boolean>): Promise<void> {
    for (let look = 0; look < 500; look += 1) {
      if (await isDone()) {
        return;
      }
      await driver.statistics.read({ refresh: true });
    }
    throw new Error('the array was not taken in');
  }

  test('the back end starts without it, works, and wires it when it is back', async () => {
    await withDriver('async', async (driver, control) => {
      await control.setArrayDown('fa2', true, how);
      await driver.open();
      await driver.checkForSetupError();
      const volume = aVolume(1, { type: replicatedType('async') });
      expect(await driver.volumes.create(volume)).toMatchObject({ replicationStatus: 'enabled' });
      expect(await driver.statistics.read({ refresh: true })).toMatchObject({ replication_targets: ['fa2'] });
      await control.setArrayDown('fa2', false);
      const targets = async () => (await control.state(arrayName)).protectionGroups[0]?.targets ?? [];
      await untilTakenIn(driver, async () => (await targets()).length > 0);
      await untilTakenIn(driver, async () => (await targets())[0]?.allowed === true);
      expect((await control.state(arrayName)).protectionGroups).toMatchObject([
        { volumes: [volumeName], targets: [{ array: 'fa2', allowed: true }] },
      ]);
    });
  });

  test('volumes of the pod are made, attached, detached and deleted meanwhile', async () => {
    await withDriver('sync', async (driver, control) => {
      await driver.open();
      await control.setArrayDown('fa2', true, how);
      const volume = aVolume(1, { type: synchronous, providerId: `${pod}::${volumeName}` });
      expect(await driver.volumes.create(volume)).toMatchObject({ replicationStatus: 'enabled' });
      const data = iscsiData(await driver.connections.connect(volume, connector()));
      expect(data.target_luns).toEqual([1, 1, 1, 1]);
      expect(await driver.statistics.read({ refresh: true })).toMatchObject({ total_volumes: 1 });
      const missed: MissedArray[] = [];
      await driver.connections.disconnect(volume, connector(), (disconnect) => missed.push(disconnect));
      expect(missed).toEqual([{ backendId: 'fa2', volumeName: `${pod}::${volumeName}`, isTarget: false }]);
      await driver.volumes.delete(volume);
      expect((await control.state(arrayName)).volumes).toMatchObject([{ destroyed: true }]);
      expect(log.lines.some((line) => line.includes('array fa2 could not disconnect volume'))).toBe(true);
    });
  });
});
