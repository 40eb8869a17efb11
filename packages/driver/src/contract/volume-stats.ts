import type { ReplicationStats } from './replication-stats.ts';

/** Cinder's words for the protocols. */
export type StorageProtocol = 'iSCSI' | 'FC' | 'NVMe-RoCE' | 'NVMe-TCP';

/**
 * What the driver reports to the scheduler, in Cinder's keys. Capacities are GiB, rates are per second, latencies are
 * microseconds.
 */
export interface VolumeStats extends ReplicationStats {
  readonly volume_backend_name: string;
  readonly vendor_name: 'Pure Storage';
  readonly driver_version: string;
  readonly storage_protocol: StorageProtocol;
  readonly total_capacity_gb: number;
  readonly free_capacity_gb: number;
  readonly provisioned_capacity_gb: number;
  /** The same value under the key that published filter formulas use. */
  readonly provisioned_capacity: number;
  readonly reserved_percentage: number;
  readonly max_over_subscription_ratio: number | 'auto';
  readonly thin_provisioning_support: true;
  readonly thick_provisioning_support: false;
  readonly online_extend_support: true;
  readonly consistencygroup_support: boolean;
  readonly consistent_group_snapshot_enabled: boolean;
  readonly consistent_group_replication_enabled: boolean;
  readonly multiattach: true;
  readonly QoS_support: boolean;
  readonly filter_function: string | null;
  readonly goodness_function: string | null;
  readonly total_volumes: number;
  readonly total_snapshots: number;
  readonly total_hosts: number;
  readonly total_pgroups: number;
  readonly reads_per_sec: number;
  readonly writes_per_sec: number;
  /** Bytes written. */
  readonly input_per_sec: number;
  /** Bytes read. */
  readonly output_per_sec: number;
  readonly usec_per_read_op: number;
  readonly usec_per_write_op: number;
  readonly queue_depth: number;
  readonly queue_usec_per_read_op: number;
  readonly queue_usec_per_write_op: number;
  readonly queue_usec_per_mirrored_write_op: number;
}
