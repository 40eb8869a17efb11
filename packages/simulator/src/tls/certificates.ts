import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, boolean, element, integer, objectId, octets, sequence, set, time, utf8 } from './der.ts';

/** A certificate with its key, both PEM. */
export type KeyedCertificate = { readonly certificate: string; readonly key: string };

/** A CA and a server certificate signed by it. */
export type TlsMaterial = { readonly ca: KeyedCertificate; readonly server: KeyedCertificate };

const ecdsaWithSha256 = sequence(objectId('1.2.840.10045.4.3.2'));
const tenYears = 10 * 365 * 86_400_000;
const oneDay = 86_400_000;

/** Makes a CA of its own and a server certificate for 127.0.0.1, ::1 and localhost, valid for ten years. */
export function createTlsMaterial(now: Date): TlsMaterial {
  const caKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const serverKeys = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const issuer = commonName('FlashArray simulator CA');
  const ca = certificate({
    subject: issuer,
    issuer,
    subjectKey: caKeys.publicKey,
    issuerKey: caKeys.publicKey,
    signingKey: caKeys.privateKey,
    now,
    extensions: [
      // CA, key usage: certificate and CRL signing.
      extension('2.5.29.19', true, sequence(boolean(true))),
      extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    ],
  });
  const server = certificate({
    subject: commonName('simulated FlashArray'),
    issuer,
    subjectKey: serverKeys.publicKey,
    issuerKey: caKeys.publicKey,
    signingKey: caKeys.privateKey,
    now,
    extensions: [
      extension('2.5.29.19', true, sequence()),
      // Key usage: digital signature. Extended: TLS server.
      extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
      extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.1'))),
      extension(
        '2.5.29.17',
        false,
        sequence(
          element(0x82, Buffer.from('localhost', 'ascii')),
          element(0x87, Buffer.from([127, 0, 0, 1])),
          element(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])])),
        ),
      ),
    ],
  });
  return {
    ca: { certificate: ca, key: keyPem(caKeys.privateKey) },
    server: { certificate: server, key: keyPem(serverKeys.privateKey) },
  };
}

function certificate(parts: {
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly subjectKey: KeyObject;
  readonly issuerKey: KeyObject;
  readonly signingKey: KeyObject;
  readonly now: Date;
  readonly extensions: readonly Buffer[];
}): string {
  const serial = randomBytes(16);
  // A serial number is positive and does not begin with zeros.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const body = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    parts.issuer,
    sequence(time(new Date(parts.now.getTime() - oneDay)), time(new Date(parts.now.getTime() + tenYears))),
    parts.subject,
    publicKeyInfo(parts.subjectKey),
    element(
      0xa3,
      sequence(
        ...parts.extensions,
        extension('2.5.29.14', false, octets(keyId(parts.subjectKey))),
        extension('2.5.29.35', false, sequence(element(0x80, keyId(parts.issuerKey)))),
      ),
    ),
  );
  const der = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, parts.signingKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  return sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
}

function commonName(text: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(text))));
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyInfo(key)).digest();
}

function keyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
