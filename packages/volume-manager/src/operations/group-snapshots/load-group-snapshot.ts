import type { DriverSnapshot } from '@cinder-flasharray/driver';
import type { GroupRecord, GroupSnapshotRecord, Records, SnapshotRecord } from '@cinder-flasharray/store';
import { driverSnapshot } from '../../rows/driver-views.ts';
import { exclusive, type Resource, shared } from '../../run/resource.ts';

export interface LoadedGroupSnapshot {
  readonly record: GroupSnapshotRecord;
  readonly group: GroupRecord;
  readonly rows: readonly SnapshotRecord[];
  readonly members: readonly DriverSnapshot[];
}

/** Null: it, or its group, is gone. */
export async function loadGroupSnapshot(
  records: Records,
  groupSnapshotId: string,
): Promise<LoadedGroupSnapshot | null> {
  const record = await records.groupSnapshots.get(groupSnapshotId);
  const group = record === null ? null : await records.groups.get(record.groupId);
  if (record === null || group === null) {
    return null;
  }
  const rows = await records.snapshots.ofGroupSnapshot(groupSnapshotId);
  const members: DriverSnapshot[] = [];
  for (const row of rows) {
    const volume = await records.volumes.get(row.volumeId);
    if (volume !== null) {
      members.push(await driverSnapshot(records, row, volume));
    }
  }
  return { record, group, rows, members };
}

export async function touchGroupSnapshot(
  records: Records,
  groupSnapshotId: string,
): Promise<readonly Resource[]> {
  const record = await records.groupSnapshots.get(groupSnapshotId);
  const rows = await records.snapshots.ofGroupSnapshot(groupSnapshotId);
  return [
    exclusive('group-snapshot', groupSnapshotId),
    ...(record === null ? [] : [shared('group', record.groupId)]),
    ...rows.flatMap(({ id, volumeId }) => [exclusive('snapshot', id), shared('volume', volumeId)]),
  ];
}

export async function groupSnapshotHost(records: Records, groupSnapshotId: string): Promise<string | null> {
  const record = await records.groupSnapshots.get(groupSnapshotId);
  return record === null ? null : ((await records.groups.get(record.groupId))?.host ?? null);
}
