import type { CallOptions } from './call-options.ts';

/** An array that holds a pod's data. */
export interface PodMember {
  /** Name of the array. */
  readonly array: string;
  /** UUID of the array. */
  readonly arrayId: string;
  /** `online`: it serves I/O; anything else: hosts have no access through it. */
  readonly status: 'online' | 'offline' | 'resyncing' | 'suspended' | 'unknown';
}

export interface Pod {
  readonly name: string;
  /** Its data is on more than one array, or copied to another pod. */
  readonly replicated: boolean;
  /** Where its data is; one member unless it is stretched. */
  readonly members: readonly PodMember[];
}

/** Where the name of a pod stands. */
export type PodState =
  | { readonly kind: 'live'; readonly pod: Pod }
  | { readonly kind: 'destroyed' }
  | { readonly kind: 'absent' };

/** Where `capabilities.containers` is false, there are none, and everything that makes or changes one is `unsupported`. */
export interface Pods {
  /** Live pods. */
  list(options?: CallOptions): Promise<readonly Pod[]>;

  find(name: string, options?: CallOptions): Promise<PodState>;

  /**
   * An empty pod on this array alone, without default protection where the version can say so.
   * @throws ArrayError `already-exists` | `destroyed` | `limit-reached` | `invalid`
   */
  create(name: string, options?: CallOptions): Promise<void>;

  /** @throws ArrayError `not-found` | `invalid` (not destroyed) */
  recover(name: string, options?: CallOptions): Promise<void>;

  /**
   * Stretches the pod onto a connected array. What the pod holds is there once the member is `online`.
   * @throws ArrayError `not-found` (pod or array) | `already-exists` (stretched there, or the array has a pod of that
   *   name) | `limit-reached` (stretched elsewhere) | `invalid`
   */
  stretch(name: string, array: string, options?: CallOptions): Promise<void>;

  /**
   * Takes an array out of the pod; that array keeps a destroyed copy.
   * @throws ArrayError `not-found` (pod, or array not in it) | `invalid` (an array that cannot be reached; this array is
   *   not online)
   */
  unstretch(name: string, array: string, options?: CallOptions): Promise<void>;

  /** Full names of the live volumes in it, in no order. @throws ArrayError `not-found` */
  volumes(name: string, options?: CallOptions): Promise<readonly string[]>;

  /** Never takes content with it. @throws ArrayError `not-found` | `destroyed` | `invalid` (not empty, or stretched) */
  destroy(name: string, options?: CallOptions): Promise<void>;

  /** Never takes content with it. @throws ArrayError `not-found` | `invalid` | `eradication-disabled` */
  eradicate(name: string, options?: CallOptions): Promise<void>;
}
