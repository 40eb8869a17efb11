/**
 * What lies between arrays. It belongs to no single array: the fleet keeps it, by ids of arrays and of their objects.
 */

/** Sync replication carries async replication too (purity-rest-1.x.md section 2.2). */
export type ArrayConnectionType = 'async-replication' | 'sync-replication';

/** Limits of replication traffic, bytes/s; null = none. The window is in milliseconds since midnight. */
export type Throttle = {
  readonly defaultLimit: number | null;
  readonly windowLimit: number | null;
  readonly window: { readonly start: number; readonly end: number } | null;
};

/** A connection of two arrays: at most one for a pair. */
export type ArrayConnection = {
  readonly id: string;
  /** The array that made it: addresses are shown there only (purity-rest-1.x.md section 2.2). */
  readonly fromId: string;
  readonly toId: string;
  readonly type: ArrayConnectionType;
  readonly transport: 'ip' | 'fc';
  readonly managementAddress: string;
  readonly replicationAddresses: readonly string[];
  readonly throttle: Throttle;
};

/** State of the replication network between two arrays. `partial`: some of its paths are down. */
export type LinkState = 'up' | 'partial' | 'down';

/** How long things between arrays take, milliseconds of the simulated clock. */
export type ReplicationSettings = {
  /** From adding or allowing a target until the other array shows it. */
  readonly propagationMs: number;
  /** Transfer of one protection group snapshot. */
  readonly transferMs: number;
  /** Resynchronization of one pod. */
  readonly resyncMs: number;
};

/** An array as a replication target of a protection group (purity-rest-2.x.md section 8.7). */
export type ReplicationTarget = {
  readonly id: string;
  /** The group on the source; in a stretched pod it has the same id on all members. */
  readonly groupId: string;
  readonly targetId: string;
  /** Whether the source still has the target: what was replicated stays when it has not. */
  readonly active: boolean;
  /** Name of the group on the target: `array:group`, or `pod:group`. */
  readonly remoteName: string;
  /** The group on the target, once it is there. */
  readonly remoteGroupId: string | null;
  /** When the group appears on the target; null once it has. */
  readonly appearsAt: number | null;
  /** As the target has it. */
  readonly allowed: boolean;
  /** As the source shows it. */
  readonly allowedAtSource: boolean;
  /** When the source learns of a change of `allowed`; null when it knows. */
  readonly learnsAt: number | null;
  /** Names of the members of the source group, as last known. */
  readonly members: readonly string[];
  /** The array or pod that the group is replicated from. */
  readonly source: { readonly id: string; readonly name: string };
};

/** One protection group snapshot on its way to one target. */
export type Transfer = {
  readonly id: string;
  readonly targetId: ReplicationTarget['id'];
  /** The group snapshot on the source. */
  readonly snapshotId: string;
  readonly remoteSnapshotId: string | null;
  /** Not queued behind earlier transfers of the group. */
  readonly atOnce: boolean;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly completedAt: number | null;
  /** Milliseconds that it takes in all. */
  readonly takes: number;
  /** Milliseconds of it that were done when it last paused. */
  readonly done: number;
  /** Since when it runs; null while it waits or is paused. */
  readonly runsSince: number | null;
  /** Bytes to send. */
  readonly bytes: number;
};

/** One array of a stretched pod, as it truly is; each array shows what it can know of that. */
export type PodMember = {
  readonly arrayId: string;
  readonly state: 'online' | 'resyncing' | 'offline';
  /** Whether nothing was written to the pod that this array does not have. */
  readonly isCurrent: boolean;
  /** Since when its copy stands still; null while it is up to date. */
  readonly frozenAt: number | null;
  readonly resync: { readonly startedAt: number; readonly endsAt: number } | null;
};

/** A pod on more than one array. */
export type StretchedPod = {
  readonly podId: string;
  readonly members: readonly PodMember[];
};

/** What the fleet keeps between starts of the simulator. */
export type FleetPicture = {
  readonly settings: ReplicationSettings;
  readonly connections: readonly ArrayConnection[];
  readonly targets: readonly ReplicationTarget[];
  readonly transfers: readonly Transfer[];
  readonly lastRuns: readonly (readonly [string, number])[];
  readonly pods: readonly StretchedPod[];
  readonly removals: readonly PodRemoval[];
  readonly links: readonly (readonly [string, LinkState])[];
  /** Ids of arrays that do not reach the mediator. */
  readonly withoutMediator: readonly string[];
};

/** An array that was taken out of a pod while it could not be reached: it finds out when it is back. */
export type PodRemoval = { readonly arrayId: string; readonly podId: string };

/** Everything at once: what a simulator does unless told otherwise. */
export const instantReplication: ReplicationSettings = { propagationMs: 0, transferMs: 0, resyncMs: 0 };
