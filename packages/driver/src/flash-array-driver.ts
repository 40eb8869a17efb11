import type { Clock, Gibibytes, KeyedLock, Logger } from '@cinder-flasharray/common';
import { gibibytesToBytes } from '@cinder-flasharray/common';
import { connectArray, type FlashArray, type Timeouts } from '@cinder-flasharray/flasharray';
import type { BackendConfig } from './config/backend-config.ts';
import type { InitiatorSecrets } from './connect/chap.ts';
import { HostDisconnector } from './connect/disconnect-host.ts';
import { HostLocks } from './connect/host-locks.ts';
import { Iscsi } from './connect/iscsi.ts';
import { iscsiTargets } from './connect/iscsi-portals.ts';
import { arrayFailure, DriverError } from './driver-error.ts';
import { snapshotName, snapshotSuffix, volumeName } from './naming/volume-name.ts';
import { createSnapshot, deleteSnapshot, revertToSnapshot } from './snapshots/snapshots.ts';
import { type VolumeStats, volumeStats } from './stats/volume-stats.ts';
import type {
  AttachmentDetails,
  ConnectionInfo,
  Connector,
  DriverSnapshot,
  DriverVolume,
  SnapshotUpdate,
  VolumeDriver,
  VolumeUpdate,
} from './volume-driver.ts';
import { createVolume, type VolumeOrigin } from './volumes/create-volume.ts';
import { deleteVolume } from './volumes/delete-volume.ts';
import { attachmentTags, creationTags, removeInstanceTag, writeTags } from './volumes/volume-tags.ts';

/** Class and version that the array's telemetry knows Cinder's driver by. */
const driverClass = 'PureISCSIDriver';
export const driverVersion = '22.0.iscsi';

export interface FlashArrayDriverOptions {
  readonly config: BackendConfig;
  /** CHAP secrets per initiator, kept by the caller. */
  readonly secrets: InitiatorSecrets;
  /** Shared by every driver of the process: two back ends may be one array. */
  readonly locks: KeyedLock;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Uniform in 0 to `below` - 1, from a cryptographic source. */
  readonly randomInteger: (below: number) => number;
  readonly randomUuid: () => string;
  /** Operating system, for the user agent: `Debian GNU/Linux 12 (bookworm)`. */
  readonly platform: string;
  readonly timeouts?: Timeouts;
}

/** What exists only while the driver is connected. */
interface Session {
  readonly array: FlashArray;
  readonly disconnector: HostDisconnector;
  readonly iscsi: Iscsi;
}

/** The FlashArray volume driver. */
export class FlashArrayDriver implements VolumeDriver {
  readonly #options: FlashArrayDriverOptions;
  #session: Session | null = null;
  #stats: VolumeStats | null = null;

  constructor(options: FlashArrayDriverOptions) {
    this.#options = options;
  }

