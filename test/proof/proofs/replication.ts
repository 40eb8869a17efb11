import { edit, type Proof } from '../proof.ts';

const driver = 'packages/driver/src';
const acceptance = 'packages/driver/test/acceptance';
const asynchronous = `${acceptance}/async-replication.test.ts`;
const synchronous = `${acceptance}/sync-replication.test.ts`;

/** Replication between arrays: its set-up, failover and failback, and the stretched pod. */
export const replicationProofs: readonly Proof[] = [
  // Set-up of protection groups and of the pod.
  {
    claims: ['case 63'],
    edits: [
      edit(
        `${driver}/replication/replicated-group.ts`,
        'before.frequency === frequency &&',
        'before.frequency === frequency / 1_000 &&',
      ),
    ],
    test: { file: asynchronous, title: 'case 63: ' },
  },
  {
    claims: ['D8', 'case 64'],
    edits: [
      edit(
        `${driver}/replication/await-replication.ts`,
        'const patience = 180_000;',
        'const patience = 240_000;',
      ),
    ],
    test: { file: asynchronous, title: 'case 64: ' },
  },
  {
    claims: ['case 65'],
    edits: [
      edit(
        `${driver}/containers/stretched-pod.ts`,
        "if (state.kind === 'live' && holds(state.pod, to)) {",
        "if (state.kind === 'live' && (holds(state.pod, to) || state.pod.members.length > 1)) {",
      ),
    ],
    test: { file: synchronous, title: 'case 65: ' },
  },
  {
    claims: ['D37', 'case 94'],
    edits: [edit(`${driver}/replication/replicated-group.ts`, 'wanted.every(', 'wanted.some(')],
    test: { file: asynchronous, title: 'case 94: a target that is added is waited for' },
  },
  {
    claims: ['D46'],
    edits: [
      edit(
        `${driver}/config/read-replication-config.ts`,
        'devices.length === 2 && mixed && differ',
        'devices.length === 2 && (mixed || differ)',
      ),
    ],
    test: {
      file: 'packages/driver/src/config/read-replication-config.test.ts',
      title: 'with no sync array is refused',
    },
  },

  // Volumes of a replicated type.
  {
    claims: ['D7'],
    edits: [
      edit(
        `${driver}/volumes/create-volume.ts`,
        'await array.volumes.destroy(name);',
        'await array.volumes.destroy(name);\n    await array.volumes.eradicate(name);',
      ),
    ],
    test: { file: asynchronous, title: 'case 14: a volume that cannot join the group' },
  },
  {
    claims: ['D7'],
    edits: [
      edit(
        `${driver}/replication/replication.ts`,
        'this.hasPod && this.servesPod(currentId)',
        'this.servesPod(currentId)',
      ),
    ],
    test: { file: asynchronous, title: 'case 13: a sync type on a back end' },
  },
  {
    claims: ['case 77', 'a retype takes a volume out of the groups of the replication that it had'],
    edits: [
      edit(
        `${driver}/volumes/retype-replication.ts`,
        'if (isMember !== isWanted) {',
        'if (isWanted && !isMember) {',
      ),
    ],
    test: { file: synchronous, title: 'case 77: every cell of replication' },
  },

  // Failover to copies.
  {
    claims: ['D5', 'case 66'],
    edits: [
      edit(
        `${driver}/backend/backend-life.ts`,
        'const connecting = arrays.get(this.#currentId);',
        'const [, ...targets] = arrays.places;\n' +
          '      const place = this.#currentId === this.#primaryId ? null : targets.at(-1);\n' +
          '      const connecting = arrays.get(place?.backendId ?? this.#currentId);',
      ),
    ],
    test: { file: asynchronous, title: 'case 66: with the primary lost the driver starts on the target' },
  },
  {
    claims: ['case 69'],
    edits: [
      edit(
        `${driver}/replication/failover-target.ts`,
        '.flat()\n    .filter(({ complete }) => complete)',
        '.flat()',
      ),
    ],
    test: { file: asynchronous, title: 'case 69: ' },
  },
  {
    claims: ['of several targets that are fit the first one of the configuration is failed over to'],
    edits: [
      edit(
        `${driver}/replication/failover-target.ts`,
        'targets.filter((candidate) => candidate.role === role)',
        'targets.filter((candidate) => candidate.role === role).toReversed()',
      ),
    ],
    test: { file: asynchronous, title: 'case 69: ' },
  },
  {
    claims: ['D2', 'case 70'],
    edits: [
      edit(
        `${driver}/replication/failover.ts`,
        "return { id, kind: 'error', reason: failure.message };",
        "return { id, kind: 'restored' };",
      ),
    ],
    test: { file: asynchronous, title: 'case 70: one volume that the target refuses' },
  },
  {
    claims: ['D38', 'case 70'],
    edits: [
      edit(
        `${driver}/replication/failover.ts`,
        'await restoreVolume(target, volume, name, part);',
        'await restoreVolume(target, { ...volume, type: volumes[0]?.type ?? null }, name, part);',
      ),
    ],
    test: { file: asynchronous, title: 'case 70: every volume gets the limits of its own type' },
  },
  {
    claims: ['D2', 'case 71'],
    edits: [
      edit(
        'packages/flasharray/src/rest2/volumes.ts',
        '{ names: [name], overwrite: true }',
        '{ names: [name], overwrite: true, ...this.#protection(false) }',
      ),
    ],
    test: { file: asynchronous, title: 'case 71: ' },
  },
  {
    claims: ['case 72'],
    edits: [
      edit(
        `${driver}/replication/failback.ts`,
        'if (currentId === primaryId) {',
        'if (currentId === primaryId && replication.hasPod) {',
      ),
    ],
    test: { file: asynchronous, title: 'case 72: ' },
  },
  {
    claims: ['D17', 'case 73'],
    edits: [
      edit(
        `${driver}/replication/failover-target.ts`,
        'if (copies.length === 0) {',
        'if (copies.length === 0 && config.trisyncGroup !== null) {',
      ),
    ],
    test: { file: asynchronous, title: 'case 73: ' },
  },
  {
    claims: ['case 76'],
    edits: [
      edit(
        `${driver}/backend/backend-life.ts`,
        "if (wanted === this.#currentId && this.#stage.kind === 'open') {\n",
        "if (wanted === this.#currentId && this.#stage.kind === 'open') {\n      await this.open();\n",
      ),
    ],
    test: { file: asynchronous, title: 'case 76: ' },
  },

  // Failover within the pod, and the way back.
  {
    claims: ['D47', 'case 74'],
    edits: [
      edit(
        `${driver}/replication/failover-target.ts`,
        "if (status === 'online') {",
        "if (status !== 'absent') {",
      ),
    ],
    test: { file: synchronous, title: 'case 74: none is chosen with the side of fa2 offline' },
  },
  {
    claims: ['D48'],
    edits: [
      edit(
        `${driver}/replication/missing-from-pod.ts`,
        'if (live.has(inPod.toLowerCase())) {',
        "if (live.has(inPod.toLowerCase()) || (await array.volumes.find(inPod)).kind === 'destroyed') {",
      ),
    ],
    test: { file: synchronous, title: 'case 74: a destroyed volume of the pod is no survivor' },
  },
  {
    claims: ['D12', 'case 75'],
    edits: [
      edit(
        `${driver}/replication/replication.ts`,
        '(currentId === primaryId || (backendId === primaryId && this.isSyncPeer(currentId))),',
        'currentId === primaryId,',
      ),
    ],
    test: { file: synchronous, title: 'case 75: after failover and failback everything' },
  },
  {
    claims: ['D12', 'volumes of the third site are in the pod after a failback, and not told as outdated'],
    edits: [
      edit(
        `${driver}/replication/failback.ts`,
        'fromSyncPeer && isInPod(replicationOf(type))',
        "fromSyncPeer && isInPod(replicationOf(type)) && replicationOf(type) !== 'trisync'",
      ),
    ],
    test: { file: synchronous, title: 'case 75: the third site has the volumes of the pod' },
  },
  {
    claims: ['D46', 'a failover to the third site finds the volumes of the pod in the copy'],
    edits: [
      edit(
        `${driver}/replication/failover-target.ts`,
        '[{ snapshot: ofPod, pod }]',
        '[{ snapshot: ofPod, pod: null }]',
      ),
    ],
    test: { file: synchronous, title: 'case 75: the third site has the volumes of the pod' },
  },

  // Ways into the pod and out of it.
  {
    claims: ['D3', 'case 78'],
    edits: [
      edit(
        `${driver}/containers/ghost-pod.ts`,
        '{ cause: failure.cause, passing, ...(left === null ? {} : { volumeName: left }) },',
        '{ cause: failure.cause, passing },',
      ),
    ],
    test: { file: synchronous, title: 'case 78: ' },
  },
  {
    claims: ['case 79'],
    edits: [
      edit(
        `${driver}/containers/ghost-pod.ts`,
        "members.filter(({ status }) => status !== 'online')",
        "members.filter(({ status }) => status === 'offline')",
      ),
    ],
    test: { file: synchronous, title: 'case 79: ' },
  },
  {
    claims: ['D45'],
    edits: [
      edit(
        `${driver}/manage/manage-operations.ts`,
        'return volumeUpdate(array, volume, name, settings.replication);',
        'return volumeUpdate(array, volume, name, name === managed ? null : settings.replication);',
      ),
    ],
    test: { file: synchronous, title: 'case 82: a volume of the configured pod' },
  },
  {
    claims: ['a volume of a stretched pod that is not the configured one is not taken over'],
    edits: [
      edit(
        `${driver}/manage/manage-volume.ts`,
        'const isOwn = ownPod !== null && pod?.toLowerCase() === ownPod.toLowerCase();',
        'const isOwn = ownPod !== null && pod !== null;',
      ),
    ],
    test: { file: synchronous, title: 'case 82: a volume of the configured pod' },
  },

  // Hosts that reach both arrays of the pod.
  {
    claims: ['D31'],
    edits: [
      edit(
        `${driver}/connections/backend-connections.ts`,
        'this.#others(volume).map(async (other) => {',
        'this.#others(volume).filter(({ isPeer }) => !isPeer).map(async (other) => {',
      ),
    ],
    test: { file: `${acceptance}/uniform.test.ts`, title: 'case 57: over Fibre Channel ' },
  },
  {
    claims: ['D32', 'a detach that the other array of the pod has missed is made up for there'],
    edits: [
      edit(
        `${driver}/connections/connection-operations.ts`,
        ': connections?.disconnectAgain(volumeName, connector));',
        ': connections?.releaseHost(connector));',
      ),
    ],
    test: { file: synchronous, title: 'case 58: with the other array away' },
  },
  {
    claims: ['D28'],
    edits: [
      edit(
        `${driver}/connections/backend-connections.ts`,
        'const { backendId, isTarget } = other;\n          missed({',
        'const { backendId, isTarget, connections } = other;\n          if (connections === null) missed({',
      ),
    ],
    test: {
      file: 'packages/driver/test/replication-away.test.ts',
      title: 'volumes of the pod are made, attached, detached and deleted meanwhile',
    },
  },
];
