import type { RestVersion } from './negotiate.ts';

/** The REST version that is spoken with an array. It changes when the array stops serving it, as an upgrade may make it. */
export interface SpokenVersion {
  readonly current: RestVersion;
}
