import type { AdminRole } from './state.ts';

/** One point of the performance history that `arrays/performance` and `action: monitor` report. */
export type PerformanceSample = {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly readsPerSec?: number;
  readonly writesPerSec?: number;
  /** Bytes/s. */
  readonly readBytesPerSec?: number;
  /** Bytes/s. */
  readonly writeBytesPerSec?: number;
  /** Microseconds. */
  readonly usecPerReadOp?: number;
  /** Microseconds. */
  readonly usecPerWriteOp?: number;
  readonly queueUsecPerReadOp?: number;
  readonly queueUsecPerWriteOp?: number;
  readonly queueUsecPerMirroredWriteOp?: number;
  readonly queueDepth?: number;
};

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
  /** Many volumes `<prefix><number>` counted from 1, quickly. */
  | {
      readonly kind: 'seedVolumes';
      readonly count: number;
      readonly prefix: string;
      readonly size?: number;
      readonly destroyed?: boolean;
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
  /** The groups that new volumes join; made when they do not exist. Empty = no default protection. */
  | { readonly kind: 'setDefaultProtection'; readonly protectionGroups: readonly string[] }
  | { readonly kind: 'createVolumeGroup'; readonly name: string }
  | { readonly kind: 'createPod'; readonly name: string }
  | { readonly kind: 'setEvergreenOne'; readonly enabled: boolean }
  /** SafeMode: eradication by hand is refused while disabled. */
  | { readonly kind: 'setManualEradication'; readonly enabled: boolean }
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
  | {
      readonly kind: 'setControllerStatus';
      readonly controller: string;
      readonly status: 'ready' | 'not ready' | 'updating' | 'unknown';
    };
