import type { ArrayCounts, ArrayPerformance, ArraySpace } from '@cinder-flasharray/flasharray';
import type { BackendConfig, ProtocolConfig } from '../config/backend-config.ts';
import { driverClasses } from '../config/driver-class.ts';
import type { ReplicationStats } from '../contract/replication-stats.ts';
import type { StorageProtocol, VolumeStats } from '../contract/volume-stats.ts';

const noReplication: ReplicationStats = {
  replication_enabled: false,
  replication_type: [],
  replication_count: 0,
  replication_targets: [],
  replication_capability: null,
};

const bytesPerGib = 2 ** 30;
/** From here on a reduction says that next to nothing is written, not how far the array can be oversubscribed. */
const largestUsefulReduction = 100;

const idle: ArrayPerformance = {
  readsPerSecond: 0,
  writesPerSecond: 0,
  readBytesPerSecond: 0,
  writeBytesPerSecond: 0,
  usecPerRead: 0,
  usecPerWrite: 0,
  queueDepth: 0,
  queueUsecPerRead: 0,
  queueUsecPerWrite: 0,
  queueUsecPerMirroredWrite: 0,
};

/**
 * How many times its capacity the back end may promise: the array's own reduction where that is asked for and means
 * something, else the option.
 */
export function overSubscriptionRatio(
  config: Pick<BackendConfig, 'automaticMaxOverSubscriptionRatio' | 'maxOverSubscriptionRatio'>,
  totalReduction: number | null,
): number | 'auto' {
  const useful =
    config.automaticMaxOverSubscriptionRatio &&
    totalReduction !== null &&
    totalReduction >= 1 &&
    totalReduction < largestUsefulReduction;
  return useful ? totalReduction : config.maxOverSubscriptionRatio;
}

export interface StatsSources {
  readonly config: BackendConfig;
  /** Volumes of the array take limits. */
  readonly qos: boolean;
  readonly space: ArraySpace;
  readonly counts: ArrayCounts;
  /** Null: no `replication_device`. */
  readonly replication: ReplicationStats | null;
  /** Null when the array has no sample: reported as zeros. */
  readonly performance: ArrayPerformance | null;
}

export function volumeStats(sources: StatsSources): VolumeStats {
  const { config, space, counts } = sources;
  const performance = sources.performance ?? idle;
  const provisioned = space.provisioned / bytesPerGib;
  return {
    volume_backend_name: config.volumeBackendName,
    vendor_name: 'Pure Storage',
    driver_version: driverClasses[config.protocol.kind].version,
    storage_protocol: storageProtocol(config.protocol),
    total_capacity_gb: space.capacity / bytesPerGib,
    free_capacity_gb: (space.capacity - space.used) / bytesPerGib,
    provisioned_capacity_gb: provisioned,
    provisioned_capacity: provisioned,
    reserved_percentage: config.reservedPercentage,
    max_over_subscription_ratio: overSubscriptionRatio(config, space.totalReduction),
    thin_provisioning_support: true,
    thick_provisioning_support: false,
    online_extend_support: true,
    consistencygroup_support: true,
    consistent_group_snapshot_enabled: true,
    consistent_group_replication_enabled: sources.replication?.replication_enabled ?? false,
    multiattach: true,
    QoS_support: sources.qos,
    filter_function: config.filterFunction,
    goodness_function: config.goodnessFunction,
    total_volumes: counts.volumes,
    total_snapshots: counts.snapshots,
    total_hosts: counts.hosts,
    total_pgroups: counts.protectionGroups,
    reads_per_sec: performance.readsPerSecond,
    writes_per_sec: performance.writesPerSecond,
    input_per_sec: performance.writeBytesPerSecond,
    output_per_sec: performance.readBytesPerSecond,
    usec_per_read_op: performance.usecPerRead,
    usec_per_write_op: performance.usecPerWrite,
    queue_depth: performance.queueDepth,
    queue_usec_per_read_op: performance.queueUsecPerRead,
    queue_usec_per_write_op: performance.queueUsecPerWrite,
    queue_usec_per_mirrored_write_op: performance.queueUsecPerMirroredWrite,
    ...(sources.replication ?? noReplication),
  };
}

function storageProtocol(protocol: ProtocolConfig): StorageProtocol {
  switch (protocol.kind) {
    case 'iscsi':
      return 'iSCSI';
    case 'fibre-channel':
      return 'FC';
    case 'nvme':
      return protocol.transport === 'tcp' ? 'NVMe-TCP' : 'NVMe-RoCE';
  }
}
