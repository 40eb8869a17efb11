import type { NewAlert } from '../model/state/alert.ts';
import type { ArrayConnectionType } from '../model/state/fleet-records.ts';
import type { DriveStatus, HardwareStatus } from '../model/state/hardware.ts';
import type { PerformanceSample } from '../model/state/performance-sample.ts';
import type { AdminRole } from '../model/state/records.ts';

/**
 * Things that somebody does on the array by hand (in its web page or command line), for fixtures and mishaps. The
 * array's own rules hold: a refused operation throws SimulatorError with the array's message.
 */
export type AdminOperation =
  | { readonly kind: 'createVolume'; readonly name: string; readonly size: number; readonly source?: string }
  | { readonly kind: 'destroyVolume'; readonly name: string }
  | { readonly kind: 'recoverVolume'; readonly name: string }
  | { readonly kind: 'eradicateVolume'; readonly name: string }
  | { readonly kind: 'renameVolume'; readonly name: string; readonly newName: string }
  | { readonly kind: 'resizeVolume'; readonly name: string; readonly size: number }
  /** Many volumes `<prefix><number><suffix>` counted from 1, quickly. */
  | {
      readonly kind: 'seedVolumes';
      readonly count: number;
      readonly prefix: string;
      /** Numbers get leading zeros up to this many digits. */
      readonly digits?: number;
      readonly suffix?: string;
      readonly size?: number;
      readonly destroyed?: boolean;
    }
  /** So many snapshots `<volume>.<suffix><number>` of each live volume whose name begins with the prefix, quickly. */
  | {
      readonly kind: 'seedSnapshots';
      readonly volumePrefix: string;
      readonly perVolume: number;
      readonly suffix: string;
    }
  /**
   * Many hosts `<prefix><number>` with one IQN each, quickly; the first volumes by name are connected, `connections`
   * different ones to each host.
   */
  | {
      readonly kind: 'seedHosts';
      readonly count: number;
      readonly prefix: string;
      readonly connections?: number;
    }
  | { readonly kind: 'createSnapshot'; readonly volume: string; readonly suffix?: string }
  | { readonly kind: 'destroySnapshot'; readonly name: string }
  | { readonly kind: 'recoverSnapshot'; readonly name: string }
  | { readonly kind: 'eradicateSnapshot'; readonly name: string }
  | {
      readonly kind: 'createHost';
      readonly name: string;
      readonly iqns?: readonly string[];
      readonly wwns?: readonly string[];
      readonly nqns?: readonly string[];
      readonly personality?: string;
    }
  /** Deletes the host with its connections. */
  | { readonly kind: 'deleteHost'; readonly name: string }
  | { readonly kind: 'renameHost'; readonly name: string; readonly newName: string }
  | { readonly kind: 'setHostIqns'; readonly name: string; readonly iqns: readonly string[] }
  | { readonly kind: 'setHostWwns'; readonly name: string; readonly wwns: readonly string[] }
  | { readonly kind: 'setHostNqns'; readonly name: string; readonly nqns: readonly string[] }
  | {
      readonly kind: 'setHostChap';
      readonly name: string;
      readonly user: string | null;
      readonly password: string | null;
    }
  | { readonly kind: 'createHostGroup'; readonly name: string; readonly hosts?: readonly string[] }
  | { readonly kind: 'setHostGroupHosts'; readonly name: string; readonly hosts: readonly string[] }
  | { readonly kind: 'deleteHostGroup'; readonly name: string }
  | {
      readonly kind: 'connectVolumeToHost';
      readonly volume: string;
      readonly host: string;
      readonly lun?: number;
    }
  | {
      readonly kind: 'connectVolumeToHostGroup';
      readonly volume: string;
      readonly hostGroup: string;
      readonly lun?: number;
    }
  | {
      readonly kind: 'disconnect';
      readonly volume: string;
      readonly host?: string;
      readonly hostGroup?: string;
    }
  | { readonly kind: 'createProtectionGroup'; readonly name: string; readonly volumes?: readonly string[] }
  | { readonly kind: 'createProtectionGroupSnapshot'; readonly group: string; readonly suffix?: string }
  /** SafeMode: retention cannot be lowered any more. */
  | { readonly kind: 'ratchetProtectionGroup'; readonly name: string }
  /** The groups that new volumes join; made when they do not exist. Empty = no default protection. */
  | { readonly kind: 'setDefaultProtection'; readonly protectionGroups: readonly string[] }
  | { readonly kind: 'createVolumeGroup'; readonly name: string }
  | { readonly kind: 'createPod'; readonly name: string }
  /** Connects the array to another one of this simulator. Default type `async-replication`. */
  | { readonly kind: 'connectArray'; readonly peer: string; readonly type?: ArrayConnectionType }
  | { readonly kind: 'disconnectArray'; readonly peer: string }
  /** Extends a pod to another array, or takes that array out of it. */
  | { readonly kind: 'stretchPod'; readonly pod: string; readonly array: string }
  | { readonly kind: 'unstretchPod'; readonly pod: string; readonly array: string }
  /** The arrays that are to stay online when the arrays of the pod are cut off from one another. */
  | { readonly kind: 'setFailoverPreferences'; readonly pod: string; readonly arrays: readonly string[] }
  /** Makes another array a target of the group, and allows it there unless told not to. */
  | {
      readonly kind: 'addReplicationTarget';
      readonly group: string;
      readonly array: string;
      readonly allow?: boolean;
    }
  /** A snapshot of the group that is sent to all its targets at once. */
  | { readonly kind: 'replicateNow'; readonly group: string; readonly suffix?: string }
  | { readonly kind: 'setEvergreenOne'; readonly enabled: boolean }
  /** SafeMode: eradication by hand is refused while disabled. */
  | { readonly kind: 'setManualEradication'; readonly enabled: boolean }
  /** Whether destroying a connected volume succeeds, with its connections counted in the reply. */
  | { readonly kind: 'setDestroysConnected'; readonly enabled: boolean }
  /** null: performance as made up from the model (idle); []: an array that has no sample yet. */
  | { readonly kind: 'setPerformanceSamples'; readonly samples: readonly PerformanceSample[] | null }
  | { readonly kind: 'setCapacity'; readonly bytes: number }
  | { readonly kind: 'setNextLun'; readonly lun: number }
  | { readonly kind: 'setReadOnly'; readonly user: string; readonly readOnly: boolean }
  | { readonly kind: 'createAdmin'; readonly user: string; readonly role: AdminRole }
  | { readonly kind: 'setRole'; readonly user: string; readonly role: AdminRole }
  /** Ends what the array offers: further on exactly these versions are served (an upgrade, or 450 for a removed one). */
  | { readonly kind: 'setRestVersions'; readonly versions: readonly string[] }
  | { readonly kind: 'setPurityVersion'; readonly version: string }
  /** Alerts are numbered from 1. */
  | ({ readonly kind: 'raiseAlert' } & NewAlert)
  /** The cause is gone; the alert is named by its number. */
  | { readonly kind: 'closeAlert'; readonly alert: string }
  /** Of `CT0`, `CH0.PWR1`, `CT1.ETH4`: `ok` until told otherwise. */
  | {
      readonly kind: 'setHardwareStatus';
      readonly component: string;
      readonly status: HardwareStatus;
      readonly details?: string;
    }
  /** Of `CH0.BAY3`: `healthy` until told otherwise. */
  | {
      readonly kind: 'setDriveStatus';
      readonly drive: string;
      readonly status: DriveStatus;
      readonly details?: string;
    }
  | {
      readonly kind: 'setControllerStatus';
      readonly controller: string;
      readonly status: 'ready' | 'not ready' | 'updating' | 'unknown';
    };
