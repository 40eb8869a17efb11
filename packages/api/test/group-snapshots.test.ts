import { describe, expect, it } from 'vitest';
import { asMember, testApi } from './support/api.ts';
import { aGroup, aGroupSnapshot, aGroupType, consistencyGroupType, project } from './support/records.ts';

const { id } = aGroupSnapshot();
const path = `/group_snapshots/${id}`;
const old = aGroupSnapshot({ id: 'e', groupTypeId: consistencyGroupType.id });

describe('a group snapshot', () => {
  it('shows everything at the newest microversion', async () => {
    const api = await testApi({ groupSnapshots: { get: async () => aGroupSnapshot() } });
    expect((await api.ask(path)).text).toBe(
      JSON.stringify({
        group_snapshot: {
          id,
          group_id: aGroup().id,
          group_type_id: aGroupType().id,
          status: 'available',
          created_at: '2026-03-01T10:20:30.000000',
          name: 'monday',
          description: null,
          project_id: project,
        },
      }),
    );
    expect((await api.ask({ path, version: '3.57' })).text).not.toContain('project_id');
  });

  it('does not show members its project', async () => {
    const api = await testApi({ groupSnapshots: { get: async () => aGroupSnapshot() } }, asMember);
    expect((await api.ask(path)).text).not.toContain('project_id');
  });

  it.each([
    ['GET', path, '3.13', undefined],
    ['GET', '/group_snapshots', '3.13', undefined],
    ['POST', `${path}/action`, '3.18', { reset_status: { status: 'error' } }],
  ] as const)('%s %s is not there at %s', async (method, route, version, body) => {
    const api = await testApi();
    expect((await api.ask({ method, path: route, version, body })).status).toBe(404);
  });

  it('of the old API is left to the old API', async () => {
    const api = await testApi({
      groupSnapshots: { get: async () => old },
      groups: { get: async () => aGroup({ groupTypeId: consistencyGroupType.id }) },
    });
    const message =
      `Group_type ${consistencyGroupType.id} is reserved for migrating CGs to groups. ` +
      'Migrated group snapshots can only be operated by CG snapshot APIs.';
    for (const answer of [
      await api.ask(path),
      await api.ask({ method: 'DELETE', path }),
      await api.ask({
        method: 'POST',
        path: '/group_snapshots',
        body: { group_snapshot: { group_id: aGroup().id } },
      }),
    ]) {
      expect(answer).toMatchObject({ status: 400, body: { badRequest: { message } } });
    }
  });
});

describe('changing group snapshots', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      groups: { get: async () => aGroup() },
      groupSnapshots: {
        get: async () => aGroupSnapshot(),
        create: async (_context, request) => {
          calls.push(['create', request]);
          return aGroupSnapshot();
        },
        delete: async (_context, snapshot) => {
          calls.push(['delete', snapshot]);
        },
        resetStatus: async (_context, snapshot, status) => {
          calls.push(['resetStatus', snapshot, status]);
        },
      },
    });
    const create = (group_snapshot: unknown) =>
      api.ask({ method: 'POST', path: '/group_snapshots', body: { group_snapshot } });
    const answers = [
      await create({ group_id: aGroup().id, name: ' monday ', description: 'd' }),
      await create({ name: 'monday' }),
      await create({ group_id: 'g' }),
      await api.ask({ method: 'DELETE', path }),
      await api.ask({ method: 'POST', path: `${path}/action`, body: { reset_status: { status: 'ERROR' } } }),
      await api.ask({ method: 'POST', path: `${path}/action`, body: { reset_status: {} } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 400, 400, 202, 202, 400]);
    expect(answers[0]?.body).toEqual({
      group_snapshot: { id, name: 'monday', group_type_id: aGroupType().id },
    });
    expect(calls).toEqual([
      ['create', { groupId: aGroup().id, name: 'monday', description: 'd' }],
      ['delete', id],
      ['resetStatus', id, 'error'],
    ]);
  });
});

describe('listing group snapshots', () => {
  const listing = async (query: string, version = '3.70') => {
    const asked: { filter: unknown; page: unknown }[] = [];
    const api = await testApi({
      groupSnapshots: {
        list: async (_context, filter, page) => {
          asked.push({ filter, page });
          return { kind: 'page', rows: [old, aGroupSnapshot()], more: true, count: null };
        },
      },
    });
    return { answer: await api.ask({ path: `/group_snapshots${query}`, version }), asked: asked[0] };
  };

  it('shows id and name of those that are not of the old API, and where the next page is', async () => {
    const { answer } = await listing('?limit=2');
    expect(answer.body).toEqual({
      group_snapshots: [{ id, name: 'monday' }],
      group_snapshot_links: [
        { rel: 'next', href: `http://127.0.0.1:8776/v3/${project}/group_snapshots?limit=2&marker=${id}` },
      ],
    });
  });

  it('shows everything in detail', async () => {
    const { answer } = await listing('/detail');
    expect(answer.body).toMatchObject({ group_snapshots: [{ id, status: 'available' }] });
  });

  it('filters, sorts and pages from 3.29 on', async () => {
    const query = '?name=a&status=error&group_id=g&id=i&sort=name:asc&limit=3';
    expect((await listing(query)).asked).toMatchObject({
      filter: {
        projectId: project,
        name: { operator: 'eq', value: 'a' },
        status: { operator: 'eq', value: 'error' },
        groupId: 'g',
        ids: ['i'],
      },
      page: { sort: [{ key: 'name', direction: 'asc' }], limit: 3 },
    });
    expect((await listing(query, '3.28')).asked).toMatchObject({
      filter: { projectId: project },
      page: { sort: [], limit: 1000 },
    });
    expect((await listing('?colour=red')).answer.status).toBe(400);
  });

  it('knows its markers', async () => {
    const api = await testApi({ groupSnapshots: { list: async () => ({ kind: 'unknown-marker' }) } });
    expect(await api.ask('/group_snapshots?marker=m')).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'GroupSnapshot m could not be found.' } },
    });
  });
});
