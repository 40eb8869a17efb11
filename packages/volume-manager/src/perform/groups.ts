import {
  DriverError,
  type DriverGroup,
  type MemberDeletion,
  type MemberUpdate,
  type VolumeDriver,
} from '@cinder-flasharray/driver';
import type { GroupRecord, Records, VolumeRecord } from '@cinder-flasharray/store';
import { saysTrue } from '../boolean-spec.ts';
import { backendHostOf } from '../rows/backend-host.ts';
import { driverGroup, driverGroupSnapshot, driverSnapshot, driverVolume } from '../rows/driver-views.ts';
import { changeUsage, giveBackVolumeQuota } from '../rows/usage.ts';
import {
  driverFailure,
  driverOf,
  finish,
  groupLock,
  type PerformDependencies,
  volumeLock,
} from './dependencies.ts';
import type { Journaled } from './intent.ts';
import { withRetries } from './retry.ts';

export async function createGroup(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'create_group'>,
): Promise<void> {
  await withGroup(dependencies, entryId, intent.groupId, 'creating', async (group) => {
    const { store, logger } = dependencies;
    try {
      const driver = driverOf(dependencies, group);
      const given = await driverGroup(store, group);
      await plainly(
        () => withRetries(dependencies, () => driver.createGroup(given)),
        async () => undefined,
      );
      await finish(dependencies, entryId, async (records) => {
        await settle(records, group.id, 'creating', 'available');
        await tellReplication(records, group.id, given);
      });
      logger.info({ group: group.id }, 'group created');
    } catch (error) {
      await failGroup(dependencies, entryId, group, 'creating', error);
    }
  });
}

/** Every volume's name is on record before the first of them is made. */
export async function createGroupFromSrc(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'create_group_from_src'>,
): Promise<void> {
  const { store, logger, clock } = dependencies;
  const accepted = await store.groups.get(intent.groupId);
  const from = accepted?.groupSnapshotId ?? accepted?.sourceGroupId ?? null;
  const locks = from === null ? [] : [groupLock(from)];
  await withGroup(
    dependencies,
    entryId,
    intent.groupId,
    'creating',
    async (group) => {
      const volumes: VolumeRecord[] = [];
      try {
        const driver = driverOf(dependencies, group);
        for (const volume of await store.volumes.ofGroup(group.id)) {
          const providerId =
            volume.providerId ?? driver.intendedVolumeName(await driverVolume(store, volume));
          await store.volumes.update(volume.id, { providerId });
          volumes.push({ ...volume, providerId });
        }
        const updates = await copyMembers(dependencies, driver, group, volumes);
        await finish(dependencies, entryId, async (records) => {
          for (const update of updates) {
            await records.volumes.update(update.id, {
              providerId: update.providerId,
              replicationStatus: update.replicationStatus,
              launchedAt: new Date(clock.now()),
            });
            await records.volumes.updateWhere(update.id, { status: ['creating'] }, { status: 'available' });
            await records.volumes.setMetadata(update.id, update.metadata, 'merge');
          }
          await settle(records, group.id, 'creating', 'available');
          await tellReplication(records, group.id, await driverGroup(records, group));
        });
        logger.info({ group: group.id, volumes: updates.length }, 'group copied');
        refresh(dependencies, group);
      } catch (error) {
        await failGroup(dependencies, entryId, group, 'creating', error, async (records) => {
          for (const volume of volumes) {
            await records.volumes.updateWhere(volume.id, { status: ['creating'] }, { status: 'error' });
          }
        });
      }
    },
    locks,
  );
}

