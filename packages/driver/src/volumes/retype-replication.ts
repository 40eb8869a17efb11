import type { FlashArray } from '@cinder-flasharray/flasharray';
import type { ReplicationKind } from '../config/replication-config.ts';
import { moveThroughGhostPod, type PodMoveRequest } from '../containers/ghost-pod.ts';
import { arrayFailure } from '../contract/driver-error.ts';
import type { Replication } from '../replication/replication.ts';
import { isInPod } from '../volume-types/replication-kind.ts';

export interface ReplicationChange {
  readonly array: FlashArray;
  readonly replication: Replication;
  /** Full name that the volume has, or had before an earlier try. */
  readonly name: string;
  readonly volumeId: string;
  readonly to: ReplicationKind | null;
  readonly clock: PodMoveRequest['clock'];
  readonly logger: PodMoveRequest['logger'];
}

/**
 * Gives a volume the replication of another type (driver-behaviour section 6.7): membership in protection groups, and the
 * way into or out of the stretched pod. What it has already is left as it is, so it can be repeated.
 * @returns the volume's full name
 */
export async function changeReplication(change: ReplicationChange): Promise<string> {
  const { array, replication, name, volumeId, to, clock, logger } = change;
  const { pod, ghostPod } = replication.config;
  const isElsewhere = name.includes('::') !== isInPod(to) || (name.includes('::') && !isIn(name, pod));
  const there = isElsewhere
    ? await moveThroughGhostPod({
        array,
        volume: name,
        pod,
        ghost: `${ghostPod}-${volumeId}`,
        destination: isInPod(to) ? 'pod' : 'array',
        clock,
        logger,
      })
    : name;
  await changeGroups(change, there);
  return there;
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
  return name.toLowerCase().startsWith(`${pod.toLowerCase()}::`);
}
