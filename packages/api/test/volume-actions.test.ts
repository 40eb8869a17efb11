import type { VolumeOperations } from '@cinder-flasharray/block-storage';
import { describe, expect, it } from 'vitest';
import { type Answer, testApi } from './support/api.ts';
import { aVolume } from './support/records.ts';

const { id } = aVolume();
const instance = '66666666-6666-4666-8666-666666666666';
const connector = { host: 'compute1', initiator: 'iqn.1994-05.com.redhat:compute1' };

/** Does an action over a service that takes everything. @returns what was asked of it, without context and id */
async function act(
  body: unknown,
  version = '3.70',
): Promise<{ readonly answer: Answer; readonly calls: readonly unknown[] }> {
  const calls: unknown[] = [];
  const note =
    (name: keyof VolumeOperations | 'unmanageVolume') =>
    async (_context: unknown, volume: string, ...given: readonly unknown[]): Promise<void> => {
      calls.push([name, volume, ...given]);
    };
  const api = await testApi({
    volumes: {
      get: async () => aVolume(),
      extend: note('extend'),
      revert: note('revert'),
      resetStatus: note('resetStatus'),
      delete: note('delete'),
      setBootable: note('setBootable'),
      setReadonly: note('setReadonly'),
      reserve: note('reserve'),
      unreserve: note('unreserve'),
      beginDetaching: note('beginDetaching'),
      rollDetaching: note('rollDetaching'),
      attach: note('attach'),
      detach: note('detach'),
      forceDetach: note('forceDetach'),
      terminateConnection: note('terminateConnection'),
      retype: note('retype'),
      migrate: note('migrate'),
      initializeConnection: async (_context, volume, given) => {
        calls.push(['initializeConnection', volume, given]);
        return { driver_volume_type: 'iscsi', data: { target_lun: 1 } };
      },
    },
    manage: { unmanageVolume: note('unmanageVolume') },
  });
  return {
    answer: await api.ask({ method: 'POST', path: `/volumes/${id}/action`, version, body }),
    calls,
  };
}

