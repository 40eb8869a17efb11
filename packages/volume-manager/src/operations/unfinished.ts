import type { Logger } from '@cinder-flasharray/common';
import type { Records, Store } from '@cinder-flasharray/store';
import type { Work } from '../run/definition.ts';
import { workOf } from './table.ts';
import { takeOverRows, type Unfinished } from './take-over.ts';

/**
 * What is in the journal, and rows that are being worked on by nobody. An entry that cannot be read stays where it is,
 * and keeps nobody from the others.
 */
export async function readUnfinished(store: Store, logger: Logger): Promise<readonly Unfinished[]> {
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

/** An interrupted call becomes the work that takes it back. */
async function replaced(store: Store, entryId: string, work: Work<unknown>): Promise<Work<unknown>> {
  const { name, details, resourceId } = work;
  await store.transaction(async (records: Records) => {
    await records.journal.replace(entryId, { operation: name, resourceId, details });
  });
  return work;
}
