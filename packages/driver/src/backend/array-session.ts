import type { Clock, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ArrayPlace } from '../arrays/backend-arrays.ts';
import type { BackendConfig } from '../config/backend-config.ts';
import type { InitiatorSecrets } from '../connections/chap.ts';
import { HostDisconnector } from '../connections/disconnect-host.ts';
import { HostLocks } from '../connections/host-locks.ts';
import type { Protocol } from '../connections/protocol.ts';
import { UniformConnections, type UniformPeer } from '../connections/uniform-connections.ts';
import { VolumeConnections } from '../connections/volume-connections.ts';
import { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import type { Locks } from '../contract/locks.ts';
import { GroupOperations, type GroupOperationsDependencies } from '../groups/group-operations.ts';
import type { DriverNames } from '../names/driver-names.ts';
import type { Replication } from '../replication/replication.ts';

/** What exists only while the driver is connected. */
export interface ArraySession {
  readonly array: FlashArray;
  readonly disconnector: HostDisconnector;
  /** On the array alone, or on its peers as well. */
  readonly hostPaths: Pick<VolumeConnections, 'connect' | 'disconnect' | 'disconnectAll'>;
  /** Null: no `replication_device`. */
  readonly uniform: UniformConnections | null;
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
  /** Arrays that hosts reach a pod's volumes through beside the current one. */
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
  const uniform =
    replication === null
      ? null
      : new UniformConnections({
          array,
          connections,
          peers: () => uniformPeers(dependencies),
          pod: replication.config.pod,
          logger,
        });
  return {
    array,
    disconnector,
    hostPaths: uniform ?? connections,
    uniform,
    volumeGroups: new VolumeGroupKeeper(array, locks, logger),
    groups: new GroupOperations({
      array,
      logger,
      eradicate,
      replication,
      groupNameOf: (group) => names.ofGroup(group),
      nameOf: (volume) => names.of(volume),
      createVolume,
      deleteVolume,
    }),
  };
}

function connectionsOf(
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

function uniformPeers(dependencies: ArraySessionDependencies): readonly UniformPeer[] {
  return dependencies.peerPlaces().map(({ backendId }) => {
    const array = dependencies.findArray(backendId);
    return {
      backendId,
      array,
      connections: array === null ? null : connectionsOf(dependencies, array).connections,
    };
  });
}
