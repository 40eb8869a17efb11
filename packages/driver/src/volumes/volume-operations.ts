import { type Gibibytes, gibibytesToBytes, type Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from '../config/backend-config.ts';
import type { BackendConnections } from '../connections/backend-connections.ts';
import type { HostDisconnector } from '../connections/disconnect-host.ts';
import type { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError, leavingVolumeAt } from '../contract/driver-error.ts';
import { volumeUpdate } from '../contract/record-updates.ts';
import type {
  DriverSnapshot,
  DriverVolume,
  DriverVolumeType,
  NamedVolume,
  VolumeUpdate,
} from '../contract/records.ts';
import type { BrokenOffMove, DeletionContext, EndingContext, VolumeRole } from '../contract/volume-driver.ts';
import { parseArrayName } from '../names/array-name.ts';
import { namesAfterMove, volumeGroupNames } from '../names/broken-off-move.ts';
import type { DriverNames } from '../names/driver-names.ts';
import { creationTags } from '../tags/volume-tags.ts';
import { requireFeatures } from '../volume-types/array-features.ts';
import { isConsistent } from '../volume-types/group-type.ts';
import { isInPod } from '../volume-types/replication-kind.ts';
import { type TypeSettings, typeSettings } from '../volume-types/type-settings.ts';
import { createVolume, type VolumeOrigin } from './create-volume.ts';
import { deleteVolume } from './delete-volume.ts';
import { nameUnder, retypeVolume } from './retype.ts';
import { clearMove } from './retype-replication.ts';
import type { VolumeReplication } from './volume-replication.ts';

export interface VolumeOperationsDependencies {
  readonly array: FlashArray;
  readonly currentId: string;
  readonly config: BackendConfig;
  readonly names: DriverNames;
  readonly disconnector: HostDisconnector;
  /** Null: no `replication_device`. */
  readonly everyArray: BackendConnections | null;
  readonly volumeGroups: VolumeGroupKeeper;
  readonly replication: VolumeReplication;
  /** Deleted volumes go at once, and not when their time is up. */
  readonly eradicate: boolean;
  readonly logger: Logger;
}

/** Through the pods only, to where its type wants it. */
const ownMove: BrokenOffMove = { otherTypes: [], reference: null };

/** Volumes of the current array. */
export class VolumeOperations implements VolumeRole {
  readonly #dependencies: VolumeOperationsDependencies;

  constructor(dependencies: VolumeOperationsDependencies) {
    this.#dependencies = dependencies;
  }

  create(volume: DriverVolume): Promise<VolumeUpdate> {
    return this.createFrom(volume, { kind: 'empty' });
  }

  createFromSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<VolumeUpdate> {
    const { names } = this.#dependencies;
    return this.createFrom(volume, {
      kind: 'snapshot',
      name: names.ofSnapshot(snapshot),
      volume: names.of(snapshot.volume),
    });
  }

  clone(volume: DriverVolume, source: DriverVolume): Promise<VolumeUpdate> {
    return this.createFrom(volume, { kind: 'volume', name: this.#dependencies.names.of(source) });
  }

  async createFrom(volume: DriverVolume, origin: VolumeOrigin): Promise<VolumeUpdate> {
    const { array, volumeGroups, config, names, replication, logger } = this.#dependencies;
    const settings = replication.settingsOf(volume.type, volume.size);
    const made = await createVolume({
      array,
      logger,
      volume,
      name: volume.providerId ?? names.intendedVolume(volume),
      origin,
      defaultProtection: config.safemodeEnabled,
      settings,
      volumeGroups,
      protectionGroups: [
        ...(volume.group !== null && isConsistent(volume.group) ? [names.ofGroup(volume.group)] : []),
        ...replication.groupsFor(settings),
      ],
      tags: creationTags(volume),
    });
    return volumeUpdate(array, volume, made.name, settings.replication);
  }

  async delete(volume: DriverVolume, { ending, move = null }: DeletionContext = {}): Promise<void> {
    if (volume.providerId === null) {
      return;
    }
    const { array, currentId, disconnector, everyArray, volumeGroups, replication, eradicate, logger } =
      this.#dependencies;
    const change = replication.change(volume, volume.providerId, null);
    await deleteVolume({
      array,
      logger,
      name: volume.providerId,
      eradicate,
      disconnector,
      findElsewhere: async (name) => (await everyArray?.findInPod(name)) ?? [],
      currentId,
      ending,
      volumeGroups,
      otherNames:
        move === null && replication.pods === null
          ? []
          : namesAfterMove(volume, volume.providerId, move ?? ownMove, replication.pods).slice(1),
      clear: async () => (change === null ? undefined : await clearMove(change)),
    });
  }

  async extend(volume: DriverVolume, newSize: Gibibytes): Promise<void> {
    const { array, names } = this.#dependencies;
    const name = names.of(volume);
    const before = typeSettings(volume.type, volume.size).qos;
    const { qos } = typeSettings(volume.type, newSize);
    try {
      await array.volumes.extend(name, gibibytesToBytes(newSize));
      if (qos.iops !== before.iops || qos.bytesPerSecond !== before.bytesPerSecond) {
        await array.volumes.setQos(name, qos);
      }
    } catch (error) {
      throw arrayFailure(`Extending volume ${name} to ${newSize} GiB`, error);
    }
  }

  async retype(
    volume: DriverVolume,
    newType: DriverVolumeType,
    context: EndingContext = {},
  ): Promise<VolumeUpdate> {
    return await this.#retype(volume, newType, context);
  }

  async settle(
    volume: DriverVolume,
    move: BrokenOffMove,
    context: EndingContext = {},
  ): Promise<VolumeUpdate> {
    const name = await this.locate(volume, move);
    try {
      return await this.#retype({ ...volume, providerId: name }, volume.type, context);
    } catch (error) {
      throw leavingVolumeAt(arrayFailure(`Settling volume ${name}`, error), name);
    }
  }

  async locate(volume: DriverVolume, move: BrokenOffMove): Promise<string> {
    const { array, names, replication, volumeGroups } = this.#dependencies;
    const known = names.of(volume);
    const groups = volumeGroupNames(known, [volume.type, ...move.otherTypes]);
    const candidates = namesAfterMove(volume, known, move, replication.pods);
    let found: string | null = null;
    try {
      for (const name of candidates) {
        if (found === null && (await array.volumes.find(name)).kind === 'live') {
          found = name;
        }
      }
    } catch (error) {
      throw arrayFailure(`Looking for volume ${known}`, error);
    }
    const container = found === null ? null : parseArrayName(found).volumeGroup;
    for (const group of groups.filter((one) => one !== container)) {
      await volumeGroups.destroyIfEmpty(group);
    }
    if (found === null) {
      throw new DriverError(
        'volume-missing',
        `Volume ${known} is not on array ${array.identity.name}, under none of ${candidates.join(', ')}.`,
      );
    }
    return found;
  }

  async #retype(
    volume: DriverVolume,
    newType: DriverVolumeType | null,
    context: EndingContext,
  ): Promise<VolumeUpdate> {
    const { array, volumeGroups, names, replication } = this.#dependencies;
    const settings = replication.settingsOf(newType, volume.size);
    requireFeatures(array, settings);
    const before = names.of(volume);
    const there = await this.#replicate(volume, before, settings, context);
    try {
      const name = await retypeVolume({ array, volumeGroups, before, name: there, settings });
      return volumeUpdate(array, volume, name, settings.replication);
    } catch (error) {
      // It has the replication of the other type by now: whoever keeps it has to settle it.
      throw replication.change(volume, there, settings) === null
        ? error
        : leavingVolumeAt(arrayFailure(`Retyping volume ${before}`, error), there);
    }
  }

  /** @returns its full name by then */
  async #replicate(
    volume: DriverVolume,
    before: string,
    settings: TypeSettings,
    context: EndingContext,
  ): Promise<string> {
    const { array, replication } = this.#dependencies;
    try {
      return await replication.replicate(volume, before, settings, context);
    } catch (error) {
      const isMissing = error instanceof DriverError && error.arrayCode === 'not-found';
      // An earlier try may have moved it on already. On its way through pods it is looked for anyway.
      if (!isMissing || parseArrayName(before).pod !== null || isInPod(settings.replication)) {
        throw error;
      }
      const moved = nameUnder(before, settings);
      if (moved === before || (await array.volumes.find(moved)).kind !== 'live') {
        throw error;
      }
      return await replication.replicate(volume, moved, settings, context);
    }
  }

  async findNames(volumes: readonly DriverVolume[]): Promise<readonly NamedVolume[]> {
    const { array, names } = this.#dependencies;
    const found: NamedVolume[] = [];
    for (const volume of volumes) {
      if (volume.providerId !== null) {
        continue;
      }
      const name = names.own(volume);
      try {
        if ((await array.volumes.find(name)).kind === 'live') {
          const { providerId, metadata } = volumeUpdate(array, volume, name, null);
          found.push({ id: volume.id, providerId, metadata });
        }
      } catch (error) {
        throw arrayFailure(`Looking for volume ${name}`, error);
      }
    }
    return found;
  }
}
