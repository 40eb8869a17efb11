import { edit, type Proof } from '../proof.ts';

const statistics = 'packages/driver/test/acceptance/stats.test.ts';
const starting = 'packages/driver/test/acceptance/start.test.ts';
const defects = 'packages/driver/test/defects.test.ts';
const driver = 'packages/driver/src';
const client = 'packages/flasharray/src';

/** A back end: how it starts, what it reports, and the groups that it finds again. */
export const backendProofs: readonly Proof[] = [
  // Its start.
  {
    claims: ['D6', 'case 67'],
    edits: [
      edit(
        `${driver}/backend/backend-life.ts`,
        "'not-initialized',\n        `Back end",
        "'driver',\n        `Back end",
      ),
    ],
    test: { file: starting, title: 'case 67: a wrong token, an untrusted certificate' },
  },
  {
    claims: ['D20'],
    edits: [
      edit(
        `${driver}/config/read-backend-config.ts`,
        "return path === null ? { kind: 'system-roots' } : { kind: 'bundle', path };",
        "return { kind: 'system-roots' };",
      ),
    ],
    test: {
      file: `${driver}/config/read-backend-config.test.ts`,
      title: 'the certificate path is used only when certificates are verified',
    },
  },
  {
    claims: ['D35', 'case 95'],
    edits: [
      edit(
        `${client}/http/array-http.ts`,
        "deadline.signal.aborted ? 'deadline' : 'caller'",
        "deadline.signal.aborted ? 'caller' : 'deadline'",
      ),
    ],
    test: { file: starting, title: 'case 95: ' },
  },
  // Its report.
  {
    claims: ['case 59'],
    edits: [
      edit(
        `${driver}/statistics/volume-stats.ts`,
        'input_per_sec: performance.writeBytesPerSecond',
        'input_per_sec: performance.readBytesPerSecond',
      ),
      edit(
        `${driver}/statistics/volume-stats.ts`,
        'output_per_sec: performance.readBytesPerSecond',
        'output_per_sec: performance.writeBytesPerSecond',
      ),
    ],
    test: { file: statistics, title: 'case 59: ' },
  },
  {
    claims: ['case 60'],
    edits: [
      edit(
        `${driver}/statistics/read-statistics.ts`,
        'if (performance.sample === null) {',
        'if (performance.failure !== null) {',
      ),
    ],
    test: { file: statistics, title: 'case 60: ' },
  },
  {
    claims: ['case 61'],
    edits: [
      edit(
        `${driver}/statistics/statistics-operations.ts`,
        'const stats = await readStatistics(',
        'this.#last.stats = null;\n    const stats = await readStatistics(',
      ),
    ],
    test: { file: statistics, title: 'case 61: ' },
  },
  {
    claims: ['D27', 'case 62'],
    edits: [
      edit(
        `${client}/rest2/arrays.ts`,
        "this.#client.count(call, 'volumes')",
        "this.#client.all(call, 'volumes', {}, z.unknown()).then((rows) => rows.length)",
      ),
    ],
    test: { file: statistics, title: 'case 62: ' },
  },
  {
    claims: ['D26'],
    edits: [
      edit(
        `${client}/rest2/arrays.ts`,
        "'arrays/performance', {}, performanceRow",
        "'arrays/performance', { start_time: 0, resolution: 30_000 }, performanceRow",
      ),
      edit(`${client}/rest2/arrays.ts`, 'other.time - one.time', 'one.time - other.time'),
    ],
    test: {
      file: 'packages/flasharray/test/contract.test.ts',
      title: 'array > tells the newest performance sample',
    },
  },
  // Its groups.
  {
    claims: ['D43'],
    edits: [
      edit(
        `${driver}/groups/consistency-groups.ts`,
        'await array.protectionGroups.recover(name);',
        'await array.protectionGroups.eradicate(name);\n        await array.protectionGroups.create(name);',
      ),
    ],
    test: { file: defects, title: 'a destroyed group of ours is taken back' },
  },
  {
    claims: ['D50'],
    edits: [
      edit(
        `${driver}/groups/group-operations.ts`,
        'source.members.map((member) => {',
        'source.members.map((member, index) => {',
      ),
      edit(
        `${driver}/groups/group-operations.ts`,
        'names.of(member.source)',
        'names.of((source.members[index + 1] ?? member).source)',
      ),
    ],
    test: { file: defects, title: 'copies of a group are paired with their sources' },
  },
];
