import type { ProtectionGroup, Retention, Schedule } from '../state/records.ts';
import { Refusal } from './refusal.ts';

const hour = 3_600_000;
const day = 24 * hour;
const mostSeconds = 34_560_000;

/**
 * Refuses what an array takes for no schedule and no retention (purity-rest-1.x.md section 2.7, purity-rest-2.x.md section
 * 7.8; its words are unverified).
 * @param purityVersion newer ones keep snapshots for longer
 */
export function requireSettings(group: ProtectionGroup, purityVersion: string): void {
  const { name, snapshotSchedule, replicationSchedule, sourceRetention, targetRetention } = group;
  requireSchedule(snapshotSchedule, name);
  requireSchedule(replicationSchedule, name);
  const { blackout } = replicationSchedule;
  if (
    blackout !== null &&
    ![blackout.start, blackout.end].every((time) => isTime(time, day) && time % hour === 0)
  ) {
    throw new Refusal('Invalid blackout.', name);
  }
  requireRetention(sourceRetention, name, purityVersion);
  requireRetention(targetRetention, name, purityVersion);
}

function requireSchedule({ frequency, at }: Schedule, name: string): void {
  if (frequency < 300_000 || frequency > mostSeconds * 1000) throw new Refusal('Invalid frequency.', name);
  if (at !== null && (!isTime(at, day / 1000 - 1) || frequency % day !== 0)) {
    throw new Refusal('A time of day needs a frequency of whole days.', name);
  }
}

function requireRetention({ allForSec, perDay, days }: Retention, name: string, purityVersion: string): void {
  const isOpen = isAtLeast(purityVersion, [6, 8, 2]);
  if (allForSec < 60 || (allForSec > mostSeconds && !isOpen)) throw new Refusal('Invalid retention.', name);
  if (perDay < 0 || (perDay > 1440 && !isOpen)) throw new Refusal('Invalid retention.', name);
  const fewest = isAtLeast(purityVersion, [6, 10, 0]) ? -1 : 0;
  if (days < fewest || (days > 4000 && !isAtLeast(purityVersion, [6, 6, 4]))) {
    throw new Refusal('Invalid retention.', name);
  }
}

function isTime(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
