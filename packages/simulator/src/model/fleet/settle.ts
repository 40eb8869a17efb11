import type { Fleet } from '../state/array-model.ts';
import type { FleetEvent } from './fleet-event.ts';
import { arbitrate, podEvents } from './pod-arbitration.ts';
import { pauseAndResume, replicationEvents } from './replication.ts';
import { retentionEvent } from './retention.ts';
import { hasSnapshotSchedules, snapshotScheduleEvents } from './snapshot-schedules.ts';
import { carryOutRemovals } from './stretched-pods.ts';

/** Does everything between arrays that is due by now, in the order of time. */
export function settle(fleet: Fleet): void {
  const now = fleet.clock.now();
  for (let event = earliest(fleet); event !== null && event.at <= now; event = earliest(fleet)) {
    // What had to wait for the network happens when the network is there, not when it was due.
    const at = Math.max(event.at, fleet.settledAt);
    fleet.settledAt = at;
    fleet.clock.at(at, event.run);
  }
  fleet.settledAt = now;
}

/** An array was lost or is back, or the network between arrays has changed. */
export function networkChanged(fleet: Fleet): void {
  for (const { podId } of fleet.pods) arbitrate(fleet, podId);
  carryOutRemovals(fleet);
  pauseAndResume(fleet);
  fleet.nextRetention = 0;
}

function earliest(fleet: Fleet): FleetEvent | null {
  const isIdle = fleet.targets.length + fleet.pods.length === 0 && !hasSnapshotSchedules(fleet);
  if (isIdle && fleet.nextRetention === Number.POSITIVE_INFINITY) return null;
  let first: FleetEvent = retentionEvent(fleet);
  for (const event of replicationEvents(fleet)) if (event.at < first.at) first = event;
  for (const event of snapshotScheduleEvents(fleet)) if (event.at < first.at) first = event;
  for (const event of podEvents(fleet)) if (event.at < first.at) first = event;
  return first;
}
