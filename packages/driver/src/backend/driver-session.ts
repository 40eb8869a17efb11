import type { Clock, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import { type BackendArrays, placeIdOf } from '../arrays/backend-arrays.ts';
import { type BackendConfig, eradicatesAtOnce } from '../config/backend-config.ts';
import { BackendConnections, type OtherArray } from '../connections/backend-connections.ts';
import type { InitiatorSecrets } from '../connections/chap.ts';
import { ConnectionOperations } from '../connections/connection-operations.ts';
import { HostDisconnector } from '../connections/disconnect-host.ts';
import { HostLocks } from '../connections/host-locks.ts';
import type { Protocol } from '../connections/protocol.ts';
import { VolumeConnections } from '../connections/volume-connections.ts';
import { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import type { Locks } from '../contract/locks.ts';
import type { DriverSession } from '../contract/volume-driver.ts';
import { genericGroups } from '../groups/generic-groups.ts';
import { GroupOperations } from '../groups/group-operations.ts';
import { ManageOperations } from '../manage/manage-operations.ts';
import type { DriverNames } from '../names/driver-names.ts';
import type { Replication } from '../replication/replication.ts';
import { SnapshotOperations } from '../snapshots/snapshot-operations.ts';
import { type LastReport, StatisticsOperations } from '../statistics/statistics-operations.ts';
import { VolumeOperations } from '../volumes/volume-operations.ts';
import { VolumeReplication } from '../volumes/volume-replication.ts';

/** What is the same for every session of a back end. */
export interface SessionDependencies {
  readonly config: BackendConfig;
  readonly secrets: InitiatorSecrets;
  readonly locks: Locks;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomInteger: (below: number) => number;
  readonly randomUuid: () => string;
  readonly protocol: Protocol;
  readonly names: DriverNames;
}

/** The array that a back end works on, among its arrays. */
export interface CurrentArray {
  readonly array: FlashArray;
  /** `volume_backend_name` of the primary, or a `backend_id`. */
  readonly id: string;
  readonly arrays: BackendArrays;
  /** Null: no `replication_device`. */
  readonly replication: Replication | null;
  readonly report: LastReport;
  /** Is told when the array has answered: others may have come back with it. */
  readonly answered: () => void;
}

/**
 * Everything that works on the current array. Asks the arrays nothing.
 * @param signal ends each call to an array that is made through the session
 */
export function openSession(
  dependencies: SessionDependencies,
  current: CurrentArray,
  signal: AbortSignal | null,
): DriverSession {
  const { config, names, locks, logger, clock } = dependencies;
  const { arrays, id: currentId, replication } = current;
  const bound = (array: FlashArray): FlashArray => (signal === null ? array : array.within(signal));
  const array = bound(current.array);
  const eradicate = eradicatesAtOnce(config);
  const { disconnector, connections } = connectionsOf(dependencies, array);
  const volumeGroups = new VolumeGroupKeeper(array, locks, logger, eradicate);
  const connectionsOn = (found: FlashArray): VolumeConnections =>
    connectionsOf(dependencies, bound(found)).connections;
  const everyArray =
    replication === null
      ? null
      : new BackendConnections({
          connections,
          others: () => otherArrays(current, replication, connectionsOn),
          pod: replication.config.pod,
          logger,
        });
  const volumeReplication = new VolumeReplication({
    array,
    currentId,
    replication,
    everyArray,
    podPeers: () => (replication?.podPeers(currentId) ?? []).map(bound),
    clock,
    logger,
  });
  const shared = { array, config, names, volumeGroups, replication: volumeReplication, eradicate, logger };
  const volumes = new VolumeOperations({ ...shared, currentId, disconnector, everyArray });
  const consistencyGroups = new GroupOperations({ ...shared, replication, currentId, volumes });
  return {
    volumes,
    snapshots: new SnapshotOperations(shared),
    connections: new ConnectionOperations({
      array,
      currentId,
      names,
      pods: replication?.pods ?? null,
      hostPaths: everyArray ?? connections,
      connectionsOn: async (backendId) => {
        const id = placeIdOf(config, backendId);
        return arrays.place(id) === null ? null : connectionsOn(await arrays.get(id));
      },
      logger,
    }),
    groups: genericGroups(consistencyGroups),
    consistencyGroups,
    manage: new ManageOperations({
      ...shared,
      settle: async (volume) =>
        (await volumes.settle(volume, { otherTypes: [], reference: null })).providerId,
      locate: (volume, move) => volumes.locate(volume, move),
    }),
    statistics: new StatisticsOperations(
      {
        array,
        config,
        replication: replication === null ? null : (connected) => replication.stats(currentId, connected),
        logger,
      },
      current.report,
      current.answered,
    ),
  };
}

/** What shows volumes of one array to hosts. */
function connectionsOf(
  dependencies: SessionDependencies,
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

/** The arrays of the back end beside the current one. */
function otherArrays(
  { arrays, id: currentId }: CurrentArray,
  replication: Replication,
  connectionsOn: (array: FlashArray) => VolumeConnections,
): readonly OtherArray[] {
  const peers = new Set(replication.uniformPeers(currentId).map(({ backendId }) => backendId));
  return arrays.places
    .filter(({ backendId }) => backendId !== currentId)
    .map(({ backendId, role }) => {
      const found = arrays.find(backendId);
      return {
        backendId,
        connections: found === null ? null : connectionsOn(found),
        isPeer: peers.has(backendId),
        isTarget: role === 'async',
      };
    });
}
