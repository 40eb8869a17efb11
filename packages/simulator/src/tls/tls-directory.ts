import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SimulatorError } from '../errors.ts';
import { createTlsMaterial, type TlsMaterial } from './certificates.ts';

const files = {
  caCertificate: 'ca.pem',
  caKey: 'ca-key.pem',
  serverCertificate: 'server.pem',
  serverKey: 'server-key.pem',
} as const;

/** Material with the file of the CA certificate, when it is kept in a directory. */
export type KeptTlsMaterial = { readonly material: TlsMaterial; readonly caFile: string | null };

/**
 * The certificates of a directory, made at the first start (keys readable by the owner alone); in memory when there is
 * no directory. Expired or unreadable ones are an error and never replaced: clients may trust them.
 *
 * @throws SimulatorError `storage`
 */
export async function loadTlsMaterial(directory: string | undefined, now: Date): Promise<KeptTlsMaterial> {
  if (directory === undefined) return { material: createTlsMaterial(now), caFile: null };
  const caFile = join(directory, files.caCertificate);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const kept = await readKept(directory);
    if (kept !== null) {
      checkValidity(kept, now);
      return { material: kept, caFile };
    }
    const material = createTlsMaterial(now);
    await writeNew(join(directory, files.caKey), material.ca.key, 0o600);
    await writeNew(join(directory, files.serverKey), material.server.key, 0o600);
    await writeNew(join(directory, files.serverCertificate), material.server.certificate, 0o644);
    // The CA certificate comes last: where it is, everything is.
    await writeNew(caFile, material.ca.certificate, 0o644);
    return { material, caFile };
  } catch (error) {
    if (error instanceof SimulatorError) throw error;
    throw new SimulatorError('storage', `cannot use the certificates in ${directory}`, { cause: error });
  }
}

async function readKept(directory: string): Promise<TlsMaterial | null> {
  const caCertificate = await readIfThere(join(directory, files.caCertificate));
  if (caCertificate === null) return null;
  const read = (file: string) => readFile(join(directory, file), 'utf8');
  return {
    ca: { certificate: caCertificate, key: await read(files.caKey) },
    server: { certificate: await read(files.serverCertificate), key: await read(files.serverKey) },
  };
}

function checkValidity(material: TlsMaterial, now: Date): void {
  const server = new X509Certificate(material.server.certificate);
  if (Date.parse(server.validTo) < now.getTime()) {
    throw new SimulatorError(
      'storage',
      `the server certificate ended on ${server.validTo}; remove the directory`,
    );
  }
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  await writeFile(`${path}.new`, text, { mode });
  await rename(`${path}.new`, path);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
