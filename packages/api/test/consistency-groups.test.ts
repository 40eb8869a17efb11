import { BlockStorageError } from '@cinder-flasharray/block-storage';
import type { GroupSnapshotRecord } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { testApi } from './support/api.ts';
import type { FakeParts } from './support/fake-block-storage.ts';
import { aGroup, aGroupSnapshot, aVolumeType, consistencyGroupType, project } from './support/records.ts';

const groupTypeId = consistencyGroupType.id;
const group = aGroup({ groupTypeId });
const snapshot = aGroupSnapshot({ groupTypeId });
const path = `/consistencygroups/${group.id}`;
const shown = {
  id: group.id,
  status: 'available',
  availability_zone: 'nova',
  created_at: '2026-03-01T10:20:30.000000',
  name: 'database',
  description: null,
  volume_types: [aVolumeType().id],
};
const withoutType: FakeParts['groupTypes'] = {
  get: async () => {
    throw new BlockStorageError('group-type-not-found', 'no such type');
  },
};
const old = { version: null } as const;

describe('a consistency group', () => {
  it('is a group of its type in the old form', async () => {
    const api = await testApi({ groups: { get: async () => group } });
    expect((await api.ask({ path, ...old })).text).toBe(JSON.stringify({ consistencygroup: shown }));
  });

  it('is no group of another type', async () => {
    const api = await testApi({
      groups: { get: async () => aGroup() },
      groupSnapshots: { get: async () => aGroupSnapshot() },
    });
    expect(await api.ask({ path, ...old })).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: `Group ${group.id} could not be found.` } },
    });
    const missing = `GroupSnapshot ${snapshot.id} could not be found.`;
    expect(await api.ask({ path: `/cgsnapshots/${snapshot.id}`, ...old })).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: missing } },
    });
  });
});

describe('listing consistency groups', () => {
  const listing = async (query: string) => {
    const asked: unknown[] = [];
    const api = await testApi({
      groups: {
        list: async (_context, filter, page) => {
          asked.push({ filter, page });
          return { kind: 'page', rows: [group], more: true, count: null };
        },
      },
    });
    return { answer: await api.ask({ path: `/consistencygroups${query}`, ...old }), asked };
  };

  it('shows id and name, or everything, and where the next page is', async () => {
    const next = (rest: string) => [
      { rel: 'next', href: `http://127.0.0.1:8776/v3/${project}/consistencygroups${rest}marker=${group.id}` },
    ];
    expect((await listing('?limit=1')).answer.body).toEqual({
      consistencygroups: [{ id: group.id, name: 'database' }],
      consistencygroup_links: next('?limit=1&'),
    });
    expect((await listing('/detail')).answer.body).toEqual({
      consistencygroups: [shown],
      consistencygroup_links: next('/detail?'),
    });
  });

  it('asks for groups of the type only', async () => {
    expect((await listing('?all_tenants=1&status=error&group_type_id=x&sort=name:asc')).asked).toMatchObject([
      {
        filter: { projectId: null, status: { operator: 'eq', value: 'error' }, groupTypeId },
        page: { sort: [{ key: 'name', direction: 'asc' }] },
      },
    ]);
  });

  it('is empty where there is no such type', async () => {
    const api = await testApi({ groupTypes: withoutType });
    expect((await api.ask({ path: '/consistencygroups', ...old })).body).toEqual({ consistencygroups: [] });
    expect((await api.ask({ path: '/cgsnapshots', ...old })).body).toEqual({ cgsnapshots: [] });
  });

  it('knows its markers', async () => {
    const api = await testApi({ groups: { list: async () => ({ kind: 'unknown-marker' }) } });
    expect((await api.ask('/consistencygroups?marker=m')).status).toBe(404);
  });
});

