import { describe, expect, test } from 'vitest';
import { Knowledge } from './knowledge.ts';
import { Failovers } from './oracle-of-failovers.ts';
import { judgeStatuses } from './oracle-of-rows.ts';
import { Refusals } from './refusals.ts';

const created_at = '2026-01-01 00:00:00.000000';
const volume = (id: string, group_id: string | null, status: string) => ({
  ...{ id, created_at, project_id: 'p', previous_status: null, attach_status: 'detached', host: 'n@b#b' },
  ...{ replication_status: null, replication_driver_data: null, size: 1, provider_id: id, multiattach: 0 },
  ...{ status, group_id, type: 'plain' },
});
const snapshot = (id: string, volume_id: string, group_snapshot_id: string | null) => ({
  ...{ id, created_at, project_id: 'p', volume_size: 1, provider_id: id, type: 'plain' },
  ...{ status: 'error', volume_id, group_snapshot_id },
});
const group = (id: string, status: string) => ({
  ...{ id, created_at, status, type: 'consistent', host: 'n@b', place: null },
});

/** What is said of the statuses of these rows. */
function findings(
  rows: Partial<Parameters<typeof judgeStatuses>[0]['rows']>,
  { knowledge = new Knowledge(), refused = [] }: { knowledge?: Knowledge; refused?: readonly string[] } = {},
): readonly string[] {
  const found: string[] = [];
  const refusals = new Refusals();
  for (const path of refused) {
    refusals.add({ path, body: null });
  }
  const plain = {
    name: 'plain',
    extraSpecs: {},
    replication: null,
    volumeGroup: null,
    qos: null,
    multiattach: false,
  };
  const types = [plain] as const;
  judgeStatuses(
    {
      rows: {
        ...{ volumes: [], snapshots: [], attachments: [], groups: [], groupSnapshots: [] },
        ...{ usages: [], reservations: [], journal: [], deferred: [], service: null },
        ...rows,
      },
      site: { types },
      knowledge,
      allowances: { refusals, closedSince: null },
      failovers: new Failovers({ name: 'one', types }, [], true),
    },
    (category, text) => found.push(`${category}: ${text}`),
  );
  return found;
}

describe('all of a group are in error with the worst of them:', () => {
  const members = [volume('v1', 'g', 'available'), volume('v2', 'g', 'available')];
  const taken = {
    volumes: members,
    groups: [group('g', 'available')],
    groupSnapshots: [{ id: 'gs', created_at, status: 'error', group_id: 'g' }],
    snapshots: [snapshot('s1', 'v1', 'gs'), snapshot('s2', 'v2', 'gs')],
  };

  test('a group snapshot and its members with the one that was refused', () => {
    expect(findings(taken)).toEqual([
      'error-without-cause: snapshot s1 is error',
      'error-without-cause: snapshot s2 is error',
      'error-without-cause: group snapshot gs is error',
    ]);
    expect(findings(taken, { refused: ['volume-snapshots?names=s2'] })).toEqual([]);
    expect(findings(taken, { refused: ['volume-snapshots?names=s3'] })).toHaveLength(3);
  });

  test('so they are when somebody has said that their group is well', () => {
    const knowledge = new Knowledge();
    knowledge.repaired.add('g');
    expect(findings(taken, { knowledge })).toEqual([]);
  });

  test('a snapshot that was taken by itself has no part in it', () => {
    const alone = { ...taken, snapshots: [...taken.snapshots, snapshot('s3', 'v2', null)] };
    expect(findings(alone, { refused: ['volume-snapshots?names=s1'] })).toEqual([
      'error-without-cause: snapshot s3 is error',
    ]);
  });

  test('the copy of a group with the volume that was refused', () => {
    const knowledge = new Knowledge();
    for (const id of ['c1', 'c2']) {
      knowledge.learnVolume(id, { size: 1, type: null, contents: [0], copiedInto: 'copy' });
    }
    const copy = {
      volumes: [volume('c1', 'copy', 'error'), volume('c2', 'copy', 'error')],
      groups: [group('copy', 'error')],
    };
    expect(findings(copy, { knowledge })).toHaveLength(3);
    expect(findings(copy, { knowledge, refused: ['volumes?names=volume-c2-cinder'] })).toEqual([]);
  });
});
