import { stateHere } from '../rules/pod-members.ts';
import { destroyGroupSnapshot } from '../rules/protection-groups.ts';
import type { ArrayModel, Fleet } from '../state/array-model.ts';
import type { GroupSnapshot, Retention } from '../state/records.ts';
import type { FleetEvent } from './fleet-event.ts';
import { isReplica } from './replication-targets.ts';

const day = 86_400_000;
const hour = 3_600_000;

/**
 * Snapshots made by a schedule are all kept for `all_for_sec`, then `per_day` a day for `days` more; then they are
 * destroyed (purity-rest-2.x.md sections 7.8 and 8.7). On a target the group's target retention counts. Those
 * taken `for_replication` go after an hour. What was made by hand stays.
 */
export function retentionEvent(fleet: Fleet): FleetEvent {
  return {
    at: fleet.nextRetention,
    run: () => {
      const now = fleet.clock.now();
      const next = fleet.models().map((model) => (fleet.isLost(model.identity.id) ? 0 : retain(model, now)));
      fleet.nextRetention = Math.min(...next.filter((time) => time > now), Number.POSITIVE_INFINITY);
    },
  };
}

/** Destroys what retention no longer keeps; returns when it has to look again. */
function retain(model: ArrayModel, now: number): number {
  const kept = [...model.groupSnapshots.values()].filter(
    (snapshot) =>
      snapshot.retained !== undefined &&
      snapshot.eradicateAt === null &&
      stateHere(model, snapshot.name) === 'online',
  );
  let next = Number.POSITIVE_INFINITY;
  for (const [groupId, snapshots] of Map.groupBy(kept, ({ groupId: id }) => id)) {
    const group = model.protectionGroups.byId(groupId);
    if (group === undefined) continue;
    const retention = isReplica(group) ? group.targetRetention : group.sourceRetention;
    const slots = new Set<string>();
    for (const snapshot of snapshots.toSorted((one, other) => one.created - other.created)) {
      const ends = keptUntil(snapshot, retention, slots);
      if (ends <= now) destroyGroupSnapshot(model, snapshot.name);
      else next = Math.min(next, ends);
    }
  }
  return next;
}

/** `slots`: parts of days that an older snapshot of the group stands for. */
function keptUntil(snapshot: GroupSnapshot, retention: Retention, slots: Set<string>): number {
  if (snapshot.retained === 'hour') return snapshot.created + hour;
  const { allForSec, perDay, days } = retention;
  const short = snapshot.created + allForSec * 1000;
  if (perDay === 0) return short;
  // -1 days: for ever (from Purity 6.10.0).
  const long = days < 0 ? Number.POSITIVE_INFINITY : short + days * day;
  const slot = `${Math.floor(snapshot.created / day)} ${Math.floor(((snapshot.created % day) * perDay) / day)}`;
  if (slots.has(slot)) return short;
  slots.add(slot);
  return long;
}
