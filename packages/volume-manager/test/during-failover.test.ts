import { afterEach, describe, expect, test } from 'vitest';
import { closeSites, createMirroredType, host, openSite } from './replicated-site.ts';
import { compute1, context, volumeRequest } from './running-manager.ts';

const gib = 2 ** 30;

afterEach(closeSites);

/** Two arrays with a volume that has a copy on the second one. */
async function openReplicated() {
  const site = await openSite('async');
  const { manager, blockStorage } = await site.start();
  await createMirroredType(blockStorage, 'async');
  const { id } = await blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await manager.idle();
  await site.simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  return { ...site, manager, blockStorage, id };
}

type Replicated = Awaited<ReturnType<typeof openReplicated>>;

describe('what is accepted while a failover runs is done on the array that is current after it', () => {
  /** Accepts work when the failover has read the records and makes the volume on the target. */
  async function whileFailingOver(site: Replicated, accept: () => Promise<void>): Promise<void> {
    const { simulator, blockStorage, manager } = site;
    const { control } = simulator;
    const hold = await control.armHold('fa2', {
      match: { method: 'POST', path: '/^volumes$/' },
      phase: 'before-apply',
    });
    await blockStorage.services.failover(context, host, 'fa2');
    expect(await control.waitForHold('fa2', hold.id, 5_000)).toMatchObject({ kind: 'held' });
    await accept();
    await control.releaseHold('fa2', hold.id, 'continue');
    await manager.idle();
  }

  const onTarget = async ({ simulator }: Replicated, id: string) =>
    (await simulator.control.state('fa2')).volumes.filter(({ name }) => name === `volume-${id}-cinder`);

  test('an extend', async () => {
    const site = await openReplicated();
    const { blockStorage, store, id } = site;
    await whileFailingOver(site, () => blockStorage.volumes.extend(context, id, 2, { online: false }));
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available', size: 2 });
    expect(await onTarget(site, id)).toMatchObject([{ size: 2 * gib }]);
  });

  test('a create', async () => {
    const site = await openReplicated();
    const { blockStorage, store } = site;
    let id = '';
    await whileFailingOver(site, async () => {
      id = (await blockStorage.volumes.create(context, volumeRequest())).id;
    });
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
    expect(await onTarget(site, id)).toMatchObject([{ destroyed: false }]);
  });

  test('a delete', async () => {
    const site = await openReplicated();
    const { blockStorage, store, id } = site;
    await whileFailingOver(site, () =>
      blockStorage.volumes.delete(context, id, { cascade: false, force: false }),
    );
    expect(await store.volumes.get(id)).toBeNull();
    expect(await onTarget(site, id)).toMatchObject([{ destroyed: true }]);
  });
});

describe('the back end after a failover', () => {
  test('is up although a call is refused that sets replication up after the failback', async () => {
    const { simulator, store, blockStorage, manager } = await openReplicated();
    const { services, volumes } = blockStorage;
    await services.failover(context, host, 'fa2');
    await manager.idle();
    const { id: fault } = await simulator.control.addFault('fa1', {
      match: { path: 'protection-groups' },
      kind: 'status',
      status: 400,
      message: 'The array is out of order.',
    });
    await services.failover(context, host, 'default');
    await manager.idle();
    expect(await simulator.control.faults('fa1')).toMatchObject([{ id: fault, struck: 1 }]);
    expect(await manager.states()).toMatchObject([{ condition: { kind: 'up' }, failedOverTo: null }]);
    const { id } = await volumes.create(context, volumeRequest());
    await manager.idle();
    expect(await store.volumes.get(id)).toMatchObject({ status: 'available' });
  });

  test('works with the session that it has, and asks nothing of an array that is silent', async () => {
    const { simulator, blockStorage, manager } = await openReplicated();
    await simulator.control.setArrayDown('fa1', true, 'hang');
    const { control } = simulator;
    await control.clearRequests('fa1');
    await control.clearRequests('fa2');
    await blockStorage.services.failover(context, host, 'fa2');
    await manager.idle();
    expect(await manager.states()).toMatchObject([{ condition: { kind: 'up' }, failedOverTo: 'fa2' }]);
    const paths = (await control.requests('fa2')).map(({ path }) => path);
    expect(paths).not.toEqual([]);
    expect(paths.filter((path) => /login|logout|api_version/.test(path))).toEqual([]);
    expect(await control.requests('fa1')).toEqual([]);
  });
});

test('an attach that a failover breaks off, and that goes on elsewhere, leaves no host on the array that is left', async () => {
  const { simulator, blockStorage, manager, id } = await openReplicated();
  const { control } = simulator;
  const match = { method: 'POST', path: '/^connections$/' } as const;
  const hold = await control.armHold('fa1', { match, phase: 'before-apply' });
  const attaching = blockStorage.attachments.create(context, {
    volumeId: id,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  expect(await control.waitForHold('fa1', hold.id, 5_000)).toMatchObject({ kind: 'held' });
  expect((await control.state('fa1')).hosts).toHaveLength(1);
  await control.setArrayDown('fa1', true);
  await blockStorage.services.failover(context, host, 'fa2');
  await attaching;
  expect((await control.state('fa2')).hosts).toHaveLength(1);
  await control.setArrayDown('fa1', false);
  await manager.idle();
  expect((await control.state('fa1')).hosts).toEqual([]);
  expect((await control.state('fa2')).hosts).toHaveLength(1);
});
