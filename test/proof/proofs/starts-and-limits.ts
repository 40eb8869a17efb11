import { edit, type Proof } from '../proof.ts';

const manager = 'packages/volume-manager';
const connecting = `${manager}/src/operations/connections`;
const snapshots = `${manager}/src/operations/snapshots`;
const volumes = `${manager}/src/operations/volumes`;
const driver = 'packages/driver';
const flasharray = 'packages/flasharray';
const ofConnections = `${manager}/test/connections.test.ts`;
const ofStarts = `${manager}/test/starts.test.ts`;
const ofFullDisks = `${manager}/test/full-disk.test.ts`;
const ofDeletedRows = `${manager}/test/deleted-rows.test.ts`;
const ofMomentsTogether = `${manager}/test/together.test.ts`;
const ofManagedQuota = `${manager}/test/manage-quota.test.ts`;

/** Starts, trouble that passes, quotas, and what grows or waits. */
export const startProofs: readonly Proof[] = [
  // Starts, and work that is in trouble.
  {
    claims: ['a new volume waits at a start until it is known which back ends there are'],
    edits: [
      edit(
        `${manager}/src/volume-manager.ts`,
        'if (this.#isTried) {',
        'if (this.#isTried || this.#backends.size > 0) {',
      ),
    ],
    test: { file: ofStarts, title: 'a new volume waits until it is known which back ends there are' },
  },
  {
    claims: ['an entry of the journal that makes no sense keeps nobody from the others'],
    edits: [
      edit(
        `${manager}/src/operations/unfinished.ts`,
        "'a journal entry makes no sense and is left alone',\n      );\n      continue;",
        "'a journal entry makes no sense and is left alone',\n      );\n      break;",
      ),
    ],
    test: {
      file: ofStarts,
      title: 'an entry of the journal that makes no sense is left alone, and the others are taken up',
    },
  },
  {
    claims: ['a cascade that fails leaves no snapshot deleting'],
    edits: [
      edit(
        `${volumes}/delete-volume.ts`,
        'of await records.snapshots.ofVolume(volume.id)) {',
        'of (await records.snapshots.ofVolume(volume.id)).slice(1)) {',
      ),
    ],
    test: { file: ofMomentsTogether, title: 'a cascade that fails leaves no snapshot deleting' },
  },
  {
    claims: ['volumes of a copy of a group that is refused are in error with it'],
    edits: [
      edit(
        `${manager}/src/operations/groups/create-group-from-src.ts`,
        'for (const { id } of volumes) {',
        'for (const { id } of volumes.slice(1)) {',
      ),
    ],
    test: {
      file: `${manager}/test/groups.test.ts`,
      title: 'a copy of a group that the array refuses is in error with its volumes',
    },
  },
  {
    claims: ['what an array has made is recorded when a full disk has room again'],
    edits: [
      edit(
        `${manager}/src/run/ledger.ts`,
        '        this.#stopping.throwIfAborted();\n        const wait',
        '        this.#stopping.throwIfAborted();\n' +
          '        if (tries > 0) {\n' +
          '          throw error;\n' +
          '        }\n' +
          '        const wait',
      ),
    ],
    test: {
      file: ofFullDisks,
      title: 'what an array has made is recorded when the full disk has room again',
    },
  },
  {
    claims: ["an error that is not the driver's own is waited out"],
    edits: [
      edit(
        `${manager}/src/run/runner.ts`,
        '!(error instanceof DriverError) || isTransient(error);',
        'error instanceof DriverError && isTransient(error);',
      ),
    ],
    test: {
      file: ofFullDisks,
      title: 'work that cannot be put on record waits until the full disk has room again',
    },
  },
  {
    claims: ['completing an attachment leaves the status of a volume that is worked on alone'],
    edits: [
      edit(
        `${manager}/src/rows/volume-status.ts`,
        "['available', 'reserved', 'attaching', 'in-use', 'detaching']",
        "['available', 'reserved', 'attaching', 'in-use', 'detaching', 'extending']",
      ),
    ],
    test: {
      file: ofMomentsTogether,
      title: 'completing an attachment leaves the status of a volume alone that is being extended',
    },
  },
  {
    claims: ['a request whose other half never comes keeps no service from ending'],
    edits: [
      edit(
        'packages/api/src/api-server.ts',
        '() => server.server.closeAllConnections(),',
        '() => undefined,',
      ),
    ],
    test: {
      file: 'packages/api/test/server.test.ts',
      title: 'does not wait for a request whose other half never comes',
    },
  },
  {
    claims: ['a service whose database cannot be written is not healthy'],
    edits: [
      edit(
        `${manager}/src/volume-manager.ts`,
        'return { healthy: false, reasons: [',
        'return { healthy: true, reasons: [',
      ),
    ],
    test: {
      file: `${manager}/test/backend-state.test.ts`,
      title: 'with the only array lost the service is not healthy, nor with a database',
    },
  },
  {
    claims: ['a call that waits for its turn has not used any of its time'],
    edits: [
      edit(
        `${flasharray}/src/http/array-http.ts`,
        '    try {\n      return await work(call);',
        '    call.begin();\n    try {\n      return await work(call);',
      ),
    ],
    test: {
      file: `${manager}/test/many-at-once.test.ts`,
      title: 'hundreds of creates on a slow array wait for their turn',
    },
  },
  {
    claims: ['a call whose time runs has its turn before those that have not begun'],
    edits: [
      edit(
        `${flasharray}/src/http/slots.ts`,
        'const next = this.#waiting.find(({ hasBegun }) => hasBegun) ?? this.#waiting[0];',
        'const [next] = this.#waiting;',
      ),
    ],
    test: {
      file: `${flasharray}/src/http/slots.test.ts`,
      title: 'a request of a call that has begun goes before calls that have not',
    },
  },
  {
    claims: ['a change that an array never answers is looked up, and done again'],
    edits: [edit(`${driver}/src/contract/driver-error.ts`, "  'timed-out',\n", '')],
    test: {
      file: ofMomentsTogether,
      title: 'a change that an array never answers is looked up, and done again',
    },
  },

  // Limits, and what counts against them.
  {
    claims: ['a snapshot that is deleted is given back once, also when its volume goes with its snapshots'],
    edits: [
      edit(`${snapshots}/delete-snapshot.ts`, '        await records.snapshots.delete(snapshot.id);\n', ''),
    ],
    test: { file: ofMomentsTogether, title: 'a snapshot that is being deleted is given back once' },
  },
  {
    claims: ['managing counts the size of the volume against the limits'],
    edits: [edit(`${volumes}/manage-existing.ts`, '{ size, counted: 0 }', '{ size, counted: size }')],
    test: { file: ofManagedQuota, title: 'managing a volume that is larger than what is left of' },
  },
  {
    claims: ['managing counts what a snapshot has beyond the size of its volume'],
    edits: [
      edit(
        `${snapshots}/manage-existing-snapshot.ts`,
        '{ size, counted: snapshot.volumeSize }',
        '{ size, counted: size }',
      ),
    ],
    test: { file: ofManagedQuota, title: 'managing a snapshot that is larger than its volume is refused' },
  },
  {
    claims: ['a retype takes what the snapshots count to the new type'],
    edits: [
      edit(
        `${volumes}/retype-volume.ts`,
        '(volume.useQuota ? volume.size : 0) + charged',
        '(volume.useQuota ? volume.size : 0) - charged',
      ),
    ],
    test: { file: ofMomentsTogether, title: 'a retype takes what the snapshots count to the new type' },
  },
  {
    claims: ['a volume that one group has taken is refused to another'],
    edits: [
      edit(
        'packages/block-storage/src/groups/groups.ts',
        '{ withoutGroup: true }, { groupId: id }',
        '{ withoutGroup: true }, { groupId: null }',
      ),
    ],
    test: { file: ofMomentsTogether, title: 'a volume that one group has taken is refused to another' },
  },
  {
    claims: ['a retype that fails leaves the volume with the multiattach of its type'],
    edits: [
      edit(
        'packages/block-storage/src/volumes/retype-volume.ts',
        "{ status: 'retyping', previousStatus: statusBefore(volume) }",
        "{ status: 'retyping', multiattach, previousStatus: statusBefore(volume) }",
      ),
    ],
    test: {
      file: ofMomentsTogether,
      title: 'a failed retype leaves the volume with the multiattach of its type',
    },
  },
  {
    claims: ['a reservation that has ended leaves no row'],
    edits: [
      edit(
        'packages/store/src/quotas/sql-quota-store.ts',
        "db.deleteFrom('reservations').where(",
        "db.updateTable('reservations').set({ deleted: 1 }).where(",
      ),
    ],
    test: {
      file: 'packages/store/src/quotas/sql-quota-store.test.ts',
      title: 'leaves no row when it is done, however it ends',
    },
  },
  {
    claims: ['rows that were deleted long ago go'],
    edits: [edit(`${manager}/src/deleted-rows.ts`, 'if (now < this.#next) {', 'if (now !== this.#next) {')],
    test: { file: ofDeletedRows, title: 'the periodic task of the manager removes them' },
  },
  {
    claims: ['rows that were deleted less long ago are kept'],
    edits: [edit(`${manager}/src/deleted-rows.ts`, 'new Date(now - keep)', 'new Date(now + keep)')],
    test: { file: ofDeletedRows, title: 'rows that were deleted later are kept' },
  },

  // What is told to compute services, and what goes side by side.
  {
    claims: ['volumes are shared targets with iSCSI, and not with Fibre Channel'],
    edits: [
      edit(`${driver}/src/connections/fibre-channel.ts`, 'sharedTargets: false,', 'sharedTargets: true,'),
    ],
    test: { file: ofConnections, title: 'shared_targets of a volume is false with Fibre Channel' },
  },
  {
    claims: ['copies of one snapshot are made side by side'],
    edits: [
      edit(
        `${volumes}/create-volume.ts`,
        "[shared('snapshot', snapshotId)]",
        "[exclusive('snapshot', snapshotId)]",
      ),
    ],
    test: { file: ofMomentsTogether, title: 'copies of one snapshot are made side by side' },
  },
  {
    claims: ['a volume is attached and detached while a clone of it is made'],
    edits: [
      edit(
        `${connecting}/attachment-update.ts`,
        "[shared('volume', volumeId), exclusive('connections', volumeId)]",
        "[exclusive('volume', volumeId), shared('connections', volumeId)]",
      ),
    ],
    test: { file: ofMomentsTogether, title: 'a volume is attached and detached while a clone of it is made' },
  },
];
