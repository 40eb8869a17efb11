import type { ManageablePage, ManageableSnapshot } from '@cinder-flasharray/block-storage';
import { describe, expect, it } from 'vitest';
import { testApi } from './support/api.ts';
import { aSnapshot, aVolume, aVolumeType, project, user } from './support/records.ts';

const host = 'node1@array1#pool1';
const found: ManageableSnapshot = {
  reference: { 'source-name': 'vol1' },
  size: 2,
  safeToManage: false,
  reasonNotSafe: 'already managed',
  cinderId: aVolume().id,
  extraInfo: null,
  sourceReference: { 'source-name': 'vol0' },
};

/** Lists what is manageable. @returns what was asked below too */
async function listing(path: string, version = '3.70') {
  const asked: { readonly host: string; readonly page: ManageablePage }[] = [];
  const note = async (_context: unknown, where: string, page: ManageablePage) => {
    asked.push({ host: where, page });
    return [found];
  };
  const api = await testApi({ manage: { manageableVolumes: note, manageableSnapshots: note } });
  return { answer: await api.ask({ path, version }), asked: asked[0] };
}

describe.each(['/manageable_volumes', '/os-volume-manage'])('%s', (path) => {
  it('lists what the array has', async () => {
    const { answer, asked } = await listing(`${path}?host=node1@array1%23pool1`);
    expect(answer.text).toBe(
      JSON.stringify({
        'manageable-volumes': [{ reference: { 'source-name': 'vol1' }, size: 2, safe_to_manage: false }],
      }),
    );
    expect(asked).toEqual({ host, page: { marker: null, limit: 1000, offset: 0, sort: [] } });
  });

  it('lists everything about it in detail', async () => {
    expect((await listing(`${path}/detail?host=node1@array1`)).answer.text).toBe(
      JSON.stringify({
        'manageable-volumes': [
          {
            reference: { 'source-name': 'vol1' },
            size: 2,
            safe_to_manage: false,
            reason_not_safe: 'already managed',
            cinder_id: aVolume().id,
            extra_info: null,
          },
        ],
      }),
    );
  });

  it('pages and sorts', async () => {
    const marker = encodeURIComponent('{"source-name": "vol9"}');
    const query = `host=h@b&limit=2&offset=1&marker=${marker}&sort=size:asc,reference`;
    expect((await listing(`${path}?${query}`)).asked?.page).toEqual({
      marker: { 'source-name': 'vol9' },
      limit: 2,
      offset: 1,
      sort: [
        { key: 'size', direction: 'asc' },
        { key: 'reference', direction: 'desc' },
      ],
    });
    expect((await listing(`${path}?host=h@b&sort_dir=asc`)).asked?.page.sort).toEqual([
      { key: 'reference', direction: 'asc' },
    ]);
    expect((await listing(`${path}?host=h@b&sort_key=size`)).asked?.page.sort).toEqual([
      { key: 'size', direction: 'desc' },
    ]);
  });

  it.each([
    ['', 'Invalid input received: One and only one of cluster and host must be set.'],
    ['?host=h&cluster=c', 'Invalid input received: One and only one of cluster and host must be set.'],
    ['?cluster=c', 'Invalid input received: cluster is not supported by this service.'],
    [
      '?host=h&marker=vol1',
      'Invalid input received: marker vol1 can not be analysed, please use json like format',
    ],
    ['?host=h&marker=5', 'Invalid input received: marker 5 can not be analysed, please use json like format'],
    ['?host=h&sort=colour,size:up', 'Invalid sort keys passed: colour'],
    ['?host=h&sort=size:up', 'Invalid sort dirs passed: up'],
    ['?host=h&limit=-1', 'limit param must be positive'],
    ['?host=h&offset=-1', 'Invalid input received: offset must be >= 0'],
  ])('refuses %s', async (query, message) => {
    const { answer, asked } = await listing(`${path}${query}`);
    expect(answer).toMatchObject({ status: 400, body: { badRequest: { message } } });
    expect(asked).toBeUndefined();
  });

  it('needs a host before there are clusters', async () => {
    expect((await listing(`${path}?cluster=c`, '3.16')).answer.text).toContain('Host field is missing.');
    expect((await listing(`${path}?cluster=c&host=h`, '3.16')).answer.status).toBe(200);
  });

  const managing = async (volume: unknown, version = '3.70') => {
    const asked: unknown[] = [];
    const api = await testApi({
      manage: {
        manageVolume: async (_context, request) => {
          asked.push(request);
          return aVolume({ status: 'managing', size: 0 });
        },
      },
      volumeTypes: { list: async () => [aVolumeType()] },
    });
    return { answer: await api.ask({ method: 'POST', path, version, body: { volume } }), asked };
  };

  it('takes a volume over, and answers in the form of 3.0', async () => {
    const { answer, asked } = await managing({
      host,
      ref: { 'source-name': 'vol1' },
      name: ' old ',
      description: 'd',
      volume_type: 'gold',
      availability_zone: 'nova',
      metadata: { a: 'b' },
      bootable: 'true',
    });
    expect(asked).toEqual([
      {
        host,
        reference: { 'source-name': 'vol1' },
        displayName: 'old',
        displayDescription: 'd',
        volumeType: 'gold',
        availabilityZone: 'nova',
        metadata: { a: 'b' },
        bootable: true,
      },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      volume: {
        id: aVolume().id,
        status: 'creating',
        size: 0,
        availability_zone: 'nova',
        created_at: '2026-03-01T10:20:30.000000',
        updated_at: null,
        name: 'data',
        description: null,
        volume_type: 'gold',
        snapshot_id: null,
        source_volid: null,
        metadata: {},
        links: [
          { rel: 'self', href: `http://127.0.0.1:8776/v3/${project}/volumes/${aVolume().id}` },
          { rel: 'bookmark', href: `http://127.0.0.1:8776/${project}/volumes/${aVolume().id}` },
        ],
        user_id: user,
        bootable: 'false',
        encrypted: false,
        replication_status: null,
        consistencygroup_id: null,
        multiattach: false,
        attachments: [],
        migration_status: null,
      },
    });
  });

  it('needs no more than a host and a reference', async () => {
    const { asked } = await managing({ host, ref: {}, name: null, volume_type: '', metadata: null });
    expect(asked).toEqual([
      {
        host,
        reference: {},
        displayName: null,
        displayDescription: null,
        volumeType: null,
        availabilityZone: null,
        metadata: {},
        bootable: false,
      },
    ]);
  });

  it.each([
    [{ host }, "'ref' is a required property"],
    [{ host, ref: 'vol1' }, "'vol1' is not of type 'object'"],
    [{ ref: {} }, 'Invalid input received: One and only one of cluster and host must be set.'],
    [{ ref: {}, cluster: 'c' }, 'Invalid input received: cluster is not supported by this service.'],
    [{ host, ref: {}, bootable: 'perhaps' }, "'perhaps' is not of type 'boolean'"],
  ])('does not take %j', async (volume, message) => {
    const { answer, asked } = await managing(volume);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(asked).toEqual([]);
  });

  it('does not look at clusters before 3.16', async () => {
    expect((await managing({ ref: {}, cluster: 'c' }, '3.15')).answer.text).toContain(
      'Host field is missing.',
    );
  });
});

