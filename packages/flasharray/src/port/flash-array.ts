import type { ArrayIdentity, Arrays } from './arrays.ts';
import type { Connections } from './connections.ts';
import type { Health } from './health.ts';
import type { Hosts } from './hosts.ts';
import type { Pods } from './pods.ts';
import type { NetworkInterfaces, Ports } from './ports.ts';
import type { ProtectionGroups } from './protection-groups.ts';
import type { Snapshots } from './snapshots.ts';
import type { Tags } from './tags.ts';
import type { VolumeGroups } from './volume-groups.ts';
import type { Volumes } from './volumes.ts';

/** What was agreed with the array when connecting. */
export interface RestProtocol {
  readonly generation: 'rest1' | 'rest2';
  /** `1.19`, `2.26`. */
  readonly version: string;
}

/** Differences between arrays, as names. Nothing outside the adapters tests a version. */
export interface ArrayCapabilities {
  /** Volumes carry tags (REST 1.19, 2.0). */
  readonly tags: boolean;
  /** Hosts carry a personality (REST 1.14, 2.0). */
  readonly hostPersonality: boolean;
  /** Containers have default protection that new volumes join unless told otherwise (REST 2.16). */
  readonly defaultProtection: boolean;
  /** NVMe initiators and ports (REST 1.16, 2.0). */
  readonly nvme: boolean;
  /** NVMe over TCP (Purity 6.4.2). */
  readonly nvmeTcp: boolean;
  /** Volumes take a bandwidth limit (REST 1.14, 2.0). */
  readonly bandwidthLimits: boolean;
  /** Volumes take an IOPS limit, and volume groups take both (REST 1.17, 2.0). */
  readonly iopsLimits: boolean;
  /** Volume groups, pods, and moving volumes between them (REST 1.13, 2.1). */
  readonly containers: boolean;
  /** Snapshots can be renamed (REST 1.4, 2.0). */
  readonly snapshotRename: boolean;
  /** Host and volume rows count their connections, and destroying reports them (REST 2.0). */
  readonly connectionCounts: boolean;
}

/**
 * One FlashArray. Every call returns what it promises or throws `ArrayError`. Sizes are bytes, times are
 * milliseconds since the epoch, durations are milliseconds.
 */
export interface FlashArray {
  readonly identity: ArrayIdentity;
  readonly protocol: RestProtocol;
  readonly capabilities: ArrayCapabilities;
  readonly volumes: Volumes;
  readonly snapshots: Snapshots;
  readonly volumeGroups: VolumeGroups;
  readonly pods: Pods;
  readonly protectionGroups: ProtectionGroups;
  readonly hosts: Hosts;
  readonly connections: Connections;
  readonly ports: Ports;
  readonly networkInterfaces: NetworkInterfaces;
  readonly arrays: Arrays;
  readonly tags: Tags;
  readonly health: Health;
  /** The same array and session: each call made through it ends with `cancelled` when the signal does. */
  within(signal: AbortSignal): FlashArray;
  /** Ends the session and closes the sockets; calls made afterwards fail with `cancelled`. Safe to repeat. */
  close(): Promise<void>;
}