async function copyMembers(
  dependencies: PerformDependencies,
  driver: VolumeDriver,
  group: GroupRecord,
  volumes: readonly VolumeRecord[],
): Promise<readonly MemberUpdate[]> {
  const { store } = dependencies;
  const given = await driverGroup(store, group);
  if (group.groupSnapshotId !== null) {
    const record = await store.groupSnapshots.get(group.groupSnapshotId);
    if (record === null) {
      throw new DriverError('driver', `Group snapshot ${group.groupSnapshotId} is gone.`);
    }
    const groupSnapshot = await driverGroupSnapshot(store, record);
    const members = await Promise.all(
      volumes.map(async (volume) => {
        const snapshot = volume.snapshotId === null ? null : await store.snapshots.get(volume.snapshotId);
        const of = snapshot === null ? null : await store.volumes.get(snapshot.volumeId);
        if (snapshot === null || of === null) {
          throw new DriverError('driver', `The snapshot that volume ${volume.id} is to be made of is gone.`);
        }
        return {
          volume: await driverVolume(store, volume),
          snapshot: await driverSnapshot(store, snapshot, of),
        };
      }),
    );
    return await plainly(
      () =>
        withRetries(dependencies, () =>
          driver.createGroupFromSrc(given, { kind: 'group-snapshot', groupSnapshot, members }),
        ),
      () =>
        inTurn(members, async ({ volume, snapshot }) => ({
          id: volume.id,
          ...(await driver.createVolumeFromSnapshot(volume, snapshot)),
        })),
    );
  }
  const source = group.sourceGroupId === null ? null : await store.groups.get(group.sourceGroupId);
  if (source === null) {
    throw new DriverError('driver', `The group that group ${group.id} is to be made of is gone.`);
  }
  const sourceGroup = await driverGroup(store, source);
  const members = await Promise.all(
    volumes.map(async (volume) => {
      const of = volume.sourceVolid === null ? null : await store.volumes.get(volume.sourceVolid);
      if (of === null) {
        throw new DriverError('driver', `The volume that volume ${volume.id} is to be made of is gone.`);
      }
      return { volume: await driverVolume(store, volume), source: await driverVolume(store, of) };
    }),
  );
  return await plainly(
    () =>
      withRetries(dependencies, () =>
        driver.createGroupFromSrc(given, { kind: 'group', group: sourceGroup, members }),
      ),
    () =>
      inTurn(members, async (member) => ({
        id: member.volume.id,
        ...(await driver.createClonedVolume(member.volume, member.source)),
      })),
  );
}

export async function updateGroup(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'update_group'>,
): Promise<void> {
  const { store, logger } = dependencies;
  const locks = [...intent.add, ...intent.remove].map(volumeLock);
  await withGroup(
    dependencies,
    entryId,
    intent.groupId,
    'updating',
    async (group) => {
      const read = async (ids: readonly string[]) => {
        const rows = await Promise.all(ids.map((id) => store.volumes.get(id)));
        return await Promise.all(rows.flatMap((row) => (row === null ? [] : [driverVolume(store, row)])));
      };
      try {
        const driver = driverOf(dependencies, group);
        const given = await driverGroup(store, group);
        const change = { add: await read(intent.add), remove: await read(intent.remove) };
        await plainly(
          () => withRetries(dependencies, () => driver.updateGroup(given, change)),
          async () => undefined,
        );
        await finish(dependencies, entryId, async (records) => {
          for (const id of intent.add) {
            await records.volumes.update(id, { groupId: group.id });
          }
          for (const id of intent.remove) {
            await records.volumes.updateWhere(id, { groupId: group.id }, { groupId: null });
          }
          await settle(records, group.id, 'updating', 'available');
        });
        logger.info(
          { group: group.id, added: intent.add.length, removed: intent.remove.length },
          'group updated',
        );
      } catch (error) {
        await failGroup(dependencies, entryId, group, 'updating', error);
      }
    },
    locks,
  );
}

/** Volumes that cannot be deleted stay, in error, with the group; the others go. */
export async function deleteGroup(
  dependencies: PerformDependencies,
  { entryId, intent }: Journaled<'delete_group'>,
): Promise<void> {
  const { store, logger } = dependencies;
  const members = await store.volumes.ofGroup(intent.groupId);
  await withGroup(
    dependencies,
    entryId,
    intent.groupId,
    'deleting',
    async (group) => {
      const volumes = (await store.volumes.ofGroup(group.id)).filter(({ status }) => status === 'deleting');
      try {
        const outcomes = await removeGroup(dependencies, group, volumes);
        const failed = outcomes.filter((outcome) => outcome.kind === 'failed');
        for (const { id, error } of failed) {
          logger.error({ group: group.id, volume: id, error }, 'could not delete a volume of the group');
        }
        const gone = new Set(outcomes.flatMap(({ id, kind }) => (kind === 'deleted' ? [id] : [])));
        await finish(dependencies, entryId, async (records) => {
          for (const volume of volumes) {
            if (gone.has(volume.id)) {
              await giveBackVolumeQuota(records, volume);
              await records.volumes.delete(volume.id);
            } else {
              await records.volumes.update(volume.id, { status: 'error_deleting' });
            }
          }
          if (failed.length > 0) {
            await settle(records, group.id, 'deleting', 'error');
          } else {
            await changeUsage(records, group.projectId, { groups: -1 });
            await records.groups.delete(group.id);
          }
        });
        logger.info({ group: group.id, volumes: gone.size, failed: failed.length }, 'group deleted');
        refresh(dependencies, group);
      } catch (error) {
        await failGroup(dependencies, entryId, group, 'deleting', error, async (records) => {
          for (const volume of volumes) {
            await records.volumes.updateWhere(
              volume.id,
              { status: ['deleting'] },
              { status: 'error_deleting' },
            );
          }
        });
      }
    },
    members.map(({ id }) => volumeLock(id)),
  );
}

