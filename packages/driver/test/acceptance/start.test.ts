import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, Secret, systemClock } from '@cinder-flasharray/common';
import { startSimulator } from '@cinder-flasharray/simulator';
import { expect } from 'vitest';
import { acceptanceCase, arrayName, aVolume, connector, runCases } from './harness.ts';

/** Milliseconds that a call of the array may take. */
const callDeadline = 60_000;

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
  67,
  'a driver that could not start does so when the cause is gone',
  async ({ control, level, newDriver }) => {
    const path = level.generation === 'rest1' ? 'auth/session' : 'login';
    const refused = newDriver();
    const { id } = await control.addFault(arrayName, {
      kind: 'status',
      status: 401,
      times: null,
      match: { path },
    });
    await expect(refused.open()).rejects.toMatchObject({ arrayCode: 'unauthorized' });
    await control.removeFault(arrayName, id);
    await expect(refused.open()).resolves.toBeUndefined();
    await refused.checkForSetupError();
    await expect(refused.volumes.create(aVolume(1))).resolves.toBeDefined();

    const away = newDriver();
    await control.setArrayDown(arrayName, true);
    try {
      await expect(away.open()).rejects.toMatchObject({ arrayCode: 'unreachable' });
    } finally {
      await control.setArrayDown(arrayName, false);
    }
    await expect(away.open()).resolves.toBeUndefined();
    await away.checkForSetupError();
  },
);

acceptanceCase(
  67,
  'a driver that did not trust the array does so when the file has the certificate',
  async ({ level, newDriver }) => {
    const folder = await mkdtemp(join(tmpdir(), 'late-ca-'));
    const simulator = await startSimulator({ arrays: [{ name: arrayName, ...level.array }] });
    const another = await startSimulator({ arrays: [{ name: 'another' }] });
    const [array] = simulator.arrays;
    const path = join(folder, 'ca.pem');
    await writeFile(path, another.caCertificate);
    try {
      const driver = newDriver({
        address: array?.address ?? '',
        apiToken: new Secret(array?.apiTokens.pureuser ?? ''),
        tls: { kind: 'bundle', path },
      });
      await expect(driver.open()).rejects.toMatchObject({ arrayCode: 'untrusted-certificate' });
      await writeFile(path, simulator.caCertificate);
      await expect(driver.open()).resolves.toBeUndefined();
      await driver.checkForSetupError();
      await driver.close();
    } finally {
      await simulator.close();
      await another.close();
      await rm(folder, { recursive: true });
    }
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
        message: expect.stringContaining('driver_ssl_cert_path names the CA certificates that are trusted'),
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
    let deadline = Promise.withResolvers<void>();
    const clock: Clock = {
      now: () => systemClock.now(),
      elapsed: () => systemClock.elapsed(),
      wait: async (milliseconds, signal) =>
        milliseconds === callDeadline ? await deadline.promise : await systemClock.wait(milliseconds, signal),
    };
    const driver = await openDriver({}, { clock });
    await driver.volumes.create(aVolume(1));
    const hanging = await control.armHold(arrayName, {
      phase: 'before-apply',
      match: request('find-hosts'),
    });
    const refused = expect(driver.connections.connect(aVolume(1), connector())).rejects.toMatchObject({
      arrayCode: 'timed-out',
    });
    expect(await control.waitForHold(arrayName, hanging.id, 20_000)).toMatchObject({ kind: 'held' });
    deadline.resolve();
    await refused;
    deadline = Promise.withResolvers();
    await control.releaseHold(arrayName, hanging.id, 'drop');
    await expect(driver.connections.connect(aVolume(1), connector())).resolves.toBeDefined();
  },
);

runCases();
