import { expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

test('a group in a pod says the id and the name of the pod as its source, and nothing else of it', async () => {
  const array = await aRunningArray();
  const call = await array.rest2('2.26');
  await call('POST', 'pods?names=pod1', { body: {} });
  await call('POST', 'protection-groups?names=pod1::pg');
  const pods: unknown = (await call('GET', 'pods')).json;
  const groups: unknown = (await call('GET', 'protection-groups')).json;
  expect(groups).toMatchObject({ items: [{ source: { name: 'pod1' } }] });
  const source: unknown = Reflect.get(firstOf(groups), 'source');
  expect(source).toEqual({ id: Reflect.get(firstOf(pods), 'id'), name: 'pod1' });
});

test('a group snapshot is renamed with all its parts', async () => {
  const call = await (await aRunningArray()).rest2('2.26');
  await call('POST', 'volumes?names=v1', { body: {} });
  await call('POST', 'protection-groups?names=pg');
  await call('POST', 'protection-groups/volumes?group_names=pg&member_names=v1');
  for (const suffix of ['one', 'taken']) {
    await call('POST', 'protection-group-snapshots?source_names=pg', { body: { suffix } });
  }
  const rename = (from: string, name: string) =>
    call('PATCH', `protection-group-snapshots?names=${from}`, { body: { name } });
  expect(await rename('pg.one', 'two')).toMatchObject({
    json: { items: [{ name: 'pg.two', suffix: 'two' }] },
  });
  expect(await rename('pg.two', 'pg.three')).toMatchObject({ json: { items: [{ name: 'pg.three' }] } });
  expect(await call('GET', 'volume-snapshots?names=pg.three.v1')).toMatchObject({
    json: { items: [{ name: 'pg.three.v1' }] },
  });
  for (const [from, name] of [
    ['pg.three', 'taken'],
    ['pg.three', 'other.four'],
    ['pg.one', 'four'],
  ] as const) {
    expect(await rename(from, name)).toMatchObject({ status: 400 });
  }
});

function firstOf(answer: unknown): object {
  const items: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'items') : null;
  const [first]: readonly unknown[] = Array.isArray(items) ? items : [];
  if (typeof first !== 'object' || first === null) throw new Error('no item');
  return first;
}
