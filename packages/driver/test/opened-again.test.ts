import { expect, test } from 'vitest';
import { onRepeatedSite } from './repeated-site.ts';

onRepeatedSite((site) => {
  test('a driver that is set up once more has its targets once', async () => {
    const driver = await site().openPair('fa3');
    const targets = { replication_targets: ['fa3'], replication_count: 1 };
    expect(await driver.statistics.read({ refresh: true })).toMatchObject(targets);
    await driver.open();
    expect(await driver.statistics.read({ refresh: true })).toMatchObject(targets);
  });
});
