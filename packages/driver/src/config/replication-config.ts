import type { Secret } from '@cinder-flasharray/common';
import type { TargetRetention, TlsTrust } from '@cinder-flasharray/flasharray';

/** How a volume is replicated. */
export type ReplicationKind = 'async' | 'sync' | 'trisync';

/** One `replication_device`: an array that volumes are replicated to. */
export interface ReplicationTarget {
  /** `backend_id`: what `cinder failover-host --backend_id` names. */
  readonly backendId: string;
  /** `san_ip`, which may carry a port. */
  readonly address: string;
  readonly apiToken: Secret;
  readonly tls: TlsTrust;
  /** `type`: snapshots by the clock, or ActiveCluster. */
  readonly kind: 'async' | 'sync';
  /** `uniform`: hosts have paths to both arrays. Sync only. */
  readonly uniform: boolean;
}

/** What is set about replication of one back end. */
export interface ReplicationConfig {
  /** Never empty. */
  readonly targets: readonly ReplicationTarget[];
  /** `pure_replication_pg_name`. */
  readonly protectionGroup: string;
  /** `pure_replication_pod_name`. */
  readonly pod: string;
  /** `pure_ghost_pod_name`: the beginning of names of temporary pods. */
  readonly ghostPod: string;
  /** `pure_replica_interval_default`, milliseconds. */
  readonly interval: number;
  readonly retention: TargetRetention;
  /** `pure_trisync_pg_name` with `pure_trisync_enabled`; null: no third site. */
  readonly trisyncGroup: string | null;
}
