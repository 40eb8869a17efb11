import { BlockStorageError } from '@cinder-flasharray/block-storage';
import { describe, expect, it } from 'vitest';
import { testApi } from './support/api.ts';
import { aVolumeType, project, someQosSpecs } from './support/records.ts';

const { id } = someQosSpecs();
const path = `/qos-specs/${id}`;
const shown = { id, name: 'fast', consumer: 'back-end', specs: { maxIOPS: '500' } };
const links = [
  { rel: 'self', href: `http://127.0.0.1:8776/v3/${project}/qos-specs/${id}` },
  { rel: 'bookmark', href: `http://127.0.0.1:8776/${project}/qos-specs/${id}` },
];

describe('QoS specs', () => {
  it('show their keys, with links beside them', async () => {
    const api = await testApi({ qosSpecs: { get: async () => someQosSpecs() } });
    expect((await api.ask(path)).text).toBe(JSON.stringify({ qos_specs: shown, links }));
  });

  it('are made of a name, a consumer and keys', async () => {
    const asked: unknown[] = [];
    const api = await testApi({
      qosSpecs: {
        create: async (_context, request) => {
          asked.push(request);
          return someQosSpecs();
        },
      },
    });
    const create = (qos_specs: unknown) =>
      api.ask({ method: 'POST', path: '/qos-specs', body: { qos_specs } });
    expect(await create({ name: ' fast ', consumer: 'both', maxIOPS: '500', maxBWS: '10' })).toMatchObject({
      status: 200,
      body: { qos_specs: shown, links },
    });
    expect((await create({ name: 'slow' })).status).toBe(200);
    expect(asked).toEqual([
      { name: 'fast', consumer: 'both', specs: { maxIOPS: '500', maxBWS: '10' } },
      { name: 'slow', consumer: 'back-end', specs: {} },
    ]);
  });

  it.each([
    [{}, "'qos_specs' is a required property"],
    [
      { qos_specs: 'fast' },
      "Invalid input for field/attribute qos_specs. Value: fast. 'fast' is not of type 'object'",
    ],
    [{ qos_specs: { maxIOPS: '1' } }, "'name' is a required property"],
    [{ qos_specs: { name: ' ' } }, "Invalid input for field/attribute name. Value:  . '' is too short"],
    [{ qos_specs: { name: 'a', maxIOPS: 500 } }, "500 is not of type 'string'"],
    [
      { qos_specs: { name: 'a', consumer: 'nobody' } },
      "Invalid qos specs: Valid consumer of QoS specs are: 'front-end', 'back-end', 'both'",
    ],
  ])('%j is refused', async (body, message) => {
    const api = await testApi();
    const answer = await api.ask({ method: 'POST', path: '/qos-specs', body });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
  });

  it('that are not there are not found', async () => {
    const api = await testApi({
      qosSpecs: {
        get: async () => {
          throw new BlockStorageError('qos-specs-not-found', `No such QoS spec ${id}.`);
        },
      },
    });
    expect(await api.ask(path)).toMatchObject({
      status: 404,
      body: { itemNotFound: { code: 404, message: `No such QoS spec ${id}.` } },
    });
  });
});

describe('listing QoS specs', () => {
  const slow = someQosSpecs({ id: 'a', name: 'slow', consumer: 'front-end', specs: {} });

  it.each([
    ['', ['fast', 'slow']],
    ['?name=slow', ['slow']],
    ['?consumer=back-end', ['fast']],
    ['?id=a', ['slow']],
    ['?sort=id:asc', ['fast', 'slow']],
    ['?limit=1', ['fast']],
    ['?sort=id:desc&marker=a', ['fast']],
  ])('%s gives %j', async (query, names) => {
    const rows = [slow, someQosSpecs({ createdAt: new Date('2026-03-02T00:00:00.000Z') })];
    const api = await testApi({ qosSpecs: { list: async () => rows } });
    const { body } = await api.ask(`/qos-specs${query}`);
    expect(body).toMatchObject({ qos_specs: names.map((name) => ({ name })) });
  });

  it('links to the next page, and knows its markers', async () => {
    const api = await testApi({ qosSpecs: { list: async () => [slow, someQosSpecs()] } });
    expect((await api.ask('/qos-specs?limit=1')).body).toEqual({
      qos_specs: [{ id: 'a', name: 'slow', consumer: 'front-end', specs: {} }],
      qos_specs_links: [
        { rel: 'next', href: `http://127.0.0.1:8776/v3/${project}/qos-specs?limit=1&marker=a` },
      ],
    });
    expect(await api.ask('/qos-specs?marker=nosuch')).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'No such QoS spec nosuch.' } },
    });
  });
});

