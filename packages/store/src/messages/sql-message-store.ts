import type { Selectable } from 'kysely';
import { type RecordsSource, timestampNow } from '../database/records-source.ts';
import { RowReader } from '../database/row-reader.ts';
import type { Session } from '../database/session.ts';
import { softDelete } from '../database/soft-delete.ts';
import type { Database } from '../database/tables.ts';
import { formatDate } from '../database/values.ts';
import type { MessageRecord } from '../records.ts';
import type { MessageStore } from './message-store.ts';

export class SqlMessageStore implements MessageStore {
  readonly #session: Session;
  readonly #source: RecordsSource;

  constructor(session: Session, source: RecordsSource) {
    this.#session = session;
    this.#source = source;
  }

  insert(message: Omit<MessageRecord, 'createdAt'>): Promise<MessageRecord> {
    return this.#session.run(async (db) =>
      parseMessage(
        await db
          .insertInto('messages')
          .values({
            id: message.id,
            project_id: message.projectId,
            request_id: message.requestId,
            resource_type: message.resourceType,
            resource_uuid: message.resourceUuid,
            event_id: message.eventId,
            action_id: message.actionId,
            detail_id: message.detailId,
            message_level: message.messageLevel,
            expires_at: formatDate(message.expiresAt),
            created_at: timestampNow(this.#source),
            deleted: 0,
          })
          .returningAll()
          .executeTakeFirstOrThrow(),
      ),
    );
  }

  get(id: string): Promise<MessageRecord | null> {
    return this.#session.run(async (db) => {
      const row = await db
        .selectFrom('messages')
        .selectAll()
        .where('id', '=', id)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      return row === undefined ? null : parseMessage(row);
    });
  }

  list(projectId: string | null): Promise<readonly MessageRecord[]> {
    return this.#session.run(async (db) => {
      const live = db.selectFrom('messages').selectAll().where('deleted', '=', 0);
      const visible = projectId === null ? live : live.where('project_id', '=', projectId);
      const rows = await visible.orderBy('created_at', 'desc').orderBy('id', 'desc').execute();
      return rows.map(parseMessage);
    });
  }

  delete(id: string): Promise<boolean> {
    return this.#session.run(
      async (db) => (await softDelete(db, 'messages', 'id', id, timestampNow(this.#source))) > 0,
    );
  }

  deleteExpired(): Promise<number> {
    return this.#session.run(async (db) => {
      const now = timestampNow(this.#source);
      const result = await db
        .updateTable('messages')
        .set({ deleted: 1, deleted_at: now })
        .where('expires_at', '<', now)
        .where('deleted', '=', 0)
        .executeTakeFirst();
      return Number(result.numUpdatedRows);
    });
  }
}

function parseMessage(row: Selectable<Database['messages']>): MessageRecord {
  const reader = new RowReader('messages', row, row.id);
  return {
    id: reader.text('id'),
    projectId: reader.text('project_id'),
    requestId: reader.textOrNull('request_id'),
    resourceType: reader.oneOf('resource_type', ['VOLUME', 'VOLUME_SNAPSHOT']),
    resourceUuid: reader.text('resource_uuid'),
    eventId: reader.text('event_id'),
    actionId: reader.text('action_id'),
    detailId: reader.text('detail_id'),
    messageLevel: reader.oneOf('message_level', ['ERROR']),
    createdAt: reader.date('created_at'),
    expiresAt: reader.dateOrNull('expires_at'),
  };
}
