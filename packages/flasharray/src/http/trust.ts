import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';

/** Whether and against what the array's certificate is verified. */
export type TlsTrust =
  | { readonly kind: 'not-verified' }
  | { readonly kind: 'system-roots' }
  /** A PEM bundle file, or a directory of PEM files. */
  | { readonly kind: 'bundle'; readonly path: string };

/** What `node:tls` is told about the array's certificate. */
export interface TlsVerification {
  readonly rejectUnauthorized: boolean;
  /** PEM; takes the place of Node's own roots. */
  readonly ca?: string[];
}

/** The trust anchors that were asked for cannot be read. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
}

const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * TLS options for a kind of trust. A bundle replaces the well-known roots: what is not signed by it is not trusted.
 * @throws TrustError when the bundle is missing, cannot be read, or holds no certificate
 */
export async function tlsOptions(trust: TlsTrust): Promise<TlsVerification> {
  switch (trust.kind) {
    case 'not-verified':
      return { rejectUnauthorized: false };
    case 'system-roots':
      return {
        rejectUnauthorized: true,
        ca: [...getCACertificates('default'), ...getCACertificates('system')],
      };
    case 'bundle':
      return { rejectUnauthorized: true, ca: await readBundle(trust.path) };
  }
}

async function readBundle(path: string): Promise<string[]> {
  const certificates = await attempt(path, async () => {
    const isDirectory = (await stat(path)).isDirectory();
    const files = isDirectory ? await regularFiles(path) : [path];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    return texts.flatMap((text) => text.match(pemCertificate) ?? []);
  });
  if (certificates.length === 0) {
    throw new TrustError(`No PEM certificate in ${path}, so the array's certificate cannot be verified.`);
  }
  for (const certificate of certificates) {
    assertCertificate(path, certificate);
  }
  return certificates;
}

/**
 * Files of a directory; what the links of an OpenSSL hash directory point to counts. Directories do not, nor do links
 * whose file is gone, as a package that was removed leaves them.
 */
async function regularFiles(path: string): Promise<string[]> {
  const names = (await readdir(path)).toSorted();
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(path, name), isFile: await isFile(join(path, name)) })),
  );
  return files.filter((file) => file.isFile).map((file) => file.path);
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return false;
    }
    throw error;
  }
}

async function attempt<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new TrustError(`Cannot read the CA certificates of ${path}: ${why}`, { cause: error });
  }
}

function assertCertificate(path: string, pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw new TrustError(`A PEM block of ${path} is not a certificate.`, { cause: error });
  }
}
