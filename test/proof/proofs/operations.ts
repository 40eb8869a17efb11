import { edit, type Proof } from '../proof.ts';

const manager = 'packages/volume-manager';
const connecting = `${manager}/src/operations/connections`;
const snapshots = `${manager}/src/operations/snapshots`;
const volumes = `${manager}/src/operations/volumes`;
const driver = 'packages/driver';
const ofConnections = `${manager}/test/connections.test.ts`;
const ofFailovers = `${manager}/test/failover.test.ts`;
const ofOrder = `${manager}/test/accepted-first.test.ts`;
const ofMomentsTogether = `${manager}/test/together.test.ts`;
const ofHosts = `${driver}/test/hosts.test.ts`;
const ofMoves = `${driver}/test/repeated-moves.test.ts`;
const ofManaging = `${driver}/test/repeated-managing.test.ts`;

/** What operations on connections and objects leave behind, whatever comes between. */
export const operationProofs: readonly Proof[] = [
  // Connections: hosts see nothing that they must not see, and lose nothing that they use.
  {
    claims: ['a start and a failover end no connection of a host that is attached'],
    edits: [
      edit(
        `${manager}/src/operations/services/failover-host.ts`,
        "import { releasedOn } from '../connections/release-host.ts';",
        "import { disconnectedFrom } from '../connections/make-up-disconnect.ts';\n" +
          "import { releasedOn } from '../connections/release-host.ts';",
      ),
      edit(
        `${manager}/src/operations/services/failover-host.ts`,
        'releasedOn(others, volume, connector, false)),',
        'releasedOn(others, volume, connector, false)),\n' +
          '...volumes.flatMap((volume) =>\n' +
          'disconnectedFrom(\n' +
          "others.map((backendId) => ({ backendId, name: volume.providerId ?? '' })),\n" +
          'volume,\n' +
          '),\n' +
          '),',
      ),
    ],
    test: { file: ofConnections, title: 'is shown by both arrays after a start and after a failover' },
  },
  {
    claims: ['a connection that is made again voids what was left to be ended of an earlier one'],
    edits: [
      edit(
        `${connecting}/initialize-connection.ts`,
        'if (isOfThis || ended.includes(id)) {',
        'if (isOfThis && ended.includes(id)) {',
      ),
    ],
    test: {
      file: ofMomentsTogether,
      title: 'a connection that is made again voids what was left to be ended',
    },
  },
  {
    claims: ['what a failed attach has left to be undone is void when an attach succeeds'],
    edits: [
      edit(
        `${connecting}/initialize-connection.ts`,
        'name === undoConnection.name || name === makeUpDisconnect.name',
        'name !== undoConnection.name && name === makeUpDisconnect.name',
      ),
    ],
    test: {
      file: ofMomentsTogether,
      title: 'a failed attach is taken back while the service runs, and not from under one that came after',
    },
  },
  {
    claims: ['what a failed attach has left is ended while the service runs'],
    edits: [edit(`${connecting}/undo-connection.ts`, "  insists: 'always',\n", '')],
    test: { file: ofMomentsTogether, title: 'what a failed attach has left is ended while the service runs' },
  },
  {
    claims: ['a detach while failed over ends the connection on the primary when that answers'],
    edits: [
      edit(
        `${connecting}/end-attachment.ts`,
        '...(ended === null ? [] : madeUpFor(',
        '...(ended !== null ? [] : madeUpFor(',
      ),
    ],
    test: { file: ofConnections, title: 'a detach while failed over ends the connection on the primary too' },
  },
  {
    claims: ['a detach that an array has missed is made up for there before another machine is attached'],
    edits: [
      edit(
        `${connecting}/make-up-disconnect.ts`,
        'driver.connections.isOnCurrent(place)',
        '!driver.connections.isOnCurrent(place)',
      ),
    ],
    test: { file: ofConnections, title: 'a host that was detached while failed over has lost the volume' },
  },
  {
    claims: ["a second connector for an attachment ends the first one's connection"],
    edits: [
      edit(
        `${connecting}/attachment-update.ts`,
        'earlier === null || isSameMachine(earlier, connector)',
        'earlier === null || !isSameMachine(earlier, connector)',
      ),
    ],
    test: {
      file: ofMomentsTogether,
      title: 'a second connector for an attachment ends the connection of the first',
    },
  },
  {
    claims: ['a second connector that the array refuses leaves the attachment with its first'],
    edits: [
      edit(
        `${connecting}/attachment-update.ts`,
        'if (attachment.connector === null) {',
        "if (attachment.id !== '') {",
      ),
    ],
    test: {
      file: ofMomentsTogether,
      title: 'a second connector that the array refuses leaves the attachment with its first',
    },
  },
  {
    claims: ['an attach whose call was interrupted is undone at the next start'],
    edits: [
      edit(
        `${connecting}/undo-connection.ts`,
        'const isNeeded = sharesHost(attachments, connector, null)',
        'const isNeeded = !sharesHost(attachments, connector, null)',
      ),
    ],
    test: {
      file: `${manager}/test/starts.test.ts`,
      title: 'a second connector whose call was interrupted leaves the attachment with its first',
    },
  },
  {
    claims: ['an attach that the current array refuses leaves the volume connected on no peer'],
    edits: [
      edit(
        `${driver}/src/connections/backend-connections.ts`,
        'await Promise.all(\n        peers.map((peer) =>',
        'await Promise.all(\n        peers.slice(1).map((peer) =>',
      ),
    ],
    test: {
      file: ofHosts,
      title: 'an attach that the current array refuses leaves the volume connected nowhere',
    },
  },

  // Hosts: those that an attach has made go with it, and no others.
  {
    claims: ['a host that an attach made before it looked again goes when the attach is refused'],
    edits: [
      edit(
        `${driver}/src/connections/volume-connections.ts`,
        'const outcome = await this.#connectOnce(volume, connector, made);',
        'made.clear();\n        const outcome = await this.#connectOnce(volume, connector, made);',
      ),
    ],
    test: { file: ofHosts, title: 'a host that an attach made goes when the attach is refused' },
  },
  {
    claims: ['a host whose creation the array did not confirm goes with the attach that failed'],
    edits: [
      edit(
        `${driver}/src/connections/attach-host.ts`,
        "if (isArrayError(error) && error.applied === 'no') {",
        'if (isArrayError(error)) {',
      ),
    ],
    test: { file: ofHosts, title: 'a host whose creation the array did not confirm goes with the attach' },
  },
  {
    claims: ['a host that an attach left where a failover cut it off goes'],
    edits: [
      edit(
        `${connecting}/attaches-under-way.ts`,
        '.filter(({ operation }) => attaches.includes(operation))',
        '.filter(({ operation }) => !attaches.includes(operation))',
      ),
    ],
    test: { file: ofConnections, title: 'a host that an attach left where a failover cut it off' },
  },
  {
    claims: ['a host of ours gets the initiators of the machine that it lacks'],
    edits: [
      edit(
        `${driver}/src/connections/attach-host.ts`,
        'const added = isOurHost(host.name)\n',
        'const added = isOurHost(host.name) && others.length > 0\n',
      ),
    ],
    test: { file: ofHosts, title: 'a host of ours gets the initiators that it lacks' },
  },
  {
    claims: ["an administrator's host gets no initiators, and those that it lacks are not on the map"],
    edits: [
      edit(
        `${driver}/src/connections/attach-host.ts`,
        'const added = isOurHost(host.name)\n',
        'const added = host.name.length > 0\n',
      ),
    ],
    test: { file: ofHosts, title: 'an administrator’s host keeps its initiators' },
  },
  {
    claims: ['a host that the array refuses to delete costs no detach'],
    edits: [
      edit(
        `${driver}/src/connections/disconnect-host.ts`,
        'if (!isArrayError(error) || isTransient(error)) {',
        "if (!isArrayError(error, 'not-found', 'connected') || isTransient(error)) {",
      ),
    ],
    test: { file: ofHosts, title: 'a host in a host group is left alone when its last connection ends' },
  },

  // Names: what needs the name of a volume comes before or after what renames that.
  {
    claims: ['a snapshot is taken although a retype that was accepted after it renames its volume'],
    edits: [
      edit(
        `${snapshots}/load-snapshot.ts`,
        "shared('volume', snapshot.volumeId)",
        "shared('volume', snapshotId)",
      ),
      edit(`${volumes}/retype-volume.ts`, "exclusive('snapshot', id)", "exclusive('group-snapshot', id)"),
    ],
    test: { file: ofOrder, title: 'a snapshot is taken although its volume is renamed by a retype' },
  },
  {
    claims: ['a copy of a snapshot whose volume a retype renames is made of the new name'],
    edits: [
      edit(
        `${volumes}/create-volume.ts`,
        "[shared('volume', of.volumeId)]",
        "[shared('group', of.volumeId)]",
      ),
      edit(`${volumes}/retype-volume.ts`, "exclusive('snapshot', id)", "exclusive('group-snapshot', id)"),
    ],
    test: { file: ofOrder, title: 'a copy of a snapshot whose volume is renamed by a retype' },
  },
  {
    claims: ['a retype that moves its volume and then fails tells where that is'],
    edits: [
      edit(
        `${driver}/src/volumes/retype.ts`,
        '...(at === null ? { volumeLost: true } : { volumeName: at }),',
        '...(at === null ? { volumeLost: true } : {}),',
      ),
      edit(
        `${driver}/src/volumes/retype.ts`,
        'throw at === before ? failure',
        'throw at !== before ? failure',
      ),
    ],
    test: {
      file: `${manager}/test/manage-retype.test.ts`,
      title: 'a volume that a refused retype has moved is attached, and deleted, where it is then',
    },
  },

  // Objects that must not be lost.
  {
    claims: ['a volume that must not be deleted is brought back where the array destroys it all the same'],
    edits: [
      edit(
        `${driver}/src/volumes/delete-volume.ts`,
        '    await request.array.volumes.recover(request.name);\n',
        '',
      ),
    ],
    test: { file: `${driver}/test/acceptance/types.test.ts`, title: 'case 26: ' },
  },
  {
    claims: ['a volume that a failover has left on the primary is not said to be deleted'],
    edits: [
      edit(
        'packages/block-storage/src/rows/require-on-current-array.ts',
        '  if (!isConfigured(backends, host, there)) {',
        '  if (isConfigured(backends, host, there)) {',
      ),
    ],
    test: {
      file: ofFailovers,
      title: 'a volume that a failover has left on the primary is not said to be deleted',
    },
  },
  {
    claims: ['a volume that was made on the target without replication is in error after the way back'],
    edits: [
      edit(
        `${manager}/src/operations/services/switchover.ts`,
        "return replicationStatus === 'not-capable' ? primaryArray : left;",
        'return replicationStatus !== null ? primaryArray : left;',
      ),
    ],
    test: { file: ofFailovers, title: 'a volume that was made on the target without replication' },
  },
  {
    claims: ['a detach of a volume that is in error leaves it in error'],
    edits: [
      edit(
        `${manager}/src/rows/volume-status.ts`,
        "['available', 'reserved', 'attaching', 'in-use', 'detaching']",
        "['available', 'reserved', 'attaching', 'in-use', 'detaching', 'error']",
      ),
    ],
    test: { file: ofOrder, title: 'a detach of a volume that is in error leaves it in error' },
  },
  {
    claims: ['managing that fails after its rename gives the volume its old name back'],
    edits: [edit(`${driver}/src/manage/manage-volume.ts`, '`, error), target);', '`, error), source);')],
    test: { file: ofManaging, title: 'a volume whose limits are refused gets its old name back' },
  },
  {
    claims: ['a volume of a plain pod stays in that pod when it is taken over'],
    edits: [
      edit(
        `${driver}/src/manage/manage-volume.ts`,
        '    : pod === null\n      ? ownName',
        '    : pod === null || settings.replication === null\n      ? ownName',
      ),
    ],
    test: { file: ofManaging, title: 'a volume of a plain pod stays in it' },
  },
  {
    claims: ['a copy that an earlier try has made is taken up, and gets its size'],
    edits: [
      edit(
        `${driver}/src/volumes/create-volume.ts`,
        'isCopy && made.size < size ? array',
        'isCopy && made.size > size ? array',
      ),
    ],
    test: { file: ofManaging, title: 'a copy of ours that an earlier try has made is taken up' },
  },

  // Leftovers.
  {
    claims: ['a volume group goes with the last volume that a retype takes out of it'],
    edits: [edit(`${driver}/src/volumes/retype.ts`, 'new Set([before, name].map(', 'new Set([name].map(')],
    test: {
      file: ofMoves,
      title: 'a retype from a volume group into the pod and back leaves neither behind',
    },
  },
  {
    claims: ['the ghost pod goes with a volume that is deleted in it'],
    edits: [edit(`${driver}/src/volumes/delete-volume.ts`, '  await request.clear();\n', '')],
    test: { file: ofMoves, title: 'a volume is deleted where a move that was broken off has left it' },
  },
  {
    claims: ['the ghost pod of a move that was broken off goes when its volume is let go'],
    edits: [
      edit(
        `${driver}/src/manage/manage-operations.ts`,
        '    if (change !== null) {',
        '    if (change !== null && move === null) {',
      ),
    ],
    test: { file: ofManaging, title: 'a volume that is let go after a move takes the empty pod along' },
  },
  {
    claims: ['a volume that somebody has destroyed is let go at the first try'],
    edits: [
      edit(
        `${driver}/src/manage/manage-volume.ts`,
        '(await isDestroyed(array, name, error))',
        '(attempt > 1 && (await isDestroyed(array, name, error)))',
      ),
    ],
    test: {
      file: ofManaging,
      title: 'a volume that an administrator has destroyed is let go at the first try',
    },
  },

  // Copies and sizes are those that were accepted.
  {
    claims: ['a snapshot is taken before an extend that was accepted after it'],
    edits: [
      edit(
        `${snapshots}/load-snapshot.ts`,
        "shared('volume', snapshot.volumeId)",
        "shared('volume', snapshotId)",
      ),
    ],
    test: { file: ofOrder, title: 'a snapshot that the array is too busy for is taken before an extend' },
  },
  {
    claims: ['a clone is the one that was accepted, whatever becomes of its source after that'],
    edits: [
      edit(
        `${volumes}/create-volume.ts`,
        "[shared('volume', volume.sourceVolid)]",
        "[shared('group', volume.sourceVolid)]",
      ),
    ],
    test: { file: ofOrder, title: 'a clone is the one that was accepted' },
  },
  {
    claims: ['a copy of a snapshot that is deleted after the copy was accepted is made'],
    edits: [
      edit(
        `${volumes}/create-volume.ts`,
        "[shared('snapshot', snapshotId)]",
        "[shared('group-snapshot', snapshotId)]",
      ),
    ],
    test: { file: ofOrder, title: 'a copy of a snapshot is made although the snapshot is deleted' },
  },
  {
    claims: ['a group is copied with the sizes that its members had when the copy was accepted'],
    edits: [
      edit(
        `${manager}/src/operations/groups/create-group-from-src.ts`,
        "[shared('volume', sourceVolid)]",
        "[shared('group', sourceVolid)]",
      ),
    ],
    test: { file: ofOrder, title: 'a group is copied with the sizes that its members had' },
  },
  {
    claims: ['nothing is deleted by an old name while nobody knows where its volume is'],
    edits: [
      edit(
        'packages/volume-manager/src/run/runner.ts',
        'definition.insists !== undefined && !(definition.moved !== undefined && run.isLost)',
        'definition.insists !== undefined',
      ),
    ],
    test: {
      file: 'packages/volume-manager/test/lost-on-the-way.test.ts',
      title: 'nothing is deleted by an old name',
    },
  },
  {
    claims: ['a copy of a group that is given up half way leaves no temporary snapshot'],
    edits: [
      edit(
        'packages/volume-manager/src/operations/groups/create-group-from-src.ts',
        'leftHalfWay: ({ groupId }) => settleGroupCopy.of({ groupId }),',
        "leftHalfWay: () => settleGroupCopy.of({ groupId: '' }),",
      ),
    ],
    test: {
      file: 'packages/volume-manager/test/reset-status.test.ts',
      title: 'the temporary snapshot goes when somebody takes the status',
    },
  },
  {
    claims: ['what an array missed of a detach is made up for when the volume has another name by then'],
    edits: [
      edit(
        'packages/volume-manager/src/operations/connections/make-up-disconnect.ts',
        'new Set([volumeName, volume?.providerId ?? volumeName])',
        'new Set([volume === null ? volumeName : volumeName])',
      ),
    ],
    test: {
      file: 'packages/volume-manager/test/made-up-disconnects.test.ts',
      title: 'what an array missed is made up for though',
    },
  },
];
