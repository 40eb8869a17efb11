/** A fabric written down in the configuration. */
export interface Fabric {
  readonly name: string;
  /** WWNs of host and array ports on it. */
  readonly members: ReadonlySet<string>;
}
