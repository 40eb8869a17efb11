import type { Clock, Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError, type Pod } from '@cinder-flasharray/flasharray';
import {
  arrayFailure,
  DriverError,
  isTransient,
  leavingVolumeAt,
  losingVolume,
} from '../contract/driver-error.ts';
import { nameIn, nameInPod, parseArrayName } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';
import { locate, type Relocation, relocate, type Station } from './relocate.ts';
import { ensurePod, stretch } from './stretched-pod.ts';

export interface PodMoveRequest {
  readonly array: FlashArray;
  /** The other arrays of the pod that answer. */
  readonly peers: readonly FlashArray[];
  /** Full name that the volume has, or had before an earlier try. */
  readonly volume: string;
  /** The pod of synchronous replication. */
  readonly pod: string;
  /** Name of the temporary pod of this volume. */
  readonly ghost: string;
  /** Where an earlier try may have moved it on to; null: nowhere. */
  readonly volumeGroup: string | null;
  readonly destination: 'array' | 'pod';
  /** Ends the connections that the other arrays have of a volume that is about to leave them, by its full name. */
  readonly leaveOthers: (name: string) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Milliseconds between two looks at the members of the ghost pod, and after which a move stops. */
const interval = 5_000;
const patience = 1_800_000;

/**
 * Moves a volume into the stretched pod or out of it. The array lets no volume into or out of a stretched pod; but it
 * lets one go from one pod to another that is stretched alike. So the way leads through a pod of the volume's own,
 * which is entered from the array and left towards it while it is not stretched (driver-behaviour section 6.8). Every
 * step looks where the volume is first, so that a move can be taken up wherever it stopped, and ends without that pod.
 * @returns the volume's full name
 * @throws DriverError whose `volumeName` tells where the volume is
 */
export async function moveThroughGhostPod(request: PodMoveRequest): Promise<string> {
  const { array, volume, destination } = request;
  const way = wayOf(request);
  const doing = `Moving volume ${volume} ${destination === 'pod' ? `into pod ${request.pod}` : 'out of its pod'}`;
  let relocation: Relocation;
  try {
    const start = await locate(array, way, volume);
    if (start === null) {
      throw new DriverError(
        'volume-missing',
        `Volume ${volume} is not on array ${array.identity.name}, under none of ${way.flatMap(({ names }) => names).join(', ')}.`,
      );
    }
    relocation = await relocate(array, way, start);
  } catch (error) {
    throw await stopped(request, doing, error, null);
  }
  let isPeerAway = false;
  if (relocation.kind === 'stopped' && relocation.at !== null) {
    const { at, error: refusal } = relocation;
    try {
      const outlook = await outlookOf(request, refusal);
      isPeerAway = outlook === 'away';
      relocation = outlook === 'back' ? await relocate(array, way, at) : relocation;
    } catch (error) {
      throw await stopped(request, doing, error, at.name);
    }
  }
  if (relocation.kind === 'stopped') {
    const { at } = relocation;
    const failure = await stopped(request, doing, relocation.error, at?.name ?? null, isPeerAway);
    throw at === null ? losingVolume(failure) : failure;
  }
  try {
    await clearGhostPods(request);
  } catch (error) {
    throw leavingVolumeAt(arrayFailure(doing, error), relocation.name);
  }
  return relocation.name;
}

/** Takes away what an earlier move left behind. @throws DriverError about trouble that may pass */
export async function clearGhostPod(request: PodMoveRequest): Promise<void> {
  await removeGhost(request, request.array);
}

/**
 * Takes away every empty ghost pod of an array, whosever move left it. Only for when nothing moves.
 * @param ghosts what the names of the back end's ghost pods begin with
 * @throws DriverError about trouble that may pass
 */
export async function clearEmptyGhostPods(
  array: FlashArray,
  request: Pick<PodMoveRequest, 'pod' | 'logger'> & { readonly ghosts: string },
): Promise<void> {
  const beginning = request.ghosts.toLowerCase();
  const pods = (await array.pods.list()).filter(({ name }) => name.toLowerCase().startsWith(beginning));
  for (const { name: ghost } of pods) {
    if ((await array.pods.volumes(ghost)).length === 0) {
      await removeGhost({ ...request, ghost, array }, array);
    }
  }
}

/**
 * What to throw after a failure.
 * @param left where the volume is; null: nobody knows
 * @param isAway it was refused for an array that was still away when it was looked for
 */
async function stopped(
  request: PodMoveRequest,
  doing: string,
  error: unknown,
  left: string | null,
  isAway = false,
): Promise<DriverError> {
  const { array, ghost } = request;
  const failure = arrayFailure(doing, error);
  if (left === null && isTransient(failure)) {
    return failure;
  }
  let passing = failure.passing || isAway;
  try {
    passing ||= isArrayError(failure.cause) && !isTransient(failure) && (await isOtherAway(request));
    if (!passing && !isTransient(failure) && left !== null && !isIn(left, ghost)) {
      // It is refused for good, and the volume has not set out, or is not in there any more.
      await clearGhostPods(request);
    }
  } catch (later) {
    const trouble = arrayFailure(doing, later);
    return left === null ? trouble : leavingVolumeAt(trouble, left);
  }
  return new DriverError(
    failure.code,
    `${failure.message} The volume is now ${left ?? 'an unknown place'} on array ${array.identity.name}.`,
    { cause: failure.cause, passing, ...(left === null ? {} : { volumeName: left }) },
  );
}

/**
 * Whether an array that has the pod is away, or not in step: then the array refuses changes of pods in words that it
 * has for lasting refusals as well.
 */
async function isOtherAway(request: Pick<PodMoveRequest, 'array' | 'pod' | 'ghost'>): Promise<boolean> {
  try {
    return await hasMemberAway(request);
  } catch (error) {
    if (!isArrayError(error) || isTransient(error)) {
      throw arrayFailure('Looking for the other arrays of a pod', error);
    }
    return false;
  }
}

/** Of a refusal: for another array of the pod that is still away, or back by now; or for good. */
type Outlook = 'away' | 'back' | 'lasting';

/** @throws DriverError about trouble that may pass */
async function outlookOf(
  request: Pick<PodMoveRequest, 'array' | 'pod' | 'ghost'>,
  error: unknown,
): Promise<Outlook> {
  const { array, pod } = request;
  if (!isArrayError(error) || isTransient(error) || error.context === null) {
    return 'lasting';
  }
  const { context } = error;
  try {
    const state = await array.pods.find(pod);
    const others = state.kind === 'live' ? state.pod.members.map((member) => member.array) : [];
    const isForOther = others.some((name) => isSame(name, context) && !isSame(name, array.identity.name));
    if (!isForOther) {
      return 'lasting';
    }
    return (await hasMemberAway(request)) ? 'away' : 'back';
  } catch (later) {
    // Nobody knows yet: an array that was away may be back at the next look.
    if (!isArrayError(later) || isTransient(later)) {
      throw arrayFailure('Looking for the other arrays of a pod', later);
    }
    return 'lasting';
  }
}

async function hasMemberAway({
  array,
  pod,
  ghost,
}: Pick<PodMoveRequest, 'array' | 'pod' | 'ghost'>): Promise<boolean> {
  const [connections, ...pods] = await Promise.all([
    array.arrays.connections(),
    array.pods.find(pod),
    array.pods.find(ghost),
  ]);
  const members = pods.flatMap((state) => (state.kind === 'live' ? state.pod.members : []));
  return (
    members.some(({ status }) => status !== 'online') ||
    connections.some(
      ({ array: other, connected }) => !connected && members.some((member) => isSame(member.array, other)),
    )
  );
}

/** From outside by the ghost pod into the pod, or the other way round. */
function wayOf(request: PodMoveRequest): readonly Station[] {
  const { volume, pod, ghost, volumeGroup, destination } = request;
  const { own } = parseArrayName(volume);
  const [inGhost, inPod] = [nameInPod(ghost, own), nameInPod(pod, own)];
  const outside: Station['names'] = [
    own,
    ...(isIn(volume, pod) || isIn(volume, ghost) ? [] : [volume]),
    ...(volumeGroup === null ? [] : [nameIn({ kind: 'volume-group', name: volumeGroup }, own)]),
  ];
  const isFirst = async (): Promise<void> => undefined;
  return destination === 'pod'
    ? [
        { names: outside, enter: isFirst },
        {
          names: [inGhost],
          enter: async (from) => {
            await ensureGhostPod(request);
            await shrink(request);
            await move(request, from, { kind: 'pod', name: ghost });
          },
        },
        {
          names: [inPod],
          enter: async (from) => {
            await spread(request);
            await move(request, from, { kind: 'pod', name: pod });
          },
        },
      ]
    : [
        { names: [inPod], enter: isFirst },
        {
          names: [inGhost],
          enter: async (from) => {
            await spread(request);
            await move(request, from, { kind: 'pod', name: ghost });
          },
        },
        {
          names: outside,
          enter: async (from) => {
            // The array would end them by itself, and leave hosts of ours behind that nobody knows.
            await request.leaveOthers(from);
            await shrink(request);
            await move(request, from, { kind: 'array' });
          },
        },
      ];
}

/** Whether a full name is in the pod, and in no volume group of it. */
function isIn(volume: string, pod: string): boolean {
  const { container } = parseArrayName(volume);
  return container.kind === 'pod' && isSame(container.name, pod);
}

/** A volume that changes pods leaves every protection group: the array wants all of them named. */
async function move(
  { array }: PodMoveRequest,
  from: string,
  to: Parameters<FlashArray['volumes']['move']>[1],
): Promise<void> {
  const groups = await array.protectionGroups.ofVolume(from);
  const held = groups.find(({ ratcheted }) => ratcheted);
  if (held !== undefined) {
    throw new DriverError(
      'driver',
      `Volume ${from} cannot leave protection group ${held.name}: SafeMode holds it.`,
    );
  }
  await array.volumes.move(from, to, { leaving: groups.map(({ name }) => name) });
}

/** A try before a failover may have left an empty one on another array: then this one takes none of the name. */
async function ensureGhostPod(request: PodMoveRequest): Promise<Pod> {
  const { array, peers, ghost } = request;
  try {
    return await ensurePod(array, ghost);
  } catch (error) {
    if (!(error instanceof DriverError && error.code === 'name-taken')) {
      throw error;
    }
    for (const peer of peers) {
      await removeGhost(request, peer);
    }
    return await ensurePod(array, ghost);
  }
}

/** Stretches the ghost pod over the arrays of the real one, and waits until all of them serve it. */
async function spread(request: PodMoveRequest): Promise<void> {
  const { array, ghost, pod, clock, logger } = request;
  const real = await array.pods.find(pod);
  if (real.kind !== 'live') {
    throw new DriverError('driver', `Pod ${pod} is ${real.kind} on array ${array.identity.name}.`);
  }
  const others = real.pod.members.filter(({ array: name }) => !isSame(name, array.identity.name));
  const before = await ensureGhostPod(request);
  for (const other of others) {
    if (!before.members.some(({ arrayId }) => arrayId === other.arrayId)) {
      await stretch(array, other, ghost);
    }
  }
  const deadline = clock.elapsed() + patience;
  for (;;) {
    const { members } = await ensurePod(array, ghost);
    const waiting = members.filter(({ status }) => status !== 'online');
    if (waiting.length === 0 && members.length > others.length) {
      return;
    }
    const text = waiting.map(({ array: name, status }) => `${name} is ${status}`).join(', ');
    if (clock.elapsed() >= deadline) {
      throw new DriverError(
        'driver',
        `Pod ${ghost} is not online everywhere after ${patience / 1_000} s: ${text}.`,
      );
    }
    logger.info({ pod: ghost, waiting: text }, 'waiting for the arrays of a temporary pod');
    await clock.wait(interval);
  }
}

/** Takes every other array out of the ghost pod. What it holds stays on this one. */
async function shrink({ array, ghost }: Pick<PodMoveRequest, 'array' | 'ghost'>): Promise<void> {
  const { members } = await ensurePod(array, ghost);
  for (const { array: name } of members.filter((member) => !isSame(member.array, array.identity.name))) {
    await array.pods.unstretch(ghost, name);
  }
}

/**
 * The same on all arrays of the pod: a move that went on there, while the back end had failed over, may have left one.
 * @throws DriverError about trouble that may pass
 */
async function clearGhostPods(request: PodMoveRequest): Promise<void> {
  await removeGhost(request, request.array);
  for (const peer of request.peers) {
    await removeGhost(request, peer);
  }
}

/**
 * Only an empty pod is destroyed, and never with its contents. A pod that the array refuses to remove stays, and costs
 * nobody a volume.
 * @throws DriverError about trouble that may pass, and may be that of another array
 */
async function removeGhost(
  request: Pick<PodMoveRequest, 'array' | 'pod' | 'ghost' | 'logger'>,
  array: FlashArray,
): Promise<void> {
  const { ghost, logger } = request;
  const on = array.identity.name;
  try {
    try {
      await removeEmpty(request, array);
    } catch (error) {
      const outlook = await outlookOf({ ...request, array }, error);
      if (outlook === 'away') {
        const { code, message } = arrayFailure(`Removing pod ${ghost}`, error);
        throw new DriverError(code, message, { cause: error, passing: true });
      }
      if (outlook === 'lasting') {
        throw error;
      }
      await removeEmpty(request, array);
    }
  } catch (error) {
    const failure = arrayFailure(`Removing pod ${ghost}`, error);
    if (!isArrayError(error) || isTransient(error)) {
      throw failure;
    }
    if (await isOtherAway({ ...request, array })) {
      throw new DriverError(failure.code, failure.message, { cause: error, passing: true });
    }
    logger.warn({ pod: ghost, array: on, code: error.code, error }, 'a temporary pod stays on the array');
  }
}

async function removeEmpty(
  request: Pick<PodMoveRequest, 'array' | 'ghost' | 'logger'>,
  array: FlashArray,
): Promise<void> {
  const { ghost, logger } = request;
  const state = await array.pods.find(ghost);
  if (state.kind === 'live') {
    const inside = await array.pods.volumes(ghost);
    if (inside.length > 0) {
      logger.error(
        { pod: ghost, array: array.identity.name, volumes: inside.join(', ') },
        'a temporary pod is not empty: it stays',
      );
      return;
    }
    await shrink({ array, ghost });
    await array.pods.destroy(ghost);
  }
  // What an array keeps of a pod that it was taken out of goes by itself.
  if (state.kind === 'live' || (state.kind === 'destroyed' && array === request.array)) {
    await eradicate(request, array);
  }
}

/** With a destroyed volume in it, or where eradication is not allowed, it goes when its time is up. */
async function eradicate(
  { ghost, logger }: Pick<PodMoveRequest, 'ghost' | 'logger'>,
  array: FlashArray,
): Promise<void> {
  try {
    await array.pods.eradicate(ghost);
  } catch (error) {
    if (!isArrayError(error) || isTransient(error)) {
      throw error;
    }
    logger.info(
      { pod: ghost, array: array.identity.name, code: error.code, error },
      'a temporary pod is destroyed, and not eradicated',
    );
  }
}
