import { randomInt, randomUUID } from 'node:crypto';
import { KeyedLock, systemClock } from '@cinder-flasharray/common';
import { startSimulator } from '@cinder-flasharray/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { FlashArrayDriver } from '../src/backend/flash-array-driver.ts';
import type { BackendConfig } from '../src/config/backend-config.ts';
import {
  aVolume,
  baseConfig,
  cidr,
  connector,
  iscsi,
  LogCapture,
  MemorySecrets,
} from './acceptance/harness.ts';

const everywhere = [cidr('0.0.0.0/0')];
const protocols: readonly (readonly [string, BackendConfig['protocol'], object])[] = [
  ['iSCSI', iscsi(), connector()],
  [
    'NVMe over RoCE',
    { kind: 'nvme', transport: 'roce', cidrs: everywhere },
    { ...connector(), nqn: 'nqn.2014-08.org.nvmexpress:uuid:4c4c4544-0042-3510-8057-b9c04f4a3332' },
  ],
];

/** REST 2.4 brings `network-interfaces`; these arrays offer neither that nor REST 1. */
test.each(['2.2', '2.3'].flatMap((version) => protocols.map((protocol) => [version, ...protocol] as const)))(
  'an array that offers REST %s only serves %s',
  async (version, _name, protocol, host) => {
    const simulator = await startSimulator({
      arrays: [
        {
          name: 'fa1',
          restVersions: [version],
          interfaces: [
            { name: 'CT0.ETH4', address: '10.0.0.1', services: ['iscsi'] },
            { name: 'CT0.ETH5', address: '10.0.0.2', services: ['nvme-roce'] },
          ],
        },
      ],
    });
    onTestFinished(() => simulator.close());
    const [array] = simulator.arrays;
    const driver = new FlashArrayDriver({
      config: { ...baseConfig(array?.address ?? '', array?.apiTokens.pureuser ?? ''), protocol },
      secrets: new MemorySecrets(),
      locks: new KeyedLock(),
      logger: new LogCapture(),
      clock: systemClock,
      randomInteger: (below) => randomInt(below),
      randomUuid: randomUUID,
      platform: 'test',
    });
    onTestFinished(() => driver.close());
    await expect(driver.open()).resolves.toBeUndefined();
    await expect(driver.checkForSetupError()).resolves.toBeUndefined();
    await driver.volumes.create(aVolume(1));
    await expect(driver.connections.connect(aVolume(1), { ...host })).resolves.toMatchObject(
      protocol.kind === 'iscsi'
        ? { driver_volume_type: 'iscsi', data: { target_portals: ['10.0.0.1:3260'] } }
        : { driver_volume_type: 'nvmeof', data: { portals: [['10.0.0.2', 4420, 'rdma']] } },
    );
  },
);