async function removeGroup(
  dependencies: PerformDependencies,
  group: GroupRecord,
  volumes: readonly VolumeRecord[],
): Promise<readonly MemberDeletion[]> {
  const { store } = dependencies;
  // A group without a back end never was on any array.
  if (group.host === null) {
    return volumes.map(({ id }) => ({ id, kind: 'deleted' }));
  }
  const driver = driverOf(dependencies, group);
  const given = await driverGroup(store, group);
  const members = await Promise.all(volumes.map((volume) => driverVolume(store, volume)));
  return await plainly(
    () => withRetries(dependencies, () => driver.deleteGroup(given, members)),
    () =>
      inTurn(members, async (volume): Promise<MemberDeletion> => {
        try {
          await withRetries(dependencies, () => driver.deleteVolume(volume));
          return { id: volume.id, kind: 'deleted' };
        } catch (error) {
          return { id: volume.id, kind: 'failed', error: driverFailure(error) };
        }
      }),
  );
}

/** Holds the locks of the group and of whatever else is named; in any other status the intent has nothing to do. */
async function withGroup(
  { store, locks }: PerformDependencies,
  entryId: string,
  groupId: string,
  status: GroupRecord['status'],
  work: (group: GroupRecord) => Promise<void>,
  alsoLock: readonly string[] = [],
): Promise<void> {
  await locks.runAll([groupLock(groupId), ...alsoLock], async () => {
    const group = await store.groups.get(groupId);
    if (group === null || group.status !== status) {
      await store.journal.remove(entryId);
      return;
    }
    await work(group);
  });
}

/** The driver's way for a consistency group, or volume by volume for any other. */
export async function plainly<Result>(
  together: () => Promise<Result>,
  oneByOne: () => Promise<Result>,
): Promise<Result> {
  try {
    return await together();
  } catch (error) {
    if (error instanceof DriverError && error.code === 'not-implemented') {
      return await oneByOne();
    }
    throw error;
  }
}

/** One after the other, each with its own result. */
export async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) {
    results.push(await work(item));
  }
  return results;
}

async function settle(
  records: Records,
  groupId: string,
  from: GroupRecord['status'],
  to: GroupRecord['status'],
): Promise<void> {
  await records.groups.updateWhere(groupId, { status: [from] }, { status: to });
}

/** A group that is replicated as one was wired by the driver, or would have failed. */
async function tellReplication(records: Records, groupId: string, { typeSpecs }: DriverGroup): Promise<void> {
  const isReplicated = saysTrue(typeSpecs.consistent_group_replication_enabled);
  await records.groups.update(groupId, { replicationStatus: isReplicated ? 'enabled' : 'disabled' });
}

async function failGroup(
  dependencies: PerformDependencies,
  entryId: string,
  group: GroupRecord,
  status: GroupRecord['status'],
  error: unknown,
  also: (records: Records) => Promise<void> = async () => undefined,
): Promise<void> {
  dependencies.logger.error(
    { group: group.id, status, error: driverFailure(error) },
    'work on the group failed',
  );
  await finish(dependencies, entryId, async (records) => {
    await settle(records, group.id, status, 'error');
    await also(records);
  });
  refresh(dependencies, group);
}

function refresh(dependencies: PerformDependencies, { host }: GroupRecord): void {
  if (host !== null) {
    dependencies.refreshSoon(backendHostOf(host));
  }
}
