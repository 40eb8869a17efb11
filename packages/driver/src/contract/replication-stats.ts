import type { ReplicationKind } from '../config/replication-config.ts';

/** What the statistics say about replication (driver-behaviour section 5.1). */
export interface ReplicationStats {
  readonly replication_enabled: boolean;
  readonly replication_type: readonly ReplicationKind[];
  readonly replication_count: number;
  /** `backend_id`s. */
  readonly replication_targets: readonly string[];
  readonly replication_capability: 'async' | 'sync' | 'trisync' | null;
}
