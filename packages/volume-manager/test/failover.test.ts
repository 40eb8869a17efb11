import type { Store } from '@cinder-flasharray/store';
import { afterEach, describe, expect, test } from 'vitest';
import {
  closeSites,
  createConsistentGroup,
  createMirroredType,
  host,
  openSite,
  type Started,
} from './replicated-site.ts';
import { context, runManager, volumeRequest } from './running-manager.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) {
    await cleanup();
  }
  await closeSites();
});

/** A replicated volume and one that is not. @returns their ids */
async function makeVolumes(
  { manager, blockStorage }: Started,
  kind: 'async' | 'sync',
): Promise<readonly [string, string]> {
  const { volumes } = blockStorage;
  await createMirroredType(blockStorage, kind);
  const mirrored = await volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  const plain = await volumes.create(context, volumeRequest());
  await manager.idle();
  return [mirrored.id, plain.id];
}

async function service(store: Store) {
  return await store.services.find(host, 'cinder-volume');
}

describe('an asynchronous failover', () => {
  test('leaves a group without volumes on the primary: it is not deleted before the failback', async () => {
    const { simulator, start } = await openSite('async');
    const started = await start();
    const { manager, blockStorage } = started;
    const { groups, services } = blockStorage;
    const id = await createConsistentGroup(started);
    const kept = async (): Promise<readonly boolean[]> =>
      (await simulator.control.state('fa1')).protectionGroups
        .filter(({ name }) => name.includes(id))
        .map(({ destroyed }) => destroyed);
    await services.failover(context, host, 'fa2');
    await manager.idle();
    await expect(groups.delete(context, id, { deleteVolumes: false })).rejects.toMatchObject({
      code: 'invalid-group',
    });
    await services.failover(context, host, 'default');
    await manager.idle();
    expect(await kept()).toEqual([false]);
    await groups.delete(context, id, { deleteVolumes: false });
    await manager.idle();
    expect(await kept()).toEqual([true]);
  });

  test('moves what is replicated, gives up the rest, and fails back', async () => {
    const { simulator, store, start } = await openSite('async');
    const started = await start();
    const { manager, blockStorage } = started;
    const { services } = blockStorage;
    expect(await service(store)).toMatchObject({ replicationStatus: 'enabled' });
    const [mirrored, plain] = await makeVolumes(started, 'async');
    expect(await store.volumes.get(mirrored)).toMatchObject({ replicationStatus: 'enabled' });
    const snapshot = await blockStorage.snapshots.create(context, {
      volumeId: plain,
      displayName: null,
      displayDescription: null,
      metadata: {},
      force: false,
    });
    await manager.idle();
    await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    await simulator.control.setArrayDown('fa1', true);

    await services.failover(context, host, null);
    expect(await service(store)).toMatchObject({ replicationStatus: 'failing-over' });
    await expect(services.failover(context, host, null)).rejects.toMatchObject({ code: 'invalid-input' });
    await manager.idle();
    expect(await service(store)).toMatchObject({
      replicationStatus: 'failed-over',
      activeBackendId: 'fa2',
      disabled: true,
      disabledReason: 'failed-over',
    });
    expect(await store.volumes.get(mirrored)).toMatchObject({
      status: 'available',
      replicationStatus: 'failed-over',
    });
    expect(await store.volumes.get(plain)).toMatchObject({
      status: 'error',
      previousStatus: 'available',
      replicationStatus: 'not-capable',
    });
    expect(await store.snapshots.get(snapshot.id)).toMatchObject({ status: 'error' });
    await blockStorage.volumes.delete(context, mirrored, { cascade: false, force: false });
    await manager.idle();
    const onTarget = await simulator.control.state('fa2');
    expect(onTarget.volumes).toMatchObject([{ destroyed: true }]);

    await simulator.control.setArrayDown('fa1', false);
    await services.failover(context, host, 'default');
    await manager.idle();
    expect(await service(store)).toMatchObject({
      replicationStatus: 'enabled',
      activeBackendId: '',
      disabled: false,
    });
  });

  test('that is refused leaves a healthy primary in service, and says why', async () => {
    const { simulator, store, start } = await openSite('async');
    const started = await start();
    const { manager, blockStorage } = started;
    const { services } = blockStorage;
    const [mirrored] = await makeVolumes(started, 'async');
    await services.failover(context, host, 'nobody');
    await manager.idle();
    expect(await service(store)).toMatchObject({ replicationStatus: 'enabled', disabled: false });
    await simulator.control.setArrayDown('fa2', true);
    await services.failover(context, host, 'fa2');
    await manager.idle();
    expect(await service(store)).toMatchObject({
      replicationStatus: 'enabled',
      disabled: false,
      disabledReason: expect.stringContaining('failover refused: Failing over'),
    });
    expect(await manager.states()).toMatchObject([{ condition: { kind: 'up' }, failedOverTo: null }]);
    expect(await store.volumes.get(mirrored)).toMatchObject({ replicationStatus: 'enabled' });
    await expect(services.failover(context, 'elsewhere@fa1', null)).rejects.toMatchObject({
      code: 'service-not-found',
    });
  });

  test('that is asked for again is refused, and the back end stays failed over', async () => {
    const { simulator, store, start } = await openSite('async');
    const started = await start();
    const { services } = started.blockStorage;
    await makeVolumes(started, 'async');
    await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    const failedOver = {
      replicationStatus: 'failed-over',
      activeBackendId: 'fa2',
      disabled: true,
      disabledReason: 'failed-over',
    };
    for (let times = 0; times < 2; times += 1) {
      await services.failover(context, host, 'fa2');
      await started.manager.idle();
      expect(await service(store)).toMatchObject(failedOver);
    }
  });

  test('that was interrupted goes on at the next start, with the primary lost', async () => {
    const { simulator, store, start } = await openSite('async');
    const first = await start();
    const [mirrored] = await makeVolumes(first, 'async');
    await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
    await simulator.control.setArrayDown('fa1', true);
    await first.manager.stop(5_000);
    // Accepted, and not begun: what a process leaves that dies at once.
    await store.services.update((await service(store))?.id ?? 0, { replicationStatus: 'failing-over' });
    await store.journal.add({
      operation: 'failover_host',
      resourceId: host,
      details: { host, secondaryId: 'fa2', previousStatus: 'enabled' },
      owner: null,
    });
    const second = await start();
    expect(await service(store)).toMatchObject({ replicationStatus: 'failed-over', activeBackendId: 'fa2' });
    expect(await store.volumes.get(mirrored)).toMatchObject({ replicationStatus: 'failed-over' });
    expect(await store.journal.list()).toEqual([]);
    expect(await second.manager.states()).toMatchObject([{ condition: { kind: 'up' }, failedOverTo: 'fa2' }]);
    await second.manager.stop(5_000);
    const third = await start();
    expect(await third.manager.states()).toMatchObject([{ condition: { kind: 'up' }, failedOverTo: 'fa2' }]);
    await third.blockStorage.volumes.extend(context, mirrored, 2, { online: false });
    await third.manager.idle();
    expect(await store.volumes.get(mirrored)).toMatchObject({ status: 'available', size: 2 });
  });
});

