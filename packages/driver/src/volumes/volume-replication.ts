import type { Clock, Gibibytes, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendConnections } from '../connections/backend-connections.ts';
import type { DriverVolume, DriverVolumeType } from '../contract/records.ts';
import type { EndingContext } from '../contract/volume-driver.ts';
import type { PodNames } from '../names/broken-off-move.ts';
import { notSetUp, type Replication } from '../replication/replication.ts';
import { type TypeSettings, typeSettings } from '../volume-types/type-settings.ts';
import { changeReplication, type ReplicationChange, takeBackReplication } from './retype-replication.ts';

export interface VolumeReplicationDependencies {
  /** The current one. */
  readonly array: FlashArray;
  readonly currentId: string;
  /** Null: no `replication_device`. */
  readonly replication: Replication | null;
  readonly everyArray: BackendConnections | null;
  /** The other arrays of the pod that answer; looked up each time, because arrays come and go. */
  readonly podPeers: () => readonly FlashArray[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The replication that volume types can have on the current array, and how a volume comes to it. */
export class VolumeReplication {
  readonly #dependencies: VolumeReplicationDependencies;

  constructor(dependencies: VolumeReplicationDependencies) {
    this.#dependencies = dependencies;
  }

  /** What a type asks for, and can have. @throws DriverError `invalid-volume-type` | `invalid-qos-specs` */
  settingsOf(type: DriverVolumeType | null, size: Gibibytes): TypeSettings {
    const { replication, currentId } = this.#dependencies;
    const settings = typeSettings(type, size);
    const kind = settings.replication;
    if (kind === null) {
      return settings;
    }
    if (replication === null) {
      throw notSetUp(type?.name ?? '', kind, 'it has no replication_device');
    }
    replication.require(kind, type?.name ?? '', currentId);
    return settings;
  }

  /** The pods that volumes move through; null: none. */
  get pods(): PodNames | null {
    return this.#dependencies.replication?.pods ?? null;
  }

  /** Protection groups that a new volume of such a type joins. */
  groupsFor({ replication: kind }: TypeSettings): readonly string[] {
    return this.#dependencies.replication?.groupsFor(kind) ?? [];
  }

  /** Gives a volume the replication of its type. @returns its full name by then */
  async replicate(
    volume: DriverVolume,
    name: string,
    settings: TypeSettings,
    context: EndingContext = {},
  ): Promise<string> {
    const change = this.change(volume, name, settings, context);
    return change === null ? name : await changeReplication(change);
  }

  /**
   * Takes a volume out of where a change that was refused has brought it: into the pod where it came from there, else out
   * of any.
   * @param from full name that it had before
   * @returns its full name by then
   */
  async bringBack(volume: DriverVolume, name: string, from: string): Promise<string> {
    const change = this.change(volume, name, null);
    return change === null ? name : await takeBackReplication(change, from);
  }

  /** @param settings null: the volume is on its way out. @returns null when the back end has no replication */
  change(
    volume: DriverVolume,
    name: string,
    settings: TypeSettings | null,
    { ending }: EndingContext = {},
  ): ReplicationChange | null {
    const { array, replication, everyArray, podPeers, clock, logger } = this.#dependencies;
    return replication === null
      ? null
      : {
          array,
          replication,
          peers: podPeers(),
          leaveOthers: async (other) => await everyArray?.disconnectOthers(other, ending),
          name,
          volumeId: volume.id,
          to: settings?.replication ?? null,
          volumeGroup: settings?.volumeGroup?.name ?? null,
          clock,
          logger,
        };
  }
}
