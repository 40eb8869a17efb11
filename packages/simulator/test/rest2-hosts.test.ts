import { describe, expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

const gibibyte = 1_073_741_824;
const refused = (message: string, context: string | null) => ({
  status: 400,
  json: { errors: [{ context, message }] },
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
