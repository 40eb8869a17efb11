import type { Clock, Logger } from '@cinder-flasharray/common';
import type { ArrayConnection, FlashArray } from '@cinder-flasharray/flasharray';
import type { ArrayPlace, BackendArrays } from '../arrays/backend-arrays.ts';
import type { ReplicationConfig, ReplicationKind } from '../config/replication-config.ts';
import { setUpStretchedPod } from '../containers/stretched-pod.ts';
import { DriverError } from '../contract/driver-error.ts';
import type { ReplicationStats } from '../contract/replication-stats.ts';
import { nameInPod, parseArrayName } from '../names/array-name.ts';
import type { PodNames } from '../names/broken-off-move.ts';
import { setUpReplicatedGroup } from './replicated-group.ts';

export interface ReplicationDependencies {
  readonly config: ReplicationConfig;
  readonly arrays: BackendArrays;
  readonly primaryId: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Replication of a back end, seen from the array that work is done on. Nothing here is edited by a failover: everything
 * follows from the configuration and the id of the current array.
 */
export class Replication {
  readonly config: ReplicationConfig;
  readonly #dependencies: ReplicationDependencies;
  /** Targets that the primary's group and pod are known to reach. */
  readonly #wired = new Set<string>();

  constructor(dependencies: ReplicationDependencies) {
    this.#dependencies = dependencies;
    this.config = dependencies.config;
  }

  /** `pod::group` of trisync; null without a third site. */
  get trisyncGroup(): string | null {
    const { trisyncGroup, pod } = this.config;
    return trisyncGroup === null ? null : nameInPod(pod, trisyncGroup);
  }

