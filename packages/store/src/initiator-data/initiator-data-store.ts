/** Cinder's `driver_initiator_data`: what a driver remembers per initiator. Values may be secrets. */
export interface InitiatorDataStore {
  get(initiator: string, namespace: string, key: string): Promise<string | null>;
  /** Inserts unless there is a value. @returns the value that stands now: the caller's, or the earlier one */
  insertIfAbsent(initiator: string, namespace: string, key: string, value: string): Promise<string>;
}
