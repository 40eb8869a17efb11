import type { GroupFilter } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { testApi } from './support/api.ts';
import { aGroup, aSnapshot, aVolume, consistencyGroupType, project } from './support/records.ts';

const groupId = aGroup().id;
const oldId = 'dddddddd-dddd-4ddd-8ddd-dddddddddddd';

describe('a volume in a group', () => {
  it.each([
    [{ size: 1, group_id: groupId }, groupId],
    [{ size: 1, consistencygroup_id: groupId }, groupId],
    [{ size: 1, consistencygroup_id: oldId, group_id: groupId }, groupId],
    [{ size: 1, group_id: '' }, null],
    [{ size: 1 }, null],
  ])('is made by %j', async (volume, expected) => {
    const asked: (string | null)[] = [];
    const api = await testApi({
      volumes: {
        create: async (_context, request) => {
          asked.push(request.groupId);
          return aVolume();
        },
      },
    });
    expect((await api.ask({ method: 'POST', path: '/volumes', body: { volume } })).status).toBe(202);
    expect(asked).toEqual([expected]);
  });

  it('names a group of the old API twice', async () => {
    const filters: GroupFilter[] = [];
    const api = await testApi({
      volumes: {
        list: async () => ({
          kind: 'page',
          rows: [
            aVolume({ id: '1', groupId }),
            aVolume({ id: '2', groupId: oldId }),
            aVolume({ id: '3', groupId: oldId }),
            aVolume({ id: '4' }),
          ],
          more: false,
          count: null,
        }),
        get: async () => aVolume({ groupId: oldId }),
      },
      groups: {
        list: async (_context, filter) => {
          filters.push(filter);
          return { kind: 'page', rows: [aGroup({ id: oldId })], more: false, count: null };
        },
      },
    });
    expect((await api.ask('/volumes/detail')).body).toMatchObject({
      volumes: [
        { id: '1', group_id: groupId, consistencygroup_id: null },
        { id: '2', group_id: oldId, consistencygroup_id: oldId },
        { id: '3', group_id: oldId, consistencygroup_id: oldId },
        { id: '4', group_id: null, consistencygroup_id: null },
      ],
    });
    expect((await api.ask({ path: '/volumes/1', version: null })).body).toMatchObject({
      volume: { consistencygroup_id: oldId },
    });
    const groupTypeId = consistencyGroupType.id;
    expect(filters).toEqual([
      { projectId: null, ids: [groupId, oldId], groupTypeId },
      { projectId: null, ids: [oldId], groupTypeId },
    ]);
  });
});

describe('a snapshot of a group snapshot', () => {
  it('says so from 3.14 on, and is found by it', async () => {
    const filters: unknown[] = [];
    const api = await testApi({
      snapshots: {
        list: async (_context, filter) => {
          filters.push(filter);
          return { kind: 'page', rows: [aSnapshot({ groupSnapshotId: 's' })], more: false, count: null };
        },
      },
    });
    expect((await api.ask('/snapshots/detail?group_snapshot_id=s')).body).toMatchObject({
      snapshots: [{ group_snapshot_id: 's' }],
    });
    expect(filters).toEqual([{ projectId: project, groupSnapshotId: 's' }]);
    expect((await api.ask({ path: '/snapshots/detail', version: '3.13' })).text).not.toContain(
      'group_snapshot',
    );
  });
});
