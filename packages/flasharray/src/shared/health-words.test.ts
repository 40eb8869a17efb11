import { expect, test } from 'vitest';
import {
  administratorRole,
  alertSeverity,
  apiTokenExpiry,
  byName,
  hardwareKind,
  hardwareStatus,
} from './health-words.ts';

test.each([
  ['eth_port', 'CT0.ETH4', 'ethernet-port'],
  ['eth', 'CT0.ETH4', 'ethernet-port'],
  ['storage_shelf', 'SH0', 'shelf'],
  ['direct_compress_accelerator', 'CT0.X0', 'accelerator'],
  ['quantum_port', 'CT0.ETH4', 'other'],
  [null, 'CT0', 'controller'],
  [null, 'CT1.FC10', 'fibre-channel-port'],
  [null, 'ct0.fan1', 'cooling'],
  [null, 'CH0.NVB1', 'nvram-bay'],
  [null, 'SH0.IOM1', 'sas-module'],
  [null, 'VB0.X1', 'other'],
])('hardware of the type %s with the name %s is %s', (type, name, kind) => {
  expect(hardwareKind(type, name)).toBe(kind);
});

test.each([
  ['ok', 'ok'],
  ['healthy', 'ok'],
  ['missing', 'critical'],
  ['unadmitted', 'degraded'],
  ['unused', 'not-installed'],
  ['', 'unknown'],
  ['on_fire', 'unknown'],
])('the status %s means %s', (word, status) => {
  expect(hardwareStatus(word)).toBe(status);
});

test('a severity or role of a newer array is no known one', () => {
  expect(alertSeverity('hidden')).toBe('hidden');
  expect(alertSeverity('catastrophic')).toBe('unknown');
  expect(administratorRole('admin')).toEqual({ role: 'array-admin', mayWrite: true });
  expect(administratorRole('file_admin')).toEqual({ role: null, mayWrite: null });
});

test('a token without an end never ends, one that is not shown may', () => {
  expect(apiTokenExpiry({ created: 1, expires: null })).toEqual({ kind: 'never' });
  expect(apiTokenExpiry({ created: 1, expires: 2 })).toEqual({ kind: 'at', time: 2 });
  expect(apiTokenExpiry({ created: null, expires: null })).toEqual({ kind: 'not-told' });
  expect(apiTokenExpiry(null)).toEqual({ kind: 'not-told' });
});

test('components come by name, numbers in names as numbers, a bay before its drive', () => {
  const part = (name: string, kind: 'drive' | 'drive-bay') =>
    ({ name, kind, status: 'ok', details: null, slot: null }) as const;
  const parts = [
    part('CH0.BAY10', 'drive-bay'),
    part('CH0.BAY9', 'drive-bay'),
    part('CH0.BAY10', 'drive'),
    part('CH0.BAY9', 'drive'),
  ];
  expect(parts.toSorted(byName).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'CH0.BAY9 drive-bay',
    'CH0.BAY9 drive',
    'CH0.BAY10 drive-bay',
    'CH0.BAY10 drive',
  ]);
});
