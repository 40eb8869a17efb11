import { BlockStorageError } from '@cinder-flasharray/block-storage';
import type { GroupRecord } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { asMember, testApi } from './support/api.ts';
import {
  aGroup,
  aGroupSnapshot,
  aGroupType,
  aVolumeType,
  consistencyGroupType,
  project,
} from './support/records.ts';

const { id } = aGroup();
const path = `/groups/${id}`;
const old = aGroup({ id: 'dddddddd-dddd-4ddd-8ddd-dddddddddddd', groupTypeId: consistencyGroupType.id });
const reserved = {
  status: 400,
  body: {
    badRequest: {
      code: 400,
      message:
        `Group_type ${consistencyGroupType.id} is reserved for migrating CGs to groups. ` +
        'Migrated group can only be operated by CG APIs.',
    },
  },
};

describe('a group', () => {
  it('shows everything at the newest microversion', async () => {
    const api = await testApi({ groups: { get: async () => aGroup() } });
    expect((await api.ask(path)).text).toBe(
      JSON.stringify({
        group: {
          id,
          status: 'available',
          availability_zone: 'nova',
          created_at: '2026-03-01T10:20:30.000000',
          name: 'database',
          description: null,
          group_type: aGroupType().id,
          volume_types: [aVolumeType().id],
          group_snapshot_id: null,
          source_group_id: null,
          replication_status: 'disabled',
          project_id: project,
        },
      }),
    );
  });

  it.each([
    ['3.13', []],
    ['3.14', ['group_snapshot_id', 'source_group_id']],
    ['3.25', ['group_snapshot_id', 'source_group_id', 'volumes']],
    ['3.24', ['group_snapshot_id', 'source_group_id']],
    ['3.37', ['group_snapshot_id', 'source_group_id', 'volumes']],
    ['3.57', ['group_snapshot_id', 'source_group_id', 'volumes', 'replication_status']],
    ['3.38', ['group_snapshot_id', 'source_group_id', 'volumes', 'replication_status']],
    ['3.58', ['group_snapshot_id', 'source_group_id', 'volumes', 'replication_status', 'project_id']],
  ])('at %s has %j besides', async (version, keys) => {
    const api = await testApi({ groups: { get: async () => aGroup(), volumesOf: async () => ['v1', 'v2'] } });
    const { body } = await api.ask({ path: `${path}?list_volume=True`, version });
    const group: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'group') : null;
    expect(Object.keys(group ?? {}).slice(8)).toEqual(keys);
    expect(keys.includes('volumes') ? group : { volumes: ['v1', 'v2'] }).toMatchObject({
      volumes: ['v1', 'v2'],
    });
  });

  it('does not show members its project', async () => {
    const api = await testApi({ groups: { get: async () => aGroup() } }, asMember);
    expect((await api.ask(path)).text).not.toContain('project_id');
  });

  it('that is not there is not found', async () => {
    const api = await testApi({
      groups: {
        get: async () => {
          throw new BlockStorageError('group-not-found', `Group ${id} could not be found.`);
        },
      },
    });
    expect(await api.ask(path)).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: `Group ${id} could not be found.` } },
    });
  });

  it.each([
    ['GET', path, '3.12', undefined],
    ['GET', '/groups/detail', '3.12', undefined],
    ['POST', '/groups/action', '3.13', { 'create-from-src': {} }],
    ['POST', `${path}/action`, '3.12', { delete: {} }],
    ['POST', `${path}/action`, '3.19', { reset_status: { status: 'error' } }],
  ] as const)('%s %s is not there at %s', async (method, route, version, body) => {
    const api = await testApi();
    expect((await api.ask({ method, path: route, version, body })).status).toBe(404);
  });

  it('of the old API is left to the old API', async () => {
    const api = await testApi({ groups: { get: async () => old } });
    expect(await api.ask(path)).toMatchObject(reserved);
    expect(await api.ask({ method: 'PUT', path, body: { group: { name: 'a' } } })).toMatchObject(reserved);
    const remove = { method: 'POST', path: `${path}/action`, body: { delete: {} } } as const;
    expect(await api.ask(remove)).toMatchObject(reserved);
  });

  it('is any group where there is no type of the old API', async () => {
    const api = await testApi({
      groups: { get: async () => old },
      groupTypes: {
        get: async () => {
          throw new BlockStorageError('group-type-not-found', 'no such type');
        },
      },
    });
    expect((await api.ask(path)).status).toBe(200);
  });
});

