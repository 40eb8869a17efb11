import type { ServiceRecord } from '../records.ts';

export interface ServiceStore {
  /** Finds the row of a host and binary, or makes it; versions are those this release advertises. */
  register(service: {
    readonly host: string;
    readonly binary: ServiceRecord['binary'];
    readonly availabilityZone: string;
  }): Promise<ServiceRecord>;
  list(): Promise<readonly ServiceRecord[]>;
  find(host: string, binary: ServiceRecord['binary']): Promise<ServiceRecord | null>;
  /** `report_count + 1` and `updated_at` now: the service is up. */
  heartbeat(id: number): Promise<void>;
  setDisabled(id: number, disabled: boolean, reason: string | null): Promise<void>;
  setReplicationStatus(id: number, status: string): Promise<void>;
}
