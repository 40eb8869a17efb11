import type { AttachmentFilter } from '@cinder-flasharray/store';
import { describe, expect, it } from 'vitest';
import { testApi } from './support/api.ts';
import { anAttachment, aVolume, project } from './support/records.ts';

const attachment = anAttachment();
const { id } = attachment;
const volumeId = aVolume().id;
const brief = {
  id,
  status: 'attached',
  instance: '66666666-6666-4666-8666-666666666666',
  volume_id: volumeId,
};
const connector = { host: 'compute1' };

describe('an attachment', () => {
  it('shows what the host needs to connect', async () => {
    const connected = anAttachment({ connectionInfo: { driver_volume_type: 'iscsi', target_lun: 1 } });
    const api = await testApi({ attachments: { get: async () => connected } });
    expect((await api.ask(`/attachments/${id}`)).text).toBe(
      JSON.stringify({
        attachment: {
          ...brief,
          attached_at: '2026-03-01T10:21:00.000000',
          detached_at: '',
          attach_mode: 'rw',
          connection_info: { driver_volume_type: 'iscsi', target_lun: 1 },
        },
      }),
    );
  });

  it('that is only reserved shows empty times and no mode', async () => {
    const reserved = anAttachment({ attachStatus: 'reserved', attachTime: null, attachMode: null });
    const api = await testApi({ attachments: { get: async () => reserved } });
    expect((await api.ask(`/attachments/${id}`)).body).toEqual({
      attachment: {
        ...brief,
        status: 'reserved',
        attached_at: '',
        detached_at: '',
        attach_mode: 'null',
        connection_info: {},
      },
    });
  });

  it('is listed without its connection, or with it', async () => {
    const asked: AttachmentFilter[] = [];
    const api = await testApi({
      attachments: {
        list: async (_context, filter) => {
          asked.push(filter);
          return { kind: 'page', rows: [attachment], more: false, count: 1 };
        },
      },
    });
    expect((await api.ask('/attachments?volume_id=v&instance_id=i&status=attached')).body).toEqual({
      attachments: [brief],
    });
    expect((await api.ask('/attachments/detail?all_tenants=1')).body).toMatchObject({
      attachments: [{ ...brief, connection_info: {} }],
    });
    expect(asked).toEqual([
      { projectId: project, volumeId: 'v', instanceUuid: 'i', attachStatus: 'attached' },
      { projectId: null },
    ]);
  });
});

describe('making an attachment', () => {
  it.each([
    ['3.27', {}, { connector: null, mode: null }],
    ['3.27', { connector }, { connector, mode: null }],
    ['3.54', { connector: null, mode: 'ro' }, { connector: null, mode: 'ro' }],
    ['3.54', { connector: {} }, { connector: null, mode: null }],
  ])('at %s with %j', async (version, fields, expected) => {
    const asked: unknown[] = [];
    const api = await testApi({
      attachments: {
        create: async (_context, request) => {
          asked.push(request);
          return attachment;
        },
      },
    });
    const answer = await api.ask({
      method: 'POST',
      path: '/attachments',
      version,
      body: { attachment: { volume_uuid: volumeId, ...fields } },
    });
    expect(answer.status).toBe(200);
    expect(asked).toEqual([{ volumeId, instanceUuid: null, ...expected }]);
  });

  it.each([
    [{}, "Invalid input for field/attribute attachment. Value: {}. 'volume_uuid' is a required property"],
    [
      { volume_uuid: volumeId, mode: 'wo' },
      "Invalid input for field/attribute mode. Value: wo. 'wo' is not one of ['rw', 'ro']",
    ],
    [
      { volume_uuid: volumeId, connector: 'h' },
      'Invalid input for field/attribute connector. The connector must be an object.',
    ],
  ])('refuses %j', async (fields, message) => {
    const api = await testApi();
    const answer = await api.ask({ method: 'POST', path: '/attachments', body: { attachment: fields } });
    expect(answer.body).toEqual({ badRequest: { code: 400, message } });
  });

  it('connects, completes and ends', async () => {
    const calls: unknown[] = [];
    const other = anAttachment({ id: '99999999-9999-4999-8999-999999999999' });
    const api = await testApi({
      attachments: {
        update: async (_context, given, connected) => {
          calls.push(['update', given, connected]);
          return attachment;
        },
        complete: async (_context, given) => {
          calls.push(['complete', given]);
        },
        delete: async (_context, given) => {
          calls.push(['delete', given]);
          return [other];
        },
      },
    });
    const path = `/attachments/${id}`;
    const answers = [
      await api.ask({ method: 'PUT', path, body: { attachment: { connector } } }),
      await api.ask({ method: 'POST', path: `${path}/action`, body: { 'os-complete': null } }),
      await api.ask({ method: 'DELETE', path }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 204, 200]);
    expect(answers[1]?.text).toBe('');
    expect(answers[2]?.body).toEqual({
      attachments: [{ ...brief, id: '99999999-9999-4999-8999-999999999999' }],
    });
    expect(calls).toEqual([
      ['update', id, connector],
      ['complete', id],
      ['delete', id],
    ]);
  });
});