test('a failover to the other side of a pod and back changes no volume', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { services } = blockStorage;
  const [mirrored] = await makeVolumes(started, 'sync');
  await simulator.control.setArrayDown('fa1', true);
  await services.failover(context, host, null);
  await manager.idle();
  expect(await store.volumes.get(mirrored)).toMatchObject({
    status: 'available',
    replicationStatus: 'failed-over',
  });
  await simulator.control.setArrayDown('fa1', false);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(mirrored)).toMatchObject({
    status: 'available',
    replicationStatus: 'enabled',
  });
  expect(await service(store)).toMatchObject({ replicationStatus: 'enabled', activeBackendId: '' });
});

test('a move that a failover has broken off is ended after the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const { services, volumes } = blockStorage;
  const [, plain] = await makeVolumes(started, 'sync');
  const livePods = async (): Promise<readonly string[]> =>
    (await simulator.control.state('fa1')).pods.filter(({ destroyed }) => !destroyed).map(({ name }) => name);
  await simulator.control.setReplication({ resyncMs: 0 });
  const hold = await simulator.control.armHold('fa1', {
    match: { method: 'POST', path: '/^pods\\/members$/' },
    phase: 'before-apply',
  });
  await volumes.retype(context, plain, { newType: 'mirrored', migrationPolicy: 'on-demand' });
  await simulator.control.waitForHold('fa1', hold.id, 5_000);
  const inGhost = `cinder-ghost-pod-${plain}::volume-${plain}-cinder`;
  expect((await simulator.control.state('fa1')).volumes.map(({ name }) => name)).toContain(inGhost);
  await simulator.control.setArrayDown('fa1', true);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.volumes.get(plain)).toMatchObject({ status: 'error' });
  await simulator.control.setArrayDown('fa1', false);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(plain)).toMatchObject({
    status: 'error',
    providerId: `volume-${plain}-cinder`,
  });
  expect(await livePods()).toEqual(['cinder-pod']);
  expect(await store.journal.list()).toEqual([]);
});

