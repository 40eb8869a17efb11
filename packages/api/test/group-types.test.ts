import { describe, expect, it } from 'vitest';
import { asMember, testApi } from './support/api.ts';
import { aGroupType, project } from './support/records.ts';

const { id } = aGroupType();
const groupSpecs = { consistent_group_snapshot_enabled: '<is> True' };
const consistent = aGroupType({ groupSpecs });
const hidden = aGroupType({ id: 'b', name: 'hidden', isPublic: false });
const path = `/group_types/${id}`;

describe('a group type', () => {
  it('shows its specs to administrators', async () => {
    const api = await testApi({ groupTypes: { get: async () => consistent } });
    expect((await api.ask(path)).text).toBe(
      JSON.stringify({
        group_type: { id, name: 'consistent', description: null, is_public: true, group_specs: groupSpecs },
      }),
    );
    expect((await api.ask(`${path}/group_specs`)).body).toEqual({ group_specs: groupSpecs });
    expect((await api.ask(`${path}/group_specs/consistent_group_snapshot_enabled`)).body).toEqual(groupSpecs);
    expect(await api.ask(`${path}/group_specs/nosuch`)).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: `Group Type ${id} has no extra spec with key nosuch.` } },
    });
  });

  it('shows members no specs', async () => {
    const api = await testApi({ groupTypes: { get: async () => consistent } }, asMember);
    expect((await api.ask(path)).body).toEqual({
      group_type: { id, name: 'consistent', description: null, is_public: true },
    });
    expect((await api.ask(`${path}/group_specs`)).status).toBe(403);
    expect((await api.ask(`${path}/group_specs/a`)).status).toBe(403);
  });

  it('is found by id, not by name', async () => {
    const api = await testApi({ groupTypes: { get: async () => consistent } });
    expect(await api.ask('/group_types/consistent')).toMatchObject({
      status: 404,
      body: { itemNotFound: { message: 'Group type consistent could not be found.' } },
    });
  });

  it('can be the default', async () => {
    const api = await testApi({ groupTypes: { getDefault: async () => consistent } });
    expect(await api.ask('/group_types/default')).toMatchObject({
      status: 200,
      body: { group_type: { id } },
    });
  });

  it.each(['/group_types', '/group_types/default', path, `${path}/group_specs`, `${path}/group_specs/a`])(
    'is not there before 3.11: %s',
    async (route) => {
      const api = await testApi();
      expect((await api.ask({ path: route, version: '3.10' })).status).toBe(404);
    },
  );
});

describe('listing group types', () => {
  it.each([
    ['', ['consistent']],
    ['?is_public=None', ['hidden', 'consistent']],
    ['?is_public=False', ['hidden']],
    ['?is_public=None&sort=id:asc', ['consistent', 'hidden']],
    ['?is_public=None&marker=b', ['consistent']],
  ])('%s gives administrators %j', async (query, names) => {
    const api = await testApi({ groupTypes: { list: async () => [consistent, hidden] } });
    expect((await api.ask(`/group_types${query}`)).body).toMatchObject({
      group_types: names.map((name) => ({ name })),
    });
  });

  it('links to the next page, and knows its markers', async () => {
    const api = await testApi({ groupTypes: { list: async () => [consistent, hidden] } });
    expect((await api.ask('/group_types?is_public=None&limit=1')).body).toMatchObject({
      group_type_links: [
        {
          rel: 'next',
          href: `http://127.0.0.1:8776/v3/${project}/group_types?is_public=None&limit=1&marker=b`,
        },
      ],
    });
    expect((await api.ask('/group_types?marker=nosuch')).status).toBe(404);
    expect((await api.ask('/group_types?is_public=perhaps')).status).toBe(400);
  });
});

describe('changing group types', () => {
  it('asks below for each change', async () => {
    const calls: unknown[] = [];
    const api = await testApi({
      groupTypes: {
        get: async () => consistent,
        create: async (_context, request) => {
          calls.push(['create', request]);
          return aGroupType();
        },
        update: async (_context, type, change) => {
          calls.push(['update', type, change]);
          return consistent;
        },
        delete: async (_context, type) => {
          calls.push(['delete', type]);
        },
        setGroupSpecs: async (_context, type, specs) => {
          calls.push(['setGroupSpecs', type, specs]);
          return specs;
        },
        deleteGroupSpec: async (_context, type, key) => {
          calls.push(['deleteGroupSpec', type, key]);
        },
      },
    });
    const specs = `${path}/group_specs`;
    const answers = [
      await api.ask({ method: 'POST', path: '/group_types', body: { group_type: { name: ' one ' } } }),
      await api.ask({
        method: 'POST',
        path: '/group_types',
        body: { group_type: { name: 'two', description: 'd', is_public: false, group_specs: groupSpecs } },
      }),
      await api.ask({ method: 'POST', path: '/group_types', body: { group_type: { name: '' } } }),
      await api.ask({ method: 'PUT', path, body: { group_type: { name: 'new', is_public: 'true' } } }),
      await api.ask({ method: 'PUT', path, body: { group_type: {} } }),
      await api.ask({ method: 'PUT', path, body: { group_type: { name: ' ' } } }),
      await api.ask({ method: 'POST', path: specs, body: { group_specs: { a: 'b' } } }),
      await api.ask({ method: 'POST', path: specs, body: { group_specs: { 'a b': 'c' } } }),
      await api.ask({ method: 'PUT', path: `${specs}/a`, body: { a: 'c' } }),
      await api.ask({ method: 'PUT', path: `${specs}/a`, body: { b: 'c' } }),
      await api.ask({ method: 'DELETE', path: `${specs}/a` }),
      await api.ask({ method: 'DELETE', path }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([
      202, 202, 400, 200, 400, 400, 202, 400, 200, 400, 202, 202,
    ]);
    expect(answers[0]?.body).toMatchObject({ group_type: { id, group_specs: {} } });
    expect(answers[1]?.body).toMatchObject({ group_type: { id, group_specs: groupSpecs } });
    expect(answers[7]?.text).toContain("'a b' does not match any of the regexes: '^[a-zA-Z0-9-_:.]{1,255}$'");
    expect(calls).toEqual([
      ['create', { name: 'one', description: null, isPublic: true }],
      ['create', { name: 'two', description: 'd', isPublic: false }],
      ['setGroupSpecs', id, groupSpecs],
      ['update', id, { name: 'new', isPublic: true }],
      ['setGroupSpecs', id, { a: 'b' }],
      ['setGroupSpecs', id, { a: 'c' }],
      ['deleteGroupSpec', id, 'a'],
      ['delete', id],
    ]);
  });
});
