import { expect, test } from 'vitest';
import { aRunningArray } from './support/running-array.ts';

test('the blackout of a replication schedule is set, and cleared by an empty text', async () => {
  const call = await (await aRunningArray()).rest2('2.26');
  await call('POST', 'protection-groups?names=pg');
  const change = async (blackout: unknown) =>
    await call('PATCH', 'protection-groups?names=pg', { body: { replication_schedule: { blackout } } });
  const times = { start: 32_400_000, end: 61_200_000 };
  expect(await change(times)).toMatchObject({
    json: { items: [{ replication_schedule: { blackout: times } }] },
  });
  expect(await change('')).toMatchObject({
    json: { items: [{ replication_schedule: { blackout: { start: null, end: null } } }] },
  });
  expect(await change('never')).toMatchObject({ status: 400 });
});
