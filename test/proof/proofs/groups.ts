import { edit, type Proof } from '../proof.ts';

const driver = 'packages/driver/src/groups';
const cases = 'packages/driver/test/acceptance/groups.test.ts';

/** Generic groups and consistency groups of the driver. */
export const groupProofs: readonly Proof[] = [
  {
    claims: ['D9'],
    edits: [
      edit(
        'packages/driver/src/contract/record-updates.ts',
        'metadata: { ...metadata, array_snapshot_name: name, array_name: array.identity.name },',
        'metadata: { ...metadata, array_name: array.identity.name },',
      ),
    ],
    test: { file: cases, title: 'case 17: a member of a group snapshot is a source by itself' },
  },
  {
    claims: ['case 88'],
    edits: [
      edit(
        `${driver}/generic-groups.ts`,
        'deleteSnapshot: async (groupSnapshot) => {\n      requireConsistent(groupSnapshot.group);',
        'deleteSnapshot: async (groupSnapshot) => {',
      ),
    ],
    test: { file: cases, title: 'case 88: ' },
  },
  {
    claims: ['case 89'],
    edits: [
      edit(
        `${driver}/group-operations.ts`,
        'await array.protectionGroups.changeVolumes(name, change);',
        'await array.protectionGroups.find(name);\n' +
          '        await array.protectionGroups.changeVolumes(name, change);',
      ),
    ],
    test: { file: cases, title: 'case 89: ' },
  },
  {
    claims: ['case 90'],
    edits: [
      edit(
        `${driver}/group-operations.ts`,
        '// The next try copies from it what is still missing.\n      if (!isTransient(error)) {',
        '// The next try copies from it what is still missing.\n      if (isTransient(error)) {',
      ),
    ],
    test: { file: cases, title: 'case 90: ' },
  },
  {
    claims: ['case 91'],
    edits: [
      edit(
        `${driver}/group-operations.ts`,
        "if (removal === 'absent' && other !== null) {",
        "if (removal === 'absent' && other === null) {\n      return [];\n    }\n" +
          "    if (removal === 'absent' && other !== null) {",
      ),
    ],
    test: { file: cases, title: 'case 91: ' },
  },
  {
    claims: ['case 92'],
    edits: [edit(`${driver}/group-operations.ts`, 'if (inPod > 0 && ', 'if (inPod > 1 && ')],
    test: { file: cases, title: 'case 92: ' },
  },
  {
    claims: ['case 93'],
    edits: [
      edit(
        `${driver}/group-operations.ts`,
        'return volumes.map(({ id }, index): MemberDeletion => {\n      const outcome = outcomes[index];',
        'return volumes.map(({ id }): MemberDeletion => {\n' +
          "      const outcome = outcomes.find(({ status }) => status === 'rejected');",
      ),
    ],
    test: { file: cases, title: 'case 93: ' },
  },
];