test('a move whose volume is given another status is ended', async () => {
  const { simulator, store, start } = await openSite('sync');
  const started = await start();
  const { manager, blockStorage } = started;
  const [, plain] = await makeVolumes(started, 'sync');
  const names = async (): Promise<readonly string[]> =>
    (await simulator.control.state('fa1')).volumes.map(({ name }) => name);
  await simulator.control.setReplication({ resyncMs: 0 });
  await simulator.control.setReplicationLink('fa1', 'fa2', 'down');
  await blockStorage.volumes.retype(context, plain, { newType: 'mirrored', migrationPolicy: 'on-demand' });
  await expect.poll(names).toContain(`cinder-ghost-pod-${plain}::volume-${plain}-cinder`);
  await blockStorage.volumes.resetStatus(context, plain, {
    status: 'available',
    attachStatus: null,
    migrationStatus: null,
  });
  await manager.idle();
  expect(await store.volumes.get(plain)).toMatchObject({
    status: 'available',
    providerId: `volume-${plain}-cinder`,
  });
  expect(await names()).toContain(`volume-${plain}-cinder`);
  const { pods } = await simulator.control.state('fa1');
  expect(pods.filter(({ destroyed }) => !destroyed).map((pod) => pod.name)).toEqual(['cinder-pod']);
});

test('a replicated group is told with its volumes, and one that is not replicated is lost', async () => {
  const { simulator, store, start } = await openSite('async');
  const started = await start();
  const { manager, blockStorage } = started;
  const { services, groups, groupTypes, volumes } = blockStorage;
  await makeVolumes(started, 'async');
  for (const [name, specs] of [
    ['replicated', { consistent_group_replication_enabled: '<is> True' }],
    ['alone', {}],
  ] as const) {
    const { id } = await groupTypes.create(context, { name, description: null, isPublic: true });
    await groupTypes.setGroupSpecs(context, id, { consistent_group_snapshot_enabled: '<is> True', ...specs });
  }
  const made = async (groupType: string, volumeType: string): Promise<string> => {
    const { id } = await groups.create(context, {
      groupType,
      volumeTypes: [volumeType],
      name: groupType,
      description: null,
      availabilityZone: null,
    });
    await manager.idle();
    await volumes.create(context, volumeRequest({ groupId: id, volumeType }));
    await manager.idle();
    return id;
  };
  const replicated = await made('replicated', 'mirrored');
  const alone = await made('alone', 'fa1');
  expect(await store.groups.get(replicated)).toMatchObject({ replicationStatus: 'enabled' });
  expect(await store.groups.get(alone)).toMatchObject({ replicationStatus: 'disabled' });
  await simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  await services.failover(context, host, 'fa2');
  await manager.idle();
  expect(await store.groups.get(replicated)).toMatchObject({
    status: 'available',
    replicationStatus: 'failed-over',
  });
  expect(await store.groups.get(alone)).toMatchObject({ status: 'error', replicationStatus: 'not-capable' });
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.groups.get(replicated)).toMatchObject({ status: 'error', replicationStatus: 'error' });
});

test('enabling a service clears failover-error; thawing one that has failed over leaves it disabled', async () => {
  const { store, start } = await openSite('sync');
  const { manager, blockStorage } = await start();
  const { services } = blockStorage;
  const id = (await service(store))?.id ?? 0;
  await store.services.update(id, {
    replicationStatus: 'failover-error',
    disabled: true,
    disabledReason: 'x',
  });
  await services.setDisabled(context, { host, binary: 'cinder-volume' }, false, null);
  expect(await service(store)).toMatchObject({ replicationStatus: 'enabled', disabled: false });

  await services.failover(context, host, 'fa2');
  await manager.idle();
  await services.freeze(context, host);
  await services.thaw(context, host);
  expect(await service(store)).toMatchObject({
    replicationStatus: 'failed-over',
    frozen: false,
    disabled: true,
    disabledReason: 'failed-over',
  });
  await services.freeze(context, host);
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await service(store)).toMatchObject({
    replicationStatus: 'enabled',
    frozen: true,
    disabled: true,
    disabledReason: 'frozen',
  });
});

