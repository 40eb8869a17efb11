import type { VolumeDriver } from '@cinder-flasharray/driver';
import type { JsonObject, Records } from '@cinder-flasharray/store';
import type { z } from 'zod';
import { currentArrayOf, eachOfThePod, thePod } from '../../rows/current-array.ts';
import { type Definition, type Operation, operation } from '../../run/definition.ts';
import { doneWithoutRows, failedWithoutRows, nothingTaken } from '../../run/endings.ts';

/** Where work on one array of a back end is to be done. */
export type OnArray = JsonObject & {
  /** `node1@puredriver-1`. */
  readonly host: string;
  /** `backend_id`, `default`, `thePod`, or `eachOfThePod`, also followed by the array that it is done on. */
  readonly backendId: string;
};

export interface WhenCurrent<Details, Loaded> {
  readonly details: z.ZodType<Details>;
  readonly resourceId: (details: Details) => string;
  readonly touches: Definition<Details, unknown, unknown, unknown>['touches'];
  readonly load: (records: Records, details: Details) => Promise<Loaded>;
  /** Repeatable. */
  readonly perform: (driver: VolumeDriver, loaded: Loaded) => Promise<void>;
}

/** Work that waits, on record and outside of the journal, until its back end works on an array again. */
export interface Deferrable<Details> extends Operation<Details, undefined> {
  defer(records: Records, details: Details): Promise<void>;
}

/** Its rows may be gone when it is done: its details say everything. */
export function whenCurrent<Details extends OnArray, Loaded>(
  name: string,
  { details, resourceId, touches, load, perform }: WhenCurrent<Details, Loaded>,
): Deferrable<Details> {
  const defer = (records: Records, about: Details): Promise<void> =>
    records.journal.defer({
      host: about.host,
      backendId: about.backendId,
      operation: name,
      details: about,
    });
  const made = operation(name, {
    details,
    resourceId,
    claim: () => null,
    touches,
    host: async (_records, { host }) => host,
    load: async (records, about) => ({
      loaded: await load(records, about),
      there: about.backendId,
      current: await currentArrayOf(records, about.host),
    }),
    perform: async (driver, { loaded, there, current }) => {
      const isHere = isOnCurrent(there, { current, servesPod: driver.servesPod });
      if (isHere) {
        await perform(driver, loaded);
      }
      return { isHere, current };
    },
    interrupted: 'again',
    done: (_loaded, { isHere, current }, about) => ({
      ...doneWithoutRows(),
      write: async (records) => {
        // It has failed over once more before this was done.
        if (!isHere) {
          await defer(records, about);
        } else if (about.backendId === eachOfThePod) {
          await defer(records, { ...about, backendId: `${eachOfThePod}${current}` });
        }
      },
      refresh: true,
    }),
    // Whoever mends what the array refuses it for need not remember it: the next start or failback tries again.
    failed: (_loaded, failure, about) => ({
      ...failedWithoutRows(failure),
      write: (records) => defer(records, about),
    }),
    abandoned: () => nothingTaken(),
    kind: 'cast',
    backend: 'shared',
    isAside: true,
  });
  return { ...made, defer };
}

/** Whether what waits for an array is due. @param there where it is to be done, as `OnArray` says */
export function isOnCurrent(
  there: string,
  { current, servesPod }: { readonly current: string; readonly servesPod: boolean },
): boolean {
  const isLeft = there.startsWith(eachOfThePod) && there.slice(eachOfThePod.length) !== current;
  return there === current || (servesPod && (there === thePod || isLeft));
}
