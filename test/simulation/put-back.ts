import type { Edit } from '../proof/edit.ts';
import type { FaultKind } from './faults.ts';
import type { SiteName } from './site.ts';

/** A fault that was mended, how it is put back, and where it has to be found. */
export interface PutBack {
  readonly name: string;
  /** What goes wrong with it. */
  readonly promise: string;
  readonly edits: readonly Edit[];
  readonly site: SiteName;
  readonly faults: FaultKind;
}

const operations = 'packages/volume-manager/src/operations';

export const putBacks: readonly PutBack[] = [
  {
    name: 'connections-stay-behind',
    promise: 'a volume that leaves the pod takes its connections on the other arrays along',
    edits: [
      {
        file: 'packages/driver/src/containers/ghost-pod.ts',
        text: '    await request.leaveOthers(from);\n',
        replacement: '',
      },
    ],
    site: 'uniform',
    faults: 'none',
  },
  {
    name: 'missed-detach-forgotten',
    promise: 'a detach that an array has missed is made up for when it answers',
    edits: [
      {
        file: `${operations}/connections/make-up-disconnect.ts`,
        text: '    : places.map(',
        replacement: '    : places.slice(places.length).map(',
      },
    ],
    site: 'sync',
    faults: 'lost',
  },
  {
    name: 'second-connector-forgets-first',
    promise: "a second connector for an attachment ends the first one's connection",
    edits: [
      {
        file: `${operations}/connections/attachment-update.ts`,
        text: '...(earlier === null || isSameMachine(earlier, connector)',
        replacement: '...(true',
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'peer-keeps-connection',
    promise: 'a detach ends the connection on both arrays of a uniform pod',
    edits: [
      {
        file: 'packages/driver/src/connections/backend-connections.ts',
        text: '      this.#others(volume).map(async (other) => {\n',
        replacement: '      this.#others(volume).slice(99).map(async (other) => {\n',
      },
    ],
    site: 'uniform',
    faults: 'none',
  },
  {
    name: 'unused-host-stays',
    promise: 'a host of ours goes with its last connection',
    edits: [
      {
        file: 'packages/driver/src/connections/disconnect-host.ts',
        text: 'if (!unused || !isOurHost(host.name)) {',
        replacement: 'if (!unused || isOurHost(host.name)) {',
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'attach-overwrites-status',
    promise: 'completing or ending an attachment leaves the status of a volume that is worked on alone',
    edits: [
      {
        file: 'packages/volume-manager/src/rows/volume-status.ts',
        text: 'await records.volumes.updateWhere(volumeId, { status: attachmentStatuses }, { status });',
        replacement: 'await records.volumes.update(volumeId, { status });',
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'source-changes-under-copy',
    promise: 'a copy that was accepted before its source is deleted or retyped is the copy that was accepted',
    edits: [
      {
        file: `${operations}/volumes/create-volume.ts`,
        text: "      ...(volume?.sourceVolid == null ? [] : [shared('volume', volume.sourceVolid)]),\n",
        replacement: '',
      },
    ],
    site: 'one',
    faults: 'hang',
  },
  {
    name: 'snapshot-by-old-name',
    promise: 'a snapshot beside a retype that renames its volume goes by the name that the volume has then',
    edits: [
      {
        file: `${operations}/snapshots/load-snapshot.ts`,
        text: "    ...(snapshot === null ? [] : [shared('volume', snapshot.volumeId)]),\n",
        replacement: '',
      },
      {
        file: `${operations}/volumes/retype-volume.ts`,
        text: "    ...(await records.snapshots.ofVolume(volumeId)).map(({ id }) => exclusive('snapshot', id)),\n",
        replacement: '',
      },
    ],
    site: 'one',
    faults: 'hang',
  },
  {
    name: 'type-quota-drifts',
    promise: "a retype moves the snapshots' share of the types' own quota along",
    edits: [
      {
        file: `${operations}/volumes/retype-volume.ts`,
        text: '    snapshots: charged.length,\n',
        replacement: '    snapshots: 0,\n',
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'managed-size-not-counted',
    promise: 'managing counts the GiB that a delete gives back',
    edits: [
      {
        file: `${operations}/volumes/manage-existing.ts`,
        text: "'The volume', volume, { size, counted: 0 }",
        replacement: "'The volume', volume, { size: 0, counted: 0 }",
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'retype-forgets-multiattach',
    promise: "a volume's multiattach is that of its type",
    edits: [
      {
        file: `${operations}/volumes/retype-volume.ts`,
        text: '        multiattach: saysTrue(newType.extraSpecs.multiattach),\n',
        replacement: '',
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'empty-volume-group-stays',
    promise: 'a volume group goes with the last volume that a retype takes out of it',
    edits: [
      {
        file: 'packages/driver/src/volumes/retype.ts',
        text: '        await volumeGroups.destroyIfEmpty(group);\n',
        replacement: '',
      },
    ],
    site: 'one',
    faults: 'none',
  },
  {
    name: 'delete-says-gone-while-failed-over',
    promise: 'a volume of the array that a failover has left is not said to be deleted',
    edits: [
      {
        file: 'packages/block-storage/src/rows/require-on-current-array.ts',
        text: '  if (host === null || there === null) {\n',
        replacement: '  if (host === null || there === null || there !== null) {\n',
      },
    ],
    site: 'sync',
    faults: 'none',
  },
  {
    name: 'volume-of-target-available-after-failback',
    promise: 'a volume that was made on the target without replication is in error after the way back',
    edits: [
      {
        file: `${operations}/services/switchover.ts`,
        text: "  return there === current\n    ? { kind: 'here' }",
        replacement: "  return there === current || current === primaryArray\n    ? { kind: 'here' }",
      },
    ],
    site: 'async',
    faults: 'none',
  },
  {
    name: 'original-stays-after-failback',
    promise: 'what was deleted while failed over to a copy is deleted on the primary as well',
    edits: [
      {
        file: `${operations}/originals/remove-original.ts`,
        text: '  if (original !== null) {\n',
        replacement: '  if (original !== null && copies.length < 0) {\n',
      },
    ],
    site: 'async',
    faults: 'none',
  },
  {
    name: 'snapshot-usable-beside-a-copy',
    promise: 'a snapshot of a volume that is worked on as a copy is not said to be there',
    edits: [
      {
        file: `${operations}/services/failover-snapshots.ts`,
        text: '  if (there !== current) {\n',
        replacement: '  if (there === current) {\n',
      },
    ],
    site: 'async',
    faults: 'none',
  },
  {
    name: 'snapshot-stays-in-error',
    promise: 'a snapshot that a failover has left is usable again when its array is current',
    edits: [
      {
        file: `${operations}/services/failover-snapshots.ts`,
        text: "return kind !== 'lost' && (backendId === current",
        replacement: "return kind === 'lost' && (backendId === current",
      },
    ],
    site: 'async',
    faults: 'none',
  },
  {
    name: 'deleted-of-the-pod-waits-for-the-primary',
    promise: 'what was deleted on the third site goes when any array of the pod is current',
    edits: [
      {
        file: `${operations}/originals/when-current.ts`,
        text: '(there === thePod || isLeft)',
        replacement: "((there === thePod && current === 'default') || isLeft)",
      },
    ],
    site: 'trisync',
    faults: 'none',
  },
  {
    name: 'journal-entry-stays',
    promise: 'work that has ended leaves no entry in the journal',
    edits: [
      {
        file: 'packages/volume-manager/src/run/endings.ts',
        text: '  await records.journal.remove(entryId);\n',
        replacement: '',
      },
    ],
    site: 'one',
    faults: 'none',
  },
];
