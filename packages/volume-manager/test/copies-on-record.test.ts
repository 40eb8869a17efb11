import { afterEach, expect, test } from 'vitest';
import { recordVolumes } from '../src/operations/services/failover-rows.ts';
import { fatesOf } from '../src/operations/services/switchover.ts';
import { copyAndFailOver, failOver, named, volumesOn, withCopy } from './copied-site.ts';
import { closeSites, createMirroredType, host, openSite } from './replicated-site.ts';
import { compute1, context, volumeRequest } from './running-manager.ts';

afterEach(closeSites);

/** A replicated volume, and what failovers of its back end make of its row. */
async function recordedVolume() {
  const { site, blockStorage, manager, id } = await withCopy();
  const { store } = site;
  const failedOver = async (
    left: string,
    current: string,
    kind: 'restored' | 'outdated' | 'error',
  ): Promise<void> =>
    await store.transaction(async (records) => {
      const rows = await records.volumes.ofIds([id]);
      const switchover = { host, left, current, servesPod: { left: false, current: false } };
      await recordVolumes(
        records,
        rows,
        fatesOf(rows, rows, [{ id, kind, reason: 'written since' }], switchover),
        switchover,
      );
    });
  return { store, blockStorage, manager, id, failedOver, name: `volume-${id}-cinder` };
}

test('a copy that is left for a copy elsewhere is on record, and so are its snapshots', async () => {
  const { store, blockStorage, manager, id, failedOver, name } = await recordedVolume();
  await failedOver('default', 'fa2', 'restored');
  const taken = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await failedOver('fa2', 'fa3', 'restored');
  const second = { backendId: 'fa2', name };
  expect(await store.volumes.copiesOf([id])).toEqual(new Map([[id, [second]]]));
  expect(await store.snapshots.leftBehind(taken.id)).toMatchObject({ backendId: 'fa2' });
  await failedOver('fa3', 'default', 'outdated');
  expect(await store.volumes.copiesOf([id])).toEqual(new Map([[id, [second, { backendId: 'fa3', name }]]]));
});

test('snapshots of a copy that the next failover loses are where the copy is', async () => {
  const { store, blockStorage, manager, id, failedOver } = await recordedVolume();
  await failedOver('default', 'fa2', 'restored');
  const taken = await blockStorage.snapshots.create(context, { ...named, volumeId: id });
  await manager.idle();
  await failedOver('fa2', 'fa3', 'error');
  expect(await store.snapshots.leftBehind(taken.id)).toMatchObject({ backendId: 'fa2' });
});

test('a copy is not forgotten because its volume is copied again under another name', async () => {
  const { store, id, failedOver, name } = await recordedVolume();
  await failedOver('default', 'fa2', 'restored');
  await failedOver('fa2', 'default', 'outdated');
  await store.volumes.update(id, { providerId: `gold/${name}` });
  await failedOver('default', 'fa2', 'restored');
  expect(await store.volumes.copiesOf([id])).toEqual(new Map([[id, [{ backendId: 'fa2', name }]]]));
});

test('a copy that was worked on, and is worked on again, is no copy that its volume left behind', async () => {
  const { site, started, manager, blockStorage, id } = await withCopy();
  await copyAndFailOver(site, started);
  await failOver(started, 'default');
  expect((await site.store.volumes.copiesOf([id])).get(id)).toEqual([
    { backendId: 'fa2', name: `volume-${id}-cinder` },
  ]);
  await failOver(started, 'fa2');
  expect((await site.store.volumes.copiesOf([id])).get(id)).toBeUndefined();
  await blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await manager.idle();
  expect(await volumesOn(site, 'fa2')).toEqual([]);
  expect(await site.store.journal.deferred(host)).toMatchObject([{ backendId: 'default' }]);
});

