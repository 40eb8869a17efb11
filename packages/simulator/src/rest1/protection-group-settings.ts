import { isObject, type Json, type JsonObject } from '../http/messages.ts';
import { requireSettings } from '../model/rules/protection-group-settings.ts';
import { liveGroup } from '../model/rules/protection-groups.ts';
import { requireNoLess } from '../model/rules/safe-mode.ts';
import type { ArrayModel } from '../model/state/array-model.ts';
import type { ProtectionGroup } from '../model/state/records.ts';
import type { Rest1Call } from './call.ts';

/** Changes the schedules; null when the call says nothing about them. Seconds outside, milliseconds inside. */
export function changeSchedule(call: Rest1Call, name: string): JsonObject | null {
  const { model, parameters } = call;
  const keys = [
    'snap_enabled',
    'snap_frequency',
    'snap_at',
    'replicate_enabled',
    'replicate_frequency',
    'replicate_at',
    'replicate_blackout',
  ];
  if (!keys.some((key) => parameters.has(key))) return null;
  const group = liveGroup(model, name);
  const frequency = (key: string, before: number): number =>
    parameters.has(key) ? (parameters.number(key) ?? 0) * 1000 : before;
  const enabled = (key: string, before: boolean): boolean =>
    parameters.has(key) ? parameters.flag(key) : before;
  const changed = settled(model, {
    ...group,
    snapshotSchedule: {
      ...group.snapshotSchedule,
      enabled: enabled('snap_enabled', group.snapshotSchedule.enabled),
      frequency: frequency('snap_frequency', group.snapshotSchedule.frequency),
      at: parameters.number('snap_at') ?? group.snapshotSchedule.at,
    },
    replicationSchedule: {
      ...group.replicationSchedule,
      enabled: enabled('replicate_enabled', group.replicationSchedule.enabled),
      frequency: frequency('replicate_frequency', group.replicationSchedule.frequency),
      at: parameters.number('replicate_at') ?? group.replicationSchedule.at,
      blackout: blackout(call, group),
    },
  });
  return scheduleRow(changed);
}

/** `{start, end}` in seconds after midnight, or a list of one; null clears (section 2.7). */
function blackout(
  { parameters }: Rest1Call,
  group: ProtectionGroup,
): ProtectionGroup['replicationSchedule']['blackout'] {
  const raw = parameters.value('replicate_blackout');
  if (raw === undefined) return group.replicationSchedule.blackout;
  const [first = null]: readonly Json[] = Array.isArray(raw) ? raw : [raw];
  if (!isObject(first)) return null;
  return { start: Number(first['start'] ?? 0) * 1000, end: Number(first['end'] ?? 0) * 1000 };
}

/** Changes the retention; null when the call says nothing about it. */
export function changeRetention(call: Rest1Call, name: string): JsonObject | null {
  const { model, parameters } = call;
  const keys = ['all_for', 'per_day', 'days', 'target_all_for', 'target_per_day', 'target_days'];
  if (!keys.some((key) => parameters.has(key))) return null;
  const group = liveGroup(model, name);
  const { sourceRetention: source, targetRetention: target } = group;
  model.fleet.nextRetention = 0;
  const changed = settled(model, {
    ...group,
    sourceRetention: {
      allForSec: parameters.number('all_for') ?? source.allForSec,
      perDay: parameters.number('per_day') ?? source.perDay,
      days: parameters.number('days') ?? source.days,
    },
    targetRetention: {
      allForSec: parameters.number('target_all_for') ?? target.allForSec,
      perDay: parameters.number('target_per_day') ?? target.perDay,
      days: parameters.number('target_days') ?? target.days,
    },
  });
  return retentionRow(changed);
}

/** `{schedule: true}` of a group. */
export function scheduleRow({ name, snapshotSchedule, replicationSchedule }: ProtectionGroup): JsonObject {
  return {
    name,
    snap_enabled: snapshotSchedule.enabled,
    snap_frequency: snapshotSchedule.frequency / 1000,
    snap_at: snapshotSchedule.at,
    replicate_enabled: replicationSchedule.enabled,
    replicate_frequency: replicationSchedule.frequency / 1000,
    replicate_at: replicationSchedule.at,
    replicate_blackout:
      replicationSchedule.blackout === null
        ? null
        : [
            {
              start: replicationSchedule.blackout.start / 1000,
              end: replicationSchedule.blackout.end / 1000,
            },
          ],
  };
}

/** `{retention: true}` of a group. */
export function retentionRow({ name, sourceRetention, targetRetention }: ProtectionGroup): JsonObject {
  return {
    name,
    all_for: sourceRetention.allForSec,
    per_day: sourceRetention.perDay,
    days: sourceRetention.days,
    target_all_for: targetRetention.allForSec,
    target_per_day: targetRetention.perDay,
    target_days: targetRetention.days,
  };
}

function settled(model: ArrayModel, group: ProtectionGroup): ProtectionGroup {
  requireSettings(group, model.settings.purityVersion);
  requireNoLess(liveGroup(model, group.name), group);
  return model.protectionGroups.put(group);
}
