import type { DriverGroupSnapshot, DriverSnapshot } from '@cinder-flasharray/driver';
import type {
  GroupSnapshotRecord,
  GroupSnapshotStatus,
  Records,
  SnapshotRecord,
} from '@cinder-flasharray/store';
import { driverGroupSnapshot, driverSnapshot, readOnce } from '../../rows/driver-views.ts';
import type { Claim } from '../../run/definition.ts';
import { exclusive, type Resource, shared } from '../../run/resource.ts';

interface OfGroupSnapshot {
  readonly groupSnapshotId: string;
}

interface LoadedGroupSnapshot {
  readonly record: GroupSnapshotRecord;
  readonly given: DriverGroupSnapshot;
  readonly rows: readonly SnapshotRecord[];
  readonly members: readonly DriverSnapshot[];
  /** GiB of the volumes, by their ids. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** What all work on one group snapshot has in common. @param status what says that it is this work's */
export function onGroupSnapshot(status: GroupSnapshotStatus) {
  return {
    resourceId: ({ groupSnapshotId }: OfGroupSnapshot): string => groupSnapshotId,
    claim: ({ groupSnapshotId: id }: OfGroupSnapshot): Claim => ({ kind: 'group-snapshot', id, status }),
    touches: touchGroupSnapshot,
    host: groupSnapshotHost,
    load: loadGroupSnapshot,
  };
}

/** Null: it, or its group, is gone. */
async function loadGroupSnapshot(
  records: Records,
  { groupSnapshotId }: OfGroupSnapshot,
): Promise<LoadedGroupSnapshot | null> {
  const lookups = readOnce(records);
  const record = await lookups.groupSnapshots.get(groupSnapshotId);
  if (record === null || (await lookups.groups.get(record.groupId)) === null) {
    return null;
  }
  const rows = await records.snapshots.ofGroupSnapshot(groupSnapshotId);
  const volumes = await records.volumes.ofIds(rows.map(({ volumeId }) => volumeId));
  const members: DriverSnapshot[] = [];
  for (const row of rows) {
    const volume = volumes.find(({ id }) => id === row.volumeId);
    if (volume !== undefined) {
      members.push(await driverSnapshot(lookups, row, volume));
    }
  }
  const sizes = new Map(volumes.map(({ id, size }) => [id, size]));
  return { record, given: await driverGroupSnapshot(lookups, record), rows, members, sizes };
}

async function touchGroupSnapshot(
  records: Records,
  { groupSnapshotId }: OfGroupSnapshot,
): Promise<readonly Resource[]> {
  const record = await records.groupSnapshots.get(groupSnapshotId);
  const rows = await records.snapshots.ofGroupSnapshot(groupSnapshotId);
  return [
    exclusive('group-snapshot', groupSnapshotId),
    ...(record === null ? [] : [shared('group', record.groupId)]),
    ...rows.flatMap(({ id, volumeId }) => [exclusive('snapshot', id), shared('volume', volumeId)]),
  ];
}

async function groupSnapshotHost(
  records: Records,
  { groupSnapshotId }: OfGroupSnapshot,
): Promise<string | null> {
  const record = await records.groupSnapshots.get(groupSnapshotId);
  return record === null ? null : ((await records.groups.summary(record.groupId))?.host ?? null);
}
