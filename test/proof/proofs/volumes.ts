import { edit, type Proof } from '../proof.ts';

const driver = 'packages/driver/src';
const client = 'packages/flasharray/src';
const acceptance = 'packages/driver/test/acceptance';

const createVolume = `${driver}/volumes/create-volume.ts`;
const deleteVolume = `${driver}/volumes/delete-volume.ts`;
const volumeOperations = `${driver}/volumes/volume-operations.ts`;
const snapshots = `${driver}/snapshots/snapshots.ts`;
const typeSettings = `${driver}/volume-types/type-settings.ts`;
const arrayFeatures = `${driver}/volume-types/array-features.ts`;

const volumeCases = `${acceptance}/volumes.test.ts`;
const snapshotCases = `${acceptance}/snapshots.test.ts`;
const typeCases = `${acceptance}/types.test.ts`;
const manageCases = `${acceptance}/manage.test.ts`;
const asyncCases = `${acceptance}/async-replication.test.ts`;
const refusals = `${acceptance}/refusals.test.ts`;

/** Volumes and their snapshots: made, copied, extended, deleted, reverted, retyped, taken over. */
export const volumeProofs: readonly Proof[] = [
  // Creating
  {
    claims: ['case 1'],
    edits: [
      edit(
        `${driver}/contract/record-updates.ts`,
        'array_volume_name: name, array_name: array.identity.name',
        'array_volume_name: name, array_name: array.identity.id',
      ),
    ],
    test: { file: volumeCases, title: 'case 1: ' },
  },
  {
    claims: ['case 2', 'D4', 'D34'],
    edits: [
      edit(`${client}/http/session-http.ts`, 'if (reply.status === 200) {', 'if (reply.status !== 400) {'),
    ],
    test: { file: volumeCases, title: 'case 2: ' },
  },
  {
    claims: ['a creation that failed tells that nothing was made only when the array says so'],
    edits: [edit(createVolume, ".kind === 'absent';", ".kind !== 'absent';")],
    test: { file: volumeCases, title: 'case 2: ' },
  },
  {
    claims: ['case 3'],
    edits: [edit(createVolume, "isArrayError(error, 'already-exists')", "isArrayError(error, 'destroyed')")],
    test: { file: volumeCases, title: 'case 3: ' },
  },
  {
    claims: ['case 4'],
    edits: [edit(createVolume, 'connections.length > 0', 'connections.length > 1')],
    test: { file: volumeCases, title: 'case 4: ' },
  },
  {
    claims: ['a copy of our name that is larger than its source is not taken for our half-made one'],
    edits: [edit(createVolume, 'found.size <= sourceSize', 'found.size <= size')],
    test: { file: volumeCases, title: 'case 4: ' },
  },
  {
    claims: ['case 5'],
    edits: [
      edit(
        `${driver}/names/volume-name.ts`,
        'longestVolumeName - template.length',
        'longestVolumeName - before.length',
      ),
    ],
    test: { file: volumeCases, title: 'case 5: ' },
  },

  // Limits
  {
    claims: ['case 6'],
    edits: [
      edit(
        createVolume,
        'isUnlimited(settings.qos) ? {} : { qos: settings.qos }',
        'isUnlimited(settings.qos) ? { qos: settings.qos } : {}',
      ),
    ],
    test: { file: typeCases, title: 'case 6: ' },
  },
  {
    claims: ['case 7'],
    edits: [edit(typeSettings, ' || value > largest) {', ') {')],
    test: { file: typeCases, title: 'case 7: ' },
  },
  {
    claims: ['case 8', 'D23'],
    edits: [edit(typeSettings, 'perGib * size, least', 'perGib / size, least')],
    test: { file: typeCases, title: 'case 8: ' },
  },
  {
    claims: ['case 9', 'D23'],
    edits: [
      edit(
        typeSettings,
        'perGib === null ? null : Math.min(',
        'perGib === null || perGib * size < least ? null : Math.min(',
      ),
    ],
    test: { file: typeCases, title: 'case 9: ' },
  },
  {
    claims: ['case 10', 'D11'],
    edits: [
      edit(
        volumeOperations,
        'const { qos } = typeSettings(volume.type, newSize);',
        'const { qos } = typeSettings(volume.type, volume.size);',
      ),
    ],
    test: { file: typeCases, title: 'case 10: ' },
  },

  // Volume groups, replication and default protection
  {
    claims: ['case 11', 'D24'],
    edits: [edit(typeSettings, '? value * mebibyte', '? value * 1_000_000')],
    test: { file: typeCases, title: 'case 11: ' },
  },
  {
    claims: ["a volume group is called as its type says, but for what the array's names cannot have"],
    edits: [edit(typeSettings, 'asked.trim().replaceAll(', 'asked.trim().toLowerCase().replaceAll(')],
    test: { file: typeCases, title: 'case 11: ' },
  },
  {
    claims: ['case 13'],
    edits: [
      edit(
        `${driver}/replication/replication.ts`,
        'this.kinds(currentId).includes(kind)',
        "this.kinds(currentId).includes('async')",
      ),
    ],
    test: { file: asyncCases, title: 'case 13: ' },
  },
  {
    claims: ['case 14'],
    edits: [edit(createVolume, 'if (!isTransient(failed?.reason))', 'if (isTransient(failed?.reason))')],
    test: { file: asyncCases, title: 'case 14: ' },
  },
  {
    claims: ['case 15', 'D25'],
    edits: [
      edit(
        `${client}/rest2/volumes.ts`,
        'names: [copy.name], ...this.#protection(copy.defaultProtection)',
        'names: [copy.name]',
      ),
    ],
    test: { file: typeCases, title: 'case 15: ' },
  },

  // Copies
  {
    claims: ['case 16'],
    edits: [edit(createVolume, 'isCopy && made.size < size', 'isCopy && made.size > size')],
    test: { file: volumeCases, title: 'case 16: a volume larger than its snapshot is extended' },
  },
  {
    claims: ['D36'],
    edits: [
      edit(
        createVolume,
        'isCopy && made.size < size',
        'isCopy && settings.volumeGroup === null && made.size < size',
      ),
    ],
    test: {
      file: volumeCases,
      title: 'case 16: a volume larger than its snapshot is extended in its volume group',
    },
  },
  {
    claims: ['case 17'],
    edits: [edit(`${driver}/groups/group-operations.ts`, ', names.of(snapshot.volume));', ', snapshot.id);')],
    test: { file: `${acceptance}/groups.test.ts`, title: 'case 17: ' },
  },
  {
    claims: ['case 19'],
    edits: [
      edit(
        createVolume,
        'isCopy ? array.volumes.setQos(',
        "origin.kind === 'snapshot' ? array.volumes.setQos(",
      ),
    ],
    test: { file: typeCases, title: 'case 19: ' },
  },

  // Deleting
  {
    claims: ['case 20'],
    edits: [
      edit(
        `${driver}/connections/disconnect-host.ts`,
        '!unused || !isOurHost(host.name)',
        '!unused || isOurHost(host.name)',
      ),
    ],
    test: { file: volumeCases, title: 'case 20: ' },
  },
  {
    claims: ['case 21'],
    edits: [
      edit(
        deleteVolume,
        "logger.warn({ volume: name }, 'the volume to delete is not",
        "logger.info({ volume: name }, 'the volume to delete is not",
      ),
    ],
    test: { file: volumeCases, title: 'case 21: ' },
  },
  {
    claims: ['case 22'],
    edits: [
      edit(deleteVolume, 'if (request.eradicate) {', "if (request.eradicate && outcome !== 'destroyed') {"),
    ],
    test: { file: volumeCases, title: 'case 22: ' },
  },
  {
    claims: ['case 23', 'D10'],
    edits: [
      edit(
        volumeOperations,
        'if (volume.providerId === null) {\n      return;\n',
        'if (volume.providerId === null) {\n' +
          '      return this.delete({ ...volume, providerId: this.#dependencies.names.own(volume) });\n',
      ),
    ],
    test: { file: volumeCases, title: 'case 23: ' },
  },
  {
    claims: ['case 24'],
    edits: [
      edit(
        `${driver}/config/backend-config.ts`,
        'eradicateOnDelete && !safemodeEnabled',
        'eradicateOnDelete || safemodeEnabled',
      ),
    ],
    test: { file: typeCases, title: 'case 24: ' },
  },
  {
    claims: ['case 25'],
    edits: [edit(deleteVolume, 'if (group !== null) {', "if (group !== null && outcome === 'absent') {")],
    test: { file: typeCases, title: 'case 25: ' },
  },
  {
    claims: ['case 26', 'D40'],
    edits: [
      edit(
        `${driver}/connections/volume-hosts.ts`,
        'connections.find(({ hostGroup }) => hostGroup !== null)',
        'connections.find(({ hostGroup }) => hostGroup === null)',
      ),
    ],
    test: { file: typeCases, title: 'case 26: ' },
  },

  // Extending
  {
    claims: ['case 27'],
    edits: [edit(`${client}/rest1/volumes.ts`, 'truncate: false', 'truncate: true')],
    test: { file: volumeCases, title: 'case 27: ' },
  },

  // Snapshots
  {
    claims: ['case 28', 'D1'],
    edits: [
      edit(
        snapshots,
        'array.volumes.overwrite(volumeName, snapshotName)',
        'array.volumes.overwrite(volumeName, volumeName)',
      ),
    ],
    test: { file: snapshotCases, title: 'case 28: ' },
  },
  {
    claims: ['case 29', 'D1', 'D4'],
    edits: [
      edit(
        snapshots,
        'extend(volumeName, size);\n    }\n  } catch (error) {\n    throw arrayFailure(doing, error);\n',
        'extend(volumeName, size);\n    }\n  } catch (error) {\n' +
          '    if (!isArrayError(error)) {\n      throw arrayFailure(doing, error);\n    }\n',
      ),
    ],
    test: { file: snapshotCases, title: 'case 29: ' },
  },
  {
    claims: ['case 30'],
    edits: [
      edit(
        snapshots,
        "isArrayError(error, 'already-exists') && seen.size",
        "isArrayError(error, 'destroyed') && seen.size",
      ),
    ],
    test: { file: snapshotCases, title: 'case 30: ' },
  },
  {
    claims: ['case 31'],
    edits: [
      edit(
        snapshots,
        "'not-found', 'destroyed')) {\n      throw arrayFailure(`Deleting",
        "'not-found')) {\n      throw arrayFailure(`Deleting",
      ),
    ],
    test: { file: snapshotCases, title: 'case 31: ' },
  },
  {
    claims: ['a snapshot that is deleted is destroyed, and eradicated only when that is configured'],
    edits: [edit(snapshots, 'if (!eradicate) {', 'if (eradicate) {')],
    test: { file: snapshotCases, title: 'case 31: ' },
  },

  // Retyping
  {
    claims: ['case 77', 'D39'],
    edits: [
      edit(
        `${driver}/volumes/retype.ts`,
        'newName === name && settings.volumeGroup !== null',
        'newName !== name && settings.volumeGroup !== null',
      ),
    ],
    test: { file: `${acceptance}/retype.test.ts`, title: 'case 77: ' },
  },

  // Taking over
  {
    claims: ['case 82', 'D14'],
    edits: [edit(`${driver}/manage/manage-volume.ts`, '  return target;', '  return request.ownName;')],
    test: { file: manageCases, title: 'case 82: ' },
  },
  {
    claims: ['case 83', 'D41'],
    edits: [
      edit(
        `${driver}/manage/manage-snapshot.ts`,
        'name.slice(0, dot).toLowerCase() !== volume.toLowerCase()',
        'dot === 0',
      ),
    ],
    test: { file: manageCases, title: 'case 83: ' },
  },
  {
    claims: ['case 86', 'D18'],
    edits: [
      edit(
        `${driver}/manage/manageable-list.ts`,
        "throw arrayFailure('Listing the volumes of the array', error);",
        "const failure = arrayFailure('Listing the volumes of the array', error);\n" +
          "    if (failure.code !== 'array') {\n      throw failure;\n    }\n    return [];",
      ),
    ],
    test: { file: manageCases, title: 'case 86: ' },
  },

  // What an array lacks
  {
    claims: ['an array without IOPS limits is asked for none: a type that wants one is refused before'],
    edits: [edit(arrayFeatures, 'iops !== null && !capabilities', 'iops !== null && capabilities')],
    test: { file: refusals, title: 'what REST 1.2 lacks a limit of IOPS' },
  },
  {
    claims: ['an array without volume groups is asked for none: a type that wants one is refused before'],
    edits: [
      edit(
        arrayFeatures,
        'volumeGroup !== null && !capabilities.containers',
        'volumeGroup !== null && capabilities.containers',
      ),
    ],
    test: { file: refusals, title: 'what REST 1.2 lacks a volume group' },
  },
  {
    claims: ['an NVMe back end on an array without NVMe does not become ready'],
    edits: [edit(arrayFeatures, '!array.capabilities.nvme)', 'array.capabilities.nvme)')],
    test: { file: refusals, title: 'what REST 1.2 lacks NVMe over roce' },
  },
  {
    claims: ['an NVMe over TCP back end on an array before 6.4.2 does not become ready'],
    edits: [edit(arrayFeatures, "protocol.transport === 'tcp'", "protocol.transport === 'roce'")],
    test: { file: refusals, title: 'NVMe over TCP needs Purity 6.4.2' },
  },
  {
    claims: ['an array that cannot rename snapshots is told of, and no snapshot is taken over there'],
    edits: [
      edit(
        `${driver}/manage/manage-snapshot.ts`,
        'if (!array.capabilities.snapshotRename)',
        'if (array.capabilities.snapshotRename)',
      ),
    ],
    test: { file: refusals, title: 'what REST 1.2 lacks renaming of snapshots' },
  },
  {
    claims: ['case 12'],
    edits: [
      edit(
        typeSettings,
        'volumeGroup !== null && isInPod(replication)',
        'volumeGroup === null && isInPod(replication)',
      ),
    ],
    test: { file: typeCases, title: 'case 12: ' },
  },
  {
    claims: ['case 18'],
    edits: [
      edit(
        createVolume,
        'isCopy ? array.volumes.setQos(',
        "origin.kind === 'volume' ? array.volumes.setQos(",
      ),
    ],
    test: { file: typeCases, title: 'case 18: ' },
  },
  {
    claims: ['D49'],
    edits: [edit(`${driver}/containers/volume-groups.ts`, 'attempt < attempts &&', 'attempt > attempts &&')],
    test: { file: typeCases, title: 'case 25: a create whose volume group goes in between' },
  },
];
