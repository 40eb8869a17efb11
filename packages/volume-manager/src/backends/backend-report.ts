import type { CapabilityProperty } from '@cinder-flasharray/driver';
import type { JsonObject } from '@cinder-flasharray/store';

/** A back end of this process as the scheduler sees it. */
export interface BackendReport {
  /** `host@backend`. */
  readonly host: string;
  /** `host@backend#pool`: what `volumes.host` gets. */
  readonly pool: string;
  /** `volume_backend_name`. */
  readonly volumeBackendName: string;
  /** The driver is set up and reported its capabilities. */
  readonly initialized: boolean;
  /** Last report with the manager's additions (`allocated_capacity_gb`, ...); null before the first. */
  readonly capabilities: JsonObject | null;
  /** Extra specs and QoS keys that its volume types may have. */
  readonly properties: Readonly<Record<string, CapabilityProperty>>;
  readonly serviceUuid: string;
}

/** The back ends of this process, ready or not. */
export interface Backends {
  reports(): readonly BackendReport[];
  /** Resolves when every back end has been tried once, or after a minute: what is asked before that can wait. */
  tried(): Promise<void>;
}
