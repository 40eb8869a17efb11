import { randomInt, randomUUID } from 'node:crypto';
import { KeyedLock, Secret, silentLogger, systemClock } from '@cinder-flasharray/common';
import { FlashArrayDriver } from '@cinder-flasharray/driver';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { openStore, type Store } from '@cinder-flasharray/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VolumeManager } from '../src/index.ts';

const context = {
  userId: 'me',
  projectId: '0123456789abcdef0123456789abcdef',
  isAdmin: true,
  requestId: 'req-1',
};
const connector = { host: 'compute1', initiator: 'iqn.1994-05.com.redhat:compute1' };

/** The levels that every acceptance case is run at. */
const levels = [
  ['1.2', { purityVersion: '4.0.0' }],
  ['1.5', { purityVersion: '4.6.0' }],
  ['1.19', { purityVersion: '6.0.0', restVersions: Array.from({ length: 20 }, (_, minor) => `1.${minor}`) }],
  ['2.4', { purityVersion: '6.1.0' }],
  ['2.26', { purityVersion: '6.4.10' }],
  ['newest', {}],
] as const;

describe.each(levels)('REST %s', (_level, array) => {
  let simulator: RunningSimulator | undefined;
  let store: Store | undefined;
  let manager: VolumeManager | undefined;

  beforeAll(async () => {
    simulator = await startSimulator({ arrays: [{ name: 'fa1', ...array }] });
    const [running] = simulator.arrays;
    store = await openStore({ path: ':memory:', clock: systemClock });
    const locks = new KeyedLock();
    manager = await VolumeManager.create({
      store,
      locks,
      logger: silentLogger,
      clock: systemClock,
      randomUuid: randomUUID,
      host: 'node1',
      defaultVolumeType: 'fa1',
      storageAvailabilityZone: 'nova',
      defaultAvailabilityZone: null,
      reportInterval: 10_000,
      serviceDownTime: 60_000,
      statsInterval: 60_000,
      backends: [
        {
          section: 'fa1',
          host: 'node1@fa1',
          volumeBackendName: 'fa1',
          initiatorDataNamespace: 'fa1',
          createDriver: (secrets) =>
            new FlashArrayDriver({
              config: {
                section: 'fa1',
                volumeBackendName: 'fa1',
                protocol: 'iscsi',
                address: running?.address ?? '',
                apiToken: new Secret(running?.apiTokens.pureuser ?? ''),
                tls: { kind: 'not-verified' },
                useChapAuth: false,
                initiatorDataNamespace: 'fa1',
                reservedPercentage: 0,
                maxOverSubscriptionRatio: 20,
                automaticMaxOverSubscriptionRatio: true,
                eradicateOnDelete: false,
                safemodeEnabled: false,
                hostPersonality: null,
                iscsiCidrs: [{ text: '0.0.0.0/0', contains: () => true }],
                filterFunction: null,
                goodnessFunction: null,
                volumeNameTemplate: 'volume-%s',
                snapshotNameTemplate: 'snapshot-%s',
              },
              secrets,
              locks,
              logger: silentLogger,
              clock: systemClock,
              randomInteger: (below) => randomInt(below),
              randomUuid: randomUUID,
              platform: 'test',
            }),
        },
      ],
    });
    manager.start();
    await manager.started;
  });

  afterAll(async () => {
    await manager?.stop(5_000);
    await store?.close();
    await simulator?.close();
  });

  test('case 53: with two instances on one compute node the connection goes with the second', async () => {
    if (manager === undefined || simulator === undefined) {
      throw new Error('not set up');
    }
    const { volumes, attachments, volumeTypes } = manager.blockStorage;
    await volumeTypes.create(context, {
      name: 'shared',
      description: null,
      isPublic: true,
      extraSpecs: { multiattach: '<is> True' },
    });
    const { id } = await volumes.create(context, {
      size: 1,
      displayName: 'shared',
      displayDescription: null,
      volumeType: 'shared',
      availabilityZone: null,
      metadata: {},
      snapshotId: null,
      sourceVolid: null,
      multiattach: false,
    });
    await manager.idle();
    const attach = async (instanceUuid: string): Promise<string> => {
      const reserved = await attachments.create(context, {
        volumeId: id,
        instanceUuid,
        connector: null,
        mode: null,
      });
      await attachments.update(context, reserved.id, connector);
      await attachments.complete(context, reserved.id);
      return reserved.id;
    };
    const first = await attach('11111111-1111-4111-8111-111111111111');
    const second = await attach('22222222-2222-4222-8222-222222222222');
    const connections = async (): Promise<number> =>
      (await simulator?.control.state('fa1'))?.connections.length ?? -1;
    expect(await connections()).toBe(1);
    await attachments.delete(context, first);
    expect(await connections()).toBe(1);
    expect((await volumes.get(context, id)).status).toBe('in-use');
    await attachments.delete(context, second);
    expect(await connections()).toBe(0);
    expect((await volumes.get(context, id)).status).toBe('available');
    await manager.idle();
  });

  test('a bad request changes nothing', async () => {
    if (manager === undefined) {
      throw new Error('not set up');
    }
    const { volumes } = manager.blockStorage;
    const request = {
      size: 1,
      displayName: 'bad',
      displayDescription: null,
      volumeType: null,
      availabilityZone: null,
      metadata: {},
      snapshotId: null,
      sourceVolid: null,
      multiattach: false,
    };
    const count = async (): Promise<number | null> => {
      const page = await volumes.list(
        context,
        { projectId: null },
        { sort: [], limit: 10, offset: 0, marker: null },
      );
      return page.kind === 'page' ? page.count : null;
    };
    const before = await count();
    const unknown = '99999999-9999-4999-8999-999999999999';
    for (const [bad, code] of [
      [{ size: 0 }, 'invalid-input'],
      [{ size: 4194305 }, 'invalid-input'],
      [{ size: null }, 'invalid-input'],
      [{ sourceVolid: unknown }, 'volume-not-found'],
      [{ snapshotId: unknown }, 'snapshot-not-found'],
      [{ volumeType: 'nothing' }, 'volume-type-not-found'],
      [{ availabilityZone: 'mars' }, 'invalid-input'],
      [{ size: 2000 }, 'over-quota'],
    ] as const) {
      await expect(volumes.create(context, { ...request, ...bad })).rejects.toMatchObject({ code });
    }
    expect(await count()).toBe(before);
  });
});
