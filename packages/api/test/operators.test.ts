import type { MessageRecord, ServiceRecord } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { asMember, testApi } from './support/api.ts';
import type { FakeParts } from './support/fake-block-storage.ts';
import { aVolumeType, project } from './support/records.ts';

const service: ServiceRecord = {
  id: 1,
  uuid: '77777777-7777-4777-8777-777777777777',
  host: 'node1@array1',
  binary: 'cinder-volume',
  topic: 'cinder-volume',
  reportCount: 9,
  disabled: true,
  disabledReason: 'maintenance',
  availabilityZone: 'nova',
  replicationStatus: 'disabled',
  frozen: false,
  activeBackendId: null,
  clusterName: null,
  createdAt: new Date('2026-03-01T10:00:00.000Z'),
  updatedAt: new Date('2026-03-01T10:20:30.000Z'),
};
const services: FakeParts = {
  services: {
    list: async () => [
      { service, state: 'up', backendState: 'down' },
      {
        service: {
          ...service,
          binary: 'cinder-scheduler',
          host: 'node1',
          disabled: false,
          disabledReason: null,
        },
        state: 'down',
        backendState: null,
      },
    ],
  },
};

describe('services', () => {
  const volumeService = {
    binary: 'cinder-volume',
    host: 'node1@array1',
    zone: 'nova',
    status: 'disabled',
    state: 'up',
    updated_at: '2026-03-01T10:20:30.000000',
    backend_state: 'down',
    cluster: null,
    disabled_reason: 'maintenance',
    replication_status: 'disabled',
    active_backend_id: null,
    frozen: false,
  };
  const scheduler = {
    binary: 'cinder-scheduler',
    host: 'node1',
    zone: 'nova',
    status: 'enabled',
    state: 'down',
    updated_at: '2026-03-01T10:20:30.000000',
    cluster: null,
    disabled_reason: null,
  };

  it.each([
    ['', [volumeService, scheduler]],
    ['?binary=cinder-scheduler', [scheduler]],
    ['?host=node1@array1', [volumeService]],
    ['?host=node1', [volumeService, scheduler]],
    ['?host=node', []],
  ])('are listed: %s', async (query, expected) => {
    const api = await testApi(services);
    expect((await api.ask(`/os-services${query}`)).text).toBe(JSON.stringify({ services: expected }));
  });

  it('show their cluster from 3.7 on and their back end from 3.49 on', async () => {
    const api = await testApi(services);
    const first = async (version: string) =>
      (await api.ask({ path: '/os-services', version })).text.split('}')[0] ?? '';
    expect(await first('3.6')).not.toContain('cluster');
    expect(await first('3.7')).toContain('cluster');
    expect(await first('3.48')).not.toContain('backend_state');
  });

  it('are hosts, too', async () => {
    const api = await testApi(services);
    expect((await api.ask('/os-hosts')).body).toMatchObject({
      hosts: [
        { host_name: 'node1@array1', 'service-status': 'available', 'service-state': 'disabled' },
        { host_name: 'node1', 'service-status': 'unavailable', 'service-state': 'enabled' },
      ],
    });
  });

  it.each([
    ['enable', {}, [false, null], { disabled: false, status: 'enabled' }],
    ['disable', {}, [true, null], { disabled: true, status: 'disabled' }],
    [
      'disable-log-reason',
      { disabled_reason: ' maintenance ' },
      [true, 'maintenance'],
      { disabled_reason: 'maintenance', disabled: true, status: 'disabled' },
    ],
  ])('are changed: %s', async (change, fields, asked, shown) => {
    const calls: unknown[] = [];
    const api = await testApi({
      services: {
        setDisabled: async (_context, which, ...given) => {
          calls.push([which, ...given]);
          return service;
        },
      },
    });
    const body = { host: 'node1@array1', binary: 'cinder-volume', ...fields };
    const answer = await api.ask({ method: 'PUT', path: `/os-services/${change}`, body });
    expect(answer.body).toEqual({ host: 'node1@array1', service: '', binary: 'cinder-volume', ...shown });
    expect(calls).toEqual([[{ host: 'node1@array1', binary: 'cinder-volume' }, ...asked]]);
  });

  it('are disabled with a reason only when there is one', async () => {
    const api = await testApi();
    const body = { host: 'node1@array1', binary: 'cinder-volume', disabled_reason: '  ' };
    expect(await api.ask({ method: 'PUT', path: '/os-services/disable-log-reason', body })).toMatchObject({
      status: 400,
      body: { badRequest: { message: 'Disabled reason contains invalid characters or is too long.' } },
    });
  });

  it.each(['/os-services', '/os-hosts', '/scheduler-stats/get_pools', '/os-quota-class-sets/default'])(
    'are not for members: %s',
    async (path) => {
      const api = await testApi({}, asMember);
      expect(await api.ask(path)).toMatchObject({ status: 403, body: { forbidden: { code: 403 } } });
    },
  );
});

