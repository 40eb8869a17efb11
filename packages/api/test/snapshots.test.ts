import type { SnapshotFilter } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { testApi } from './support/api.ts';
import { aSnapshot, aVolume, project, user } from './support/records.ts';

const { id } = aSnapshot();
const volumeId = aVolume().id;

describe('a snapshot', () => {
  const base = {
    id,
    created_at: '2026-03-01T10:20:30.000000',
    updated_at: null,
    name: 'monday',
    description: null,
    volume_id: volumeId,
    status: 'available',
    size: 3,
    metadata: {},
  };
  const extended = {
    'os-extended-snapshot-attributes:project_id': project,
    'os-extended-snapshot-attributes:progress': '100%',
  };

  it.each([
    ['3.13', {}],
    ['3.14', { group_snapshot_id: null }],
    ['3.41', { group_snapshot_id: null, user_id: user }],
    ['3.65', { group_snapshot_id: null, user_id: user, consumes_quota: true }],
  ])('has the fields of microversion %s, in order', async (version, fields) => {
    const api = await testApi({ snapshots: { get: async () => aSnapshot() } });
    const { text } = await api.ask({ path: `/snapshots/${id}`, version });
    expect(text).toBe(JSON.stringify({ snapshot: { ...base, ...fields, ...extended } }));
  });

  it('is listed briefly, or in detail', async () => {
    const api = await testApi({
      snapshots: { list: async () => ({ kind: 'page', rows: [aSnapshot()], more: true, count: 2 }) },
    });
    const [brief, detail] = [
      await api.ask({ path: '/snapshots?limit=1', version: '3.0' }),
      await api.ask({ path: '/snapshots/detail?limit=1&with_count=1', version: '3.45' }),
    ];
    const next = (path: string) => [
      { rel: 'next', href: `http://127.0.0.1:8776/v3/${project}/snapshots${path}&marker=${id}` },
    ];
    expect(brief.body).toEqual({ snapshots: [base], snapshots_links: next('?limit=1') });
    expect(detail.body).toEqual({
      snapshots: [{ ...base, group_snapshot_id: null, user_id: user, ...extended }],
      snapshots_links: next('/detail?limit=1&with_count=1'),
      count: 2,
    });
  });

  it.each([
    [
      '?name=monday&volume_id=v&status=error',
      {
        projectId: project,
        displayName: { operator: 'eq', value: 'monday' },
        volumeId: 'v',
        status: { operator: 'eq', value: 'error' },
      },
    ],
    ['?all_tenants=1&id=x&consumes_quota=false', { projectId: null, ids: ['x'], consumesQuota: false }],
  ])('is found by %s', async (query, filter) => {
    const asked: SnapshotFilter[] = [];
    const api = await testApi({
      snapshots: {
        list: async (_context, given) => {
          asked.push(given);
          return { kind: 'page', rows: [], more: false, count: 0 };
        },
      },
    });
    await api.ask(`/snapshots${query}`);
    expect(asked).toEqual([filter]);
  });

  it('that a marker names must be there', async () => {
    const api = await testApi({ snapshots: { list: async () => ({ kind: 'unknown-marker' }) } });
    expect(await api.ask('/snapshots?marker=m')).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'Snapshot m could not be found.' } },
    });
  });
});

describe('creating a snapshot', () => {
  it.each([
    ['3.65', {}, false],
    ['3.65', { force: true }, true],
    ['3.65', { force: 'False' }, false],
    ['3.66', {}, true],
    ['3.66', { force: true }, true],
  ])('at %s with %j of a volume in use: %s', async (version, flags, force) => {
    const asked: unknown[] = [];
    const api = await testApi({
      snapshots: {
        create: async (_context, request) => {
          asked.push(request);
          return aSnapshot({ status: 'creating', progress: '0%' });
        },
      },
    });
    const answer = await api.ask({
      method: 'POST',
      path: '/snapshots',
      version,
      body: { snapshot: { volume_id: volumeId, name: 'monday', metadata: { a: 'b' }, ...flags } },
    });
    expect(answer.status).toBe(202);
    expect(answer.text).not.toContain('progress');
    expect(asked).toEqual([
      { volumeId, displayName: 'monday', displayDescription: null, metadata: { a: 'b' }, force },
    ]);
  });

  it.each([
    [
      { volume_id: volumeId, force: false },
      "Since microversion 3.66 the 'force' flag is invalid for this request. For backward compatibility, " +
        "when the 'force' flag is set to True it is ignored.",
    ],
    [
      { name: 'x' },
      "Invalid input for field/attribute snapshot. Value: {'name': 'x'}. 'volume_id' is a required property",
    ],
    [{ volume_id: 'v' }, "Invalid input for field/attribute volume_id. Value: v. 'v' is not a 'uuid'"],
  ])('refuses %j', async (snapshot, message) => {
    const api = await testApi();
    expect(await api.ask({ method: 'POST', path: '/snapshots', body: { snapshot } })).toMatchObject({
      status: 400,
      body: { badRequest: { code: 400, message } },
    });
  });
});

describe('changing a snapshot', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      snapshots: {
        update: async (_context, snapshot, change) => {
          calls.push(['update', snapshot, change]);
          return aSnapshot();
        },
        delete: async (_context, snapshot, options) => {
          calls.push(['delete', snapshot, options]);
        },
        resetStatus: async (_context, snapshot, status) => {
          calls.push(['resetStatus', snapshot, status]);
        },
        setMetadata: async (_context, _snapshot, metadata, how) => ({ ...metadata, how }),
      },
      manage: {
        unmanageSnapshot: async (_context, snapshot) => {
          calls.push(['unmanage', snapshot]);
        },
      },
    });
    const path = `/snapshots/${id}`;
    const action = { method: 'POST', path: `${path}/action` } as const;
    const statuses = [
      await api.ask({ method: 'PUT', path, body: { snapshot: { name: 'tuesday' } } }),
      await api.ask({ method: 'DELETE', path }),
      await api.ask({ ...action, body: { 'os-force_delete': null } }),
      await api.ask({ ...action, body: { 'os-reset_status': { status: 'error' } } }),
      await api.ask({ ...action, body: { 'os-unmanage': {} } }),
      await api.ask({ ...action, body: { 'os-update_snapshot_status': {} } }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 202, 202, 202, 202, 400]);
    expect(calls).toEqual([
      ['update', id, { displayName: 'tuesday' }],
      ['delete', id, { force: false }],
      ['delete', id, { force: true }],
      ['resetStatus', id, 'error'],
      ['unmanage', id],
    ]);
    const written = await api.ask({
      method: 'PUT',
      path: `${path}/metadata`,
      body: { metadata: { a: 'b' } },
    });
    expect(written.body).toEqual({ metadata: { a: 'b', how: 'replace' } });
  });
});