test('a volume that was never copied has no copy on the array that its back end comes back from', async () => {
  const site = await openSite('async');
  const started = await site.start();
  await createMirroredType(started.blockStorage, 'async');
  const first = await started.blockStorage.volumes.create(context, volumeRequest({ volumeType: 'mirrored' }));
  await started.manager.idle();
  await site.simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  const second = await started.blockStorage.volumes.create(
    context,
    volumeRequest({ volumeType: 'mirrored' }),
  );
  await started.manager.idle();
  await failOver(started, 'fa2');
  await failOver(started, 'default');
  const copies = await site.store.volumes.copiesOf([first.id, second.id]);
  expect([...copies.keys()]).toEqual([first.id]);
});

/** The copy is attached on its target, and then the back end goes other ways. */
async function attachedCopy(kind: 'async' | 'trisync', back: readonly string[]) {
  const site = await openSite(kind);
  const started = await site.start();
  await createMirroredType(started.blockStorage, 'async');
  const { id } = await started.blockStorage.volumes.create(
    context,
    volumeRequest({ volumeType: 'mirrored' }),
  );
  await started.manager.idle();
  const target = kind === 'async' ? 'fa2' : 'fa3';
  await site.simulator.control.admin('fa1', { kind: 'replicateNow', group: 'cinder-group' });
  await failOver(started, target);
  const attachment = await started.blockStorage.attachments.create(context, {
    volumeId: id,
    instanceUuid: null,
    connector: compute1,
    mode: null,
  });
  await started.blockStorage.attachments.complete(context, attachment.id);
  for (const to of back) {
    await failOver(started, to);
  }
  return { site, started, target, id, attachment };
}

test('a copy that was lost before the way back is on record where it is', async () => {
  const { site, started, id, attachment, target } = await attachedCopy('trisync', ['fa2', 'default']);
  const { control } = site.simulator;
  expect((await site.store.volumes.copiesOf([id])).get(id)).toMatchObject([{ backendId: 'fa3' }]);
  await control.setArrayDown(target, true);
  await started.blockStorage.attachments.delete(context, attachment.id);
  await control.setArrayDown(target, false);
  await started.manager.idle();
  expect((await control.state(target)).connections).toEqual([]);
});

test.each(['answers', 'is away'] as const)(
  'a detach ends the connection of a copy that has another name than its volume by now, on an array that %s',
  async (how) => {
    const { site, started, id, attachment, target } = await attachedCopy('async', ['default']);
    const { control } = site.simulator;
    const name = `volume-${id}-cinder`;
    await control.admin('fa1', { kind: 'createVolumeGroup', name: 'gold' });
    await control.admin('fa1', { kind: 'renameVolume', name, newName: `gold/${name}` });
    await site.store.volumes.update(id, { providerId: `gold/${name}` });
    await control.setArrayDown(target, how === 'is away');
    await started.blockStorage.attachments.delete(context, attachment.id);
    await control.setArrayDown(target, false);
    await started.manager.idle();
    expect((await control.state(target)).connections).toEqual([]);
  },
);

test('the end of all connections ends those of a copy that has another name than its volume by now', async () => {
  const { site, started, id, attachment, target } = await attachedCopy('async', ['default']);
  const { control } = site.simulator;
  await site.store.attachments.delete(attachment.id);
  await site.store.volumes.update(id, { providerId: `gold/volume-${id}-cinder` });
  await started.blockStorage.volumes.terminateConnection(context, id, null);
  await started.manager.idle();
  expect((await control.state(target)).connections).toEqual([]);
});

test('a volume that could not be taken over, and is lost by a failover, is let go afterwards and not deleted', async () => {
  const site = await openSite('sync');
  const started = await site.start();
  const { id } = await started.blockStorage.volumes.create(context, volumeRequest());
  await started.manager.idle();
  await site.store.volumes.update(id, { status: 'error_managing' });
  await failOver(started, 'fa2');
  await failOver(started, 'default');
  await started.blockStorage.volumes.delete(context, id, { cascade: false, force: false });
  await started.manager.idle();
  expect(await site.store.volumes.get(id)).toBeNull();
  expect(await volumesOn(site, 'fa1')).toEqual([`volume-${id}-cinder-unmanaged`]);
});
