import type { DriveStatus, HardwareStatus } from '../model/state/hardware.ts';
import type { AdminRole } from '../model/state/records.ts';
import type { SimulatedInterface } from '../model/state/simulated-interface.ts';

/** Quality of service limits; null = none. Bytes/s and operations/s. */
export type QosState = { readonly bandwidthLimit: number | null; readonly iopsLimit: number | null };

export type VolumeState = {
  readonly id: string;
  readonly name: string;
  readonly serial: string;
  /** Provisioned bytes. */
  readonly size: number;
  /** ISO 8601 UTC. */
  readonly created: string;
  readonly destroyed: boolean;
  /** Milliseconds until eradication; null while live. */
  readonly timeRemaining: number | null;
  /** Name of the volume that it was copied from. */
  readonly source: string | null;
  readonly qos: QosState;
  /** Rows of `connections` about this volume. */
  readonly connectionCount: number;
  /** Bytes that hold data (shared or not). */
  readonly writtenBytes: number;
};

export type SnapshotState = {
  readonly id: string;
  readonly name: string;
  readonly suffix: string;
  readonly serial: string;
  readonly size: number;
  readonly created: string;
  readonly destroyed: boolean;
  readonly timeRemaining: number | null;
  /** Name of the volume that it is of; `source:volume` of one that was replicated here. */
  readonly source: string;
  /** Name of the protection group snapshot that it belongs to. */
  readonly protectionGroupSnapshot: string | null;
  /** Bytes that hold data; `readVolume` reads them. */
  readonly writtenBytes: number;
};

export type HostState = {
  readonly name: string;
  readonly iqns: readonly string[];
  /** Upper case, without colons. */
  readonly wwns: readonly string[];
  readonly nqns: readonly string[];
  readonly personality: string | null;
  readonly hostGroup: string | null;
  readonly chapUser: string | null;
  /** SHA-256 of the CHAP secret, lower hexadecimal: the secret itself is never told. */
  readonly chapHostPasswordSha256: string | null;
  readonly chapTargetUser: string | null;
  readonly chapTargetPasswordSha256: string | null;
  /** Volumes that the host sees, private and shared. */
  readonly connectionCount: number;
};

/** One private connection, or one shared connection of a host group (then once a member, or with host null). */
export type ConnectionState = {
  readonly volume: string;
  readonly host: string | null;
  readonly hostGroup: string | null;
  readonly lun: number | null;
  /** NVMe namespace id, on arrays that give it (REST 2.27). */
  readonly nsid: number | null;
};

export type HostGroupState = { readonly name: string; readonly hosts: readonly string[] };

export type TagState = {
  readonly resource: string;
  readonly resourceKind: 'volume' | 'snapshot';
  readonly namespace: string;
  readonly key: string;
  readonly value: string | null;
  readonly copyable: boolean;
};

export type ProtectionGroupState = {
  readonly id: string;
  readonly name: string;
  readonly destroyed: boolean;
  readonly timeRemaining: number | null;
  readonly volumes: readonly string[];
  readonly hosts: readonly string[];
  readonly hostGroups: readonly string[];
  /** The array or pod that it belongs to, or was replicated from. */
  readonly source: string;
  /** Whether it was replicated here. */
  readonly isReplica: boolean;
  /** Arrays that it is replicated to; of a replicated one this array. */
  readonly targets: readonly { readonly array: string; readonly allowed: boolean }[];
  /** Frequency in milliseconds. */
  readonly replicationSchedule: { readonly enabled: boolean; readonly frequency: number };
  readonly targetRetention: { readonly allForSec: number; readonly perDay: number; readonly days: number };
};

export type ProtectionGroupSnapshotState = {
  readonly name: string;
  readonly source: string;
  readonly created: string;
  readonly destroyed: boolean;
  readonly timeRemaining: number | null;
};

export type VolumeGroupState = {
  readonly id: string;
  readonly name: string;
  readonly destroyed: boolean;
  readonly qos: QosState;
  readonly volumes: readonly string[];
};

export type PodMemberState = {
  readonly array: string;
  /** As this array can know it. */
  readonly status: 'online' | 'offline' | 'resyncing' | 'unknown';
  readonly mediatorStatus: 'online' | 'unreachable' | 'unknown';
  /** 0 to 1 while resyncing. */
  readonly progress: number | null;
};

export type PodState = {
  readonly id: string;
  readonly name: string;
  readonly destroyed: boolean;
  readonly timeRemaining: number | null;
  readonly arrays: readonly PodMemberState[];
  readonly failoverPreferences: readonly string[];
};

/** A protection group snapshot on its way out of or into the array. */
export type TransferState = {
  readonly snapshot: string;
  readonly direction: 'in' | 'out';
  /** 1 exactly when it is over. */
  readonly progress: number;
  readonly started: string | null;
  readonly completed: string | null;
};

/** A connection to another array. */
export type ArrayConnectionState = {
  readonly peer: string;
  readonly type: 'async-replication' | 'sync-replication';
  readonly status: 'connected' | 'connecting' | 'partially_connected';
  /** Whether this array made it. */
  readonly isMaker: boolean;
};

export type AdminState = {
  readonly name: string;
  readonly role: AdminRole;
  readonly hasApiToken: boolean;
};

export type AlertState = {
  /** A number in decimal digits. */
  readonly name: string;
  readonly severity: 'info' | 'warning' | 'critical' | 'hidden';
  readonly componentType: string;
  readonly componentName: string;
  readonly summary: string;
  readonly flagged: boolean;
  readonly created: string;
  /** null while it is open. */
  readonly closed: string | null;
};

/** A component or a drive; `type` in the words of REST 2. */
export type PartState<Status> = {
  readonly name: string;
  readonly type: string;
  readonly status: Status;
  readonly details: string | null;
};

/** Space of the array in bytes. */
export type SpaceState = {
  readonly capacity: number;
  /** Physical bytes after sharing and reduction. */
  readonly used: number;
  /** Sum of the sizes of all volumes, destroyed ones included. */
  readonly provisioned: number;
  readonly dataReduction: number;
  readonly totalReduction: number;
};

/** Everything a test may want to know about an array, as plain JSON. No secrets. */
export type ArrayState = {
  readonly id: string;
  readonly name: string;
  readonly purityVersion: string;
  readonly restVersions: readonly string[];
  readonly down: boolean;
  readonly evergreenOne: boolean;
  readonly sessions: number;
  readonly space: SpaceState;
  readonly volumes: readonly VolumeState[];
  readonly snapshots: readonly SnapshotState[];
  readonly hosts: readonly HostState[];
  readonly hostGroups: readonly HostGroupState[];
  readonly connections: readonly ConnectionState[];
  readonly tags: readonly TagState[];
  readonly protectionGroups: readonly ProtectionGroupState[];
  readonly protectionGroupSnapshots: readonly ProtectionGroupSnapshotState[];
  /** Protection groups that new volumes join. */
  readonly defaultProtection: readonly string[];
  readonly volumeGroups: readonly VolumeGroupState[];
  readonly pods: readonly PodState[];
  readonly transfers: readonly TransferState[];
  readonly arrayConnections: readonly ArrayConnectionState[];
  readonly admins: readonly AdminState[];
  readonly interfaces: readonly SimulatedInterface[];
  readonly alerts: readonly AlertState[];
  readonly hardware: readonly PartState<HardwareStatus>[];
  readonly drives: readonly PartState<DriveStatus>[];
};
