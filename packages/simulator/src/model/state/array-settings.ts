import type { PerformanceSample } from './performance-sample.ts';
import type { SimulatedInterface } from './simulated-interface.ts';

/** What does not change while an array runs. */
export type ArrayIdentity = {
  /** UUID. */
  readonly id: string;
  /** 16 lower hexadecimal digits that end the target IQN and NQN. */
  readonly targetSuffix: string;
  readonly created: number;
};

/** What may be changed by the array's administrator. */
export type ArraySettings = {
  readonly name: string;
  readonly purityVersion: string;
  readonly restVersions: readonly string[];
  readonly capacity: number;
  readonly evergreenOne: boolean;
  readonly interfaces: readonly SimulatedInterface[];
  readonly controllerStatus: Readonly<Record<string, 'ready' | 'not ready' | 'updating' | 'unknown'>>;
  readonly nextLun: number;
  readonly manualEradication: boolean;
  /** Destroying a connected volume succeeds, and the reply counts its connections (some Purity releases). */
  readonly destroysConnected: boolean;
  /** Milliseconds from destroying an object to its eradication. */
  readonly eradicationDelay: number;
  /** The same where eradication is disabled, for all or for that object. */
  readonly disabledDelay: number;
  /** Milliseconds a session may be idle; 0: for ever. */
  readonly idleTimeout: number;
  readonly banner: string;
  readonly performanceSamples: readonly PerformanceSample[] | null;
  /** Names of the protection groups that new volumes join. */
  readonly defaultProtection: readonly string[];
  readonly volumeLimit: number | null;
  readonly hostLimit: number | null;
  readonly snapshotLimit: number | null;
};
