import type { CreateVolumeRequest, DetailChange } from '@cinder-flasharray/block-storage';
import type { PageRequest, VolumeFilter } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { asMember, testApi } from './support/api.ts';
import { anAttachment, aVolume, aVolumeType, project, user } from './support/records.ts';

const types = { list: async () => [aVolumeType()] };
const { id } = aVolume();
const links = [
  { rel: 'self', href: `http://127.0.0.1:8776/v3/${project}/volumes/${id}` },
  { rel: 'bookmark', href: `http://127.0.0.1:8776/${project}/volumes/${id}` },
];
const sinceEver = [
  'id',
  'status',
  'size',
  'availability_zone',
  'created_at',
  'updated_at',
  'name',
  'description',
  'volume_type',
  'snapshot_id',
  'source_volid',
  'metadata',
  'links',
  'user_id',
  'bootable',
  'encrypted',
  'replication_status',
  'consistencygroup_id',
  'multiattach',
  'attachments',
];
const atTheEnd = [
  'os-vol-tenant-attr:tenant_id',
  'os-vol-mig-status-attr:migstat',
  'os-vol-mig-status-attr:name_id',
  'os-vol-host-attr:host',
];
const volumeIn = (body: unknown): object => {
  const volume: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'volume') : null;
  return typeof volume === 'object' && volume !== null ? volume : {};
};

describe('a volume', () => {
  it('shows everything at the newest microversion', async () => {
    const volume = aVolume({
      status: 'in-use',
      updatedAt: new Date('2026-03-01T10:20:31.500Z'),
      metadata: { tier: 'a', readonly: 'mine' },
      adminMetadata: { readonly: 'False', attached_mode: 'rw', other: 'hidden' },
      encryptionKeyId: null,
      attachments: [
        anAttachment(),
        anAttachment({ id: '88888888-8888-4888-8888-888888888888', attachStatus: 'attaching' }),
      ],
    });
    const api = await testApi({ volumes: { get: async () => volume }, volumeTypes: types });
    expect((await api.ask(`/volumes/${id}`)).body).toEqual({
      volume: {
        id,
        status: 'in-use',
        size: 3,
        availability_zone: 'nova',
        created_at: '2026-03-01T10:20:30.000000',
        updated_at: '2026-03-01T10:20:31.500000',
        name: 'data',
        description: null,
        volume_type: 'gold',
        snapshot_id: null,
        source_volid: null,
        metadata: { tier: 'a', readonly: 'False', attached_mode: 'rw' },
        links,
        user_id: user,
        bootable: 'false',
        encrypted: false,
        replication_status: null,
        consistencygroup_id: null,
        multiattach: false,
        attachments: [
          {
            id,
            attachment_id: '55555555-5555-4555-8555-555555555555',
            volume_id: id,
            server_id: '66666666-6666-4666-8666-666666666666',
            host_name: null,
            device: '/dev/vdb',
            attached_at: '2026-03-01T10:21:00.000000',
          },
        ],
        migration_status: null,
        group_id: null,
        provider_id: 'volume-22222222-2222-4222-8222-222222222222-cinder',
        shared_targets: true,
        service_uuid: '33333333-3333-4333-8333-333333333333',
        cluster_name: null,
        volume_type_id: '11111111-1111-4111-8111-111111111111',
        consumes_quota: true,
        'os-vol-tenant-attr:tenant_id': project,
        'os-vol-mig-status-attr:migstat': null,
        'os-vol-mig-status-attr:name_id': null,
        'os-vol-host-attr:host': 'node1@array1#pool1',
      },
    });
  });

  it.each([
    ['3.0', []],
    ['3.13', ['group_id']],
    ['3.21', ['group_id', 'provider_id']],
    ['3.47', ['group_id', 'provider_id']],
    ['3.48', ['group_id', 'provider_id', 'shared_targets', 'service_uuid']],
    ['3.61', ['group_id', 'provider_id', 'shared_targets', 'service_uuid', 'cluster_name']],
    ['3.63', ['group_id', 'provider_id', 'shared_targets', 'service_uuid', 'cluster_name', 'volume_type_id']],
    [
      '3.65',
      [
        'group_id',
        'provider_id',
        'shared_targets',
        'service_uuid',
        'cluster_name',
        'volume_type_id',
        'consumes_quota',
      ],
    ],
  ])('has the fields of microversion %s, in order', async (version, fields) => {
    const api = await testApi({ volumes: { get: async () => aVolume() }, volumeTypes: types });
    const { body } = await api.ask({ path: `/volumes/${id}`, version });
    expect(Object.keys(volumeIn(body))).toEqual([...sinceEver, 'migration_status', ...fields, ...atTheEnd]);
  });

  it('hides from members what is for administrators', async () => {
    const volume = aVolume({ attachments: [anAttachment({ attachedHost: 'compute1' })] });
    const api = await testApi({ volumes: { get: async () => volume }, volumeTypes: types }, asMember);
    const { body } = await api.ask(`/volumes/${id}`);
    expect(Object.keys(volumeIn(body))).toEqual([
      ...sinceEver,
      'group_id',
      'shared_targets',
      'service_uuid',
      'volume_type_id',
      'consumes_quota',
      'os-vol-tenant-attr:tenant_id',
    ]);
    expect(JSON.stringify(body)).not.toContain('compute1');
  });

  it.each([
    ['managing', 'creating'],
    ['error_managing', 'error'],
    ['error_managing_deleting', 'deleting'],
  ] as const)('that is %s shows as %s', async (status, shown) => {
    const api = await testApi({ volumes: { get: async () => aVolume({ status }) }, volumeTypes: types });
    expect(volumeIn((await api.ask(`/volumes/${id}`)).body)).toMatchObject({ status: shown });
  });

  it('shows its encryption key from 3.64 on, and that it is encrypted always', async () => {
    const volume = aVolume({ encryptionKeyId: 'key-1' });
    const api = await testApi({ volumes: { get: async () => volume }, volumeTypes: types });
    const [before, then] = [
      await api.ask({ path: `/volumes/${id}`, version: '3.63' }),
      await api.ask({ path: `/volumes/${id}`, version: '3.64' }),
    ];
    expect(volumeIn(before.body)).toMatchObject({ encrypted: true });
    expect(volumeIn(before.body)).not.toHaveProperty('encryption_key_id');
    expect(volumeIn(then.body)).toMatchObject({ encrypted: true, encryption_key_id: 'key-1' });
  });

  it('whose targets may be shared or not says so only from 3.69 on', async () => {
    const volume = aVolume({ sharedTargets: null });
    const api = await testApi({ volumes: { get: async () => volume }, volumeTypes: types });
    expect(volumeIn((await api.ask({ path: `/volumes/${id}`, version: '3.68' })).body)).toMatchObject({
      shared_targets: false,
    });
    expect(volumeIn((await api.ask({ path: `/volumes/${id}`, version: '3.69' })).body)).toMatchObject({
      shared_targets: null,
    });
  });
});

