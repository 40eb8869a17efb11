import { sql } from 'kysely';
import type { Executor } from '../database/session.ts';

/** What is counted for each volume type: `volumes_gold`, `gigabytes_gold`, `snapshots_gold`. Source: Cinder 21. */
const perTypeKinds = ['volumes', 'gigabytes', 'snapshots'] as const;

export function typeResources(typeName: string): readonly string[] {
  return perTypeKinds.map((kind) => `${kind}_${typeName}`);
}

/**
 * Takes limits, usage and open reservations of a volume type along to its new name. Usage that an earlier type of the
 * new name left behind is deleted: its volumes are gone, or that type could not have been.
 */
export async function renameTypeResources(
  db: Executor,
  oldName: string,
  newName: string,
  now: string,
): Promise<void> {
  for (const kind of perTypeKinds) {
    const from = `${kind}_${oldName}`;
    const to = `${kind}_${newName}`;
    await db
      .updateTable('quota_usages')
      .set({ deleted: 1, deleted_at: now, race_preventer: null })
      .where('resource', '=', to)
      .where('deleted', '=', 0)
      .execute();
    for (const table of ['quota_usages', 'reservations', 'quotas', 'quota_classes']) {
      await sql`
        update ${sql.table(table)} set resource = ${to}, updated_at = ${now}
        where resource = ${from} and deleted = 0`.execute(db);
    }
  }
}
