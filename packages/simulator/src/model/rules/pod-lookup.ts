import type { ArrayModel } from '../state/array-model.ts';
import type { Pod } from '../state/records.ts';
import { containerDestroyed, Refusal } from './refusal.ts';

export function anyPod(model: ArrayModel, name: string): Pod {
  const pod = model.pods.byName(name);
  if (pod === undefined) throw new Refusal('Pod does not exist.', name);
  return pod;
}

/** The live pod. */
export function livePod(model: ArrayModel, name: string): Pod {
  const pod = anyPod(model, name);
  if (pod.eradicateAt !== null) throw containerDestroyed('Pod', 'purepod', name);
  return pod;
}
