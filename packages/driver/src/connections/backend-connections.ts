import type { Logger } from '@cinder-flasharray/common';
import { arrayFailure } from '../contract/driver-error.ts';
import type {
  ConnectionInfo,
  Connector,
  DisconnectionInfo,
  MissedArray,
  MissedDisconnect,
} from '../contract/records.ts';
import type { EndingContext } from '../contract/volume-driver.ts';
import { joinConnectionInfo, joinDisconnectionInfo } from './joined-info.ts';
import type { VolumeConnections } from './volume-connections.ts';
import { tellEnds, type VolumeEnd, type VolumeHosts } from './volume-hosts.ts';

type HostPaths = Pick<
  VolumeConnections,
  'connect' | 'disconnect' | 'disconnectAll' | 'disconnectFrom' | 'hostsOf'
>;

const nobody: VolumeHosts = { hosts: [], hostGroup: null };

/** An array of the back end beside the current one. */
export interface OtherArray {
  readonly backendId: string;
  /** Null: it does not answer. */
  readonly connections: HostPaths | null;
  /** Hosts reach the volumes of the pod through it as well, at the same time. */
  readonly isPeer: boolean;
  /** An asynchronous target: a copy on it is another volume, which nothing writes back. */
  readonly isTarget: boolean;
}

/** Who has a volume on an array beside the current one. */
export interface HostsElsewhere extends VolumeEnd {
  /** Ends the connections of these hosts. @returns whether the array has heard of it */
  readonly disconnect: () => Promise<boolean>;
}

export interface BackendConnectionsDependencies {
  /** On the current array. */
  readonly connections: HostPaths;
  /** Looked up each time: arrays come and go. */
  readonly others: () => readonly OtherArray[];
  /** The pod that is stretched. */
  readonly pod: string;
  readonly logger: Logger;
}

/**
 * Connections of a back end with several arrays. The current array counts: an attach that it refuses, or that cannot
 * reach it, fails, even where a peer would have a path, because what it does not know it cannot end. A peer that is away
 * costs its paths. What an array has missed, a connection or its end, is told, so that it can be made up for.
 */
export class BackendConnections {
  readonly #dependencies: BackendConnectionsDependencies;

  constructor(dependencies: BackendConnectionsDependencies) {
    this.#dependencies = dependencies;
  }

