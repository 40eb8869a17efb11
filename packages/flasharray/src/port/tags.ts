import type { CallOptions } from './call-options.ts';

export interface Tags {
  /**
   * Writes tags of one namespace on a volume; other keys stay. Not copied to clones and snapshots.
   * @throws ArrayError `not-found` | `unsupported` where `capabilities.tags` is false
   */
  set(
    volume: string,
    namespace: string,
    tags: Readonly<Record<string, string>>,
    options?: CallOptions,
  ): Promise<void>;

  /** Removes keys; absent ones are fine. @throws ArrayError `not-found` | `unsupported` */
  remove(volume: string, namespace: string, keys: readonly string[], options?: CallOptions): Promise<void>;

  /** Tags of one namespace on a volume. @throws ArrayError `not-found` | `unsupported` */
  list(volume: string, namespace: string, options?: CallOptions): Promise<Readonly<Record<string, string>>>;
}