  async doSetup(): Promise<void> {
    await this.close();
    const { config, locks, logger, platform, clock, timeouts } = this.#options;
    try {
      const array = await connectArray({
        address: config.address,
        apiToken: config.apiToken,
        tls: config.tls,
        userAgent: `OpenStack Cinder ${driverClass}/${driverVersion} (${platform})`,
        logger,
        clock,
        ...(timeouts === undefined ? {} : { timeouts }),
      });
      const hostLocks = new HostLocks(locks, array.identity.id);
      const disconnector = new HostDisconnector(array, hostLocks, logger);
      const iscsi = new Iscsi({ ...this.#options, array, locks: hostLocks, disconnector });
      this.#session = { array, disconnector, iscsi };
    } catch (error) {
      const failure = arrayFailure(
        `Connecting to the array at ${config.address} (back end ${config.section})`,
        error,
      );
      throw new DriverError('not-initialized', failure.message, { cause: failure.cause });
    }
  }

  async checkForSetupError(): Promise<void> {
    const { array } = this.#connected();
    const { config, logger } = this.#options;
    try {
      const [ports, interfaces, controllers] = await Promise.all([
        array.ports.list(),
        array.networkInterfaces.list(),
        array.arrays.readyControllers(),
      ]);
      const targets = iscsiTargets(ports, interfaces, controllers, config.iscsiCidrs);
      if (targets.kind !== 'targets') {
        logger.warn(
          { backend: config.section, array: array.identity.name, reason: targets.kind },
          'no iSCSI portal can be shown to hosts: attaching will fail until the array or pure_iscsi_cidr changes',
        );
      }
    } catch (error) {
      throw arrayFailure(`Checking the array of back end ${config.section}`, error);
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#stats = null;
    await session?.array.close();
  }

  intendedVolumeName(volume: Pick<DriverVolume, 'nameId'>): string {
    return volumeName(this.#options.config.volumeNameTemplate, volume.nameId);
  }

  intendedSnapshotName(snapshot: Pick<DriverSnapshot, 'id' | 'volume'>): string {
    return snapshotName(
      snapshot.volume.providerId ?? this.intendedVolumeName(snapshot.volume),
      snapshotSuffix(this.#options.config.snapshotNameTemplate, snapshot.id),
    );
  }

  createVolume(volume: DriverVolume): Promise<VolumeUpdate> {
    return this.#create(volume, { kind: 'empty' });
  }

  createVolumeFromSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<VolumeUpdate> {
    return this.#create(volume, {
      kind: 'snapshot',
      name: this.#nameOfSnapshot(snapshot),
      volume: this.#nameOf(snapshot.volume),
    });
  }

  createClonedVolume(volume: DriverVolume, source: DriverVolume): Promise<VolumeUpdate> {
    return this.#create(volume, { kind: 'volume', name: this.#nameOf(source) });
  }

  async deleteVolume(volume: DriverVolume): Promise<void> {
    if (volume.providerId === null) {
      return;
    }
    const { array, disconnector } = this.#connected();
    await deleteVolume({
      array,
      logger: this.#options.logger,
      name: volume.providerId,
      eradicate: this.#eradicates(),
      disconnector,
    });
  }

  async extendVolume(volume: DriverVolume, newSize: Gibibytes): Promise<void> {
    const { array } = this.#connected();
    const name = this.#nameOf(volume);
    try {
      await array.volumes.extend(name, gibibytesToBytes(newSize));
    } catch (error) {
      throw arrayFailure(`Extending volume ${name} to ${newSize} GiB`, error);
    }
  }

  async createSnapshot(snapshot: DriverSnapshot): Promise<SnapshotUpdate> {
    const { array } = this.#connected();
    const suffix = snapshotSuffix(this.#options.config.snapshotNameTemplate, snapshot.id);
    const volume = this.#nameOf(snapshot.volume);
    await createSnapshot(array, volume, suffix);
    const name = snapshotName(volume, suffix);
    return {
      providerId: name,
      metadata: { ...snapshot.metadata, array_snapshot_name: name, array_name: array.identity.name },
    };
  }

  async deleteSnapshot(snapshot: DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await deleteSnapshot(array, this.#options.logger, this.#nameOfSnapshot(snapshot), this.#eradicates());
  }

  async revertToSnapshot(volume: DriverVolume, snapshot: DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await revertToSnapshot(array, volume, this.#nameOf(volume), this.#nameOfSnapshot(snapshot));
  }

  async createExport(): Promise<void> {}

  async ensureExport(): Promise<void> {}

  async removeExport(): Promise<void> {}

  async initializeConnection(volume: DriverVolume, connector: Connector): Promise<ConnectionInfo> {
    const { iscsi } = this.#connected();
    return await iscsi.connect(this.#nameOf(volume), connector);
  }

  async terminateConnection(volume: DriverVolume, connector: Connector | null): Promise<void> {
    const { array, disconnector, iscsi } = this.#connected();
    const name = this.#nameOf(volume);
    if (connector !== null) {
      await iscsi.disconnect(name, connector);
      return;
    }
    try {
      const connections = await array.connections.list({ volume: name });
      const hosts = connections.flatMap(({ host, hostGroup }) =>
        host === null || hostGroup !== null ? [] : [host],
      );
      for (const host of new Set(hosts)) {
        await disconnector.disconnect(name, host);
      }
      const shared = connections.find(({ hostGroup }) => hostGroup !== null);
      if (shared !== undefined) {
        throw new DriverError(
          'volume-busy',
          `Volume ${name} stays connected to host group ${shared.hostGroup} on array ${array.identity.name}; remove it there.`,
        );
      }
    } catch (error) {
      throw arrayFailure(`Disconnecting volume ${name} from every host`, error);
    }
  }

  async tagAttachment(volume: DriverVolume, attachment: AttachmentDetails | null): Promise<void> {
    const { array } = this.#connected();
    const { logger } = this.#options;
    const name = this.#nameOf(volume);
    await (attachment === null
      ? removeInstanceTag(array, logger, name)
      : writeTags(array, logger, name, attachmentTags(volume, attachment.instanceUuid)));
  }

  async getVolumeStats({ refresh }: { readonly refresh: boolean }): Promise<VolumeStats> {
    if (this.#stats !== null && !refresh) {
      return this.#stats;
    }
    const { array } = this.#connected();
    const { config, logger } = this.#options;
    try {
      const [{ space, counts }, performance] = await Promise.all([
        array.arrays.usage(),
        this.#performance(array),
      ]);
      if (performance === null) {
        logger.warn(
          { backend: config.section, array: array.identity.name },
          'no performance sample: zeros are reported',
        );
      }
      this.#stats = volumeStats({ config, driverVersion, space, counts, performance });
      return this.#stats;
    } catch (error) {
      throw arrayFailure(`Reading the statistics of back end ${config.section}`, error);
    }
  }

  async updateProviderInfo(volumes: readonly DriverVolume[]): Promise<
    readonly {
      readonly id: string;
      readonly providerId: string;
      readonly metadata: Readonly<Record<string, string>>;
    }[]
  > {
    const { array } = this.#connected();
    const updates = [];
    for (const volume of volumes) {
      if (volume.providerId !== null) {
        continue;
      }
      const name = this.intendedVolumeName(volume);
      try {
        if ((await array.volumes.find(name)).kind === 'live') {
          updates.push({
            id: volume.id,
            providerId: name,
            metadata: this.#volumeMetadata(array, volume, name),
          });
        }
      } catch (error) {
        throw arrayFailure(`Looking for volume ${name}`, error);
      }
    }
    return updates;
  }

  async #create(volume: DriverVolume, origin: VolumeOrigin): Promise<VolumeUpdate> {
    const { array } = this.#connected();
    const { config, logger } = this.#options;
    const name = volume.providerId ?? this.intendedVolumeName(volume);
    const made = await createVolume({
      array,
      logger,
      volume,
      name,
      origin,
      defaultProtection: config.safemodeEnabled,
      tags: creationTags(volume),
    });
    return {
      providerId: made.name,
      replicationStatus: 'disabled',
      metadata: this.#volumeMetadata(array, volume, made.name),
    };
  }

  /** One optional part of the report must not lose the others. */
  async #performance(array: FlashArray): ReturnType<FlashArray['arrays']['performance']> {
    try {
      return await array.arrays.performance();
    } catch (error) {
      const failure = arrayFailure('Reading performance', error);
      this.#options.logger.warn({ array: array.identity.name, error: failure }, 'could not read performance');
      return null;
    }
  }

  #volumeMetadata(array: FlashArray, volume: DriverVolume, name: string): Readonly<Record<string, string>> {
    return { ...volume.metadata, array_volume_name: name, array_name: array.identity.name };
  }

  #eradicates(): boolean {
    return this.#options.config.eradicateOnDelete && !this.#options.config.safemodeEnabled;
  }

  #nameOf(volume: Pick<DriverVolume, 'nameId' | 'providerId'>): string {
    return volume.providerId ?? this.intendedVolumeName(volume);
  }

  #nameOfSnapshot(snapshot: DriverSnapshot): string {
    return snapshot.providerId ?? this.intendedSnapshotName(snapshot);
  }

  #connected(): Session {
    if (this.#session === null) {
      throw new DriverError(
        'not-initialized',
        `Back end ${this.#options.config.section} is not connected to its array.`,
        {
          nothingMade: true,
        },
      );
    }
    return this.#session;
  }
}
