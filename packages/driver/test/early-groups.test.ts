import { randomInt, randomUUID } from 'node:crypto';
import { KeyedLock, systemClock } from '@cinder-flasharray/common';
import { startSimulator } from '@cinder-flasharray/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import { aVolumeType, baseConfig, LogCapture, MemorySecrets } from './acceptance/harness.ts';
import { replicatedTo, target } from './acceptance/replication-site.ts';

const group = {
  id: '4a2f7e3a-312a-40c5-96a8-536b8a0fe074',
  typeSpecs: { consistent_group_snapshot_enabled: '<is> True' },
  volumeTypes: [aVolumeType()],
};
const groupSnapshot = { id: '6c3f7e3a-312a-40c5-96a8-536b8a0fe074', group };

test('on an array without pods a group that is gone is looked for in no pod', async () => {
  const simulator = await startSimulator({
    arrays: ['fa1', 'fa2'].map((name) => ({ name, purityVersion: '4.0.0' })),
    connections: [{ from: 'fa1', to: 'fa2' }],
  });
  onTestFinished(() => simulator.close());
  const access = (name: string) => {
    const found = simulator.arrays.find((array) => array.name === name);
    return { address: found?.address ?? '', apiToken: found?.apiTokens.pureuser ?? '' };
  };
  const { address, apiToken } = access('fa1');
  const driver = new FlashArrayDriver({
    config: { ...baseConfig(address, apiToken), ...replicatedTo([target({ access }, 'fa2')]) },
    secrets: new MemorySecrets(),
    locks: new KeyedLock(),
    logger: new LogCapture(),
    clock: systemClock,
    randomInteger: (below) => randomInt(below),
    randomUuid: randomUUID,
    platform: 'test',
  });
  onTestFinished(() => driver.close());
  await driver.open();
  await driver.groups.deleteSnapshot(groupSnapshot);
  expect(await driver.groups.delete(group, [])).toEqual([]);
  await expect(driver.groups.update(group, { add: [], remove: [] })).resolves.toBeUndefined();
  const failure = await driver.groups.createSnapshot(groupSnapshot, []).catch((error: unknown) => error);
  expect(failure).toMatchObject({ arrayCode: 'not-found' });
  const requests = await simulator.control.requests('fa1');
  expect(requests.filter(({ path }) => decodeURIComponent(path).includes('cinder-pod'))).toEqual([]);
});
