import { DriverError } from '../contract/driver-error.ts';
import type { DriverGroup } from '../contract/records.ts';
import type { GroupRole } from '../contract/volume-driver.ts';
import { isConsistent } from '../volume-types/group-type.ts';

/** Generic groups: consistency groups where the type asks for consistent snapshots, and nothing of ours else. */
export function genericGroups(consistencyGroups: GroupRole): GroupRole {
  return {
    create: async (group) => {
      requireConsistent(group);
      await consistencyGroups.create(group);
    },
    update: async (group, change) => {
      requireConsistent(group);
      await consistencyGroups.update(group, change);
    },
    delete: async (group, volumes, contextOf) => {
      requireConsistent(group);
      return await consistencyGroups.delete(group, volumes, contextOf);
    },
    createFrom: async (group, source) => {
      requireConsistent(group);
      return await consistencyGroups.createFrom(group, source);
    },
    clearCopy: async (copy, source) => {
      requireConsistent(source);
      await consistencyGroups.clearCopy(copy, source);
    },
    createSnapshot: async (groupSnapshot, snapshots) => {
      requireConsistent(groupSnapshot.group);
      return await consistencyGroups.createSnapshot(groupSnapshot, snapshots);
    },
    deleteSnapshot: async (groupSnapshot) => {
      requireConsistent(groupSnapshot.group);
      await consistencyGroups.deleteSnapshot(groupSnapshot);
    },
  };
}

/** @throws DriverError `not-implemented` */
function requireConsistent(group: DriverGroup): void {
  if (!isConsistent(group)) {
    throw new DriverError(
      'not-implemented',
      `Group ${group.id} is no consistency group: its volumes are worked on one by one.`,
      { nothingMade: true },
    );
  }
}
