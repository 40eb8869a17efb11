import { expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

test('schedules and retention that no array takes are refused, in both generations, and nothing is changed', async () => {
  const array = await aRunningArray();
  const rest2 = await array.rest2('2.26');
  await rest2('POST', 'protection-groups?names=pg');
  const before = await rest2('GET', 'protection-groups?names=pg');
  for (const body of [
    { replication_schedule: { frequency: 1_000 } },
    { snapshot_schedule: { at: 3_600 } },
    { target_retention: { all_for_sec: 1 } },
  ]) {
    expect(await rest2('PATCH', 'protection-groups?names=pg', { body })).toMatchObject({ status: 400 });
  }
  const rest1 = await array.rest1('1.19');
  for (const body of [{ replicate_frequency: 1 }, { snap_at: 3_600 }, { target_all_for: 1 }]) {
    expect(await rest1('PUT', 'pgroup/pg', { body })).toMatchObject({ status: 400 });
  }
  expect((await rest2('GET', 'protection-groups?names=pg')).json).toEqual(before.json);
});
