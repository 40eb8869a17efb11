import type { Metadata, QosConsumer, QosSpecsRecord } from '../records.ts';

export interface NewQosSpecs {
  readonly id: string;
  readonly name: string;
  readonly consumer: QosConsumer;
  readonly specs: Metadata;
}

/**
 * Table quality_of_service_specs: a row that carries the name (key `QoS_Specs_Name`), and a row for the consumer and
 * for each key that points to it (`specs_id`).
 */
export interface QosSpecsStore {
  /** @returns `name-taken` when live specs have that name. */
  insert(
    specs: NewQosSpecs,
  ): Promise<{ readonly kind: 'created'; readonly specs: QosSpecsRecord } | { readonly kind: 'name-taken' }>;
  get(id: string): Promise<QosSpecsRecord | null>;
  /** By creation, oldest first. */
  list(): Promise<readonly QosSpecsRecord[]>;
  /** Merges keys, and changes the consumer where given. @returns false when gone */
  update(id: string, change: { readonly consumer?: QosConsumer; readonly specs: Metadata }): Promise<boolean>;
  /** @returns the keys that were not there; nothing is deleted then */
  deleteKeys(id: string, keys: readonly string[]): Promise<readonly string[]>;
  /** Soft-deletes all its rows; associations are the caller's. */
  delete(id: string): Promise<boolean>;
}
