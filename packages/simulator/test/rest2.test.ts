import { describe, expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

const gibibyte = 1_073_741_824;
const refused = (message: string, context: string | null) => ({
  status: 400,
  json: { errors: [{ context, message }] },
});

describe('sessions', () => {
  test('versions are told without a session, anything else is not', async () => {
    const { send } = await aRunningArray({ restVersions: ['1.19', '2.4', '2.26'] });
    expect(await send('GET', '/api/api_version')).toMatchObject({
      status: 200,
      json: { version: ['1.19', '2.4', '2.26'] },
    });
    expect(await send('GET', '/api/2.26/volumes')).toMatchObject({ status: 401 });
    expect(await send('POST', '/api/2.26/login', { headers: { 'api-token': 'wrong' } })).toMatchObject({
      status: 401,
    });
    expect(await send('GET', '/api/2.25/volumes')).toMatchObject({ status: 404 });
    expect(await send('GET', '/api/1.18/volume')).toMatchObject({ status: 450 });
  });

  test('a session ends after half an hour without a call, and each call renews it', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.advance(1_799_999);
    expect(await call('GET', 'volumes')).toMatchObject({ status: 200 });
    await control.advance(1_799_999);
    expect(await call('GET', 'volumes')).toMatchObject({ status: 200 });
    await control.advance(1_800_000);
    expect(await call('GET', 'volumes')).toMatchObject({
      status: 401,
      json: { errors: [{ context: null, message: 'Invalid or expired session.' }] },
    });
  });

  test('logging out ends a session', async () => {
    const call = await (await aRunningArray()).rest2('2.4');
    expect(await call('POST', 'logout')).toMatchObject({ status: 200, text: '' });
    expect(await call('GET', 'arrays')).toMatchObject({ status: 401 });
  });

  test('a read-only user reads, and may not write', async () => {
    const { rest2 } = await aRunningArray({
      apiTokens: { viewer: '11111111-2222-3333-4444-555555555555' },
      readOnlyUsers: ['viewer'],
    });
    const call = await rest2('2.26');
    expect(await call('GET', 'volumes')).toMatchObject({ status: 200 });
    expect(await call('POST', 'volumes?names=v1', { body: {} })).toMatchObject({ status: 403 });
  });

  test('a request id is echoed', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    const answer = await call('GET', 'volumes', { headers: { 'X-Request-ID': 'r-17' } });
    expect(answer.headers['x-request-id']).toBe('r-17');
  });
});

