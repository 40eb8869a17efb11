import { RowReader } from '../database/row-reader.ts';
import type { Executor } from '../database/session.ts';
import { typeResources } from './type-resources.ts';

const unlimited = -1;

/** What applies where neither the project nor the default class has a limit. Source: Cinder 21's `quota_*` options. */
const builtInLimits = {
  volumes: 10,
  per_volume_gigabytes: unlimited,
  snapshots: 10,
  gigabytes: 1000,
  backups: 10,
  backup_gigabytes: 1000,
  groups: 10,
} as const;

/** Resource names with their limits; one that is not there is unlimited. */
export async function readLimits(db: Executor, projectId: string): Promise<ReadonlyMap<string, number>> {
  const limits = new Map<string, number>(Object.entries(builtInLimits));
  const types = await db
    .selectFrom('volume_types')
    .selectAll()
    .where('deleted', '=', 0)
    .orderBy('name')
    .execute();
  for (const type of types) {
    for (const resource of typeResources(new RowReader('volume_types', type, type.id).text('name'))) {
      limits.set(resource, unlimited);
    }
  }
  const classes = await db
    .selectFrom('quota_classes')
    .selectAll()
    .where('class_name', '=', 'default')
    .where('deleted', '=', 0)
    .orderBy('id')
    .execute();
  for (const row of classes) {
    const reader = new RowReader('quota_classes', row, row.id);
    setKnown(limits, reader.text('resource'), reader.integerOrNull('hard_limit'));
  }
  const own = await db
    .selectFrom('quotas')
    .selectAll()
    .where('project_id', '=', projectId)
    .where('deleted', '=', 0)
    .orderBy('id')
    .execute();
  for (const row of own) {
    const reader = new RowReader('quotas', row, row.id);
    setKnown(limits, reader.text('resource'), reader.integerOrNull('hard_limit'));
  }
  return limits;
}

/** Rows of resources that are no longer counted (consistency groups, types since deleted) limit nothing. */
function setKnown(limits: Map<string, number>, resource: string, limit: number | null): void {
  if (limit !== null && limits.has(resource)) {
    limits.set(resource, limit);
  }
}

/** Whether so much more would be over the limit. Less, or nothing more, never is. */
export function exceeds(
  limit: number,
  usage: { readonly inUse: number; readonly reserved: number },
  delta: number,
): boolean {
  return limit >= 0 && delta > 0 && usage.inUse + usage.reserved + delta > limit;
}

export function limitOf(limits: ReadonlyMap<string, number>, resource: string): number {
  return limits.get(resource) ?? unlimited;
}
