import { type SqlBool, sql } from 'kysely';
import { inChunks } from '../database/chunks.ts';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import type { Executor, Session } from '../database/session.ts';
import type { Database } from '../database/tables.ts';
import { type Condition, equals, oneOf } from '../lists/conditions.ts';
import { listPage } from '../lists/list-page.ts';
import type { Page, PageRequest } from '../page.ts';
import type { AttachmentRecord, AttachStatus } from '../records.ts';
import { insertAttachmentRow, parseAttachment, updateAttachmentRow } from './attachment-row.ts';
import type {
  AttachmentChange,
  AttachmentFilter,
  AttachmentSortKey,
  AttachmentStore,
  NewAttachment,
} from './attachment-store.ts';

const columnOf = {
  id: 'id',
  created_at: 'created_at',
  updated_at: 'updated_at',
  attach_status: 'attach_status',
  volume_id: 'volume_id',
} as const satisfies Record<AttachmentSortKey, keyof Database['volume_attachment']>;

export class SqlAttachmentStore implements AttachmentStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(attachment: NewAttachment): Promise<AttachmentRecord> {
    return this.#session.run(async (db) =>
      parseAttachment(
        await db
          .insertInto('volume_attachment')
          .values(insertAttachmentRow(attachment, timestampNow(this.#source)))
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    );
  }

  get(id: string): Promise<AttachmentRecord | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('volume_attachment')
        .selectAll()
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      return row === undefined ? null : parseAttachment(row);
    });
  }

  list(filter: AttachmentFilter, page: PageRequest<AttachmentSortKey>): Promise<Page<AttachmentRecord>> {
    return this.#session.run(async (db) => {
      const found = await listPage(db, {
        table: 'volume_attachment',
        visible: visibleAttachments(filter.projectId),
        filter: attachmentFilter(filter),
        columnOf,
        page,
      });
      return found.kind === 'page' ? { ...found, rows: found.rows.map(parseAttachment) } : found;
    });
  }

  ofVolume(volumeId: string): Promise<readonly AttachmentRecord[]> {
    return this.#session.run(async (db) => (await loadLiveAttachments(db, [volumeId])).get(volumeId) ?? []);
  }

  update(id: string, change: AttachmentChange): Promise<boolean> {
    return this.#update(id, [], change);
  }

  updateWhere(
    id: string,
    conditions: { readonly attachStatus: readonly AttachStatus[] },
    change: AttachmentChange,
  ): Promise<boolean> {
    return this.#update(id, [oneOf('attach_status', conditions.attachStatus)], change);
  }

  delete(id: string): Promise<void> {
    return this.#session.run(async (db) => {
      const now = timestampNow(this.#source);
      await db
        .updateTable('volume_attachment')
        .set({ deleted: 1, deleted_at: now, updated_at: now, detach_time: now, attach_status: 'detached' })
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .execute();
    });
  }

  #update(id: string, conditions: readonly Condition[], change: AttachmentChange): Promise<boolean> {
    return this.#session.run(async (db) => {
      let update = db
        .updateTable('volume_attachment')
        .set(updateAttachmentRow(change, timestampNow(this.#source)))
        .where('id', '=', id)
        .where('deleted', '=', 0);
      for (const condition of conditions) {
        update = update.where(condition);
      }
      return (await update.executeTakeFirst()).numUpdatedRows > 0n;
    });
  }
}

/** Live attachments by volume, oldest first: one query, however many volumes. A volume without any is left out. */
export async function loadLiveAttachments(
  db: Executor,
  volumeIds: readonly string[],
): Promise<ReadonlyMap<string, readonly AttachmentRecord[]>> {
  const found = new Map<string, AttachmentRecord[]>();
  for (const chunk of inChunks(volumeIds)) {
    const rows = await db
      .selectFrom('volume_attachment')
      .selectAll()
      .where('volume_id', 'in', chunk)
      .where('deleted', '=', 0)
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    for (const row of rows) {
      const attachments = found.get(row.volume_id) ?? [];
      attachments.push(parseAttachment(row));
      found.set(row.volume_id, attachments);
    }
  }
  return found;
}

/** An attachment belongs to the project of its volume: the table has no project of its own. */
function visibleAttachments(projectId: string | null): readonly Condition[] {
  const live = equals('volume_attachment.deleted', 0);
  if (projectId === null) {
    return [live];
  }
  return [
    live,
    sql<SqlBool>`exists (
      select 1 from volumes where volumes.id = volume_attachment.volume_id and volumes.project_id = ${projectId})`,
  ];
}

function attachmentFilter(filter: AttachmentFilter): readonly Condition[] {
  const { volumeId, instanceUuid, attachStatus } = filter;
  return [
    ...(volumeId === undefined ? [] : [equals('volume_attachment.volume_id', volumeId)]),
    ...(instanceUuid === undefined ? [] : [equals('volume_attachment.instance_uuid', instanceUuid)]),
    ...(attachStatus === undefined ? [] : [equals('volume_attachment.attach_status', attachStatus)]),
  ];
}
