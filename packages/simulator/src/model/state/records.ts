import type { ExtentMap } from './extent-map.ts';

/** Limits in bytes/s and operations/s; null = none. */
export type Qos = { readonly bandwidthLimit: number | null; readonly iopsLimit: number | null };

/** How a volume may lean on the array's scheduler (REST 2.10 `priority_adjustment`). */
export type PriorityAdjustment = { readonly operator: '+' | '-' | '='; readonly value: number };

/** An object that can be destroyed and recovered. */
export type Destroyable = {
  /** When it will be eradicated by itself, milliseconds since the epoch; null while live. */
  readonly eradicateAt: number | null;
};

export type Volume = Destroyable & {
  readonly id: string;
  readonly name: string;
  readonly serial: string;
  /** Provisioned bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** The volume it was copied from; `name` is as it was then. */
  readonly source: { readonly id: string; readonly name: string } | null;
  readonly qos: Qos;
  readonly priority: PriorityAdjustment;
  readonly data: ExtentMap;
};

export type Snapshot = Destroyable & {
  readonly id: string;
  /** `vol.suffix`, or `group.suffix.vol` in a protection group snapshot. */
  readonly name: string;
  readonly suffix: string;
  readonly serial: string;
  readonly size: number;
  readonly created: number;
  readonly volumeId: string;
  readonly groupSnapshotId: string | null;
  /** `source:volume` of a snapshot that was replicated here. */
  readonly remoteSource?: string;
  /** It was destroyed along with its volume, and comes back with it. */
  readonly destroyedWithVolume: boolean;
  readonly data: ExtentMap;
};

export type Chap = {
  readonly hostUser: string | null;
  readonly hostPassword: string | null;
  readonly targetUser: string | null;
  readonly targetPassword: string | null;
};

export type Host = {
  readonly id: string;
  readonly name: string;
  readonly iqns: readonly string[];
  /** Upper case, without colons. */
  readonly wwns: readonly string[];
  readonly nqns: readonly string[];
  readonly personality: string | null;
  readonly chap: Chap;
  /** `any`, `untagged` or a number (REST 2.16). */
  readonly vlan: string;
  readonly qos: Qos;
  readonly nvmeStretch: string;
  readonly preferredArrays: readonly string[];
  readonly hostGroupId: string | null;
};

export type HostGroup = { readonly id: string; readonly name: string; readonly qos: Qos };

/** A private connection (hostId) or a shared one (hostGroupId). */
export type Connection = {
  readonly volumeId: string;
  readonly hostId: string | null;
  readonly hostGroupId: string | null;
  /** LUN, or NVMe namespace id. */
  readonly number: number;
};

export type Tag = {
  readonly resourceKind: 'volume' | 'snapshot';
  readonly resourceId: string;
  readonly namespace: string;
  readonly key: string;
  readonly value: string | null;
  readonly copyable: boolean;
};

export type Schedule = { readonly enabled: boolean; readonly frequency: number; readonly at: number | null };
export type Retention = { readonly allForSec: number; readonly perDay: number; readonly days: number };

export type ProtectionGroup = Destroyable & {
  readonly id: string;
  readonly name: string;
  readonly volumeIds: readonly string[];
  readonly hostIds: readonly string[];
  readonly hostGroupIds: readonly string[];
  /** Frequencies in milliseconds, `at` in seconds after midnight. */
  readonly snapshotSchedule: Schedule;
  readonly replicationSchedule: Schedule & {
    readonly blackout: { readonly start: number; readonly end: number } | null;
  };
  readonly sourceRetention: Retention;
  readonly targetRetention: Retention;
  readonly retentionLock: 'unlocked' | 'ratcheted';
};

export type GroupSnapshot = Destroyable & {
  readonly id: string;
  /** `group.suffix`. */
  readonly name: string;
  readonly suffix: string;
  readonly created: number;
  readonly groupId: string;
  /** Ends by the group's retention, or after an hour; absent: made by hand, and stays. */
  readonly retained?: 'schedule' | 'hour' | undefined;
};

export type VolumeGroup = Destroyable & {
  readonly id: string;
  readonly name: string;
  readonly qos: Qos;
  readonly priority: PriorityAdjustment;
};

export type Pod = Destroyable & {
  readonly id: string;
  readonly name: string;
  readonly quotaLimit: number | null;
  /** Ids of the arrays that are to stay online when the others are cut off. */
  readonly failoverPreferences?: readonly string[];
  /** Who decides which side stays online; absent: the vendor's service. */
  readonly mediator?: string;
  /** The pod that it was cloned from. */
  readonly source?: { readonly id: string; readonly name: string };
  /** It is what an array keeps of a pod that it was taken out of. */
  readonly isRestretch?: boolean;
};

export type ApiToken = {
  readonly token: string;
  readonly created: number;
  /** null: never. */
  readonly expires: number | null;
};

/** Roles of Purity users; `readonly` may not change anything. */
export type AdminRole = 'array_admin' | 'storage_admin' | 'ops_admin' | 'readonly';

export type Admin = {
  readonly id: string;
  readonly name: string;
  readonly role: AdminRole;
  readonly apiToken: ApiToken | null;
};

/** A REST session of either generation. */
export type Session = {
  readonly token: string;
  readonly user: string;
  readonly generation: 1 | 2;
  readonly usedAt: number;
};

export const noQos: Qos = { bandwidthLimit: null, iopsLimit: null };
export const noChap: Chap = { hostUser: null, hostPassword: null, targetUser: null, targetPassword: null };
export const noPriority: PriorityAdjustment = { operator: '+', value: 0 };
