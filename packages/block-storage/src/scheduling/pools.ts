import type { JsonObject } from '@cinder-flasharray/store';
import { isInService } from '@cinder-flasharray/volume-manager';
import type { BlockStorageDependencies } from '../dependencies.ts';

/** One schedulable pool: `host@backend#pool` and what the driver reports about it. */
export interface PoolView {
  readonly name: string;
  readonly capabilities: JsonObject;
}

/** Pools of the back ends that are in service. */
export function pools({ backends }: BlockStorageDependencies): readonly PoolView[] {
  return backends
    .reports()
    .flatMap(({ pool, condition, capabilities }) =>
      capabilities === null || !isInService(condition) ? [] : [{ name: pool, capabilities }],
    );
}