describe('creating a consistency group', () => {
  const creating = async (route: string, body: unknown, parts: FakeParts = {}) => {
    const asked: unknown[] = [];
    const note = async (_context: unknown, request: unknown) => {
      asked.push(request);
      return group;
    };
    const api = await testApi({
      groups: { create: note, createFromSource: note, get: async () => group },
      groupSnapshots: { get: async () => snapshot },
      ...parts,
    });
    return { answer: await api.ask({ method: 'POST', path: route, body }), asked };
  };
  const made = { consistencygroup: { id: group.id, name: 'database' } };

  it('makes a group of its type, whatever else the body says', async () => {
    const { answer, asked } = await creating('/consistencygroups', {
      consistencygroup: {
        name: ' database ',
        description: 'd',
        volume_types: 'gold,silver,',
        availability_zone: null,
        status: 'creating',
        user_id: null,
      },
    });
    expect(answer).toMatchObject({ status: 202, body: made });
    expect(asked).toEqual([
      {
        groupType: groupTypeId,
        volumeTypes: ['gold', 'silver'],
        name: 'database',
        description: 'd',
        availabilityZone: null,
      },
    ]);
  });

  it.each([
    [
      { cgsnapshot_id: snapshot.id, name: 'a' },
      { groupSnapshotId: snapshot.id, sourceGroupId: null, name: 'a' },
    ],
    [
      { source_cgid: group.id, cgsnapshot_id: null },
      { groupSnapshotId: null, sourceGroupId: group.id, name: null },
    ],
  ])('takes %j as a source', async (source, expected) => {
    const body = { 'consistencygroup-from-src': source };
    const { answer, asked } = await creating('/consistencygroups/create_from_src', body);
    expect(answer).toMatchObject({ status: 202, body: made });
    expect(asked).toEqual([{ ...expected, description: null }]);
  });

  it.each([
    ['', {}, "Missing required element 'consistencygroup' in request body."],
    ['', { consistencygroup: 'a' }, "Missing required element 'consistencygroup' in request body."],
    ['', { consistencygroup: { name: 'a' } }, 'volume_types must be provided to create consistency group a.'],
    ['', { consistencygroup: { volume_types: ',' } }, 'to create consistency group None.'],
    ['/create_from_src', {}, "Missing required element 'consistencygroup-from-src' in request body."],
    [
      '/create_from_src',
      { 'consistencygroup-from-src': { name: 'a' } },
      "Either 'cgsnapshot_id' or 'source_cgid' must be provided to create consistency group a from source.",
    ],
    [
      '/create_from_src',
      { 'consistencygroup-from-src': { cgsnapshot_id: 'b', source_cgid: 'c' } },
      "Cannot provide both 'cgsnapshot_id' and 'source_cgid' to create consistency group None from source.",
    ],
  ])('%s refuses %j', async (route, body, message) => {
    const { answer, asked } = await creating(`/consistencygroups${route}`, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(asked).toEqual([]);
  });

  it('is refused where there is no such type', async () => {
    const body = { consistencygroup: { volume_types: 'gold' } };
    const { answer } = await creating('/consistencygroups', body, { groupTypes: withoutType });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Group type default_cgsnapshot_type not found.');
  });
});

describe('changing a consistency group', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      groups: {
        get: async () => group,
        update: async (_context, id, change) => {
          calls.push(['update', id, change]);
          return group;
        },
        delete: async (_context, id, options) => {
          calls.push(['delete', id, options]);
        },
      },
    });
    const put = (body: unknown, version: string | null = null) =>
      api.ask({ method: 'PUT', path: `${path}/update`, body, version });
    const remove = (body?: unknown) =>
      api.ask({ method: 'POST', path: `${path}/delete`, ...(body === undefined ? {} : { body }), ...old });
    const answers = [
      await put({ consistencygroup: { name: 'new', add_volumes: 'a,b', remove_volumes: 'c' } }),
      await put({ consistencygroup: { name: '', description: null } }),
      await put({ consistencygroup: { name: '', description: null } }, '3.6'),
      await put({ consistencygroup: { name: null, add_volumes: '' } }, '3.6'),
      await put(undefined),
      await put({ consistencygroup: { add_volumes: 'a', remove_volumes: 'a' } }),
      await remove({ consistencygroup: { force: true } }),
      await remove({ consistencygroup: {} }),
      await remove(),
      await remove({ consistencygroup: { force: 'perhaps' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 400, 202, 400, 400, 400, 202, 202, 202, 400]);
    expect(answers[4]?.text).toContain('Missing request body.');
    expect(calls).toEqual([
      ['update', group.id, { name: 'new', addVolumes: ['a', 'b'], removeVolumes: ['c'] }],
      ['update', group.id, { name: '' }],
      ['delete', group.id, { deleteVolumes: true, force: true }],
      ['delete', group.id, { deleteVolumes: false, force: false }],
      ['delete', group.id, { deleteVolumes: false, force: false }],
    ]);
  });
});

