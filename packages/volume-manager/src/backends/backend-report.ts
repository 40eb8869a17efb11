import type { CapabilityProperty, ConfiguredArray } from '@cinder-flasharray/driver';
import type { JsonObject } from '@cinder-flasharray/store';
import type { BackendCondition } from './backend-state.ts';

/** A back end of this process as the scheduler sees it. */
export interface BackendReport {
  /** `host@backend`. */
  readonly host: string;
  /** `host@backend#pool`: what `volumes.host` gets. */
  readonly pool: string;
  /** `volume_backend_name`. */
  readonly volumeBackendName: string;
  /** The arrays of its configuration, the primary first. */
  readonly arrays: readonly ConfiguredArray[];
  /** Whether what is in the replicated pod is on the array that it works on. */
  readonly servesPod: boolean;
  readonly condition: BackendCondition;
  /** Last report with the manager's additions (`allocated_capacity_gb`, ...); null before the first. */
  readonly capabilities: JsonObject | null;
  /** Extra specs and QoS keys that its volume types may have. */
  readonly properties: Readonly<Record<string, CapabilityProperty>>;
  readonly serviceUuid: string;
}

/** The back ends of this process, up or not. */
export interface Backends {
  reports(): readonly BackendReport[];
  /** Resolves when every back end has been tried once, or after a minute: what is asked before that can wait. */
  tried(): Promise<void>;
}
