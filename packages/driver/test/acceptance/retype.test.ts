import { expect } from 'vitest';
import { acceptanceCase, arrayName, aVolume, aVolumeType, runCases, volumeName } from './harness.ts';

const mebibyte = 1_048_576;
const plain = aVolumeType({ name: 'plain' });
const limited = aVolumeType({
  name: 'limited',
  qos: { consumer: 'both', specs: { maxIOPS: '500', maxBWS: '10' } },
});
const inGroup = (name: string, iops: string) =>
  aVolumeType({ name, extraSpecs: { 'flasharray:vg_name': name, 'flasharray:vg_maxIOPS': iops } });

acceptanceCase(77, 'every cell without replication', async (context) => {
  const { control, level, openDriver, state } = context;
  const driver = await openDriver();
  const qosOf = async (name: string) => (await state()).volumes.find((volume) => volume.name === name)?.qos;
  const none = { iopsLimit: null, bandwidthLimit: null };
  await driver.volumes.create(aVolume(1));

  await expect(driver.volumes.retype(aVolume(1), plain)).resolves.toMatchObject({ providerId: volumeName });
  const replicated = aVolumeType({ extraSpecs: { replication_enabled: '<is> True' } });
  await expect(driver.volumes.retype(aVolume(1), replicated)).rejects.toMatchObject({
    code: 'invalid-volume-type',
  });
  if (level.name === '1.2' || level.name === '1.5') {
    await expect(driver.volumes.retype(aVolume(1), limited)).rejects.toMatchObject({
      code: 'driver',
      message: expect.stringContaining('Purity 5.1'),
    });
    await expect(driver.volumes.retype(aVolume(1), inGroup('gold', '1000'))).rejects.toMatchObject({
      code: 'driver',
      message: expect.stringContaining('Purity 5.0'),
    });
    expect((await state()).volumes.map(({ name }) => name)).toEqual([volumeName]);
    return;
  }

  await driver.volumes.retype(aVolume(1), limited);
  expect(await qosOf(volumeName)).toEqual({ iopsLimit: 500, bandwidthLimit: 10 * mebibyte });

  const gold = await driver.volumes.retype(aVolume(1, { type: limited }), inGroup('gold', '1000'));
  expect(gold).toMatchObject({
    providerId: `gold/${volumeName}`,
    metadata: { purpose: 'database', array_volume_name: `gold/${volumeName}` },
  });
  expect(await qosOf(gold.providerId)).toEqual(none);

  // The same again under the old name, as after a crash before the record was written.
  await expect(driver.volumes.retype(aVolume(1), inGroup('gold', '1000'))).resolves.toEqual(gold);

  await driver.volumes.retype(aVolume(1, { providerId: gold.providerId }), inGroup('gold', '2000'));
  expect((await state()).volumeGroups).toMatchObject([{ name: 'gold', qos: { iopsLimit: 2000 } }]);

  const silver = await driver.volumes.retype(
    aVolume(1, { providerId: gold.providerId }),
    inGroup('silver', '300'),
  );
  expect(silver.providerId).toBe(`silver/${volumeName}`);
  expect((await state()).volumeGroups.filter(({ destroyed }) => !destroyed)).toMatchObject([
    { name: 'silver', volumes: [silver.providerId], qos: { iopsLimit: 300 } },
  ]);

  const back = await driver.volumes.retype(aVolume(1, { providerId: silver.providerId }), limited);
  expect(back.providerId).toBe(volumeName);
  expect(await qosOf(volumeName)).toEqual({ iopsLimit: 500, bandwidthLimit: 10 * mebibyte });
  expect((await state()).volumeGroups.filter(({ destroyed }) => !destroyed)).toEqual([]);

  // Limits that cannot be set after the move: the volume is moved back.
  await control.addFault(arrayName, {
    match: { method: level.generation === 'rest2' ? 'PATCH' : 'PUT', path: '/^volumes?(\\/|$)/' },
    skip: 1,
    times: 1,
    kind: 'status',
    status: 400,
    message: 'Limits are out of stock.',
  });
  await expect(driver.volumes.retype(aVolume(1), inGroup('gold', '1000'))).rejects.toMatchObject({
    message: expect.stringContaining('out of stock'),
  });
  expect((await state()).volumes.map(({ name }) => name)).toEqual([volumeName]);
});

runCases();
