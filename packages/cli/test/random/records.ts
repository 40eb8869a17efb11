import { z } from 'zod';
import type { Service } from '../processes.ts';

/** Rows of the service's API, as far as the random work looks at them. */
const volumeRow = z.object({
  id: z.string(),
  name: z.string().nullable(),
  status: z.string(),
  size: z.number(),
  group_id: z.string().nullable(),
  provider_id: z.string().nullable(),
  volume_type: z.string().nullable(),
});
export type VolumeRow = z.infer<typeof volumeRow>;

const snapshotRow = z.object({
  id: z.string(),
  status: z.string(),
  volume_id: z.string(),
  size: z.number(),
  group_snapshot_id: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
});
export type SnapshotRow = z.infer<typeof snapshotRow>;

const attachmentRow = z.object({
  id: z.string(),
  status: z.string(),
  volume_id: z.string(),
  connection_info: z.record(z.string(), z.unknown()).nullish(),
});
export type AttachmentRow = z.infer<typeof attachmentRow>;

const groupRow = z.object({ id: z.string(), status: z.string(), group_type: z.string() });
export type GroupRow = z.infer<typeof groupRow>;

const groupSnapshotRow = z.object({ id: z.string(), status: z.string(), group_id: z.string() });
export type GroupSnapshotRow = z.infer<typeof groupSnapshotRow>;

/** Everything the service says there is. */
export interface Records {
  readonly volumes: readonly VolumeRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly attachments: readonly AttachmentRow[];
  readonly groups: readonly GroupRow[];
  readonly groupSnapshots: readonly GroupSnapshotRow[];
}

async function rowsOf<T>(
  service: Service,
  path: string,
  key: string,
  row: z.ZodType<T>,
): Promise<readonly T[]> {
  const { status, body } = await service.request('GET', path);
  if (status !== 200) {
    throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(body)}`);
  }
  return z.array(row).parse(body[key]);
}

export async function readRecords(service: Service): Promise<Records> {
  const [volumes, snapshots, attachments, groups, groupSnapshots] = await Promise.all([
    rowsOf(service, '/volumes/detail', 'volumes', volumeRow),
    rowsOf(service, '/snapshots/detail', 'snapshots', snapshotRow),
    rowsOf(service, '/attachments/detail', 'attachments', attachmentRow),
    rowsOf(service, '/groups/detail', 'groups', groupRow),
    rowsOf(service, '/group_snapshots/detail', 'group_snapshots', groupSnapshotRow),
  ]);
  return { volumes, snapshots, attachments, groups, groupSnapshots };
}

/** Statuses of work that has not come to its end. */
const passing = new Set([
  'creating',
  'deleting',
  'extending',
  'reverting',
  'retyping',
  'managing',
  'unmanaging',
  'updating',
  'restoring',
  'error_managing_deleting',
]);

export function isSettled({ volumes, snapshots, groups, groupSnapshots }: Records): boolean {
  return ![volumes, snapshots, groups, groupSnapshots].flat().some(({ status }) => passing.has(status));
}
