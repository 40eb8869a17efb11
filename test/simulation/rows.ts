import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { z } from 'zod';

/** The service's rows as the database has them, read past the service. Only those that are not deleted. */
export interface Rows {
  readonly volumes: readonly VolumeRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly attachments: readonly AttachmentRow[];
  readonly groups: readonly GroupRow[];
  readonly groupSnapshots: readonly GroupSnapshotRow[];
  readonly usages: readonly z.infer<typeof usageRow>[];
  /** Reservations that nobody has ended. */
  readonly reservations: readonly z.infer<typeof reservationRow>[];
  readonly journal: readonly z.infer<typeof journalRow>[];
  /** What waits until a back end works on an array again, or starts. */
  readonly deferred: readonly z.infer<typeof deferredRow>[];
  readonly service: z.infer<typeof serviceRow> | null;
}

const volumeRow = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  project_id: z.string(),
  status: z.string(),
  previous_status: z.string().nullable(),
  attach_status: z.string().nullable(),
  replication_status: z.string().nullable(),
  replication_driver_data: z.string().nullable(),
  size: z.number(),
  type: z.string().nullable(),
  provider_id: z.string().nullable(),
  group_id: z.string().nullable(),
  /** Null: no back end could take it. */
  host: z.string().nullable(),
  multiattach: z.number().nullable(),
});
export type VolumeRow = z.infer<typeof volumeRow>;

const snapshotRow = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  project_id: z.string(),
  status: z.string(),
  volume_id: z.string(),
  volume_size: z.number(),
  type: z.string().nullable(),
  provider_id: z.string().nullable(),
  group_snapshot_id: z.string().nullable(),
});
export type SnapshotRow = z.infer<typeof snapshotRow>;

const attachmentRow = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  volume_id: z.string(),
  attach_status: z.string().nullable(),
  attached_host: z.string().nullable(),
  connector: z.string().nullable(),
});
export type AttachmentRow = z.infer<typeof attachmentRow>;

const groupRow = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  status: z.string(),
  type: z.string().nullable(),
  host: z.string().nullable(),
  /** The array that its protection group is on record to be on: `backend_id`, or another word for several or none. */
  place: z.string().nullable(),
});
export type GroupRow = z.infer<typeof groupRow>;

const groupSnapshotRow = z.object({
  id: z.string(),
  created_at: z.string().nullable(),
  status: z.string(),
  group_id: z.string(),
});
export type GroupSnapshotRow = z.infer<typeof groupSnapshotRow>;

const usageRow = z.object({
  project_id: z.string(),
  resource: z.string(),
  in_use: z.number(),
  reserved: z.number(),
});
const reservationRow = z.object({ resource: z.string().nullable(), delta: z.number() });
const journalRow = z.object({ id: z.string(), operation: z.string(), resource_id: z.string() });
const deferredRow = z.object({ operation: z.string(), details: z.string() });
const serviceRow = z.object({
  disabled: z.number().nullable(),
  frozen: z.number().nullable(),
  replication_status: z.string().nullable(),
  active_backend_id: z.string().nullable(),
});

const typeName = '(select name from volume_types t where t.id = v.volume_type_id) as type';

/** Reads the rows of a database past the service, again and again. */
export class RowsReader {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.#database = new DatabaseSync(file, { readOnly: true });
  }

  close(): void {
    this.#database.close();
  }

  /** A consistent picture. */
  read(): Rows {
    this.#database.exec('begin');
    try {
      return this.#rows();
    } finally {
      this.#database.exec('rollback');
    }
  }

  #rows(): Rows {
    const all = <T>(row: z.ZodType<T>, sql: string): readonly T[] =>
      z.array(row).parse(this.#prepared(sql).all());
    const [service] = all(
      serviceRow,
      "select disabled, frozen, replication_status, active_backend_id from services where binary = 'cinder-volume' and not deleted",
    );
    return {
      volumes: all(
        volumeRow,
        `select id, created_at, project_id, status, previous_status, attach_status, replication_status, replication_driver_data, size, provider_id, group_id,
          host, multiattach, ${typeName} from volumes v where not deleted order by created_at, id`,
      ),
      snapshots: all(
        snapshotRow,
        `select id, created_at, project_id, status, volume_id, volume_size, provider_id, group_snapshot_id, ${typeName}
          from snapshots v where not deleted order by created_at, id`,
      ),
      attachments: all(
        attachmentRow,
        'select id, created_at, volume_id, attach_status, attached_host, connector from volume_attachment where not deleted order by created_at, id',
      ),
      groups: all(
        groupRow,
        `select id, created_at, status, host, (select name from group_types t where t.id = g.group_type_id) as type,
          (select backend_id from flasharray_protection_groups p where p.group_id = g.id) as place
          from groups g where not deleted order by created_at, id`,
      ),
      groupSnapshots: all(
        groupSnapshotRow,
        'select id, created_at, status, group_id from group_snapshots where not deleted order by created_at, id',
      ),
      usages: all(
        usageRow,
        'select project_id, resource, in_use, reserved from quota_usages where not deleted',
      ),
      reservations: all(reservationRow, 'select resource, delta from reservations where not deleted'),
      journal: all(journalRow, 'select id, operation, resource_id from flasharray_journal order by sequence'),
      deferred: all(deferredRow, 'select operation, details from flasharray_deferred_work order by id'),
      service: service ?? null,
    };
  }

  #prepared(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

const passing = new Set([
  'creating',
  'deleting',
  'extending',
  'retyping',
  'reverting',
  'managing',
  'unmanaging',
  'error_managing_deleting',
  'restoring',
  'updating',
]);

/** What has not come to its end; empty: the service is at rest. */
export function unfinished(rows: Rows): readonly string[] {
  const inTransit = (kind: string, list: readonly { readonly id: string; readonly status: string }[]) =>
    list.flatMap(({ id, status }) => (passing.has(status) ? [`${kind} ${id} is ${status}`] : []));
  return [
    ...inTransit('volume', rows.volumes),
    ...inTransit('snapshot', rows.snapshots),
    ...inTransit('group', rows.groups),
    ...inTransit('group snapshot', rows.groupSnapshots),
    ...rows.journal.map(({ operation, resource_id: id }) => `the journal has ${operation} of ${id}`),
    ...(rows.service?.replication_status === 'failing-over' ? ['the back end is failing over'] : []),
  ];
}
