import type { Gibibytes, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from '../config/backend-config.ts';
import { driverClasses } from '../config/driver-class.ts';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError, isTransient, leavingVolumeAt } from '../contract/driver-error.ts';
import { snapshotUpdate, volumeUpdate } from '../contract/record-updates.ts';
import type {
  DriverSnapshot,
  DriverVolume,
  ExistingReference,
  ManageableRequest,
  ManageableSnapshot,
  ManageableVolume,
  SnapshotUpdate,
  VolumeUpdate,
} from '../contract/records.ts';
import type { BrokenOffMove, ManageRole } from '../contract/volume-driver.ts';
import { parseArrayName } from '../names/array-name.ts';
import type { DriverNames } from '../names/driver-names.ts';
import { referencedName } from '../names/existing-reference.ts';
import { isSame } from '../names/same-name.ts';
import { creationTags } from '../tags/volume-tags.ts';
import { broughtBefore, clearMove } from '../volumes/retype-replication.ts';
import type { VolumeReplication } from '../volumes/volume-replication.ts';
import { existingSnapshot, manageSnapshot, unmanageSnapshot } from './manage-snapshot.ts';
import {
  existingVolume,
  leaveGroup,
  type ManageVolumeRequest,
  managedName,
  manageVolume,
  roundedUp,
  takenBack,
  unmanageVolume,
} from './manage-volume.ts';
import { manageableSnapshots, manageableVolumes } from './manageable-list.ts';

export interface ManageOperationsDependencies {
  readonly array: FlashArray;
  readonly config: BackendConfig;
  readonly names: DriverNames;
  readonly volumeGroups: VolumeGroupKeeper;
  readonly replication: VolumeReplication;
  /** Ends a move of a volume that was broken off. @returns its full name by then */
  readonly settle: (volume: DriverVolume) => Promise<string>;
  /** Looks for a volume after such a move. @throws DriverError `volume-missing` */
  readonly locate: (volume: DriverVolume, move: BrokenOffMove) => Promise<string>;
  readonly logger: Logger;
}

/** Volumes and snapshots that Cinder takes over, or leaves to others. */
export class ManageOperations implements ManageRole {
  readonly #dependencies: ManageOperationsDependencies;

  constructor(dependencies: ManageOperationsDependencies) {
    this.#dependencies = dependencies;
  }

  async sizeOf(reference: ExistingReference): Promise<Gibibytes> {
    return roundedUp((await existingVolume(this.#existing(reference))).size);
  }

  async manage(volume: DriverVolume, reference: ExistingReference): Promise<VolumeUpdate> {
    const { array, volumeGroups, names, replication, logger } = this.#dependencies;
    const settings = replication.settingsOf(volume.type, volume.size);
    const request: ManageVolumeRequest = {
      ...this.#existing(reference),
      volumeGroups,
      logger,
      ownName: names.own(volume),
      settings,
      tags: creationTags(volume),
    };
    const change = replication.change(volume, managedName(request), settings);
    const managed = (change === null ? null : await broughtBefore(change)) ?? (await manageVolume(request));
    let name: string;
    try {
      name = await replication.replicate(volume, managed, settings);
    } catch (error) {
      throw await this.#takenBack(volume, request, arrayFailure(`Managing volume ${managed}`, error));
    }
    await leaveGroup(request);
    return volumeUpdate(array, volume, name, settings.replication);
  }

  /** Replication was refused: out of what the move has brought it into, then under its old name. */
  async #takenBack(
    volume: DriverVolume,
    request: ManageVolumeRequest,
    failure: DriverError,
  ): Promise<DriverError> {
    const { replication } = this.#dependencies;
    const at = failure.volumeName ?? managedName(request);
    if (isTransient(failure)) {
      return await takenBack(request, failure, at);
    }
    let outside: string;
    try {
      outside = await replication.bringBack(volume, at, referencedName(request.reference, 'volume'));
    } catch (error) {
      const second = arrayFailure(`Moving volume ${at} back`, error);
      return leavingVolumeAt(isTransient(second) ? second : failure, second.volumeName ?? at);
    }
    return await takenBack(request, failure, outside);
  }

  async unmanage(volume: DriverVolume, move: BrokenOffMove | null = null): Promise<void> {
    const { array, names, replication, logger } = this.#dependencies;
    let name = move === null ? names.of(volume) : await this.#located(volume, move);
    const { pod } = parseArrayName(name);
    if (
      pod !== null &&
      replication.pods !== null &&
      isSame(pod, `${replication.pods.ghostPod}-${volume.id}`)
    ) {
      // Nobody would look for it there, nor take the pod away.
      name = await this.#dependencies.settle(volume);
    }
    const change = move === null ? null : replication.change(volume, name, null);
    await unmanageVolume(array, logger, name);
    if (change !== null) {
      await clearMove(change);
    }
  }

  /** @returns the name on record for a volume that is nowhere */
  async #located(volume: DriverVolume, move: BrokenOffMove): Promise<string> {
    try {
      return await this.#dependencies.locate(volume, move);
    } catch (error) {
      if (error instanceof DriverError && error.code === 'volume-missing') {
        return this.#dependencies.names.of(volume);
      }
      throw error;
    }
  }

  async sizeOfSnapshot(snapshot: DriverSnapshot, reference: ExistingReference): Promise<Gibibytes> {
    const { array, names } = this.#dependencies;
    const found = await existingSnapshot({ array, reference, volume: names.of(snapshot.volume) });
    return roundedUp(found.size);
  }

  async manageSnapshot(snapshot: DriverSnapshot, reference: ExistingReference): Promise<SnapshotUpdate> {
    const { array, names } = this.#dependencies;
    const target = names.intendedSnapshot(snapshot);
    await manageSnapshot({ array, reference, volume: names.of(snapshot.volume), target });
    return snapshotUpdate(array, snapshot, target);
  }

  async unmanageSnapshot(snapshot: DriverSnapshot): Promise<void> {
    const { array, names, logger } = this.#dependencies;
    await unmanageSnapshot(array, logger, names.ofSnapshot(snapshot));
  }

  async manageableVolumes(request: ManageableRequest): Promise<readonly ManageableVolume[]> {
    return await manageableVolumes(this.#dependencies.array, request);
  }

  async manageableSnapshots(request: ManageableRequest): Promise<readonly ManageableSnapshot[]> {
    return await manageableSnapshots(this.#dependencies.array, request);
  }

  #existing(reference: ExistingReference) {
    const { array, config } = this.#dependencies;
    return {
      array,
      reference,
      driverClass: driverClasses[config.protocol.kind].name,
      ownPod: config.replication?.pod ?? null,
    };
  }
}
