import type { Secret } from '@cinder-flasharray/common';
import type { HostPersonality, TlsTrust } from '@cinder-flasharray/flasharray';
import type { Cidr } from './cidr.ts';
import type { Fabric } from './fabric.ts';
import type { NvmeTransport } from './nvme-transport.ts';
import type { ReplicationConfig } from './replication-config.ts';

/** What `volume_driver` chose, with the options that only that protocol has. */
export type ProtocolConfig =
  | {
      readonly kind: 'iscsi';
      /** `use_chap_auth`. */
      readonly chap: boolean;
      /** Only portals inside one of these are shown to hosts. Never empty. */
      readonly cidrs: readonly Cidr[];
    }
  | {
      readonly kind: 'fibre-channel';
      /** `pure_fc_fabrics`; null: every initiator may reach every target. */
      readonly fabrics: readonly Fabric[] | null;
    }
  | {
      readonly kind: 'nvme';
      /** `pure_nvme_transport`. */
      readonly transport: NvmeTransport;
      readonly cidrs: readonly Cidr[];
    };

/** Where a backend's option values come from, checked and with defaults filled in. One section of cinder.conf. */
export interface BackendConfig {
  /** Name of the section, as in `enabled_backends`. */
  readonly section: string;
  /** `volume_backend_name`; when unset the driver class's name. */
  readonly volumeBackendName: string;
  readonly protocol: ProtocolConfig;
  /** `san_ip`, which may carry a port. */
  readonly address: string;
  readonly apiToken: Secret;
  /** `driver_ssl_cert_verify` and `driver_ssl_cert_path`. */
  readonly tls: TlsTrust;
  /** Where CHAP secrets are kept: `driver_data_namespace`, else `volume_backend_name`. */
  readonly initiatorDataNamespace: string;
  /** 0 to 100. */
  readonly reservedPercentage: number;
  readonly maxOverSubscriptionRatio: 'auto' | number;
  readonly automaticMaxOverSubscriptionRatio: boolean;
  readonly eradicateOnDelete: boolean;
  readonly safemodeEnabled: boolean;
  readonly hostPersonality: HostPersonality | null;
  /** Null: no `replication_device`. */
  readonly replication: ReplicationConfig | null;
  readonly filterFunction: string | null;
  readonly goodnessFunction: string | null;
  /** `volume-%s`. */
  readonly volumeNameTemplate: string;
  /** `snapshot-%s`. */
  readonly snapshotNameTemplate: string;
}

/** Whether what is deleted is eradicated as well: SafeMode forbids it. */
export function eradicatesAtOnce({
  eradicateOnDelete,
  safemodeEnabled,
}: Pick<BackendConfig, 'eradicateOnDelete' | 'safemodeEnabled'>): boolean {
  return eradicateOnDelete && !safemodeEnabled;
}
