import type { Clock, Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { BackendArrays } from '../arrays/backend-arrays.ts';
import { ensurePod } from '../containers/stretched-pod.ts';
import { VolumeGroupKeeper } from '../containers/volume-groups.ts';
import { settleInTurn } from '../contract/at-a-time.ts';
import { arrayFailure } from '../contract/driver-error.ts';
import type { Locks } from '../contract/locks.ts';
import type { DriverVolume, FailedOverVolume, FailoverResult } from '../contract/records.ts';
import type { FailoverProgress } from '../contract/volume-driver.ts';
import { nameInPod } from '../names/array-name.ts';
import { type FailoverTarget, findFailoverTarget, type ReplicatedCopy } from './failover-target.ts';
import { missingFromPod } from './missing-from-pod.ts';
import { outdatedVolumes } from './outdated-volumes.ts';
import { Overwritten } from './overwritten.ts';
import { Patience } from './patience.ts';
import type { Replication } from './replication.ts';
import { type RestoreSource, type RestoreTarget, restoreVolume } from './restore-volume.ts';

/** A failover, or the way back from one. */
export interface FailoverRequest {
  /** Section of the back end, for messages. */
  readonly section: string;
  readonly arrays: BackendArrays;
  readonly replication: Replication;
  readonly primaryId: string;
  /** Where work is done so far, and goes on until the caller says otherwise. */
  readonly currentId: string;
  readonly volumes: readonly DriverVolume[];
  /** Volume groups that volumes of the back end can be in. */
  readonly volumeGroups: readonly string[];
  /** What becomes empty, at once. */
  readonly eradicate: boolean;
  readonly nameOf: (volume: DriverVolume) => string;
  readonly locks: Locks;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Is told of each volume that is done. */
  readonly progress: (progress: FailoverProgress) => void;
}

/**
 * Brings the volumes to a target. Sync: they are there, or not. Async: each is made, or overwritten, from the copy; one
 * that fails is in error and keeps none of the others; a target that goes away meanwhile ends it. Can be repeated.
 * @param secondaryId `backend_id` of the target; null: the best one
 * @throws DriverError `invalid-replication-target` | `driver` | `array`, with nothing switched
 */
export async function failOver(
  request: FailoverRequest,
  secondaryId: string | null,
): Promise<FailoverResult> {
  const { section } = request;
  const target = await targetOf(request, secondaryId);
  try {
    const volumes =
      target.kind === 'sync'
        ? await surviving(request, target.array)
        : await restored(request, target.array, target.copies);
    return { activeBackendId: target.place.backendId, volumes };
  } catch (error) {
    throw arrayFailure(`Failing over back end ${section}`, error);
  }
}

async function targetOf(request: FailoverRequest, secondaryId: string | null): Promise<FailoverTarget> {
  const { section, arrays, replication, primaryId, currentId, logger } = request;
  try {
    return await findFailoverTarget({
      config: replication.config,
      arrays,
      logger,
      primaryId,
      currentId,
      secondaryId,
      primaryNames: primaryNames(request),
    });
  } catch (error) {
    throw arrayFailure(`Failing over back end ${section}`, error, { nothingMade: true });
  }
}

/** The primary cannot be asked when it is lost: volumes remember the name of the array that they were made on. */
function primaryNames({ arrays, primaryId, volumes }: FailoverRequest): readonly string[] {
  const known = arrays.find(primaryId)?.identity.name;
  const remembered = volumes.flatMap(({ metadata }) => metadata.array_name ?? []);
  return [...new Set([...(known === undefined ? [] : [known]), ...remembered])];
}

async function surviving(request: FailoverRequest, array: FlashArray): Promise<readonly FailedOverVolume[]> {
  const { replication, volumes, nameOf, clock } = request;
  const missing = new Map(
    (await missingFromPod(array, request, volumes)).map(({ volume, isGone }) => [volume, isGone]),
  );
  const present = volumes.filter((volume) => !missing.has(volume));
  const patience = new Patience(clock, () => array.arrays.usage());
  const outdated = isOnCopies(request) ? await outdatedVolumes(request, array, present, patience) : [];
  if (patience.lost !== null) {
    // Nothing has been switched: the same can be done again.
    throw patience.lost.reason;
  }
  const outdatedById = new Map(outdated.map((outcome) => [outcome.id, outcome]));
  return volumes.map((volume) => {
    const { id } = volume;
    const isGone = missing.get(volume);
    if (isGone === undefined) {
      return outdatedById.get(id) ?? { id, kind: 'failed-over' };
    }
    const where = `in pod ${replication.config.pod} on array ${array.identity.name}`;
    return isGone
      ? { id, kind: 'destroyed', reason: `${nameOf(volume)} is destroyed or let go ${where}` }
      : { id, kind: 'error', reason: `${nameOf(volume)} is not ${where}` };
  });
}

/** Whether the array that is left has copies of what the pod has. */
function isOnCopies({ replication, currentId, primaryId }: FailoverRequest): boolean {
  return currentId !== primaryId && !replication.isSyncPeer(currentId);
}

async function restored(
  request: FailoverRequest,
  array: FlashArray,
  copies: readonly ReplicatedCopy[],
): Promise<readonly FailedOverVolume[]> {
  const { volumes, nameOf, locks, logger, clock, progress } = request;
  const target: RestoreTarget = {
    array,
    volumeGroups: new VolumeGroupKeeper(array, locks, logger, false),
    patience: new Patience(clock, () => array.arrays.usage()),
    overwritten: new Overwritten(array, logger),
    logger,
  };
  const parts = new Map<string, RestoreSource>();
  for (const { snapshot, pod } of copies) {
    for (const part of await array.protectionGroups.replicatedVolumes(snapshot)) {
      const full = pod === null ? part.volume : nameInPod(pod, part.volume);
      parts.set(full.toLowerCase(), { source: part.snapshot, copy: snapshot });
    }
    if (pod !== null) {
      // The volumes keep their names, so that their records stay true.
      await target.patience.through(() => ensurePod(array, pod));
    }
  }
  const sources = copies.map(({ snapshot }) => snapshot).join(', ');
  let done = 0;
  const outcomes = await settleInTurn(volumes, async (volume): Promise<FailedOverVolume> => {
    const name = nameOf(volume);
    const part = parts.get(name.toLowerCase());
    if (part === undefined) {
      return { id: volume.id, kind: 'error', reason: `no volume ${name} in ${sources}` };
    }
    await restoreVolume(target, volume, name, part);
    done += 1;
    progress({ done, of: volumes.length });
    if (done % 100 === 0) {
      logger.info({ array: array.identity.name, done, of: volumes.length }, 'failing over');
    }
    return { id: volume.id, kind: 'restored' };
  });
  if (target.patience.lost !== null) {
    // Nothing has been switched: the same can be done again, or with another target.
    throw target.patience.lost.reason;
  }
  await target.overwritten.conclude(target.patience);
  return outcomes.map((outcome, index): FailedOverVolume => {
    if (outcome.status === 'fulfilled') {
      return outcome.value;
    }
    const id = volumes[index]?.id ?? '';
    const failure = arrayFailure(`Bringing volume ${id} to array ${array.identity.name}`, outcome.reason);
    logger.error({ volume: id, array: array.identity.name, error: failure }, 'a volume did not fail over');
    return { id, kind: 'error', reason: failure.message };
  });
}
