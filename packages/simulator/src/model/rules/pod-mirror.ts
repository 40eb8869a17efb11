import type { ArrayModel } from '../state/array-model.ts';
import { ExtentMap } from '../state/extent-map.ts';
import type { PodMember } from '../state/fleet-records.ts';
import type { Pod } from '../state/records.ts';
import { type Named, nameKey, type Registry } from '../state/registry.ts';
import { podNameOf } from './pod-members.ts';
import { Refusal } from './refusal.ts';
import { type TagResource, tagsOf, takeTags } from './tags-of.ts';

/**
 * Objects of a stretched pod are kept by each of its arrays, and every change that one of them makes is made on the
 * others before it counts, as the real arrays write: the registries tell of each change, and it is repeated here.
 * Objects have the same id and are values that never change, so that both arrays hold the very same ones, and an
 * array that is lost simply stops being told: it keeps what it had, and takes all of it anew at its return. An array
 * on which the pod is not online refuses every change to it.
 */
export function mirrorPods(model: ArrayModel): void {
  repeat(model, (array) => array.volumes, withheldData);
  repeat(model, (array) => array.snapshots, withheldData);
  repeat(model, (array) => array.volumeGroups, same);
  repeat(model, (array) => array.protectionGroups, same);
  repeat(model, (array) => array.groupSnapshots, same);
  model.pods.watch = (pod, change) => {
    for (const { peer } of followersOf(model, pod)) {
      silently(peer, () => (change === 'put' ? peer.pods.put(pod) : peer.pods.remove(pod.id)));
      peer.nextEradication = 0;
    }
  };
}

/** Repeats a change of tags on the other arrays of the pod. */
export function mirrorTags(model: ArrayModel, resource: TagResource): void {
  if (model.fleet.pods.length === 0 || model.fleet.mirroring) return;
  const registry = resource.kind === 'volume' ? model.volumes : model.snapshots;
  const podName = podNameOf(registry.byId(resource.id)?.name ?? '');
  if (podName === null) return;
  for (const { peer } of followers(model, podName)) takeTags(peer, resource, tagsOf(model, resource.id));
}

/** Makes the pod on one array what it is on another. `withhold`: all but the data, which comes at the end. */
export function copyPod(from: ArrayModel, to: ArrayModel, pod: Pod, withhold: boolean): void {
  silently(to, () => {
    to.pods.put(pod);
    copyKind(from, to, pod, (array) => array.volumeGroups, same);
    copyKind(from, to, pod, (array) => array.volumes, withhold ? withheldData : same);
    copyKind(from, to, pod, (array) => array.protectionGroups, same);
    copyKind(from, to, pod, (array) => array.groupSnapshots, same);
    copyKind(from, to, pod, (array) => array.snapshots, withhold ? withheldData : same);
    for (const { id } of inPod(from.volumes, pod.name))
      takeTags(to, { kind: 'volume', id }, tagsOf(from, id));
    for (const { id } of inPod(from.snapshots, pod.name)) {
      takeTags(to, { kind: 'snapshot', id }, tagsOf(from, id));
    }
  });
  // What was destroyed elsewhere meanwhile is connected here no longer.
  to.connections = to.connections.filter(({ volumeId }) => to.volumes.byId(volumeId)?.eradicateAt === null);
  to.suffixCounter = Math.max(to.suffixCounter, from.suffixCounter);
  to.nextEradication = 0;
  to.dataVersion += 1;
}

/** Objects of a kind that are in the pod. */
export function inPod<T extends Named>(registry: Registry<T>, podName: string): readonly T[] {
  const prefix = `${nameKey(podName)}::`;
  return [...registry.values()].filter((record) => nameKey(record.name).startsWith(prefix));
}

/** Changes an array without the change being repeated on others. */
export function silently<Result>(model: ArrayModel, work: () => Result): Result {
  const { fleet } = model;
  const before = fleet.mirroring;
  fleet.mirroring = true;
  try {
    return work();
  } finally {
    fleet.mirroring = before;
  }
}

type Adapt<T> = (record: T, known: T | undefined) => T;

const same = <T>(record: T): T => record;

/** The record with the data that the array has of it so far. */
function withheldData<T extends { readonly data: ExtentMap }>(record: T, known: T | undefined): T {
  return { ...record, data: known?.data ?? ExtentMap.empty };
}

function repeat<T extends Named & { readonly suffix?: string; readonly eradicateAt: number | null }>(
  model: ArrayModel,
  pick: (array: ArrayModel) => Registry<T>,
  whileResyncing: Adapt<T>,
): void {
  pick(model).watch = (record, change) => {
    if (model.fleet.mirroring) return;
    const podName = podNameOf(record.name);
    if (podName === null) return;
    for (const { peer, member } of followers(model, podName)) {
      const registry = pick(peer);
      silently(peer, () => {
        if (change === 'remove') return registry.remove(record.id);
        const known = registry.byId(record.id);
        registry.put(member.state === 'resyncing' ? whileResyncing(record, known) : record);
      });
      peer.dataVersion += 1;
      if (record.eradicateAt !== null)
        peer.nextEradication = Math.min(peer.nextEradication, record.eradicateAt);
      // Numbers that one array has given as suffixes are taken on the other.
      const suffix = Number(record.suffix ?? 0);
      if (Number.isSafeInteger(suffix)) peer.suffixCounter = Math.max(peer.suffixCounter, suffix);
    }
  };
}

type Follower = { readonly peer: ArrayModel; readonly member: PodMember };

/** The other arrays that take part in changes of the pod. @throws Refusal when the pod is not online here */
function followers(model: ArrayModel, podName: string): readonly Follower[] {
  const { fleet } = model;
  if (fleet.pods.length + fleet.removals.length === 0 || fleet.mirroring) return [];
  const pod = model.pods.byName(podName);
  return pod === undefined ? [] : followersOf(model, pod);
}

function followersOf(model: ArrayModel, pod: Named): readonly Follower[] {
  const { fleet } = model;
  if (fleet.mirroring) return [];
  if (fleet.isRemoved(model.identity.id, pod.id)) throw notOnline(pod.name);
  const members = fleet.stretchedPod(pod.id)?.members;
  if (members === undefined) return [];
  if (members.find(({ arrayId }) => arrayId === model.identity.id)?.state !== 'online') {
    throw notOnline(pod.name);
  }
  return members.flatMap((member) => {
    const peer = fleet.byId(member.arrayId);
    return peer === undefined || peer === model || member.state === 'offline' ? [] : [{ peer, member }];
  });
}

function notOnline(podName: string): Refusal {
  return new Refusal('Pod is not online on this array.', podName);
}

function copyKind<T extends Named>(
  from: ArrayModel,
  to: ArrayModel,
  pod: Pod,
  pick: (array: ArrayModel) => Registry<T>,
  adapt: Adapt<T>,
): void {
  const source = pick(from);
  const copy = pick(to);
  const before = new Map(inPod(copy, pod.name).map((record) => [record.id, record]));
  // All that differs goes first: names may have changed hands.
  for (const record of before.values()) if (source.byId(record.id) !== record) copy.remove(record.id);
  for (const record of inPod(source, pod.name)) {
    const known = before.get(record.id);
    if (known !== record) copy.put(adapt(record, known));
  }
}
