import type { Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type {
  AttachmentDetails,
  ConnectionInfo,
  Connector,
  DisconnectionInfo,
  DriverVolume,
  MissedArray,
  MissedDisconnect,
} from '../contract/records.ts';
import type { BrokenOffMove, ConnectionRole } from '../contract/volume-driver.ts';
import { namesAfterMove, type PodNames } from '../names/broken-off-move.ts';
import type { DriverNames } from '../names/driver-names.ts';
import { attachmentTags, removeInstanceTag, writeTags } from '../tags/volume-tags.ts';
import type { BackendConnections } from './backend-connections.ts';
import { joinDisconnectionInfo } from './joined-info.ts';
import type { VolumeConnections } from './volume-connections.ts';

export interface ConnectionOperationsDependencies {
  /** The current one. */
  readonly array: FlashArray;
  readonly currentId: string;
  readonly names: DriverNames;
  /** That volumes move through; null: none. */
  readonly pods: PodNames | null;
  /** On the current array alone, or on the other arrays of the back end as well. */
  readonly hostPaths: Pick<BackendConnections, 'connect' | 'disconnect' | 'disconnectAll'>;
  /** Connects to the array where it has to; null: the configuration has no such array any more. */
  readonly connectionsOn: (backendId: string) => Promise<VolumeConnections | null>;
  readonly logger: Logger;
}

/** Who sees a volume. */
export class ConnectionOperations implements ConnectionRole {
  readonly #dependencies: ConnectionOperationsDependencies;

  constructor(dependencies: ConnectionOperationsDependencies) {
    this.#dependencies = dependencies;
  }

  async connect(
    volume: DriverVolume,
    connector: Connector,
    missed: (connect: MissedArray) => void = () => undefined,
  ): Promise<ConnectionInfo> {
    const { hostPaths, names } = this.#dependencies;
    return await hostPaths.connect(names.of(volume), connector, missed);
  }

  async disconnect(
    volume: DriverVolume,
    connector: Connector | null,
    missed: (disconnect: MissedDisconnect) => void = () => undefined,
    move: BrokenOffMove | null = null,
  ): Promise<DisconnectionInfo | null> {
    const { hostPaths, names, pods } = this.#dependencies;
    const known = names.of(volume);
    const infos: (DisconnectionInfo | null)[] = [];
    for (const name of move === null ? [known] : namesAfterMove(volume, known, move, pods)) {
      infos.push(
        connector === null
          ? await hostPaths.disconnectAll(name, missed)
          : await hostPaths.disconnect(name, connector, missed),
      );
    }
    return joinDisconnectionInfo(infos);
  }

  isOnCurrent({ backendId }: MissedArray): boolean {
    return backendId === this.#dependencies.currentId;
  }

  async makeUpDisconnect({ backendId, volumeName }: MissedArray, connector: Connector | null): Promise<void> {
    try {
      // An array that the configuration does not have can be reached by nobody: nothing is left to be done.
      const connections = await this.#dependencies.connectionsOn(backendId);
      await (connector === null
        ? connections?.disconnectAll(volumeName)
        : connections?.disconnectAgain(volumeName, connector));
    } catch (error) {
      if (connector === null && error instanceof DriverError && error.code === 'volume-busy') {
        // What an administrator has connected is not ours to end.
        this.#dependencies.logger.warn(
          { volume: volumeName, array: backendId, error },
          'a volume stays connected to a host group',
        );
        return;
      }
      // It names no machine that this back end could have connected.
      if (!(error instanceof DriverError && error.code === 'invalid-connector')) {
        throw arrayFailure(`Ending a connection of volume ${volumeName} on array ${backendId}`, error);
      }
    }
  }

  async releaseHost(backendId: string, connector: Connector): Promise<void> {
    try {
      const connections = await this.#dependencies.connectionsOn(backendId);
      await connections?.releaseHost(connector);
    } catch (error) {
      // It names no machine that this back end could have connected.
      if (!(error instanceof DriverError && error.code === 'invalid-connector')) {
        throw arrayFailure(`Removing an unused host on array ${backendId}`, error);
      }
    }
  }

  async makeUpConnect({ backendId, volumeName }: MissedArray, connector: Connector): Promise<void> {
    const { connectionsOn, logger } = this.#dependencies;
    try {
      const connections = await connectionsOn(backendId);
      await connections?.connect(volumeName, connector);
    } catch (error) {
      const failure = arrayFailure(`Connecting volume ${volumeName} on array ${backendId}`, error);
      logger.warn(
        { volume: volumeName, host: String(connector.host), array: backendId, error: failure },
        'a host has no path to its volume through one of the arrays',
      );
      throw failure;
    }
  }

  async tag(volume: DriverVolume, attachment: AttachmentDetails | null): Promise<void> {
    const { array, names, logger } = this.#dependencies;
    const name = names.of(volume);
    await (attachment === null
      ? removeInstanceTag(array, logger, name)
      : writeTags(array, logger, name, attachmentTags(volume, attachment.instanceUuid)));
  }
}
