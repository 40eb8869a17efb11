import type { Clock, Logger } from '@cinder-flasharray/common';
import { type FlashArray, isArrayError } from '@cinder-flasharray/flasharray';
import { arrayFailure, DriverError } from '../contract/driver-error.ts';
import { isSame } from '../names/same-name.ts';
import { ensurePod, stretch } from './stretched-pod.ts';

export interface PodMoveRequest {
  readonly array: FlashArray;
  /** Full name that the volume has, or had before an earlier try. */
  readonly volume: string;
  /** The pod of synchronous replication. */
  readonly pod: string;
  /** Name of the temporary pod of this volume. */
  readonly ghost: string;
  readonly destination: 'array' | 'pod';
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Where a volume can be while it moves. */
type Station = 'array' | 'ghost' | 'pod';

/** Milliseconds between two looks at the members of the ghost pod, and after which a move stops. */
const interval = 5_000;
const patience = 1_800_000;

/**
 * Moves a volume into the stretched pod or out of it. The array lets no volume into or out of a stretched pod; but it
 * lets one go from one pod to another that is stretched alike. So the way leads through a pod of the volume's own,
 * which is entered from the array and left towards it while it is not stretched (driver-behaviour section 6.8). Every
 * step looks where the volume is first, so that a move can be taken up wherever it stopped.
 * @returns the volume's full name
 * @throws DriverError whose `volumeName` tells where the volume is
 */
export async function moveThroughGhostPod(request: PodMoveRequest): Promise<string> {
  const { volume, destination } = request;
  const names = stations(request);
  try {
    const start = await locate(request, names);
    if (start !== destination) {
      await travel(request, names, start);
    }
  } catch (error) {
    const at = await locate(request, names).catch(() => null);
    if (at === destination) {
      // Only the reply to the last step was lost.
      await removeGhost(request);
      return names[destination];
    }
    const where = at === null ? 'an unknown place' : names[at];
    const failure = arrayFailure(`Moving volume ${volume} to ${names[destination]}`, error);
    throw new DriverError(
      failure.code,
      `${failure.message} The volume is now ${where} on array ${request.array.identity.name}.`,
      { cause: error, ...(at === null ? {} : { volumeName: names[at] }) },
    );
  }
  await removeGhost(request);
  return names[destination];
}

function stations({ volume, pod, ghost }: PodMoveRequest): Readonly<Record<Station, string>> {
  const inPod = volume.includes('::');
  const own = inPod ? volume.slice(volume.lastIndexOf('::') + 2) : volume.slice(volume.lastIndexOf('/') + 1);
  return { array: inPod ? own : volume, ghost: `${ghost}::${own}`, pod: `${pod}::${own}` };
}

async function locate(
  { array, volume }: PodMoveRequest,
  names: Readonly<Record<Station, string>>,
): Promise<Station> {
  const all = ['array', 'ghost', 'pod'] as const;
  // Where it was last is where it most likely is.
  const order = all.toSorted((one, other) => Number(names[other] === volume) - Number(names[one] === volume));
  for (const station of order) {
    if ((await array.volumes.find(names[station])).kind === 'live') {
      return station;
    }
  }
  throw new DriverError(
    'driver',
    `Volume ${volume} is not on array ${array.identity.name}, under none of ${order.map((station) => names[station]).join(', ')}.`,
  );
}

async function travel(
  request: PodMoveRequest,
  names: Readonly<Record<Station, string>>,
  start: Station,
): Promise<void> {
  const { array, ghost, pod, destination } = request;
  if (start !== 'ghost') {
    await ensurePod(array, ghost);
    await (start === 'array' ? shrink(request) : spread(request));
    await move(request, names[start], { kind: 'pod', name: ghost });
  }
  await (destination === 'pod' ? spread(request) : shrink(request));
  await move(request, names.ghost, destination === 'pod' ? { kind: 'pod', name: pod } : { kind: 'array' });
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

/** Stretches the ghost pod over the arrays of the real one, and waits until all of them serve it. */
async function spread({ array, ghost, pod, clock, logger }: PodMoveRequest): Promise<void> {
  const real = await array.pods.find(pod);
  if (real.kind !== 'live') {
    throw new DriverError('driver', `Pod ${pod} is ${real.kind} on array ${array.identity.name}.`);
  }
  const others = real.pod.members.filter(({ array: name }) => !isSame(name, array.identity.name));
  const before = await ensurePod(array, ghost);
  for (const other of others) {
    if (!before.members.some(({ arrayId }) => arrayId === other.arrayId)) {
      await stretch(array, other, ghost);
    }
  }
  const deadline = clock.now() + patience;
  for (;;) {
    const { members } = await ensurePod(array, ghost);
    const waiting = members.filter(({ status }) => status !== 'online');
    if (waiting.length === 0 && members.length > others.length) {
      return;
    }
    const text = waiting.map(({ array: name, status }) => `${name} is ${status}`).join(', ');
    if (clock.now() >= deadline) {
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
async function shrink({ array, ghost }: PodMoveRequest): Promise<void> {
  const { members } = await ensurePod(array, ghost);
  for (const { array: name } of members.filter((member) => !isSame(member.array, array.identity.name))) {
    await array.pods.unstretch(ghost, name);
  }
}

/** Only an empty pod is destroyed, and never with its contents. What stays behind costs nobody a volume. */
async function removeGhost(request: PodMoveRequest): Promise<void> {
  const { array, ghost, logger } = request;
  try {
    const state = await array.pods.find(ghost);
    if (state.kind === 'absent') {
      return;
    }
    if (state.kind === 'live') {
      const inside = await array.pods.volumes(ghost);
      if (inside.length > 0) {
        logger.error({ pod: ghost, volumes: inside.join(', ') }, 'a temporary pod is not empty: it stays');
        return;
      }
      await shrink(request);
      await array.pods.destroy(ghost);
    }
    await array.pods.eradicate(ghost);
  } catch (error) {
    if (!isArrayError(error)) {
      throw error;
    }
    logger.warn({ pod: ghost, code: error.code, error }, 'a temporary pod stays on the array');
  }
}