describe('creating a volume', () => {
  const creating = async (body: unknown, version = '3.70') => {
    const asked: CreateVolumeRequest[] = [];
    const api = await testApi({
      volumes: {
        create: async (_context, request) => {
          asked.push(request);
          return aVolume({ status: 'creating' });
        },
      },
      volumeTypes: types,
    });
    return { answer: await api.ask({ method: 'POST', path: '/volumes', version, body }), asked };
  };

  it('asks below for what the body says, and answers 202 with the volume', async () => {
    const { answer, asked } = await creating({
      volume: {
        size: '5',
        name: ' data ',
        description: 'all of it',
        volume_type: 'gold',
        availability_zone: 'az1',
        metadata: { a: 'b' },
        snapshot_id: '44444444-4444-4444-8444-444444444444',
        source_volid: null,
        imageRef: null,
        consistencygroup_id: null,
        backup_id: null,
      },
      'OS-SCH-HNT:scheduler_hints': {},
    });
    expect(asked).toEqual([
      {
        size: 5,
        displayName: 'data',
        displayDescription: 'all of it',
        volumeType: 'gold',
        availabilityZone: 'az1',
        metadata: { a: 'b' },
        snapshotId: '44444444-4444-4444-8444-444444444444',
        sourceVolid: null,
        groupId: null,
        multiattach: false,
      },
    ]);
    expect(answer.status).toBe(202);
    expect(Object.keys(volumeIn(answer.body))).not.toContain('os-vol-host-attr:host');
    expect(volumeIn(answer.body)).toMatchObject({ id, status: 'creating', links });
  });

  it('needs no size when there is a source', async () => {
    const { asked } = await creating({ volume: { source_volid: id } });
    expect(asked).toMatchObject([{ size: null, sourceVolid: id }]);
  });

  it.each([
    [
      { name: 'x' },
      'The server could not comply with the request since it is either malformed or otherwise incorrect.',
    ],
    [{ size: 'abc' }, "Invalid input for field/attribute size. Value: abc. 'abc' does not match '^[0-9]+$'"],
    [
      { size: 1, snapshot_id: 'monday' },
      "Invalid input for field/attribute snapshot_id. Value: monday. 'monday' is not a 'uuid'",
    ],
    [{ size: 1, imageRef: 'debian' }, 'Invalid input received: imageRef is not supported by this service.'],
    [
      { size: 1, colour: 'red' },
      "Invalid input for field/attribute volume. Value: {'size': 1, 'colour': 'red'}. " +
        "Additional properties are not allowed ('colour' was unexpected)",
    ],
  ])('refuses %j', async (volume, message) => {
    const { answer, asked } = await creating({ volume });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ badRequest: { code: 400, message } });
    expect(asked).toEqual([]);
  });

  it('takes keys nobody knows before 3.53', async () => {
    const { answer } = await creating({ volume: { size: 1, colour: 'red' } }, '3.52');
    expect(answer.status).toBe(202);
  });
});

