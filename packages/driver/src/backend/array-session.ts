import type { Clock, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ArrayPlace } from '../arrays/backend-arrays.ts';
import type { BackendConfig } from '../config/backend-config.ts';
import { BackendConnections, type OtherArray } from '../connections/backend-connections.ts';
import type { InitiatorSecrets } from '../connections/chap.ts';
import { HostDisconnector } from '../connections/disconnect-host.ts';
import { HostLocks } from '../connections/host-locks.ts';
import type { Protocol } from '../connections/protocol.ts';
import { VolumeConnections } from '../connections/volume-connections.ts';
import { VolumeGroupKeeper, volumeGroupIn } from '../containers/volume-groups.ts';
import type { Locks } from '../contract/locks.ts';
import { GroupOperations, type GroupOperationsDependencies } from '../groups/group-operations.ts';
import type { DriverNames } from '../names/driver-names.ts';
import type { Replication } from '../replication/replication.ts';

/** What exists only while the driver is connected. */
export interface ArraySession {
  readonly array: FlashArray;
  readonly disconnector: HostDisconnector;
  /** On the array alone, or on the other arrays of the back end as well. */
  readonly hostPaths: Pick<BackendConnections, 'connect' | 'disconnect' | 'disconnectAll'>;
  /** Null: no `replication_device`. */
  readonly everyArray: BackendConnections | null;
  readonly volumeGroups: VolumeGroupKeeper;
  readonly groups: GroupOperations;
}

export interface ArraySessionDependencies {
  readonly config: BackendConfig;
  readonly secrets: InitiatorSecrets;
  readonly locks: Locks;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomInteger: (below: number) => number;
  readonly randomUuid: () => string;
  readonly protocol: Protocol;
  readonly names: DriverNames;
  readonly replication: Replication | null;
  /** The arrays of the back end beside the current one. */
  readonly otherPlaces: () => readonly ArrayPlace[];
  /** Those of them that hosts reach a pod's volumes through as well. */
  readonly peerPlaces: () => readonly ArrayPlace[];
  /** Null: it is not connected. */
  readonly findArray: (backendId: string) => FlashArray | null;
  readonly eradicate: boolean;
  readonly createVolume: GroupOperationsDependencies['createVolume'];
  readonly deleteVolume: GroupOperationsDependencies['deleteVolume'];
}

/** Everything that works on one array. Asks the array nothing. */
export function openArraySession(dependencies: ArraySessionDependencies, array: FlashArray): ArraySession {
  const { names, replication, locks, logger, eradicate, createVolume, deleteVolume } = dependencies;
  const { disconnector, connections } = connectionsOf(dependencies, array);
  const volumeGroups = new VolumeGroupKeeper(array, locks, logger, eradicate);
  const everyArray =
    replication === null
      ? null
      : new BackendConnections({
          connections,
          others: () => otherArrays(dependencies),
          pod: replication.config.pod,
          logger,
        });
  return {
    array,
    disconnector,
    hostPaths: everyArray ?? connections,
    everyArray,
    volumeGroups,
    groups: new GroupOperations({
      array,
      logger,
      eradicate,
      replication,
      groupNameOf: (group) => names.ofGroup(group),
      nameOf: (volume) => names.of(volume),
      destroyVolume: async (name) => {
        await array.volumes.destroy(name);
        const group = volumeGroupIn(name);
        if (group !== null) {
          await volumeGroups.destroyIfEmpty(group);
        }
      },
      createVolume,
      deleteVolume,
    }),
  };
}

/** What shows volumes of one array to hosts. */
export function connectionsOf(
  dependencies: ArraySessionDependencies,
  array: FlashArray,
): { readonly disconnector: HostDisconnector; readonly connections: VolumeConnections } {
  const { config, locks, logger } = dependencies;
  const hostLocks = new HostLocks(locks, array.identity.id);
  const disconnector = new HostDisconnector(array, hostLocks, logger);
  const connections = new VolumeConnections({
    ...dependencies,
    array,
    hostPersonality: config.hostPersonality,
    locks: hostLocks,
    disconnector,
  });
  return { disconnector, connections };
}

function otherArrays(dependencies: ArraySessionDependencies): readonly OtherArray[] {
  const peers = new Set(dependencies.peerPlaces().map(({ backendId }) => backendId));
  return dependencies.otherPlaces().map(({ backendId, role }) => ({
    backendId,
    connections: connectionsOn(dependencies, backendId),
    isPeer: peers.has(backendId),
    // A copy on an asynchronous target is another volume, which nothing writes back.
    mustHear: role !== 'async',
  }));
}

/** Null: the array does not answer. */
function connectionsOn(dependencies: ArraySessionDependencies, backendId: string): VolumeConnections | null {
  const array = dependencies.findArray(backendId);
  return array === null ? null : connectionsOf(dependencies, array).connections;
}
