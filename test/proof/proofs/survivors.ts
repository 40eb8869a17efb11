import { edit, type Proof } from '../proof.ts';

const driver = 'packages/driver/src';
const driverTests = 'packages/driver/test';
const acceptance = `${driverTests}/acceptance`;
const manager = 'packages/volume-manager/src';
const managerTests = 'packages/volume-manager/test';

const claim = `${manager}/run/claim.ts`;
const resetStatus = `${managerTests}/reset-status.test.ts`;
const olderAttach = `${managerTests}/older-attach.test.ts`;

/** Promises that a test was named for, or that none was, and that broken code did not turn red. */
export const survivorProofs: readonly Proof[] = [
  // Replication
  {
    claims: ['D47', 'case 74'],
    edits: [
      edit(
        `${driver}/replication/failover-target.ts`,
        "if (status === 'online')",
        "if (status !== 'absent')",
      ),
    ],
    test: {
      file: `${acceptance}/sync-replication.test.ts`,
      title: 'case 74: none is chosen with the side of fa2 offline',
    },
  },
  {
    claims: ['D37', 'case 94'],
    edits: [
      edit(
        `${driver}/replication/replicated-group.ts`,
        'wanted.every((array) => now.some(',
        'wanted.some((array) => now.some(',
      ),
    ],
    test: {
      file: `${acceptance}/async-replication.test.ts`,
      title: 'case 94: a target that is added is waited for beside one that is allowed',
    },
  },
  {
    claims: ['D38', 'case 70'],
    edits: [
      edit(
        `${driver}/replication/failover.ts`,
        'restoreVolume(target, volume, name, part)',
        'restoreVolume(target, volumes[0] ?? volume, name, part)',
      ),
    ],
    test: {
      file: `${acceptance}/async-replication.test.ts`,
      title: 'case 70: every volume group gets the limits of the type of its own volume',
    },
  },
  {
    claims: ['D31', 'case 57'],
    edits: [
      edit(
        `${driver}/connections/joined-info.ts`,
        'for (const { data } of told)',
        'for (const { data } of told.slice(0, 1))',
      ),
    ],
    test: {
      file: `${acceptance}/uniform.test.ts`,
      title: 'case 57: over Fibre Channel a host has the paths of both arrays',
    },
  },
  {
    claims: ['a host that reaches two arrays over NVMe is told the subsystem of each'],
    edits: [
      edit(
        `${driver}/connections/joined-info.ts`,
        'uniform_targets: all.map(',
        'uniform_targets: all.slice(1).map(',
      ),
    ],
    test: {
      file: `${acceptance}/uniform.test.ts`,
      title: 'case 57: over NVMe a host is told the subsystem of each array',
    },
  },
  {
    claims: ['a failback that the primary does not answer says that nothing was changed'],
    edits: [
      edit(
        `${driver}/replication/failback.ts`,
        'throw arrayFailure(doing, error, { nothingMade: true });',
        'throw arrayFailure(doing, error);',
      ),
    ],
    test: {
      file: `${driverTests}/failback.test.ts`,
      title: 'a failback is refused while the primary does not answer',
    },
  },
  {
    claims: ['replication is set up again after a failback'],
    edits: [
      edit(
        `${driver}/backend/backend-life.ts`,
        'await replication.setUp(wanted);',
        "await replication.setUp(activeBackendId ?? '');",
      ),
    ],
    test: {
      file: `${managerTests}/during-failover.test.ts`,
      title: 'is up although a call is refused that sets replication up after the failback',
    },
  },

  // Reports and starts
  {
    claims: ['every number of the report of a back end comes from its own source'],
    edits: [
      edit(
        `${driver}/statistics/volume-stats.ts`,
        'input_per_sec: performance.writeBytesPerSecond',
        'input_per_sec: performance.readBytesPerSecond',
      ),
    ],
    test: { file: `${driverTests}/statistics.test.ts`, title: 'has every key, each from its own source' },
  },
  {
    claims: ['case 59'],
    edits: [
      edit(
        `${driver}/statistics/volume-stats.ts`,
        '(space.capacity - space.used) / bytesPerGib',
        'space.capacity / bytesPerGib',
      ),
    ],
    test: { file: `${acceptance}/stats.test.ts`, title: 'case 59: ' },
  },
  {
    claims: ['case 62'],
    edits: [
      edit(
        `${driver}/statistics/read-statistics.ts`,
        'replication === null ? [] : array',
        'replication !== null ? [] : array',
      ),
    ],
    test: { file: `${acceptance}/stats.test.ts`, title: 'case 62: ' },
  },
  {
    claims: ['case 67'],
    edits: [
      edit(
        `${driver}/backend/backend-life.ts`,
        "DriverError('not-initialized', failure.message, { cause: failure.cause })",
        "DriverError('not-initialized', failure.message)",
      ),
    ],
    test: { file: `${acceptance}/start.test.ts`, title: 'case 67: ' },
  },
  {
    claims: ['the check of the set-up warns when no port can be shown to hosts'],
    edits: [edit(`${driver}/connections/check-paths.ts`, 'logger.warn(', 'logger.info(')],
    test: {
      file: `${driverTests}/check-setup.test.ts`,
      title: 'the check of the set-up warns when hosts are shown no port',
    },
  },
  {
    claims: ['the check of the set-up fails with the array'],
    edits: [
      edit(
        `${driver}/connections/check-paths.ts`,
        'isArrayError(error) || !(error instanceof DriverError)',
        '!isArrayError(error) && !(error instanceof DriverError)',
      ),
    ],
    test: {
      file: `${driverTests}/check-setup.test.ts`,
      title: 'the check of the set-up fails with the array',
    },
  },
  {
    claims: ['a back end whose set-up failed does not count as up'],
    edits: [
      edit(
        `${manager}/backends/backend.ts`,
        "this.#become({ kind: 'not-set-up', reason: asError(error).message });",
        "this.#become({ kind: 'up' });",
      ),
    ],
    test: {
      file: `${managerTests}/backend-state.test.ts`,
      title: 'with a token that the array does not take: not set up',
    },
  },

  // Hosts and names
  {
    claims: ['an attach that is refused says why, also when its host cannot be removed'],
    edits: [
      edit(
        `${driver}/connections/disconnect-host.ts`,
        'if (!isArrayError(error)) {',
        "if (!isArrayError(error, 'connected')) {",
      ),
    ],
    test: {
      file: `${driverTests}/hosts.test.ts`,
      title: 'an attach that is refused says why, also when the host that it made cannot be removed',
    },
  },
  {
    claims: ['case 85'],
    edits: [
      edit(
        `${driver}/manage/manage-volume.ts`,
        "isArrayError(error, 'not-found') || (await isDestroyed(array, name, error))",
        "isArrayError(error, 'not-found', 'already-exists') || (await isDestroyed(array, name, error))",
      ),
    ],
    test: {
      file: `${acceptance}/sync-replication.test.ts`,
      title: 'case 85: names of unmanaged volumes of the pod fit and are unique',
    },
  },

  // Groups
  {
    claims: ['a group snapshot that the array refuses is not taken volume by volume'],
    edits: [
      edit(
        `${manager}/operations/groups/as-group.ts`,
        "error instanceof DriverError && error.code === 'not-implemented'",
        'error instanceof DriverError',
      ),
    ],
    test: {
      file: `${managerTests}/groups.test.ts`,
      title: 'a snapshot of a consistency group that the array refuses is in error',
    },
  },
  {
    claims: ['a protection group that the array refuses is not taken for made'],
    edits: [
      edit(
        `${driver}/groups/consistency-groups.ts`,
        "isArrayError(error, 'already-exists', 'destroyed')",
        "isArrayError(error, 'already-exists', 'destroyed', 'invalid')",
      ),
    ],
    test: {
      file: `${driverTests}/repeated-groups.test.ts`,
      title: 'the snapshot of a group copy goes when the next try is refused before it copies anything',
    },
  },
  {
    claims: ['a destroyed protection group of ours is taken back when its group is made again'],
    edits: [
      edit(
        `${driver}/groups/consistency-groups.ts`,
        "(await array.protectionGroups.find(name)) === 'destroyed'",
        "(await array.protectionGroups.find(name)) === 'absent'",
      ),
    ],
    test: {
      file: `${driverTests}/defects.test.ts`,
      title: 'a destroyed group of ours is taken back, never eradicated (D43)',
    },
  },
  {
    claims: ['volumes leave a protection group, and others stay, when one of them is not in it'],
    edits: [
      edit(
        'packages/flasharray/src/rest2/protection-groups.ts',
        'remove.some((candidate) => isSameName(candidate, member.name)) ? [member.name]',
        'remove.length > 0 ? [member.name]',
      ),
    ],
    test: {
      file: 'packages/flasharray/test/contract.test.ts',
      title: 'protection groups > take volumes in and let them out, what is done already is fine',
    },
  },

  // Work on record
  {
    claims: ['a failback that is taken up again goes back to the primary'],
    edits: [
      edit(
        `${manager}/operations/services/failover-host.ts`,
        'secondaryId: z.string().nullable(),',
        "secondaryId: z.string().nullable().transform((id) => (id === 'default' ? null : id)),",
      ),
    ],
    test: {
      file: `${managerTests}/deferred-work.test.ts`,
      title: 'a failback that is interrupted by the end of the process takes up what waits for the primary',
    },
  },
  {
    claims: ['work on a volume is not done when its status says something else by then'],
    edits: [edit(claim, 'return row !== null && claim.status.includes(row.status);', 'return row !== null;')],
    test: {
      file: resetStatus,
      title: 'snapshots can be deleted after a delete of their volume that was called off',
    },
  },
  {
    claims: ['work on a group is not done when its status says something else by then'],
    edits: [
      edit(
        claim,
        '(await records.groups.summary(claim.id))?.status === claim.status',
        '(await records.groups.summary(claim.id)) !== null',
      ),
    ],
    test: {
      file: resetStatus,
      title: 'a group can be deleted with its volumes after a delete that was called off',
    },
  },
  {
    claims: ['work on a group snapshot is not done when its status says something else by then'],
    edits: [
      edit(
        claim,
        '(await records.groupSnapshots.get(claim.id))?.status === claim.status',
        '(await records.groupSnapshots.get(claim.id)) !== null',
      ),
    ],
    test: {
      file: resetStatus,
      title: 'members of a group snapshot are not left being made, or deleted, when that is called off',
    },
  },

  // The older way to attach and detach
  {
    claims: ['a detach of a volume without attachments gives its reservation back'],
    edits: [
      edit(
        `${manager}/operations/connections/detach-volume.ts`,
        "import { recomputeVolumeStatus } from '../../rows/volume-status.ts';\n",
        '',
      ),
      edit(
        `${manager}/operations/connections/detach-volume.ts`,
        `: {
          ...doneWithoutRows(),
          write: async (records) => {
            if (meant.kind === 'none') {
              await recomputeVolumeStatus(records, meant.volumeId);
            }
          },
        },`,
        ': doneWithoutRows(),',
      ),
    ],
    test: { file: olderAttach, title: 'a detach by force ends the connection as well' },
  },
  {
    claims: ['a detach that does not say which of two attachments it means is refused'],
    edits: [edit(`${manager}/rows/older-attach.ts`, 'attachments.length > 1', 'attachments.length > 2')],
    test: { file: olderAttach, title: 'a detach has to say which of several attachments it means' },
  },
  {
    claims: ['a read-only volume is not attached for writing the older way'],
    edits: [
      edit(
        'packages/block-storage/src/volumes/legacy-attach.ts',
        "attachment.mode === 'rw'",
        "attachment.mode === 'ro'",
      ),
    ],
    test: { file: olderAttach, title: 'an attach that the volume does not allow is refused' },
  },
  {
    claims: ['the older way to attach records the mode'],
    edits: [
      edit(
        `${manager}/operations/connections/attach-volume.ts`,
        "  await records.volumes.setAdminMetadata(volumeId, 'attached_mode', mode);\n",
        '',
      ),
    ],
    test: { file: olderAttach, title: 'a volume that was connected the older way is recorded as attached' },
  },

  // Records
  {
    claims: ['a QoS key that is not there is told, and then none is deleted'],
    edits: [edit('packages/store/src/qos-specs/sql-qos-specs-store.ts', 'return missing;', 'return [];')],
    test: {
      file: 'packages/store/src/qos-specs/sql-qos-specs-store.test.ts',
      title: 'QoS specs merge keys, lose them all or none, and are deleted with them',
    },
  },
];
