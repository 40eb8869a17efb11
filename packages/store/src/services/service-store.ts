import type { ServiceRecord } from '../records.ts';

export type ServiceChange = Partial<
  Pick<ServiceRecord, 'disabled' | 'disabledReason' | 'replicationStatus' | 'frozen' | 'activeBackendId'>
>;

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
  /** What a failover, a freeze or their end makes of a service. No sign of life of it. */
  update(id: number, change: ServiceChange): Promise<void>;
}