describe('pools and zones', () => {
  it('are listed by name, or with what the back end reports', async () => {
    const api = await testApi({
      pools: async () => [{ name: 'node1@array1#pool1', capabilities: { free_capacity_gb: 5 } }],
    });
    expect((await api.ask('/scheduler-stats/get_pools')).body).toEqual({
      pools: [{ name: 'node1@array1#pool1' }],
    });
    expect((await api.ask('/scheduler-stats/get_pools?detail=true')).body).toEqual({
      pools: [{ name: 'node1@array1#pool1', capabilities: { free_capacity_gb: 5 } }],
    });
    expect((await api.ask('/scheduler-stats/get_pools?name=other')).body).toEqual({ pools: [] });
  });

  it('say whether they are available', async () => {
    const api = await testApi({ availabilityZones: async () => [{ name: 'nova', available: false }] });
    expect((await api.ask('/os-availability-zone')).body).toEqual({
      availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: false } }],
    });
  });
});

describe('limits and quotas', () => {
  const asked: string[] = [];
  const parts: FakeParts = {
    limits: async (_context, of) => {
      asked.push(of);
      return {
        limits:
          of === '' ? { volumes: 10, gigabytes: 1000 } : { volumes: 20, gigabytes: -1, volumes_gold: 3 },
        usages: { volumes: { inUse: 2, reserved: 1 }, gigabytes: { inUse: 7, reserved: 0 } },
      };
    },
    volumeTypes: { list: async () => [aVolumeType()] },
  };
  const others = {
    per_volume_gigabytes: -1,
    snapshots: 10,
    backups: 10,
    backup_gigabytes: 1000,
    gigabytes_gold: -1,
    snapshots_gold: -1,
    groups: 10,
  };

  it('are what a project may have and has', async () => {
    const api = await testApi(parts);
    expect((await api.ask('/limits')).body).toEqual({
      limits: {
        rate: [],
        absolute: {
          maxTotalVolumes: 20,
          maxTotalSnapshots: 10,
          maxTotalVolumeGigabytes: -1,
          maxTotalBackups: 10,
          maxTotalBackupGigabytes: 1000,
          totalVolumesUsed: 3,
          totalGigabytesUsed: 7,
          totalSnapshotsUsed: 0,
          totalBackupsUsed: 0,
          totalBackupGigabytesUsed: 0,
        },
      },
    });
  });

  it('of another project are for administrators, from 3.39 on', async () => {
    asked.length = 0;
    const [admin, member] = [await testApi(parts), await testApi(parts, asMember)];
    await admin.ask({ path: '/limits?project_id=p2', version: '3.39' });
    await admin.ask({ path: '/limits?project_id=p2', version: '3.38' });
    await member.ask('/limits?project_id=p2');
    expect(asked).toEqual(['p2', project, project]);
    expect((await member.ask('/os-quota-sets/p2')).status).toBe(403);
    expect((await member.ask(`/os-quota-sets/${project}`)).status).toBe(200);
  });

  it('are shown as a set, in order, with each type’s', async () => {
    const api = await testApi(parts);
    const { body, text } = await api.ask(`/os-quota-sets/${project}`);
    expect(body).toEqual({
      quota_set: { ...others, volumes: 20, gigabytes: -1, volumes_gold: 3, id: project },
    });
    expect(
      text
        .match(/"[a-z_]+":/g)
        ?.slice(1)
        .join(''),
    ).toBe(
      '"volumes":"per_volume_gigabytes":"snapshots":"gigabytes":"backups":"backup_gigabytes":' +
        '"volumes_gold":"gigabytes_gold":"snapshots_gold":"groups":"id":',
    );
    expect((await api.ask(`/os-quota-sets/${project}?usage=True`)).body).toMatchObject({
      quota_set: {
        volumes: { limit: 20, in_use: 2, reserved: 1 },
        groups: { limit: 10, in_use: 0, reserved: 0 },
        id: project,
      },
    });
  });

  it('have defaults', async () => {
    const api = await testApi(parts);
    const defaults = { ...others, volumes: 10, gigabytes: 1000, volumes_gold: -1 };
    expect((await api.ask(`/os-quota-sets/${project}/defaults`)).body).toEqual({
      quota_set: { ...defaults, id: project },
    });
    expect((await api.ask('/os-quota-class-sets/default')).body).toEqual({
      quota_class_set: { ...defaults, id: 'default' },
    });
  });
});

