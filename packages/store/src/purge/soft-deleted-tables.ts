/** A foreign key of another table, or of the same. */
export interface Reference {
  readonly from: string;
  readonly column: string;
  /** Column that it names. */
  readonly to: string;
}

interface SoftDeletedTable {
  readonly table: string;
  /** What may refer to a row. */
  readonly referrers: readonly Reference[];
}

const leaf = (table: string): SoftDeletedTable => ({ table, referrers: [] });

/** Columns that hold the `id` of a row of `table`. */
const parent = (
  table: string,
  referrers: readonly (readonly [from: string, column: string])[],
): SoftDeletedTable => ({
  table,
  referrers: referrers.map(([from, column]) => ({ from, column, to: 'id' })),
});

/**
 * Every table of Cinder 21 (Zed) whose deletes are soft, before all tables that it refers to; with the foreign keys
 * that lead to it.
 */
export const softDeletedTables: readonly SoftDeletedTable[] = [
  leaf('volume_metadata'),
  leaf('volume_admin_metadata'),
  leaf('volume_glance_metadata'),
  leaf('snapshot_metadata'),
  leaf('attachment_specs'),
  leaf('transfers'),
  leaf('backup_metadata'),
  leaf('volume_type_extra_specs'),
  leaf('volume_type_projects'),
  leaf('default_volume_types'),
  leaf('encryption'),
  leaf('group_type_specs'),
  leaf('group_type_projects'),
  leaf('group_volume_type_mapping'),
  leaf('workers'),
  leaf('messages'),
  leaf('quota_classes'),
  leaf('reservations'),
  leaf('clusters'),
  parent('backups', [['backup_metadata', 'backup_id']]),
  parent('volume_attachment', [['attachment_specs', 'attachment_id']]),
  parent('snapshots', [
    ['snapshot_metadata', 'snapshot_id'],
    ['volume_glance_metadata', 'snapshot_id'],
  ]),
  parent('volumes', [
    ['volume_metadata', 'volume_id'],
    ['volume_admin_metadata', 'volume_id'],
    ['volume_glance_metadata', 'volume_id'],
    ['transfers', 'volume_id'],
    ['volume_attachment', 'volume_id'],
    ['snapshots', 'volume_id'],
  ]),
  parent('group_snapshots', [['snapshots', 'group_snapshot_id']]),
  parent('groups', [
    ['volumes', 'group_id'],
    ['group_snapshots', 'group_id'],
    ['group_volume_type_mapping', 'group_id'],
  ]),
  parent('cgsnapshots', [['snapshots', 'cgsnapshot_id']]),
  parent('consistencygroups', [
    ['volumes', 'consistencygroup_id'],
    ['cgsnapshots', 'consistencygroup_id'],
  ]),
  parent('volume_types', [
    ['volume_type_extra_specs', 'volume_type_id'],
    ['volume_type_projects', 'volume_type_id'],
    ['default_volume_types', 'volume_type_id'],
    ['group_volume_type_mapping', 'volume_type_id'],
  ]),
  parent('quality_of_service_specs', [
    ['quality_of_service_specs', 'specs_id'],
    ['volume_types', 'qos_specs_id'],
  ]),
  parent('group_types', [
    ['group_type_specs', 'group_type_id'],
    ['group_type_projects', 'group_type_id'],
  ]),
  parent('quota_usages', [['reservations', 'usage_id']]),
  parent('quotas', [['reservations', 'allocated_id']]),
  {
    table: 'services',
    referrers: [
      { from: 'workers', column: 'service_id', to: 'id' },
      { from: 'volumes', column: 'service_uuid', to: 'uuid' },
    ],
  },
];
