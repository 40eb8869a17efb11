import type { Logger } from '@cinder-flasharray/common';
import type { DriverError, FailoverProgress, VolumeDriver } from '@cinder-flasharray/driver';
import type {
  GroupSnapshotStatus,
  GroupStatus,
  JsonObject,
  Records,
  Reservation,
  SnapshotStatus,
  VolumeStatus,
} from '@cinder-flasharray/store';
import type { z } from 'zod';
import type { messageActions, messageDetails } from '../rows/user-messages.ts';
import type { Resource } from './resource.ts';

/** The row that a piece of work has, and the status that says so: in any other status there is nothing left to do. */
export type Claim =
  | { readonly kind: 'volume'; readonly id: string; readonly status: readonly VolumeStatus[] }
  | { readonly kind: 'snapshot'; readonly id: string; readonly status: SnapshotStatus }
  | { readonly kind: 'group'; readonly id: string; readonly status: GroupStatus }
  | { readonly kind: 'group-snapshot'; readonly id: string; readonly status: GroupSnapshotStatus };

/** A message that the owner of the resource can read. */
export interface UserMessage {
  readonly resourceType: 'VOLUME' | 'VOLUME_SNAPSHOT';
  readonly resource: { readonly id: string; readonly projectId: string };
  readonly action: (typeof messageActions)[keyof typeof messageActions];
  readonly detail: (typeof messageDetails)[keyof typeof messageDetails];
}

/** How a piece of work ends: every field has to be said. */
export interface Ending<Answer> {
  /** Writes what became of it, the status of the claimed row included. Safe to repeat. */
  readonly write: (records: Records) => Promise<void>;
  readonly reservation: { readonly ids: Reservation; readonly how: 'commit' | 'roll-back' } | null;
  readonly message: UserMessage | null;
  /** What follows from it: journaled in the same transaction. */
  readonly next: readonly Work<unknown>[];
  /** The array's space has changed: the scheduler wants a new report. */
  readonly refresh: boolean;
  readonly answer: Answer;
}

/** How work that the array refused ends. */
export interface Failing extends Omit<Ending<never>, 'answer'> {
  /** What the caller is told; a cast tells nobody. */
  readonly error: Error;
  /** What is left to be undone is tried again, until it is done; null: nothing is left. */
  readonly undoLater: Work<unknown> | null;
}

/** How work ends that nobody wants any more. */
export interface Abandoning extends Pick<Ending<never>, 'write' | 'reservation'> {
  /** What the caller is told; null: that nothing is left to do. */
  readonly error: Error | null;
}

/** What work is lent while it is with the array. */
export interface Call {
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** For what operators have to know of what was done; failures are told by the runner. */
  readonly logger: Logger;
  /** Tells how far a failover has come. */
  progress(progress: FailoverProgress): void;
  /** Writes what was found on the way, before going on: names, sizes. Safe to repeat. */
  note<T>(write: (records: Records) => Promise<T>): Promise<T>;
  /**
   * Puts on record, before going on, what has to follow whatever becomes of this work: what another try, or another
   * life of the service, could not find out any more. What is on record already is not put there twice.
   */
  follow(works: readonly Work<unknown>[]): Promise<void>;
}

