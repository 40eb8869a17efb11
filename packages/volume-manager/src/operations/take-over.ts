import type { Logger } from '@cinder-flasharray/common';
import type { Records, SnapshotRecord, Store, VolumeRecord } from '@cinder-flasharray/store';
import { statusByAttachments } from '../rows/volume-status.ts';
import type { Work } from '../run/definition.ts';
import { deleteGroupSnapshot } from './group-snapshots/delete-group-snapshot.ts';
import { deleteGroup } from './groups/delete-group.ts';
import { createSnapshot } from './snapshots/create-snapshot.ts';
import { deleteSnapshot } from './snapshots/delete-snapshot.ts';
import { unmanageSnapshot } from './snapshots/unmanage-snapshot.ts';
import { createVolume } from './volumes/create-volume.ts';
import { deleteVolume } from './volumes/delete-volume.ts';
import { unmanageVolume } from './volumes/unmanage-volume.ts';

/** Work that another life of the service left, in the order in which it was accepted. */
export interface Unfinished {
  readonly entryId: string;
  readonly work: Work<unknown>;
}

/** How a row that nobody works on comes to its end: by work, or by another status. */
type TakeOver = Work<unknown> | ((records: Records) => Promise<void>);

const page = { sort: [], limit: 10_000, offset: 0, marker: null, counted: false } as const;

/**
 * Rows whose status says that they are being worked on, and about which there is no entry: of a database that was taken
 * over without its journal. What row and array tell is enough to go on, or to give up and say so.
 * @param known work that the journal has
 */
export async function takeOverRows(
  store: Store,
  logger: Logger,
  known: readonly Work<unknown>[],
): Promise<readonly Unfinished[]> {
  const about = new Set(
    known.flatMap(({ resourceId, details, isAside }) =>
      isAside ? [] : [resourceId, ...Object.values(details)],
    ),
  );
  const found: Unfinished[] = [];
  const take = async (kind: string, id: string, status: string, how: TakeOver): Promise<void> => {
    logger.warn({ kind, id, status }, 'nobody works on it: taking over');
    if (typeof how === 'function') {
      await store.transaction(how);
      return;
    }
    const { name, resourceId, details } = how;
    const entry = await store.journal.add({ operation: name, resourceId, details, owner: null });
    found.push({ entryId: entry.id, work: how });
  };
  for (const volume of await rowsOf(store.volumes, volumeStatuses)) {
    const isOfGroup = volume.groupId !== null && about.has(volume.groupId);
    if (!about.has(volume.id) && !isOfGroup) {
      await take('volume', volume.id, volume.status, await volumeTakeOver(store, volume));
    }
  }
  for (const snapshot of await rowsOf(store.snapshots, snapshotStatuses)) {
    const isOfGroup = snapshot.groupSnapshotId !== null;
    const isOfVolume = about.has(snapshot.volumeId);
    if (!about.has(snapshot.id) && !isOfGroup && !isOfVolume) {
      await take('snapshot', snapshot.id, snapshot.status, snapshotTakeOver(snapshot));
    }
  }
  for (const { id, status } of await rowsOf(store.groups, ['creating', 'updating', 'deleting'])) {
    if (!about.has(id)) {
      await take(
        'group',
        id,
        status,
        status === 'deleting'
          ? deleteGroup.of({ groupId: id })
          : async (records) => {
              await records.groups.update(id, { status: 'error' });
            },
      );
    }
  }
  for (const { id, status } of await rowsOf(store.groupSnapshots, ['creating', 'deleting'])) {
    if (!about.has(id)) {
      await take(
        'group snapshot',
        id,
        status,
        status === 'deleting'
          ? deleteGroupSnapshot.of({ groupSnapshotId: id })
          : async (records) => {
              await records.groupSnapshots.update(id, { status: 'error' });
            },
      );
    }
  }
  for (const { id, host, replicationStatus } of await store.services.list()) {
    if (replicationStatus === 'failing-over' && !about.has(host)) {
      await take('service', host, replicationStatus, async (records) => {
        await records.services.update(id, { replicationStatus: 'failover-error' });
      });
    }
  }
  return found;
}

const volumeStatuses = [
  'creating',
  'deleting',
  'extending',
  'retyping',
  'reverting',
  'managing',
  'unmanaging',
  'error_managing_deleting',
] as const;
const snapshotStatuses = ['creating', 'deleting', 'restoring', 'unmanaging'] as const;

async function volumeTakeOver(store: Store, volume: VolumeRecord): Promise<TakeOver> {
  const { id } = volume;
  switch (volume.status) {
    case 'creating':
      return createVolume.of({ volumeId: id });
    case 'deleting':
      return deleteVolume.of({
        volumeId: id,
        cascade: (await store.snapshots.ofVolume(id)).length > 0,
      });
    case 'unmanaging':
    case 'error_managing_deleting':
      return unmanageVolume.of({ volumeId: id });
    case 'extending':
      // How large it was to be is not known any more.
      return async (records) => {
        await records.volumes.update(id, { status: 'error_extending' });
      };
    case 'retyping':
      return async (records) => {
        const status = statusByAttachments(await records.attachments.ofVolume(id));
        await records.volumes.update(id, { status });
      };
    case 'managing':
      return async (records) => {
        await records.volumes.update(id, { status: 'error_managing' });
      };
    default:
      return async (records) => {
        await records.volumes.update(id, { status: 'error' });
      };
  }
}

function snapshotTakeOver({ id, status }: SnapshotRecord): TakeOver {
  switch (status) {
    case 'creating':
      return createSnapshot.of({ snapshotId: id });
    case 'deleting':
      return deleteSnapshot.of({ snapshotId: id });
    case 'unmanaging':
      return unmanageSnapshot.of({ snapshotId: id });
    default:
      return async (records) => {
        await records.snapshots.update(id, { status: 'available' });
      };
  }
}

async function rowsOf<Row>(
  table: {
    list(
      filter: {
        readonly projectId: null;
        readonly status: { readonly operator: 'eq'; readonly value: string };
      },
      request: typeof page,
    ): Promise<
      { readonly kind: 'page'; readonly rows: readonly Row[] } | { readonly kind: 'unknown-marker' }
    >;
  },
  statuses: readonly string[],
): Promise<readonly Row[]> {
  const found: Row[] = [];
  for (const value of statuses) {
    const listed = await table.list({ projectId: null, status: { operator: 'eq', value } }, page);
    found.push(...(listed.kind === 'page' ? listed.rows : []));
  }
  return found;
}
