import type { JsonObject } from '../http/messages.ts';
import { type TransferView, transfersOf, volumeTransfersOf } from '../model/fleet/transfers.ts';
import { Refusal } from '../model/rules/refusal.ts';
import { nameKey } from '../model/state/registry.ts';
import { type EndpointDefinition, fleetRead, listQuery, type Rest2Call, since } from './endpoint.ts';
import { listReply } from './list.ts';

const query = {
  ...listQuery,
  ...fleetRead,
  continuation_token: 29,
  destroyed: 0,
  names: 0,
  source_names: 0,
  total_only: 0,
} as const;

type Row = TransferView & {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly sourceId: string;
  readonly destroyed: boolean;
};

/** Progress of replicated snapshots (purity-rest-2.x.md sections 7.10 and 7.12). */
export const transferEndpoints: readonly EndpointDefinition[] = [
  {
    path: 'protection-group-snapshots/transfer',
    since: 1,
    methods: {
      GET: {
        query: { ...query, ids: 26, source_ids: 26 },
        handle: (call) =>
          transferList(call, groupRows(call), 'Protection group snapshot does not exist.', call.minor >= 26),
      },
    },
  },
  {
    path: 'volume-snapshots/transfer',
    since: 0,
    methods: {
      GET: {
        query: { ...query, ids: 0, source_ids: 0 },
        handle: (call) => transferList(call, volumeRows(call), 'No such volume or snapshot.', true),
      },
    },
  },
];

function groupRows({ model }: Rest2Call): readonly Row[] {
  return transfersOf(model).map((view) => ({
    ...view,
    id: view.snapshot.id,
    name: view.snapshot.name,
    source: model.protectionGroups.byId(view.snapshot.groupId)?.name ?? '',
    sourceId: view.snapshot.groupId,
    destroyed: view.snapshot.eradicateAt !== null,
  }));
}

function volumeRows({ model }: Rest2Call): readonly Row[] {
  return volumeTransfersOf(model).map((view) => ({
    ...view,
    id: view.part.id,
    name: view.part.name,
    source: view.part.remoteSource ?? model.volumes.byId(view.part.volumeId)?.name ?? '',
    sourceId: view.part.volumeId,
    destroyed: view.part.eradicateAt !== null,
  }));
}

function transferList(call: Rest2Call, all: readonly Row[], notFound: string, withId: boolean): JsonObject {
  const names = call.query.names('names');
  const ids = call.query.names('ids');
  const sources = call.query.names('source_names')?.map(nameKey);
  const sourceIds = call.query.names('source_ids');
  const destroyed = call.query.flag('destroyed');
  for (const name of names ?? []) {
    if (!all.some((row) => isNamed(row, name)) && !exists(call, name)) throw new Refusal(notFound, name);
  }
  const records = all
    .filter((row) => names === undefined || names.some((name) => isNamed(row, name)))
    .filter((row) => ids === undefined || ids.includes(row.id))
    .filter((row) => sources === undefined || sources.includes(nameKey(row.source)))
    .filter((row) => sourceIds === undefined || sourceIds.includes(row.sourceId))
    .filter((row) => destroyed === undefined || row.destroyed === destroyed)
    .toSorted((one, other) => (position(one) < position(other) ? -1 : 1));
  return listReply(call, {
    records,
    key: position,
    row: (row) => transferRow(call, row, withId),
    total: totalTransferred,
  });
}

// A name may be that of a snapshot, or of a group, also as `group.*` (purity-rest-2.x.md section 12).
function isNamed(row: Row, name: string): boolean {
  const wanted = nameKey(name);
  const own = nameKey(row.name);
  if (wanted.endsWith('*')) return own.startsWith(wanted.slice(0, -1));
  return own === wanted || nameKey(row.source) === wanted;
}

function exists({ model }: Rest2Call, name: string): boolean {
  const plain = name.replace(/\.\*$/, '');
  return (
    model.protectionGroups.byName(plain) !== undefined ||
    model.groupSnapshots.byName(plain) !== undefined ||
    model.snapshots.byName(plain) !== undefined
  );
}

function position(row: Row): string {
  return `${nameKey(row.name)}\u0000${row.transfer.id}`;
}

function transferRow(call: Rest2Call, row: Row, withId: boolean): JsonObject {
  return {
    ...(withId ? since(call, 0, { id: row.id }) : {}),
    name: row.name,
    started: row.transfer.startedAt,
    completed: row.transfer.completedAt,
    progress: row.progress,
    data_transferred: row.sent,
    physical_bytes_written: row.sent,
    ...since(call, 1, { destroyed: row.destroyed }),
  };
}

function totalTransferred(rows: readonly JsonObject[]): JsonObject {
  const sum = (field: string) => rows.reduce((total, row) => total + Number(row[field] ?? 0), 0);
  return {
    name: null,
    data_transferred: sum('data_transferred'),
    physical_bytes_written: sum('physical_bytes_written'),
  };
}
