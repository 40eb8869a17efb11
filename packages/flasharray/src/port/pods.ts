import type { CallOptions } from './call-options.ts';

export interface Pod {
  readonly name: string;
  /** Its data is on more than one array, or copied to another pod. */
  readonly replicated: boolean;
}

export interface Pods {
  /** Live pods. None where `capabilities.containers` is false. */
  list(options?: CallOptions): Promise<readonly Pod[]>;
}
