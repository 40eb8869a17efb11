import type { Clock, Gibibytes, Logger } from '@cinder-flasharray/common';
import { gibibytesToBytes } from '@cinder-flasharray/common';
import { connectArray, type FlashArray, isArrayError, type Timeouts } from '@cinder-flasharray/flasharray';
import { capabilityProperties } from './capabilities/capability-properties.ts';
import type { BackendConfig } from './config/backend-config.ts';
import { driverClasses } from './config/driver-class.ts';
import type { InitiatorSecrets } from './connect/chap.ts';
import type { HostConnector } from './connect/connector.ts';
import { HostDisconnector } from './connect/disconnect-host.ts';
import { HostLocks } from './connect/host-locks.ts';
import type { Protocol } from './connect/protocol.ts';
import { protocolOf } from './connect/protocol-of.ts';
import { VolumeConnections } from './connect/volume-connections.ts';
import { arrayFailure, DriverError } from './driver-error.ts';
import { GroupOperations, isConsistent } from './groups/group-operations.ts';
import type { Locks } from './locks.ts';
import { existingSnapshot, manageSnapshot, unmanageSnapshot } from './manage/manage-snapshot.ts';
import { existingVolume, manageVolume, roundedUp, unmanageVolume } from './manage/manage-volume.ts';
import { manageableSnapshots, manageableVolumes } from './manage/manageable-list.ts';
import { groupName, groupSnapshotSuffix, memberSnapshotName } from './naming/group-name.ts';
import { snapshotName, snapshotSuffix, volumeName } from './naming/volume-name.ts';
import { retypeVolume } from './retype/retype.ts';
import { createSnapshot, deleteSnapshot, revertToSnapshot } from './snapshots/snapshots.ts';
import { type VolumeStats, volumeStats } from './stats/volume-stats.ts';
import type * as driver from './volume-driver.ts';
import { lacks } from './volumes/array-features.ts';
import { createVolume, type VolumeOrigin } from './volumes/create-volume.ts';
import { deleteVolume } from './volumes/delete-volume.ts';
import { typeSettings, volumeGroupOf } from './volumes/type-settings.ts';
import { VolumeGroupKeeper } from './volumes/volume-groups.ts';
import { attachmentTags, creationTags, removeInstanceTag, writeTags } from './volumes/volume-tags.ts';

export interface FlashArrayDriverOptions {
  readonly config: BackendConfig;
  /** CHAP secrets per initiator, kept by the caller. */
  readonly secrets: InitiatorSecrets;
  /** Shared by every driver of the process: two back ends may be one array. */
  readonly locks: Locks;
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
  readonly connections: VolumeConnections;
  readonly volumeGroups: VolumeGroupKeeper;
  readonly groups: GroupOperations;
}

/** The FlashArray volume driver. */
export class FlashArrayDriver implements driver.VolumeDriver {
  readonly #options: FlashArrayDriverOptions;
  readonly #protocol: Protocol;
  #session: Session | null = null;
  #stats: VolumeStats | null = null;

  constructor(options: FlashArrayDriverOptions) {
    this.#options = options;
    this.#protocol = protocolOf(options.config.protocol);
  }

  async doSetup(): Promise<void> {
    await this.close();
    const { config, logger, platform, clock, timeouts } = this.#options;
    const { name, version } = driverClasses[config.protocol.kind];
    try {
      const array = await connectArray({
        address: config.address,
        apiToken: config.apiToken,
        tls: config.tls,
        userAgent: `OpenStack Cinder ${name}/${version} (${platform})`,
        logger,
        clock,
        ...(timeouts === undefined ? {} : { timeouts }),
      });
      this.#session = this.#open(array);
      this.#requireProtocol(array);
    } catch (error) {
      await this.close();
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
      await this.#protocol.paths(array, nobody(this.#protocol));
    } catch (error) {
      if (isArrayError(error) || !(error instanceof DriverError)) {
        throw arrayFailure(`Checking the array of back end ${config.section}`, error);
      }
      logger.warn(
        { backend: config.section, array: array.identity.name, reason: error.message },
        'no port can be shown to hosts: attaching will fail until the array or the configuration changes',
      );
    }
  }

  async close(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    this.#stats = null;
    await session?.array.close();
  }

  intendedVolumeName(volume: Pick<driver.DriverVolume, 'nameId' | 'type'>): string {
    const own = this.#ownName(volume);
    const group = volumeGroupOf(volume.type);
    return group === null ? own : `${group.name}/${own}`;
  }

