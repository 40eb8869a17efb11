import type { CallOptions } from './call-options.ts';

/** An address and port as the array announces them; an IPv6 address has no brackets here. */
export interface Portal {
  readonly address: string;
  readonly port: number;
}

/** A data port of the array. A port with none of the three names serves nothing this client knows. */
export interface Port {
  /** `CT0.ETH4`. */
  readonly name: string;
  readonly iqn: string | null;
  readonly nqn: string | null;
  /** 16 upper-case hex digits, no colons. */
  readonly wwn: string | null;
  readonly portal: Portal | null;
}

export interface Ports {
  list(options?: CallOptions): Promise<readonly Port[]>;
}

export interface NetworkInterface {
  /** `ct0.eth4`, in lower case as the array gives it; FC interfaces `CT0.FC0`. */
  readonly name: string;
  readonly enabled: boolean;
  /** `iscsi`, `nvme-roce`, `nvme-tcp`, `management`, `replication`, ... */
  readonly services: readonly string[];
  readonly address: string | null;
}

export interface NetworkInterfaces {
  list(options?: CallOptions): Promise<readonly NetworkInterface[]>;
}
