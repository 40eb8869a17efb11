import type { ProtectionGroup } from '../state/records.ts';

const day = 86_400_000;
/** Whatever a client writes, time goes on between two runs. */
const shortest = 1000;

/**
 * When a schedule runs next: at once when it never ran, then every `frequency`; at the time of day `at` when it has
 * one; never inside the blackout (purity-rest-2.x.md section 7.8). Times of day are UTC.
 */
export function nextRun(
  schedule: ProtectionGroup['replicationSchedule'],
  last: number | null,
  now: number,
): number {
  const { at, blackout } = schedule;
  const frequency = Math.max(schedule.frequency, shortest);
  let due = last === null ? now : last + frequency;
  if (at !== null) {
    // The run belongs to the day that is due, not to the hour at which the last one came.
    const from = last === null ? now : Math.max(last + 1, due - day + 1);
    const midnight = Math.floor(from / day) * day;
    due = midnight + at * 1000;
    if (due < from) due += day;
  }
  return blackout === null ? due : afterBlackout(due, blackout);
}

function afterBlackout(due: number, blackout: { readonly start: number; readonly end: number }): number {
  const { start, end } = blackout;
  const midnight = Math.floor(due / day) * day;
  const time = due - midnight;
  if (start <= end) return time >= start && time < end ? midnight + end : due;
  if (time >= start) return midnight + day + end;
  return time < end ? midnight + end : due;
}
