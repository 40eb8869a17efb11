import { randomInt, randomUUID } from 'node:crypto';
import { type Clock, KeyedLock } from '@cinder-flasharray/common';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import type { BackendConfig } from '../src/config/backend-config.ts';
import { arrayName, baseConfig, type CaseContext, LogCapture, MemorySecrets } from './acceptance/harness.ts';
import { type Level, levels } from './acceptance/levels.ts';
import { replicatedTo, steppingClock, target } from './acceptance/replication-site.ts';

/** Waits of the driver, milliseconds, that both clocks jump over. */
const jumped = [1_000, 2_000, 4_000, 5_000];

/** A clock that somebody sets while others wait. */
function setForward(clock: Clock, milliseconds: number): Clock {
  let ahead = 0;
  return {
    now: () => clock.now() + ahead,
    elapsed: () => clock.elapsed(),
    wait: async (wait, signal) => {
      ahead += milliseconds;
      await clock.wait(wait, signal);
    },
  };
}

/** Three arrays, whose drivers' calls go wrong half way and are made again. */
export interface RepeatedSite {
  readonly level: Level;
  readonly log: LogCapture;
  readonly control: RunningSimulator['control'];
  /**
   * fa2 has the pod, fa3 copies.
   * @param setBy milliseconds by which the machine's clock is set forward with every wait
   */
  openReplicated(setBy?: number): Promise<FlashArrayDriver>;
  /** fa2 has the pod, and hosts reach both arrays. */
  openUniform(): Promise<FlashArrayDriver>;
  /** Copies on one other array. @param primary the array that the back end works on */
  openPair(secondary: string, primary?: string): Promise<FlashArrayDriver>;
  openPlain(overrides?: Partial<BackendConfig>): Promise<FlashArrayDriver>;
  /** Names of the live objects of a kind. */
  live(
    kind: 'pods' | 'volumes' | 'volumeGroups' | 'protectionGroups' | 'protectionGroupSnapshots',
    array?: string,
  ): Promise<readonly string[]>;
}

/** Declares tests at the oldest level that has everything, and at the newest one. */
export function onRepeatedSite(declare: (site: () => RepeatedSite) => void): void {
  const used = levels.filter(({ name }) => name === '1.19' || name === 'newest');
  describe.each(used.map((level) => [level.name, level] as const))('REST %s', (_name, level) => {
    let simulator: RunningSimulator | undefined;
    const log = new LogCapture();
    const opened: FlashArrayDriver[] = [];

    beforeAll(async () => {
      simulator = await startSimulator({
        arrays: [arrayName, 'fa2', 'fa3'].map((name) => ({ name, ...level.array })),
        connections: [
          { from: arrayName, to: 'fa2', type: 'sync-replication' },
          { from: arrayName, to: 'fa3' },
          { from: 'fa2', to: 'fa3' },
        ],
      });
    });
    beforeEach(async () => {
      await simulator?.control.reset();
      await simulator?.control.setReplication({ propagationMs: 0, transferMs: 0, resyncMs: 0 });
      log.lines.length = 0;
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((driver) => driver.close()));
      await simulator?.control.setReplicationLink(arrayName, 'fa2', 'up');
    });
    afterAll(async () => {
      await simulator?.close();
    });

    declare(() => {
      if (simulator === undefined) {
        throw new Error('not set up');
      }
      const { arrays, control } = simulator;
      const access: CaseContext['access'] = (name) => {
        const found = arrays.find((candidate) => candidate.name === name);
        return { address: found?.address ?? '', apiToken: found?.apiTokens.pureuser ?? '' };
      };
      const open = async (
        overrides: Partial<BackendConfig>,
        on = arrayName,
        setBy = 0,
      ): Promise<FlashArrayDriver> => {
        const { address, apiToken } = access(on);
        const driver = new FlashArrayDriver({
          config: { ...baseConfig(address, apiToken), ...overrides },
          secrets: new MemorySecrets(),
          locks: new KeyedLock(),
          logger: log,
          clock: setForward(steppingClock(control, jumped), setBy),
          randomInteger: (below) => randomInt(below),
          randomUuid: randomUUID,
          platform: 'test',
        });
        opened.push(driver);
        await driver.open();
        return driver;
      };
      return {
        level,
        log,
        control,
        openReplicated: (setBy = 0) =>
          open(
            replicatedTo([target({ access }, 'fa2', 'sync'), target({ access }, 'fa3')]),
            arrayName,
            setBy,
          ),
        openUniform: () => open(replicatedTo([target({ access }, 'fa2', 'sync', true)])),
        openPair: (secondary, primary) => open(replicatedTo([target({ access }, secondary)]), primary),
        openPlain: (overrides = {}) => open(overrides),
        live: async (kind, array = arrayName) =>
          (await control.state(array))[kind].filter(({ destroyed }) => !destroyed).map(({ name }) => name),
      };
    });
  });
}
