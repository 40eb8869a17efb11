import type { BackendConfig } from '@cinder-flasharray/driver';

/** What the standalone service needs from cinder.conf, checked and with defaults filled in. */
export interface ServiceConfig {
  /** `host`; this machine's name unless set. */
  readonly host: string;
  /** `host@section` and the back end's options, in the order of `enabled_backends`. */
  readonly backends: readonly { readonly host: string; readonly config: BackendConfig }[];
  readonly defaultVolumeType: string | null;
  /** `default_group_type`. */
  readonly defaultGroupType: string | null;
  readonly listen: { readonly address: string; readonly port: number };
  /** `public_endpoint`: what links in answers begin with; null: what the client asked for. */
  readonly publicEndpoint: string | null;
  readonly maxLimit: number;
  readonly storageAvailabilityZone: string;
  readonly defaultAvailabilityZone: string | null;
  readonly databasePath: string;
  readonly projectIdRegex: string;
  readonly debug: boolean;
  /** `purge_deleted_after_days`, ours: days that deleted rows are kept; 0: for ever. */
  readonly purgeDeletedAfterDays: number;
  /** Seconds, as all below. */
  readonly reportInterval: number;
  readonly serviceDownTime: number;
  readonly statsInterval: number;
}
