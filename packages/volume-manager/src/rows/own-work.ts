import type { Records } from '@cinder-flasharray/store';

/**
 * Which rows have a piece of work of their own in the journal, which ends their status.
 * @param operation its name
 */
export async function withOwnWork(records: Records, operation: string): Promise<ReadonlySet<string>> {
  const entries = await records.journal.list();
  return new Set(entries.flatMap((entry) => (entry.operation === operation ? [entry.resourceId] : [])));
}
