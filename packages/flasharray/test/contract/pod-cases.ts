import { expect } from 'vitest';
import type { FlashArray } from '../../src/port/flash-array.ts';
import type { PodMember, Pods } from '../../src/port/pods.ts';
import { aPair } from './replication-cases.ts';
import { aVolume, type ContractCase, fails, oneGibibyte, type Subject } from './subject.ts';

async function membersOf(pods: Pods, name: string): Promise<readonly PodMember[]> {
  const state = await pods.find(name);
  if (state.kind !== 'live') {
    throw new Error(`the pod is ${state.kind}`);
  }
  expect(state.pod.name).toBe(name);
  expect(state.pod.replicated).toBe(state.pod.members.length > 1);
  return state.pod.members;
}

/** `fa-contract online` */
async function statusesOf(pods: Pods, name: string): Promise<readonly string[]> {
  return (await membersOf(pods, name)).map(({ array, status }) => `${array} ${status}`);
}

async function aPod(subject: Subject): Promise<string> {
  const name = subject.name('pod');
  await subject.array.pods.create(name);
  return name;
}

function aVolumeOf(array: FlashArray, name: string): Promise<unknown> {
  return array.volumes.create({ name, size: oneGibibyte, defaultProtection: false });
}

/** Pods, on one array and on two, and the volumes that are moved into them. */
export const podCases: readonly ContractCase[] = [
  {
    name: 'pods > are made, found, destroyed when empty, recovered and eradicated',
    run: async (subject) => {
      const { pods, volumes, identity } = subject.array;
      const name = subject.name('pod');
      expect(await pods.find(name)).toEqual({ kind: 'absent' });
      await pods.create(name);
      expect(await membersOf(pods, name)).toEqual([
        { array: identity.name, arrayId: identity.id, status: 'online' },
      ]);
      await fails(pods.create(name), 'already-exists');
      await fails(pods.recover(name), 'invalid');
      await aVolumeOf(subject.array, `${name}::v1`);
      await fails(pods.destroy(name), 'invalid');
      await volumes.destroy(`${name}::v1`);
      await volumes.eradicate(`${name}::v1`);
      await fails(pods.eradicate(name), 'invalid');
      await pods.destroy(name);
      expect(await pods.find(name)).toEqual({ kind: 'destroyed' });
      expect((await pods.list()).map((pod) => pod.name)).not.toContain(name);
      await fails(pods.destroy(name), 'destroyed');
      await fails(pods.create(name), 'destroyed', 'already-exists');
      await pods.recover(name);
      expect(await pods.find(name)).toMatchObject({ kind: 'live' });
      await pods.destroy(name);
      await pods.eradicate(name);
      expect(await pods.find(name)).toEqual({ kind: 'absent' });
      await fails(pods.destroy(name), 'not-found');
      await fails(pods.recover(name), 'not-found');
      await fails(pods.eradicate(name), 'not-found');
    },
  },
  {
    name: 'pods > know their volumes',
    run: async (subject) => {
      const { pods, volumes } = subject.array;
      const pod = await aPod(subject);
      expect(await pods.volumes(pod)).toEqual([]);
      // Neither what has the pod's name in its own, nor what is destroyed.
      await aVolume(subject, pod);
      for (const volume of ['v1', 'v2', 'v3']) {
        await aVolumeOf(subject.array, `${pod}::${volume}`);
      }
      await volumes.destroy(`${pod}::v3`);
      expect((await pods.volumes(pod)).toSorted()).toEqual([`${pod}::v1`, `${pod}::v2`]);
      await fails(pods.volumes(subject.name('missing')), 'not-found');
    },
  },
  {
    name: 'pods > are stretched onto a connected array, and taken back',
    simulatorOnly: true,
    run: async (subject) => {
      const pod = await aPod(subject);
      const delays = { resyncMs: 10_000 };
      const { control, source, target, from, to, admin } = await aPair(subject, 'sync-replication', delays);
      await admin({ kind: 'connectArray', peer: 'fa-small', type: 'sync-replication' });
      await aVolumeOf(source, `${pod}::v1`);
      await source.pods.stretch(pod, to);
      expect(await statusesOf(source.pods, pod)).toEqual([`${from} online`, `${to} resyncing`]);
      await control.advance(10_000);
      expect(await statusesOf(source.pods, pod)).toEqual([`${from} online`, `${to} online`]);
      expect(await membersOf(target.pods, pod)).toEqual(await membersOf(source.pods, pod));
      expect((await membersOf(source.pods, pod)).map(({ arrayId }) => arrayId)).toEqual([
        source.identity.id,
        target.identity.id,
      ]);
      expect(await target.pods.volumes(pod)).toEqual([`${pod}::v1`]);
      await fails(source.pods.stretch(pod, to), 'already-exists');
      await fails(source.pods.stretch(pod, 'fa-small'), 'limit-reached');
      await source.volumes.destroy(`${pod}::v1`);
      await source.volumes.eradicate(`${pod}::v1`);
      await fails(source.pods.destroy(pod), 'invalid');
      await source.pods.unstretch(pod, to);
      expect(await statusesOf(source.pods, pod)).toEqual([`${from} online`]);
      expect(await target.pods.find(pod)).toEqual({ kind: 'absent' });
      await fails(source.pods.unstretch(pod, to), 'not-found');
      await source.pods.destroy(pod);
    },
  },
  {
    name: 'pods > are not stretched onto an array that cannot take them',
    simulatorOnly: true,
    run: async (subject) => {
      const { peer } = subject.simulated();
      const pod = await aPod(subject);
      await peer.array.pods.create(pod);
      const { source, to, admin } = await aPair(subject, 'sync-replication');
      await fails(source.pods.stretch(pod, to), 'already-exists');
      await fails(source.pods.create(pod), 'already-exists');
      expect((await fails(source.pods.stretch(pod, 'fa-small'), 'not-found')).context).toBe('fa-small');
      await admin({ kind: 'connectArray', peer: 'fa-small', type: 'async-replication' });
      await fails(source.pods.stretch(pod, 'fa-small'), 'invalid');
      await fails(source.pods.stretch(subject.name('missing'), to), 'not-found');
      await fails(source.pods.unstretch(subject.name('missing'), to), 'not-found');
    },
  },
  {
    name: 'pods > keep a member that cannot be reached, and say so',
    simulatorOnly: true,
    run: async (subject) => {
      const { control, source, target, from, to, admin } = await aPair(subject, 'sync-replication');
      const pod = await aPod(subject);
      await source.pods.stretch(pod, to);
      await admin({ kind: 'setFailoverPreferences', pod, arrays: [from] });
      await control.setReplicationLink(from, to, 'down');
      expect(await statusesOf(source.pods, pod)).toEqual([`${from} online`, `${to} offline`]);
      expect(await statusesOf(target.pods, pod)).toEqual([`${from} unknown`, `${to} offline`]);
      await fails(source.pods.unstretch(pod, to), 'invalid');
      await control.setReplicationLink(from, to, 'up');
      expect(await statusesOf(source.pods, pod)).toEqual([`${from} online`, `${to} online`]);
    },
  },
  {
    name: 'pods > are refused where there are none',
    run: async (subject) => {
      const { pods } = subject.array;
      const name = subject.name('pod');
      expect(await pods.list()).toEqual([]);
      expect(await pods.find(name)).toEqual({ kind: 'absent' });
      await fails(pods.volumes(name), 'not-found');
      await fails(pods.create(name), 'unsupported');
      await fails(pods.recover(name), 'unsupported');
      await fails(pods.stretch(name, 'other'), 'unsupported');
      await fails(pods.unstretch(name, 'other'), 'unsupported');
      await fails(pods.destroy(name), 'unsupported');
      await fails(pods.eradicate(name), 'unsupported');
    },
  },
  {
    name: 'moving > a volume enters a pod and leaves it, out of the groups that it names',
    run: async (subject) => {
      const { volumes, protectionGroups: groups } = subject.array;
      const pod = await aPod(subject);
      const volume = await aVolume(subject);
      const leaving = [subject.name('pg'), subject.name('pg')];
      for (const group of leaving) {
        await groups.create(group);
        await groups.changeVolumes(group, { add: [volume.name], remove: [] });
      }
      const into = { kind: 'pod', name: pod } as const;
      await fails(volumes.move(volume.name, into), 'invalid');
      await volumes.move(volume.name, into, { leaving });
      expect(await volumes.find(`${pod}::${volume.name}`)).toMatchObject({
        volume: { serial: volume.serial },
      });
      expect((await volumes.find(volume.name)).kind).toBe('absent');
      for (const group of leaving) {
        expect(await groups.volumes(group)).toEqual([]);
      }
      await volumes.move(`${pod}::${volume.name}`, { kind: 'array' }, { leaving: [] });
      expect(await volumes.find(volume.name)).toMatchObject({ volume: { serial: volume.serial } });
    },
  },
  {
    name: 'moving > what the array does not move stays in its groups',
    run: async (subject) => {
      const { volumes, protectionGroups: groups } = subject.array;
      const volume = await aVolume(subject);
      const [one, two] = [subject.name('pg'), subject.name('pg')];
      for (const group of [one, two]) {
        await groups.create(group);
        await groups.changeVolumes(group, { add: [volume.name], remove: [] });
      }
      const missing = { kind: 'pod', name: subject.name('missing') } as const;
      await fails(volumes.move(volume.name, missing, { leaving: [one, two] }), 'not-found');
      const into = { kind: 'pod', name: await aPod(subject) } as const;
      await fails(volumes.move(volume.name, into, { leaving: [one] }), 'invalid');
      expect((await groups.ofVolume(volume.name)).map(({ name }) => name).toSorted()).toEqual(
        [one, two].toSorted(),
      );
      expect((await volumes.find(volume.name)).kind).toBe('live');
    },
  },
  {
    name: 'moving > nothing enters or leaves a stretched pod',
    simulatorOnly: true,
    run: async (subject) => {
      const { source, to } = await aPair(subject, 'sync-replication');
      const pod = await aPod(subject);
      await aVolumeOf(source, `${pod}::v1`);
      await source.pods.stretch(pod, to);
      const { name } = await aVolume(subject);
      await fails(source.volumes.move(name, { kind: 'pod', name: pod }), 'invalid');
      await fails(source.volumes.move(`${pod}::v1`, { kind: 'array' }), 'invalid');
    },
  },
];