test('a volume that was made on the target without replication is removed there, and not where it never was', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { manager, blockStorage } = await start();
  const { services, volumes } = blockStorage;
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await services.setDisabled(context, { host, binary: 'cinder-volume' }, false, null);
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  await services.failover(context, host, 'default');
  await manager.idle();
  expect(await store.volumes.get(id)).toMatchObject({ status: 'error', replicationStatus: 'not-capable' });
  await expect(volumes.delete(context, id, { cascade: false, force: false })).rejects.toMatchObject({
    code: 'invalid-volume',
    message: expect.stringContaining('is on array fa2'),
  });
  const onTarget = async (): Promise<readonly boolean[]> =>
    (await simulator.control.state('fa2')).volumes
      .filter(({ name }) => name.includes(id))
      .map(({ destroyed }) => destroyed);
  expect(await onTarget()).toEqual([false]);
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  expect(await onTarget()).toEqual([true]);
  expect(await store.volumes.get(id)).toBeNull();
});

test('a volume that a failover has left on the primary is not said to be deleted before the failback', async () => {
  const { simulator, store, start } = await openSite('sync');
  const { manager, blockStorage } = await start();
  const { services, volumes } = blockStorage;
  const { id } = await volumes.create(context, volumeRequest());
  await manager.idle();
  await services.failover(context, host, 'fa2');
  await manager.idle();
  await expect(volumes.delete(context, id, { cascade: false, force: false })).rejects.toMatchObject({
    code: 'invalid-volume',
    message: expect.stringContaining('is on the primary array'),
  });
  await services.failover(context, host, 'default');
  await manager.idle();
  expect((await simulator.control.state('fa1')).volumes).toMatchObject([{ destroyed: false }]);
  await volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  expect(await store.volumes.get(id)).toBeNull();
  expect((await simulator.control.state('fa1')).volumes).toMatchObject([{ destroyed: true }]);
});

test('a service that nobody serves cannot be failed over', async () => {
  const { store, start } = await openSite('sync');
  const { blockStorage } = await start();
  const gone = await store.services.register({
    host: 'node0@old',
    binary: 'cinder-volume',
    availabilityZone: 'nova',
  });
  await expect(blockStorage.services.failover(context, 'node0@old', null)).rejects.toMatchObject({
    code: 'backend-unavailable',
    message: expect.stringContaining('is not served'),
  });
  expect((await store.services.find(gone.host, 'cinder-volume'))?.replicationStatus).not.toBe('failing-over');
});

test('a frozen back end gets no new volumes until it is thawed', async () => {
  const { store, start } = await openSite('async');
  const started = await start();
  const { manager, blockStorage } = started;
  const { services, volumes } = blockStorage;
  await services.freeze(context, host);
  expect(await service(store)).toMatchObject({ frozen: true, disabled: true, disabledReason: 'frozen' });
  await expect(services.freeze(context, host)).rejects.toMatchObject({ code: 'invalid-input' });
  const refused = await volumes.create(context, volumeRequest());
  await manager.idle();
  expect(await store.volumes.get(refused.id)).toMatchObject({ status: 'error' });
  await services.thaw(context, host);
  await expect(services.thaw(context, host)).rejects.toMatchObject({ code: 'invalid-input' });
  const made = await volumes.create(context, volumeRequest());
  await manager.idle();
  expect(await store.volumes.get(made.id)).toMatchObject({ status: 'available' });
});

test('a type that asks for replication is refused where nothing replicates', async () => {
  const { blockStorage, close } = await runManager();
  cleanups.push(close);
  const { volumes, volumeTypes } = blockStorage;
  await volumeTypes.create(context, {
    name: 'mirrored',
    description: null,
    isPublic: true,
    extraSpecs: { replication_enabled: '<is> True' },
  });
  await expect(volumes.create(context, volumeRequest({ volumeType: 'mirrored' }))).rejects.toMatchObject({
    code: 'invalid-input',
    message: expect.stringContaining('replication_device'),
  });
});
