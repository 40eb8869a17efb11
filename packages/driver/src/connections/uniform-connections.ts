import type { Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import { arrayFailure } from '../contract/driver-error.ts';
import { isAway } from '../contract/passing-errors.ts';
import type { ConnectionInfo, Connector, DisconnectionInfo } from '../contract/volume-driver.ts';
import { isOurHost } from '../names/host-name.ts';
import { joinConnectionInfo, joinDisconnectionInfo } from './joined-info.ts';
import type { VolumeConnections } from './volume-connections.ts';

/** The other side of a stretched pod that hosts reach as well. */
export interface UniformPeer {
  readonly backendId: string;
  /** Null: it has not answered yet. */
  readonly array: FlashArray | null;
  readonly connections: VolumeConnections | null;
}

export interface UniformConnectionsDependencies {
  readonly array: FlashArray;
  readonly connections: VolumeConnections;
  /** Looked up each time: peers come and go. */
  readonly peers: () => readonly UniformPeer[];
  /** The pod that is stretched. */
  readonly pod: string;
  readonly logger: Logger;
}

/**
 * Connections of volumes that hosts reach through several arrays. The current array counts: what it does decides. A peer
 * that is away costs its paths; what it did not hear of is put right when it is back.
 */
export class UniformConnections {
  readonly #dependencies: UniformConnectionsDependencies;
  /** Peers that may still have connections that were ended here. */
  readonly #untidy = new Set<string>();

  constructor(dependencies: UniformConnectionsDependencies) {
    this.#dependencies = dependencies;
    for (const { backendId } of dependencies.peers()) {
      this.#untidy.add(backendId);
    }
  }

  async connect(volume: string, connector: Connector): Promise<ConnectionInfo> {
    const { connections } = this.#dependencies;
    const [first, ...others] = await Promise.allSettled([
      connections.connect(volume, connector),
      ...this.#peersOf(volume).map((peer) =>
        this.#onPeer(peer, `connect volume ${volume}`, (on) => on.connect(volume, connector)),
      ),
    ]);
    if (first.status === 'rejected') {
      throw first.reason;
    }
    const paths = others.flatMap((outcome) =>
      outcome.status === 'fulfilled' && outcome.value !== null ? [outcome.value] : [],
    );
    return joinConnectionInfo(first.value, paths);
  }

  async disconnect(volume: string, connector: Connector): Promise<DisconnectionInfo | null> {
    return await this.#end(volume, (on) => on.disconnect(volume, connector));
  }

  async disconnectAll(volume: string): Promise<DisconnectionInfo | null> {
    return await this.#end(volume, (on) => on.disconnectAll(volume));
  }

  /** Before a volume is deleted. */
  async disconnectPeers(volume: string): Promise<void> {
    await Promise.all(
      this.#peersOf(volume).map((peer) =>
        this.#onPeer(peer, `disconnect volume ${volume}`, (on) => on.disconnectAll(volume)),
      ),
    );
  }

  /** Ends, on peers that are back, the connections that the current array does not have any more. */
  async tidy(): Promise<void> {
    const { array, peers, pod, logger } = this.#dependencies;
    for (const peer of peers()) {
      if (!this.#untidy.has(peer.backendId) || peer.array === null) {
        continue;
      }
      const volumes = await peer.array.pods.volumes(pod);
      const theirs = (volumes.length === 0 ? [] : await peer.array.connections.list({ volumes })).filter(
        ({ host, hostGroup }) => host !== null && hostGroup === null && isOurHost(host),
      );
      const ours = theirs.length === 0 ? [] : await array.connections.list({ volumes });
      const left = theirs.filter(
        ({ volume, host }) => !ours.some((own) => own.volume === volume && own.host === host),
      );
      for (const { volume, host } of left) {
        logger.info(
          { volume, host, array: peer.array.identity.name },
          'ending a connection that was left behind',
        );
        await peer.connections?.endLeftover(volume, host ?? '');
      }
      this.#untidy.delete(peer.backendId);
    }
  }

  async #end(
    volume: string,
    end: (on: VolumeConnections) => Promise<DisconnectionInfo | null>,
  ): Promise<DisconnectionInfo | null> {
    const theirs = await Promise.all(
      this.#peersOf(volume).map((peer) => this.#onPeer(peer, `disconnect volume ${volume}`, end)),
    );
    const own = await end(this.#dependencies.connections);
    return joinDisconnectionInfo([own, ...theirs]);
  }

  #peersOf(volume: string): readonly UniformPeer[] {
    const { peers, pod } = this.#dependencies;
    return volume.toLowerCase().startsWith(`${pod.toLowerCase()}::`) ? peers() : [];
  }

  /** Null when the peer is away: it is remembered, and logged. */
  async #onPeer<T>(
    { backendId, connections }: UniformPeer,
    what: string,
    work: (on: VolumeConnections) => Promise<T>,
  ): Promise<T | null> {
    const { logger } = this.#dependencies;
    if (connections === null) {
      this.#untidy.add(backendId);
      logger.warn({ backend: backendId }, `array ${backendId} is away: it could not ${what}`);
      return null;
    }
    try {
      return await work(connections);
    } catch (error) {
      const failure = arrayFailure(`Asking array ${backendId} to ${what}`, error);
      this.#untidy.add(backendId);
      if (!isAway(failure.cause)) {
        logger.error({ backend: backendId, error: failure }, `array ${backendId} could not ${what}`);
        return null;
      }
      logger.warn({ backend: backendId, error: failure }, `array ${backendId} is away: it could not ${what}`);
      return null;
    }
  }
}
