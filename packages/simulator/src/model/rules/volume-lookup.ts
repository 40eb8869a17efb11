import type { ArrayModel } from '../state/array-model.ts';
import type { Volume } from '../state/records.ts';
import { Refusal } from './refusal.ts';

/** The volume, live or destroyed. @throws Refusal `Volume does not exist.` */
export function anyVolume(model: ArrayModel, name: string): Volume {
  const volume = model.volumes.byName(name);
  if (volume === undefined) throw new Refusal('Volume does not exist.', name);
  return volume;
}

/** The live volume. @throws Refusal when it does not exist or has been destroyed. */
export function liveVolume(model: ArrayModel, name: string): Volume {
  const volume = anyVolume(model, name);
  if (volume.eradicateAt !== null) throw new Refusal('Volume has been destroyed.', name);
  return volume;
}