describe('changing QoS specs', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const note =
      (name: string) =>
      async (_context: unknown, ...given: readonly unknown[]): Promise<void> => {
        calls.push([name, ...given]);
      };
    const api = await testApi({
      qosSpecs: {
        update: async (_context, specs, change) => {
          calls.push(['update', specs, change]);
          return someQosSpecs();
        },
        delete: note('delete'),
        deleteKeys: note('deleteKeys'),
        associate: note('associate'),
        disassociate: note('disassociate'),
        disassociateAll: note('disassociateAll'),
        associations: async () => [aVolumeType()],
      },
    });
    const answers = [
      await api.ask({ method: 'PUT', path, body: { qos_specs: { maxIOPS: '7', consumer: 'both' } } }),
      await api.ask({ method: 'PUT', path, body: { qos_specs: { maxBWS: '8' } } }),
      await api.ask({ method: 'PUT', path: `${path}/delete_keys`, body: { keys: ['maxIOPS', 'maxBWS'] } }),
      await api.ask({ method: 'PUT', path: `${path}/delete_keys`, body: { keys: ['a', 'a'] } }),
      await api.ask({ method: 'PUT', path: `${path}/delete_keys`, body: { keys: [''] } }),
      await api.ask({ method: 'PUT', path: `${path}/delete_keys`, body: { keys: 'a' } }),
      await api.ask(`${path}/associate?vol_type_id=t1`),
      await api.ask(`${path}/associate`),
      await api.ask(`${path}/disassociate?vol_type_id=t1`),
      await api.ask(`${path}/disassociate?vol_type_id=`),
      await api.ask(`${path}/disassociate_all`),
      await api.ask({ method: 'DELETE', path }),
      await api.ask({ method: 'DELETE', path: `${path}?force=True` }),
      await api.ask({ method: 'DELETE', path: `${path}?force=perhaps` }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 202, 400, 400, 400, 202, 400, 202, 400, 202, 202, 202, 400,
    ]);
    expect(answers[0]?.body).toEqual({ qos_specs: { maxIOPS: '7', consumer: 'both' } });
    expect(answers[3]?.text).toContain("['a', 'a'] has non-unique elements");
    expect(answers[7]?.text).toContain('Volume Type id must not be None.');
    expect(calls).toEqual([
      ['update', id, { consumer: 'both', specs: { maxIOPS: '7' } }],
      ['update', id, { specs: { maxBWS: '8' } }],
      ['deleteKeys', id, ['maxIOPS', 'maxBWS']],
      ['associate', id, 't1'],
      ['disassociate', id, 't1'],
      ['disassociateAll', id],
      ['delete', id, { force: false }],
      ['delete', id, { force: true }],
    ]);
    expect((await api.ask(`${path}/associations`)).body).toEqual({
      qos_associations: [{ association_type: 'volume_type', name: 'gold', id: aVolumeType().id }],
    });
  });
});

describe('a volume type with QoS specs', () => {
  it('shows administrators which', async () => {
    const api = await testApi({ volumeTypes: { get: async () => aVolumeType({ qosSpecsId: id }) } });
    expect((await api.ask(`/types/${aVolumeType().id}`)).body).toMatchObject({
      volume_type: { qos_specs_id: id },
    });
  });
});