  intendedSnapshotName(snapshot: Pick<driver.DriverSnapshot, 'id' | 'volume' | 'groupSnapshot'>): string {
    const volume = this.#nameOf(snapshot.volume);
    const { groupSnapshot } = snapshot;
    return groupSnapshot === null || !isConsistent(groupSnapshot.group)
      ? snapshotName(volume, snapshotSuffix(this.#options.config.snapshotNameTemplate, snapshot.id))
      : memberSnapshotName(
          `${groupName(groupSnapshot.group.id)}.${groupSnapshotSuffix(groupSnapshot.id)}`,
          volume,
        );
  }

  createVolume(volume: driver.DriverVolume): Promise<driver.VolumeUpdate> {
    return this.#create(volume, { kind: 'empty' });
  }

  createVolumeFromSnapshot(
    volume: driver.DriverVolume,
    snapshot: driver.DriverSnapshot,
  ): Promise<driver.VolumeUpdate> {
    return this.#create(volume, {
      kind: 'snapshot',
      name: this.#nameOfSnapshot(snapshot),
      volume: this.#nameOf(snapshot.volume),
    });
  }

  createClonedVolume(volume: driver.DriverVolume, source: driver.DriverVolume): Promise<driver.VolumeUpdate> {
    return this.#create(volume, { kind: 'volume', name: this.#nameOf(source) });
  }

  async deleteVolume(volume: driver.DriverVolume): Promise<void> {
    if (volume.providerId === null) {
      return;
    }
    const { array, disconnector, volumeGroups } = this.#connected();
    await deleteVolume({
      array,
      logger: this.#options.logger,
      name: volume.providerId,
      eradicate: this.#eradicates(),
      disconnector,
      volumeGroups,
    });
  }

