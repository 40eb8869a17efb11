import type { Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from '../config/backend-config.ts';
import { snapshotUpdate } from '../contract/record-updates.ts';
import type { DriverSnapshot, DriverVolume, SnapshotUpdate } from '../contract/records.ts';
import type { SnapshotRole } from '../contract/volume-driver.ts';
import type { DriverNames } from '../names/driver-names.ts';
import { snapshotName, snapshotSuffix } from '../names/volume-name.ts';
import { createSnapshot, deleteSnapshot, revertToSnapshot } from './snapshots.ts';

export interface SnapshotOperationsDependencies {
  readonly array: FlashArray;
  readonly config: Pick<BackendConfig, 'snapshotNameTemplate'>;
  readonly names: DriverNames;
  /** Deleted snapshots go at once, and not when their time is up. */
  readonly eradicate: boolean;
  readonly logger: Logger;
}

/** Snapshots of single volumes. */
export class SnapshotOperations implements SnapshotRole {
  readonly #dependencies: SnapshotOperationsDependencies;

  constructor(dependencies: SnapshotOperationsDependencies) {
    this.#dependencies = dependencies;
  }

  async create(snapshot: DriverSnapshot): Promise<SnapshotUpdate> {
    const { array, config, names } = this.#dependencies;
    const suffix = snapshotSuffix(config.snapshotNameTemplate, snapshot.id);
    const volume = names.of(snapshot.volume);
    const size = await createSnapshot(array, volume, suffix);
    return snapshotUpdate(array, snapshot, snapshotName(volume, suffix), size);
  }

  async delete(snapshot: DriverSnapshot): Promise<void> {
    const { array, names, eradicate, logger } = this.#dependencies;
    await deleteSnapshot(array, logger, names.ofSnapshot(snapshot), eradicate);
  }

  async revert(volume: DriverVolume, snapshot: DriverSnapshot): Promise<void> {
    const { array, names } = this.#dependencies;
    await revertToSnapshot(array, volume, names.of(volume), names.ofSnapshot(snapshot));
  }
}