describe('messages', () => {
  const message: MessageRecord = {
    id: 'm1',
    projectId: project,
    requestId: 'req-1',
    resourceType: 'VOLUME',
    resourceUuid: 'v1',
    eventId: 'VOLUME_VOLUME_008_012',
    actionId: '008',
    detailId: '012',
    messageLevel: 'ERROR',
    createdAt: new Date('2026-03-01T10:20:30.000Z'),
    expiresAt: new Date('2026-03-31T10:20:30.000Z'),
  };
  const second = {
    ...message,
    id: 'm2',
    resourceUuid: 'v2',
    createdAt: new Date('2026-03-02T00:00:00.000Z'),
  };

  it('say what failed', async () => {
    const api = await testApi({ message: async () => message });
    expect((await api.ask('/messages/m1')).text).toBe(
      JSON.stringify({
        message: {
          id: 'm1',
          event_id: 'VOLUME_VOLUME_008_012',
          user_message: 'create volume from backend storage:Driver failed to create the volume.',
          message_level: 'ERROR',
          created_at: '2026-03-01T10:20:30.000000',
          guaranteed_until: '2026-03-31T10:20:30.000000',
          request_id: 'req-1',
          links: [
            { rel: 'self', href: `http://127.0.0.1:8776/v3/${project}/messages/m1` },
            { rel: 'bookmark', href: `http://127.0.0.1:8776/${project}/messages/m1` },
          ],
          resource_type: 'VOLUME',
          resource_uuid: 'v1',
        },
      }),
    );
  });

  it.each([
    ['', '3.70', ['m2', 'm1']],
    ['?limit=1', '3.70', ['m2']],
    ['?limit=1', '3.4', ['m2', 'm1']],
    ['?resource_uuid=v1', '3.70', ['m1']],
    ['?sort=created_at:asc', '3.70', ['m1', 'm2']],
  ])('are listed newest first: %s at %s', async (query, version, ids) => {
    const api = await testApi({ messages: async () => [message, second] });
    const { text } = await api.ask({ path: `/messages${query}`, version });
    expect(text.match(/"id":"\w+"/g)).toEqual(ids.map((id) => `"id":"${id}"`));
  });

  it('are deleted', async () => {
    const deleted: string[] = [];
    const api = await testApi({
      deleteMessage: async (_context, id) => {
        deleted.push(id);
      },
    });
    expect((await api.ask({ method: 'DELETE', path: '/messages/m1' })).status).toBe(204);
    expect(deleted).toEqual(['m1']);
  });
});

describe('what clients look up', () => {
  it('are the extensions and filters that are served', async () => {
    const api = await testApi();
    const { text } = await api.ask('/extensions');
    for (const alias of [
      'os-volume-actions',
      'qos-specs',
      'cgsnapshots',
      'os-volume-manage',
      'capabilities',
    ]) {
      expect(text).toContain(`"alias":"${alias}"`);
    }
    expect((await api.ask('/resource_filters?resource=group')).body).toEqual({
      resource_filters: [{ resource: 'group', filters: ['name'] }],
    });
    expect((await api.ask('/resource_filters?resource=pool')).body).toEqual({
      resource_filters: [{ resource: 'pool', filters: ['name'] }],
    });
  });
});

describe('capabilities', () => {
  it('are what the driver of a host says of itself', async () => {
    const hosts: string[] = [];
    const properties = { qos: { title: 'QoS', description: 'Enables QoS.', type: 'boolean' } };
    const api = await testApi({
      capabilities: async (_context, host) => {
        hosts.push(host);
        return {
          namespace: `OS::Storage::Capabilities::${host}`,
          vendorName: 'Pure Storage',
          volumeBackendName: 'array1',
          poolName: null,
          driverVersion: '1.0',
          storageProtocol: 'iSCSI',
          displayName: null,
          description: null,
          visibility: null,
          replicationTargets: [],
          properties,
        };
      },
    });
    expect((await api.ask('/capabilities/node1@array1%23pool1')).text).toBe(
      JSON.stringify({
        namespace: 'OS::Storage::Capabilities::node1@array1#pool1',
        vendor_name: 'Pure Storage',
        volume_backend_name: 'array1',
        pool_name: null,
        driver_version: '1.0',
        storage_protocol: 'iSCSI',
        display_name: null,
        description: null,
        visibility: null,
        replication_targets: [],
        properties,
      }),
    );
    expect(hosts).toEqual(['node1@array1#pool1']);
  });
});
