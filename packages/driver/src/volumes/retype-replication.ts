import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ReplicationKind } from '../config/replication-config.ts';
import { clearGhostPod, moveThroughGhostPod, type PodMoveRequest } from '../containers/ghost-pod.ts';
import { arrayFailure, leavingVolumeAt } from '../contract/driver-error.ts';
import { nameInPod, parseArrayName } from '../names/array-name.ts';
import { isSame } from '../names/same-name.ts';
import type { Replication } from '../replication/replication.ts';
import { isInPod } from '../volume-types/replication-kind.ts';

export interface ReplicationChange {
  readonly array: FlashArray;
  readonly replication: Replication;
  /** Full name that the volume has, or had before an earlier try. */
  readonly name: string;
  readonly volumeId: string;
  readonly to: ReplicationKind | null;
  /** The volume group of its type, where an earlier try may have moved it already; null: none. */
  readonly volumeGroup: string | null;
  /** The other arrays of the pod that answer. */
  readonly peers: readonly FlashArray[];
  readonly leaveOthers: PodMoveRequest['leaveOthers'];
  readonly clock: PodMoveRequest['clock'];
  readonly logger: PodMoveRequest['logger'];
}

/**
 * Gives a volume the replication of another type (driver-behaviour section 6.7): membership in protection groups, and the
 * way into or out of the stretched pod. What it has already is left as it is, so it can be repeated.
 * @returns the volume's full name
 * @throws DriverError whose `volumeName` tells where the volume is by then
 */
export async function changeReplication(change: ReplicationChange): Promise<string> {
  const { replication, name } = change;
  if (isElsewhere(change)) {
    const there = await moveThroughGhostPod(podMove(change));
    try {
      await changeGroups(change, there);
    } catch (error) {
      throw leavingVolumeAt(arrayFailure(`Changing the replication of volume ${name}`, error), there);
    }
    return there;
  }
  // A try that was given up may have left an empty one.
  const outcomes = await Promise.allSettled([
    changeGroups(change, name),
    replication.hasPod ? clearGhostPod(podMove(change)) : undefined,
  ]);
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return name;
}

/**
 * Brings a volume back out of what a change has brought it into: a change that was refused.
 * @param from full name that it had before
 * @returns its full name by then
 */
export async function takeBackReplication(change: ReplicationChange, from: string): Promise<string> {
  const { pod } = change.replication.config;
  return await changeReplication({ ...change, to: isIn(from, pod) ? 'sync' : null });
}

/**
 * Where an earlier try of the same change has brought the volume: on its way, or at its destination. Null: it has not
 * begun.
 */
export async function broughtBefore(change: ReplicationChange): Promise<string | null> {
  const { array, replication, name, to } = change;
  const { pod } = replication.config;
  if (!isElsewhere(change)) {
    return null;
  }
  const { own } = parseArrayName(name);
  const names = [nameInPod(podMove(change).ghost, own), isInPod(to) ? nameInPod(pod, own) : own];
  try {
    const states = await Promise.all(names.map((candidate) => array.volumes.find(candidate)));
    return names.find((_, index) => states[index]?.kind === 'live') ?? null;
  } catch (error) {
    throw arrayFailure(`Looking for volume ${own}`, error);
  }
}

/** Takes away the temporary pod of a volume that is gone. */
export async function clearMove(change: ReplicationChange): Promise<void> {
  if (change.replication.hasPod) {
    await clearGhostPod(podMove(change));
  }
}

/** A volume of a plain pod that is none of ours stays in it, unless it is to go into ours. */
function isElsewhere(change: ReplicationChange): boolean {
  const { name, to } = change;
  const { pod, ghost } = podMove(change);
  return isInPod(to) ? !isIn(name, pod) : isIn(name, pod) || isIn(name, ghost);
}

function podMove(change: ReplicationChange): PodMoveRequest {
  const { array, peers, leaveOthers, replication, name, volumeId, to, volumeGroup, clock, logger } = change;
  const { pod, ghostPod } = replication.config;
  return {
    array,
    peers,
    volume: name,
    pod,
    ghost: `${ghostPod}-${volumeId}`,
    volumeGroup,
    destination: isInPod(to) ? 'pod' : 'array',
    leaveOthers,
    clock,
    logger,
  };
}

/** Only the groups of replication are looked at: those of consistency groups and of the administrator stay. */
async function changeGroups({ array, replication, to }: ReplicationChange, name: string): Promise<void> {
  const wanted = replication.groupsFor(to);
  const candidates = isInPod(to) ? [replication.trisyncGroup] : [replication.config.protectionGroup];
  try {
    const present = await array.protectionGroups.ofVolume(name);
    for (const group of candidates.filter((candidate) => candidate !== null)) {
      const isMember = present.some((other) => other.name.toLowerCase() === group.toLowerCase());
      const isWanted = wanted.includes(group);
      if (isMember !== isWanted) {
        await array.protectionGroups.changeVolumes(group, {
          add: isWanted ? [name] : [],
          remove: isWanted ? [] : [name],
        });
      }
    }
  } catch (error) {
    throw arrayFailure(`Changing the replication of volume ${name}`, error);
  }
}

function isIn(name: string, pod: string): boolean {
  return isSame(parseArrayName(name).pod ?? '', pod);
}
