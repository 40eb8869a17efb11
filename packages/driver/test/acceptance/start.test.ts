import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@cinder-flasharray/common';
import { startSimulator } from '@cinder-flasharray/simulator';
import { expect } from 'vitest';
import { acceptanceCase, arrayName, aVolume, connector, runCases } from './harness.ts';

acceptanceCase(
  67,
  'a wrong token, an untrusted certificate and an unknown address fail the start with the cause, and a corrected start works',
  async ({ address, newDriver, openDriver }) => {
    const wrongToken = newDriver({ apiToken: new Secret('00000000-0000-4000-8000-000000000000') });
    await expect(wrongToken.open()).rejects.toMatchObject({
      code: 'not-initialized',
      arrayCode: 'unauthorized',
    });
    const untrusting = newDriver({ tls: { kind: 'system-roots' } });
    await expect(untrusting.open()).rejects.toMatchObject({
      code: 'not-initialized',
      arrayCode: 'untrusted-certificate',
    });
    const lost = newDriver({ address: 'array.invalid' });
    await expect(lost.open()).rejects.toMatchObject({ code: 'not-initialized', arrayCode: 'unreachable' });
    expect(() => lost.volumes).toThrow(expect.objectContaining({ code: 'not-initialized' }));
    const driver = await openDriver({ address });
    await driver.open();
    await driver.checkForSetupError();
    await expect(driver.volumes.create(aVolume(1))).resolves.toBeDefined();
  },
);

acceptanceCase(
  68,
  'a private CA is trusted when its file is given, and not without it',
  async ({ level, newDriver }) => {
    const folder = await mkdtemp(join(tmpdir(), 'private-ca-'));
    const simulator = await startSimulator({ arrays: [{ name: arrayName, ...level.array }] });
    const [array] = simulator.arrays;
    const path = join(folder, 'ca.pem');
    await writeFile(path, simulator.caCertificate);
    try {
      const at = { address: array?.address ?? '', apiToken: new Secret(array?.apiTokens.pureuser ?? '') };
      await expect(newDriver({ ...at, tls: { kind: 'system-roots' } }).open()).rejects.toMatchObject({
        arrayCode: 'untrusted-certificate',
      });
      const driver = newDriver({ ...at, tls: { kind: 'bundle', path } });
      await driver.open();
      await driver.close();
    } finally {
      await simulator.close();
      await rm(folder, { recursive: true });
    }
  },
);

acceptanceCase(
  95,
  'a management port that hangs fails the call within its deadline and frees the host',
  async ({ control, openDriver, request }) => {
    const driver = await openDriver({}, { timeouts: { connect: 2_000, idle: 150, total: 300 } });
    await driver.volumes.create(aVolume(1));
    const hanging = await control.addFault(arrayName, {
      kind: 'hang',
      times: null,
      match: request('find-hosts'),
    });
    await expect(driver.connections.connect(aVolume(1), connector())).rejects.toMatchObject({
      arrayCode: 'timed-out',
    });
    await control.removeFault(arrayName, hanging.id);
    await expect(driver.connections.connect(aVolume(1), connector())).resolves.toBeDefined();
  },
);

runCases();
