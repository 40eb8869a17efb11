import type { Gibibytes } from '@cinder-flasharray/common';
import type { VolumeStats } from './stats/volume-stats.ts';

/** A volume as Cinder's manager hands it to a driver. */
export interface DriverVolume {
  /** UUID. */
  readonly id: string;
  /** The UUID that the name is made of: differs from `id` after a migration (Cinder's `name_id`). */
  readonly nameId: string;
  readonly size: Gibibytes;
  /** Name on the array, or the name it is to get; null: nothing was ever tried. */
  readonly providerId: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly projectId: string;
  readonly bootable: boolean;
}

export interface DriverSnapshot {
  readonly id: string;
  /** Name on the array; null for snapshots of earlier drivers, which did not record it. */
  readonly providerId: string | null;
  /** Size of the volume when the snapshot was taken. */
  readonly volumeSize: Gibibytes;
  readonly metadata: Readonly<Record<string, string>>;
  /** The volume it was taken of. */
  readonly volume: Pick<DriverVolume, 'id' | 'nameId' | 'providerId'>;
}

/** What a host says of itself (os-brick). Keys the driver does not know are left alone. */
export type Connector = Readonly<Record<string, unknown>>;

/** What the host needs to reach the volume, in the shape os-brick reads. */
export interface ConnectionInfo {
  readonly driver_volume_type: 'iscsi';
  readonly data: IscsiConnectionData;
}

export interface IscsiConnectionData {
  readonly target_discovered: false;
  readonly discard: true;
  readonly addressing_mode: 'SAM2';
  /** The three lists belong together entry by entry. */
  readonly target_luns: readonly number[];
  readonly target_iqns: readonly string[];
  /** `10.0.0.1:3260`, `[2001:db8::1]:3260`. */
  readonly target_portals: readonly string[];
  /** `3624a9370` and the serial in lower case. */
  readonly wwn: string;
  readonly auth_method?: 'CHAP';
  readonly auth_username?: string;
  /** The one place where a CHAP secret leaves the driver in clear: the host needs it. */
  readonly auth_password?: string;
}

/** Columns of the volume that the manager stores. */
export interface VolumeUpdate {
  readonly providerId: string;
  readonly replicationStatus: 'disabled';
  /** The user's keys, `array_volume_name` and `array_name`. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface SnapshotUpdate {
  readonly providerId: string;
  /** The user's keys, `array_snapshot_name` and `array_name`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What is known about the attachment that a connection serves. */
export interface AttachmentDetails {
  /** Instance that uses the volume, for the array's tags. */
  readonly instanceUuid: string | null;
}

/**
 * Cinder's driver contract, method for method, in camelCase. Every method may be repeated after a crash at any point:
 * it ends in the same state and gives the same answer. All throw `DriverError`.
 */
export interface VolumeDriver {
  /** Connects to the array. May be called again after a failure, with no trace of the first try. */
  doSetup(): Promise<void>;
  /** Looks for trouble that would only show later: ports, CIDRs. */
  checkForSetupError(): Promise<void>;
  /** Ends sessions; calls made afterwards fail. Safe to repeat. */
  close(): Promise<void>;

  /** The name `createVolume` and its siblings will use: stored as `provider_id` before the first call. */
  intendedVolumeName(volume: Pick<DriverVolume, 'nameId'>): string;
  /** The name `createSnapshot` will use. */
  intendedSnapshotName(snapshot: Pick<DriverSnapshot, 'id' | 'volume'>): string;

  createVolume(volume: DriverVolume): Promise<VolumeUpdate>;
  createVolumeFromSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<VolumeUpdate>;
  createClonedVolume(volume: DriverVolume, source: DriverVolume): Promise<VolumeUpdate>;
  /** Disconnects what is connected, then destroys. Absent and already destroyed volumes are fine. */
  deleteVolume(volume: DriverVolume): Promise<void>;
  /** @throws DriverError when the new size is smaller than the volume is. The same size succeeds. */
  extendVolume(volume: DriverVolume, newSize: Gibibytes): Promise<void>;

  createSnapshot(snapshot: DriverSnapshot): Promise<SnapshotUpdate>;
  /** Absent and already destroyed snapshots are fine. */
  deleteSnapshot(snapshot: DriverSnapshot): Promise<void>;
  /** Overwrites the volume with the snapshot; the snapshot stays. */
  revertToSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<void>;

  /** Nothing to do on a FlashArray. */
  createExport(volume: DriverVolume, connector: Connector): Promise<void>;
  ensureExport(volume: DriverVolume): Promise<void>;
  removeExport(volume: DriverVolume): Promise<void>;

  /** Connects the volume to the host; already connected gives the same answer. */
  initializeConnection(volume: DriverVolume, connector: Connector): Promise<ConnectionInfo>;
  /**
   * Ends the connection to a host, and removes the host when it was ours and has no other. A null connector ends all
   * connections of the volume. Hosts and connections that are gone are fine.
   */
  terminateConnection(volume: DriverVolume, connector: Connector | null): Promise<void>;
  /** Writes or, with null, removes what the array shows about an attachment. Never fails the caller's work. */
  tagAttachment(volume: DriverVolume, attachment: AttachmentDetails | null): Promise<void>;

  /** The last report, or a new one when asked for or when there is none. An error leaves the last one in place. */
  getVolumeStats(options: { readonly refresh: boolean }): Promise<VolumeStats>;
  /** Names of volumes that have none recorded (made by drivers before Cinder 13) and exist on the array. */
  updateProviderInfo(volumes: readonly DriverVolume[]): Promise<
    readonly {
      readonly id: string;
      readonly providerId: string;
      readonly metadata: Readonly<Record<string, string>>;
    }[]
  >;
}
