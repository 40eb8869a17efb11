import { DriverError } from '@cinder-flasharray/driver';
import type { Records, SnapshotRecord, VolumeRecord, VolumeTypeRecord } from '@cinder-flasharray/store';

type NamedType = Pick<VolumeTypeRecord, 'name'>;

/** How much more of each resource, or less. */
interface VolumeUsage {
  readonly volumes?: number;
  readonly snapshots?: number;
  /** GiB. */
  readonly gigabytes?: number;
}

/** Deltas of volumes and snapshots: the project's totals and their type's own; of the totals alone when the type is gone. */
export function volumeDeltas(type: NamedType | null, usage: VolumeUsage): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(usage).flatMap(([resource, delta]) =>
      type === null
        ? [[resource, delta]]
        : [
            [resource, delta],
            [ofType(resource, type), delta],
          ],
    ),
  );
}

/** Deltas of a volume that gets another type: the project's totals stay as they are. */
export function retypeDeltas(
  from: NamedType | null,
  to: NamedType,
  size: number,
): Readonly<Record<string, number>> {
  return {
    [ofType('volumes', to)]: 1,
    [ofType('gigabytes', to)]: size,
    ...(from === null ? {} : { [ofType('volumes', from)]: -1, [ofType('gigabytes', from)]: -size }),
  };
}

/** Name of the quota that a type has of its own. */
const ofType = (resource: string, { name }: NamedType): string => `${resource}_${name}`;

/** The name that a type's own quotas have now; null: it is gone. */
export async function namedType(records: Records, id: string): Promise<NamedType | null> {
  const name = await records.volumeTypes.nameOf(id);
  return name === null ? null : { name };
}

/** Volumes count against `volumes` and, with their size, against `gigabytes`. */
export async function giveBackVolumeQuota(
  records: Records,
  ...volumes: readonly VolumeRecord[]
): Promise<void> {
  await count(
    records,
    volumes.map((volume) => ({ ...volume, usage: { volumes: -1, gigabytes: -volume.size } })),
  );
}

/** A snapshot counts against `snapshots` and, with its volume's size, against `gigabytes`. */
export async function giveBackSnapshotQuota(
  records: Records,
  ...snapshots: readonly SnapshotRecord[]
): Promise<void> {
  await count(
    records,
    snapshots.map((snapshot) => ({ ...snapshot, usage: { snapshots: -1, gigabytes: -snapshot.volumeSize } })),
  );
}

/**
 * Writes down that a snapshot has another size than its request saw: somebody has set the status of its volume by hand
 * while that was being extended. Once only: written again after a crash, it has that size already.
 * @param size GiB, of the volume when it was taken
 */
export async function recordSnapshotSize(
  records: Records,
  { id, volumeSize: asked }: Pick<SnapshotRecord, 'id' | 'volumeSize'>,
  size: number,
): Promise<void> {
  const snapshot = asked === size ? null : await records.snapshots.get(id);
  if (snapshot === null || snapshot.volumeSize === size) {
    return;
  }
  await count(records, [{ ...snapshot, usage: { gigabytes: size - snapshot.volumeSize } }]);
  await records.snapshots.update(id, { volumeSize: size });
}

/** A row, and what it counts, or gives back. */
type Counted = Pick<VolumeRecord, 'projectId' | 'volumeTypeId' | 'useQuota'> & {
  readonly usage: VolumeUsage;
};

/** In one change a project, however many there are. */
async function count(records: Records, rows: readonly Counted[]): Promise<void> {
  for (const [projectId, deltas] of await usageByProject(records, rows)) {
    await changeUsage(records, projectId, deltas);
  }
}

/** What rows count together, those of a type against its own quotas as well; each type is read once. */
export async function usageByProject(
  records: Records,
  rows: readonly Counted[],
): Promise<ReadonlyMap<string, Readonly<Record<string, number>>>> {
  const types = new Map<string, NamedType | null>();
  const totals = new Map<string, Record<string, number>>();
  for (const { projectId, volumeTypeId, usage } of rows.filter(({ useQuota }) => useQuota)) {
    const type = types.get(volumeTypeId) ?? (await namedType(records, volumeTypeId));
    types.set(volumeTypeId, type);
    const total = totals.get(projectId) ?? {};
    for (const [resource, delta] of Object.entries(volumeDeltas(type, usage))) {
      total[resource] = (total[resource] ?? 0) + delta;
    }
    totals.set(projectId, total);
  }
  return totals;
}

/** What the array has is larger than the project may have. Nothing was made for it. */
export class QuotaExceeded extends DriverError {
  constructor(what: string, size: number, resources: readonly string[]) {
    super(
      'driver',
      `${what} has ${size} GiB, which exceeds the project's quota of ${resources.join(', ')}.`,
      {
        nothingMade: true,
      },
    );
  }
}

/**
 * Counts the GiB of a volume or snapshot that is taken over, when the array has told them.
 * @param counted GiB that count already
 * @throws QuotaExceeded
 */
export async function chargeSize(
  records: Records,
  what: string,
  { projectId, volumeTypeId }: Pick<VolumeRecord, 'projectId' | 'volumeTypeId'>,
  { size, counted }: { readonly size: number; readonly counted: number },
): Promise<void> {
  const type = await namedType(records, volumeTypeId);
  const outcome = await records.quotas.charge(projectId, volumeDeltas(type, { gigabytes: size - counted }));
  if (outcome.kind === 'over-quota') {
    throw new QuotaExceeded(what, size, outcome.resources);
  }
}

/** Changes a project's usage to what there is. */
export async function changeUsage(
  records: Records,
  projectId: string,
  deltas: Readonly<Record<string, number>>,
): Promise<void> {
  await records.quotas.change(projectId, deltas);
}
