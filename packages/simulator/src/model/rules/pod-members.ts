import type { ArrayModel } from '../state/array-model.ts';
import type { PodMember } from '../state/fleet-records.ts';
import { splitVolumeName } from './names.ts';

/** The name of the pod that an object of this name is in, or null. Works for snapshots and groups as for volumes. */
export function podNameOf(name: string): string | null {
  return splitVolumeName(name).pod;
}

/** This array's part in the pod that an object of this name is in; null when that pod is not stretched. */
export function memberHere(model: ArrayModel, name: string): PodMember | null {
  if (model.fleet.pods.length === 0) return null;
  const podName = podNameOf(name);
  const pod = podName === null ? undefined : model.pods.byName(podName);
  if (pod === undefined) return null;
  return (
    model.fleet.stretchedPod(pod.id)?.members.find(({ arrayId }) => arrayId === model.identity.id) ?? null
  );
}

/** Whether objects of that name can be changed here. What is in no stretched pod always can. */
export function stateHere(model: ArrayModel, name: string): PodMember['state'] {
  if (model.fleet.removals.length > 0) {
    const pod = model.pods.byName(podNameOf(name) ?? '');
    if (pod !== undefined && model.fleet.isRemoved(model.identity.id, pod.id)) return 'offline';
  }
  return memberHere(model, name)?.state ?? 'online';
}

/** Ids of the arrays that hold what is in the pod; null: what is in no pod. */
export function arraysOfPod(model: ArrayModel, podName: string | null): readonly string[] {
  const pod = podName === null ? undefined : model.pods.byName(podName);
  const stretched = pod === undefined ? undefined : model.fleet.stretchedPod(pod.id);
  return stretched?.members.map(({ arrayId }) => arrayId) ?? [model.identity.id];
}

/** The arrays that hold what is in the pod and can be asked now: all but those on which it is offline. */
export function arraysInTouch(model: ArrayModel, podName: string | null): readonly ArrayModel[] {
  const pod = podName === null ? undefined : model.pods.byName(podName);
  const stretched = pod === undefined ? undefined : model.fleet.stretchedPod(pod.id);
  if (stretched === undefined) return [model];
  return stretched.members.flatMap(({ arrayId, state }) =>
    state === 'offline' ? [] : (model.fleet.byId(arrayId) ?? []),
  );
}
