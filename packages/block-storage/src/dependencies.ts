import type { Clock, Logger } from '@cinder-flasharray/common';
import type { Store } from '@cinder-flasharray/store';
import type { Backends, Runner, VolumeManager } from '@cinder-flasharray/volume-manager';

/** Options of cinder-api and cinder-scheduler. */
export interface BlockStorageConfig {
  readonly defaultVolumeType: string | null;
  /** `default_group_type`. */
  readonly defaultGroupType: string | null;
  readonly storageAvailabilityZone: string;
  readonly defaultAvailabilityZone: string | null;
  /** Seconds after the last heartbeat when a service counts as down. */
  readonly serviceDownTime: number;
}

/** What every use case works with. */
export interface BlockStorageDependencies {
  readonly store: Store;
  /** Takes work on record, orders it, and does it. */
  readonly runner: Pick<Runner, 'accept' | 'start' | 'run'>;
  /** What is on the arrays. */
  readonly manageable: Pick<VolumeManager, 'manageableVolumes' | 'manageableSnapshots'>;
  readonly backends: Backends;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  readonly logger: Logger;
  readonly config: BlockStorageConfig;
}
