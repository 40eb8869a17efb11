import type { Logger } from '@cinder-flasharray/common';
import type { Records, Store } from '@cinder-flasharray/store';
import { currentArray } from '../rows/current-array.ts';
import type { Work } from '../run/definition.ts';
import { dueOf } from './originals/due.ts';
import { workOf } from './table.ts';
import { takeOverRows, type Unfinished } from './take-over.ts';

/**
 * What is in the journal, what waits for arrays that are current, and rows that are being worked on by nobody. An entry
 * that cannot be read stays where it is, and keeps nobody from the others.
 * @param hosts of the back ends, `node1@puredriver-1`
 */
export async function readUnfinished(
  store: Store,
  logger: Logger,
  hosts: readonly string[],
): Promise<readonly Unfinished[]> {
  await takeUpDeferred(store, hosts);
  const found: Unfinished[] = [];
  for (const entry of await store.journal.list()) {
    const work = workOf(entry);
    if (work === null) {
      logger.error(
        { entry: entry.id, operation: entry.operation, resource: entry.resourceId },
        'a journal entry makes no sense and is left alone',
      );
      continue;
    }
    found.push({
      entryId: entry.id,
      work:
        work.interrupted === 'again'
          ? work
          : await replaced(store, entry.id, work.interrupted(entry.createdAt)),
    });
  }
  return [
    ...found,
    ...(await takeOverRows(
      store,
      logger,
      found.map(({ work }) => work),
    )),
  ];
}

/** Into the journal goes what an array has refused, or what was put off though its array was current. */
async function takeUpDeferred(store: Store, hosts: readonly string[]): Promise<void> {
  for (const host of hosts) {
    const current = currentArray(await store.services.find(host, 'cinder-volume'));
    // Whether it serves the pod is known when it is set up: until then what waits for the pod counts as due.
    const due = dueOf(await store.journal.deferred(host), { current, servesPod: true });
    await store.transaction(async (records) => {
      for (const { work } of due) {
        const { name, resourceId, details } = work;
        await records.journal.add({ operation: name, resourceId, details, owner: null });
      }
      await records.journal.removeDeferred(due.map(({ id }) => id));
    });
  }
}

/** An interrupted call becomes the work that takes it back. */
async function replaced(store: Store, entryId: string, work: Work<unknown>): Promise<Work<unknown>> {
  const { name, details, resourceId } = work;
  await store.transaction(async (records: Records) => {
    await records.journal.replace(entryId, { operation: name, resourceId, details });
  });
  return work;
}