  async connect(
    volume: string,
    connector: Connector,
    missed: (connect: MissedArray) => void,
  ): Promise<ConnectionInfo> {
    const { connections } = this.#dependencies;
    const peers = this.#others(volume).filter(({ isPeer }) => isPeer);
    const [own, ...theirs] = await Promise.allSettled([
      connections.connect(volume, connector),
      ...peers.map((peer) =>
        this.#on(peer, `connect volume ${volume} to host ${connector.host}`, (on) =>
          on.connect(volume, connector),
        ),
      ),
    ]);
    if (own.status === 'rejected') {
      // What a peer has made is of no use to anybody. One that cannot be told now is told by the caller's disconnect.
      await Promise.all(
        peers.map((peer) =>
          this.#on(peer, `disconnect volume ${volume}`, (on) => on.disconnect(volume, connector)),
        ),
      );
      throw own.reason;
    }
    const paths: ConnectionInfo[] = [];
    for (const [index, { backendId }] of peers.entries()) {
      const outcome = theirs[index];
      if (outcome?.status === 'fulfilled' && outcome.value.kind === 'done') {
        paths.push(outcome.value.result);
      } else {
        missed({ backendId, volumeName: volume });
      }
    }
    return joinConnectionInfo(own.value, paths);
  }

  async disconnect(
    volume: string,
    connector: Connector,
    missed: (disconnect: MissedDisconnect) => void,
  ): Promise<DisconnectionInfo | null> {
    return await this.#end(volume, missed, (on) => on.disconnect(volume, connector));
  }

  async disconnectAll(
    volume: string,
    missed: (disconnect: MissedDisconnect) => void,
  ): Promise<DisconnectionInfo | null> {
    return await this.#end(volume, missed, (on) => on.disconnectAll(volume));
  }

  /** Before a volume leaves the other arrays, whatever pod it is in. An array that is away is left alone. */
  async disconnectOthers(volume: string, ending: EndingContext['ending']): Promise<void> {
    const { connections, others } = this.#dependencies;
    const elsewhere = await this.#find(volume, others());
    const isAway = elsewhere.some(({ found }) => found === null);
    const here = isAway && ending !== undefined ? await connections.hostsOf(volume) : nobody;
    await tellEnds(elsewhere, here, ending);
    await Promise.all(elsewhere.map((one) => one.disconnect()));
  }

  /**
   * Before a volume of the pod is deleted, which is refused while any array of the pod shows it: one that the back end
   * has worked on may do so without being a peer.
   */
  async findInPod(volume: string): Promise<readonly HostsElsewhere[]> {
    const arrays = this.#isInPod(volume) ? this.#dependencies.others() : [];
    return await this.#find(
      volume,
      arrays.filter(({ isTarget }) => !isTarget),
    );
  }

  async #find(volume: string, arrays: readonly OtherArray[]): Promise<readonly HostsElsewhere[]> {
    return await Promise.all(
      arrays.map(async (other): Promise<HostsElsewhere> => {
        const { backendId, isTarget } = other;
        const end: MissedDisconnect = { backendId, volumeName: volume, isTarget };
        const outcome = await this.#on(other, `tell the hosts of volume ${volume}`, (on) =>
          on.hostsOf(volume),
        );
        if (outcome.kind === 'failed') {
          return { end, found: null, disconnect: async () => false };
        }
        const { result: found } = outcome;
        return {
          end,
          found,
          disconnect: async () => {
            const ended = await this.#on(other, `disconnect volume ${volume}`, (on) =>
              on.disconnectFrom(volume, found.hosts),
            );
            return ended.kind === 'done';
          },
        };
      }),
    );
  }

  async #end(
    volume: string,
    missed: (disconnect: MissedDisconnect) => void,
    end: (on: HostPaths) => Promise<DisconnectionInfo | null>,
  ): Promise<DisconnectionInfo | null> {
    const theirs = await Promise.all(
      this.#others(volume).map(async (other) => {
        const outcome = await this.#on(other, `disconnect volume ${volume}`, end);
        if (outcome.kind === 'failed') {
          const { backendId, isTarget } = other;
          missed({ backendId, volumeName: volume, isTarget });
          return null;
        }
        return other.isPeer ? outcome.result : null;
      }),
    );
    const own = await end(this.#dependencies.connections);
    return joinDisconnectionInfo([own, ...theirs]);
  }

  /** Only volumes of the pod are on its other side under the same name at the same time. */
  #others(volume: string): readonly OtherArray[] {
    const { others } = this.#dependencies;
    const isInPod = this.#isInPod(volume);
    return others().map((other) => ({ ...other, isPeer: other.isPeer && isInPod }));
  }

  #isInPod(volume: string): boolean {
    return volume.toLowerCase().startsWith(`${this.#dependencies.pod.toLowerCase()}::`);
  }

  async #on<T>(
    { backendId, connections }: OtherArray,
    what: string,
    work: (on: HostPaths) => Promise<T>,
  ): Promise<{ readonly kind: 'done'; readonly result: T } | { readonly kind: 'failed' }> {
    const { logger } = this.#dependencies;
    if (connections === null) {
      logger.warn({ backend: backendId }, `array ${backendId} is away: it could not ${what}`);
      return { kind: 'failed' };
    }
    try {
      return { kind: 'done', result: await work(connections) };
    } catch (error) {
      const failure = arrayFailure(`Asking array ${backendId} to ${what}`, error);
      logger.warn({ backend: backendId, error: failure }, `array ${backendId} could not ${what}`);
      return { kind: 'failed' };
    }
  }
}