describe('changing a volume', () => {
  it.each([
    [{ name: 'new' }, { displayName: 'new' }],
    [{ display_name: 'old way' }, { displayName: 'old way' }],
    [
      { name: null, description: '' },
      { displayName: null, displayDescription: '' },
    ],
    [{ metadata: { a: 'b' } }, { metadata: { a: 'b' } }],
  ])('asks below for %j', async (volume, change) => {
    const asked: DetailChange[] = [];
    const api = await testApi({
      volumes: {
        update: async (_context, _id, given) => {
          asked.push(given);
          return aVolume();
        },
      },
      volumeTypes: types,
    });
    expect((await api.ask({ method: 'PUT', path: `/volumes/${id}`, body: { volume } })).status).toBe(200);
    expect(asked).toEqual([change]);
  });
});

describe('deleting a volume', () => {
  it.each([
    ['', '3.70', { cascade: false, force: false }],
    ['?cascade=True', '3.0', { cascade: true, force: false }],
    ['?force=true', '3.23', { cascade: false, force: true }],
    ['?force=true', '3.22', { cascade: false, force: false }],
  ])('%s at %s asks below for %j', async (query, version, options) => {
    const asked: unknown[] = [];
    const api = await testApi({
      volumes: {
        delete: async (_context, volume, given) => {
          asked.push([volume, given]);
        },
      },
    });
    const answer = await api.ask({ method: 'DELETE', path: `/volumes/${id}${query}`, version });
    expect([answer.status, answer.text]).toEqual([202, '']);
    expect(asked).toEqual([[id, options]]);
  });

  it('refuses a cascade that is no boolean', async () => {
    const api = await testApi();
    expect(await api.ask({ method: 'DELETE', path: `/volumes/${id}?cascade=perhaps` })).toMatchObject({
      status: 400,
      body: { badRequest: { message: "Value 'perhaps' for 'cascade' is not a boolean." } },
    });
  });
});

describe('listing volumes', () => {
  const listing = async (query: string, version = '3.70') => {
    const asked: { filter: VolumeFilter; page: PageRequest<string> }[] = [];
    const api = await testApi({
      volumes: {
        list: async (_context, filter, page) => {
          asked.push({ filter, page });
          return { kind: 'page', rows: [aVolume()], more: true, count: 7 };
        },
      },
      volumeTypes: types,
    });
    return { answer: await api.ask({ path: `/volumes${query}`, version }), asked: asked[0] };
  };

  it('shows id, name and links, and where the next page is', async () => {
    const { answer } = await listing('?limit=1&with_count=true');
    expect(answer.body).toEqual({
      volumes: [{ id, name: 'data', links }],
      volumes_links: [
        {
          rel: 'next',
          href: `http://127.0.0.1:8776/v3/${project}/volumes?limit=1&with_count=true&marker=${id}`,
        },
      ],
      count: 7,
    });
  });

  it('shows everything in detail', async () => {
    const { answer } = await listing('/detail', '3.0');
    expect(answer.body).toMatchObject({ volumes: [{ id, volume_type: 'gold', size: 3 }] });
  });

  it.each([
    ['', { projectId: project }],
    ['?all_tenants=1', { projectId: null }],
    [
      '?name=data&status=error',
      {
        projectId: project,
        displayName: { operator: 'eq', value: 'data' },
        status: { operator: 'eq', value: 'error' },
      },
    ],
    ['?name~=dat', { projectId: project, displayName: { operator: 'like', value: 'dat' } }],
    ['?bootable=true&multiattach=False', { projectId: project, bootable: true, multiattach: false }],
    ['?size=4', { projectId: project, size: { operator: 'eq', value: 4 } }],
    ['?volume_type=gold', { projectId: project, volumeTypeId: '11111111-1111-4111-8111-111111111111' }],
    ['?volume_type=nosuch', { projectId: project, volumeTypeId: 'nosuch' }],
    [
      '?id=x&snapshot_id=s&source_volid=v&user_id=u&migration_status=none&group_id=g',
      {
        projectId: project,
        ids: ['x'],
        snapshotId: 's',
        sourceVolid: 'v',
        userId: 'u',
        migrationStatus: 'none',
        groupId: 'g',
      },
    ],
    ["?metadata={'a':'b'}", { projectId: project, metadata: { a: 'b' } }],
    ['?consumes_quota=true', { projectId: project, consumesQuota: true }],
    [
      '?host=node1@a&availability_zone=az&replication_status=enabled',
      {
        projectId: project,
        host: { operator: 'eq', value: 'node1@a' },
        availabilityZone: { operator: 'eq', value: 'az' },
        replicationStatus: { operator: 'eq', value: 'enabled' },
      },
    ],
  ])('%s filters', async (query, filter) => {
    expect((await listing(query)).asked?.filter).toEqual(filter);
  });

  it('refuses filters that are wrong', async () => {
    expect((await listing('?size=big')).answer.status).toBe(400);
    expect((await listing('?bootable=perhaps')).answer.status).toBe(400);
    expect((await listing('?colour=red')).answer.status).toBe(400);
    expect((await listing('?colour=red', '3.30')).answer.status).toBe(200);
  });

  it('does not find an unknown marker', async () => {
    const api = await testApi({ volumes: { list: async () => ({ kind: 'unknown-marker' }) } });
    expect(await api.ask('/volumes?marker=nosuch')).toMatchObject({
      status: 404,
      body: { itemNotFound: { code: 404, message: 'Volume nosuch could not be found.' } },
    });
  });

  it('sums up every page', async () => {
    const pages = [
      { kind: 'page', rows: [aVolume({ id: 'a', size: 1, metadata: { k: 'v' } })], more: true, count: 2 },
      { kind: 'page', rows: [aVolume({ id: 'b', size: 4, metadata: { k: 'w' } })], more: false, count: 2 },
    ] as const;
    const markers: (string | null)[] = [];
    const api = await testApi({
      volumes: {
        list: async (_context, _filter, { marker }) => {
          markers.push(marker);
          return marker === null ? pages[0] : pages[1];
        },
      },
    });
    expect((await api.ask('/volumes/summary')).body).toEqual({
      'volume-summary': { total_count: 2, total_size: 5, metadata: { k: ['v', 'w'] } },
    });
    expect(markers).toEqual([null, 'a']);
    expect((await api.ask({ path: '/volumes/summary', version: '3.35' })).body).toEqual({
      'volume-summary': { total_count: 2, total_size: 5 },
    });
  });
});

