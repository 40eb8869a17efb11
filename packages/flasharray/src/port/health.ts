import type { CallOptions } from './call-options.ts';

/** How bad the array takes an alert to be; `unknown` for a word of a newer array. */
export type AlertSeverity = 'critical' | 'warning' | 'info' | 'hidden' | 'unknown';

/** Something the array complains about, and still does. */
export interface Alert {
  /** The number that the array's own list of alerts shows. */
  readonly id: string;
  readonly severity: AlertSeverity;
  /** Number of the kind of alert in the vendor's knowledge base; null where the array does not tell it. */
  readonly code: number | null;
  /** In the array's words: `hardware`, `storage`, `controller`, ...; null where the array does not tell it. */
  readonly componentType: string | null;
  /** `CT0.ETH4`, `vol-7`; null where the array does not tell it. */
  readonly componentName: string | null;
  /** One line. */
  readonly summary: string;
  /** What else the array says; null when it says no more. */
  readonly description: string | null;
  readonly created: number;
}

export type HardwareKind =
  | 'chassis'
  | 'controller'
  | 'shelf'
  | 'power-supply'
  | 'cooling'
  | 'temperature-sensor'
  | 'drive-bay'
  | 'nvram-bay'
  | 'drive'
  | 'ethernet-port'
  | 'fibre-channel-port'
  | 'infiniband-port'
  | 'sas-port'
  | 'sas-module'
  | 'accelerator'
  | 'other';

/**
 * What a component is worth:
 *
 * - `ok`: does what it should;
 * - `degraded`: there, and not as it should be: an unhealthy component, a drive not admitted or being recovered;
 * - `critical`: failed, or gone although it belongs there;
 * - `identifying`: its light is lit by an operator, which hides how it is;
 * - `not-installed`: the place is empty or not used, which is no fault;
 * - `unknown`: the array does not know, or says it in a word of a newer array.
 */
export type HardwareStatus = 'ok' | 'degraded' | 'critical' | 'identifying' | 'not-installed' | 'unknown';

/** A part of the array, or a drive in it. */
export interface HardwareComponent {
  readonly kind: HardwareKind;
  /** `CT0.FAN1`, `CH0.PWR0`; a drive has the name of the bay it is in: `CH0.BAY3`. */
  readonly name: string;
  readonly status: HardwareStatus;
  /** Why it is not `ok`, in the array's words; null when the array says nothing. */
  readonly details: string | null;
  /** Slot of the expansion card it sits on; null for all else. */
  readonly slot: number | null;
}

export type AdministratorRole = 'array-admin' | 'storage-admin' | 'ops-admin' | 'read-only';

/** When an API token ends. `not-told`: the array keeps it to itself, or to users with other rights. */
export type ApiTokenExpiry =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'never' }
  | { readonly kind: 'not-told' };

/** The user that an API token belongs to, with all that the token may do. */
export interface Administrator {
  readonly name: string;
  /** Null where the array does not tell: users of a directory, roles of a newer array. */
  readonly role: AdministratorRole | null;
  /** Whether that role manages volumes and hosts; null when the role is. */
  readonly mayWrite: boolean | null;
  readonly apiTokenExpiry: ApiTokenExpiry;
}

/** What a health check of an array asks. Nothing here changes the array. */
export interface Health {
  /** Alerts whose cause is still there, newest first; not those that are closing or closed. */
  openAlerts(options?: CallOptions): Promise<readonly Alert[]>;

  /**
   * All components and drives, by name. Without drives over REST 2.2 and 2.3, which do not list them; their bays are
   * there.
   */
  hardware(options?: CallOptions): Promise<readonly HardwareComponent[]>;

  /** Whom the API token of this connection belongs to. */
  administrator(options?: CallOptions): Promise<Administrator>;
}