describe.each(['/manageable_snapshots', '/os-snapshot-manage'])('%s', (path) => {
  it('lists what the array has', async () => {
    expect((await listing(`${path}?host=h@b`)).answer.text).toBe(
      JSON.stringify({
        'manageable-snapshots': [
          {
            reference: { 'source-name': 'vol1' },
            size: 2,
            safe_to_manage: false,
            source_reference: { 'source-name': 'vol0' },
          },
        ],
      }),
    );
  });

  it('lists everything about it in detail', async () => {
    const { answer, asked } = await listing(`${path}/detail?host=h@b&limit=5`);
    expect(answer.text).toBe(
      JSON.stringify({
        'manageable-snapshots': [
          {
            reference: { 'source-name': 'vol1' },
            size: 2,
            safe_to_manage: false,
            reason_not_safe: 'already managed',
            extra_info: null,
            cinder_id: aVolume().id,
            source_reference: { 'source-name': 'vol0' },
          },
        ],
      }),
    );
    expect(asked?.page.limit).toBe(5);
  });

  const managing = async (snapshot: unknown) => {
    const asked: unknown[] = [];
    const api = await testApi({
      manage: {
        manageSnapshot: async (_context, request) => {
          asked.push(request);
          return aSnapshot({ status: 'creating' });
        },
      },
    });
    return { answer: await api.ask({ method: 'POST', path, body: { snapshot } }), asked };
  };

  it('takes a snapshot over, and answers in the form of 3.0', async () => {
    const ref = { 'source-name': 'vol1.daily' };
    const { answer, asked } = await managing({
      volume_id: aVolume().id,
      ref,
      name: ' old ',
      metadata: { a: 'b' },
    });
    expect(asked).toEqual([
      {
        volumeId: aVolume().id,
        reference: ref,
        displayName: 'old',
        displayDescription: null,
        metadata: { a: 'b' },
      },
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      snapshot: {
        id: aSnapshot().id,
        created_at: '2026-03-01T10:20:30.000000',
        updated_at: null,
        name: 'monday',
        description: null,
        volume_id: aVolume().id,
        status: 'creating',
        size: 3,
        metadata: {},
      },
    });
  });

  it.each([
    [{ ref: {} }, "'volume_id' is a required property"],
    [{ volume_id: 'v', ref: {} }, "'v' is not a 'uuid'"],
    [{ volume_id: aVolume().id }, "'ref' is a required property"],
    [{ volume_id: aVolume().id, ref: null }, "None is not of type 'object'"],
  ])('does not take %j', async (snapshot, message) => {
    const { answer, asked } = await managing(snapshot);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect(asked).toEqual([]);
  });
});

describe('managing', () => {
  it.each([
    ['/manageable_volumes?host=h', '3.7', 404],
    ['/manageable_snapshots/detail?host=h', '3.7', 404],
    ['/manageable_volumes?host=h', '3.8', 200],
    ['/os-volume-manage?host=h', '3.0', 200],
    ['/os-snapshot-manage/detail?host=h', '3.0', 200],
  ])('%s at %s answers %i', async (path, version, status) => {
    expect((await listing(path, version)).answer.status).toBe(status);
  });
});
