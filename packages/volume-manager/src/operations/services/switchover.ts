import type { FailedOverVolume } from '@cinder-flasharray/driver';
import type { VolumeRecord } from '@cinder-flasharray/store';
import { primaryArray } from '../../rows/current-array.ts';
import { isInPod } from '../../rows/volume-names.ts';

/** From one array of a back end to another: each a `backend_id`, or `default`. */
export interface Switchover {
  /** `node1@puredriver-1`. */
  readonly host: string;
  readonly left: string;
  readonly current: string;
  /** Whether what is in the replicated pod is on that array. */
  readonly servesPod: { readonly left: boolean; readonly current: boolean };
}

/** What a switchover makes of a volume. */
export type Fate =
  /** It is on the array that is current, and was when that was current before. */
  | { readonly kind: 'here' }
  /** The pod brings it, or it is on its way out on all arrays. */
  | { readonly kind: 'failed-over' }
  /** It is a copy now. */
  | { readonly kind: 'restored' }
  /** It was a copy, and is what that was made of. */
  | { readonly kind: 'outdated' }
  | {
      readonly kind: 'lost';
      readonly replicationStatus: 'failover-error' | 'not-capable';
      /** The array that it is on; null: on none. */
      readonly there: string | null;
      /** For whoever reads the log. */
      readonly reason: string;
    };

/** Volumes whose type has no replication are lost to a failover. A status that was never told counts as replicated. */
const notReplicated = new Set(['disabled', 'not-capable']);

export function isReplicated({ replicationStatus }: Pick<VolumeRecord, 'replicationStatus'>): boolean {
  return !notReplicated.has(replicationStatus ?? '');
}

/** @param replicated those that the driver was asked about; what it does not name stays as it is */
export function fatesOf(
  volumes: readonly VolumeRecord[],
  replicated: readonly VolumeRecord[],
  outcomes: readonly FailedOverVolume[],
  switchover: Switchover,
): ReadonlyMap<string, Fate> {
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  const asked = new Set(replicated);
  return new Map(
    volumes.map((volume) => [
      volume.id,
      asked.has(volume) ? fateOf(volume, byId.get(volume.id), switchover) : fateOfOther(volume, switchover),
    ]),
  );
}

function fateOf(
  { status, replicationDriverData: lostBefore }: VolumeRecord,
  outcome: FailedOverVolume | undefined,
  { left, current }: Switchover,
): Fate {
  switch (outcome?.kind) {
    case undefined:
    case 'failed-over':
      return { kind: 'failed-over' };
    case 'restored':
    case 'outdated':
      return { kind: outcome.kind };
    case 'destroyed':
      // What goes is gone, or has the name of what was let go.
      return isGoing(status)
        ? { kind: 'failed-over' }
        : {
            kind: 'lost',
            replicationStatus: 'failover-error',
            there: current === primaryArray ? null : (lostBefore ?? left),
            reason: outcome.reason,
          };
    case 'error':
      // One that was lost before is where it was lost.
      return {
        kind: 'lost',
        replicationStatus: 'failover-error',
        there: lostBefore ?? left,
        reason: outcome.reason,
      };
    case 'left-behind':
      return lostBefore === null
        ? { kind: 'lost', replicationStatus: 'not-capable', there: left, reason: outcome.reason }
        : { kind: 'failed-over' };
  }
}

/** A volume without replication stays where it is: on the array that is left, or on the one that is current now. */
function fateOfOther(volume: VolumeRecord, { left, current }: Switchover): Fate {
  const there = volume.replicationDriverData ?? whereItWas(volume, left);
  return there === current
    ? { kind: 'here' }
    : { kind: 'lost', replicationStatus: 'not-capable', there, reason: 'it is not replicated' };
}

/** It was accepted that it is deleted, or let go. */
export function isGoing(status: VolumeRecord['status']): boolean {
  return status === 'deleting' || status === 'unmanaging';
}

/** What was lost before is on the primary, where rows of earlier releases do not say so. */
function whereItWas(
  { replicationStatus }: { readonly replicationStatus: string | null },
  left: string,
): string {
  return replicationStatus === 'not-capable' ? primaryArray : left;
}

/**
 * The array that has what a copy is made of; of all arrays of the pod, which have what is in it, the primary. What has failed over
 * came from the primary, by the pod or as a copy.
 */
export function whereOriginalIs(volume: VolumeRecord, left: string): string {
  return isInPod(volume) || volume.replicationStatus === 'failed-over'
    ? primaryArray
    : (volume.replicationDriverData ?? left);
}
