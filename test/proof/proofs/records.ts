import { edit, type Proof } from '../proof.ts';

const blockStorage = 'packages/block-storage/src';
const manager = 'packages/volume-manager/src';
const driver = 'packages/driver/src';
const client = 'packages/flasharray/src';
const managerTests = 'packages/volume-manager/test';
const records = `${managerTests}/records.test.ts`;
const groups = 'packages/driver/test/repeated-groups.test.ts';

/** What only the records know, and what a start or a refusal leaves in them. */
export const recordProofs: readonly Proof[] = [
  {
    claims: ['metadata of a volume are kept as they were given'],
    edits: [
      edit(
        `${blockStorage}/volumes/change-volume.ts`,
        'await records.volumes.setMetadata(id, metadata, how);',
        'await records.volumes.setMetadata(id, {}, how);',
      ),
    ],
    test: { file: records, title: 'metadata of a volume are merged or replaced' },
  },
  {
    claims: ['a key of metadata that is not there is not said to be deleted'],
    edits: [
      edit(
        `${blockStorage}/volumes/change-volume.ts`,
        'if (!(await records.volumes.deleteMetadata(id, key))) {',
        'if ((await records.volumes.deleteMetadata(id, key)) && key === id) {',
      ),
    ],
    test: { file: records, title: 'metadata of a volume go one by one' },
  },
  {
    claims: ['a key of QoS specs that is not there is not said to be deleted'],
    edits: [
      edit(`${blockStorage}/qos-specs/qos-specs.ts`, 'if (missing !== undefined) {', 'if (missing === id) {'),
    ],
    test: { file: records, title: 'QoS specs lose keys that they have' },
  },
  {
    claims: ['a key of QoS specs is none of their own fields'],
    edits: [
      edit(
        `${blockStorage}/qos-specs/qos-specs.ts`,
        "const reserved = ['name', 'consumer', 'QoS_Specs_Name'];",
        "const reserved = ['name', 'QoS_Specs_Name'];",
      ),
    ],
    test: { file: records, title: 'QoS specs with a key that cannot be one are refused: consumer' },
  },
  {
    claims: ['QoS specs in use are deleted by force only'],
    edits: [
      edit(
        `${blockStorage}/qos-specs/qos-specs.ts`,
        'types.length > 0 && !force',
        'types.length > 1 && !force',
      ),
    ],
    test: { file: records, title: 'QoS specs in use are deleted by force only' },
  },
  {
    claims: ['a type has one set of QoS specs'],
    edits: [
      edit(
        `${blockStorage}/qos-specs/qos-specs.ts`,
        'type.qosSpecsId !== null && type.qosSpecsId !== id',
        'type.qosSpecsId === id',
      ),
    ],
    test: { file: records, title: 'QoS specs in use are deleted by force only, and a type has one of them' },
  },
  {
    claims: ['a volume type has a name'],
    edits: [
      edit(
        `${blockStorage}/volume-types/volume-types.ts`,
        "name.trim() === '' || name.length > longestName",
        'name.length > longestName',
      ),
    ],
    test: { file: records, title: 'the name of a volume type cannot be' },
  },
  {
    claims: ['the name of a group type has 255 characters at most'],
    edits: [
      edit(
        `${blockStorage}/group-types/group-types.ts`,
        'const longestName = 255;',
        'const longestName = 256;',
      ),
    ],
    test: { file: records, title: 'the name of a group type cannot be' },
  },
  {
    claims: ['a member of a group is not retyped to a type that the group cannot have'],
    edits: [
      edit(
        `${blockStorage}/volumes/retype-volume.ts`,
        '!group.volumeTypeIds.includes(type.id)',
        'group.volumeTypeIds.length === 0',
      ),
    ],
    test: {
      file: `${managerTests}/groups.test.ts`,
      title: 'a member of a group is not retyped to a type that the group cannot have',
    },
  },
  {
    claims: ['a take-over that a start takes up is by what the request named'],
    edits: [
      edit(
        `${manager}/operations/volumes/manage-existing.ts`,
        'given: await driverVolume(records, volume), reference };',
        "given: await driverVolume(records, volume), reference: { ...reference, 'source-name': volumeId } };",
      ),
    ],
    test: {
      file: `${managerTests}/starts.test.ts`,
      title: 'a volume, and a snapshot, that were being taken over',
    },
  },
  {
    claims: ['a snapshot that the array refuses to delete has a message that says so'],
    edits: [
      edit(
        `${manager}/operations/snapshots/delete-snapshot.ts`,
        'messageDetails.snapshotBusy : messageDetails.snapshotDeleteError,',
        'messageDetails.snapshotDeleteError : messageDetails.snapshotBusy,',
      ),
    ],
    test: {
      file: `${managerTests}/manage-quota.test.ts`,
      title: 'a snapshot that the array refuses to delete has a message',
    },
  },
  {
    claims: ['a snapshot that was called off before it was taken is not taken'],
    edits: [
      edit(
        `${manager}/run/claim.ts`,
        'return (await records.snapshots.summary(claim.id))?.status === claim.status;',
        'return (await records.snapshots.summary(claim.id)) !== null;',
      ),
    ],
    test: {
      file: `${managerTests}/reset-status.test.ts`,
      title: 'a snapshot that was called off before it was taken',
    },
  },
  {
    claims: ['a protection group that cannot be taken back is not said to be made'],
    edits: [
      edit(
        `${driver}/groups/consistency-groups.ts`,
        'throw arrayFailure(`Recovering',
        "if (isArrayError(later, 'not-found')) throw arrayFailure(`Recovering",
      ),
    ],
    test: { file: groups, title: 'a group that was deleted and cannot be taken back' },
  },
  {
    claims: ['a replicated group that was deleted is taken back when it is made again'],
    edits: [
      edit(
        `${driver}/replication/replicated-group.ts`,
        'await protectionGroups.recover(name);\n      return;',
        'return;',
      ),
    ],
    test: { file: groups, title: 'a replicated group that was deleted is taken back' },
  },
  {
    claims: ['a volume leaves the protection group that was named, and no other'],
    edits: [
      edit(
        `${client}/rest2/protection-groups.ts`,
        'const rows = await this.#client.all(call, members, { group_names: [name] }, memberRow);\n      const',
        'const rows = await this.#client.all(call, members, {}, memberRow);\n      const',
      ),
    ],
    test: {
      file: 'packages/flasharray/test/contract.test.ts',
      title: 'protection groups > take volumes in and let them out',
    },
  },
  {
    claims: ['the log names each volume that a failover loses, with the reason'],
    edits: [
      edit(
        `${manager}/operations/services/tell-fates.ts`,
        'if (replicationDriverData === null) {',
        'if (replicationDriverData !== null) {',
      ),
    ],
    test: {
      file: `${managerTests}/failover-log.test.ts`,
      title: 'the log names each volume that a failover',
    },
  },
];