/** One operation of Cinder's volume RPC, as one value. */
export interface Definition<Details, Loaded, Made, Answer> {
  /** Ids and plain values: what the journal and a message hold. */
  readonly details: z.ZodType<Details>;
  /** The row that the journal files it under. */
  readonly resourceId: (details: Details) => string;
  readonly claim: (details: Details) => Claim | null;
  /** Everything it reads or changes, except the back end, which `host` names. */
  readonly touches: (records: Records, details: Details) => Promise<readonly Resource[]>;
  /** `host@backend` or `host@backend#pool` of the back end that does it; null: it is on none. */
  readonly host: (records: Records, details: Details) => Promise<string | null>;
  /** The rows of the work, once; null: they are gone, and nothing is left to do. */
  readonly load: (records: Records, details: Details) => Promise<Loaded | null>;
  /** What is made when the array need not be asked, as for an object that never was on any; null: it must be. */
  readonly withoutArray?: (loaded: Loaded) => { readonly made: Made } | null;
  /** The array and the data path only. Repeatable. */
  readonly perform: (driver: VolumeDriver, loaded: Loaded, call: Call) => Promise<Made>;
  /** What becomes of it when its process died: done again, or taken back. */
  readonly interrupted: 'again' | Undo<Details>;
  readonly done: (loaded: Loaded, made: Made, details: Details) => Ending<Answer>;
  readonly failed: (loaded: Loaded, failure: DriverError, details: Details) => Failing | Promise<Failing>;
  /**
   * What a try that failed has moved already. It is written before others come, because the claim was lost or the work
   * lets them pass: who comes next, a forced delete, must find the object where it is.
   */
  readonly moved?: (loaded: Loaded, failure: DriverError) => ((records: Records) => Promise<void>) | null;
  /**
   * Looks for what a try, in this life of the service or an earlier one, may have left half way: when the work failed
   * after it, or nobody wants it any more. It is done in the work's place, before others that came later.
   */
  readonly leftHalfWay?: (details: Details) => Work<unknown>;
  /**
   * When the claim is lost or the rows are gone: what acceptance took is given back, the statuses of other rows that
   * nobody would end any more included.
   */
  readonly abandoned: (details: Details) => Abandoning;
  /** A cast waits for a back end that is away; a call has a caller who waits. */
  readonly kind: 'cast' | 'call';
  /**
   * `shared`: beside other work, once the back end is ready. `alone`: with nobody beside it, ready or not (a failover).
   * `none`: no array is asked.
   */
  readonly backend: 'shared' | 'alone' | 'none';
  /**
   * It has to be done in the end and lets others pass between its tries: `always`, whatever the array says, or
   * `within-patience`, for as long as trouble of an array is waited out.
   */
  readonly insists?: 'always' | 'within-patience';
  /** It makes up for something, as what insists does, but may be given up for the time being. */
  readonly isAside?: true;
}

/** Takes back what an interrupted call may have made: nobody got its answer. */
export interface Undo<Details> {
  /** @param accepted when the call was accepted */
  readonly undo: (details: Details, accepted: Date) => Work<unknown>;
}

/** An operation with its details, ready to be accepted. Nobody outside knows its types. */
export interface Work<Answer> {
  readonly name: string;
  readonly details: JsonObject;
  readonly resourceId: string;
  readonly kind: 'cast' | 'call';
  /** It makes up for something, and no status of a row speaks of it. */
  readonly isAside: boolean;
  /** Done again, or what takes it back when it was accepted then. */
  readonly interrupted: 'again' | ((accepted: Date) => Work<unknown>);
  touches(records: Records): Promise<readonly Resource[]>;
  host(records: Records): Promise<string | null>;
  run(machine: Machine): Promise<Answer>;
}

/** What the runner lends to work of every kind. */
export interface Machine {
  drive<D extends JsonObject, L, M, A>(definition: Definition<D, L, M, A>, details: D): Promise<A>;
}

export interface Operation<Details, Answer> {
  readonly name: string;
  of(details: Details): Work<Answer>;
  /** @throws z.ZodError when the details are not those of the operation */
  read(details: unknown): Work<unknown>;
}

/** Closes over the types of a definition. */
export function operation<Details extends JsonObject, Loaded, Made, Answer>(
  name: string,
  definition: Definition<Details, Loaded, Made, Answer>,
): Operation<Details, Answer> {
  const { interrupted } = definition;
  const of = (details: Details): Work<Answer> => ({
    name,
    details,
    resourceId: definition.resourceId(details),
    kind: definition.kind,
    isAside: definition.isAside === true || definition.insists !== undefined,
    interrupted: interrupted === 'again' ? 'again' : (accepted) => interrupted.undo(details, accepted),
    touches: (records) => definition.touches(records, details),
    host: (records) => definition.host(records, details),
    run: (machine) => machine.drive(definition, details),
  });
  return { name, of, read: (details) => of(definition.details.parse(details)) };
}