describe('an action', () => {
  it.each([
    [{ 'os-extend': { new_size: 5 } }, ['extend', id, 5, { online: true }]],
    [{ 'os-extend': { new_size: '6' } }, ['extend', id, 6, { online: true }]],
    [{ revert: { snapshot_id: 's' } }, ['revert', id, 's']],
    [{ 'os-unmanage': {} }, ['unmanageVolume', id]],
    [{ 'os-unmanage': null }, ['unmanageVolume', id]],
    [
      { 'os-retype': { new_type: 'gold', migration_policy: 'on-demand' } },
      ['retype', id, { newType: 'gold', migrationPolicy: 'on-demand' }],
    ],
    [{ 'os-retype': { new_type: 'gold' } }, ['retype', id, { newType: 'gold', migrationPolicy: 'never' }]],
    [
      { 'os-migrate_volume': { host: 'h@b#p', force_host_copy: true, lock_volume: 'False', cluster: null } },
      ['migrate', id, 'h@b#p'],
    ],
    [
      { 'os-reset_status': { status: 'Error' } },
      ['resetStatus', id, { status: 'error', attachStatus: null, migrationStatus: null }],
    ],
    [
      { 'os-reset_status': { attach_status: 'detached', migration_status: 'none' } },
      ['resetStatus', id, { status: null, attachStatus: 'detached', migrationStatus: 'none' }],
    ],
    [{ 'os-force_delete': {} }, ['delete', id, { cascade: false, force: true }]],
    [{ 'os-update_readonly_flag': { readonly: 'True' } }, ['setReadonly', id, true]],
    [{ 'os-reserve': null }, ['reserve', id]],
    [{ 'os-unreserve': null }, ['unreserve', id]],
    [{ 'os-begin_detaching': null }, ['beginDetaching', id]],
    [{ 'os-roll_detaching': null }, ['rollDetaching', id]],
    [
      { 'os-attach': { instance_uuid: instance, mountpoint: '/dev/vdb' } },
      ['attach', id, { instanceUuid: instance, hostName: null, mountpoint: '/dev/vdb', mode: 'rw' }],
    ],
    [
      { 'os-attach': { host_name: 'h', mountpoint: '/dev/vdb', mode: 'ro' } },
      ['attach', id, { instanceUuid: null, hostName: 'h', mountpoint: '/dev/vdb', mode: 'ro' }],
    ],
    [{ 'os-detach': {} }, ['detach', id, null]],
    [{ 'os-detach': null }, ['detach', id, null]],
    [{ 'os-detach': { attachment_id: instance } }, ['detach', id, instance]],
    [{ 'os-force_detach': { attachment_id: 'a', connector } }, ['forceDetach', id, 'a', connector]],
    [{ 'os-force_detach': {} }, ['forceDetach', id, null, null]],
    [{ 'os-terminate_connection': { connector } }, ['terminateConnection', id, connector]],
    [{ 'os-terminate_connection': { connector: null } }, ['terminateConnection', id, null]],
  ])('%j is accepted and asked for below', async (body, call) => {
    const { answer, calls } = await act(body);
    expect([answer.status, answer.text]).toEqual([202, '']);
    expect(calls).toEqual([call]);
  });

  it('extends volumes in use from 3.42 on only', async () => {
    expect((await act({ 'os-extend': { new_size: 5 } }, '3.41')).calls).toEqual([
      ['extend', id, 5, { online: false }],
    ]);
    expect((await act({ 'os-extend': { new_size: 5 } }, '3.42')).calls).toEqual([
      ['extend', id, 5, { online: true }],
    ]);
  });

  it('connects and answers with what the host needs', async () => {
    const { answer, calls } = await act({ 'os-initialize_connection': { connector } });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      connection_info: { driver_volume_type: 'iscsi', data: { target_lun: 1 } },
    });
    expect(calls).toEqual([['initializeConnection', id, connector]]);
  });

  it('makes a volume bootable with 200', async () => {
    const { answer, calls } = await act({ 'os-set_bootable': { bootable: true } });
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect(calls).toEqual([['setBootable', id, true]]);
  });

  it('shows no image metadata', async () => {
    expect((await act({ 'os-show_image_metadata': {} })).answer).toMatchObject({
      status: 200,
      body: { metadata: {} },
    });
  });

  it.each([
    [
      { nosuch: {} },
      'There is no such action: nosuch. Verify the request body and Content-Type header and try again.',
    ],
    [
      { constructor: {} },
      'There is no such action: constructor. Verify the request body and Content-Type header and try again.',
    ],
    [{}, 'Malformed request body'],
    [{ 'os-reserve': null, 'os-unreserve': null }, 'Malformed request body'],
    [
      { 'os-extend': {} },
      "Invalid input for field/attribute os-extend. Value: {}. 'new_size' is a required property",
    ],
    [
      { revert: { snapshot_id: null } },
      `Specified snapshot None is None or not the latest one of volume ${id}.`,
    ],
    [
      { 'os-retype': { migration_policy: 'never' } },
      "Invalid input for field/attribute os-retype. Value: {'migration_policy': 'never'}. " +
        "'new_type' is a required property",
    ],
    [
      { 'os-retype': { new_type: 'gold', migration_policy: 'always' } },
      "Invalid input for field/attribute migration_policy. Value: always. 'always' is not one of ['on-demand', 'never']",
    ],
    [
      { 'os-migrate_volume': {} },
      'Invalid input received: One and only one of cluster and host must be set.',
    ],
    [
      { 'os-migrate_volume': { host: 'h', cluster: 'c' } },
      'Invalid input received: One and only one of cluster and host must be set.',
    ],
    [
      { 'os-migrate_volume': { cluster: 'c' } },
      'Invalid input received: cluster is not supported by this service.',
    ],
    [{ 'os-reset_status': {} }, "Must specify 'status', 'attach_status' or 'migration_status' for update."],
    [
      { 'os-attach': { mountpoint: '/dev/vdb' } },
      'Invalid request to attach volume to an invalid target: instance_uuid or host_name is needed.',
    ],
    [
      { 'os-attach': { mountpoint: '/dev/vdb', host_name: 'h', instance_uuid: instance } },
      'Invalid request to attach volume to an instance and a host at the same time.',
    ],
    [
      { 'os-initialize_connection': { connector: 'chap-secret' } },
      'Invalid input for field/attribute connector. The connector must be an object.',
    ],
  ])('%j is refused', async (body, message) => {
    const { answer, calls } = await act(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ badRequest: { code: 400, message } });
    expect(calls).toEqual([]);
  });

  it('names a host before there are clusters', async () => {
    const { answer } = await act({ 'os-migrate_volume': { cluster: 'c' } }, '3.15');
    expect(answer.body).toMatchObject({
      badRequest: { message: 'Invalid input received: Host field is missing.' },
    });
  });

  it('of a later microversion is not found', async () => {
    const { answer } = await act({ revert: { snapshot_id: 's' } }, '3.39');
    expect(answer).toMatchObject({
      status: 404,
      body: { itemNotFound: { code: 404, message: 'The resource could not be found.' } },
    });
  });
});