describe('volumes', () => {
  test('a volume is made, grown, renamed, destroyed, recovered and eradicated', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    const made = await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    expect(made).toMatchObject({
      status: 200,
      json: {
        items: [
          {
            name: 'v1',
            provisioned: gibibyte,
            destroyed: false,
            time_remaining: null,
            created: 1_767_225_600_000,
            connection_count: 0,
            source: { id: null, name: null },
            qos: { bandwidth_limit: null, iops_limit: null },
          },
        ],
      },
    });
    const grown = { body: { provisioned: 2 * gibibyte } };
    expect(await call('PATCH', 'volumes?names=V1', grown)).toMatchObject({
      json: { items: [{ name: 'v1', provisioned: 2_147_483_648 }] },
    });
    expect(await call('PATCH', 'volumes?names=v1', { body: { name: 'v2' } })).toMatchObject({
      json: { items: [{ name: 'v2' }] },
    });
    const destroy = { body: { destroyed: true } };
    expect(await call('DELETE', 'volumes?names=v2')).toMatchObject(refused('Volume is not destroyed.', 'v2'));
    expect(await call('PATCH', 'volumes?names=v2', destroy)).toMatchObject({
      json: { items: [{ destroyed: true, time_remaining: 86_400_000 }] },
    });
    expect(await call('PATCH', 'volumes?names=v2', destroy)).toMatchObject(
      refused('Volume has been deleted.', 'v2'),
    );
    expect(await call('POST', 'volumes?names=v2', { body: {} })).toMatchObject(
      refused('Volume already exists.', 'v2'),
    );
    expect(await call('PATCH', 'volumes?names=v2', { body: { destroyed: false } })).toMatchObject({
      json: { items: [{ destroyed: false }] },
    });
    await call('PATCH', 'volumes?names=v2', destroy);
    expect(await call('DELETE', 'volumes?names=v2')).toMatchObject({ status: 200, text: '' });
    expect(await call('GET', 'volumes?names=v2')).toMatchObject(refused('Volume does not exist.', 'v2'));
  });

  test('every failing name has an error of its own', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    expect(await call('GET', 'volumes?names=a1,b1')).toMatchObject({
      status: 400,
      json: {
        errors: [
          { context: 'a1', message: 'Volume does not exist.' },
          { context: 'b1', message: 'Volume does not exist.' },
        ],
      },
    });
  });

  test('a bad value in a PATCH leaves the volume as it was', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    const body = { provisioned: 2 * gibibyte, qos: { iops_limit: 99 } };
    expect(await call('PATCH', 'volumes?names=v1', { body })).toMatchObject(
      refused('Invalid IOPS limit.', 'v1'),
    );
    expect((await control.state('fa1')).volumes[0]?.size).toBe(1_073_741_824);
  });

  test('limits are cleared by an empty text', async () => {
    const call = await (await aRunningArray()).rest2('2.4');
    await call('POST', 'volumes?names=v1', {
      body: { qos: { iops_limit: 500, bandwidth_limit: 1_048_576 } },
    });
    expect(await call('PATCH', 'volumes?names=v1', { body: { qos: { iops_limit: '' } } })).toMatchObject({
      json: { items: [{ qos: { iops_limit: null, bandwidth_limit: 1_048_576 } }] },
    });
  });

  test('shrinking needs truncate and leaves an undo snapshot, destroyed', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: 2 * gibibyte } });
    const body = { provisioned: gibibyte };
    expect(await call('PATCH', 'volumes?names=v1', { body })).toMatchObject(
      refused('Implicit truncation not permitted.', 'v1'),
    );
    expect(await call('PATCH', 'volumes?names=v1&truncate=true', { body })).toMatchObject({ status: 200 });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ destroyed: true, size: 2_147_483_648 }]);
  });

  test('a copy holds the data of its source; an overwrite keeps serial, name and connections', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    await control.writeVolume('fa1', 'v1', 4096, Uint8Array.of(1, 2, 3));
    await call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's1' } });
    await control.writeVolume('fa1', 'v1', 4096, Uint8Array.of(9, 9, 9));
    await control.admin('fa1', { kind: 'createHost', name: 'h1', iqns: ['iqn.2024-01.example:a'] });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'v1', host: 'h1' });
    const [before] = (await control.state('fa1')).volumes;
    const copy = await call('POST', 'volumes?names=v2', { body: { source: { name: 'v1.s1' } } });
    expect(copy).toMatchObject({ json: { items: [{ name: 'v2', source: { name: 'v1' } }] } });
    expect([...(await control.readVolume('fa1', 'v2', 4096, 3))]).toEqual([1, 2, 3]);
    await call('POST', 'volumes?names=v1&overwrite=true', { body: { source: { name: 'v1.s1' } } });
    expect([...(await control.readVolume('fa1', 'v1', 4096, 3))]).toEqual([1, 2, 3]);
    const [after] = (await control.state('fa1')).volumes;
    expect(after).toMatchObject({ serial: before?.serial, connectionCount: 1, source: null });
  });

  test('a connected volume cannot be destroyed', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'v1', host: 'h1' });
    expect(await call('PATCH', 'volumes?names=v1', { body: { destroyed: true } })).toMatchObject(
      refused('Volume cannot be destroyed due to existing connections.', 'v1'),
    );
  });

  test('an array told to destroys a connected volume, and counts its connections in the answer', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'connectVolumeToHost', volume: 'v1', host: 'h1' });
    await control.admin('fa1', { kind: 'setDestroysConnected', enabled: true });
    expect(await call('PATCH', 'volumes?names=v1', { body: { destroyed: true } })).toMatchObject({
      status: 200,
      json: { items: [{ name: 'v1', destroyed: true, connection_count: 1 }] },
    });
  });

  test('a volume joins the default protection groups unless told not to', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'setDefaultProtection', protectionGroups: ['pgroup-auto'] });
    await call('POST', 'volumes?names=v1', { body: {} });
    await call('POST', 'volumes?names=v2&with_default_protection=false', { body: {} });
    expect((await control.state('fa1')).protectionGroups).toMatchObject([
      { name: 'pgroup-auto', volumes: ['v1'] },
    ]);
  });
});

