import type { Hold } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  compute1,
  context,
  levels,
  type RunningManager,
  runManager,
  volumeRequest,
} from './running-manager.ts';

const gib = 2 ** 30;
const post = (path: string) => ({ match: { method: 'POST', path }, phase: 'before-apply' }) as const;
const [, , rest1] = levels;
/** Both generations of the interface, and the requests that are held on their way. */
const generations = [
  [
    'REST 1',
    rest1[1],
    {
      renaming: { match: { method: 'PUT', path: '/^volume\\//' }, phase: 'before-reply' },
      copying: post('/^volume\\//'),
      snapshotting: post('volume'),
      copyingGroup: post('/^(volume\\/|pgroup)/'),
    },
  ],
  [
    'REST 2',
    {},
    {
      renaming: { match: { method: 'PATCH', path: '/^volumes$/' }, phase: 'before-reply' },
      copying: post('/^volumes$/'),
      snapshotting: post('volume-snapshots'),
      copyingGroup: post('/^(volumes|protection-group-snapshots)/'),
    },
  ],
] as const;

/** What is accepted while other work is with the array finds what that work leaves, and leaves it what it needs. */
describe.each(generations)('what is accepted first is done first, %s', (_generation, array, held) => {
  const { renaming, copying, snapshotting, copyingGroup } = held;
  let running: RunningManager | undefined;
  let bystander = '';

  const site = (): RunningManager => {
    if (running === undefined) {
      throw new Error('not set up');
    }
    return running;
  };
  const aVolume = async (change: Parameters<typeof volumeRequest>[0] = {}): Promise<string> => {
    const { blockStorage, manager } = site();
    const { id } = await blockStorage.volumes.create(context, volumeRequest(change));
    await manager.idle();
    return id;
  };
  const snapshotOf = async (volumeId: string): Promise<string> => {
    const { id } = await site().blockStorage.snapshots.create(context, {
      volumeId,
      displayName: null,
      displayDescription: null,
      metadata: {},
      force: true,
    });
    return id;
  };
  /** Begins the first, holds it at the array, and gives the second all the time that it could want meanwhile. */
  const beside = async <First>(
    hold: Hold,
    first: () => Promise<First>,
    second: (first: First) => Promise<unknown>,
  ): Promise<First> => {
    const { blockStorage, manager, simulator } = site();
    const { control } = simulator;
    const { id } = await control.armHold('fa1', hold);
    const begun = await first();
    expect(await control.waitForHold('fa1', id, 5_000)).toMatchObject({ kind: 'held' });
    await second(begun);
    // Three rounds with the array and more, begun later.
    const attachment = await blockStorage.attachments.create(context, {
      volumeId: bystander,
      instanceUuid: null,
      connector: compute1,
      mode: null,
    });
    await blockStorage.attachments.delete(context, attachment.id);
    await control.releaseHold('fa1', id, 'continue');
    await manager.idle();
    return begun;
  };
  const retype = async (volume: string): Promise<void> => {
    await site().blockStorage.volumes.retype(context, volume, { newType: 'gold', migrationPolicy: 'never' });
  };
  const volumesOf = async (id: string): Promise<readonly { readonly size: number }[]> =>
    (await site().simulator.control.state('fa1')).volumes.filter(
      ({ name, destroyed }) => name.endsWith(`volume-${id}-cinder`) && !destroyed,
    );

  beforeAll(async () => {
    running = await runManager(array);
    await running.store.quotas.setLimits(context.projectId, { volumes: -1, gigabytes: -1, snapshots: -1 });
    const { volumeTypes, groupTypes } = running.blockStorage;
    const type = { description: null, isPublic: true } as const;
    await volumeTypes.create(context, {
      ...type,
      name: 'gold',
      extraSpecs: { 'flasharray:vg_name': 'gold' },
    });
    const { id } = await groupTypes.create(context, { ...type, name: 'consistent' });
    await groupTypes.setGroupSpecs(context, id, { consistent_group_snapshot_enabled: '<is> True' });
    bystander = await aVolume();
  });

  afterAll(async () => {
    await running?.close();
  });

  test('a snapshot is taken although its volume is renamed by a retype after it was accepted', async () => {
    const { store } = site();
    const volume = await aVolume();
    const snapshot = await beside(
      snapshotting,
      () => snapshotOf(volume),
      () => retype(volume),
    );
    expect(await store.snapshots.get(snapshot)).toMatchObject({
      status: 'available',
      providerId: `gold/volume-${volume}-cinder.snapshot-${snapshot}`,
    });
  });

  test('a copy of a snapshot whose volume is renamed by a retype is made of the new name', async () => {
    const { store, blockStorage, manager } = site();
    const volume = await aVolume();
    const snapshotId = await snapshotOf(volume);
    await manager.idle();
    let copy = '';
    await beside(
      renaming,
      () => retype(volume),
      async () => {
        const request = volumeRequest({ snapshotId, size: null });
        copy = (await blockStorage.volumes.create(context, request)).id;
      },
    );
    expect(await store.volumes.get(copy)).toMatchObject({ status: 'available' });
    expect(await volumesOf(copy)).toHaveLength(1);
  });

  test.each([
    [
      'deleted',
      (id: string) => site().blockStorage.volumes.delete(context, id, { cascade: false, force: false }),
    ],
    ['extended', (id: string) => site().blockStorage.volumes.extend(context, id, 5, { online: false })],
    ['retyped', retype],
  ])('a clone is the one that was accepted, although its source is %s after that', async (_how, change) => {
    const { store, blockStorage } = site();
    const sourceVolid = await aVolume();
    const { id } = await beside(
      copying,
      () => blockStorage.volumes.create(context, volumeRequest({ sourceVolid, size: null })),
      () => change(sourceVolid),
    );
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available', size: 1 });
    expect(await volumesOf(id)).toMatchObject([{ size: gib }]);
  });

  test('a copy of a snapshot is made although the snapshot is deleted after it was accepted', async () => {
    const { store, blockStorage, manager } = site();
    const snapshotId = await snapshotOf(await aVolume());
    await manager.idle();
    const { id } = await beside(
      copying,
      () => blockStorage.volumes.create(context, volumeRequest({ snapshotId, size: null })),
      () => blockStorage.snapshots.delete(context, snapshotId, { force: false }),
    );
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
    expect(await volumesOf(id)).toHaveLength(1);
  });

  test('a group is copied with the sizes that its members had when the copy was accepted', async () => {
    const { store, blockStorage, manager } = site();
    const { groups, volumes } = blockStorage;
    const sourceGroup = await groups.create(context, {
      groupType: 'consistent',
      volumeTypes: ['fa1'],
      name: null,
      description: null,
      availabilityZone: null,
    });
    await manager.idle();
    const member = await aVolume({ groupId: sourceGroup.id });
    const { id } = await beside(
      copyingGroup,
      () =>
        groups.createFromSource(context, {
          groupSnapshotId: null,
          sourceGroupId: sourceGroup.id,
          name: null,
          description: null,
        }),
      () => volumes.extend(context, member, 5, { online: false }),
    );
    const [copy] = await store.volumes.ofGroup(id);
    expect(copy).toMatchObject({ status: 'available', size: 1 });
    expect(await volumesOf(copy?.id ?? '')).toMatchObject([{ size: gib }]);
    expect(await volumesOf(member)).toMatchObject([{ size: 5 * gib }]);
  });

  test('a snapshot that the array is too busy for is taken before an extend that was accepted after it', async () => {
    const { store, blockStorage, manager, simulator } = site();
    const volume = await aVolume();
    await simulator.control.addFault('fa1', {
      match: snapshotting.match,
      kind: 'status',
      status: 503,
      times: 1,
    });
    const snapshot = await snapshotOf(volume);
    await blockStorage.volumes.extend(context, volume, 4, { online: false });
    await manager.idle();
    expect(await store.snapshots.get(snapshot)).toMatchObject({ status: 'available', volumeSize: 1 });
    const { snapshots } = await simulator.control.state('fa1');
    expect(snapshots.filter(({ name }) => name.includes(snapshot))).toMatchObject([{ size: gib }]);
    expect(await volumesOf(volume)).toMatchObject([{ size: 4 * gib }]);
  });

  test('an extend that waits for its turn is done although the volume is detached meanwhile', async () => {
    const { store, blockStorage } = site();
    const volume = await aVolume();
    const instanceUuid = '11111111-1111-4111-8111-111111111111';
    const { id } = await blockStorage.attachments.create(context, {
      volumeId: volume,
      instanceUuid,
      connector: compute1,
      mode: null,
    });
    await blockStorage.attachments.complete(context, id);
    let detached: Promise<unknown> = Promise.resolve();
    await beside(
      snapshotting,
      () => snapshotOf(volume),
      async () => {
        await blockStorage.volumes.extend(context, volume, 3, { online: true });
        detached = blockStorage.attachments.delete(context, id);
      },
    );
    await detached;
    expect(await store.volumes.get(volume)).toMatchObject({ status: 'available', size: 3 });
    expect(await volumesOf(volume)).toMatchObject([{ size: 3 * gib }]);
  });

  test('a detach of a volume that is in error leaves it in error', async () => {
    const { store, blockStorage } = site();
    const volume = await aVolume();
    const attachment = await blockStorage.attachments.create(context, {
      volumeId: volume,
      instanceUuid: null,
      connector: compute1,
      mode: null,
    });
    await store.volumes.update(volume, { status: 'error' });
    await blockStorage.attachments.delete(context, attachment.id);
    expect(await store.volumes.get(volume)).toMatchObject({ status: 'error', attachments: [] });
  });
});
