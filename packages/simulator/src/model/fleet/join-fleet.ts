import { mirrorPods } from '../rules/pod-mirror.ts';
import type { ArrayModel } from '../state/array-model.ts';

/** Adds an array to its fleet, with its pods mirrored; `address` is where its REST interface listens. */
export function joinFleet(model: ArrayModel, address: () => string): void {
  model.fleet.join(model, address);
  mirrorPods(model);
}
