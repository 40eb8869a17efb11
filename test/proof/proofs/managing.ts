import { edit, type Proof } from '../proof.ts';

const driver = 'packages/driver/src';
const manage = 'packages/driver/test/acceptance/manage.test.ts';

/** Volumes that are taken over, let go, and listed for that. */
export const managingProofs: readonly Proof[] = [
  {
    claims: ['case 80'],
    edits: [
      edit(
        `${driver}/names/existing-reference.ts`,
        "reference['source-name'] ?? reference.name",
        'reference.name',
      ),
    ],
    test: { file: manage, title: 'case 80: ' },
  },
  {
    claims: ['case 81'],
    edits: [
      edit(
        `${driver}/manage/manage-volume.ts`,
        'if (connections.length > 0) {',
        'if (connections.length > 1) {',
      ),
    ],
    test: { file: manage, title: 'case 81: ' },
  },
  {
    claims: ['case 84'],
    edits: [
      edit(`${driver}/manage/manage-volume.ts`, 'Math.ceil(size / 2 ** 30)', 'Math.floor(size / 2 ** 30)'),
    ],
    test: { file: manage, title: 'case 84: ' },
  },
  {
    claims: ['case 85'],
    // The number of a further attempt without the suffix.
    edits: [edit(`${driver}/names/unmanaged-name.ts`, '{suffix}-$', "{''}-$")],
    test: { file: manage, title: 'case 85: ' },
  },
  {
    claims: ['case 87'],
    edits: [edit(`${driver}/manage/manageable-page.ts`, 'return index + 1;', 'return index + 2;')],
    test: { file: manage, title: 'case 87: ' },
  },
];
