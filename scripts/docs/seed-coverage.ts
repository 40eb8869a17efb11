/** Where something of the documented driver module lives here: a file, and a word that must be in it. */
export interface Symbol {
  readonly file: string;
  readonly name: string;
}

/** A test that exercises it: a file, and words of its title that must be in it. */
export interface TestReference {
  readonly file: string;
  readonly title: string;
}

export interface CoverageRow {
  /** As the module page names it. */
  readonly documented: string;
  readonly ours: Symbol;
  readonly tests: readonly TestReference[];
}

const driver = 'packages/driver/src/backend/flash-array-driver.ts';
const acceptance = 'packages/driver/test/acceptance';
const manager = 'packages/volume-manager/test';

const roles = {
  life: driver,
  volumes: 'packages/driver/src/volumes/volume-operations.ts',
  snapshots: 'packages/driver/src/snapshots/snapshot-operations.ts',
  connections: 'packages/driver/src/connections/connection-operations.ts',
  exports: 'packages/driver/src/connections/exports.ts',
  groups: 'packages/driver/src/groups/group-operations.ts',
  manage: 'packages/driver/src/manage/manage-operations.ts',
  statistics: 'packages/driver/src/statistics/statistics-operations.ts',
} as const;
/** A method of one of the driver's roles, or of the driver itself. */
const role = (name: keyof typeof roles, method: string): Symbol => ({ file: roles[name], name: method });
const in_ = (file: string, ...titles: readonly string[]): readonly TestReference[] =>
  titles.map((title) => ({ file, title }));
const base = (
  documented: string,
  ours: Symbol,
  ...tests: readonly (readonly TestReference[])[]
): CoverageRow => ({ documented: `PureBaseVolumeDriver.${documented}`, ours, tests: tests.flat() });

/**
 * Every class, constant, function and method that the driver's module page names. The list is compared with the page
 * itself where that is at hand.
 */
