/** Resources that Cinder repairs after a crash. */
export type WorkerResource = 'Volume' | 'Snapshot';

/** Cinder's `workers` table: one row per resource that is being worked on. */
export interface WorkerStore {
  /** Inserts or takes over the row of a resource, with the status it is in. */
  set(resource: WorkerResource, id: string, status: string, serviceId: number | null): Promise<void>;
  /** Really deletes the row, as Cinder does. */
  clear(resource: WorkerResource, id: string): Promise<void>;
  list(): Promise<
    readonly {
      readonly resource: WorkerResource;
      readonly id: string;
      readonly status: string;
      readonly serviceId: number | null;
    }[]
  >;
}