describe('creating a group', () => {
  const creating = async (group: unknown) => {
    const asked: unknown[] = [];
    const api = await testApi({
      groups: {
        create: async (_context, request) => {
          asked.push(request);
          return aGroup({ status: 'creating' });
        },
      },
    });
    return { answer: await api.ask({ method: 'POST', path: '/groups', body: { group } }), asked };
  };

  it('asks below, and answers 202 with id and name', async () => {
    const { answer, asked } = await creating({
      name: ' database ',
      description: 'd',
      group_type: 'consistent',
      volume_types: ['gold', 'silver'],
      availability_zone: 'nova',
    });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ group: { id, name: 'database' } });
    expect(asked).toEqual([
      {
        name: 'database',
        description: 'd',
        groupType: 'consistent',
        volumeTypes: ['gold', 'silver'],
        availabilityZone: 'nova',
      },
    ]);
  });

  it.each([
    [{ volume_types: ['gold'] }, "'group_type' is a required property"],
    [{ group_type: 'a' }, "'volume_types' is a required property"],
    [{ group_type: 'a', volume_types: [] }, '[] is too short'],
    [{ group_type: 'a', volume_types: 'gold' }, "'gold' is not of type 'array'"],
    [{ group_type: 'a', volume_types: ['b', 'b'] }, "['b', 'b'] has non-unique elements"],
    [{ group_type: 'a', volume_types: ['b'], availability_zone: ' ' }, 'is too short'],
    [
      { group_type: 'default_cgsnapshot_type', volume_types: ['b'] },
      'is reserved for migrating CGs to groups',
    ],
    [{ group_type: consistencyGroupType.id, volume_types: ['b'] }, 'is reserved for migrating CGs to groups'],
  ])('refuses %j', async (group, message) => {
    const { answer, asked } = await creating(group);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(asked).toEqual([]);
  });
});

describe('creating a group from a source', () => {
  const creating = async (argument: unknown, source = aGroup()) => {
    const asked: unknown[] = [];
    const api = await testApi({
      groups: {
        get: async () => source,
        createFromSource: async (_context, request) => {
          asked.push(request);
          return aGroup({ id: 'new', name: 'copy' });
        },
      },
      groupSnapshots: { get: async () => aGroupSnapshot({ groupTypeId: source.groupTypeId }) },
    });
    const body = { 'create-from-src': argument };
    return { answer: await api.ask({ method: 'POST', path: '/groups/action', body }), asked };
  };

  it.each([
    [{ source_group_id: id }, { sourceGroupId: id, groupSnapshotId: null }],
    [
      { group_snapshot_id: aGroupSnapshot().id, source_group_id: null },
      { sourceGroupId: null, groupSnapshotId: aGroupSnapshot().id },
    ],
  ])('takes %j', async (source, expected) => {
    const { answer, asked } = await creating({ name: ' copy ', description: 'd', ...source });
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ group: { id: 'new', name: 'copy' } });
    expect(asked).toEqual([{ name: 'copy', description: 'd', ...expected }]);
  });

  it.each([
    [{ name: 'a' }, 'is not valid under any of the given schemas'],
    [{ source_group_id: id, group_snapshot_id: id }, 'is valid under each of'],
    [{ source_group_id: 'a' }, "'a' is not a 'uuid'"],
  ])('refuses %j', async (argument, message) => {
    const { answer, asked } = await creating(argument);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(asked).toEqual([]);
  });

  it('refuses sources of the old API', async () => {
    expect((await creating({ source_group_id: id }, old)).answer).toMatchObject(reserved);
    expect((await creating({ group_snapshot_id: id }, old)).answer).toMatchObject(reserved);
  });

  it('is the only action of the collection', async () => {
    const api = await testApi();
    expect((await api.ask({ method: 'POST', path: '/groups/action', body: { delete: {} } })).status).toBe(
      400,
    );
  });
});

