import type { Clock, Logger, ResourceQueue } from '@cinder-flasharray/common';
import type { Records, Store } from '@cinder-flasharray/store';
import type { Backend } from '../backends/backend.ts';
import type { Work } from './definition.ts';
import type { Resource } from './resource.ts';

export interface RunnerOptions {
  readonly store: Store;
  /** By `host@backend`. */
  readonly backends: ReadonlyMap<string, Backend>;
  /** Orders the back ends' set-up with the work as well. */
  readonly queue: ResourceQueue;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly randomUuid: () => string;
  /** Tells entries of this life of the service from those of others. */
  readonly owner: string;
  /** How long a cast waits for trouble of the array to pass, milliseconds. */
  readonly patience: number;
  /** How long a call may take, its clean-up aside, milliseconds. */
  readonly callDeadline: number;
  readonly refreshSoon: (backendHost: string) => void;
}

/** Work that is in the journal, and what it touches. */
export interface Accepted<Answer> {
  readonly entryId: string;
  readonly work: Work<Answer>;
  readonly touches: readonly Resource[];
}

/** One try of a piece of work. */
export type Attempt<Answer> =
  | { readonly kind: 'ended'; readonly answer: Answer }
  /** `left`: what looks for what is left of it half way, under its entry now; null: nothing is. */
  | { readonly kind: 'failed'; readonly error: Error; readonly left: Work<unknown> | null }
  /** Its claim is lost, or its rows are gone. */
  | { readonly kind: 'unclaimed' }
  | { readonly kind: 'again'; readonly reason: Error };

/** A piece of work from its first try to its end. */
export interface Run {
  readonly entryId: string;
  readonly name: string;
  readonly kind: 'cast' | 'call';
  /** A try of it may have done something on the array: in another life of the service, or in this one. */
  mayHaveBegun: boolean;
  readonly began: number;
  /** Milliseconds that it has waited for its back end: no failure of the work's, and no part of its limit. */
  waited: number;
  /**
   * A try may have moved the object, and nobody knows where to. Nobody comes before the next try then: who did would look
   * for it where it was, and delete nothing.
   */
  isLost: boolean;
  /** Writes down what a try that failed has moved, should there be no other try; null: nothing. */
  moved: ((records: Records) => Promise<void>) | null;
}
