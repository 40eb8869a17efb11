import { type FlashArray, isArrayError, type Pod, type PodMember } from '@cinder-flasharray/flasharray';
import { DriverError } from '../contract/driver-error.ts';
import { isSame } from '../names/same-name.ts';
import { requireContainers } from '../volume-types/pods-needed.ts';

/**
 * Makes the pod of synchronous replication, stretched over the primary and the targets. What is there already is left
 * as it is.
 * @throws DriverError `driver` when the pod is stretched to an array that is none of the targets and takes no further one
 */
export async function setUpStretchedPod(
  primary: FlashArray,
  targets: readonly FlashArray[],
  name: string,
): Promise<void> {
  requireContainers(primary, 'synchronous replication');
  const pod = await ensurePod(primary, name);
  for (const target of targets) {
    const member = { array: target.identity.name, arrayId: target.identity.id };
    if (!holds(pod, member)) {
      await stretch(primary, member, name);
    }
  }
}

/**
 * A destroyed pod of the name is recovered, never eradicated.
 * @throws DriverError `name-taken` when another array that this one is connected to has a pod of the name
 */
export async function ensurePod(array: FlashArray, name: string): Promise<Pod> {
  const { pods } = array;
  const state = await pods.find(name);
  if (state.kind === 'live') {
    return state.pod;
  }
  if (state.kind === 'destroyed') {
    await pods.recover(name);
  } else {
    let taken: unknown = null;
    try {
      await pods.create(name);
    } catch (error) {
      // Another back end on the same array makes the same pod.
      if (!isArrayError(error, 'already-exists')) {
        throw error;
      }
      taken = error;
    }
    if (taken !== null && (await pods.find(name)).kind === 'absent') {
      throw new DriverError(
        'name-taken',
        `Array ${array.identity.name} takes no pod ${name}: an array that it is connected to has one of that name.`,
        { cause: taken },
      );
    }
  }
  const made = await pods.find(name);
  if (made.kind !== 'live') {
    throw new DriverError('driver', `Pod ${name} has vanished from array ${array.identity.name}.`);
  }
  return made.pod;
}

/** Stretches a pod to an array; one that is stretched there already is fine. */
export async function stretch(
  from: FlashArray,
  to: Pick<PodMember, 'array' | 'arrayId'>,
  name: string,
): Promise<void> {
  try {
    await from.pods.stretch(name, to.array);
  } catch (error) {
    if (!isArrayError(error, 'already-exists', 'limit-reached')) {
      throw error;
    }
    const state = await from.pods.find(name);
    if (state.kind === 'live' && holds(state.pod, to)) {
      return;
    }
    const others =
      state.kind === 'live'
        ? state.pod.members.map(({ array }) => array).filter((array) => !isSame(array, from.identity.name))
        : [];
    throw new DriverError(
      'driver',
      others.length === 0
        ? `Pod ${name} cannot be stretched to array ${to.array}: ${error.message}`
        : `Pod ${name} is stretched to array ${others.join(', ')}, and cannot be stretched to ${to.array}: ${error.message}`,
      { cause: error },
    );
  }
}

function holds({ members }: Pod, wanted: Pick<PodMember, 'array' | 'arrayId'>): boolean {
  return members.some(({ array, arrayId }) => arrayId === wanted.arrayId || isSame(array, wanted.array));
}
