import { edit, type Proof } from '../proof.ts';

const manager = 'packages/volume-manager';
const driver = 'packages/driver';
const replication = `${driver}/src/replication`;
const services = 'packages/block-storage/src/services/services.ts';
const failoverHost = `${manager}/src/operations/services/failover-host.ts`;
const ofFailovers = `${manager}/test/failover.test.ts`;
const ofWorkMeanwhile = `${manager}/test/during-failover.test.ts`;
const ofSecondFailovers = `${driver}/test/second-failover.test.ts`;
const ofGroups = `${driver}/test/repeated-groups.test.ts`;

/** Failovers and the way back: what is switched, what is kept, what is said. */
export const failoverProofs: readonly Proof[] = [
  // What is switched, and when.
  {
    claims: ['a back end whose primary is dead at the start can be failed over'],
    edits: [
      edit(
        `${manager}/src/run/runner.ts`,
        "return definition.backend === 'shared' ? backend.readyDriver() : backend.driver;",
        "return definition.backend !== 'none' ? backend.readyDriver() : backend.driver;",
      ),
    ],
    test: {
      file: ofFailovers,
      title: 'that was interrupted goes on at the next start, with the primary lost',
    },
  },
  {
    claims: ['a back end is up after a failback although a call is refused that sets replication up'],
    edits: [
      edit(
        `${driver}/src/backend/backend-life.ts`,
        '      this.#currentId = wanted;\n',
        '      this.#currentId = wanted;\n      await replication.setUp(wanted);\n',
      ),
    ],
    test: { file: ofWorkMeanwhile, title: 'is up although a call is refused that sets replication up' },
  },
  {
    claims: ['a failover goes on with the sessions that the back end has'],
    edits: [
      edit(
        `${driver}/src/backend/backend-life.ts`,
        'const array = await arrays.get(wanted);',
        'await arrays.close();\n      const array = await arrays.get(wanted);',
      ),
    ],
    test: {
      file: ofWorkMeanwhile,
      title: 'works with the session that it has, and asks nothing of an array that is silent',
    },
  },
  {
    claims: ['a target that goes away during the copies is not switched to'],
    edits: [
      edit(
        `${replication}/patience.ts`,
        '      if (isTransient(error)) {',
        '      if (!isTransient(error)) {',
      ),
    ],
    test: { file: ofGroups, title: 'a target that goes away during the copies is not switched to' },
  },
  {
    claims: ['a primary whose side of the pod is not in step is not gone back to'],
    edits: [edit(`${replication}/failback.ts`, "if (status !== 'online') {", "if (status === 'absent') {")],
    test: {
      file: ofSecondFailovers,
      title: 'a primary whose side of the pod is not online is not gone back to',
    },
  },
  {
    claims: ['what is accepted while a failover runs is done on the array that is current after it'],
    edits: [
      edit(
        `${manager}/src/operations/services/failover-rows.ts`,
        "    case 'restored':\n      await records.volumes.update(volume.id, {",
        "    case 'restored':\n" +
          '      await records.volumes.update(volume.id, {\n' +
          '        status: volume.status,',
      ),
    ],
    test: { file: ofWorkMeanwhile, title: 'an extend' },
  },

  // What the volumes are there.
  {
    claims: ['a volume that has grown since its last copy has its size after a failover'],
    edits: [edit(`${replication}/restore-volume.ts`, 'if (made.size < size) {', 'if (made.size > size) {')],
    test: {
      file: ofSecondFailovers,
      title: 'a volume that has grown since its last copy has its size again',
    },
  },
  {
    claims: ['a volume that has grown while failed over has its size after the failback'],
    edits: [
      edit(
        `${replication}/outdated-volumes.ts`,
        'state.volume.size < gibibytesToBytes(size)',
        'state.volume.size > gibibytesToBytes(size)',
      ),
    ],
    test: {
      file: ofSecondFailovers,
      title: 'a volume that has grown while failed over has its size after the failback',
    },
  },
  {
    claims: ['a second failover keeps what was written during the first'],
    edits: [
      edit(
        `${replication}/restore-volume.ts`,
        '    await overwritten.keep(name, copy);\n    return await array.volumes.overwrite(name, source);',
        '    const written = await array.volumes.overwrite(name, source);\n' +
          '    await overwritten.keep(name, copy);\n' +
          '    return written;',
      ),
    ],
    test: {
      file: ofSecondFailovers,
      title: 'what was written during the first failover is kept when a second one overwrites it',
    },
  },
  {
    claims: ['a failover takes the newest copy, whatever the group is called'],
    edits: [
      edit(`${replication}/failover-target.ts`, 'other.started - one.started', 'one.started - other.started'),
    ],
    test: { file: ofGroups, title: 'the newest copy is taken, under whichever name the primary has it' },
  },
  {
    claims: ['limits that are not valid cost no volume its copy'],
    edits: [
      edit(
        `${replication}/restore-volume.ts`,
        '    isInvalid(error);\n    return null;',
        '    isInvalid(error);\n    throw error;',
      ),
    ],
    test: {
      file: ofGroups,
      title: 'limits that are invalid, or refused, cost no volume its copy, and are told',
    },
  },
  {
    claims: ['limits of a volume group that the target refuses cost no volume its copy'],
    edits: [
      edit(
        `${replication}/restore-volume.ts`,
        'isTransient(error) || isUnlimited(group.qos)',
        'isTransient(error) || !isUnlimited(group.qos)',
      ),
    ],
    test: {
      file: ofSecondFailovers,
      title: 'limits of a volume group that are refused cost no volume its copy',
    },
  },

  // Groups.
  {
    claims: ['a replicated group is refused while failed over, and nothing is made'],
    edits: [
      edit(
        `${replication}/replication.ts`,
        'if (arrays.find(primaryId)?.identity.id !== source.identity.id) {',
        'if (arrays.find(primaryId)?.identity.id !== source.identity.id && parseArrayName(name).pod ' +
          '!== null) {',
      ),
    ],
    test: {
      file: ofSecondFailovers,
      title: 'a replicated group is refused while failed over, and nothing is made',
    },
  },
  {
    claims: ['volumes of the pod join a group of the pod'],
    edits: [
      edit(
        `${driver}/src/groups/group-operations.ts`,
        'add: add.map((volume) => names.of(volume)),',
        'add: add.map((volume) => names.of(volume)).filter((name) => parseArrayName(name).pod === null),',
      ),
    ],
    test: {
      file: ofSecondFailovers,
      title: 'volumes of the pod join and leave a group of the pod, and no other ones do',
    },
  },

  // What the service says of itself.
  {
    claims: ['a failover that is refused leaves a healthy primary in service'],
    edits: [edit(failoverHost, 'failure.nothingMade\n          ? {', '!failure.nothingMade\n          ? {')],
    test: { file: ofFailovers, title: 'that is refused leaves a healthy primary in service, and says why' },
  },
  {
    claims: ['enabling a service clears the error of its last failover'],
    edits: [
      edit(
        services,
        "if (!disabled && service.replicationStatus === 'failover-error') {",
        "if (disabled && service.replicationStatus === 'failover-error') {",
      ),
    ],
    test: { file: ofFailovers, title: 'enabling a service clears failover-error' },
  },
  {
    claims: ['thawing a service that has failed over leaves it disabled'],
    edits: [edit(services, '...(isFailedOver ? {', '...(!isFailedOver ? {')],
    test: { file: ofFailovers, title: 'enabling a service clears failover-error' },
  },
  {
    claims: ['a service that nobody serves cannot be failed over'],
    edits: [
      edit(
        services,
        'if (!backends.reports().some((report) => report.host === host)) {',
        'if (backends.reports().length === 0) {',
      ),
    ],
    test: { file: ofFailovers, title: 'a service that nobody serves cannot be failed over' },
  },
  {
    claims: ['a set-up that is tried again does not close the arrays under a running failover'],
    edits: [edit('packages/volume-manager/src/backends/backend.ts', '{ key: `backend:', '{ key: `set-up:')],
    test: {
      file: 'packages/volume-manager/test/failover.test.ts',
      title: 'an asynchronous failover that was interrupted goes on at the next start',
    },
  },
];
