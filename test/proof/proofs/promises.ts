import { edit, type Proof } from '../proof.ts';

const manager = 'packages/volume-manager';
const connecting = `${manager}/src/operations/connections`;
const snapshots = `${manager}/src/operations/snapshots`;
const driver = 'packages/driver';
const failoverHost = `${manager}/src/operations/services/failover-host.ts`;
const ofConnections = `${manager}/test/connections.test.ts`;
const ofMomentsTogether = `${manager}/test/together.test.ts`;
const ofMoves = `${driver}/test/repeated-moves.test.ts`;

/** The lines of "What must hold" in docs/reliability.md. */
export const promiseProofs: readonly Proof[] = [
  {
    claims: ['every live row has exactly one object of its name'],
    edits: [
      edit(
        `${manager}/src/rows/volume-names.ts`,
        '  await records.volumes.update(volume.id, { providerId: newName });\n',
        '',
      ),
    ],
    test: {
      file: `${manager}/test/manage-retype.test.ts`,
      title: 'retyping gives limits and groups, or is refused with the status as it was',
    },
  },
  {
    claims: ['connections on every array are those of the attachments'],
    edits: [
      edit(
        `${connecting}/make-up-connect.ts`,
        'entry.backendId === backendId',
        'entry.backendId !== backendId',
      ),
    ],
    test: {
      file: ofConnections,
      title: 'is shown by an array that was away at the attach, as soon as it answers',
    },
  },
  {
    claims: ['members of groups are equal'],
    edits: [
      edit(
        `${manager}/src/operations/groups/update-group.ts`,
        '{ groupId }, { groupId: null }',
        '{ groupId }, { groupId }',
      ),
    ],
    test: {
      file: `${manager}/test/groups.test.ts`,
      title: 'a consistency group lives, is snapshotted, copied and deleted',
    },
  },
  {
    claims: ['a snapshot that was usable, and that the current array has, is usable'],
    edits: [
      edit(
        `${snapshots}/left-behind.ts`,
        "    case 'available':\n    case 'error':",
        "    case 'available':\n      return 'error';\n    case 'error':",
      ),
    ],
    test: {
      file: `${manager}/test/copies.test.ts`,
      title: 'a snapshot is in error while the back end works on a copy of its volume',
    },
  },
  {
    claims: ['no transitional status, journal entry, empty volume group, ghost pod'],
    edits: [
      edit(
        `${driver}/src/containers/ghost-pod.ts`,
        'left !== null && !isIn(left, ghost)) {',
        'left !== null && isIn(left, ghost)) {',
      ),
    ],
    test: { file: ofMoves, title: 'a move that is refused before it begins leaves no ghost pod' },
  },
  {
    claims: ['what an answer said stays true'],
    edits: [
      edit(
        failoverHost,
        "if (status !== 'error' || there === null",
        "if (status === 'error' || there === null",
      ),
    ],
    test: {
      file: `${manager}/test/broken-off-removals.test.ts`,
      title: 'a delete that a failover has broken off is done after the failback',
    },
  },
  {
    claims: ['clients see only declared errors'],
    edits: [
      edit(
        'packages/api/src/http/answer-error.ts',
        'message: unexpectedFailure }',
        'message: error.message || unexpectedFailure }',
      ),
    ],
    test: { file: 'packages/api/test/server.test.ts', title: 'that nobody meant are logged and not told' },
  },
  {
    claims: ['`error` stands only where a lasting refusal'],
    edits: [edit(`${driver}/src/contract/driver-error.ts`, "  'array-failure',\n", '')],
    test: { file: ofMomentsTogether, title: 'trouble that passes is waited out' },
  },
];
