import { type SqlBool, sql } from 'kysely';
import { flag } from '../database/values.ts';
import {
  type Condition,
  compare,
  compareDate,
  equals,
  hasPairs,
  isNull,
  oneOf,
  withoutRows,
} from '../lists/conditions.ts';
import type { Comparison } from '../page.ts';
import type { VolumeConditions, VolumeFilter } from './volume-store.ts';

/** Migration statuses of a volume that is not being migrated; so is null. Source: Cinder's delete and extend. */
const restingMigrationStatuses = ['none', 'success', 'error', 'deleting'];

/** Live rows, of one project or of all. */
export function visibleVolumes(projectId: string | null): readonly Condition[] {
  const live = equals('volumes.deleted', 0);
  return projectId === null ? [live] : [live, equals('volumes.project_id', projectId)];
}

/** What a conditional update of a volume asks for, beside its id. */
export function volumeConditions(conditions: VolumeConditions): readonly Condition[] {
  const { status, attachStatus, size, multiattach } = conditions;
  return [
    ...(status === undefined ? [] : [oneOf('volumes.status', status)]),
    ...(attachStatus === undefined ? [] : [oneOf('volumes.attach_status', attachStatus)]),
    ...(conditions.notMigrating === true ? [notMigrating()] : []),
    ...(conditions.withoutSnapshots === true ? [withoutRows('snapshots', 'volume_id', 'volumes.id')] : []),
    ...(conditions.withoutGroup === true
      ? [isNull('volumes.group_id'), isNull('volumes.consistencygroup_id')]
      : []),
    ...(conditions.groupId === undefined
      ? []
      : [
          conditions.groupId === null
            ? isNull('volumes.group_id')
            : equals('volumes.group_id', conditions.groupId),
        ]),
    ...(conditions.withoutAttachments === true
      ? [withoutRows('volume_attachment', 'volume_id', 'volumes.id')]
      : []),
    ...(size === undefined ? [] : [compare('volumes.size', size)]),
    ...(multiattach === undefined ? [] : [equals('volumes.multiattach', flag(multiattach))]),
  ];
}

function notMigrating(): Condition {
  return sql<SqlBool>`(volumes.migration_status is null
    or ${oneOf('volumes.migration_status', restingMigrationStatuses)})`;
}

/** The filter of a list, but for the project. */
export function volumeFilter(filter: VolumeFilter): readonly Condition[] {
  return [
    ...(filter.ids === undefined ? [] : [oneOf('volumes.id', filter.ids)]),
    ...compared('display_name', filter.displayName),
    ...compared('status', filter.status),
    ...compared('size', filter.size),
    ...compared('availability_zone', filter.availabilityZone),
    ...compared('host', filter.host),
    ...compared('replication_status', filter.replicationStatus),
    ...equal('migration_status', filter.migrationStatus),
    ...equal('group_id', filter.groupId),
    ...equal('volume_type_id', filter.volumeTypeId),
    ...equal('snapshot_id', filter.snapshotId),
    ...equal('source_volid', filter.sourceVolid),
    ...equal('user_id', filter.userId),
    ...equal('bootable', filter.bootable),
    ...equal('multiattach', filter.multiattach),
    ...(filter.consumesQuota === undefined ? [] : [consumesQuota('volumes', filter.consumesQuota)]),
    ...hasPairs(
      { table: 'volume_metadata', ownerColumn: 'volume_id', owner: 'volumes.id' },
      filter.metadata ?? {},
    ),
    ...(filter.createdAt ?? []).map((comparison) => compareDate('volumes.created_at', comparison)),
    ...(filter.updatedAt ?? []).map((comparison) => compareDate('volumes.updated_at', comparison)),
  ];
}

/** Null counts as true, as in the records. */
export function consumesQuota(table: 'volumes' | 'snapshots', wanted: boolean): Condition {
  return sql<SqlBool>`coalesce(${sql.ref(`${table}.use_quota`)}, 1) = ${flag(wanted)}`;
}

function compared(
  column: string,
  comparison: Comparison<string> | Comparison<number> | undefined,
): readonly Condition[] {
  return comparison === undefined ? [] : [compare(`volumes.${column}`, comparison)];
}

function equal(column: string, value: string | boolean | undefined): readonly Condition[] {
  if (value === undefined) {
    return [];
  }
  return [equals(`volumes.${column}`, typeof value === 'boolean' ? flag(value) : value)];
}
