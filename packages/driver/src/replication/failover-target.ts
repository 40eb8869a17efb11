import type { Logger } from '@cinder-flasharray/common';
import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ArrayPlace, BackendArrays } from '../arrays/backend-arrays.ts';
import type { ReplicationConfig } from '../config/replication-config.ts';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import { nameInPod } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';
import { nameOnTarget } from './replicated-group.ts';

/** Where a back end fails over to, found and looked at before anything is changed. */
export type FailoverTarget =
  | { readonly kind: 'sync'; readonly place: ArrayPlace; readonly array: FlashArray }
  | {
      readonly kind: 'async';
      readonly place: ArrayPlace;
      readonly array: FlashArray;
      /** Of each group that is replicated to it and has one. Never empty. */
      readonly copies: readonly ReplicatedCopy[];
    };

/** The newest complete copy of a protection group. */
export interface ReplicatedCopy {
  /** `source:group.12`. */
  readonly snapshot: string;
  /** The pod that its volumes live in, which their names in the copy do not tell; null: none. */
  readonly pod: string | null;
}

export interface FailoverTargetRequest {
  readonly config: ReplicationConfig;
  readonly arrays: BackendArrays;
  readonly logger: Logger;
  readonly primaryId: string;
  readonly currentId: string;
  /** `--backend_id`; null: the best one. */
  readonly secondaryId: string | null;
  /** What the primary may be called on the targets: it cannot be asked when it is lost. */
  readonly primaryNames: readonly string[];
}

/**
 * The array to fail over to (driver-behaviour section 6.4).
 * @throws DriverError `invalid-replication-target` for an id that cannot be it, `driver` when none is fit
 */
export async function findFailoverTarget(request: FailoverTargetRequest): Promise<FailoverTarget> {
  const { arrays, currentId, secondaryId, primaryId, config } = request;
  if (secondaryId === currentId) {
    throw refused('Secondary id can not be the same as primary array');
  }
  const targets = arrays.places.filter(({ backendId }) => backendId !== primaryId && backendId !== currentId);
  if (secondaryId !== null) {
    const place = targets.find(({ backendId }) => backendId === secondaryId);
    if (place === undefined) {
      throw refused(
        `Unable to determine secondary_array from supplied secondary: ${secondaryId}. Known are ${targets.map(({ backendId }) => backendId).join(', ') || 'none'}.`,
      );
    }
    const array = await arrays.get(place.backendId);
    if (place.role === 'sync') {
      const status = await podStatus(array, config.pod);
      if (status !== 'online') {
        // No volume of it could be used there.
        throw new DriverError(
          'driver',
          `Unable to fail over to ${secondaryId}: pod ${config.pod} is ${status} on array ${array.identity.name}.`,
          { nothingMade: true },
        );
      }
      return { kind: 'sync', place, array };
    }
    const copies = await newestCopies(array, request);
    if (copies.length === 0) {
      throw new DriverError(
        'driver',
        `Unable to find viable pg snapshot to use for failover on selected secondary array: ${array.identity.name} has no complete copy of protection group ${config.protectionGroup}.`,
        { nothingMade: true },
      );
    }
    return { kind: 'async', place, array, copies };
  }
  if (targets.length === 0) {
    throw new DriverError('driver', 'Unable to find failover target, no secondary targets configured.', {
      nothingMade: true,
    });
  }
  return await bestTarget(request, targets);
}

/** The first sync target whose side of the pod is online, else the first async target with a complete copy. */
async function bestTarget(
  request: FailoverTargetRequest,
  targets: readonly ArrayPlace[],
): Promise<FailoverTarget> {
  const { arrays, logger, config } = request;
  const reasons: string[] = [];
  for (const role of ['sync', 'async'] as const) {
    for (const place of targets.filter((candidate) => candidate.role === role)) {
      try {
        const array = await arrays.get(place.backendId);
        if (role === 'sync') {
          const status = await podStatus(array, config.pod);
          if (status === 'online') {
            return { kind: 'sync', place, array };
          }
          reasons.push(`${place.backendId}: pod ${config.pod} is ${status} there`);
          continue;
        }
        const copies = await newestCopies(array, request);
        if (copies.length > 0) {
          return { kind: 'async', place, array, copies };
        }
        reasons.push(`${place.backendId}: no complete copy of protection group ${config.protectionGroup}`);
      } catch (error) {
        const failure = arrayFailure(`Looking at ${place.backendId}`, error);
        logger.warn({ backend: place.backendId, error: failure }, 'no target to fail over to');
        reasons.push(`${place.backendId}: ${failure.message}`);
      }
    }
  }
  throw new DriverError(
    'driver',
    `Unable to find viable secondary array from configured targets. ${reasons.join('; ')}.`,
    { nothingMade: true },
  );
}

/** `online`, or why the array's side of the pod is not. */
export async function podStatus(array: FlashArray, name: string): Promise<string> {
  const state = await array.pods.find(name);
  if (state.kind !== 'live') {
    return state.kind;
  }
  const member = state.pod.members.find(
    ({ arrayId, array: memberName }) =>
      arrayId === array.identity.id || isSame(memberName, array.identity.name),
  );
  return member?.status ?? 'not stretched to it';
}

/** The third site has two groups: that of asynchronous volumes, and that of the pod. */
async function newestCopies(
  array: FlashArray,
  { config, primaryNames }: FailoverTargetRequest,
): Promise<readonly ReplicatedCopy[]> {
  const { protectionGroup, trisyncGroup, pod } = config;
  const plain = await newestCopy(
    array,
    primaryNames.map((primary) => nameOnTarget(primary, protectionGroup)),
  );
  const ofPod =
    trisyncGroup === null ? null : await newestCopy(array, [nameOnTarget('', nameInPod(pod, trisyncGroup))]);
  return [
    ...(plain === null ? [] : [{ snapshot: plain, pod: null }]),
    ...(ofPod === null ? [] : [{ snapshot: ofPod, pod }]),
  ];
}

/** Over all names that the group may have: the array renamed, or replaced, an older copy is under the other name. */
async function newestCopy(array: FlashArray, groups: readonly string[]): Promise<string | null> {
  const copies = await Promise.all(groups.map((group) => array.protectionGroups.replicatedSnapshots(group)));
  const [newest] = copies
    .flat()
    .filter(({ complete }) => complete)
    .toSorted((one, other) => other.started - one.started);
  return newest?.name ?? null;
}

function refused(message: string): DriverError {
  return new DriverError('invalid-replication-target', message, { nothingMade: true });
}
