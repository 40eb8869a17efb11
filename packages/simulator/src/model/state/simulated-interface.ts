/** A network interface of a simulated array, or a Fibre Channel port. */
export type SimulatedInterface = {
  /** `ct0.eth4`, `vir0`, `ct0.fc0` (any case; shown as the array does). */
  readonly name: string;
  /** IPv4 or IPv6 address without prefix; null for Fibre Channel and unconfigured interfaces. */
  readonly address: string | null;
  /** `management`, `iscsi`, `nvme-tcp`, `nvme-roce`, `scsi-fc`, `nvme-fc`, `replication`, `file`. */
  readonly services: readonly string[];
  /** Default `physical`. */
  readonly subtype?: 'physical' | 'vif' | 'lacp_bond';
  /** Default true. */
  readonly enabled?: boolean;
  /** 16 hexadecimal digits; only for Fibre Channel; default derived from the array. */
  readonly wwn?: string;
  /** Status of the controller that the name begins with. Default `ready`. */
  readonly controllerStatus?: 'ready' | 'not ready' | 'updating' | 'unknown';
};
