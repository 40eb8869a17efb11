import {
  DriverError,
  type DriverGroup,
  type DriverGroupSnapshot,
  type DriverSnapshot,
  type DriverVolume,
  type MemberUpdate,
  type VolumeDriver,
} from '@cinder-flasharray/driver';
import type { GroupRecord, Records, VolumeRecord } from '@cinder-flasharray/store';
import { z } from 'zod';
import {
  driverGroup,
  driverGroupSnapshot,
  driverSnapshot,
  driverVolume,
  type Lookups,
  readOnce,
} from '../../rows/driver-views.ts';
import { withOwnWork } from '../../rows/own-work.ts';
import { recordFailedCreation } from '../../rows/protection-group.ts';
import { operation } from '../../run/definition.ts';
import { nothingTaken } from '../../run/endings.ts';
import { exclusive, type Resource, shared } from '../../run/resource.ts';
import { asGroupOrOneByOne, oneAfterTheOther } from './as-group.ts';
import { recordMade, settleGroup } from './group-rows.ts';
import { settleGroupCopy } from './settle-group-copy.ts';

/** What the new volumes are made of. */
type Source =
  | {
      readonly kind: 'group-snapshot';
      readonly groupSnapshot: DriverGroupSnapshot;
      readonly of: ReadonlyMap<string, DriverSnapshot>;
    }
  | {
      readonly kind: 'group';
      readonly group: DriverGroup;
      readonly of: ReadonlyMap<string, DriverVolume>;
    }
  | { readonly kind: 'gone'; readonly reason: string };