  async extendVolume(volume: driver.DriverVolume, newSize: Gibibytes): Promise<void> {
    const { array } = this.#connected();
    const name = this.#nameOf(volume);
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

  async createSnapshot(snapshot: driver.DriverSnapshot): Promise<driver.SnapshotUpdate> {
    const { array } = this.#connected();
    const suffix = snapshotSuffix(this.#options.config.snapshotNameTemplate, snapshot.id);
    const volume = this.#nameOf(snapshot.volume);
    await createSnapshot(array, volume, suffix);
    return this.#snapshotUpdate(array, snapshot, snapshotName(volume, suffix));
  }

  async deleteSnapshot(snapshot: driver.DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await deleteSnapshot(array, this.#options.logger, this.#nameOfSnapshot(snapshot), this.#eradicates());
  }

  async revertToSnapshot(volume: driver.DriverVolume, snapshot: driver.DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await revertToSnapshot(array, volume, this.#nameOf(volume), this.#nameOfSnapshot(snapshot));
  }

  async createExport(): Promise<void> {}

  async ensureExport(): Promise<void> {}

  async removeExport(): Promise<void> {}

  async initializeConnection(
    volume: driver.DriverVolume,
    connector: driver.Connector,
  ): Promise<driver.ConnectionInfo> {
    return await this.#connected().connections.connect(this.#nameOf(volume), connector);
  }

  async terminateConnection(
    volume: driver.DriverVolume,
    connector: driver.Connector | null,
  ): Promise<driver.DisconnectionInfo | null> {
    const { connections } = this.#connected();
    const name = this.#nameOf(volume);
    return connector === null
      ? await connections.disconnectAll(name)
      : await connections.disconnect(name, connector);
  }

  async tagAttachment(
    volume: driver.DriverVolume,
    attachment: driver.AttachmentDetails | null,
  ): Promise<void> {
    const { array } = this.#connected();
    const { logger } = this.#options;
    const name = this.#nameOf(volume);
    await (attachment === null
      ? removeInstanceTag(array, logger, name)
      : writeTags(array, logger, name, attachmentTags(volume, attachment.instanceUuid)));
  }

  async createGroup(group: driver.DriverGroup): Promise<void> {
    requireConsistent(group);
    await this.createConsistencygroup(group);
  }

  async updateGroup(
    group: driver.DriverGroup,
    change: Parameters<driver.VolumeDriver['updateGroup']>[1],
  ): Promise<void> {
    requireConsistent(group);
    await this.updateConsistencygroup(group, change);
  }

  async deleteGroup(
    group: driver.DriverGroup,
    volumes: readonly driver.DriverVolume[],
  ): Promise<readonly driver.MemberDeletion[]> {
    requireConsistent(group);
    return await this.deleteConsistencygroup(group, volumes);
  }

  async createGroupFromSrc(
    group: driver.DriverGroup,
    source: driver.GroupSource,
  ): Promise<readonly driver.MemberUpdate[]> {
    requireConsistent(group);
    return await this.createConsistencygroupFromSrc(group, source);
  }

  async createGroupSnapshot(
    groupSnapshot: driver.DriverGroupSnapshot,
    snapshots: readonly driver.DriverSnapshot[],
  ): Promise<readonly driver.MemberSnapshotUpdate[]> {
    requireConsistent(groupSnapshot.group);
    return await this.createCgsnapshot(groupSnapshot, snapshots);
  }

  async deleteGroupSnapshot(groupSnapshot: driver.DriverGroupSnapshot): Promise<void> {
    requireConsistent(groupSnapshot.group);
    await this.deleteCgsnapshot(groupSnapshot);
  }

  async createConsistencygroup(group: driver.DriverGroup): Promise<void> {
    await this.#connected().groups.create(group);
  }

  async updateConsistencygroup(
    group: driver.DriverGroup,
    change: Parameters<driver.VolumeDriver['updateConsistencygroup']>[1],
  ): Promise<void> {
    await this.#connected().groups.update(group, change);
  }

  async deleteConsistencygroup(
    group: driver.DriverGroup,
    volumes: readonly driver.DriverVolume[],
  ): Promise<readonly driver.MemberDeletion[]> {
    return await this.#connected().groups.delete(group, volumes);
  }

  async createConsistencygroupFromSrc(
    group: driver.DriverGroup,
    source: driver.GroupSource,
  ): Promise<readonly driver.MemberUpdate[]> {
    return await this.#connected().groups.createFrom(group, source);
  }

  async createCgsnapshot(
    groupSnapshot: driver.DriverGroupSnapshot,
    snapshots: readonly driver.DriverSnapshot[],
  ): Promise<readonly driver.MemberSnapshotUpdate[]> {
    return await this.#connected().groups.createSnapshot(groupSnapshot, snapshots);
  }

  async deleteCgsnapshot(groupSnapshot: driver.DriverGroupSnapshot): Promise<void> {
    await this.#connected().groups.deleteSnapshot(groupSnapshot);
  }

  async retype(volume: driver.DriverVolume, newType: driver.DriverVolumeType): Promise<driver.VolumeUpdate> {
    const { array, volumeGroups } = this.#connected();
    const settings = typeSettings(newType, volume.size);
    const name = await retypeVolume({
      array,
      volumeGroups,
      name: this.#nameOf(volume),
      settings,
      eradicate: this.#eradicates(),
    });
    return this.#volumeUpdate(array, volume, name);
  }

  async manageExistingGetSize(reference: driver.ExistingReference): Promise<Gibibytes> {
    const { array } = this.#connected();
    return roundedUp((await existingVolume({ array, reference, driverClass: this.#className() })).size);
  }

  async manageExisting(
    volume: driver.DriverVolume,
    reference: driver.ExistingReference,
  ): Promise<driver.VolumeUpdate> {
    const { array, volumeGroups } = this.#connected();
    const name = await manageVolume({
      array,
      volumeGroups,
      logger: this.#options.logger,
      reference,
      driverClass: this.#className(),
      ownName: this.#ownName(volume),
      settings: typeSettings(volume.type, volume.size),
      tags: creationTags(volume),
      eradicate: this.#eradicates(),
    });
    return this.#volumeUpdate(array, volume, name);
  }

  async unmanage(volume: driver.DriverVolume): Promise<void> {
    const { array } = this.#connected();
    await unmanageVolume(array, this.#options.logger, this.#nameOf(volume));
  }

  async manageExistingSnapshotGetSize(
    snapshot: driver.DriverSnapshot,
    reference: driver.ExistingReference,
  ): Promise<Gibibytes> {
    const { array } = this.#connected();
    const found = await existingSnapshot({ array, reference, volume: this.#nameOf(snapshot.volume) });
    return roundedUp(found.size);
  }

  async manageExistingSnapshot(
    snapshot: driver.DriverSnapshot,
    reference: driver.ExistingReference,
  ): Promise<driver.SnapshotUpdate> {
    const { array } = this.#connected();
    const target = this.intendedSnapshotName(snapshot);
    await manageSnapshot({ array, reference, volume: this.#nameOf(snapshot.volume), target });
    return this.#snapshotUpdate(array, snapshot, target);
  }

  async unmanageSnapshot(snapshot: driver.DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await unmanageSnapshot(array, this.#options.logger, this.#nameOfSnapshot(snapshot));
  }

  async getManageableVolumes(request: driver.ManageableRequest): Promise<readonly driver.ManageableVolume[]> {
    return await manageableVolumes(this.#connected().array, request);
  }

  async getManageableSnapshots(
    request: driver.ManageableRequest,
  ): Promise<readonly driver.ManageableSnapshot[]> {
    return await manageableSnapshots(this.#connected().array, request);
  }

  capabilityProperties(): Readonly<Record<string, driver.CapabilityProperty>> {
    return capabilityProperties;
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
      this.#stats = volumeStats({
        config,
        space,
        counts,
        performance,
        qos: array.capabilities.bandwidthLimits,
      });
      return this.#stats;
    } catch (error) {
      throw arrayFailure(`Reading the statistics of back end ${config.section}`, error);
    }
  }

  async updateProviderInfo(volumes: readonly driver.DriverVolume[]): Promise<
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
      const name = this.#ownName(volume);
      try {
        if ((await array.volumes.find(name)).kind === 'live') {
          const { providerId, metadata } = this.#volumeUpdate(array, volume, name);
          updates.push({ id: volume.id, providerId, metadata });
        }
      } catch (error) {
        throw arrayFailure(`Looking for volume ${name}`, error);
      }
    }
    return updates;
  }

  #open(array: FlashArray): Session {
    const { config, locks, logger } = this.#options;
    const hostLocks = new HostLocks(locks, array.identity.id);
    const disconnector = new HostDisconnector(array, hostLocks, logger);
    return {
      array,
      disconnector,
      connections: new VolumeConnections({
        ...this.#options,
        array,
        protocol: this.#protocol,
        hostPersonality: config.hostPersonality,
        locks: hostLocks,
        disconnector,
      }),
      volumeGroups: new VolumeGroupKeeper(array, locks, logger),
      groups: new GroupOperations({
        array,
        logger,
        eradicate: this.#eradicates(),
        nameOf: (volume) => this.#nameOf(volume),
        createVolume: (volume, origin) => this.#create(volume, origin),
        deleteVolume: (volume) => this.deleteVolume(volume),
      }),
    };
  }

  #requireProtocol(array: FlashArray): void {
    const { protocol } = this.#options.config;
    if (protocol.kind !== 'nvme') {
      return;
    }
    if (!array.capabilities.nvme) {
      throw lacks(array, 'NVMe', '5.2 (REST 1.16)');
    }
    if (protocol.transport === 'tcp' && !array.capabilities.nvmeTcp) {
      throw lacks(array, 'NVMe over TCP', '6.4.2');
    }
  }

  async #create(volume: driver.DriverVolume, origin: VolumeOrigin): Promise<driver.VolumeUpdate> {
    const { array, volumeGroups } = this.#connected();
    const { config, logger } = this.#options;
    const settings = typeSettings(volume.type, volume.size);
    const made = await createVolume({
      array,
      logger,
      volume,
      name: volume.providerId ?? this.intendedVolumeName(volume),
      origin,
      defaultProtection: config.safemodeEnabled,
      settings,
      volumeGroups,
      protectionGroup:
        volume.group !== null && isConsistent(volume.group) ? groupName(volume.group.id) : null,
      tags: creationTags(volume),
    });
    return this.#volumeUpdate(array, volume, made.name);
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

  #volumeUpdate(array: FlashArray, volume: driver.DriverVolume, name: string): driver.VolumeUpdate {
    return {
      providerId: name,
      replicationStatus: 'disabled',
      metadata: { ...volume.metadata, array_volume_name: name, array_name: array.identity.name },
    };
  }

  #snapshotUpdate(
    array: FlashArray,
    { metadata }: Pick<driver.DriverSnapshot, 'metadata'>,
    name: string,
  ): driver.SnapshotUpdate {
    return {
      providerId: name,
      metadata: { ...metadata, array_snapshot_name: name, array_name: array.identity.name },
    };
  }

  #eradicates(): boolean {
    return this.#options.config.eradicateOnDelete && !this.#options.config.safemodeEnabled;
  }

  #className(): string {
    return driverClasses[this.#options.config.protocol.kind].name;
  }

  /** Without volume group or pod. */
  #ownName(volume: Pick<driver.DriverVolume, 'nameId'>): string {
    return volumeName(this.#options.config.volumeNameTemplate, volume.nameId);
  }

  #nameOf(volume: Pick<driver.DriverVolume, 'nameId' | 'providerId' | 'type'>): string {
    return volume.providerId ?? this.intendedVolumeName(volume);
  }

  #nameOfSnapshot(snapshot: driver.DriverSnapshot): string {
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

/** A host for looking at what the array offers hosts in general. */
function nobody({ initiatorKind }: Protocol): HostConnector {
  return { host: '', initiators: { kind: initiatorKind, names: [] }, spelling: [], systemUuid: null };
}

/** @throws DriverError `not-implemented` */
function requireConsistent(group: driver.DriverGroup): void {
  if (!isConsistent(group)) {
    throw new DriverError(
      'not-implemented',
      `Group ${group.id} is no consistency group: its volumes are worked on one by one.`,
      { nothingMade: true },
    );
  }
}