export const coverage: readonly CoverageRow[] = [
  {
    documented: 'PureBaseVolumeDriver',
    ours: { file: driver, name: 'class FlashArrayDriver' },
    tests: in_(`${acceptance}/volumes.test.ts`, 'a created volume has the name and the size'),
  },
  base(
    'CI_WIKI_NAME',
    { file: 'packages/driver/src/config/driver-class.ts', name: 'ciWikiName' },
    in_('scripts/generate-docs.test.ts', 'constants of the documented driver'),
  ),
  base(
    'SUPPORTED_REST_API_VERSIONS',
    { file: 'packages/flasharray/src/shared/negotiate.ts', name: 'supportedRestApiVersions' },
    in_('packages/flasharray/src/shared/negotiate.test.ts', 'every supported version is taken'),
  ),
  base(
    'check_for_setup_error',
    role('life', 'checkForSetupError'),
    in_('packages/driver/test/check-setup.test.ts', 'the check of the set-up'),
  ),
  base(
    'create_cgsnapshot',
    role('groups', 'createSnapshot'),
    in_(`${acceptance}/groups.test.ts`, 'a member of a group snapshot'),
  ),
  base(
    'create_cloned_volume',
    role('volumes', 'clone'),
    in_(`${acceptance}/types.test.ts`, 'a clone has its own size'),
  ),
  base(
    'create_consistencygroup',
    role('groups', 'create'),
    in_(`${acceptance}/groups.test.ts`, 'only adds or only removes', 'a group cannot hold replicated types'),
  ),
  base(
    'create_consistencygroup_from_src',
    role('groups', 'createFrom'),
    in_(`${acceptance}/groups.test.ts`, 'a group copy whose third volume fails'),
    in_(`${manager}/groups.test.ts`, 'a consistency group lives'),
  ),
  base('create_export', role('exports', 'create'), in_(`${manager}/multiattach.test.ts`, 'case 53')),
  base(
    'create_snapshot',
    role('snapshots', 'create'),
    in_(`${acceptance}/snapshots.test.ts`, 'creating a snapshot again'),
  ),
  base(
    'create_volume',
    role('volumes', 'create'),
    in_(`${acceptance}/volumes.test.ts`, 'a created volume has the name', 'create repeated finds'),
  ),
  base(
    'create_volume_from_snapshot',
    role('volumes', 'createFromSnapshot'),
    in_(`${acceptance}/volumes.test.ts`, 'a volume larger than its snapshot'),
  ),
  base(
    'delete_cgsnapshot',
    role('groups', 'deleteSnapshot'),
    in_(`${acceptance}/groups.test.ts`, 'groups and group snapshots that are gone'),
  ),
  base(
    'delete_consistencygroup',
    role('groups', 'delete'),
    in_(`${acceptance}/groups.test.ts`, 'a volume that cannot be deleted does not keep the others'),
  ),
  base(
    'delete_snapshot',
    role('snapshots', 'delete'),
    in_(`${acceptance}/snapshots.test.ts`, 'deleting a snapshot that is absent'),
  ),
  base(
    'delete_volume',
    role('volumes', 'delete'),
    in_(`${acceptance}/volumes.test.ts`, 'deleting a connected volume', 'deleting a destroyed volume'),
  ),
  base(
    'do_setup',
    role('life', 'open'),
    in_(`${acceptance}/start.test.ts`, 'a wrong token, an untrusted certificate'),
  ),
  base(
    'do_setup_replication',
    { file: 'packages/driver/src/replication/replication.ts', name: 'setUp' },
    in_(
      `${acceptance}/async-replication.test.ts`,
      'the first start wires the group',
      'a target that never shows the group',
    ),
  ),
  base(
    'ensure_export',
    role('exports', 'ensure'),
    in_('scripts/generate-docs.test.ts', 'exports are no work'),
  ),
  base(
    'extend_volume',
    role('volumes', 'extend'),
    in_(`${acceptance}/volumes.test.ts`, 'extending to the same size'),
  ),
  base(
    'failover_host',
    role('life', 'failoverHost'),
    in_(
      `${acceptance}/async-replication.test.ts`,
      'the older complete copy is used',
      'one volume that the target refuses',
    ),
    in_(`${acceptance}/sync-replication.test.ts`, 'the first target whose side'),
    in_(`${manager}/failover.test.ts`, 'moves what is replicated, gives up the rest, and fails back'),
  ),
  base(
    'get_manageable_snapshots',
    role('manage', 'manageableSnapshots'),
    in_('packages/driver/test/manageable.test.ts', 'volumes and snapshots of the array'),
  ),
  base(
    'get_manageable_volumes',
    role('manage', 'manageableVolumes'),
    in_(`${acceptance}/manage.test.ts`, 'pages of a sorted list join', 'an array error is no empty list'),
  ),
  base(
    'get_volume_stats',
    role('statistics', 'read'),
    in_(`${acceptance}/stats.test.ts`, 'the report has every key'),
  ),
  base(
    'initialize_connection',
    role('connections', 'connect'),
    in_(`${acceptance}/connections.test.ts`, 'a new host is made'),
  ),
  base(
    'manage_existing',
    role('manage', 'manage'),
    in_(`${acceptance}/manage.test.ts`, 'every spelling of a reference', 'what must not be managed'),
  ),
  base(
    'manage_existing_get_size',
    role('manage', 'sizeOf'),
    in_(`${acceptance}/manage.test.ts`, 'a size is rounded up'),
  ),
  base(
    'manage_existing_snapshot',
    role('manage', 'manageSnapshot'),
    in_(`${acceptance}/manage.test.ts`, 'a snapshot must be of the volume'),
  ),
  base(
    'manage_existing_snapshot_get_size',
    role('manage', 'sizeOfSnapshot'),
    in_(`${acceptance}/manage.test.ts`, 'a snapshot must be of the volume'),
  ),
  base(
    'parse_replication_configs',
    { file: 'packages/driver/src/config/read-replication-config.ts', name: 'readReplicationConfig' },
    in_('packages/driver/src/config/read-replication-config.test.ts', 'several, with the defaults'),
  ),
  base(
    'retype',
    role('volumes', 'retype'),
    in_(`${acceptance}/retype.test.ts`, 'every cell without replication'),
  ),
  base(
    'terminate_connection',
    role('connections', 'disconnect'),
    in_(
      `${acceptance}/connections.test.ts`,
      'without a connector every host',
      'detaching from a host that is gone',
    ),
  ),
  base(
    'unmanage',
    role('manage', 'unmanage'),
    in_(`${acceptance}/manage.test.ts`, 'names of unmanaged volumes fit'),
  ),
  base(
    'unmanage_snapshot',
    role('manage', 'unmanageSnapshot'),
    in_(`${acceptance}/manage.test.ts`, 'a snapshot must be of the volume'),
  ),
  base(
    'update_consistencygroup',
    role('groups', 'update'),
    in_(`${acceptance}/groups.test.ts`, 'only adds or only removes'),
  ),
  {
    documented: 'PureFCDriver',
    ours: { file: 'packages/driver/src/connections/fibre-channel.ts', name: 'fibreChannelProtocol' },
    tests: in_(
      'packages/driver/src/config/read-backend-config.test.ts',
      'Fibre Channel and NVMe have options',
    ),
  },
  {
    documented: 'PureFCDriver.VERSION',
    ours: { file: 'packages/driver/src/config/driver-class.ts', name: "version: '22.0.fc'" },
    tests: in_('scripts/generate-docs.test.ts', 'constants of the documented driver'),
  },
  {
    documented: 'PureFCDriver.initialize_connection',
    ours: { file: 'packages/driver/src/connections/fibre-channel.ts', name: 'fibreChannelPaths' },
    tests: in_(
      `${acceptance}/protocols.test.ts`,
      'a host that any of the WWPNs',
      'initiators get the targets',
    ),
  },
  {
    documented: 'PureFCDriver.terminate_connection',
    ours: { file: 'packages/driver/src/connections/fibre-channel.ts', name: 'disconnected' },
    tests: in_(`${acceptance}/protocols.test.ts`, 'zones go with the host’s last volume'),
  },
  {
    documented: 'PureISCSIDriver',
    ours: { file: 'packages/driver/src/connections/iscsi.ts', name: 'iscsiProtocol' },
    tests: in_(
      'packages/driver/src/config/read-backend-config.test.ts',
      'the options that must be set are enough',
    ),
  },
  {
    documented: 'PureISCSIDriver.VERSION',
    ours: { file: 'packages/driver/src/config/driver-class.ts', name: "version: '22.0.iscsi'" },
    tests: in_('scripts/generate-docs.test.ts', 'constants of the documented driver'),
  },
  {
    documented: 'PureISCSIDriver.initialize_connection',
    ours: { file: 'packages/driver/src/connections/iscsi.ts', name: 'iscsiPaths' },
    tests: in_(`${acceptance}/connections.test.ts`, 'a new host is made', 'LUN 300 is passed on'),
  },
  {
    documented: 'pure_driver_debug_trace',
    ours: { file: 'packages/driver/src/backend/debug-trace.ts', name: 'debugTrace' },
    tests: in_('packages/driver/src/backend/debug-trace.test.ts', 'every method is traced'),
  },
];
