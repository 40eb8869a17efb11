import { createGroupSnapshot } from '../rules/protection-groups.ts';
import type { Fleet } from '../state/array-model.ts';
import type { FleetEvent } from './fleet-event.ts';
import { homesOf, isReplica } from './replication-targets.ts';
import { nextRun } from './schedule.ts';

/** Whether any protection group takes snapshots by a schedule. */
export function hasSnapshotSchedules(fleet: Fleet): boolean {
  return fleet.models().some((model) => model.groupsOnSchedule.get('on').length > 0);
}

/**
 * Snapshots that groups take by their schedule and keep on their own array (purity-rest-2.x.md section 7.8): at once
 * when it is enabled, then every period. In a stretched pod one array takes them for both.
 */
export function* snapshotScheduleEvents(fleet: Fleet): Generator<FleetEvent> {
  for (const model of fleet.models()) {
    for (const group of model.groupsOnSchedule.get('on')) {
      if (group.eradicateAt !== null || isReplica(group) || homesOf(fleet, group.id)[0] !== model) continue;
      const key = `snapshots ${group.id}`;
      const schedule = { ...group.snapshotSchedule, blackout: null };
      yield {
        at: nextRun(schedule, fleet.lastRuns.get(key) ?? null, fleet.settledAt),
        run: () => {
          fleet.lastRuns.set(key, model.now());
          createGroupSnapshot(model, group.name, undefined, 'schedule');
        },
      };
    }
  }
}
