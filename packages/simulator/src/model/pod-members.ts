import type { ArrayModel } from './array-model.ts';
import type { PodMember } from './fleet-records.ts';
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
