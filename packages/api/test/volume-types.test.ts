import { describe, expect, it } from 'vitest';
import { asMember, testApi } from './support/api.ts';
import { aVolumeType, project } from './support/records.ts';

const { id } = aVolumeType();
const extraSpecs = { volume_backend_name: 'array1', multiattach: '<is> True' };
const gold = aVolumeType({ extraSpecs });
const hidden = aVolumeType({ id: 'b', name: 'hidden', isPublic: false });

describe('a volume type', () => {
  it('shows everything to administrators', async () => {
    const api = await testApi({ volumeTypes: { get: async () => gold } });
    expect((await api.ask(`/types/${id}`)).text).toBe(
      JSON.stringify({
        volume_type: {
          id,
          name: 'gold',
          is_public: true,
          description: null,
          extra_specs: extraSpecs,
          qos_specs_id: null,
          'os-volume-type-access:is_public': true,
        },
      }),
    );
  });

  it('shows members only what is about use', async () => {
    const api = await testApi({ volumeTypes: { get: async () => gold } }, asMember);
    expect((await api.ask(`/types/${id}`)).body).toEqual({
      volume_type: {
        id,
        name: 'gold',
        is_public: true,
        description: null,
        extra_specs: { multiattach: '<is> True' },
        'os-volume-type-access:is_public': true,
      },
    });
    expect((await api.ask(`/types/${id}/extra_specs`)).body).toEqual({
      extra_specs: { multiattach: '<is> True' },
    });
    expect((await api.ask(`/types/${id}/extra_specs/volume_backend_name`)).status).toBe(404);
  });

  it('is found by id, not by name', async () => {
    const api = await testApi({ volumeTypes: { get: async () => gold } });
    expect(await api.ask('/types/gold')).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'Volume type gold could not be found.' } },
    });
  });

  it('can be the default', async () => {
    const api = await testApi({ volumeTypes: { getDefault: async () => gold } });
    expect(await api.ask('/types/default')).toMatchObject({ status: 200, body: { volume_type: { id } } });
  });

  it('never encrypts', async () => {
    const api = await testApi({ volumeTypes: { get: async () => gold } });
    expect(await api.ask(`/types/${id}/encryption`)).toMatchObject({ status: 200, body: {} });
  });
});

describe('listing types', () => {
  const names = async (query: string, options = {}): Promise<unknown> => {
    const api = await testApi({ volumeTypes: { list: async () => [gold, hidden] } }, options);
    const { body, status } = await api.ask(`/types${query}`);
    const types: unknown =
      typeof body === 'object' && body !== null ? Reflect.get(body, 'volume_types') : null;
    return Array.isArray(types) ? types.map((type: { readonly name: string }) => type.name) : status;
  };

  it.each([
    ['', ['gold']],
    ['?is_public=None', ['hidden', 'gold']],
    ['?is_public=False', ['hidden']],
    ['?is_public=true', ['gold']],
    ['?is_public=None&limit=1', ['hidden']],
    ['?is_public=None&marker=b', ['gold']],
    ['?is_public=None&sort_key=id&sort_dir=asc', ['gold', 'hidden']],
    ['?is_public=None&marker=nosuch', 404],
    ['?is_public=perhaps', 400],
  ])('%s gives administrators %j', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it('gives members all they have access to', async () => {
    expect(await names('', asMember)).toEqual(['hidden', 'gold']);
  });

  it('links to the next page', async () => {
    const api = await testApi({ volumeTypes: { list: async () => [gold, hidden] } });
    expect((await api.ask('/types?is_public=None&limit=1')).body).toMatchObject({
      volume_type_links: [
        { rel: 'next', href: `http://127.0.0.1:8776/v3/${project}/types?is_public=None&limit=1&marker=b` },
      ],
    });
  });
});

describe('changing types', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const note =
      (name: string) =>
      async (_context: unknown, ...given: readonly unknown[]): Promise<void> => {
        calls.push([name, ...given]);
      };
    const api = await testApi({
      volumeTypes: {
        get: async () => gold,
        create: async (_context, request) => {
          calls.push(['create', request]);
          return gold;
        },
        update: async (_context, type, change) => {
          calls.push(['update', type, change]);
          return gold;
        },
        delete: note('delete'),
        setExtraSpecs: async (_context, type, specs) => {
          calls.push(['setExtraSpecs', type, specs]);
          return specs;
        },
        deleteExtraSpec: note('deleteExtraSpec'),
        addAccess: note('addAccess'),
        removeAccess: note('removeAccess'),
        accessList: async () => ['p1', 'p2'],
      },
    });
    const path = `/types/${id}`;
    const answers = [
      await api.ask({
        method: 'POST',
        path: '/types',
        body: { volume_type: { name: ' gold ', 'os-volume-type-access:is_public': false } },
      }),
      await api.ask({ method: 'PUT', path, body: { volume_type: { name: 'new', is_public: true } } }),
      await api.ask({ method: 'PUT', path, body: { volume_type: {} } }),
      await api.ask({ method: 'PUT', path, body: { volume_type: { name: ' ' } } }),
      await api.ask({ method: 'POST', path: `${path}/extra_specs`, body: { extra_specs: { a: 'b' } } }),
      await api.ask({ method: 'PUT', path: `${path}/extra_specs/a`, body: { a: 'c' } }),
      await api.ask({ method: 'PUT', path: `${path}/extra_specs/a`, body: { b: 'c' } }),
      await api.ask({ method: 'DELETE', path: `${path}/extra_specs/a` }),
      await api.ask({ method: 'POST', path: `${path}/action`, body: { addProjectAccess: { project: 'p' } } }),
      await api.ask({
        method: 'POST',
        path: `${path}/action`,
        body: { removeProjectAccess: { project: 'p' } },
      }),
      await api.ask({ method: 'DELETE', path }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      200, 200, 400, 400, 200, 200, 400, 202, 202, 202, 202,
    ]);
    expect(answers[5]?.body).toEqual({ a: 'c' });
    expect(calls).toEqual([
      ['create', { name: 'gold', description: null, isPublic: false, extraSpecs: {} }],
      ['update', id, { name: 'new', isPublic: true }],
      ['setExtraSpecs', id, { a: 'b' }],
      ['setExtraSpecs', id, { a: 'c' }],
      ['deleteExtraSpec', id, 'a'],
      ['addAccess', id, 'p'],
      ['removeAccess', id, 'p'],
      ['delete', id],
    ]);
    expect((await api.ask(`${path}/os-volume-type-access`)).body).toEqual({
      volume_type_access: [
        { volume_type_id: id, project_id: 'p1' },
        { volume_type_id: id, project_id: 'p2' },
      ],
    });
  });
});
