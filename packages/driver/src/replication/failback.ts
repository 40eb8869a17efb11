import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { clearEmptyGhostPods } from '../containers/ghost-pod.ts';
import { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import type { DriverVolume, FailedOverVolume, FailoverResult } from '../contract/records.ts';
import { nameInPod, parseArrayName } from '../names/array-name.ts';
import { isInPod, replicationOf } from '../volume-types/replication-kind.ts';
import type { FailoverRequest } from './failover.ts';
import { podStatus } from './failover-target.ts';
import { type MissingVolume, missingFromPod } from './missing-from-pod.ts';
import { outdatedVolumes } from './outdated-volumes.ts';
import { Patience } from './patience.ts';

/**
 * Back to the primary, which has to answer, with its side of the pod in step. Volumes of the pod are there as they were on the other side; asynchronous
 * replication goes one way, so what was written on the target is not on the primary, and the operator has to bring it
 * back; they have the size of their records there.
 * @throws DriverError `invalid-replication-target` when nothing has failed over
 */
export async function failBack(request: FailoverRequest): Promise<FailoverResult> {
  const { section, arrays, replication, primaryId, currentId } = request;
  if (currentId === primaryId) {
    throw new DriverError(
      'invalid-replication-target',
      'Unable to failback to "default", this can only be done after a failover has completed.',
      { nothingMade: true },
    );
  }
  const doing = `Failing back to the primary array of back end ${section}`;
  let primary: FlashArray;
  try {
    primary = await arrays.get(primaryId);
    if (replication.hasPod) {
      await requirePodOnline(primary, replication.config.pod, doing);
    }
  } catch (error) {
    throw arrayFailure(doing, error, { nothingMade: true });
  }
  const fromSyncPeer = replication.isSyncPeer(currentId);
  const isOfPod = ({ type }: DriverVolume): boolean => fromSyncPeer && isInPod(replicationOf(type));
  const left = request.volumes.filter((volume) => !isOfPod(volume));
  const patience = new Patience(request.clock, () => primary.arrays.usage());
  const volumes = await outdatedVolumes(request, primary, left, patience);
  let missing: readonly MissingVolume[] = [];
  if (replication.hasPod) {
    missing = await patience.through(() => missingFromPod(primary, request, request.volumes.filter(isOfPod)));
  }
  await clearContainers(request, primary, patience);
  if (patience.lost !== null) {
    // Nothing has been switched: the same can be done again.
    throw arrayFailure(doing, patience.lost.reason);
  }
  const array = arrays.find(currentId)?.identity.name ?? currentId;
  const behind: FailedOverVolume[] = [];
  for (const { volume, isGone } of missing) {
    behind.push(
      isGone || (await isNowhereOn(arrays.find(currentId), request, volume))
        ? { id: volume.id, kind: 'destroyed', reason: 'it is on neither array' }
        : {
            id: volume.id,
            kind: 'left-behind',
            reason: `it is on array ${array} only: a move out of the pod was under way`,
          },
    );
  }
  return { activeBackendId: 'default', volumes: [...volumes, ...behind] };
}

/** False as well when nobody can say, because the array is away. */
async function isNowhereOn(
  array: FlashArray | null,
  { replication, nameOf }: FailoverRequest,
  volume: DriverVolume,
): Promise<boolean> {
  const { pod, ghostPod } = replication.config;
  const { own } = parseArrayName(nameOf(volume));
  const names = [nameOf(volume), own, nameInPod(pod, own), nameInPod(`${ghostPod}-${volume.id}`, own)];
  try {
    for (const name of array === null ? [] : new Set(names)) {
      if ((await array?.volumes.find(name))?.kind === 'live') {
        return false;
      }
    }
    return array !== null;
  } catch (error) {
    if (!isArrayError(error)) {
      throw error;
    }
    return false;
  }
}

/**
 * Takes away the empty temporary pods and volume groups that moves have left on either side when a failover broke them
 * off: no one else would look for them again. What stays costs nobody a volume.
 */
async function clearContainers(
  request: FailoverRequest,
  primary: FlashArray,
  patience: Patience,
): Promise<void> {
  const { arrays, currentId, primaryId, replication, logger, section } = request;
  const peers = replication.podPeers(primaryId);
  const others = new Set([arrays.find(currentId), ...peers]);
  for (const array of [primary, ...others]) {
    if (array === null) {
      continue;
    }
    // A restored copy on an asynchronous target may be wanted back.
    const eradicate = request.eradicate && (array === primary || peers.includes(array));
    const clear = () => clearEmpty(array, { ...request, eradicate });
    try {
      await (array === primary ? patience.through(clear) : clear());
    } catch (error) {
      const failure = arrayFailure('Clearing what moves have left', error);
      logger.warn(
        { backend: section, array: array.identity.name, error: failure },
        'empty temporary pods and volume groups may be left on the array',
      );
    }
  }
}

async function clearEmpty(
  array: FlashArray,
  { replication, volumeGroups, eradicate, locks, logger }: FailoverRequest,
): Promise<void> {
  if (replication.hasPod) {
    const { pod, ghostPod } = replication.config;
    await clearEmptyGhostPods(array, { pod, ghosts: `${ghostPod}-`, logger });
  }
  const keeper = new VolumeGroupKeeper(array, locks, logger, eradicate);
  for (const name of array.capabilities.containers ? volumeGroups : []) {
    const state = await array.volumeGroups.find(name);
    if (state.kind === 'live' && state.volumes === 0) {
      await keeper.destroyIfEmpty(name);
    }
  }
}

/** Hosts have no access through a side that is not in step, and what was written on the other one is not there. */
async function requirePodOnline(primary: FlashArray, pod: string, doing: string): Promise<void> {
  const status = await podStatus(primary, pod);
  if (status !== 'online') {
    throw new DriverError(
      'driver',
      `${doing} failed: pod ${pod} is ${status} on array ${primary.identity.name}.`,
      { nothingMade: true },
    );
  }
}
