import type { Clock, Gibibytes, Logger } from '@cinder-flasharray/common';
import { gibibytesToBytes } from '@cinder-flasharray/common';
import {
  connectArray,
  type FlashArray,
  isArrayError,
  type OpenTransport,
  type Timeouts,
} from '@cinder-flasharray/flasharray';
import { type ArrayPlace, BackendArrays, placesOf } from '../arrays/backend-arrays.ts';
import type { BackendConfig } from '../config/backend-config.ts';
import { driverClasses } from '../config/driver-class.ts';
import type { InitiatorSecrets } from '../connections/chap.ts';
import type { HostConnector } from '../connections/connector.ts';
import type { Protocol } from '../connections/protocol.ts';
import { protocolOf } from '../connections/protocol-of.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { Locks } from '../contract/locks.ts';
import type * as driver from '../contract/volume-driver.ts';
import type { VolumeStats } from '../contract/volume-stats.ts';
import { existingSnapshot, manageSnapshot, unmanageSnapshot } from '../manage/manage-snapshot.ts';
import {
  existingVolume,
  managedName,
  manageVolume,
  roundedUp,
  unmanageVolume,
} from '../manage/manage-volume.ts';
import { manageableSnapshots, manageableVolumes } from '../manage/manageable-list.ts';
import { DriverNames } from '../names/driver-names.ts';
import { snapshotName, snapshotSuffix } from '../names/volume-name.ts';
import { failBack } from '../replication/failback.ts';
import { failOver } from '../replication/failover.ts';
import { notSetUp, Replication } from '../replication/replication.ts';
import { createSnapshot, deleteSnapshot, revertToSnapshot } from '../snapshots/snapshots.ts';
import { readStatistics } from '../statistics/read-statistics.ts';
import { lacks, requireFeatures } from '../volume-types/array-features.ts';
import { capabilityProperties } from '../volume-types/capability-properties.ts';
import { isConsistent } from '../volume-types/group-type.ts';
import { type TypeSettings, typeSettings } from '../volume-types/type-settings.ts';
import { createVolume, type VolumeOrigin } from '../volumes/create-volume.ts';
import { deleteVolume } from '../volumes/delete-volume.ts';
import { snapshotUpdate, volumeUpdate } from '../volumes/record-updates.ts';
import { retypeVolume } from '../volumes/retype.ts';
import {
  broughtBefore,
  changeReplication,
  type ReplicationChange,
  strayVolume,
} from '../volumes/retype-replication.ts';
import { attachmentTags, creationTags, removeInstanceTag, writeTags } from '../volumes/volume-tags.ts';
import {
  type ArraySession,
  type ArraySessionDependencies,
  connectionsOf,
  openArraySession,
} from './array-session.ts';

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
  /** `backend_id` that the back end has failed over to; absent, null or empty: it works on its primary. */
  readonly activeBackendId?: string | null;
  readonly timeouts?: Timeouts;
  /** What carries requests to the arrays; default: HTTPS. */
  readonly openTransport?: OpenTransport;
}

/** The FlashArray volume driver. */
export class FlashArrayDriver implements driver.VolumeDriver {
  readonly #options: FlashArrayDriverOptions;
  readonly #protocol: Protocol;
  readonly #names: DriverNames;
  readonly #primaryId: string;
  /** Which array work is done on. */
  #currentId: string;
  #arrays: BackendArrays | null = null;
  #replication: Replication | null = null;
  #session: ArraySession | null = null;
  /** Arrays that did not answer are being looked for. */
  #takingIn: Promise<void> | null = null;
  #stats: VolumeStats | null = null;

  constructor(options: FlashArrayDriverOptions) {
    this.#options = options;
    this.#protocol = protocolOf(options.config.protocol);
    this.#names = new DriverNames(options.config);
    this.#primaryId = options.config.volumeBackendName;
    this.#currentId = this.#idOf(options.activeBackendId ?? null);
  }

