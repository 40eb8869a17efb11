import type { CallOptions } from './call-options.ts';
import type { QosLimits } from './volumes.ts';

/** Where a volume group's name stands. */
export type VolumeGroupState =
  | { readonly kind: 'live'; readonly volumes: number }
  | { readonly kind: 'destroyed' }
  | { readonly kind: 'absent' };

/** Containers whose volumes share limits. All throw `unsupported` where `capabilities.containers` is false. */
export interface VolumeGroups {
  /** @throws ArrayError `already-exists` (also for a destroyed one) | `invalid` | `limit-reached` | `unsupported` */
  create(name: string, qos: QosLimits, options?: CallOptions): Promise<void>;

  /** Volumes are counted without destroyed ones. */
  find(name: string, options?: CallOptions): Promise<VolumeGroupState>;

  /** Replaces both limits. @throws ArrayError `not-found` | `destroyed` | `invalid` | `unsupported` */
  setQos(name: string, qos: QosLimits, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) */
  recover(name: string, options?: CallOptions): Promise<void>;

  /** Only an empty one. @throws ArrayError `not-found` | `destroyed` (it was already) | `invalid` (volumes are in it) */
  destroy(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) | `eradication-disabled` */
  eradicate(name: string, options?: CallOptions): Promise<void>;
}
