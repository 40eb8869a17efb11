import { parseArrayName } from './array-name.ts';

/** Name of a consistency group's protection group: `consisgroup-<group id>-cinder`. */
export function groupName(groupId: string): string {
  return `consisgroup-${groupId}-cinder`;
}

/** Suffix of a group snapshot: `cgsnapshot-<group snapshot id>-cinder`. */
export function groupSnapshotSuffix(groupSnapshotId: string): string {
  return `cgsnapshot-${groupSnapshotId}-cinder`;
}

/** Suffix of the group snapshot that a group's copy is made from: it lives as long as the copying lasts. */
export function temporarySuffix(newGroupId: string): string {
  return `${newGroupId}-tmp`;
}

/** A volume's part in a group snapshot; a volume of a pod loses its `pod::` (REST 2.x section 5). */
export function memberSnapshotName(groupSnapshot: string, volume: string): string {
  const { pod } = parseArrayName(volume);
  return `${groupSnapshot}.${pod === null ? volume : volume.slice(pod.length + 2)}`;
}