describe('changing a group', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      groups: {
        get: async () => aGroup(),
        update: async (_context, group, change) => {
          calls.push(['update', group, change]);
          return aGroup();
        },
        delete: async (_context, group, options) => {
          calls.push(['delete', group, options]);
        },
        resetStatus: async (_context, group, status) => {
          calls.push(['resetStatus', group, status]);
        },
      },
    });
    const put = (group: unknown) => api.ask({ method: 'PUT', path, body: { group } });
    const act = (body: unknown) => api.ask({ method: 'POST', path: `${path}/action`, body });
    const answers = [
      await put({ name: ' new ', description: 'd', add_volumes: 'a,b,', remove_volumes: 'c' }),
      await put({ name: null, add_volumes: '' }),
      await put({}),
      await put({ add_volumes: 'a,b', remove_volumes: 'b' }),
      await put({ add_volumes: ['a'] }),
      await act({ delete: { 'delete-volumes': 'true' } }),
      await act({ delete: {} }),
      await act({ delete: { 'delete-volumes': 'perhaps' } }),
      await act({ reset_status: { status: 'Error' } }),
      await act({ reset_status: {} }),
      await act({ enable_replication: {} }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      202, 202, 400, 400, 400, 202, 202, 400, 202, 400, 400,
    ]);
    expect(answers[0]?.text).toBe('');
    expect(answers[3]?.text).toContain("Invalid volume: UUIDs ['b'] are in both add and remove volume list.");
    expect(calls).toEqual([
      ['update', id, { name: 'new', description: 'd', addVolumes: ['a', 'b'], removeVolumes: ['c'] }],
      ['update', id, {}],
      ['delete', id, { deleteVolumes: true }],
      ['delete', id, { deleteVolumes: false }],
      ['resetStatus', id, 'error'],
    ]);
  });
});

describe('listing groups', () => {
  const listing = async (query: string, version = '3.70', rows: readonly GroupRecord[] = [aGroup(), old]) => {
    const asked: { filter: unknown; page: unknown }[] = [];
    const api = await testApi({
      groups: {
        list: async (_context, filter, page) => {
          asked.push({ filter, page });
          return { kind: 'page', rows, more: rows.length > 0, count: null };
        },
        volumesOf: async (_context, group) => [`of ${group}`],
      },
    });
    return { answer: await api.ask({ path: `/groups${query}`, version }), asked: asked[0] };
  };

  it('shows id and name of those that are not of the old API, and where the next page is', async () => {
    const { answer } = await listing('?limit=2');
    expect(answer.body).toEqual({
      groups: [{ id, name: 'database' }],
      group_links: [
        { rel: 'next', href: `http://127.0.0.1:8776/v3/${project}/groups?limit=2&marker=${old.id}` },
      ],
    });
  });

  it('shows everything in detail, with volumes where they are asked for', async () => {
    expect((await listing('/detail?list_volume=True')).answer.body).toMatchObject({
      groups: [{ id, status: 'available', volumes: [`of ${id}`] }],
    });
    expect((await listing('/detail')).answer.text).not.toContain('"volumes"');
    expect((await listing('/detail?list_volume=True', '3.24')).answer.text).not.toContain('"volumes"');
  });

  it.each([
    ['', { projectId: project }],
    ['?all_tenants=1', { projectId: null }],
    [
      '?name=a&status=error',
      { name: { operator: 'eq', value: 'a' }, status: { operator: 'eq', value: 'error' } },
    ],
    ['?name~=a', { name: { operator: 'like', value: 'a' } }],
    [
      '?id=i&group_type_id=t&group_snapshot_id=s&source_group_id=g',
      { ids: ['i'], groupTypeId: 't', groupSnapshotId: 's', sourceGroupId: 'g' },
    ],
    [
      '?host=h@b&availability_zone=nova',
      { host: { operator: 'eq', value: 'h@b' }, availabilityZone: { operator: 'eq', value: 'nova' } },
    ],
  ])('%s filters', async (query, filter) => {
    expect((await listing(query)).asked?.filter).toEqual({ projectId: project, ...filter });
  });

  it('sorts and pages', async () => {
    expect((await listing('?sort=name:asc,created_at&limit=3&offset=1&marker=m')).asked?.page).toMatchObject({
      sort: [
        { key: 'name', direction: 'asc' },
        { key: 'created_at', direction: 'desc' },
      ],
      limit: 3,
      offset: 1,
      marker: 'm',
    });
    expect((await listing('?sort=size')).answer.status).toBe(400);
  });

  it('refuses filters nobody knows from 3.31 on', async () => {
    expect((await listing('?colour=red', '3.31')).answer.status).toBe(400);
    expect((await listing('?colour=red', '3.30')).answer.status).toBe(200);
  });

  it('knows its markers', async () => {
    const api = await testApi({ groups: { list: async () => ({ kind: 'unknown-marker' }) } });
    expect(await api.ask('/groups?marker=m')).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'Group m could not be found.' } },
    });
  });
});
