/** A network interface of a simulated array, or a Fibre Channel port. */
export type SimulatedInterface = {
  /** `ct0.eth4`, `vir0`, `ct0.fc0` (any case; shown as the array does). */
  readonly name: string;
  /** IPv4 or IPv6 address without prefix; null for Fibre Channel and unconfigured interfaces. */
  readonly address: string | null;
  /** `management`, `iscsi`, `nvme-tcp`, `nvme-roce`, `scsi-fc`, `nvme-fc`, `replication`, `file`. */
  readonly services: readonly string[];
  /** Default `physical`. */
  readonly subtype?: 'physical' | 'vif' | 'lacp_bond';
  /** Default true. */
  readonly enabled?: boolean;
  /** 16 hexadecimal digits; only for Fibre Channel; default derived from the array. */
  readonly wwn?: string;
  /** Status of the controller that the name begins with. Default `ready`. */
  readonly controllerStatus?: 'ready' | 'not ready' | 'updating' | 'unknown';
};

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
  /** Name of the volume that it is of. */
  readonly source: string;
  /** Name of the protection group snapshot that it belongs to. */
  readonly protectionGroupSnapshot: string | null;
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
  readonly volumes: readonly string[];
};

export type PodState = { readonly id: string; readonly name: string; readonly destroyed: boolean };

export type AdminState = {
  readonly name: string;
  readonly role: AdminRole;
  readonly hasApiToken: boolean;
};

/** Roles of Purity users; `readonly` may not change anything. */
export type AdminRole = 'array_admin' | 'storage_admin' | 'ops_admin' | 'readonly';

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
  readonly admins: readonly AdminState[];
  readonly interfaces: readonly SimulatedInterface[];
};