describe('snapshots', () => {
  test('they are destroyed and recovered with their volume, and keep their names until eradicated', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    const take = () => call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's1' } });
    expect(await take()).toMatchObject({ json: { items: [{ name: 'v1.s1', suffix: 's1' }] } });
    expect(await take()).toMatchObject({ status: 400 });
    await call('PATCH', 'volumes?names=v1', { body: { destroyed: true } });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ destroyed: true }]);
    await call('PATCH', 'volumes?names=v1', { body: { destroyed: false } });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ destroyed: false }]);
    await call('PATCH', 'volume-snapshots?names=v1.s1', { body: { destroyed: true } });
    const text =
      'Volume snapshot has been destroyed. It can be recovered by purevol recover and eradicated by purevol eradicate.';
    expect(await call('PATCH', 'volume-snapshots?names=v1.s1', { body: { destroyed: true } })).toMatchObject(
      refused(text, 'v1.s1'),
    );
    expect(await call('PATCH', 'volume-snapshots?names=v1.s9', { body: { destroyed: true } })).toMatchObject(
      refused('No such volume or snapshot.', 'v1.s9'),
    );
    await control.advance(86_400_000);
    expect((await control.state('fa1')).snapshots).toEqual([]);
  });

  test('they follow the name of their volume', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    await call('POST', 'volume-snapshots?source_names=v1', { body: { suffix: 's1' } });
    await call('PATCH', 'volumes?names=v1', { body: { name: 'v2' } });
    expect((await control.state('fa1')).snapshots).toMatchObject([{ name: 'v2.s1', source: 'v2' }]);
  });
});

