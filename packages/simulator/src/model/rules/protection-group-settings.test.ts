import { expect, test } from 'vitest';
import type { ProtectionGroup } from '../state/records.ts';
import { requireSettings } from './protection-group-settings.ts';

const day = 86_400_000;
const group: ProtectionGroup = {
  id: 'id',
  name: 'pg',
  volumeIds: [],
  hostIds: [],
  hostGroupIds: [],
  snapshotSchedule: { enabled: false, frequency: 3_600_000, at: null },
  replicationSchedule: { enabled: false, frequency: 14_400_000, at: null, blackout: null },
  sourceRetention: { allForSec: 86_400, perDay: 4, days: 7 },
  targetRetention: { allForSec: 86_400, perDay: 4, days: 7 },
  retentionLock: 'unlocked',
  eradicateAt: null,
};
const scheduled = (change: Partial<ProtectionGroup['replicationSchedule']>): ProtectionGroup => ({
  ...group,
  replicationSchedule: { ...group.replicationSchedule, ...change },
});
const kept = (change: Partial<ProtectionGroup['targetRetention']>): ProtectionGroup => ({
  ...group,
  targetRetention: { ...group.targetRetention, ...change },
});

test.each([
  [group, '5.3.0'],
  [scheduled({ frequency: 300_000 }), '5.3.0'],
  [scheduled({ frequency: 2 * day, at: 86_399 }), '5.3.0'],
  [scheduled({ blackout: { start: 32_400_000, end: 61_200_000 } }), '5.3.0'],
  [kept({ allForSec: 60, perDay: 0, days: 0 }), '5.3.0'],
  [kept({ allForSec: 34_560_000, perDay: 1440, days: 4000 }), '5.3.0'],
  [kept({ days: 4001 }), '6.6.4'],
  [kept({ allForSec: 34_560_001, perDay: 1441 }), '6.8.2'],
  [kept({ days: -1 }), '6.10.0'],
] as const)('what an array takes is taken (%j, %s)', (settings, version) => {
  expect(() => requireSettings(settings, version)).not.toThrow();
});

test.each([
  [scheduled({ frequency: 299_999 }), '6.11.0', 'Invalid frequency.'],
  [scheduled({ frequency: 34_560_000_001 }), '6.11.0', 'Invalid frequency.'],
  [
    { ...group, snapshotSchedule: { ...group.snapshotSchedule, frequency: 0 } },
    '6.11.0',
    'Invalid frequency.',
  ],
  [
    { ...group, sourceRetention: { ...group.sourceRetention, allForSec: 59 } },
    '6.11.0',
    'Invalid retention.',
  ],
  [scheduled({ at: 3600 }), '6.11.0', 'A time of day needs a frequency of whole days.'],
  [scheduled({ frequency: day, at: 86_400 }), '6.11.0', 'A time of day needs a frequency of whole days.'],
  [scheduled({ blackout: { start: 1, end: day } }), '6.11.0', 'Invalid blackout.'],
  [kept({ allForSec: 59 }), '6.11.0', 'Invalid retention.'],
  [kept({ allForSec: 34_560_001 }), '6.8.1', 'Invalid retention.'],
  [kept({ perDay: -1 }), '6.11.0', 'Invalid retention.'],
  [kept({ perDay: 1441 }), '6.8.1', 'Invalid retention.'],
  [kept({ days: -1 }), '6.9.9', 'Invalid retention.'],
  [kept({ days: 4001 }), '6.6.3', 'Invalid retention.'],
] as const)('what an array does not take is refused (%j, %s)', (settings, version, message) => {
  expect(() => requireSettings(settings, version)).toThrow(message);
});
