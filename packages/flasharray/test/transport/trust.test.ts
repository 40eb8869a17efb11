import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectArray } from '../../src/connect-array.ts';
import type { TlsTrust } from '../../src/http/trust.ts';
import { aClient, aScriptedArray, failureOf, optionsFor } from '../support/connected.ts';
import { certificateFiles } from '../support/scripted-array.ts';

async function aDirectory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'flasharray-trust-'));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const bundle = (path: string): TlsTrust => ({ kind: 'bundle', path });

describe('TLS trust', () => {
  test('a certificate of an unknown CA is not trusted by the well-known roots, and not tried again', async () => {
    const array = await aScriptedArray();
    const failure = await failureOf(connectArray(optionsFor(array, { tls: { kind: 'system-roots' } })));
    expect(failure).toMatchObject({ code: 'untrusted-certificate', applied: 'no', retryable: false });
    expect(array.connections()).toBe(1);
    expect(array.received).toEqual([]);
  });

  test('the bundle is really used', async () => {
    const array = await aScriptedArray();
    const client = await aClient(array, { tls: bundle(certificateFiles.ca) });
    expect(client.identity.name).toBe('fa-a');
  });

  test('a bundle of another CA does not help', async () => {
    const array = await aScriptedArray();
    const failure = await failureOf(
      connectArray(optionsFor(array, { tls: bundle(certificateFiles.otherCa) })),
    );
    expect(failure.code).toBe('untrusted-certificate');
  });

  test('a directory of PEM files is read whole, other files in it are passed over', async () => {
    const array = await aScriptedArray();
    const path = await aDirectory();
    await copyFile(certificateFiles.otherCa, join(path, '1.pem'));
    await copyFile(certificateFiles.ca, join(path, '2.crt'));
    await writeFile(join(path, 'README'), 'nothing');
    const client = await aClient(array, { tls: bundle(path) });
    expect(client.identity.name).toBe('fa-a');
  });

  test('a link of a directory whose file is gone is passed over', async () => {
    const array = await aScriptedArray();
    const path = await aDirectory();
    await copyFile(certificateFiles.ca, join(path, 'ca.pem'));
    await symlink(join(path, 'gone.pem'), join(path, '5ed36f99.0'));
    await expect(aClient(array, { tls: bundle(path) })).resolves.toMatchObject({
      identity: { name: 'fa-a' },
    });
  });

  test('a certificate for another name is not trusted', async () => {
    const array = await aScriptedArray();
    const address = array.address.replace('127.0.0.1', 'localhost');
    const failure = await failureOf(
      connectArray(optionsFor({ address }, { tls: bundle(certificateFiles.ca) })),
    );
    expect(failure.code).toBe('untrusted-certificate');
  });

  test.each([
    [
      'does not exist',
      async () => '/nonexistent/ca.pem',
      'Cannot read the CA certificates of /nonexistent/ca.pem',
    ],
    ['is an empty directory', aDirectory, 'No PEM certificate in '],
    [
      'holds something else',
      async () => {
        const file = join(await aDirectory(), 'ca.pem');
        await writeFile(file, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
        return file;
      },
      'A PEM block of ',
    ],
  ])('a bundle that %s is named', async (_what, path, message) => {
    const array = await aScriptedArray();
    const failure = await failureOf(connectArray(optionsFor(array, { tls: bundle(await path()) })));
    expect(failure).toMatchObject({ code: 'untrusted-certificate', operation: 'connect' });
    expect(failure.message).toContain(message);
    expect(array.connections()).toBe(0);
  });

  test('an address that is none is refused before anything is opened', async () => {
    expect(await failureOf(connectArray(optionsFor({ address: 'https://array/' })))).toMatchObject({
      code: 'invalid',
      message: 'https://array/ is not the address of an array.',
    });
  });
});