describe('hosts and connections', () => {
  test('an initiator belongs to one host, and a host is deleted only without connections', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    const body = {
      iqns: ['iqn.2024-01.example:a'],
      chap: { host_user: 'u', host_password: 'secret-12-chars' },
    };
    expect(await call('POST', 'hosts?names=h1', { body })).toMatchObject({
      json: { items: [{ name: 'h1', chap: { host_user: 'u', host_password: '****' } }] },
    });
    expect(await call('POST', 'hosts?names=h1', { body: {} })).toMatchObject(
      refused('Host already exists.', 'h1'),
    );
    expect(await call('POST', 'hosts?names=h2', { body: { iqns: ['IQN.2024-01.example:A'] } })).toMatchObject(
      refused('The specified IQN is already in use.', 'IQN.2024-01.example:A'),
    );
    const connect = 'connections?host_names=h1&volume_names=v1';
    expect(await call('POST', connect, { body: {} })).toMatchObject({
      json: { items: [{ host: { name: 'h1' }, lun: 1, volume: { name: 'v1' } }] },
    });
    expect(await call('POST', connect)).toMatchObject(refused('Connection already exists.', 'v1'));
    expect(await call('DELETE', 'hosts?names=h1')).toMatchObject(
      refused('Host cannot be deleted due to existing connections.', 'h1'),
    );
    expect(await call('DELETE', connect)).toMatchObject({ status: 200, text: '' });
    expect(await call('DELETE', connect)).toMatchObject({
      status: 400,
      json: { errors: [{ message: 'Connection does not exist.' }] },
    });
    expect(await call('DELETE', 'hosts?names=h1')).toMatchObject({ status: 200 });
    expect(await call('DELETE', 'hosts?names=h1')).toMatchObject(refused('Host does not exist.', 'h1'));
  });

  test('WWNs are taken in any form and shown in one', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    await call('POST', 'hosts?names=h1', { body: { wwns: ['52:4a:93:70:00:00:00:01'] } });
    expect(await call('GET', "hosts?filter=wwns%3D'524A937000000001'%20and%20is_local")).toMatchObject({
      json: { items: [{ name: 'h1', wwns: ['524A937000000001'] }] },
    });
  });

  test('a shared connection has a row for each member, and one LUN from 254 down', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'createHost', name: 'h2' });
    await control.admin('fa1', { kind: 'createHostGroup', name: 'g1', hosts: ['h1', 'h2'] });
    await call('POST', 'connections?host_group_names=g1&volume_names=v1');
    expect(await call('GET', 'connections?volume_names=v1')).toMatchObject({
      json: {
        items: [
          { host: { name: 'h1' }, host_group: { name: 'g1' }, lun: 254 },
          { host: { name: 'h2' }, host_group: { name: 'g1' }, lun: 254 },
        ],
      },
    });
    expect(await call('POST', 'connections?host_names=h1&volume_names=v1')).toMatchObject(
      refused('Connection already exists.', 'v1'),
    );
    await call('DELETE', 'host-groups/hosts?group_names=g1&member_names=h2');
    expect((await control.state('fa1')).connections).toEqual([
      { volume: 'v1', host: 'h1', hostGroup: 'g1', lun: 254, nsid: null },
    ]);
  });

  test('a host is not deleted while it is in a host group', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'createHost', name: 'h1' });
    await control.admin('fa1', { kind: 'createHostGroup', name: 'g1', hosts: ['h1'] });
    expect(await call('DELETE', 'hosts?names=h1')).toMatchObject(
      refused('Host belongs to a host group.', 'h1'),
    );
    await call('DELETE', 'host-groups/hosts?group_names=g1&member_names=h1');
    expect(await call('DELETE', 'hosts?names=h1')).toMatchObject({ status: 200 });
  });

  test('an NVMe host has a namespace id from REST 2.27 on, and no LUN', async () => {
    const connected = async (restVersions: readonly string[], version: string) => {
      const { rest2, control } = await aRunningArray({ restVersions });
      await control.admin('fa1', { kind: 'createVolume', name: 'v1', size: gibibyte });
      await control.admin('fa1', { kind: 'createHost', name: 'h1', nqns: ['nqn.2024-01.example:a'] });
      const call = await rest2(version);
      return call('POST', 'connections?host_names=h1&volume_names=v1');
    };
    expect(await connected(['2.26', '2.27'], '2.27')).toMatchObject({
      json: { items: [{ lun: null, nsid: 1 }] },
    });
    expect(await connected(['2.26'], '2.26')).toMatchObject({ json: { items: [{ lun: 1 }] } });
  });
});

