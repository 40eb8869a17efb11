import { edit, type Proof } from '../proof.ts';

const source = 'packages/simulator/src';
const rules = `${source}/model/rules`;
const rest1 = `${source}/rest1`;
const rest2 = `${source}/rest2`;
const tests = 'packages/simulator/test';

const groupTests = `${tests}/protection-groups.test.ts`;
const safeMode = `${tests}/safe-mode.test.ts`;
const ranges = `${tests}/settings-ranges.test.ts`;
const overHttp = `${tests}/control-over-http.test.ts`;

/** What the simulated array does as the vendor's documents say, and how it is steered. */
export const simulatorProofs: readonly Proof[] = [
  // Protection groups
  {
    claims: ['the simulated array shows nothing of a pod but its id and name as the source of a group'],
    edits: [
      edit(`${source}/model/fleet/replication-targets.ts`, ': { id: pod.id, name: pod.name };', ': pod;'),
    ],
    test: { file: groupTests, title: 'a group in a pod says the id and the name of the pod as its source' },
  },
  {
    claims: ['a group snapshot of the simulated array is renamed with its parts'],
    edits: [
      edit(
        `${rules}/protection-groups.ts`,
        'partsOf(model, snapshot.id)) {',
        'partsOf(model, snapshot.id).slice(1)) {',
      ),
    ],
    test: { file: groupTests, title: 'a group snapshot is renamed with all its parts' },
  },
  {
    claims: ['the blackout of a replication schedule is cleared by an empty text'],
    edits: [
      edit(
        `${rest2}/protection-groups.ts`,
        '? null\n            : { start',
        '? group.replicationSchedule.blackout\n            : { start',
      ),
    ],
    test: {
      file: `${tests}/blackout.test.ts`,
      title: 'the blackout of a replication schedule is set, and cleared by an empty text',
    },
  },
  {
    claims: ['REST 2 of the simulated array refuses schedules and retention out of range'],
    edits: [
      edit(
        `${rest2}/protection-groups.ts`,
        'requireSettings(settled, model.settings.purityVersion)',
        'requireSettings(group, model.settings.purityVersion)',
      ),
    ],
    test: { file: ranges, title: 'schedules and retention that no array takes are refused' },
  },
  {
    claims: ['REST 1 of the simulated array refuses schedules and retention out of range'],
    edits: [
      edit(
        `${rest1}/protection-group-settings.ts`,
        'requireSettings(group, model.settings.purityVersion)',
        'requireSettings(liveGroup(model, group.name), model.settings.purityVersion)',
      ),
    ],
    test: { file: ranges, title: 'schedules and retention that no array takes are refused' },
  },
  {
    claims: ['schedules of the simulated array run every 300 seconds at the most often'],
    edits: [edit(`${rules}/protection-group-settings.ts`, 'frequency < 300_000', 'frequency < 299_999')],
    test: {
      file: `${rules}/protection-group-settings.test.ts`,
      title: 'what an array does not take is refused',
    },
  },
  {
    claims: ['how long the simulated array keeps snapshots depends on its Purity version'],
    edits: [edit(`${rules}/protection-group-settings.ts`, '[6, 6, 4]', '[6, 6, 3]')],
    test: {
      file: `${rules}/protection-group-settings.test.ts`,
      title: 'what an array does not take is refused',
    },
  },

  // Ratcheted groups
  {
    claims: ['a snapshot of a member of a ratcheted group is not eradicated by hand'],
    edits: [
      edit(
        `${rules}/safe-mode.ts`,
        'isLocked(model, { groupSnapshot })) ||',
        'isLocked(model, { groupSnapshot })) &&',
      ),
    ],
    test: { file: safeMode, title: 'a member of a ratcheted group, its snapshots and those of the group' },
  },
  {
    claims: ['a snapshot of a ratcheted group is not eradicated by hand'],
    edits: [edit(`${rules}/safe-mode.ts`, 'byId(item.groupSnapshot.groupId)', 'byId(item.groupSnapshot.id)')],
    test: { file: safeMode, title: 'a member of a ratcheted group, its snapshots and those of the group' },
  },
  {
    claims: ['a volume that is a member of a ratcheted group is not eradicated by hand'],
    edits: [
      edit(
        `${rules}/volumes.ts`,
        'requireEradicable(model, { volumeId: volume.id });',
        'requireEradicable(model);',
      ),
    ],
    test: { file: safeMode, title: 'a member of a ratcheted group, its snapshots and those of the group' },
  },
  {
    claims: ['a volume group is not eradicated with a member of a ratcheted group in it'],
    edits: [
      edit(
        `${rules}/containers.ts`,
        'requireEradicable(model, ...volumesInGroup(model, group).map(({ id }) => ({ volumeId: id })));',
        'requireEradicable(model);',
      ),
    ],
    test: { file: safeMode, title: 'a container of a member of a ratcheted group is not eradicated' },
  },
  {
    claims: ['members do not leave a ratcheted group'],
    edits: [
      edit(
        `${rules}/safe-mode.ts`,
        'if (isRatcheted(group)) throw locked(context)',
        'if (isRatcheted(group) && group.eradicateAt !== null) throw locked(context)',
      ),
    ],
    test: { file: safeMode, title: 'members and targets do not leave a ratcheted group' },
  },
  {
    claims: ['members of a ratcheted group are not replaced by others through REST 1'],
    edits: [
      edit(
        `${rules}/protection-groups.ts`,
        'group[kind].some((id) => !changed[kind].includes(id))',
        'group[kind].some((id) => changed[kind].includes(id))',
      ),
    ],
    test: { file: safeMode, title: 'members and targets do not leave a ratcheted group' },
  },
  {
    claims: ['a ratcheted group with members is not destroyed'],
    edits: [
      edit(
        `${rules}/safe-mode.ts`,
        'members.some((ids) => ids.length > 0)',
        'members.every((ids) => ids.length > 0)',
      ),
    ],
    test: { file: safeMode, title: 'members and targets do not leave a ratcheted group' },
  },
  {
    claims: ['a target does not leave a ratcheted group'],
    edits: [
      edit(
        `${source}/model/fleet/replication-targets.ts`,
        'requireRemovable(group, arrayName);',
        'if (!target.allowed) requireRemovable(group, arrayName);',
      ),
    ],
    test: { file: safeMode, title: 'a target does not leave a ratcheted group' },
  },
  {
    claims: ['the schedule of a ratcheted group is not switched off'],
    edits: [
      edit(
        `${rules}/safe-mode.ts`,
        '(!after.enabled || after.frequency > before.frequency)',
        'after.frequency > before.frequency',
      ),
    ],
    test: { file: safeMode, title: 'what a ratcheted group keeps can only grow' },
  },
  {
    claims: ['a ratcheted group does not keep less through REST 1'],
    edits: [
      edit(
        `${rest1}/protection-group-settings.ts`,
        'requireNoLess(liveGroup(model, group.name), group)',
        'requireNoLess(group, liveGroup(model, group.name))',
      ),
    ],
    test: { file: safeMode, title: 'what a ratcheted group keeps can only grow' },
  },
  {
    claims: ['a pod says for its own groups whether something in it cannot be eradicated'],
    edits: [
      edit(
        `${rules}/safe-mode.ts`,
        'pod === null || podNameOf(name) === pod',
        'pod !== null || podNameOf(name) === pod',
      ),
    ],
    test: { file: safeMode, title: 'an array and a pod say when something on them cannot be eradicated' },
  },
  {
    claims: ['the older name of both eradication delays is refused where they differ'],
    edits: [
      edit(`${rest2}/arrays.ts`, 'eradicationDelay !== disabledDelay', 'eradicationDelay > disabledDelay'),
    ],
    test: { file: safeMode, title: 'the older name of both eradication delays fails where they differ' },
  },
  {
    claims: ['a ratcheted group without members is destroyed'],
    edits: [edit(`${rules}/safe-mode.ts`, 'ids.length > 0', 'ids.length >= 0')],
    test: { file: safeMode, title: 'an empty ratcheted group is destroyed' },
  },

  // The control interface
  {
    claims: ['arguments of the control interface that are none are refused as such'],
    edits: [edit(`${source}/control/http-control.ts`, 'reply.code(400).send(', 'reply.code(500).send(')],
    test: { file: overHttp, title: 'admin with ' },
  },
  {
    claims: ['the control interface refuses a name that is null'],
    edits: [
      edit(
        `${source}/control/admin-operations.ts`,
        "kind: z.literal('createVolume'),\n    name: z.string(),",
        "kind: z.literal('createVolume'),\n    name: z.coerce.string(),",
      ),
    ],
    test: { file: overHttp, title: 'admin with ["fa1",{"kind":"createVolume","name":null' },
  },
  {
    claims: ['the control interface refuses a misspelt word of an administrator'],
    edits: [
      edit(
        `${source}/control/admin-operations.ts`,
        "z.strictObject({\n    kind: z.literal('createHost'),",
        "z.object({\n    kind: z.literal('createHost'),",
      ),
    ],
    test: { file: overHttp, title: 'admin with ["fa1",{"kind":"createHost"' },
  },
  {
    claims: ['the control interface refuses a misspelt word of what a hold waits for'],
    edits: [
      edit(`${source}/control/parameters.ts`, 'const match = z.strictObject({', 'const match = z.object({'),
    ],
    test: { file: overHttp, title: 'armHold with ' },
  },
  {
    claims: ['a write that the control interface has confirmed survives a crash of the simulator'],
    edits: [edit(`${source}/control/operations.ts`, 'writeVolume: changing(', 'writeVolume: asking(')],
    test: { file: overHttp, title: 'what the control interface confirmed is there after a crash' },
  },

  // Requests that name another host
  {
    claims: ['a simulated array takes no request that names another host'],
    edits: [
      edit(
        `${source}/array/array-server.ts`,
        'if (!isOwnHost(request.headers.host, this.#host))',
        "if (request.method !== 'GET' && !isOwnHost(request.headers.host, this.#host))",
      ),
    ],
    test: {
      file: `${source}/simulator.test.ts`,
      title: 'a request that says the name of another host reaches neither arrays nor control interface',
    },
  },
  {
    claims: ['the control interface takes no request that names another host'],
    edits: [
      edit(
        `${source}/control/http-control.ts`,
        "if (!isOwnHost(request.headers.host, 'localhost'))",
        "if (request.method !== 'GET' && !isOwnHost(request.headers.host, 'localhost'))",
      ),
    ],
    test: {
      file: `${source}/simulator.test.ts`,
      title: 'a request that says the name of another host reaches neither arrays nor control interface',
    },
  },
  {
    claims: ['a name that only begins with localhost is another host'],
    edits: [edit(`${source}/http/own-host.ts`, "name === 'localhost'", "name.startsWith('localhost')")],
    test: {
      file: `${source}/http/own-host.test.ts`,
      title: 'a request for localhost.evil.example is not ours',
    },
  },
];
