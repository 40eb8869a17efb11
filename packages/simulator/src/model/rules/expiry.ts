import type { ArrayModel } from '../state/array-model.ts';
import { stateHere } from './pod-members.ts';
import { removeGroup, removeGroupSnapshot } from './protection-groups.ts';
import { removeSnapshot } from './snapshots.ts';
import { removeVolume } from './volumes.ts';

/** Ends what is due at this time: pending eradications and idle sessions. */
export function expire(model: ArrayModel): void {
  // An array that is lost stands still; it makes up for it at its return.
  if (model.fleet.isLost(model.identity.id)) return;
  const now = model.now();
  expireSessions(model, now);
  if (now < model.nextEradication) return;
  const due = (record: { readonly name: string; readonly eradicateAt: number | null }) =>
    record.eradicateAt !== null && record.eradicateAt <= now && stateHere(model, record.name) === 'online';
  for (const group of [...model.protectionGroups.values()].filter(due)) removeGroup(model, group);
  for (const snapshot of [...model.groupSnapshots.values()].filter(due)) {
    removeGroupSnapshot(model, snapshot);
  }
  for (const volume of [...model.volumes.values()].filter(due)) removeVolume(model, volume);
  for (const snapshot of [...model.snapshots.values()].filter(due)) removeSnapshot(model, snapshot);
  for (const group of [...model.volumeGroups.values()].filter(due)) model.volumeGroups.remove(group.id);
  for (const pod of [...model.pods.values()].filter(due)) model.pods.remove(pod.id);
  model.nextEradication = earliestEradication(model);
}

function expireSessions(model: ArrayModel, now: number): void {
  const { idleTimeout } = model.settings;
  for (const session of [...model.sessions.values()]) {
    const expires = model.admins.byName(session.user)?.apiToken?.expires ?? null;
    if ((idleTimeout > 0 && now - session.usedAt >= idleTimeout) || (expires !== null && expires <= now)) {
      model.sessions.delete(session.token);
    }
  }
}

/** The earliest time at which a pending object is due. */
export function earliestEradication(model: ArrayModel): number {
  let earliest = Number.POSITIVE_INFINITY;
  for (const registry of [
    model.volumes,
    model.snapshots,
    model.protectionGroups,
    model.groupSnapshots,
    model.volumeGroups,
    model.pods,
  ]) {
    for (const record of registry.values()) {
      // What stands still in a pod that is not online here waits until it is.
      if (record.eradicateAt !== null && stateHere(model, record.name) === 'online')
        earliest = Math.min(earliest, record.eradicateAt);
    }
  }
  return earliest;
}