/** Copies a group, or what a group was at a group snapshot. Every volume's name is on record before the first is made. */
export const createGroupFromSrc = operation('create_group_from_src', {
  details: z.object({ groupId: z.string() }),
  resourceId: ({ groupId }) => groupId,
  claim: ({ groupId }) => ({ kind: 'group', id: groupId, status: 'creating' }),
  touches: (records, { groupId }) => touchesOf(records, groupId),
  host: async (records, { groupId }) => (await records.groups.summary(groupId))?.host ?? null,
  load: async (records, { groupId }) => {
    const lookups = readOnce(records);
    const group = await lookups.groups.get(groupId);
    if (group === null) {
      return null;
    }
    const volumes = await records.volumes.ofGroup(groupId);
    return {
      group,
      volumes,
      given: await driverGroup(lookups, group),
      members: await Promise.all(volumes.map((volume) => driverVolume(lookups, volume))),
      source: await sourceOf(records, lookups, group, volumes),
    };
  },
  perform: async (driver, { given, members, source }, call) => {
    if (source.kind === 'gone') {
      throw new DriverError('driver', source.reason);
    }
    const named: DriverVolume[] = [];
    for (const member of members) {
      const providerId = member.providerId ?? driver.names.intendedVolume(member);
      if (member.providerId === null) {
        await call.note((records) => records.volumes.update(member.id, { providerId }));
      }
      named.push({ ...member, providerId });
    }
    const updates = await copyMembers(driver, given, named, source);
    return { updates, launchedAt: new Date(call.now), sharedTargets: driver.sharedTargets };
  },
  interrupted: 'again',
  done: ({ group, given }, { updates, launchedAt, sharedTargets }) => ({
    write: async (records) => {
      for (const { id, providerId, replicationStatus, metadata } of updates) {
        await records.volumes.update(id, {
          providerId,
          replicationStatus,
          replicationDriverData: null,
          launchedAt,
          sharedTargets,
        });
        await records.volumes.updateWhere(id, { status: ['creating'] }, { status: 'available' });
        await records.volumes.setMetadata(id, metadata, 'merge');
      }
      await settleGroup(records, group.id, 'creating', 'available');
      await recordMade(records, group, given);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: true,
    answer: undefined,
  }),
  failed: ({ group, volumes, given }, failure) => ({
    write: async (records) => {
      for (const { id } of volumes) {
        await records.volumes.updateWhere(id, { status: ['creating'] }, { status: 'error' });
      }
      await settleGroup(records, group.id, 'creating', 'error');
      await recordFailedCreation(records, group, given, failure);
    },
    reservation: null,
    message: null,
    next: [],
    refresh: true,
    undoLater: null,
    error: failure,
  }),
  leftHalfWay: ({ groupId }) => settleGroupCopy.of({ groupId }),
  abandoned: ({ groupId }) => ({
    ...nothingTaken(),
    write: async (records) => {
      // Somebody may have put one into the group meanwhile.
      const others = await withOwnWork(records, 'create_volume');
      const members = await records.volumes.ofGroup(groupId);
      for (const { id } of members.filter((member) => !others.has(member.id))) {
        await records.volumes.updateWhere(id, { status: ['creating'] }, { status: 'error' });
      }
    },
  }),
  kind: 'cast',
  backend: 'shared',
});

async function touchesOf(records: Records, groupId: string): Promise<readonly Resource[]> {
  const group = await records.groups.get(groupId);
  const volumes = await records.volumes.ofGroup(groupId);
  const own = [exclusive('group', groupId), ...volumes.map(({ id }) => exclusive('volume', id))];
  if (group === null) {
    return own;
  }
  if (group.groupSnapshotId !== null) {
    const members = await records.snapshots.ofGroupSnapshot(group.groupSnapshotId);
    return [
      ...own,
      shared('group-snapshot', group.groupSnapshotId),
      ...members.flatMap(({ id, volumeId }) => [shared('snapshot', id), shared('volume', volumeId)]),
    ];
  }
  return [
    ...own,
    ...(group.sourceGroupId === null ? [] : [shared('group', group.sourceGroupId)]),
    ...volumes.flatMap(({ sourceVolid }) => (sourceVolid === null ? [] : [shared('volume', sourceVolid)])),
  ];
}

async function sourceOf(
  records: Records,
  lookups: Lookups,
  group: GroupRecord,
  volumes: readonly VolumeRecord[],
): Promise<Source> {
  if (group.groupSnapshotId !== null) {
    const record = await lookups.groupSnapshots.get(group.groupSnapshotId);
    if (record === null) {
      return { kind: 'gone', reason: `Group snapshot ${group.groupSnapshotId} is gone.` };
    }
    const snapshots = byId(await records.snapshots.ofGroupSnapshot(record.id));
    const sources = byId(
      await records.volumes.ofIds([...snapshots.values()].map(({ volumeId }) => volumeId)),
    );
    const of = new Map<string, DriverSnapshot>();
    for (const { id, snapshotId } of volumes) {
      const snapshot = snapshots.get(snapshotId ?? '');
      const volume = sources.get(snapshot?.volumeId ?? '');
      if (snapshot === undefined || volume === undefined) {
        return { kind: 'gone', reason: `The snapshot that volume ${id} is to be made of is gone.` };
      }
      of.set(id, await driverSnapshot(lookups, snapshot, volume));
    }
    return { kind: 'group-snapshot', groupSnapshot: await driverGroupSnapshot(lookups, record), of };
  }
  const source = group.sourceGroupId === null ? null : await lookups.groups.get(group.sourceGroupId);
  if (source === null) {
    return { kind: 'gone', reason: `The group that group ${group.id} is to be made of is gone.` };
  }
  const sources = byId(await records.volumes.ofIds(volumes.flatMap(({ sourceVolid }) => sourceVolid ?? [])));
  const of = new Map<string, DriverVolume>();
  for (const { id, sourceVolid } of volumes) {
    const volume = sources.get(sourceVolid ?? '');
    if (volume === undefined) {
      return { kind: 'gone', reason: `The volume that volume ${id} is to be made of is gone.` };
    }
    of.set(id, await driverVolume(lookups, volume));
  }
  return { kind: 'group', group: await driverGroup(lookups, source), of };
}

function byId<Row extends { readonly id: string }>(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

async function copyMembers(
  driver: VolumeDriver,
  group: DriverGroup,
  volumes: readonly DriverVolume[],
  source: Exclude<Source, { readonly kind: 'gone' }>,
): Promise<readonly MemberUpdate[]> {
  if (source.kind === 'group-snapshot') {
    const { groupSnapshot, of } = source;
    const members = volumes.flatMap((volume) => {
      const snapshot = of.get(volume.id);
      return snapshot === undefined ? [] : [{ volume, snapshot }];
    });
    return await asGroupOrOneByOne(
      () => driver.groups.createFrom(group, { kind: 'group-snapshot', groupSnapshot, members }),
      () =>
        oneAfterTheOther(members, async ({ volume, snapshot }) => ({
          id: volume.id,
          ...(await driver.volumes.createFromSnapshot(volume, snapshot)),
        })),
    );
  }
  const members = volumes.flatMap((volume) => {
    const of = source.of.get(volume.id);
    return of === undefined ? [] : [{ volume, source: of }];
  });
  return await asGroupOrOneByOne(
    () => driver.groups.createFrom(group, { kind: 'group', group: source.group, members }),
    () =>
      oneAfterTheOther(members, async (member) => ({
        id: member.volume.id,
        ...(await driver.volumes.clone(member.volume, member.source)),
      })),
  );
}
