import { expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

/** A volume, a host and a host group, and a protection group for each. */
async function anArrayWithMembers() {
  const array = await aRunningArray({ restVersions: ['1.6', '1.7', '1.19', '2.26'] });
  const call = await array.rest1('1.7');
  await call('POST', 'volume/v1', { body: { size: '1G' } });
  await call('POST', 'host/h1', { body: {} });
  await call('POST', 'hgroup/g1', { body: {} });
  for (const kind of ['volume', 'host', 'hgroup']) await call('POST', `pgroup/of-${kind}`, { body: {} });
  return { ...array, call };
}

test.each([
  ['volume', 'v1', 'volumes'],
  ['host', 'h1', 'hosts'],
  ['hgroup', 'g1', 'hgroups'],
])('a %s joins and leaves a protection group by a path of its own, from 1.7 on', async (kind, name, list) => {
  const { call, rest1 } = await anArrayWithMembers();
  const path = `${kind}/${name}/pgroup/of-${kind}`;
  const row = { name, protection_group: `of-${kind}` };
  expect(await (await rest1('1.6'))('POST', path)).toMatchObject({ status: 404 });
  expect(await call('POST', path)).toMatchObject({ status: 200, json: row });
  expect(await call('GET', `pgroup/of-${kind}`)).toMatchObject({ json: { [list]: [name] } });
  expect(await call('POST', path)).toMatchObject({
    status: 400,
    text: expect.stringContaining('already belongs to'),
  });
  expect(await call('DELETE', path)).toMatchObject({ status: 200, json: row });
  expect(await call('GET', `pgroup/of-${kind}`)).toMatchObject({ json: { [list]: null } });
  expect(await call('DELETE', path)).toMatchObject({
    status: 400,
    text: expect.stringContaining('could not be found'),
  });
});

test('hosts and host groups are added and taken out as volumes are, and a group holds one kind', async () => {
  const { call } = await anArrayWithMembers();
  const put = async (group: string, body: object) => await call('PUT', `pgroup/${group}`, { body });
  expect(await put('of-host', { addhostlist: ['h1'] })).toMatchObject({ json: { hosts: ['h1'] } });
  expect(await put('of-host', { remhostlist: ['h1'] })).toMatchObject({ json: { hosts: null } });
  expect(await put('of-hgroup', { hgrouplist: ['g1'] })).toMatchObject({ json: { hgroups: ['g1'] } });
  await put('of-volume', { addvollist: ['v1'] });
  expect(await put('of-volume', { addhostlist: ['h1'] })).toMatchObject({
    status: 400,
    text: expect.stringContaining('only one type of member'),
  });
  expect(await call('GET', 'pgroup/of-volume')).toMatchObject({ json: { volumes: ['v1'], hosts: null } });
  expect(await call('POST', 'pgroup/new', { body: { hgrouplist: ['g1'] } })).toMatchObject({
    json: { hgroups: ['g1'] },
  });
});

test('a host that is deleted leaves its protection groups, and so does a host group', async () => {
  const { call, rest2 } = await anArrayWithMembers();
  await call('PUT', 'pgroup/of-host', { body: { addhostlist: ['h1'] } });
  await call('PUT', 'pgroup/of-hgroup', { body: { addhgrouplist: ['g1'] } });
  await call('DELETE', 'host/h1');
  await call('DELETE', 'hgroup/g1');
  const names = 'protection-groups?names=of-host,of-hgroup';
  expect(await (await rest2('2.26'))('GET', names)).toMatchObject({
    json: {
      items: [
        { name: 'of-hgroup', host_group_count: 0 },
        { name: 'of-host', host_count: 0 },
      ],
    },
  });
});
