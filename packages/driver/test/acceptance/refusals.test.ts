import { KeyedLock, silentLogger, systemClock } from '@cinder-flasharray/common';
import { type RunningSimulator, startSimulator } from '@cinder-flasharray/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FlashArrayDriver } from '../../src/backend/flash-array-driver.ts';
import type { BackendConfig } from '../../src/config/backend-config.ts';
import { arrayName, aSnapshot, aVolume, aVolumeType, baseConfig, cidr, MemorySecrets } from './harness.ts';
import { levels } from './levels.ts';

/** What an array lacks is refused with the Purity version that has it, before anything is changed. */
describe.each(
  levels.filter(({ name }) => name === '1.2' || name === '1.5').map((level) => [level.name, level] as const),
)('what REST %s lacks', (name, level) => {
  let simulator: RunningSimulator | undefined;

  beforeAll(async () => {
    simulator = await startSimulator({ arrays: [{ name: arrayName, ...level.array }] });
  });
  beforeEach(async () => {
    await simulator?.control.reset();
  });
  afterAll(async () => {
    await simulator?.close();
  });

  async function open(overrides: Partial<BackendConfig> = {}): Promise<FlashArrayDriver> {
    const [array] = simulator?.arrays ?? [];
    const driver = new FlashArrayDriver({
      config: { ...baseConfig(array?.address ?? '', array?.apiTokens.pureuser ?? ''), ...overrides },
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: silentLogger,
      clock: systemClock,
      randomInteger: () => 0,
      randomUuid: () => '11111111-1111-4111-8111-111111111111',
      platform: 'test',
    });
    await driver.open();
    return driver;
  }

  test.each([
    ['a limit of IOPS', { qos: { consumer: 'back-end', specs: { maxIOPS: '100' } } }, 'Purity 5.3'],
    ['a limit of bandwidth', { qos: { consumer: 'both', specs: { maxBWS: '1' } } }, 'Purity 5.1'],
    ['a volume group', { extraSpecs: { 'flasharray:vg_name': 'gold' } }, 'Purity 5.0'],
  ] as const)('%s', async (_what, type, words) => {
    const driver = await open();
    try {
      const volume = aVolume(1, { type: aVolumeType(type) });
      await expect(driver.volumes.create(volume)).rejects.toMatchObject({
        code: 'driver',
        nothingMade: true,
        message: expect.stringContaining(words),
      });
      expect((await simulator?.control.state(arrayName))?.volumes).toEqual([]);
    } finally {
      await driver.close();
    }
  });

  test.each(['roce', 'tcp'] as const)('NVMe over %s', async (transport) => {
    await expect(
      open({ protocol: { kind: 'nvme', transport, cidrs: [cidr('0.0.0.0/0')] } }),
    ).rejects.toMatchObject({ code: 'not-initialized', message: expect.stringContaining('Purity 5.2') });
  });

  test.runIf(name === '1.2')('renaming of snapshots', async () => {
    const driver = await open();
    try {
      await driver.volumes.create(aVolume(1));
      await driver.snapshots.create(aSnapshot(1));
      for (const attempt of [
        () => driver.manage.manageSnapshot(aSnapshot(1), { name: 'volume.snapshot' }),
        () => driver.manage.unmanageSnapshot(aSnapshot(1)),
      ]) {
        await expect(attempt()).rejects.toMatchObject({
          message: expect.stringContaining('Unable to do manage snapshot operations'),
        });
      }
    } finally {
      await driver.close();
    }
  });
});

test('NVMe over TCP needs Purity 6.4.2', async () => {
  const simulator = await startSimulator({ arrays: [{ name: arrayName, purityVersion: '6.1.0' }] });
  try {
    const [array] = simulator.arrays;
    const driver = new FlashArrayDriver({
      config: {
        ...baseConfig(array?.address ?? '', array?.apiTokens.pureuser ?? ''),
        protocol: { kind: 'nvme', transport: 'tcp', cidrs: [cidr('0.0.0.0/0')] },
      },
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: silentLogger,
      clock: systemClock,
      randomInteger: () => 0,
      randomUuid: () => '11111111-1111-4111-8111-111111111111',
      platform: 'test',
    });
    await expect(driver.open()).rejects.toMatchObject({
      code: 'not-initialized',
      message: expect.stringContaining('6.4.2'),
    });
  } finally {
    await simulator.close();
  }
});
