import { randomInt, randomUUID } from 'node:crypto';
import { gibibytes, KeyedLock, Secret, silentLogger, systemClock } from '@cinder-flasharray/common';
import { type DriverVolume, FlashArrayDriver } from '@cinder-flasharray/driver';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { array, type Generation } from './laboratory.ts';
import { milliseconds } from './table.ts';

const secondary = 'fa2';
const atOnce = 16;

/** A failover of so many volumes from one simulated array to another: calls and serial rounds of the target, and time. */
export async function failover(generation: Generation, count: number): Promise<readonly string[]> {
  const simulator = await startSimulator({
    arrays: [array, secondary].map((name) => ({ name, ...generation })),
    connections: [{ from: array, to: secondary }],
  });
  const driver = driverOf(simulator);
  try {
    await driver.open();
    const volumes = Array.from({ length: count }, (_, number) => volumeOf(number));
    for (let first = 0; first < count; first += atOnce) {
      await Promise.all(volumes.slice(first, first + atOnce).map((volume) => driver.volumes.create(volume)));
    }
    await simulator.control.admin(array, { kind: 'replicateNow', group: 'cinder-group' });
    await simulator.control.setArrayDown(array, true);
    await simulator.control.clearRequests(secondary);
    const began = performance.now();
    const { volumes: moved } = await driver.failover(volumes, secondary);
    const time = performance.now() - began;
    const calls = (await simulator.control.requests(secondary)).length;
    // Once more behind the gate, which counts rounds and slows them down: now every volume is overwritten.
    await simulator.control.openGate(secondary);
    await driver.failover(volumes, secondary);
    const { rounds } = await simulator.control.closeGate(secondary);
    const failed = moved.filter(({ kind }) => kind === 'error').length;
    return [
      String(count),
      `${calls} calls`,
      `${rounds.length} rounds`,
      milliseconds(time),
      `${failed} failed`,
    ];
  } finally {
    await driver.close();
    await simulator.close();
  }
}

function volumeOf(number: number): DriverVolume {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
  return {
    id,
    nameId: id,
    size: gibibytes(1),
    providerId: `volume-${id}-cinder`,
    metadata: { array_name: array },
    projectId: '0123456789abcdef0123456789abcdef',
    bootable: false,
    type: { name: 'mirrored', extraSpecs: { replication_enabled: '<is> True' }, qos: null },
    group: null,
  };
}

function driverOf(simulator: RunningSimulator): FlashArrayDriver {
  const access = (name: string) => {
    const found = simulator.arrays.find((candidate) => candidate.name === name);
    return {
      address: found?.address ?? '',
      apiToken: new Secret(found?.apiTokens.pureuser ?? ''),
      tls: { kind: 'not-verified' } as const,
    };
  };
  return new FlashArrayDriver({
    config: {
      section: 'bench',
      volumeBackendName: 'bench',
      protocol: { kind: 'iscsi', chap: false, cidrs: [{ text: '0.0.0.0/0', contains: () => true }] },
      ...access(array),
      initiatorDataNamespace: 'bench',
      reservedPercentage: 0,
      maxOverSubscriptionRatio: 20,
      automaticMaxOverSubscriptionRatio: true,
      eradicateOnDelete: false,
      safemodeEnabled: false,
      hostPersonality: null,
      replication: {
        targets: [{ backendId: secondary, ...access(secondary), kind: 'async', uniform: false }],
        protectionGroup: 'cinder-group',
        pod: 'cinder-pod',
        ghostPod: 'cinder-ghost-pod',
        interval: 3_600_000,
        retention: { allFor: 14_400_000, perDay: 3, days: 7 },
        trisyncGroup: null,
      },
      filterFunction: null,
      goodnessFunction: null,
      volumeNameTemplate: 'volume-%s',
      snapshotNameTemplate: 'snapshot-%s',
    },
    secrets: { get: async () => null, insertIfAbsent: async (_initiator, secret) => secret },
    locks: new KeyedLock(),
    logger: silentLogger,
    clock: systemClock,
    randomInteger: (below) => randomInt(below),
    randomUuid: randomUUID,
    platform: 'bench',
  });
}
