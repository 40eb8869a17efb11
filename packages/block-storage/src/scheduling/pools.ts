import type { JsonObject } from '@cinder-flasharray/store';
import type { BlockStorageDependencies } from '../dependencies.ts';

/** One schedulable pool: `host@backend#pool` and what the driver reports about it. */
export interface PoolView {
  readonly name: string;
  readonly capabilities: JsonObject;
}

/** Pools of the back ends that have reported. */
export function pools({ backends }: BlockStorageDependencies): readonly PoolView[] {
  return backends
    .reports()
    .flatMap(({ pool, capabilities }) => (capabilities === null ? [] : [{ name: pool, capabilities }]));
}