describe('snapshots of consistency groups', () => {
  it('are group snapshots in the old form', async () => {
    const api = await testApi({ groupSnapshots: { get: async () => snapshot } });
    expect((await api.ask({ path: `/cgsnapshots/${snapshot.id}`, ...old })).text).toBe(
      JSON.stringify({
        cgsnapshot: {
          id: snapshot.id,
          consistencygroup_id: group.id,
          status: 'available',
          created_at: '2026-03-01T10:20:30.000000',
          name: 'monday',
          description: null,
        },
      }),
    );
  });

  it('are made and deleted', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      groups: { get: async () => group },
      groupSnapshots: {
        get: async () => snapshot,
        create: async (_context, request) => {
          calls.push(['create', request]);
          return snapshot;
        },
        delete: async (_context, id) => {
          calls.push(['delete', id]);
        },
      },
    });
    const create = (cgsnapshot: unknown) =>
      api.ask({ method: 'POST', path: '/cgsnapshots', body: { cgsnapshot }, ...old });
    expect(await create({ consistencygroup_id: group.id, name: 'monday' })).toMatchObject({
      status: 202,
      body: { cgsnapshot: { id: snapshot.id, name: 'monday' } },
    });
    expect(await create({ name: 'monday' })).toMatchObject({
      status: 400,
      body: { badRequest: { message: "'consistencygroup_id' must be specified" } },
    });
    expect(await api.ask({ method: 'DELETE', path: `/cgsnapshots/${snapshot.id}`, ...old })).toMatchObject({
      status: 202,
      text: '',
    });
    expect(calls).toEqual([
      ['create', { groupId: group.id, name: 'monday', description: null }],
      ['delete', snapshot.id],
    ]);
  });

  it.each([
    ['', ['1', '3', '4']],
    ['?limit=2', ['1', '3']],
    ['?limit=0', ['1', '3', '4']],
    ['?offset=1&limit=1', ['3']],
  ])('are listed without others, over all pages below: %s', async (query, ids) => {
    const one = (id: string, fields: Partial<GroupSnapshotRecord> = {}) =>
      aGroupSnapshot({ id, groupTypeId, ...fields });
    const pages: Readonly<Record<string, readonly GroupSnapshotRecord[]>> = {
      start: [one('1'), aGroupSnapshot({ id: '2' })],
      2: [one('3'), one('4')],
    };
    const api = await testApi({
      groupSnapshots: {
        list: async (_context, _filter, { marker }) => ({
          kind: 'page',
          rows: pages[marker ?? 'start'] ?? [],
          more: marker === null,
          count: null,
        }),
      },
    });
    expect((await api.ask({ path: `/cgsnapshots${query}`, ...old })).body).toEqual({
      cgsnapshots: ids.map((id) => ({ id, name: 'monday' })),
    });
    expect((await api.ask({ path: `/cgsnapshots/detail${query}`, ...old })).body).toMatchObject({
      cgsnapshots: ids.map((id) => ({ id, consistencygroup_id: group.id })),
    });
  });
});
