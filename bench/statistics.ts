import { randomInt, randomUUID } from 'node:crypto';
import { KeyedLock, Secret, silentLogger, systemClock } from '@cinder-flasharray/common';
import { FlashArrayDriver } from '@cinder-flasharray/driver';
import type { Laboratory } from './laboratory.ts';
import { type Measure, measureRounds } from './operations.ts';

/** The periodic statistics, asked of a driver of its own: the service does it by the clock. */
export async function statistics(lab: Laboratory): Promise<Measure> {
  const [running] = lab.simulator.arrays;
  const driver = new FlashArrayDriver({
    config: {
      section: 'bench',
      volumeBackendName: 'bench',
      protocol: { kind: 'iscsi', chap: false, cidrs: [{ text: '0.0.0.0/0', contains: () => true }] },
      address: running?.address ?? '',
      apiToken: new Secret(running?.apiTokens.pureuser ?? ''),
      tls: { kind: 'not-verified' },
      initiatorDataNamespace: 'bench',
      reservedPercentage: 0,
      maxOverSubscriptionRatio: 20,
      automaticMaxOverSubscriptionRatio: true,
      eradicateOnDelete: false,
      safemodeEnabled: false,
      hostPersonality: null,
      replication: null,
      filterFunction: null,
      goodnessFunction: null,
      volumeNameTemplate: 'volume-%s',
      snapshotNameTemplate: 'snapshot-%s',
    },
    secrets: {
      get: async () => null,
      insertIfAbsent: async (_initiator, secret) => secret,
    },
    locks: new KeyedLock(),
    logger: silentLogger,
    clock: systemClock,
    randomInteger: (below) => randomInt(below),
    randomUuid: randomUUID,
    platform: 'bench',
  });
  try {
    await driver.open();
    return await measureRounds(lab, { what: 'statistics', budget: '1 round' }, () =>
      driver.statistics.read({ refresh: true }),
    );
  } finally {
    await driver.close();
  }
}