describe('metadata of a volume', () => {
  const own = {
    volumes: { get: async () => aVolume({ metadata: { z: 'y' }, adminMetadata: { readonly: 'True' } }) },
  };

  it('is the user’s own, tagged from 3.15 on', async () => {
    const api = await testApi(own);
    const answer = await api.ask({ path: `/volumes/${id}/metadata`, version: '3.15' });
    expect(answer.body).toEqual({ metadata: { z: 'y' } });
    expect(answer.headers.etag).toBe('87c69070d656a759bb9ba70609e655dc');
    expect(
      (await api.ask({ path: `/volumes/${id}/metadata`, version: '3.14' })).headers.etag,
    ).toBeUndefined();
  });

  it('is found key by key', async () => {
    const api = await testApi(own);
    expect((await api.ask(`/volumes/${id}/metadata/z`)).body).toEqual({ meta: { z: 'y' } });
    expect(await api.ask(`/volumes/${id}/metadata/readonly`)).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: `Volume ${id} has no metadata with key readonly.` } },
    });
  });

  it.each([
    ['POST', 'merge'],
    ['PUT', 'replace'],
  ] as const)('is written by %s: %s', async (method, how) => {
    const api = await testApi({
      volumes: { setMetadata: async (_context, _id, metadata, given) => ({ ...metadata, given }) },
    });
    const answer = await api.ask({ method, path: `/volumes/${id}/metadata`, body: { metadata: { a: 'b' } } });
    expect([answer.status, answer.body]).toEqual([200, { metadata: { a: 'b', given: how } }]);
  });

  it('is written and deleted key by key', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      volumes: {
        setMetadata: async (_context, _id, metadata, how) => {
          calls.push([metadata, how]);
          return metadata;
        },
        deleteMetadata: async (_context, _id, key) => {
          calls.push(key);
        },
      },
    });
    const path = `/volumes/${id}/metadata/a`;
    expect((await api.ask({ method: 'PUT', path, body: { meta: { a: 'b' } } })).body).toEqual({
      meta: { a: 'b' },
    });
    expect((await api.ask({ method: 'DELETE', path })).status).toBe(200);
    expect(calls).toEqual([[{ a: 'b' }, 'merge'], 'a']);
    expect(await api.ask({ method: 'PUT', path, body: { meta: { c: 'b' } } })).toMatchObject({
      status: 400,
      body: { badRequest: { message: 'Request body and URI mismatch' } },
    });
  });
});