describe('lists', () => {
  test('pages follow each other by token, each object once', async () => {
    const { rest2, control } = await aRunningArray({ pageCap: 2 });
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 5, prefix: 'v' });
    const first = await call('GET', 'volumes?limit=10&total_item_count=true');
    expect(first).toMatchObject({
      json: { items: [{ name: 'v1' }, { name: 'v2' }], more_items_remaining: true, total_item_count: 5 },
    });
    const token = tokenOf(first.json);
    // One that was shown goes, so that an offset would skip one.
    await control.admin('fa1', { kind: 'destroyVolume', name: 'v1' });
    await control.admin('fa1', { kind: 'eradicateVolume', name: 'v1' });
    const second = await call('GET', `volumes?continuation_token=${encodeURIComponent(token)}`);
    expect(second).toMatchObject({
      json: { items: [{ name: 'v3' }, { name: 'v4' }], more_items_remaining: true, total_item_count: null },
    });
    const third = await call('GET', `volumes?continuation_token=${encodeURIComponent(tokenOf(second.json))}`);
    expect(third).toMatchObject({
      json: { items: [{ name: 'v5' }], more_items_remaining: false, continuation_token: null },
    });
  });

  test('a sorted list is continued by offset', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 3, prefix: 'v' });
    expect(await call('GET', 'volumes?sort=name-&limit=2')).toMatchObject({
      json: {
        items: [{ name: 'v3' }, { name: 'v2' }],
        more_items_remaining: true,
        continuation_token: null,
      },
    });
    expect(await call('GET', 'volumes?sort=name-&limit=2&offset=2')).toMatchObject({
      json: { items: [{ name: 'v1' }], more_items_remaining: false },
    });
  });

  test('a limit of 0 counts', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 3, prefix: 'v' });
    await control.admin('fa1', { kind: 'destroyVolume', name: 'v2' });
    expect(await call('GET', 'volumes?limit=0&total_item_count=true&destroyed=false')).toMatchObject({
      json: { items: [], total_item_count: 2 },
    });
  });

  test('50,000 volumes are counted and paged', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 50_000, prefix: 'v' });
    const page = await call('GET', 'volumes?total_item_count=true');
    expect(page).toMatchObject({ json: { total_item_count: 50_000, more_items_remaining: true } });
  });

  test('seeded snapshots and hosts are there, and connected', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    await control.admin('fa1', { kind: 'seedVolumes', count: 12, prefix: 'v', digits: 3, suffix: '-x' });
    await control.admin('fa1', { kind: 'seedSnapshots', volumePrefix: 'v', perVolume: 2, suffix: 's' });
    await control.admin('fa1', { kind: 'seedHosts', count: 3, prefix: 'h', connections: 2 });
    expect(await call('GET', 'volume-snapshots?total_item_count=true&limit=1')).toMatchObject({
      json: { total_item_count: 24, items: [{ name: 'v001-x.s1', source: { name: 'v001-x' } }] },
    });
    expect(await call('GET', 'connections?host_names=h2')).toMatchObject({
      json: {
        items: [
          { volume: { name: 'v003-x' }, lun: 1 },
          { volume: { name: 'v004-x' }, lun: 2 },
        ],
      },
    });
  });
});

describe('versions', () => {
  test.each([
    ['2.4', 'GET', 'volumes?context_names=fa1', 'context_names'],
    ['2.4', 'POST', 'volumes?names=v1&with_default_protection=false', 'with_default_protection'],
    ['2.26', 'GET', 'hosts?destroyed=false', 'destroyed'],
    ['2.26', 'GET', 'volumes?nmaes=v1', 'nmaes'],
  ])('REST %s refuses the parameter of a later version in %s %s', async (version, method, path, context) => {
    const call = await (await aRunningArray()).rest2(version);
    expect(await call(method, path)).toMatchObject(refused('Invalid parameter.', context));
  });

  test('a field of a later version is neither taken nor shown', async () => {
    const { rest2 } = await aRunningArray();
    const old = await rest2('2.4');
    expect(await old('POST', 'hosts?names=h1', { body: { vlan: '7' } })).toMatchObject(
      refused('Invalid parameter.', 'vlan'),
    );
    await old('POST', 'hosts?names=h1', { body: {} });
    expect(JSON.stringify((await old('GET', 'hosts')).json)).not.toContain('vlan');
    const later = await rest2('2.26');
    expect(await later('GET', 'hosts')).toMatchObject({ json: { items: [{ vlan: 'any' }] } });
  });

  test('a path of a later version is not there', async () => {
    const { rest2 } = await aRunningArray();
    const old = await rest2('2.4');
    expect(await old('GET', 'container-default-protections')).toMatchObject({ status: 404 });
    const later = await rest2('2.16');
    expect(await later('GET', 'container-default-protections')).toMatchObject({
      json: { items: [{ name: '', default_protections: [] }] },
    });
  });
});