  async doSetup(): Promise<void> {
    await this.close();
    const { config, clock, logger } = this.#options;
    const arrays = new BackendArrays(placesOf(config), (place) => this.#connect(place), logger);
    this.#arrays = arrays;
    this.#replication =
      config.replication === null
        ? null
        : new Replication({ config: config.replication, arrays, primaryId: this.#primaryId, clock, logger });
    const place = arrays.place(this.#currentId);
    try {
      const connecting = arrays.get(this.#currentId);
      const [outcome] = await Promise.allSettled([connecting, arrays.connectMissing()]);
      if (outcome.status === 'rejected') {
        throw outcome.reason;
      }
      this.#requireProtocol(outcome.value);
      await this.#replication?.setUp(this.#currentId);
      this.#session = this.#open(outcome.value);
    } catch (error) {
      // The other arrays stay connected: a failover must be possible now of all times.
      const failure = arrayFailure(
        place === null
          ? `Looking for the array of replication_device ${this.#currentId} (back end ${config.section})`
          : `Setting up the array at ${place.address} (back end ${config.section})`,
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
    const arrays = this.#arrays;
    this.#session = null;
    this.#arrays = null;
    this.#replication = null;
    this.#stats = null;
    await arrays?.close();
    await this.#takingIn;
  }

  intendedVolumeName(volume: Pick<driver.DriverVolume, 'nameId' | 'type'>): string {
    return this.#names.intended(volume);
  }

  intendedSnapshotName(snapshot: Pick<driver.DriverSnapshot, 'id' | 'volume' | 'groupSnapshot'>): string {
    return this.#names.intendedSnapshot(snapshot);
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
      name: this.#names.ofSnapshot(snapshot),
      volume: this.#names.of(snapshot.volume),
    });
  }

  createClonedVolume(volume: driver.DriverVolume, source: driver.DriverVolume): Promise<driver.VolumeUpdate> {
    return this.#create(volume, { kind: 'volume', name: this.#names.of(source) });
  }

  async deleteVolume(volume: driver.DriverVolume): Promise<void> {
    if (volume.providerId === null) {
      return;
    }
    const { array, disconnector, volumeGroups, everyArray } = this.#connected();
    const change = this.#replicationChange(volume, volume.providerId, null);
    await deleteVolume({
      array,
      logger: this.#options.logger,
      name: volume.providerId,
      eradicate: this.#eradicates(),
      disconnector,
      disconnectElsewhere: async (name) => await everyArray?.disconnectPeers(name),
      volumeGroups,
      stray: change === null ? null : strayVolume(change),
    });
  }

  async extendVolume(volume: driver.DriverVolume, newSize: Gibibytes): Promise<void> {
    const { array } = this.#connected();
    const name = this.#names.of(volume);
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
    const volume = this.#names.of(snapshot.volume);
    await createSnapshot(array, volume, suffix);
    return snapshotUpdate(array, snapshot, snapshotName(volume, suffix));
  }

  async deleteSnapshot(snapshot: driver.DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await deleteSnapshot(array, this.#options.logger, this.#names.ofSnapshot(snapshot), this.#eradicates());
  }

  async revertToSnapshot(volume: driver.DriverVolume, snapshot: driver.DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await revertToSnapshot(array, volume, this.#names.of(volume), this.#names.ofSnapshot(snapshot));
  }

  sharedTargets(): boolean | null {
    switch (this.#options.config.protocol.kind) {
      case 'iscsi':
        return true;
      case 'fibre-channel':
        return false;
      case 'nvme':
        return null;
    }
  }

  async createExport(): Promise<void> {}

  async ensureExport(): Promise<void> {}

  async removeExport(): Promise<void> {}

  async initializeConnection(
    volume: driver.DriverVolume,
    connector: driver.Connector,
  ): Promise<driver.ConnectionInfo> {
    return await this.#connected().hostPaths.connect(this.#names.of(volume), connector);
  }

  async terminateConnection(
    volume: driver.DriverVolume,
    connector: driver.Connector | null,
    missed: (disconnect: driver.MissedDisconnect) => void = () => undefined,
  ): Promise<driver.DisconnectionInfo | null> {
    const { hostPaths } = this.#connected();
    const name = this.#names.of(volume);
    return connector === null
      ? await hostPaths.disconnectAll(name, missed)
      : await hostPaths.disconnect(name, connector, missed);
  }

  async makeUpDisconnect(
    { backendId, volumeName }: driver.MissedDisconnect,
    connector: driver.Connector | null,
  ): Promise<void> {
    this.#connected();
    const doing = `Ending a connection of volume ${volumeName} on array ${backendId}`;
    if (this.#arrays?.place(backendId) == null) {
      // The configuration has no such array any more: nobody can reach it, and nothing is left to be done.
      return;
    }
    try {
      const array = await this.#arrays.get(backendId);
      const { connections } = connectionsOf(this.#sessionDependencies(), array);
      await (connector === null
        ? connections.disconnectAll(volumeName)
        : connections.disconnect(volumeName, connector));
    } catch (error) {
      throw arrayFailure(doing, error);
    }
  }

  async tagAttachment(
    volume: driver.DriverVolume,
    attachment: driver.AttachmentDetails | null,
  ): Promise<void> {
    const { array } = this.#connected();
    const { logger } = this.#options;
    const name = this.#names.of(volume);
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
    const settings = this.#settingsOf(newType, volume.size);
    requireFeatures(array, settings);
    const before = this.#names.of(volume);
    const there = await this.#replicate(volume, before, settings);
    const name = await retypeVolume({ array, volumeGroups, before, name: there, settings });
    return volumeUpdate(array, volume, name, settings.replication);
  }

  async manageExistingGetSize(reference: driver.ExistingReference): Promise<Gibibytes> {
    const { array } = this.#connected();
    const driverClass = this.#className();
    return roundedUp((await existingVolume({ array, reference, driverClass, ownPod: this.#ownPod() })).size);
  }

  async manageExisting(
    volume: driver.DriverVolume,
    reference: driver.ExistingReference,
  ): Promise<driver.VolumeUpdate> {
    const { array, volumeGroups } = this.#connected();
    const settings = this.#settingsOf(volume.type, volume.size);
    const request = {
      array,
      volumeGroups,
      logger: this.#options.logger,
      reference,
      driverClass: this.#className(),
      ownPod: this.#ownPod(),
      ownName: this.#names.own(volume),
      settings,
      tags: creationTags(volume),
    };
    const change = this.#replicationChange(volume, managedName(request), settings);
    const managed = (change === null ? null : await broughtBefore(change)) ?? (await manageVolume(request));
    const name = await this.#replicate(volume, managed, settings);
    return volumeUpdate(array, volume, name, settings.replication);
  }

  async unmanage(volume: driver.DriverVolume): Promise<void> {
    const { array } = this.#connected();
    await unmanageVolume(array, this.#options.logger, this.#names.of(volume));
  }

  async manageExistingSnapshotGetSize(
    snapshot: driver.DriverSnapshot,
    reference: driver.ExistingReference,
  ): Promise<Gibibytes> {
    const { array } = this.#connected();
    const found = await existingSnapshot({ array, reference, volume: this.#names.of(snapshot.volume) });
    return roundedUp(found.size);
  }

  async manageExistingSnapshot(
    snapshot: driver.DriverSnapshot,
    reference: driver.ExistingReference,
  ): Promise<driver.SnapshotUpdate> {
    const { array } = this.#connected();
    const target = this.intendedSnapshotName(snapshot);
    await manageSnapshot({ array, reference, volume: this.#names.of(snapshot.volume), target });
    return snapshotUpdate(array, snapshot, target);
  }

  async unmanageSnapshot(snapshot: driver.DriverSnapshot): Promise<void> {
    const { array } = this.#connected();
    await unmanageSnapshot(array, this.#options.logger, this.#names.ofSnapshot(snapshot));
  }

  async getManageableVolumes(request: driver.ManageableRequest): Promise<readonly driver.ManageableVolume[]> {
    return await manageableVolumes(this.#connected().array, request);
  }

  async getManageableSnapshots(
    request: driver.ManageableRequest,
  ): Promise<readonly driver.ManageableSnapshot[]> {
    return await manageableSnapshots(this.#connected().array, request);
  }

  async failoverHost(
    volumes: readonly driver.DriverVolume[],
    secondaryId: string | null,
  ): Promise<driver.FailoverResult> {
    const result = await this.failover(volumes, secondaryId);
    await this.failoverCompleted(result.activeBackendId);
    return result;
  }

  async failover(
    volumes: readonly driver.DriverVolume[],
    secondaryId: string | null,
  ): Promise<driver.FailoverResult> {
    const { config, logger, locks, clock } = this.#options;
    const { arrays, replication } = this.#replicated();
    const request = {
      section: config.section,
      arrays,
      replication,
      primaryId: this.#primaryId,
      currentId: this.#currentId,
      volumes,
      nameOf: (volume: driver.DriverVolume) => this.#names.of(volume),
      locks,
      logger,
      clock,
    };
    return await (secondaryId === 'default' ? failBack(request) : failOver(request, secondaryId));
  }

  async failoverCompleted(activeBackendId: string | null): Promise<void> {
    const wanted = this.#idOf(activeBackendId);
    if (wanted === this.#currentId && this.#session !== null) {
      return;
    }
    const { arrays, replication } = this.#replicated();
    const { config, logger } = this.#options;
    if (arrays.place(wanted) === null) {
      throw new DriverError(
        'invalid-replication-target',
        `Back end ${config.section} has no replication_device ${wanted}.`,
        { nothingMade: true },
      );
    }
    try {
      const array = await arrays.get(wanted);
      this.#requireProtocol(array);
      this.#currentId = wanted;
      this.#session = this.#open(array);
      this.#stats = null;
    } catch (error) {
      throw arrayFailure(`Going over to array ${wanted} of back end ${config.section}`, error);
    }
    try {
      await replication.setUp(wanted);
    } catch (error) {
      const failure = arrayFailure('Setting up replication', error);
      logger.error({ backend: config.section, error: failure }, 'replication is not complete');
    }
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
    const replication = this.#replication;
    this.#stats = await readStatistics({
      array,
      config,
      replication:
        replication === null ? null : (connections) => replication.stats(this.#currentId, connections),
      logger,
    });
    this.#takeInMissing();
    return this.#stats;
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
      const name = this.#names.own(volume);
      try {
        if ((await array.volumes.find(name)).kind === 'live') {
          const { providerId, metadata } = volumeUpdate(array, volume, name, null);
          updates.push({ id: volume.id, providerId, metadata });
        }
      } catch (error) {
        throw arrayFailure(`Looking for volume ${name}`, error);
      }
    }
    return updates;
  }

  /** In the background: nobody waits for an array that is away. */
  #takeInMissing(): void {
    const [arrays, replication] = [this.#arrays, this.#replication];
    if (arrays === null || replication === null || this.#takingIn !== null) {
      return;
    }
    const { logger, config } = this.#options;
    this.#takingIn = (async () => {
      try {
        const came = await arrays.connectMissing();
        if (came.length > 0) {
          logger.info({ backend: config.section, arrays: came.join(', ') }, 'arrays are back');
        }
        if (replication.hasUnwired(this.#currentId)) {
          await replication.setUp(this.#currentId);
        }
      } catch (error) {
        const failure = arrayFailure('Setting up replication', error);
        logger.error({ backend: config.section, error: failure }, 'replication is not complete');
      } finally {
        this.#takingIn = null;
      }
    })();
  }

  async #connect({ address, apiToken, tls }: ArrayPlace): Promise<FlashArray> {
    const { config, logger, clock, randomInteger, platform, timeouts, openTransport } = this.#options;
    const { name, version } = driverClasses[config.protocol.kind];
    return await connectArray({
      address,
      apiToken,
      tls,
      userAgent: `OpenStack Cinder ${name}/${version} (${platform})`,
      logger,
      clock,
      random: () => randomInteger(2 ** 32) / 2 ** 32,
      ...(timeouts === undefined ? {} : { timeouts }),
      ...(openTransport === undefined ? {} : { openTransport }),
    });
  }

  #open(array: FlashArray): ArraySession {
    return openArraySession(this.#sessionDependencies(), array);
  }

  #sessionDependencies(): ArraySessionDependencies {
    const replication = this.#replication;
    return {
      ...this.#options,
      protocol: this.#protocol,
      names: this.#names,
      replication,
      otherPlaces: () =>
        (this.#arrays?.places ?? []).filter(({ backendId }) => backendId !== this.#currentId),
      peerPlaces: () => replication?.uniformPeers(this.#currentId) ?? [],
      findArray: (backendId) => this.#arrays?.find(backendId) ?? null,
      eradicate: this.#eradicates(),
      createVolume: (volume, origin) => this.#create(volume, origin),
      deleteVolume: (volume) => this.deleteVolume(volume),
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
    const settings = this.#settingsOf(volume.type, volume.size);
    const made = await createVolume({
      array,
      logger,
      volume,
      name: volume.providerId ?? this.#names.intended(volume),
      origin,
      defaultProtection: config.safemodeEnabled,
      settings,
      volumeGroups,
      protectionGroups: [
        ...(volume.group !== null && isConsistent(volume.group) ? [this.#names.ofGroup(volume.group)] : []),
        ...(this.#replication?.groupsFor(settings.replication) ?? []),
      ],
      tags: creationTags(volume),
    });
    return volumeUpdate(array, volume, made.name, settings.replication);
  }

  /** What a type asks for, and can have. @throws DriverError `invalid-volume-type` | `invalid-qos-specs` */
  #settingsOf(type: driver.DriverVolumeType | null, size: Gibibytes): TypeSettings {
    const settings = typeSettings(type, size);
    const { replication: kind } = settings;
    if (kind === null) {
      return settings;
    }
    if (this.#replication === null) {
      throw notSetUp(type?.name ?? '', kind, 'it has no replication_device');
    }
    this.#replication.require(kind, type?.name ?? '', this.#currentId);
    return settings;
  }

  /** Gives a volume the replication of its type. @returns its full name by then */
  async #replicate(volume: driver.DriverVolume, name: string, settings: TypeSettings): Promise<string> {
    const change = this.#replicationChange(volume, name, settings);
    return change === null ? name : await changeReplication(change);
  }

  /** Null: the back end has no replication. */
  #replicationChange(
    volume: driver.DriverVolume,
    name: string,
    settings: TypeSettings | null,
  ): ReplicationChange | null {
    const { clock, logger } = this.#options;
    const replication = this.#replication;
    return replication === null
      ? null
      : {
          array: this.#connected().array,
          replication,
          peers: replication.podPeers(this.#currentId),
          leaveOthers: async (other) => await this.#connected().everyArray?.disconnectOthers(other),
          name,
          volumeId: volume.id,
          to: settings?.replication ?? null,
          volumeGroup: settings?.volumeGroup?.name ?? null,
          clock,
          logger,
        };
  }

  #ownPod(): string | null {
    return this.#options.config.replication?.pod ?? null;
  }

  #idOf(activeBackendId: string | null): string {
    return activeBackendId === null || activeBackendId === '' || activeBackendId === 'default'
      ? this.#primaryId
      : activeBackendId;
  }

  #replicated(): { readonly arrays: BackendArrays; readonly replication: Replication } {
    const [arrays, replication] = [this.#arrays, this.#replication];
    if (arrays === null || replication === null) {
      throw new DriverError('driver', 'Unable to find failover target, no secondary targets configured.', {
        nothingMade: true,
      });
    }
    return { arrays, replication };
  }

  #eradicates(): boolean {
    return this.#options.config.eradicateOnDelete && !this.#options.config.safemodeEnabled;
  }

  #className(): string {
    return driverClasses[this.#options.config.protocol.kind].name;
  }

  #connected(): ArraySession {
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
