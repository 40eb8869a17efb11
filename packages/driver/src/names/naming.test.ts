import { expect, test } from 'vitest';
import { hostName, isOurHost } from './host-name.ts';
import { scsiWwid, snapshotName, snapshotSuffix, volumeName } from './volume-name.ts';

const volumeId = '1e5177e7-95e5-4a0f-b170-e45f4b469f6a';
const hex = '420456d9ec23e1207084a8ce8fde3990';

test('a volume is named volume-<id>-cinder', () => {
  expect(volumeName('volume-%s', volumeId)).toBe('volume-1e5177e7-95e5-4a0f-b170-e45f4b469f6a-cinder');
});

test('case 5: a name of 77 characters keeps its rightmost part and stays within 63', () => {
  const name = volumeName('volume-%s', `powervc-data-volume-for-lpar-0001-${volumeId}`);
  expect(name).toBe('volume--lpar-0001-1e5177e7-95e5-4a0f-b170-e45f4b469f6a-cinder');
  expect(name).toHaveLength(61);
});

test('a snapshot is named <volume>.snapshot-<id>', () => {
  const suffix = snapshotSuffix('snapshot-%s', '04fe2f9a-d0c4-4564-a30d-693cc3657b47');
  expect(snapshotName('volume-1e5177e7-95e5-4a0f-b170-e45f4b469f6a-cinder', suffix)).toBe(
    'volume-1e5177e7-95e5-4a0f-b170-e45f4b469f6a-cinder.snapshot-04fe2f9a-d0c4-4564-a30d-693cc3657b47',
  );
});

test.each([
  ['computenode1', 'computenode1-420456d9ec23e1207084a8ce8fde3990-cinder'],
  [
    'really-long-string-thats-a-bit-too-long',
    'really-long-string-that-420456d9ec23e1207084a8ce8fde3990-cinder',
  ],
  ['!@#$%^-invalid&*', 'invalid---420456d9ec23e1207084a8ce8fde3990-cinder'],
  ['---', 'host-420456d9ec23e1207084a8ce8fde3990-cinder'],
])('host %s becomes %s, which is ours', (host, expected) => {
  expect(hostName(host, hex)).toBe(expected);
  expect(isOurHost(expected)).toBe(true);
});

test('case 52: a system uuid in capitals gives a name that is recognised as ours', () => {
  const name = hostName('compute-01.prod.example.com', '4C4C4544-0042-3510-8057-B9C04F4A3332');
  expect(name).toBe('compute-01-prod-example-4c4c4544004235108057b9c04f4a3332-cinder');
  expect(isOurHost(name)).toBe(true);
});

test('D15: a host that the Python driver has made from a system uuid in capitals is ours', () => {
  expect(isOurHost('computenode1-420456D9EC23E1207084A8CE8FDE3990-cinder')).toBe(true);
});

test.each(['admin-host', 'computenode1-420456D9ec23e1207084a8ce8fde3990-cinder', 'computenode1-4204-cinder'])(
  'host %s is not ours',
  (name) => {
    expect(isOurHost(name)).toBe(false);
  },
);

test('the SCSI WWID is the vendor prefix and the serial in lower case', () => {
  expect(scsiWwid('9714B5CB91634C470002B2C8')).toBe('3624a93709714b5cb91634c470002b2c8');
});
