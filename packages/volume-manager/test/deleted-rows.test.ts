import { randomUUID } from 'node:crypto';
import { type Clock, KeyedLock, silentLogger } from '@cinder-flasharray/common';
import { openStore, type Store } from '@cinder-flasharray/store';
import { expect, onTestFinished, test } from 'vitest';
import { DeletedRows } from '../src/deleted-rows.ts';
import { VolumeManager } from '../src/index.ts';
import { context, runManager, volumeRequest } from './running-manager.ts';

const day = 86_400_000;

/** Stands still until it is moved; waits end with their signal only. */
class StandingClock implements Clock {
  #now = Date.parse('2026-11-21T00:00:00.000Z');

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  wait(_milliseconds: number, signal?: AbortSignal): Promise<void> {
    const { promise, reject } = Promise.withResolvers<void>();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    return signal?.aborted === true ? Promise.reject(signal.reason) : promise;
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

async function aStore() {
  const clock = new StandingClock();
  const store = await openStore({ path: ':memory:', clock });
  onTestFinished(() => store.close());
  return { store, clock };
}

/** A type that was made and deleted. */
async function deleteAType(store: Store): Promise<void> {
  const id = randomUUID();
  await store.volumeTypes.insert({
    id,
    name: id,
    description: null,
    isPublic: true,
    extraSpecs: {},
  });
  await store.volumeTypes.delete(id);
}

/** How many deleted rows there are, which are gone afterwards. */
async function countDeleted(store: Store, clock: Clock): Promise<number> {
  const rows = await store.purgeDeleted({ deletedBefore: new Date(clock.now() + 1), most: 1_000 });
  return rows.volume_types ?? 0;
}

test('rows go when they were deleted long enough ago, and are looked for once an hour', async () => {
  const { store, clock } = await aStore();
  const rows = new DeletedRows({ store, clock, logger: silentLogger, keep: 30 * day });
  await deleteAType(store);
  await rows.purge();
  clock.advance(30 * day - 600_000);
  await deleteAType(store);
  await rows.purge();
  clock.advance(600_001);
  // Old enough since a moment ago; the last look was ten minutes ago.
  await rows.purge();
  expect(await countDeleted(store, clock)).toBe(2);
});

test('rows that were deleted later are kept', async () => {
  const { store, clock } = await aStore();
  const rows = new DeletedRows({ store, clock, logger: silentLogger, keep: 30 * day });
  await deleteAType(store);
  clock.advance(30 * day + 1);
  await deleteAType(store);
  await rows.purge();
  expect(await countDeleted(store, clock)).toBe(1);
});

test('rows are kept for ever when that is asked for', async () => {
  const { store, clock } = await aStore();
  const rows = new DeletedRows({ store, clock, logger: silentLogger, keep: null });
  await deleteAType(store);
  clock.advance(1_000 * day);
  await rows.purge();
  expect(await countDeleted(store, clock)).toBe(1);
});

test('messages are deleted when their time is over, and removed when they were deleted long enough ago', async () => {
  const { store, clock } = await aStore();
  const rows = new DeletedRows({ store, clock, logger: silentLogger, keep: 30 * day });
  await store.messages.insert({
    id: randomUUID(),
    projectId: context.projectId,
    requestId: null,
    resourceType: 'VOLUME',
    resourceUuid: randomUUID(),
    eventId: 'VOLUME_VOLUME_008_012',
    actionId: '008',
    detailId: '012',
    messageLevel: 'ERROR',
    expiresAt: new Date(clock.now() + 30 * day),
  });
  const left = async () => ({
    listed: (await store.messages.list(null)).length,
    deleted: await store.messages.deleteExpired(),
  });
  await rows.purge();
  expect(await left()).toEqual({ listed: 1, deleted: 0 });
  clock.advance(30 * day + 1);
  await rows.purge();
  expect(await left()).toEqual({ listed: 0, deleted: 0 });
  clock.advance(30 * day + 1);
  await rows.purge();
  expect(await store.purgeDeleted({ deletedBefore: new Date(clock.now()), most: 10 })).toEqual({});
});

test('the periodic task of the manager removes them', async () => {
  const { store, clock } = await aStore();
  await deleteAType(store);
  clock.advance(31 * day);
  const manager = await VolumeManager.create({
    store,
    locks: new KeyedLock(),
    logger: silentLogger,
    clock,
    randomUuid: randomUUID,
    host: 'node1',
    defaultVolumeType: null,
    storageAvailabilityZone: 'nova',
    reportInterval: 10_000,
    statsInterval: 60_000,
    keepDeleted: 30 * day,
    backends: [],
  });
  manager.start();
  await manager.stop(0);
  expect(await countDeleted(store, clock)).toBe(0);
});

test('after a purge what is gone is not found, and all else goes on', async () => {
  const { store, manager, blockStorage, close } = await runManager();
  onTestFinished(close);
  const { volumes, snapshots, attachments, groups, groupTypes, volumeTypes, message, limits } = blockStorage;
  const groupType = await groupTypes.create(context, {
    name: 'generic',
    description: null,
    isPublic: true,
  });
  const type = await volumeTypes.get(context, 'fa1');
  const group = await groups.create(context, {
    name: null,
    description: null,
    groupType: groupType.id,
    volumeTypes: [type.id],
    availabilityZone: null,
  });
  const kept = await volumes.create(context, volumeRequest());
  await manager.idle();
  const member = await volumes.create(context, volumeRequest({ groupId: group.id, metadata: { a: 'b' } }));
  await manager.idle();
  const snapshot = await snapshots.create(context, {
    volumeId: member.id,
    displayName: null,
    displayDescription: null,
    metadata: {},
    force: false,
  });
  await manager.idle();
  const copy = await volumes.create(context, volumeRequest({ snapshotId: snapshot.id }));
  await manager.idle();
  const attachment = await attachments.create(context, {
    volumeId: member.id,
    instanceUuid: randomUUID(),
    connector: null,
    mode: null,
  });
  const about = { resourceType: 'VOLUME', resourceUuid: member.id, messageLevel: 'ERROR' } as const;
  const left = await store.messages.insert({
    ...about,
    id: randomUUID(),
    projectId: context.projectId,
    requestId: null,
    eventId: 'VOLUME_VOLUME_008_012',
    actionId: '008',
    detailId: '012',
    expiresAt: null,
  });
  await attachments.delete(context, attachment.id);
  await snapshots.delete(context, snapshot.id, { force: false });
  await manager.idle();
  await groups.delete(context, group.id, { deleteVolumes: true });
  await manager.idle();

  const rows = await store.purgeDeleted({ deletedBefore: new Date(8.64e15 / 1_000), most: 1_000 });
  expect(rows).toMatchObject({
    volumes: 1,
    snapshots: 1,
    volume_attachment: 1,
    groups: 1,
    group_volume_type_mapping: 1,
  });

  await expect(volumes.get(context, member.id)).rejects.toMatchObject({ code: 'volume-not-found' });
  await expect(snapshots.get(context, snapshot.id)).rejects.toMatchObject({ code: 'snapshot-not-found' });
  await expect(attachments.get(context, attachment.id)).rejects.toMatchObject({
    code: 'attachment-not-found',
  });
  await expect(groups.get(context, group.id)).rejects.toMatchObject({ code: 'group-not-found' });
  expect(await message(context, left.id)).toMatchObject(about);
  expect(await volumes.get(context, copy.id)).toMatchObject({ status: 'available', snapshotId: snapshot.id });
  expect((await limits(context, context.projectId)).usages).toMatchObject({
    volumes: { inUse: 2, reserved: 0 },
    snapshots: { inUse: 0, reserved: 0 },
    gigabytes: { inUse: 2, reserved: 0 },
    groups: { inUse: 0, reserved: 0 },
  });
  await volumes.delete(context, copy.id, { cascade: false, force: false });
  await volumes.delete(context, kept.id, { cascade: true, force: false });
  await manager.idle();
  expect((await limits(context, context.projectId)).usages.volumes).toEqual({ inUse: 0, reserved: 0 });
});
