import type { ArrayModel } from '../state/array-model.ts';
import type { GroupSnapshot, ProtectionGroup, Retention, Schedule, Snapshot } from '../state/records.ts';
import { podNameOf } from './pod-members.ts';
import { Refusal } from './refusal.ts';

/** What a ratcheted protection group does not let anybody take away: its members, and what was made to protect them. */
export type Protected =
  | { readonly volumeId: string }
  | { readonly snapshot: Snapshot }
  | { readonly groupSnapshot: GroupSnapshot }
  | { readonly group: ProtectionGroup };

/** Whether the retention lock of a protection group keeps something from being eradicated (purity-rest-2.x.md 8.8). */
export function isLocked(model: ArrayModel, item: Protected): boolean {
  if ('group' in item) return isRatcheted(item.group);
  if ('groupSnapshot' in item) return isRatcheted(model.protectionGroups.byId(item.groupSnapshot.groupId));
  if ('snapshot' in item) {
    const groupSnapshot = model.groupSnapshots.byId(item.snapshot.groupSnapshotId ?? '');
    return (
      (groupSnapshot !== undefined && isLocked(model, { groupSnapshot })) ||
      isLocked(model, { volumeId: item.snapshot.volumeId })
    );
  }
  return [...model.protectionGroups.values()].some(
    (group) => isRatcheted(group) && group.volumeIds.includes(item.volumeId),
  );
}

/** Refuses to eradicate while an administrator has switched that off, or a retention lock forbids it. */
export function requireEradicable(model: ArrayModel, ...items: readonly Protected[]): void {
  if (!model.settings.manualEradication || items.some((item) => isLocked(model, item))) {
    throw new Refusal('Eradication is disabled.', null);
  }
}

/** When something that is destroyed now will be eradicated. */
export function eradicationTime(model: ArrayModel, item?: Protected): number {
  return model.eradicationTime(item !== undefined && isLocked(model, item));
}

/** `eradication_config.manual_eradication` of the array, or of one pod. */
export function manualEradication(
  model: ArrayModel,
  pod: string | null,
): 'all-enabled' | 'partially-disabled' | 'all-disabled' {
  if (!model.settings.manualEradication) return 'all-disabled';
  const locked = [...model.protectionGroups.values()].filter(isRatcheted);
  return locked.some(({ name }) => pod === null || podNameOf(name) === pod)
    ? 'partially-disabled'
    : 'all-enabled';
}

/** Refuses to take members or targets out of a ratcheted group; its words are unverified (purity-rest-2.x.md 8.8). */
export function requireRemovable(group: ProtectionGroup, context: string): void {
  if (isRatcheted(group)) throw locked(context);
}

/** Refuses to destroy a ratcheted group that has members. */
export function requireDestroyable(group: ProtectionGroup): void {
  const members = [group.volumeIds, group.hostIds, group.hostGroupIds];
  if (isRatcheted(group) && members.some((ids) => ids.length > 0)) throw locked(group.name);
}

/** Refuses to keep less of a ratcheted group, or to protect it less often. */
export function requireNoLess(before: ProtectionGroup, after: ProtectionGroup): void {
  if (!isRatcheted(before)) return;
  const schedules = [
    [before.snapshotSchedule, after.snapshotSchedule],
    [before.replicationSchedule, after.replicationSchedule],
  ] as const;
  const retentions = [
    [before.sourceRetention, after.sourceRetention],
    [before.targetRetention, after.targetRetention],
  ] as const;
  if (
    schedules.some(([one, other]) => isSlower(one, other)) ||
    retentions.some(([one, other]) => isShorter(one, other))
  ) {
    throw locked(before.name);
  }
}

function isSlower(before: Schedule, after: Schedule): boolean {
  return before.enabled && (!after.enabled || after.frequency > before.frequency);
}

function isShorter(before: Retention, after: Retention): boolean {
  return after.allForSec < before.allForSec || after.perDay < before.perDay || daysOf(after) < daysOf(before);
}

/** From Purity 6.10.0 on, -1 is for ever. */
function daysOf({ days }: Retention): number {
  return days < 0 ? Number.POSITIVE_INFINITY : days;
}

function isRatcheted(group: ProtectionGroup | undefined): boolean {
  return group?.retentionLock === 'ratcheted';
}

function locked(context: string): Refusal {
  return new Refusal('The retention lock of the protection group forbids it.', context);
}
