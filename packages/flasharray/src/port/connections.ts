import type { CallOptions } from './call-options.ts';

/** A volume shown to a host, or to every host of a host group. */
export interface Connection {
  readonly volume: string;
  /** Null for a host group that has no hosts. */
  readonly host: string | null;
  /** Null for a private connection. */
  readonly hostGroup: string | null;
  /** 1 to 4095; null for NVMe from REST 2.27 on, which counts namespaces instead. */
  readonly lun: number | null;
}

/** At least one side. */
export type ConnectionFilter =
  | { readonly volume: string; readonly host?: string }
  /** Of several volumes, asked for together; at least one. */
  | { readonly volumes: readonly string[] }
  | { readonly volume?: string; readonly host: string };

export interface Connections {
  /** Private and shared connections. An absent volume or host has none. */
  list(filter: ConnectionFilter, options?: CallOptions): Promise<readonly Connection[]>;

  /**
   * Connects with the lowest free LUN.
   * @throws ArrayError `already-exists` | `not-found` (volume or host: `context` names it) | `destroyed`
   *   | `limit-reached`
   */
  create(volume: string, host: string, options?: CallOptions): Promise<Connection>;

  /** Removes a private connection. @throws ArrayError `not-found` (no such connection, volume or host) | `destroyed` */
  delete(volume: string, host: string, options?: CallOptions): Promise<void>;
}