describe('tags', () => {
  test('a batch sets tags by key and leaves the others; copyable ones go to copies', async () => {
    const call = await (await aRunningArray()).rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: {} });
    const namespace = 'openstack.example';
    const put = (tags: readonly object[]) =>
      call('PUT', 'volumes/tags/batch?resource_names=v1', { body: tags });
    await put([
      { namespace, key: 'a', value: '1', copyable: true },
      { namespace, key: 'b', value: '2', copyable: false },
    ]);
    await put([{ namespace, key: 'a', value: '3', copyable: true }]);
    await call('POST', 'volumes?names=v2', { body: { source: { name: 'v1' } } });
    const tagsOf = async (name: string) =>
      (await call('GET', `volumes/tags?resource_names=${name}&namespaces=${namespace}`)).json;
    expect(await tagsOf('v1')).toMatchObject({
      items: [
        { key: 'a', value: '3' },
        { key: 'b', value: '2' },
      ],
    });
    expect(await tagsOf('v2')).toMatchObject({ items: [{ key: 'a', value: '3', resource: { name: 'v2' } }] });
    const gone = await call('DELETE', `volumes/tags?resource_names=v1&namespaces=${namespace}&keys=a`);
    expect(gone).toMatchObject({ status: 200 });
    expect(await tagsOf('v1')).toMatchObject({ items: [{ key: 'b' }] });
  });
});

describe('space and performance', () => {
  test('used space follows from what volumes hold; copies are reduction', async () => {
    const { rest2, control } = await aRunningArray({ capacity: 1_099_511_627_776 });
    const call = await rest2('2.26');
    await call('POST', 'volumes?names=v1', { body: { provisioned: gibibyte } });
    await control.writeVolume('fa1', 'v1', 0, new Uint8Array(1_048_576).fill(1));
    await call('POST', 'volumes?names=v2', { body: { source: { name: 'v1' } } });
    expect(await call('GET', 'arrays/space')).toMatchObject({
      json: {
        items: [
          {
            capacity: 1_099_511_627_776,
            space: {
              total_physical: 1_048_576,
              total_used: 1_048_576,
              shared: 1_048_576,
              unique: 0,
              total_provisioned: 2_147_483_648,
              data_reduction: 2,
            },
          },
        ],
      },
    });
  });

  test('an Evergreen//One array tells no reductions', async () => {
    const call = await (await aRunningArray({ evergreenOne: true })).rest2('2.26');
    const { json } = await call('GET', 'arrays/space');
    expect(json).toMatchObject({ items: [{ space: { total_provisioned: null, used_provisioned: 0 } }] });
    expect(JSON.stringify(json)).not.toContain('reduction');
  });

  test('samples of a window come oldest first; without samples there are none', async () => {
    const { rest2, control } = await aRunningArray();
    const call = await rest2('2.26');
    const start = 1_767_225_600_000;
    const samples = [60_000, 30_000, 7_200_000].map((after) => ({ time: start + after, readsPerSec: after }));
    await control.admin('fa1', { kind: 'setPerformanceSamples', samples });
    const path = `arrays/performance?start_time=${start}&end_time=${start + 3_600_000}&resolution=30000`;
    expect(await call('GET', path)).toMatchObject({
      json: { items: [{ reads_per_sec: 30_000 }, { reads_per_sec: 60_000 }] },
    });
    await control.admin('fa1', { kind: 'setPerformanceSamples', samples: [] });
    expect(await call('GET', `${path}&total_item_count=true`)).toMatchObject({
      json: { items: [], total_item_count: 0 },
    });
  });
});

test('ports are upper case, interfaces lower case, and an unknown port is no error', async () => {
  const call = await (await aRunningArray()).rest2('2.26');
  expect(await call('GET', 'ports?names=CT0.ETH4,VIR0')).toMatchObject({
    status: 200,
    json: { items: [{ name: 'CT0.ETH4', portal: '10.21.4.11:3260', nqn: null, wwn: null }] },
  });
  expect(await call('GET', "network-interfaces?filter=eth.subtype='vif'")).toMatchObject({
    json: { items: [{ name: 'vir0', services: ['management'] }] },
  });
});

function tokenOf(json: unknown): string {
  const token = typeof json === 'object' && json !== null && Reflect.get(json, 'continuation_token');
  if (typeof token !== 'string') throw new Error('there is no token');
  return token;
}
