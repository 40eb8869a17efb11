import { expect, test } from 'vitest';
import { arrayName, aVolume, volumeName } from './acceptance/harness.ts';
import { replicatedType } from './acceptance/replication-site.ts';
import { onRepeatedSite } from './repeated-site.ts';

const volume = aVolume(1, {
  type: replicatedType('sync'),
  providerId: `cinder-pod::${volumeName}`,
  metadata: { array_name: arrayName },
});

onRepeatedSite((site) => {
  test('a failback is refused while the primary does not answer, switches nothing, and is made when it does', async () => {
    const { openReplicated, control } = site();
    const driver = await openReplicated();
    await driver.volumes.create(volume);
    expect(await driver.failoverHost([volume], 'fa2')).toMatchObject({ activeBackendId: 'fa2' });
    await control.setArrayDown(arrayName, true);
    try {
      await expect(driver.failoverHost([volume], 'default')).rejects.toMatchObject({
        arrayCode: 'unreachable',
        nothingMade: true,
        message: expect.stringContaining('Failing back to the primary array of back end puredriver-1'),
      });
      // It still works on the other array.
      await expect(driver.statistics.read({ refresh: true })).resolves.toMatchObject({ total_volumes: 1 });
    } finally {
      await control.setArrayDown(arrayName, false);
    }
    expect(await driver.failoverHost([volume], 'default')).toMatchObject({
      activeBackendId: 'default',
      volumes: [],
    });
  });
});