  /**
   * `do_setup_replication`: pod, group and third site on the primary, towards every target that answers. The others
   * follow when they are back. While failed over there is nothing to set up.
   */
  async setUp(currentId: string): Promise<void> {
    const { arrays, primaryId, logger } = this.#dependencies;
    if (currentId !== primaryId) {
      logger.info({ backend: currentId }, 'failed over: replication is set up again after the failback');
      return;
    }
    const primary = await arrays.get(primaryId);
    const present = this.#targetPlaces().flatMap((place) => {
      const array = arrays.find(place.backendId);
      return array === null ? [] : [{ place, array }];
    });
    const syncArrays = present.filter(({ place }) => place.role === 'sync').map(({ array }) => array);
    if (this.#hasSyncTarget()) {
      await setUpStretchedPod(primary, syncArrays, this.config.pod);
    }
    await this.setUpGroup(primary, this.config.protectionGroup);
    if (this.trisyncGroup !== null) {
      await this.setUpGroup(primary, this.trisyncGroup);
    }
    for (const { place } of present) {
      this.#wired.add(place.backendId);
    }
  }

  /**
   * Wires a group of the primary to its targets: that of asynchronous replication, or a replicated group.
   * @throws DriverError while failed over: no other array replicates
   */
  async setUpGroup(source: FlashArray, name: string): Promise<void> {
    const { arrays, primaryId, clock, logger } = this.#dependencies;
    if (arrays.find(primaryId)?.identity.id !== source.identity.id) {
      throw new DriverError(
        'driver',
        `Protection group ${name} cannot be replicated: the back end has failed over to array ${source.identity.name}.`,
        // In the pod there is what an earlier try has made on the array that was left.
        { nothingMade: parseArrayName(name).pod === null },
      );
    }
    const { interval, retention } = this.config;
    await setUpReplicatedGroup({
      source,
      targets: this.#targetArrays(name),
      name,
      replication: { frequency: interval, retention },
      clock,
      logger,
    });
  }

  /**
   * Arrays that a group of the primary is replicated to, as far as they answer. A group of the pod is on the pod's other
   * array already.
   */
  #targetArrays(group: string): readonly FlashArray[] {
    const { arrays } = this.#dependencies;
    return this.#targetPlaces()
      .filter(({ role }) => parseArrayName(group).pod === null || role === 'async')
      .flatMap(({ backendId }) => arrays.find(backendId) ?? []);
  }

  /** Targets that answer and have not been set up since. */
  hasUnwired(currentId: string): boolean {
    const { arrays, primaryId } = this.#dependencies;
    return (
      currentId === primaryId &&
      this.#targetPlaces().some(
        ({ backendId }) => !this.#wired.has(backendId) && arrays.find(backendId) !== null,
      )
    );
  }

  /**
   * Replication that new volumes can have on the current array. After a failover to an asynchronous target there is
   * none; on the other side of a stretched pod there is what the pod gives.
   */
  kinds(currentId: string): readonly ReplicationKind[] {
    const { primaryId } = this.#dependencies;
    const isPrimary = currentId === primaryId;
    const inPod = this.hasPod && this.servesPod(currentId);
    return [
      ...(isPrimary ? (['async'] as const) : []),
      ...(inPod ? (['sync'] as const) : []),
      ...(inPod && isPrimary && this.config.trisyncGroup !== null ? (['trisync'] as const) : []),
    ];
  }

  /** @throws DriverError `invalid-volume-type` before anything is made */
  require(kind: ReplicationKind, typeName: string, currentId: string): void {
    if (!this.kinds(currentId).includes(kind)) {
      throw currentId === this.#dependencies.primaryId
        ? notSetUp(typeName, kind, `no replication_device gives it`)
        : // An earlier try, on the array that was left, may have made something there.
          notSetUp(typeName, kind, `the back end has failed over to ${currentId}`, { nothingMade: false });
    }
  }

  /** Protection groups that a new volume of the kind joins. */
  groupsFor(kind: ReplicationKind | null): readonly string[] {
    switch (kind) {
      case 'async':
        return [this.config.protectionGroup];
      case 'trisync':
        return this.trisyncGroup === null ? [] : [this.trisyncGroup];
      case 'sync':
      case null:
        return [];
    }
  }

  /** Volumes can be in a pod that is stretched. */
  get hasPod(): boolean {
    return this.#hasSyncTarget();
  }

  /** The pod that is stretched, and those that volumes come into it and out of it by; null: none. */
  get pods(): PodNames | null {
    return this.hasPod ? this.config : null;
  }

  /** Whether what is, or once was, in the pod is on the array of that id. */
  servesPod(backendId: string): boolean {
    return backendId === this.#dependencies.primaryId || this.isSyncPeer(backendId);
  }

  /** The other arrays of the pod that answer. @param currentId the array that work is done on */
  podPeers(currentId: string): readonly FlashArray[] {
    const { arrays, primaryId } = this.#dependencies;
    return arrays.places
      .filter(
        ({ backendId, role }) => backendId !== currentId && (role === 'sync' || backendId === primaryId),
      )
      .flatMap(({ backendId }) => arrays.find(backendId) ?? []);
  }

  /** Whether the pod is served by the array of that id, the primary aside. */
  isSyncPeer(backendId: string): boolean {
    return this.#dependencies.arrays.place(backendId)?.role === 'sync';
  }

  /**
   * The other arrays that hosts reach a pod's volumes through, with what is connected of them.
   * @param currentId the array that work is done on
   */
  uniformPeers(currentId: string): readonly ArrayPlace[] {
    const { arrays, primaryId } = this.#dependencies;
    const current = arrays.place(currentId);
    if (current === null || !current.uniform) {
      return [];
    }
    return arrays.places.filter(
      ({ backendId, role, uniform }) =>
        backendId !== currentId && uniform && (role === 'sync' || backendId === primaryId),
    );
  }

  stats(currentId: string, connections: readonly ArrayConnection[]): ReplicationStats {
    const { arrays, primaryId } = this.#dependencies;
    const targets = arrays.places.filter(
      ({ backendId }) =>
        backendId !== currentId &&
        (currentId === primaryId || (backendId === primaryId && this.isSyncPeer(currentId))),
    );
    const connected = connections.filter((connection) => connection.connected).map(({ kind }) => kind);
    const [sync, async] = [connected.includes('sync'), connected.includes('async')];
    return {
      replication_enabled: this.kinds(currentId).length > 0,
      replication_type: this.kinds(currentId),
      replication_count: targets.length,
      replication_targets: targets.map(({ backendId }) => backendId),
      replication_capability: sync && async ? 'trisync' : sync ? 'sync' : async ? 'async' : null,
    };
  }

  #targetPlaces(): readonly ArrayPlace[] {
    const { arrays, primaryId } = this.#dependencies;
    return arrays.places.filter(({ backendId }) => backendId !== primaryId);
  }

  #hasSyncTarget(): boolean {
    return this.config.targets.some(({ kind }) => kind === 'sync');
  }
}

/** The refusal of a volume type whose replication cannot be had. */
export function notSetUp(
  typeName: string,
  kind: ReplicationKind,
  reason: string,
  options = { nothingMade: true },
): DriverError {
  return new DriverError(
    'invalid-volume-type',
    `Volume type ${typeName} asks for ${kind} replication, which is not set up on this back end: ${reason}.`,
    options,
  );
}
